package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

const supplementaryNamespace = "urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1"

// snils is an inquiry of the SNILS validation.
type snils struct{ number string }

func readSNILS(doc *xmldsig.Element) (question, error) {
	tns, common := names(smev.SNILSValidation101().Namespace), names(supplementaryNamespace)
	s := doc.Sequence(tns("SnilsValidationRequest"))
	last, first, middle := s.Text(common("FamilyName")), s.Text(common("FirstName")), s.OptionalText(common("Patronymic"))
	number, sex, born := s.Text(tns("Snils")), s.Text(tns("Gender")), s.Text(tns("BirthDate"))
	s.Fail(fit(value{last, russian}, value{first, russian}, value{middle, orNone},
		value{number, digits11}, value{sex, gender}, value{born, day}))
	return snils{number}, s.End()
}

func (q snils) scenario() int { return scenarioOf(q.number[:6], "999") }

// other is the same: the answer repeats nothing of the inquiry.
func (q snils) other() question { return q }

func (q snils) answer(n int, _ time.Time) Reply {
	if n == notFound {
		return rejection("NO_DATA")
	}
	result := "true"
	switch {
	case n == unintelligible:
		result = "unknown"
	case refuted(n):
		result = "false"
	}
	return document(func(w *xmldsig.Writer) {
		w.Open("ns2:SnilsValidationResponse", "xmlns:ns2", smev.SNILSValidation101().Namespace)
		w.Leaf("ns2:Result", result)
		w.Close()
	})
}

// snilsSearch is an inquiry for the SNILS of a person.
type snilsSearch struct {
	records *records
	person
	sex, passport string
}

func (r *records) readSNILSSearch(doc *xmldsig.Element) (question, error) {
	tns, common := names(smev.SNILSSearch().Namespace), names(supplementaryNamespace)
	q := snilsSearch{records: r}
	s := doc.Sequence(tns("SnilsByAdditionalDataRequest"))
	q.last, q.first, q.middle = s.Text(common("FamilyName")), s.Text(common("FirstName")), s.OptionalText(common("Patronymic"))
	q.born, q.sex = s.Text(tns("BirthDate")), s.Text(tns("Gender"))
	s.Optional(tns("BirthPlace"))
	if e := s.Optional(common("PassportRF")); e != nil {
		p := e.Sequence(e.Name)
		series, number := p.Text(common("Series")), p.Text(common("Number"))
		issued, issuer := p.Text(common("IssueDate")), p.Text(common("Issuer"))
		q.passport = number
		s.Fail(p.End())
		s.Fail(fit(value{series, digits4}, value{number, digits6}, value{issued, day}, value{issuer, anyIssuer}))
	}
	s.Fail(fit(value{q.last, russian}, value{q.first, russian}, value{q.middle, orNone}, value{q.born, day}, value{q.sex, gender}))
	return q, s.End()
}

func (q snilsSearch) scenario() int { return scenarioOf(q.passport, "999") }

func (q snilsSearch) other() question {
	q.last = "ПОДМЕННЫЙ"
	return q
}

func (q snilsSearch) answer(n int, _ time.Time) Reply {
	if n == notFound || n == unintelligible {
		return rejection("NO_DATA") // none, or more than one: the register says no more
	}
	number := q.records.snils(q.person)
	if refuted(n) {
		number = SNILS(n)
	}
	return document(func(w *xmldsig.Writer) {
		w.Open("ns2:SnilsByAdditionalDataResponse", "xmlns:ns2", smev.SNILSSearch().Namespace, "xmlns:c", supplementaryNamespace)
		w.Leaf("c:FamilyName", capitals(q.last))
		w.Leaf("c:FirstName", capitals(q.first))
		w.OptionalLeaf("c:Patronymic", capitals(q.middle))
		w.Leaf("ns2:Snils", number)
		w.Leaf("ns2:BirthDate", q.born)
		w.Leaf("ns2:Gender", q.sex)
		w.Close()
	})
}
