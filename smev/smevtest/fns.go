package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// inn is an inquiry whether passport and INN belong together.
type inn struct{ number string }

func readINN(doc *xmldsig.Element) (question, error) {
	tns := names(smev.PassportINN247().Namespace)
	s := doc.Sequence(tns("FNSPaspINNRequest"))
	name, document := s.One(tns("ФИО")), s.One(tns("ДокУдЛичн"))
	q := inn{attr(doc, "ИННФЛ")}
	s.Fail(fit(value{q.number, digits12}, value{attr(name, "FamilyName"), russian}, value{attr(name, "FirstName"), russian},
		value{attr(name, "Patronymic"), orNone}, value{attr(document, "IssuerDate"), day}, value{attr(document, "SeriesNumber"), spaced}))
	if attr(document, "DocumentCode") != russianPassport {
		s.Fail(errShape)
	}
	return q, s.End()
}

// russianPassport is the code of the internal passport in the tax service's
// classifier of identity documents.
const russianPassport = "21"

func (q inn) scenario() int { return scenarioOf(q.number[4:10], "999") }

func (q inn) other() question { return inn{"000000000000"} }

func (q inn) answer(n int, _ time.Time) Reply {
	code := "1"
	switch {
	case n == notFound:
		code = "3"
	case n == unintelligible:
		code = "10"
	case refuted(n):
		code = "2"
	}
	return document(func(w *xmldsig.Writer) {
		w.Leaf("ns2:FNSPaspINNResponse", "", "xmlns:ns2", smev.PassportINN247().Namespace, "ИННФЛ", q.number, "КодОбр", code)
	})
}

const innSearchNamespace = "urn://x-artefacts-fns-inn-singular/root/270-18/4.0.1"

// innSearch is an inquiry for the INN of a person.
type innSearch struct {
	records *records
	person
	id, passport string
}

func (r *records) readINNSearch(doc *xmldsig.Element) (question, error) {
	tns, common := names(innSearchNamespace), names("urn://x-artefacts-fns-inn/commons/4.0.0")
	s := doc.Sequence(tns("FNSINNSingularRequest"))
	asker, about := s.One(tns("СведЮЛ")), s.One(tns("СведФЛ"))
	inner := about.Sequence(tns("СведФЛ"))
	name, document := inner.One(common("ФИО")), inner.One(common("УдЛичнФЛ"))
	s.Fail(inner.End())
	q := innSearch{records: r, id: attr(doc, "ИдЗапрос")}
	q.last, q.first, q.middle, q.born = attr(name, "Фамилия"), attr(name, "Имя"), attr(name, "Отчество"), attr(about, "ДатаРожд")
	passport := attr(document, "СерНомДок")
	s.Fail(fit(value{q.id, questionID}, value{attr(asker, "ОГРН"), digits13}, value{attr(asker, "ИННЮЛ"), digits10},
		value{q.last, anyName}, value{q.first, anyName}, value{q.middle, anyOrNo}, value{q.born, day}))
	if attr(document, "КодВидДок") == russianPassport {
		if err := fit(value{passport, spaced}); err != nil {
			s.Fail(err)
		} else {
			q.passport = passport[6:]
		}
	}
	return q, s.End()
}

func (q innSearch) scenario() int { return scenarioOf(q.passport, "999") }

func (q innSearch) other() question {
	q.id = "00000000-0000-8000-8000-000000000000"
	return q
}

func (q innSearch) answer(n int, _ time.Time) Reply {
	number := q.records.inn(q.person)
	switch {
	case n == notFound:
		return rejection("NO_DATA")
	case n == unintelligible:
		number = ""
	case refuted(n):
		number = INN(n)
	}
	attrs := []string{"xmlns:ns2", innSearchNamespace, "ИдЗапрос", q.id}
	if number != "" {
		attrs = append(attrs, "ИННФЛ", number)
	}
	return document(func(w *xmldsig.Writer) { w.Leaf("ns2:FNSINNSingularResponse", "", attrs...) })
}
