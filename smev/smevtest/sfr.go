package smevtest

import (
	"regexp"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// snils is an inquiry of the SNILS validation.
type snils struct{ number string }

var (
	digits11 = regexp.MustCompile(`^[0-9]{11}$`)
	gender   = regexp.MustCompile(`^(Male|Female)$`)
)

func readSNILS(doc []byte) (inquiry, error) {
	kind := smev.SNILSValidation101()
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: kind.Namespace, Local: local} }
	common := func(local string) xmldsig.Name {
		return xmldsig.Name{Space: "urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1", Local: local}
	}
	root, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	s := root.Sequence(tns(kind.Root))
	last, first := s.Text(common("FamilyName")), s.Text(common("FirstName"))
	s.OptionalText(common("Patronymic"))
	q := snils{s.Text(tns("Snils"))}
	sex, born := s.Text(tns("Gender")), s.Text(tns("BirthDate"))
	if err := s.End(); err != nil {
		return nil, err
	}
	if !fits(last, russian, first, russian, q.number, digits11, sex, gender, born, day) {
		return nil, errShape
	}
	return q, nil
}

func (q snils) scenario() int { return scenarioOf(q.number[:6]) }

// other is the same: the answer repeats nothing of the inquiry.
func (q snils) other() inquiry { return q }

func (q snils) respond(n int) soap.Response {
	if n == notFound {
		n = noData
	}
	if r, ok := declined(n); ok {
		return r
	}
	result := "true"
	switch {
	case n == unintelligible:
		result = "unknown"
	case refuted(n):
		result = "false"
	}
	return content(func(w *xmldsig.Writer) {
		w.Open("ns2:SnilsValidationResponse", "xmlns:ns2", smev.SNILSValidation101().Namespace)
		w.Leaf("ns2:Result", result)
		w.Close()
	})
}
