package smevtest

import (
	"strconv"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// passport is an inquiry of ru-mvd-sovm-p002-1.0.0.xsd.
type passport struct {
	last, first, middle          string
	born                         string
	series, number, issued, code string
}

const sovmNamespace = "urn://ru/mvd/sovm/commons/1.0.0"

func readPassport(content []byte) (inquiry, error) {
	kind := smev.PassportP002()
	tns := func(local string) xmldsig.Name { return xmldsig.Name{Space: kind.Namespace, Local: local} }
	sovm := func(local string) xmldsig.Name { return xmldsig.Name{Space: sovmNamespace, Local: local} }
	doc, err := xmldsig.Parse(content)
	if err != nil {
		return nil, err
	}
	var q passport
	s := doc.Sequence(tns(kind.Root))
	info := s.One(tns("requestInfo")).Sequence(tns("requestInfo"))
	name := info.One(tns("physicalPersonQualifiedNameType")).Sequence(tns("physicalPersonQualifiedNameType"))
	q.last, q.first, q.middle = name.Text(sovm("familyName")), name.Text(sovm("firstName")), name.OptionalText(sovm("patronymic"))
	info.Fail(name.End())
	q.born = info.Text(tns("birthDate"))
	p := info.One(tns("passportRF")).Sequence(tns("passportRF"))
	q.series, q.number = p.Text(sovm("series")), p.Text(sovm("number"))
	q.issued, q.code = p.Text(sovm("issueDate")), p.Text(sovm("issuerCode"))
	info.Fail(p.End())
	info.OptionalText(tns("regionCode"))
	s.Fail(info.End())
	if err := s.End(); err != nil {
		return nil, err
	}
	if !fits(q.last, russian, q.first, russian, q.born, day, q.series, digits4, q.number, digits6, q.issued, day, q.code, digits6) ||
		q.middle != "" && !fits(q.middle, russian) {
		return nil, errShape
	}
	return q, nil
}

func (q passport) scenario() int {
	if q.series == "0000" {
		return notFound
	}
	return scenarioOf(q.number)
}

func (q passport) other() inquiry {
	q.last, q.number = "Подменный", "000001"
	return q
}

func (q passport) respond(n int) soap.Response {
	if r, ok := declined(n); ok {
		return r
	}
	status, reason, since := "300", "", ""
	switch {
	case n == notFound, n == unintelligible:
		status = strconv.Itoa(n)
	case refuted(n):
		status, reason, since = "301", strconv.Itoa(n), q.issued
		if t, err := time.Parse(time.DateOnly, q.issued); err == nil {
			since = t.AddDate(1, 0, 0).Format(time.DateOnly)
		}
	}
	return content(func(w *xmldsig.Writer) {
		w.Open("ns:response", "xmlns:ns", smev.PassportP002().Namespace, "xmlns:c", sovmNamespace)
		w.Open("ns:requestInfo")
		w.Open("ns:physicalPersonQualifiedNameType")
		w.Leaf("c:familyName", q.last)
		w.Leaf("c:firstName", q.first)
		w.OptionalLeaf("c:patronymic", q.middle)
		w.Close()
		w.Leaf("ns:birthDate", q.born)
		w.Open("ns:passportRF")
		w.Leaf("c:series", q.series)
		w.Leaf("c:number", q.number)
		w.Leaf("c:issueDate", q.issued)
		w.Leaf("c:issuerCode", q.code)
		w.Close()
		w.Close()
		w.Open("ns:responseInfo")
		w.Leaf("ns:docStatus", status)
		w.OptionalLeaf("ns:invalidityReason", reason)
		w.OptionalLeaf("ns:invaliditySince", since)
		w.Close()
		w.Close()
	})
}

// content makes a response of a business document.
func content(write func(*xmldsig.Writer)) soap.Response {
	var w xmldsig.Writer
	write(&w)
	doc, err := w.Bytes()
	if err != nil {
		// Only values of a parsed document are written back, and those XML can carry.
		panic(err)
	}
	return soap.Response{Content: doc}
}
