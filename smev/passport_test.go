package smev_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

// p001 is the MVD's plain answer about subject, with a given responseInfo.
func p001(info string) string {
	s := subject()
	return `<ns:response xmlns:ns="urn://ru/mvd/sovm/p001/1.0.0"><ns:requestInfo>` +
		leaf("passportRFSeries", s.Passport.Series) + leaf("passportRFNumber", s.Passport.Number) +
		"\n   </ns:requestInfo><ns:responseInfo>" + info + "\n   </ns:responseInfo>\n</ns:response>"
}

// p002 is the MVD's extended answer about subject, with a given responseInfo.
func p002(info string) string {
	s := subject()
	return `<ns:response xmlns:ns="urn://ru/mvd/sovm/p002/1.0.0" xmlns:c="urn://ru/mvd/sovm/commons/1.0.0"><ns:requestInfo>` +
		`<ns:physicalPersonQualifiedNameType><c:familyName>` + s.LastName + `</c:familyName><c:firstName>` + s.FirstName +
		`</c:firstName><c:patronymic>` + s.MiddleName + `</c:patronymic></ns:physicalPersonQualifiedNameType><ns:birthDate>` +
		s.BirthDate.Format(time.DateOnly) + `</ns:birthDate><ns:passportRF><c:series>` + s.Passport.Series + `</c:series><c:number>` +
		s.Passport.Number + `</c:number><c:issueDate>` + s.Passport.Issued.Format(time.DateOnly) + `</c:issueDate><c:issuerCode>` +
		strings.ReplaceAll(s.Passport.IssuerCode, "-", "") + `</c:issuerCode></ns:passportRF></ns:requestInfo><ns:responseInfo>` +
		info + `</ns:responseInfo></ns:response>`
}

func leaf(name, text string) string { return "<ns:" + name + ">" + text + "</ns:" + name + ">" }

func p001Cases() map[string]answerCase { return passportCases(p001) }

func p002Cases() map[string]answerCase { return passportCases(p002) }

func passportCases(answer func(info string) string) map[string]answerCase {
	fields := []string{"passportSeries", "passportNumber"}
	valid := confirmed("mvd_300", "Паспорт действителен.")
	unknown := notFound("mvd_302", "МВД России не располагает сведениями о паспорте с указанными данными.", fields...)
	contradiction := unclear("mvd_contradiction", inconclusive, fields...)
	cases := map[string]answerCase{
		"valid":           {content: answer(leaf("docStatus", "300")), want: valid},
		"valid, comment":  {content: answer(leaf("docStatus", "300") + leaf("Comment", "x")), want: valid},
		"zone in a date":  {content: answer(leaf("docStatus", "301") + leaf("invaliditySince", "2011-07-16+04:00")), want: refuted("mvd_301", "Паспорт недействителен с 16.07.2011.", fields...)},
		"unknown reason":  {content: answer(leaf("docStatus", "301") + leaf("invalidityReason", "699")), want: refuted("mvd_301_699", "Паспорт недействителен.", fields...)},
		"reason in words": {content: answer(leaf("docStatus", "301") + leaf("invalidityReason", "утерян Ивановым")), want: refuted("mvd_301", "Паспорт недействителен.", fields...)},
		"no record":       {content: answer(leaf("docStatus", "302")), want: unknown},
		"new status":      {content: answer(leaf("docStatus", "303")), want: unclear("mvd_303", inconclusive, fields...)},
		"status in words": {content: answer(leaf("docStatus", "действителен")), want: unclear("mvd_unknown_status", inconclusive, fields...)},
		"valid, yet void": {content: answer(leaf("docStatus", "300") + leaf("invalidityReason", "605")), want: contradiction},
		"none, yet since": {content: answer(leaf("docStatus", "302") + leaf("invaliditySince", "2011-07-16")), want: contradiction},
	}
	for code, why := range map[string]string{
		"601": "истёк срок действия", "602": "заменён на новый", "603": "выдан с нарушением", "604": "числится в розыске",
		"605": "изъят или уничтожен", "606": "владелец умер", "607": "технический брак", "608": "прекращено гражданство", "609": "утрачен",
	} {
		cases["void, "+code] = answerCase{
			content: answer(leaf("docStatus", "301") + leaf("invalidityReason", code) + leaf("invaliditySince", "2011-07-16")),
			want:    refuted("mvd_301_"+code, "Паспорт недействителен с 16.07.2011: "+why+".", fields...),
		}
	}
	return cases
}

func TestParsePassportRefuses(t *testing.T) {
	for name, answer := range map[string]func(string) string{"p001": p001, "p002": p002} {
		good := answer(leaf("docStatus", "300"))
		refuses(t, kinds()[name], map[string]string{
			"no status":        answer(""),
			"two statuses":     answer(leaf("docStatus", "301") + leaf("docStatus", "300")),
			"reason first":     answer(leaf("invalidityReason", "601") + leaf("docStatus", "301")),
			"two infos":        swap(good, "<ns:responseInfo>", "<ns:responseInfo><ns:docStatus>301</ns:docStatus></ns:responseInfo><ns:responseInfo>"),
			"no echo":          good[:strings.Index(good, "<ns:requestInfo>")] + good[strings.Index(good, "<ns:responseInfo>"):],
			"elements in text": answer("<ns:docStatus>300<ns:x/></ns:docStatus>"),
			"text between":     swap(good, "<ns:docStatus>", "300<ns:docStatus>"),
		})
	}
}

// Each datum the register repeats is held against what was asked.
func TestParsePassportMismatch(t *testing.T) {
	s := subject()
	good := p002(leaf("docStatus", "300"))
	misses(t, smev.PassportP002(), s, map[string]string{
		"ownerLastName":                 swap(good, s.LastName, s.LastName+"а"),
		"ownerFirstName":                swap(good, ">"+s.FirstName+"<", ">"+strings.ToUpper(s.FirstName)+"<"),
		"ownerMiddleName":               without(good, "<c:patronymic>"+s.MiddleName+"</c:patronymic>"),
		"ownerBirthDate":                swap(good, s.BirthDate.Format(time.DateOnly), "1900-01-01"),
		"passportSeries":                swap(good, "<c:series>"+s.Passport.Series, "<c:series>0000"),
		"passportNumber":                swap(good, "<c:number>"+s.Passport.Number, "<c:number>000000"),
		"passportDate":                  swap(good, s.Passport.Issued.Format(time.DateOnly), "not a date"),
		"ownerPassportDeptCode":         swap(good, "<c:issuerCode>", "<c:issuerCode>0"),
		"regionCode":                    swap(good, "</ns:requestInfo>", "<ns:regionCode>4500</ns:regionCode></ns:requestInfo>"),
		"passportNumber passportSeries": swap(swap(good, "<c:series>", "<c:series>0"), "<c:number>", "<c:number>0"),
	})
	plain := p001(leaf("docStatus", "300"))
	misses(t, smev.PassportP001(), s, map[string]string{
		"passportSeries": swap(plain, ">"+s.Passport.Series+"<", ">0000<"),
		"passportNumber": swap(plain, ">"+s.Passport.Number+"<", ">000000<"),
	})
	zoned := swap(good, s.BirthDate.Format(time.DateOnly), s.BirthDate.Format(time.DateOnly)+"+03:00")
	if _, err := smev.PassportP002().Parse([]byte(zoned), s); err != nil {
		t.Errorf("a zone that Java adds to a date: %v", err)
	}
}
