package smevtest

import (
	"strconv"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

// egrul is an inquiry for the extract of an organisation.
type egrul struct {
	records   *records
	id        string
	ogrn, inn string // one of them
}

// Scenarios of EGRUL alone, beyond those of registers: all inconclusive.
const (
	inLiquidation     = 311
	addressUnreliable = 312
	headHidden        = 313
	managed           = 314
	headWithoutINN    = 315
)

func (r *records) readEGRUL(doc *xmldsig.Element) (question, error) {
	tns := names(smev.EGRUL406().Namespace)
	q := egrul{records: r, id: attr(doc, "ИдДок")}
	s := doc.Sequence(tns("FNSVipULRequest"))
	by := s.One(tns("ЗапросЮЛ")).Sequence(tns("ЗапросЮЛ"))
	if e := by.Optional(tns("ОГРН")); e != nil {
		text, err := e.Leaf()
		s.Fail(err)
		s.Fail(fit(value{text, digits13}))
		q.ogrn = text
	} else {
		q.inn = by.Text(tns("ИННЮЛ"))
		s.Fail(fit(value{q.inn, digits10}))
	}
	s.Fail(by.End())
	s.Fail(fit(value{q.id, questionID}))
	return q, s.End()
}

func (q egrul) scenario() int {
	if q.ogrn != "" {
		return scenarioOf(q.ogrn[6:12], "999")
	}
	return scenarioOf(q.inn[4:9], "99")
}

func (q egrul) other() question {
	q.id = "00000000-0000-8000-8000-000000000000"
	return q
}

func (q egrul) answer(n int, today time.Time) Reply {
	if reply, ok := q.uncovered(n); ok {
		return reply
	}
	x := extract{question: q.id, organization: q.records.organization(q.ogrn, q.inn), today: today.Format(time.DateOnly)}
	switch n {
	case refutedFirst:
		x.terminated = true
	case refutedFirst + 1:
		x.status = "701"
	case refutedFirst + 2:
		if q.inn == "" { // otherwise it would be about another organisation
			x.inn = INN10(n)
		} else {
			x.status = "702"
		}
	case refutedFirst + 3:
		x.kpp = "770299999"
	case refutedFirst + 4:
		x.name = `ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ "ИНОЕ"`
	case refutedFirst + 5:
		x.head.last = "ПЕРЕИМЕНОВАННЫЙ"
	case refutedFirst + 6:
		x.head = official{"ИНОЙ", "СПИРИДОН", "ПОЛИКАРПОВИЧ", INN(n)}
	case refutedFirst + 7:
		x.disqualified = true
	case refutedLast:
		x.unreliable = true
	case inLiquidation:
		x.status = "101"
	case addressUnreliable:
		x.noAddress = true
	case headHidden:
		x.head = official{}
	case managed:
		x.managed = true
	case headWithoutINN:
		x.head.inn = ""
	}
	return document(x.write)
}

// uncovered returns the answers that hold no extract.
func (q egrul) uncovered(n int) (Reply, bool) {
	code := uncoveredCode(n)
	if code == "" {
		return Reply{}, false
	}
	file, attached := extractFile(n, q.id)
	reply := document(func(w *xmldsig.Writer) {
		w.Open("ns:FNSVipULResponse", "xmlns:ns", smev.EGRUL406().Namespace, "xmlns:t", egrulTypes, "ИдДок", q.id)
		w.Leaf("ns:КодОбр", code)
		if attached {
			w.Open("ns:AttachmentsBlock")
			w.Open("t:AttachmentDescription")
			if file.Stored {
				w.Leaf("t:AttachmentFSLink", file.ID)
			} else {
				w.Leaf("t:IsMTOMAttachmentContent", "true")
			}
			w.Open("t:AttachmentFormat3")
			w.Leaf("t:IsUnstructuredFormat", "true")
			w.Leaf("t:IsZippedPacket", "true")
			w.Leaf("t:DocumentType", "Выписка")
			w.Leaf("t:DptProcessID", strconv.Itoa(n))
			w.Close()
			w.Close()
			w.Close()
		}
		w.Close()
	})
	if attached {
		reply.Attachments = []Attachment{file}
	}
	return reply, true
}

// uncoveredCode is the КодОбр of a scenario that has one in place of an
// extract.
func uncoveredCode(n int) string {
	return map[int]string{notFound: "01", unintelligible: "99", notElectronic: "53", byAttachment: "54", byFileStore: "54"}[n]
}
