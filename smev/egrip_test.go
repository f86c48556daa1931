package smev_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/smev"
)

const (
	grnip     = `<ns1:ГРНИПДата ГРНИП="305500910900012" ДатаЗаписи="2005-04-19"/>`
	farm      = `<ns1:СвСтатус><ns1:СвСтатус КодСтатус="103" НаимСтатус="ГЛАВА ОТСУТСТВУЕТ"/>` + grnip + `</ns1:СвСтатус>`
	closed    = `<ns1:СвПрекращ><ns1:СвСтатус КодСтатус="201" НаимСтатус="ПРЕКРАТИЛ ДЕЯТЕЛЬНОСТЬ" ДатаПрекращ="2026-01-02"/>` + grnip + `</ns1:СвПрекращ>`
	latinName = `<ns1:ФИОЛат Фамилия="X"/>`
)

// traderExtract is the register's extract of subject, a sole trader, with a
// given INN attribute and with what follows the registering office.
func traderExtract(inn, rest string) string {
	s := subject()
	return `<ns1:FNSVipIPResponse xmlns:ns1="urn://x-artefacts-fns-vipip-tosmv-ru/311-15/4.0.5" xmlns:fnst="urn://x-artefacts-fns/vipip-types/4.0.5" ИдДок="` +
		identifier(smev.EGRIP405(), s) + `"><ns1:СвИП ДатаВып="2026-11-20" ДатаОГРНИП="2005-04-19" КодВидИП="1" НаимВидИП="ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ" ОГРНИП="` +
		s.OGRNIP + `"` + inn + `><ns1:СвФЛ Пол="2"><ns1:ФИОРус Имя="` + strings.ToUpper(s.FirstName) + `" Отчество="` + strings.ToUpper(s.MiddleName) +
		`" Фамилия="` + strings.ToUpper(s.LastName) + `"/>` + grnip + `</ns1:СвФЛ><ns1:СвГражд ВидГражд="1" НаимСтран="РОССИЯ" ОКСМ="643">` + grnip +
		`</ns1:СвГражд><ns1:СвАдрМЖ><ns1:АдресРФ КодРегион="77"><fnst:Регион ТипРегион="ГОРОД" НаимРегион="МОСКВА"/></ns1:АдресРФ>` + grnip +
		`</ns1:СвАдрМЖ><ns1:СвРегИП ОГРНИП="` + s.OGRNIP + `" ДатаОГРНИП="2005-04-19"/><ns1:СвРегОрг` + office + `>` + grnip + `</ns1:СвРегОрг>` + rest +
		`<ns1:СвЗапЕГРИП ИдЗап="1" ДатаЗап="2005-04-19"><ns1:ВидЗап НаимВидЗап="РЕГИСТРАЦИЯ" КодСПВЗ="21201"/><ns1:СвРегОрг` + office +
		`/></ns1:СвЗапЕГРИП></ns1:СвИП></ns1:FNSVipIPResponse>`
}

func ownINN() string { return ` ИННФЛ="` + subject().INN + `"` }

func egripCode(code string) string {
	return `<ns1:FNSVipIPResponse xmlns:ns1="urn://x-artefacts-fns-vipip-tosmv-ru/311-15/4.0.5" ИдДок="` + identifier(smev.EGRIP405(), subject()) +
		`"><ns1:КодОбр>` + code + `</ns1:КодОбр></ns1:FNSVipIPResponse>`
}

func egripCases() map[string]answerCase {
	const (
		terminated = "Деятельность индивидуального предпринимателя прекращена."
		renamed    = "В ЕГРИП другие фамилия, имя или отчество индивидуального предпринимателя."
		otherINN   = "В ЕГРИП другой ИНН индивидуального предпринимателя."
	)
	s := subject()
	of := func(content string, want smev.Result) answerCase {
		want.Found = smev.Found{"OGRNIP": s.OGRNIP, "INNFL": s.INN}
		return answerCase{content: content, want: want}
	}
	names := strings.Fields(heads)
	tax := `<ns1:СвУчетНО` + ownINN() + ` ДатаПостУч="2005-04-19"><ns1:СвНО` + office + `/>` + grnip + `</ns1:СвУчетНО>`
	good := traderExtract(ownINN(), "")
	active := confirmed("egrip_active", "Заявитель зарегистрирован как индивидуальный предприниматель.")
	cases := map[string]answerCase{
		"active":            of(good, active),
		"INN in tax record": of(traderExtract("", tax), active),
		"Ё as Е":            of(strings.ReplaceAll(good, "Ё", "Е"), active),
		"terminated":        of(traderExtract(ownINN(), closed), refuted("egrip_terminated", terminated, "OGRNIP")),
		"another name":      of(swap(good, strings.ToUpper(s.LastName), "ИНАЯ"), refuted("egrip_name_differs", renamed, names...)),
		"no patronymic":     of(without(good, ` Отчество="`+strings.ToUpper(s.MiddleName)+`"`), refuted("egrip_name_differs", renamed, names...)),
		"another INN":       of(traderExtract(` ИННФЛ="500100732259"`, ""), refuted("egrip_inn_differs", otherINN, "INNFL")),
		"no INN":            of(traderExtract("", ""), unclear("egrip_inn_missing", "В ЕГРИП нет ИНН индивидуального предпринимателя.", "INNFL")),
		"a farm's state": of(traderExtract(ownINN(), farm),
			unclear("egrip_status_103", "Состояние индивидуального предпринимателя по ЕГРИП требует рассмотрения оператором (код статуса 103).", "OGRNIP")),
		"all at once": of(swap(traderExtract(` ИННФЛ="500100732259"`, farm+closed), strings.ToUpper(s.LastName), "ИНАЯ"),
			refuted("egrip_terminated", terminated+" "+renamed+" "+otherINN+
				" Состояние индивидуального предпринимателя по ЕГРИП требует рассмотрения оператором (код статуса 103).", append(append([]string{"OGRNIP"}, names...), "INNFL")...)),
		"01":    {content: egripCode("01"), want: notFound("egrip_01", "В государственном реестре нет записи с указанным номером.", "OGRNIP")},
		"51":    {content: egripCode("51"), want: unclear("egrip_51", inconclusive, "OGRNIP")},
		"53":    {content: egripCode("53"), want: unclear("egrip_53", "ФНС России не предоставляет выписку в электронном виде; нужны документы.", "OGRNIP")},
		"words": {content: egripCode("да"), want: unclear("egrip_unknown_code", inconclusive, "OGRNIP")},
	}
	delete(cases["no INN"].want.Found, "INNFL")
	cases["another INN"].want.Found["INNFL"] = "500100732259"
	cases["all at once"].want.Found["INNFL"] = "500100732259"
	return cases
}

func TestParseEGRIPRefuses(t *testing.T) {
	good := traderExtract(ownINN(), "")
	entry := good[strings.Index(good, "<ns1:СвИП "):strings.Index(good, "</ns1:FNSVip")]
	refuses(t, smev.EGRIP405(), map[string]string{
		"two extracts":           swap(good, entry, entry+entry),
		"extract and code":       swap(good, entry, entry+"<ns1:КодОбр>01</ns1:КодОбр>"),
		"code and attachment":    swap(egripCode("54"), "</ns1:КодОбр>", "</ns1:КодОбр><ns1:AttachmentsBlock/>"),
		"neither":                without(good, entry),
		"termination at the end": swap(good, "</ns1:СвИП>", closed+"</ns1:СвИП>"),
		"termination before":     traderExtract(ownINN(), closed+farm),
		"two terminations":       traderExtract(ownINN(), closed+closed),
		"status without a code":  traderExtract(ownINN(), `<ns1:СвСтатус><ns1:СвСтатус/></ns1:СвСтатус>`),
		"no name":                swap(good, "ФИОРус", "ФИОРусс"),
		"Latin name first":       swap(good, "<ns1:ФИОРус", latinName+"<ns1:ФИОРус"),
	})
}

func TestParseEGRIPMismatch(t *testing.T) {
	kind, stranger := smev.EGRIP405(), subjectOf(5)
	good := traderExtract(ownINN(), "")
	misses(t, kind, subject(), map[string]string{
		"ИдДок":  swap(good, identifier(kind, subject()), identifier(kind, stranger)),
		"OGRNIP": swap(good, `" ОГРНИП="`+subject().OGRNIP, `" ОГРНИП="`+stranger.OGRNIP),
	})
	misses(t, kind, stranger, map[string]string{"ИдДок": egripCode("01")})

	byINN := subject()
	byINN.OGRNIP = ""
	if doc := build(t, kind, byINN); !strings.Contains(doc, "<tns:ИНН>"+byINN.INN+"</tns:ИНН>") || strings.Contains(doc, "ОГРНИП") {
		t.Errorf("got %s", doc)
	}
	own := swap(good, identifier(kind, subject()), identifier(kind, byINN))
	if got, err := kind.Parse([]byte(own), byINN); err != nil || got.Reason != "egrip_active" || got.Found["OGRNIP"] != subject().OGRNIP {
		t.Errorf("asked by INN: got %v, %v", got, err)
	}
	misses(t, kind, byINN, map[string]string{"INNFL": swap(own, subject().INN, stranger.INN), "ИдДок": good})
}
