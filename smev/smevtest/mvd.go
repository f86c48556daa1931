package smevtest

import (
	"strconv"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// passport is an inquiry of the MVD: of the plain check, which has series and
// number alone, or of the extended one.
type passport struct {
	extended                     bool
	last, first, middle          string
	born                         string
	series, number, issued, code string
	region                       string
}

const sovmNamespace = "urn://ru/mvd/sovm/commons/1.0.0"

func readP001(doc *xmldsig.Element) (question, error) {
	tns := names(smev.PassportP001().Namespace)
	var q passport
	s := doc.Sequence(tns("request"))
	info := s.One(tns("requestInfo")).Sequence(tns("requestInfo"))
	q.series, q.number = info.Text(tns("passportRFSeries")), info.Text(tns("passportRFNumber"))
	s.Fail(info.End())
	s.Fail(fit(value{q.series, digits4}, value{q.number, digits6}))
	return q, s.End()
}

func readP002(doc *xmldsig.Element) (question, error) {
	tns, sovm := names(smev.PassportP002().Namespace), names(sovmNamespace)
	q := passport{extended: true}
	s := doc.Sequence(tns("request"))
	info := s.One(tns("requestInfo")).Sequence(tns("requestInfo"))
	name := info.One(tns("physicalPersonQualifiedNameType")).Sequence(tns("physicalPersonQualifiedNameType"))
	q.last, q.first, q.middle = name.Text(sovm("familyName")), name.Text(sovm("firstName")), name.OptionalText(sovm("patronymic"))
	info.Fail(name.End())
	q.born = info.Text(tns("birthDate"))
	p := info.One(tns("passportRF")).Sequence(tns("passportRF"))
	q.series, q.number = p.Text(sovm("series")), p.Text(sovm("number"))
	q.issued, q.code = p.Text(sovm("issueDate")), p.Text(sovm("issuerCode"))
	info.Fail(p.End())
	q.region = info.OptionalText(tns("regionCode"))
	s.Fail(info.End())
	s.Fail(fit(value{q.last, russian}, value{q.first, russian}, value{q.middle, orNone}, value{q.born, day},
		value{q.series, digits4}, value{q.number, digits6}, value{q.issued, day}, value{q.code, digits6}))
	if q.region != "" {
		s.Fail(fit(value{q.region, digits4}))
	}
	return q, s.End()
}

func (q passport) scenario() int {
	if q.series == "0000" {
		return notFound
	}
	return scenarioOf(q.number, "999")
}

func (q passport) other() question {
	q.last, q.number = "Подменный", "000001"
	return q
}

func (q passport) answer(n int, today time.Time) Reply {
	status, reason, since := "300", "", ""
	switch {
	case n == notFound, n == unintelligible:
		status = strconv.Itoa(n)
	case refuted(n):
		status, reason, since = "301", strconv.Itoa(n), today.AddDate(0, 0, -1).Format(time.DateOnly)
		if issued, err := time.Parse(time.DateOnly, q.issued); err == nil {
			since = issued.AddDate(1, 0, 0).Format(time.DateOnly)
		}
	}
	return document(func(w *xmldsig.Writer) {
		if q.extended {
			w.Open("ns:response", "xmlns:ns", smev.PassportP002().Namespace, "xmlns:c", sovmNamespace)
			q.writeExtended(w)
		} else {
			w.Open("ns:response", "xmlns:ns", smev.PassportP001().Namespace)
			w.Open("ns:requestInfo")
			w.Leaf("ns:passportRFSeries", q.series)
			w.Leaf("ns:passportRFNumber", q.number)
			w.Close()
		}
		w.Open("ns:responseInfo")
		w.Leaf("ns:docStatus", status)
		w.OptionalLeaf("ns:invalidityReason", reason)
		w.OptionalLeaf("ns:invaliditySince", since)
		w.Close()
		w.Close()
	})
}

// writeExtended repeats the inquiry.
func (q passport) writeExtended(w *xmldsig.Writer) {
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
	w.OptionalLeaf("ns:regionCode", q.region)
	w.Close()
}
