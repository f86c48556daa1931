package smevtest

import (
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

const egripTypes = "urn://x-artefacts-fns/vipip-types/4.0.5"

// egrip is an inquiry for the extract of a sole trader.
type egrip struct {
	records     *records
	id          string
	ogrnip, inn string // one of them
}

func (r *records) readEGRIP(doc *xmldsig.Element) (question, error) {
	tns := names(smev.EGRIP405().Namespace)
	q := egrip{records: r, id: attr(doc, "ИдДок")}
	s := doc.Sequence(tns("FNSVipIPRequest"))
	by := s.One(tns("ЗапросИП")).Sequence(tns("ЗапросИП"))
	if e := by.Optional(tns("ОГРНИП")); e != nil {
		text, err := e.Leaf()
		s.Fail(err)
		s.Fail(fit(value{text, digits15}))
		q.ogrnip = text
	} else {
		q.inn = by.Text(tns("ИНН"))
		s.Fail(fit(value{q.inn, digits12}))
	}
	s.Fail(by.End())
	s.Fail(fit(value{q.id, questionID}))
	return q, s.End()
}

func (q egrip) scenario() int {
	if q.ogrnip != "" {
		return scenarioOf(q.ogrnip[8:14], "999")
	}
	return scenarioOf(q.inn[4:10], "999")
}

func (q egrip) other() question {
	q.id = "00000000-0000-8000-8000-000000000000"
	return q
}

func (q egrip) answer(n int, today time.Time) Reply {
	if code := uncoveredCode(n); code != "" {
		reply := document(func(w *xmldsig.Writer) {
			w.Open("ns:FNSVipIPResponse", "xmlns:ns", smev.EGRIP405().Namespace, "ИдДок", q.id)
			w.Leaf("ns:КодОбр", code)
			w.Close()
		})
		if file, ok := extractFile(n, q.id); ok {
			reply.Attachments = []Attachment{file}
		}
		return reply
	}
	t := q.records.trader(q.ogrnip, q.inn)
	farm, terminated := false, false
	switch {
	case n == inLiquidation:
		farm = true
	case n == refutedFirst+1:
		t.last = "ПЕРЕИМЕНОВАННЫЙ"
	case n == refutedFirst+2 && q.ogrnip != "":
		t.inn = INN(n)
	case refuted(n):
		terminated = true
	}
	return document(func(w *xmldsig.Writer) { q.write(w, t, today.Format(time.DateOnly), farm, terminated) })
}

// write writes the extract as the schema has it, with the least that it
// requires.
func (q egrip) write(w *xmldsig.Writer, t trader, today string, farm, terminated bool) {
	entered := func() { w.Leaf("ns:ГРНИПДата", "", "ДатаЗаписи", founded) }
	sex := "1"
	if t.female {
		sex = "2"
	}
	w.Open("ns:FNSVipIPResponse", "xmlns:ns", smev.EGRIP405().Namespace, "xmlns:t", egripTypes, "ИдДок", q.id)
	w.Open("ns:СвИП", "ДатаВып", today, "ОГРНИП", t.ogrnip, "ДатаОГРНИП", founded, "ИННФЛ", t.inn,
		"КодВидИП", "1", "НаимВидИП", "Индивидуальный предприниматель")
	w.Open("ns:СвФЛ", "Пол", sex)
	name := []string{"Фамилия", t.last, "Имя", t.first}
	if t.middle != "" {
		name = append(name, "Отчество", t.middle)
	}
	w.Leaf("ns:ФИОРус", "", name...)
	entered()
	w.Close()
	w.Open("ns:СвГражд", "ВидГражд", "1")
	entered()
	w.Close()
	w.Open("ns:СвАдрМЖ")
	w.Open("ns:АдресРФ", "КодРегион", "77")
	w.Leaf("t:Регион", "", "ТипРегион", "ГОРОД", "НаимРегион", "МОСКВА")
	w.Close()
	entered()
	w.Close()
	w.Leaf("ns:СвРегИП", "", "ОГРНИП", t.ogrnip, "ДатаОГРНИП", founded)
	w.Open("ns:СвРегОрг", "КодНО", "7746", "НаимНО", "Вымышленная инспекция")
	entered()
	w.Close()
	if farm {
		w.Open("ns:СвСтатус")
		w.Leaf("ns:СвСтатус", "", "КодСтатус", "101", "НаимСтатус", "Состояние эмулятора")
		entered()
		w.Close()
	}
	if terminated {
		w.Open("ns:СвПрекращ")
		w.Leaf("ns:СвСтатус", "", "КодСтатус", "201", "НаимСтатус", "Прекратил деятельность", "ДатаПрекращ", "2020-01-10")
		entered()
		w.Close()
	}
	w.Open("ns:СвЗапЕГРИП", "ИдЗап", "1", "ДатаЗап", founded)
	w.Leaf("ns:ВидЗап", "", "КодСПВЗ", "21211", "НаимВидЗап", "Регистрация предпринимателя")
	w.Leaf("ns:СвРегОрг", "", "КодНО", "7746", "НаимНО", "Вымышленная инспекция")
	w.Close()
	w.Close()
	w.Close()
}
