package smevtest

import (
	"regexp"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// inn is an inquiry whether passport and INN belong together.
type inn struct{ number string }

var (
	digits12 = regexp.MustCompile(`^[0-9]{12}$`)
	spaced   = regexp.MustCompile(`^[0-9]{2} [0-9]{2} [0-9]{6}$`)
)

func readINN(doc []byte) (inquiry, error) {
	kind := smev.PassportINN247()
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: kind.Namespace, Local: local} }
	root, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	s := root.Sequence(tns(kind.Root))
	name, document := s.One(tns("ФИО")), s.One(tns("ДокУдЛичн"))
	if err := s.End(); err != nil {
		return nil, err
	}
	attr := func(e *xmldsig.Element, local string) string {
		v, _ := e.Attr(xmldsig.Name{Local: local})
		return v
	}
	q := inn{attr(root, "ИННФЛ")}
	if !fits(q.number, digits12, attr(name, "FamilyName"), russian, attr(name, "FirstName"), russian,
		attr(document, "IssuerDate"), day, attr(document, "SeriesNumber"), spaced) || attr(document, "DocumentCode") != "21" {
		return nil, errShape
	}
	return q, nil
}

func (q inn) scenario() int { return scenarioOf(q.number[4:10]) }

func (q inn) other() inquiry { return inn{"000000000000"} }

func (q inn) respond(n int) soap.Response {
	if r, ok := declined(n); ok {
		return r
	}
	code := "1"
	switch {
	case n == notFound:
		code = "3"
	case n == unintelligible:
		code = "10"
	case refuted(n):
		code = "2"
	}
	return content(func(w *xmldsig.Writer) {
		w.Leaf("ns2:FNSPaspINNResponse", "", "xmlns:ns2", smev.PassportINN247().Namespace, "ИННФЛ", q.number, "КодОбр", code)
	})
}
