package smevtest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

const egrulTypes = "urn://x-artefacts-fns/vipul-types/4.0.6"

// extract is one of EGRUL, with what a scenario makes of the entry.
type extract struct {
	question string // ИдДок
	organization
	today        string
	terminated   bool
	status       string // КодСтатусЮЛ
	noAddress    bool   // is unreliable
	managed      bool   // by another organisation
	disqualified bool
	unreliable   bool // the head
}

// founded is the day of whatever the registers have entered.
const founded = "2015-03-02"

// write writes the extract as the schema has it, with the least that it
// requires. Elements of the schema's own are ns, those of its types t.
func (x extract) write(w *xmldsig.Writer) {
	entered := func(name string) { w.Leaf(name, "", "ДатаЗаписи", founded) }
	w.Open("ns:FNSVipULResponse", "xmlns:ns", smev.EGRUL406().Namespace, "xmlns:t", egrulTypes, "ИдДок", x.question)
	w.Open("ns:СвЮЛ", "ДатаВып", x.today, "ОГРН", x.ogrn, "ДатаОГРН", founded, "ИНН", x.inn, "КПП", x.kpp)
	w.Open("ns:СвНаимЮЛ", "НаимЮЛПолн", x.name)
	entered("ns:ГРНДата")
	w.Close()
	w.Open("ns:СвАдресЮЛ")
	w.Open("ns:АдресРФ", "КодРегион", "77")
	w.Leaf("t:Регион", "", "ТипРегион", "ГОРОД", "НаимРегион", "МОСКВА")
	entered("t:ГРНДата")
	w.Close()
	if x.noAddress {
		w.Open("ns:СвНедАдресЮЛ", "ПризнНедАдресЮЛ", "3")
		entered("ns:ГРНДата")
		w.Close()
	}
	w.Close()
	w.Open("ns:СвОбрЮЛ", "ОГРН", x.ogrn, "ДатаОГРН", founded)
	w.Leaf("ns:СпОбрЮЛ", "", "КодСпОбрЮЛ", "01")
	entered("ns:ГРНДата")
	w.Close()
	w.Open("ns:СвРегОрг", "КодНО", "7746", "НаимНО", "Вымышленная инспекция")
	entered("ns:ГРНДата")
	w.Close()
	x.writeState(w, entered)
	x.writeHeads(w, entered)
	w.Open("ns:СвЗапЕГРЮЛ", "ИдЗап", "1", "ДатаЗап", founded)
	w.Leaf("ns:ВидЗап", "", "КодСПВЗ", "11201", "НаимВидЗап", "Создание юридического лица")
	w.Leaf("ns:СвРегОрг", "", "КодНО", "7746", "НаимНО", "Вымышленная инспекция")
	w.Close()
	w.Close()
	w.Close()
}

func (x extract) writeState(w *xmldsig.Writer, entered func(string)) {
	if x.status != "" {
		w.Open("ns:СвСтатус")
		w.Leaf("ns:СвСтатус", "", "КодСтатусЮЛ", x.status, "НаимСтатусЮЛ", "Состояние эмулятора")
		entered("ns:ГРНДата")
		w.Close()
	}
	if x.terminated {
		w.Open("ns:СвПрекрЮЛ", "ДатаПрекрЮЛ", "2020-01-10")
		w.Leaf("ns:СпПрекрЮЛ", "", "КодСпПрекрЮЛ", "201", "НаимСпПрекрЮЛ", "Ликвидация")
		w.Leaf("ns:СвРегОрг", "", "КодНО", "7746", "НаимНО", "Вымышленная инспекция")
		entered("ns:ГРНДата")
		w.Close()
	}
}

func (x extract) writeHeads(w *xmldsig.Writer, entered func(string)) {
	if x.managed {
		w.Open("ns:СвУпрОрг")
		w.Open("ns:НаимИННЮЛ", "НаимЮЛПолн", `АКЦИОНЕРНОЕ ОБЩЕСТВО "УПРАВЛЯЮЩЕЕ"`)
		entered("t:ГРНДата")
		w.Close()
		w.Close()
		return
	}
	w.Open("ns:СведДолжнФЛ")
	var who []string
	for _, a := range [][2]string{{"Фамилия", x.head.last}, {"Имя", x.head.first}, {"Отчество", x.head.middle}, {"ИННФЛ", x.head.inn}} {
		if a[1] != "" {
			who = append(who, a[0], a[1])
		}
	}
	w.Open("ns:СвФЛ", who...)
	entered("t:ГРНДата")
	w.Close()
	w.Open("ns:СвДолжн", "ВидДолжн", "02", "НаимВидДолжн", "Руководитель юридического лица", "НаимДолжн", "ГЕНЕРАЛЬНЫЙ ДИРЕКТОР")
	entered("ns:ГРНДата")
	w.Close()
	if x.unreliable {
		w.Open("ns:СвНедДанДолжнФЛ", "ПризнНедДанДолжнФЛ", "1", "ТекстНедДанДолжнФЛ", "Сведения недостоверны")
		entered("ns:ГРНДата")
		w.Close()
	}
	if x.disqualified {
		w.Open("ns:СвДискв", "ДатаНачДискв", founded, "ДатаОкончДискв", x.today, "ДатаРеш", founded)
		entered("ns:ГРНДата")
		w.Close()
	}
	w.Close()
}

// extractFile is the extract of the scenarios that send it as a file: small in
// the message, or of 2 MiB in the file store.
func extractFile(n int, question string) (Attachment, bool) {
	size := map[int]int{byAttachment: 1 << 10, byFileStore: 2 << 20}[n]
	if size == 0 {
		return Attachment{}, false
	}
	seed := sha256.Sum256([]byte(question))
	noise := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(noise) // never fails
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []struct {
		name    string
		content []byte
	}{{"extract.txt", []byte("Выписка эмулятора: вымышленные сведения.\n")}, {"noise.bin", noise}} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Store})
		if err == nil {
			_, err = w.Write(f.content)
		}
		if err != nil {
			panic(err) // a buffer takes everything
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	a := Attachment{ID: "extract", MIMEType: "application/zip", Content: b.Bytes()}
	if n == byFileStore {
		a.ID = fmt.Sprintf("%x-%x-%x-%x-%x", seed[:4], seed[4:6], seed[6:8], seed[8:10], seed[10:16])
		a.Stored = true
	}
	return a, true
}
