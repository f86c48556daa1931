package smev_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

func snils(result string) string {
	return `<SnilsValidationResponse xmlns="http://kvs.pfr.com/snils-validation/1.0.1"><Result>` + result + `</Result></SnilsValidationResponse>`
}

func snilsCases() map[string]answerCase {
	const fits, misfits = "СНИЛС соответствует фамилии, имени, отчеству, полу и дате рождения.", "СНИЛС не соответствует фамилии, имени, отчеству, полу или дате рождения."
	return map[string]answerCase{
		"fits":       {content: snils("true"), want: confirmed("sfr_true", fits)},
		"fits, 1":    {content: snils(" 1\n"), want: confirmed("sfr_true", fits)},
		"misfits":    {content: snils("false"), want: refuted("sfr_false", misfits, "SNILS")},
		"misfits, 0": {content: snils("0"), want: refuted("sfr_false", misfits, "SNILS")},
		"capitals":   {content: snils("TRUE"), want: unclear("sfr_unknown_result", inconclusive, "SNILS")},
		"empty":      {content: snils(""), want: unclear("sfr_unknown_result", inconclusive, "SNILS")},
	}
}

func TestParseSNILSRefuses(t *testing.T) {
	refuses(t, smev.SNILSValidation101(), map[string]string{
		"two results": swap(snils("true"), "<Result>", "<Result>false</Result><Result>"),
		"no result":   strings.ReplaceAll(snils("true"), "Result>", "Rezult>"),
		"an element":  snils("<true/>"),
	})
}

// snilsRecord is the Social Fund's record of subject, in its capitals, with a
// document of its own.
func snilsRecord(number string) string {
	s := subject()
	return `<ns2:SnilsByAdditionalDataResponse xmlns:ns2="http://kvs.pfr.com/snils-by-additionalData/1.0.1" xmlns="urn://x-artefacts-smev-gov-ru/supplementary/commons/1.0.1" xmlns:ns3="http://common.kvs.pfr.com/1.0.0">` +
		`<FamilyName>` + strings.ToUpper(s.LastName) + `</FamilyName><FirstName>` + strings.ToUpper(s.FirstName) + `</FirstName>` +
		`<Patronymic>` + strings.ToUpper(s.MiddleName) + `</Patronymic><ns2:Snils>` + number + `</ns2:Snils><ns2:BirthDate>` +
		s.BirthDate.Format(time.DateOnly) + `</ns2:BirthDate><ns2:Gender>` + string(s.Gender) + `</ns2:Gender>` +
		`<ns2:BirthPlace><ns3:PlaceType>-</ns3:PlaceType><ns3:Settlement>с. Ломовое</ns3:Settlement></ns2:BirthPlace>` + birthCertificate +
		`</ns2:SnilsByAdditionalDataResponse>`
}

const birthCertificate = `<BirthCertificate><Series>I-РД</Series><Number>756107</Number><IssueDate>0001-01-01</IssueDate><Issuer>Нет данных</Issuer></BirthCertificate>`

func snilsSearchCases() map[string]answerCase {
	const other = "11223344595"
	s := subject()
	same := confirmed("snils_search_same", "СНИЛС совпадает с найденным по указанным данным.")
	same.Found = smev.Found{"SNILS": s.SNILS}
	differs := refuted("snils_search_other", "По указанным данным найден другой СНИЛС.", "SNILS")
	differs.Found = smev.Found{"SNILS": other}
	record := snilsRecord(s.SNILS)
	bare := without(record, birthCertificate)
	return map[string]answerCase{
		"same":        {content: record, want: same},
		"other":       {content: snilsRecord(other), want: differs},
		"none":        {content: snilsRecord(""), want: notFound("snils_search_none", "СНИЛС по указанным данным не найден.", "SNILS"), invalid: true},
		"no document": {content: bare, want: same},
		"passport":    {content: swap(record, birthCertificate, `<PassportRF><Series>4202</Series><Number>766675</Number><IssueDate>0001-01-01</IssueDate><Issuer>Нет данных</Issuer></PassportRF>`), want: same},
		"SFR's own document": {content: swap(record, birthCertificate,
			`<ns3:PfrIdentificationDocument><ns3:Type>ИНОЕ</ns3:Type><ns3:Document><Number>1</Number><IssueDate>2000-01-01</IssueDate><Issuer>Нет данных</Issuer></ns3:Document></ns3:PfrIdentificationDocument>`), want: same},
		"no birth place": {content: without(bare, bare[strings.Index(bare, "<ns2:BirthPlace>"):strings.Index(bare, "</ns2:SnilsBy")]), want: same},
		"Ё as Е":         {content: strings.ReplaceAll(record, "Ё", "Е"), want: same},
		"a date's zone":  {content: swap(record, s.BirthDate.Format(time.DateOnly), s.BirthDate.Format(time.DateOnly)+"+03:00"), want: same},
	}
}

func TestParseSNILSSearch(t *testing.T) {
	kind, s := smev.SNILSSearch(), subject()
	record := snilsRecord(s.SNILS)
	s.SNILS = ""
	got, err := kind.Parse([]byte(record), s)
	if err != nil || got.Outcome != smev.Confirmed || got.Reason != "snils_search_found" || got.Found["SNILS"] != subject().SNILS || got.Fields != nil {
		t.Errorf("nothing to compare with: got %#v, %v", got, err)
	}
	s.SNILS = subject().SNILS[:3] + "-" + subject().SNILS[3:6] + "-" + subject().SNILS[6:9] + " " + subject().SNILS[9:]
	if got, err := kind.Parse([]byte(record), s); err != nil || got.Reason != "snils_search_same" {
		t.Errorf("separators: got %#v, %v", got, err)
	}
	s.MiddleName = ""
	nameless := without(record, "<Patronymic>"+strings.ToUpper(subject().MiddleName)+"</Patronymic>")
	if got, err := kind.Parse([]byte(nameless), s); err != nil || got.Reason != "snils_search_same" {
		t.Errorf("no patronymic: got %#v, %v", got, err)
	}
	refuses(t, kind, map[string]string{
		"wrong control number": snilsRecord("11223344596"),
		"separators":           snilsRecord("112-233-445 95"),
		"two numbers":          swap(record, "<ns2:Snils>", "<ns2:Snils>11223344595</ns2:Snils><ns2:Snils>"),
		"no number":            without(record, "<ns2:Snils>"+subject().SNILS+"</ns2:Snils>"),
		"two documents":        swap(record, birthCertificate, birthCertificate+birthCertificate),
		"number at the end":    swap(without(record, "<ns2:Snils>"+subject().SNILS+"</ns2:Snils>"), "</ns2:SnilsBy", "<ns2:Snils>"+subject().SNILS+"</ns2:Snils></ns2:SnilsBy"),
		"an unknown document":  strings.ReplaceAll(record, "BirthCertificate>", "LibraryCard>"),
	})
	misses(t, kind, subject(), map[string]string{
		"ownerLastName":   swap(record, strings.ToUpper(subject().LastName), "ИНОЙ"),
		"ownerFirstName":  swap(record, ">"+strings.ToUpper(subject().FirstName), ">ИНОЙ"),
		"ownerMiddleName": nameless,
		"ownerBirthDate":  swap(record, subject().BirthDate.Format(time.DateOnly), "1900-01-01"),
		"ownerGender":     swap(record, ">Female<", ">Male<"),
	})
}

// The passport goes along only if all of it fits, since it is not required.
func TestBuildSNILSSearchPassport(t *testing.T) {
	kind := smev.SNILSSearch()
	if doc := build(t, kind, subject()); !strings.Contains(doc, "<smev:PassportRF><smev:Series>") {
		t.Errorf("no passport in %s", doc)
	}
	for name, spoil := range map[string]func(*smev.Subject){
		"№":             func(s *smev.Subject) { s.Passport.Issuer = "ОТДЕЛЕНИЕ № 1" },
		"no issuer":     func(s *smev.Subject) { s.Passport.Issuer = "" },
		"no series":     func(s *smev.Subject) { s.Passport.Series = "" },
		"short number":  func(s *smev.Subject) { s.Passport.Number = "12345" },
		"no issue date": func(s *smev.Subject) { s.Passport.Issued = time.Time{} },
	} {
		s := subject()
		spoil(&s)
		if doc := build(t, kind, s); strings.Contains(doc, "PassportRF") {
			t.Errorf("%s: a passport in %s", name, doc)
		}
	}
}
