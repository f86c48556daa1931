package smev_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
)

// extract is an extract from the register of legal persons, in parts. Empty
// parts are left out.
type extract struct {
	id, day, ogrn, inn, kpp, full, short                      string
	address, statuses, end, tax, managed, officials, trailing string
}

const (
	grn     = `<ns1:ГРНДата ГРН="1027700132195" ДатаЗаписи="2020-01-02"/>`
	typeGRN = `<fnst:ГРНДата ГРН="1027700132195" ДатаЗаписи="2020-01-02"/>`
	office  = ` КодНО="7746" НаимНО="МИФНС № 46"`
	heads   = "ownerLastName ownerFirstName ownerMiddleName"
)

// wholesome is the extract of the organisation of subject, which the person
// heads.
func wholesome() extract {
	s := subject()
	o := s.Organization
	return extract{
		id: identifier(smev.EGRUL406(), s), day: "2026-11-20", ogrn: o.OGRN, inn: o.INN, kpp: o.KPP,
		full: "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ &quot;СУРГУЧ И ЕЛКА&quot;", short: "ООО &quot;СУРГУЧ И ЕЛКА&quot;",
		officials: official(s.INN, ""),
	}
}

func (x extract) String() string {
	optional := func(name, value string) string {
		if value == "" {
			return ""
		}
		return ` ` + name + `="` + value + `"`
	}
	return `<ns1:FNSVipULResponse xmlns:ns1="urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6" xmlns:fnst="urn://x-artefacts-fns/vipul-types/4.0.6" ИдДок="` + x.id + `">` +
		`<ns1:СвЮЛ ДатаВып="` + x.day + `" ОГРН="` + x.ogrn + `" ДатаОГРН="2002-08-16"` + optional("ИНН", x.inn) + optional("КПП", x.kpp) + `>` +
		`<ns1:СвНаимЮЛ НаимЮЛПолн="` + x.full + `"` + optional("НаимЮЛСокр", x.short) + `>` + grn + `</ns1:СвНаимЮЛ>` +
		`<ns1:СвАдресЮЛ><ns1:АдресРФ КодРегион="77"><fnst:Регион ТипРегион="ГОРОД" НаимРегион="МОСКВА"/>` + typeGRN + `</ns1:АдресРФ>` + x.address + `</ns1:СвАдресЮЛ>` +
		`<ns1:СвОбрЮЛ ОГРН="` + x.ogrn + `" ДатаОГРН="2002-08-16"><ns1:СпОбрЮЛ КодСпОбрЮЛ="01"/>` + grn + `</ns1:СвОбрЮЛ>` +
		`<ns1:СвРегОрг` + office + `>` + grn + `</ns1:СвРегОрг>` + x.statuses + x.end + x.tax + x.managed + x.officials +
		`<ns1:СвЗапЕГРЮЛ ИдЗап="1" ДатаЗап="2002-08-16"><ns1:ВидЗап НаимВидЗап="СОЗДАНИЕ" КодСПВЗ="11201"/><ns1:СвРегОрг` + office + `/></ns1:СвЗапЕГРЮЛ>` +
		x.trailing + `</ns1:СвЮЛ></ns1:FNSVipULResponse>`
}

// with returns the extract after a change.
func (x extract) with(change func(*extract)) extract {
	change(&x)
	return x
}

// official is subject as a head of the organisation, in capitals.
func official(inn, marks string) string {
	s := subject()
	number := ""
	if inn != "" {
		number = ` ИННФЛ="` + inn + `"`
	}
	return `<ns1:СведДолжнФЛ><ns1:СвФЛ Фамилия="` + strings.ToUpper(s.LastName) + `" Имя="` + strings.ToUpper(s.FirstName) +
		`" Отчество="` + strings.ToUpper(s.MiddleName) + `"` + number + `>` + typeGRN + `</ns1:СвФЛ>` +
		`<ns1:СвДолжн ВидДолжн="02" НаимВидДолжн="РУКОВОДИТЕЛЬ ЮРИДИЧЕСКОГО ЛИЦА" НаимДолжн="ГЕНЕРАЛЬНЫЙ ДИРЕКТОР">` + grn + `</ns1:СвДолжн>` + marks + `</ns1:СведДолжнФЛ>`
}

func status(code string) string {
	return `<ns1:СвСтатус><ns1:СвСтатус КодСтатусЮЛ="` + code + `" НаимСтатусЮЛ="СОСТОЯНИЕ"/>` + grn + `</ns1:СвСтатус>`
}

func disqualified(from, to string) string {
	return `<ns1:СвДискв ДатаНачДискв="` + from + `" ДатаОкончДискв="` + to + `" ДатаРеш="2020-01-01">` + grn + `</ns1:СвДискв>`
}

const (
	ended      = `<ns1:СвПрекрЮЛ ДатаПрекрЮЛ="2026-01-02"><ns1:СпПрекрЮЛ КодСпПрекрЮЛ="201" НаимСпПрекрЮЛ="ЛИКВИДАЦИЯ"/><ns1:СвРегОрг КодНО="7746" НаимНО="МИФНС № 46"/>` + grn + `</ns1:СвПрекрЮЛ>`
	unreliable = `<ns1:СвНедДанДолжнФЛ ПризнНедДанДолжнФЛ="2" ТекстНедДанДолжнФЛ="НЕДОСТОВЕРНО">` + grn + `</ns1:СвНедДанДолжнФЛ>`
	nowhere    = `<ns1:СвНедАдресЮЛ ПризнНедАдресЮЛ="2">` + grn + `</ns1:СвНедАдресЮЛ>`
	manager    = `<ns1:СвУпрОрг><ns1:НаимИННЮЛ НаимЮЛПолн="УПРАВЛЯЮЩАЯ КОМПАНИЯ">` + typeGRN + `</ns1:НаимИННЮЛ></ns1:СвУпрОрг>`
	hidden     = `<ns1:СведДолжнФЛ><ns1:СвФЛ>` + typeGRN + `</ns1:СвФЛ><ns1:СвДолжн ВидДолжн="02" НаимВидДолжн="РУКОВОДИТЕЛЬ" НаимДолжн="ДИРЕКТОР">` + grn + `</ns1:СвДолжн></ns1:СведДолжнФЛ>`
)

const (
	headText       = "Организация действует, заявитель вправе действовать от её имени без доверенности."
	notHeadText    = "Заявитель не указан в ЕГРЮЛ как лицо, действующее от имени организации без доверенности."
	disqualText    = "Руководитель организации дисквалифицирован."
	unreliableText = "Сведения о руководителе организации в ЕГРЮЛ отмечены как недостоверные."
	addressText    = "Сведения об адресе организации в ЕГРЮЛ отмечены как недостоверные."
	terminatedText = "Деятельность организации прекращена."
)

func egrulCases() map[string]answerCase {
	x := wholesome()
	o := subject().Organization
	found := smev.Found{
		"OGRN": o.OGRN, "INN": o.INN, "KPP": o.KPP, "organizationShortName": `ООО "СУРГУЧ И ЕЛКА"`, "ownerPosition": "ГЕНЕРАЛЬНЫЙ ДИРЕКТОР",
	}
	// of returns a case whose extract gives what the wholesome one does, less
	// the fields named.
	of := func(x extract, want smev.Result, less ...string) answerCase {
		want.Found = smev.Found{}
		for k, v := range found {
			want.Found[k] = v
		}
		for _, k := range less {
			delete(want.Found, k)
		}
		return answerCase{content: x.String(), want: want}
	}
	fields := func(names string) []string { return strings.Fields(names) }
	head := confirmed("egrul_head", headText)
	cases := map[string]answerCase{
		"head":               of(x, head),
		"one head of two":    of(x.with(func(x *extract) { x.officials = hidden + x.officials }), head),
		"ё in capitals":      of(x.with(func(x *extract) { x.officials = strings.ReplaceAll(x.officials, "Ё", "Е") }), head),
		"disqualified once":  of(x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2020-01-01", "2026-11-19")) }), head),
		"disqualified later": of(x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2026-11-21", "2028-01-01")) }), head),
		"numbers in the tax record": of(x.with(func(x *extract) {
			x.tax = `<ns1:СвУчетНО ИНН="` + x.inn + `" КПП="` + x.kpp + `" ДатаПостУч="2002-08-16"><ns1:СвНО` + office + `/>` + grn + `</ns1:СвУчетНО>`
			x.inn, x.kpp = "", ""
		}), head),

		"terminated": of(x.with(func(x *extract) { x.end = ended }), refuted("egrul_terminated", terminatedText, "OGRN")),
		"terminated, and not by this head": of(x.with(func(x *extract) { x.end, x.officials = ended, "" }),
			refuted("egrul_terminated", terminatedText+" "+notHeadText, fields("OGRN "+heads)...), "ownerPosition"),
		"address unreliable": of(x.with(func(x *extract) { x.address = nowhere }), unclear("egrul_address_unreliable", addressText, "OGRN")),
		"other INN":          of(x.with(func(x *extract) { x.inn = asker.INN }), refuted("egrul_inn_differs", "В ЕГРЮЛ другой ИНН организации.", "INN")),
		"other KPP":          of(x.with(func(x *extract) { x.kpp = "770201001" }), refuted("egrul_kpp_differs", "В ЕГРЮЛ другой КПП организации.", "KPP")),
		"no INN":             of(x.with(func(x *extract) { x.inn = "" }), unclear("egrul_inn_missing", "В ЕГРЮЛ нет ИНН организации.", "INN"), "INN"),
		"no KPP":             of(x.with(func(x *extract) { x.kpp = "" }), unclear("egrul_kpp_missing", "В ЕГРЮЛ нет КПП организации.", "KPP"), "KPP"),
		"other name":         of(x.with(func(x *extract) { x.full, x.short = "ООО СЮРГУЧ", "" }), refuted("egrul_name_differs", "В ЕГРЮЛ другое наименование организации.", "organizationShortName")),

		"not head": of(x.with(func(x *extract) { x.officials = "" }), refuted("egrul_not_head", notHeadText, fields(heads)...), "ownerPosition"),
		"a namesake heads": of(x.with(func(x *extract) { x.officials = official("500100732259", "") }),
			refuted("egrul_not_head", notHeadText, fields(heads)...), "ownerPosition"),
		"another name": of(x.with(func(x *extract) {
			x.officials = swap(x.officials, strings.ToUpper(subject().LastName), "ИНАЯ")
		}), refuted("egrul_head_name_differs", "В ЕГРЮЛ другие фамилия, имя или отчество руководителя с этим ИНН.", fields(heads)...)),
		"no INN of the head": of(x.with(func(x *extract) { x.officials = official("", "") }),
			unclear("egrul_head_inn_missing", "В ЕГРЮЛ нет ИНН руководителя; тёзку исключает оператор.", "INNFL")),
		"hidden head": of(x.with(func(x *extract) { x.officials = hidden }),
			unclear("egrul_head_hidden", "Сведения о руководителе организации в выписке из ЕГРЮЛ не раскрыты.", fields(heads)...), "ownerPosition"),
		"managed": of(x.with(func(x *extract) { x.managed, x.officials = manager, "" }),
			unclear("egrul_managed", "Организацией руководит управляющая организация; полномочия проверяет оператор.", fields(heads)...), "ownerPosition"),
		"managed, and headed": of(x.with(func(x *extract) { x.managed = manager }), head),
		"disqualified": of(x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2025-01-01", "2027-01-01")) }),
			refuted("egrul_head_disqualified", disqualText, fields(heads)...)),
		"first day": of(x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2026-11-20", "2027-01-01")) }),
			refuted("egrul_head_disqualified", disqualText, fields(heads)...)),
		"last day": of(x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2025-01-01", "2026-11-20")) }),
			refuted("egrul_head_disqualified", disqualText, fields(heads)...)),
		"second entry disqualified": of(x.with(func(x *extract) { x.officials += official(subject().INN, disqualified("2025-01-01", "2027-01-01")) }),
			refuted("egrul_head_disqualified", disqualText, fields(heads)...)),
		"head unreliable": of(x.with(func(x *extract) { x.officials = official(subject().INN, unreliable) }),
			refuted("egrul_head_unreliable", unreliableText, fields(heads)...)),
		"all at once": of(x.with(func(x *extract) {
			x.statuses, x.end, x.kpp, x.address = status("111")+status("117")+status("701"), ended, "770201001", nowhere
			x.officials = official(subject().INN, unreliable+disqualified("2025-01-01", "2027-01-01"))
		}), refuted("egrul_terminated", terminatedText+" Состояние организации по ЕГРЮЛ требует рассмотрения оператором (код статуса 117). "+
			"По ЕГРЮЛ организация прекращена или её регистрация недействительна (код статуса 701). В ЕГРЮЛ другой КПП организации. "+
			addressText+" "+disqualText+" "+unreliableText, fields("OGRN KPP "+heads)...)),

		"01":     {content: egrulCode("01", ""), want: notFound("egrul_01", "В государственном реестре нет записи с указанным номером.", "OGRN")},
		"51":     {content: egrulCode("51", ""), want: unclear("egrul_51", inconclusive, "OGRN")},
		"52":     {content: egrulCode("52", ""), want: unclear("egrul_52", inconclusive, "OGRN")},
		"53":     {content: egrulCode("53", ""), want: unclear("egrul_53", "ФНС России не предоставляет выписку в электронном виде; нужны документы.", "OGRN")},
		"54":     {content: egrulCode("54", attachment), want: unclear("egrul_attachment", "Выписка получена в приложенном файле; её рассматривает оператор.", "OGRN")},
		"54 dry": {content: egrulCode("54", ""), want: unclear("egrul_attachment", "Выписка получена в приложенном файле; её рассматривает оператор.", "OGRN")},
		"words":  {content: egrulCode("да", ""), want: unclear("egrul_unknown_code", inconclusive, "OGRN")},
	}
	cases["other INN"].want.Found["INN"] = asker.INN
	cases["other KPP"].want.Found["KPP"] = "770201001"
	cases["all at once"].want.Found["KPP"] = "770201001"
	cases["other name"].want.Found["organizationShortName"] = "ООО СЮРГУЧ"
	for code, kind := range map[string]int{
		"111": 0, "112": 0, "121": 0, "124": 0, "129": 0, "131": 0, "139": 0, "199": 0,
		"101": 1, "105": 1, "106": 1, "107": 1, "113": 1, "114": 1, "115": 1, "116": 1, "117": 1, "120": 1, "200": 1, "700": 1, "703": 1, "800": 1, "999": 1, "000": 1,
		"201": 2, "203": 2, "304": 2, "407": 2, "415": 2, "699": 2, "701": 2, "702": 2, "801": 2, "802": 2,
	} {
		want := []smev.Result{
			confirmed("egrul_status_"+code, "Организация меняет место нахождения, уменьшает капитал или реорганизуется (код статуса "+code+"). "+headText),
			unclear("egrul_status_"+code, "Состояние организации по ЕГРЮЛ требует рассмотрения оператором (код статуса "+code+").", "OGRN"),
			refuted("egrul_status_"+code, "По ЕГРЮЛ организация прекращена или её регистрация недействительна (код статуса "+code+").", "OGRN"),
		}[kind]
		cases["status "+code] = of(x.with(func(x *extract) { x.statuses = status(code) }), want)
	}
	return cases
}

// egrulCode is an answer without an extract.
func egrulCode(code, rest string) string {
	return `<ns1:FNSVipULResponse xmlns:ns1="urn://x-artefacts-fns-vipul-tosmv-ru/311-14/4.0.6" xmlns:fnst="urn://x-artefacts-fns/vipul-types/4.0.6" ИдДок="` +
		identifier(smev.EGRUL406(), subject()) + `"><ns1:КодОбр>` + code + `</ns1:КодОбр>` + rest + `</ns1:FNSVipULResponse>`
}

const attachment = `<ns1:AttachmentsBlock><fnst:AttachmentDescription><fnst:IsMTOMAttachmentContent>true</fnst:IsMTOMAttachmentContent>` +
	`<fnst:AttachmentFormat3><fnst:IsUnstructuredFormat>false</fnst:IsUnstructuredFormat><fnst:IsZippedPacket>true</fnst:IsZippedPacket>` +
	`<fnst:DocumentType>xml</fnst:DocumentType><fnst:DptProcessID>1</fnst:DptProcessID></fnst:AttachmentFormat3></fnst:AttachmentDescription></ns1:AttachmentsBlock>`

func TestParseEGRULRefuses(t *testing.T) {
	x := wholesome()
	good := x.String()
	entry := good[strings.Index(good, "<ns1:СвЮЛ "):strings.Index(good, "</ns1:FNSVip")]
	refuses(t, smev.EGRUL406(), map[string]string{
		"two extracts":           swap(good, entry, entry+entry),
		"extract and code":       swap(good, entry, entry+"<ns1:КодОбр>01</ns1:КодОбр>"),
		"code and extract":       swap(good, entry, "<ns1:КодОбр>01</ns1:КодОбр>"+entry),
		"neither":                without(good, entry),
		"no date":                x.with(func(x *extract) { x.day = "" }).String(),
		"termination at the end": x.with(func(x *extract) { x.trailing = ended }).String(),
		"termination in tax":     x.with(func(x *extract) { x.tax = `<ns1:СвУчетНО/>` + ended }).String(),
		"two terminations":       x.with(func(x *extract) { x.end = ended + ended }).String(),
		"status without a code":  x.with(func(x *extract) { x.statuses = `<ns1:СвСтатус><ns1:СвСтатус/></ns1:СвСтатус>` }).String(),
		"status of words":        x.with(func(x *extract) { x.statuses = status("нет") }).String(),
		"empty status":           x.with(func(x *extract) { x.statuses = `<ns1:СвСтатус/>` }).String(),
		"disqualified undated":   x.with(func(x *extract) { x.officials = official(subject().INN, `<ns1:СвДискв/>`) }).String(),
		"disqualified, bad date": x.with(func(x *extract) { x.officials = official(subject().INN, disqualified("2026-13-01", "2027-01-01")) }).String(),
		"marks in other order": x.with(func(x *extract) {
			x.officials = official(subject().INN, disqualified("2020-01-01", "2021-01-01")+unreliable)
		}).String(),
		"head in another space":   strings.ReplaceAll(good, "ns1:СведДолжнФЛ", "fnst:СведДолжнФЛ"),
		"mark in another place":   x.with(func(x *extract) { x.trailing = unreliable }).String(),
		"address mark first":      swap(good, "<ns1:АдресРФ", nowhere+"<ns1:АдресРФ"),
		"no address":              swap(good, "<ns1:СвАдресЮЛ>", "<ns1:СвАдресЮЛ/><ns1:x>"),
		"text in the extract":     swap(good, "<ns1:СвНаимЮЛ ", "x<ns1:СвНаимЮЛ "),
		"an unknown element last": x.with(func(x *extract) { x.trailing = `<ns1:СвНовое/>` }).String(),
	})
}

func TestParseEGRULMismatch(t *testing.T) {
	kind, x := smev.EGRUL406(), wholesome()
	stranger := subjectOf(5)
	misses(t, kind, subject(), map[string]string{
		"ИдДок": x.with(func(x *extract) { x.id = identifier(kind, stranger) }).String(),
		"OGRN":  x.with(func(x *extract) { x.ogrn = stranger.Organization.OGRN }).String(),
	})
	misses(t, kind, subject(), map[string]string{"ИдДок": x.with(func(x *extract) { x.id = "3" }).String()})
	misses(t, kind, stranger, map[string]string{"ИдДок": egrulCode("01", "")})

	byINN := subject()
	byINN.Organization.OGRN = ""
	own := x.with(func(x *extract) { x.id = identifier(kind, byINN) })
	if got, err := kind.Parse([]byte(own.String()), byINN); err != nil || got.Reason != "egrul_head" || got.Found["OGRN"] != x.ogrn {
		t.Errorf("asked by INN: got %v, %v", got, err)
	}
	misses(t, kind, byINN, map[string]string{
		"ИдДок": x.String(),
		"INN":   own.with(func(x *extract) { x.inn = asker.INN }).String(),
	})
	misses(t, kind, byINN, map[string]string{"INN": own.with(func(x *extract) { x.inn = "" }).String()})
}

// What was not given is not compared.
func TestParseEGRULCompares(t *testing.T) {
	kind := smev.EGRUL406()
	bare := subject()
	bare.Organization = smev.Organization{OGRN: bare.Organization.OGRN}
	if got, err := kind.Parse([]byte(wholesome().String()), bare); err != nil || got.Reason != "egrul_head" {
		t.Errorf("only the OGRN given: got %v, %v", got, err)
	}
	for _, name := range []string{
		`ООО "Сургуч и Ёлка"`, `ооо сургуч и елка`, "  Общество с ограниченной ответственностью  “Сургуч и Ёлка” ", "ООО\u00a0„Сургуч и Ёлка“",
	} {
		s := subject()
		s.Organization.Name = name
		if got, err := kind.Parse([]byte(wholesome().String()), s); err != nil || got.Reason != "egrul_head" {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestBuildEGRUL(t *testing.T) {
	kind, s := smev.EGRUL406(), subject()
	if doc := build(t, kind, s); !strings.Contains(doc, "<tns:ОГРН>"+s.Organization.OGRN+"</tns:ОГРН>") || strings.Contains(doc, "ИННЮЛ") {
		t.Errorf("got %s", doc)
	}
	s.Organization.OGRN = ""
	if doc := build(t, kind, s); !strings.Contains(doc, "<tns:ИННЮЛ>"+s.Organization.INN+"</tns:ИННЮЛ>") || strings.Contains(doc, "ОГРН>") {
		t.Errorf("got %s", doc)
	}
	for _, c := range []struct{ a, b string }{
		{identifier(kind, s), identifier(kind, subject())}, {identifier(kind, subjectOf(5)), identifier(kind, subject())},
	} {
		if c.a == c.b {
			t.Error("two questions of one identifier")
		}
	}
}
