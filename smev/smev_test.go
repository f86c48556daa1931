package smev_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
)

func subject() smev.Subject {
	p := testenv.NewPerson(4)
	g := smev.Male
	if p.Gender == "2" {
		g = smev.Female
	}
	return smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: g, BirthDate: p.Born,
		SNILS: p.SNILS, INN: p.INN,
		Passport: smev.Passport{Series: p.Series, Number: p.Number, Issued: p.Issued, IssuerCode: p.IssuerCode},
	}
}

// p002 is the MVD's answer about subject, with a given responseInfo.
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

func snils(result string) string {
	return `<SnilsValidationResponse xmlns="http://kvs.pfr.com/snils-validation/1.0.1"><Result>` + result + `</Result></SnilsValidationResponse>`
}

func inn(attrs string) string {
	return `<r:FNSPaspINNResponse xmlns:r="urn://x-artefacts-ffns-paspinn-tofns-ru/247-01/4.0.0" ` + attrs + `/>`
}

func TestParse(t *testing.T) {
	passport := []string{"passportSeries", "passportNumber"}
	for name, c := range map[string]struct {
		kind    smev.Kind
		content string
		want    smev.Result
	}{
		"valid":           {smev.PassportP002(), p002(leaf("docStatus", "300")), smev.Result{Outcome: smev.Confirmed, Reason: "mvd_300", Text: "Паспорт действителен."}},
		"valid, comment":  {smev.PassportP002(), p002(leaf("docStatus", "300") + leaf("Comment", "x")), smev.Result{Outcome: smev.Confirmed, Reason: "mvd_300", Text: "Паспорт действителен."}},
		"replaced":        {smev.PassportP002(), p002(leaf("docStatus", "301") + leaf("invalidityReason", "602") + leaf("invaliditySince", "2011-07-16")), smev.Result{Outcome: smev.Refuted, Reason: "mvd_301_602", Fields: passport, Text: "Паспорт недействителен с 16.07.2011: заменён на новый."}},
		"zone in a date":  {smev.PassportP002(), p002(leaf("docStatus", "301") + leaf("invaliditySince", "2011-07-16+04:00")), smev.Result{Outcome: smev.Refuted, Reason: "mvd_301", Fields: passport, Text: "Паспорт недействителен с 16.07.2011."}},
		"unknown reason":  {smev.PassportP002(), p002(leaf("docStatus", "301") + leaf("invalidityReason", "699")), smev.Result{Outcome: smev.Refuted, Reason: "mvd_301_699", Fields: passport, Text: "Паспорт недействителен."}},
		"reason in words": {smev.PassportP002(), p002(leaf("docStatus", "301") + leaf("invalidityReason", "утерян Ивановым")), smev.Result{Outcome: smev.Refuted, Reason: "mvd_301", Fields: passport, Text: "Паспорт недействителен."}},
		"no record":       {smev.PassportP002(), p002(leaf("docStatus", "302")), smev.Result{Outcome: smev.NotFound, Reason: "mvd_302", Fields: passport, Text: "МВД России не располагает сведениями о паспорте с указанными данными."}},
		"new status":      {smev.PassportP002(), p002(leaf("docStatus", "303")), smev.Result{Outcome: smev.Inconclusive, Reason: "mvd_303", Fields: passport, Text: inconclusive}},
		"status in words": {smev.PassportP002(), p002(leaf("docStatus", "действителен")), smev.Result{Outcome: smev.Inconclusive, Reason: "mvd_unknown_status", Fields: passport, Text: inconclusive}},
		"valid, yet void": {smev.PassportP002(), p002(leaf("docStatus", "300") + leaf("invalidityReason", "605")), smev.Result{Outcome: smev.Inconclusive, Reason: "mvd_contradiction", Fields: passport, Text: inconclusive}},
		"none, yet since": {smev.PassportP002(), p002(leaf("docStatus", "302") + leaf("invaliditySince", "2011-07-16")), smev.Result{Outcome: smev.Inconclusive, Reason: "mvd_contradiction", Fields: passport, Text: inconclusive}},

		"SNILS fits":     {smev.SNILSValidation101(), snils("true"), smev.Result{Outcome: smev.Confirmed, Reason: "sfr_true", Text: "СНИЛС соответствует фамилии, имени, отчеству, полу и дате рождения."}},
		"SNILS fits, 1":  {smev.SNILSValidation101(), snils(" 1\n"), smev.Result{Outcome: smev.Confirmed, Reason: "sfr_true", Text: "СНИЛС соответствует фамилии, имени, отчеству, полу и дате рождения."}},
		"SNILS misfits":  {smev.SNILSValidation101(), snils("false"), smev.Result{Outcome: smev.Refuted, Reason: "sfr_false", Fields: []string{"SNILS"}, Text: "СНИЛС не соответствует фамилии, имени, отчеству, полу или дате рождения."}},
		"SNILS, unclear": {smev.SNILSValidation101(), snils("TRUE"), smev.Result{Outcome: smev.Inconclusive, Reason: "sfr_unknown_result", Fields: []string{"SNILS"}, Text: inconclusive}},

		"INN fits":     {smev.PassportINN247(), inn(`КодОбр="1"`), smev.Result{Outcome: smev.Confirmed, Reason: "fns_1", Text: "ИНН соответствует паспортным данным."}},
		"INN echoed":   {smev.PassportINN247(), inn(`КодОбр="1" ИННФЛ="` + subject().INN + `"`), smev.Result{Outcome: smev.Confirmed, Reason: "fns_1", Text: "ИНН соответствует паспортным данным."}},
		"INN misfits":  {smev.PassportINN247(), inn(`КодОбр="2"`), smev.Result{Outcome: smev.Refuted, Reason: "fns_2", Fields: []string{"INNFL"}, Text: "ИНН не соответствует паспортным данным."}},
		"INN unknown":  {smev.PassportINN247(), inn(`КодОбр="3"`), smev.Result{Outcome: smev.NotFound, Reason: "fns_3", Fields: []string{"INNFL"}, Text: "ФНС России не располагает сведениями об ИНН по указанным паспортным данным."}},
		"INN, code 51": {smev.PassportINN247(), inn(`КодОбр="51"`), smev.Result{Outcome: smev.Inconclusive, Reason: "fns_51", Fields: []string{"INNFL"}, Text: inconclusive}},
		"INN, no code": {smev.PassportINN247(), inn(``), smev.Result{Outcome: smev.Inconclusive, Reason: "fns_unknown_code", Fields: []string{"INNFL"}, Text: inconclusive}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.kind.Parse([]byte(c.content), subject())
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

const inconclusive = "Ответ государственного реестра требует рассмотрения оператором."

func TestParseRefuses(t *testing.T) {
	good := p002(leaf("docStatus", "300"))
	for name, c := range map[string]struct {
		kind    smev.Kind
		content string
	}{
		"nothing":           {smev.PassportP002(), ""},
		"another root":      {smev.PassportP002(), strings.ReplaceAll(good, "ns:response>", "ns:answer>")},
		"another version":   {smev.PassportP002(), strings.ReplaceAll(good, "p002/1.0.0", "p002/1.0.1")},
		"no status":         {smev.PassportP002(), p002("")},
		"two statuses":      {smev.PassportP002(), p002(leaf("docStatus", "301") + leaf("docStatus", "300"))},
		"reason first":      {smev.PassportP002(), p002(leaf("invalidityReason", "601") + leaf("docStatus", "301"))},
		"two infos":         {smev.PassportP002(), strings.Replace(good, "<ns:responseInfo>", "<ns:responseInfo><ns:docStatus>301</ns:docStatus></ns:responseInfo><ns:responseInfo>", 1)},
		"no echo":           {smev.PassportP002(), good[:strings.Index(good, "<ns:requestInfo>")] + good[strings.Index(good, "<ns:responseInfo>"):]},
		"elements in text":  {smev.PassportP002(), p002("<ns:docStatus>300<ns:x/></ns:docStatus>")},
		"SNILS twice":       {smev.SNILSValidation101(), strings.Replace(snils("true"), "<Result>", "<Result>false</Result><Result>", 1)},
		"SNILS, no result":  {smev.SNILSValidation101(), strings.Replace(snils("true"), "Result>", "Rezult>", 2)},
		"INN with elements": {smev.PassportINN247(), strings.Replace(inn(`КодОбр="1"`), "/>", "><x/></r:FNSPaspINNResponse>", 1)},
		"INN, code twice":   {smev.PassportINN247(), inn(`КодОбр="1" КодОбр="2"`)},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := c.kind.Parse([]byte(c.content), subject())
			var mismatch *smev.MismatchError
			if err == nil || errors.As(err, &mismatch) || got.Outcome != 0 || got.Reason != "" {
				t.Errorf("got %v, %v, want an error and nothing else", got, err)
			}
		})
	}
}

// Each datum the register repeats is held against what was asked.
func TestParseMismatch(t *testing.T) {
	good, s := p002(leaf("docStatus", "300")), subject()
	for field, doc := range map[string]string{
		"ownerLastName":         strings.Replace(good, s.LastName, s.LastName+"а", 1),
		"ownerFirstName":        strings.Replace(good, ">"+s.FirstName+"<", ">"+strings.ToUpper(s.FirstName)+"<", 1),
		"ownerMiddleName":       strings.Replace(good, "<c:patronymic>"+s.MiddleName+"</c:patronymic>", "", 1),
		"ownerBirthDate":        strings.Replace(good, s.BirthDate.Format(time.DateOnly), "1900-01-01", 1),
		"passportSeries":        strings.Replace(good, "<c:series>"+s.Passport.Series, "<c:series>0000", 1),
		"passportNumber":        strings.Replace(good, "<c:number>"+s.Passport.Number, "<c:number>000000", 1),
		"passportDate":          strings.Replace(good, s.Passport.Issued.Format(time.DateOnly), "not a date", 1),
		"ownerPassportDeptCode": strings.Replace(good, "<c:issuerCode>", "<c:issuerCode>0", 1),
		"regionCode":            strings.Replace(good, "</ns:requestInfo>", "<ns:regionCode>4500</ns:regionCode></ns:requestInfo>", 1),
	} {
		got, err := smev.PassportP002().Parse([]byte(doc), s)
		var m *smev.MismatchError
		if !errors.As(err, &m) || !slices.Equal(m.Fields, []string{field}) || got.Outcome != 0 {
			t.Errorf("%s: got %v, %v", field, got, err)
		}
	}
	_, err := smev.PassportINN247().Parse([]byte(inn(`КодОбр="1" ИННФЛ="000000000000"`)), s)
	if want := "smev: the answer is not about what was asked: INNFL"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	withZone := strings.Replace(good, s.BirthDate.Format(time.DateOnly), s.BirthDate.Format(time.DateOnly)+"+03:00", 1)
	if _, err := smev.PassportP002().Parse([]byte(withZone), s); err != nil {
		t.Errorf("a zone that Java adds to a date: %v", err)
	}
	e := &smev.MismatchError{ID: "39f5", Fields: []string{"INNFL", "SNILS"}}
	if want := "smev: the answer is not about what was asked: INNFL, SNILS (inquiry 39f5)"; e.Error() != want {
		t.Errorf("got %s, want %s", e, want)
	}
}

func TestBuildRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*smev.Subject)
		field string
		kinds []smev.Check // that need the field
	}{
		"no last name":    {func(s *smev.Subject) { s.LastName = "" }, "ownerLastName", all},
		"Latin name":      {func(s *smev.Subject) { s.FirstName = "Pyotr" }, "ownerFirstName", all},
		"long patronymic": {func(s *smev.Subject) { s.MiddleName = strings.Repeat("я", 101) }, "ownerMiddleName", all},
		"no birth date":   {func(s *smev.Subject) { s.BirthDate = time.Time{} }, "ownerBirthDate", []smev.Check{smev.CheckPassport, smev.CheckSNILS}},
		"no gender":       {func(s *smev.Subject) { s.Gender = "" }, "ownerGender", []smev.Check{smev.CheckSNILS}},
		"short SNILS":     {func(s *smev.Subject) { s.SNILS = "1122334459" }, "SNILS", []smev.Check{smev.CheckSNILS}},
		"firm's INN":      {func(s *smev.Subject) { s.INN = "7701234567" }, "INNFL", []smev.Check{smev.CheckINN}},
		"other digits":    {func(s *smev.Subject) { s.Passport.Series = "４５０９" }, "passportSeries", []smev.Check{smev.CheckPassport, smev.CheckINN}},
		"short number":    {func(s *smev.Subject) { s.Passport.Number = "12345" }, "passportNumber", []smev.Check{smev.CheckPassport, smev.CheckINN}},
		"no issue date":   {func(s *smev.Subject) { s.Passport.Issued = time.Time{} }, "passportDate", []smev.Check{smev.CheckPassport, smev.CheckINN}},
		"no department":   {func(s *smev.Subject) { s.Passport.IssuerCode = "" }, "ownerPassportDeptCode", []smev.Check{smev.CheckPassport}},
	} {
		for _, kind := range smev.Kinds() {
			s := subject()
			c.spoil(&s)
			doc, err := kind.Build(s)
			if !slices.Contains(c.kinds, kind.Check) {
				if err != nil {
					t.Errorf("%s, %s: %v, though the field is not asked", name, kind.Check, err)
				}
				continue
			}
			var e *smev.SubjectError
			if !errors.As(err, &e) || e.Field != c.field || e.Check != kind.Check || e.Need == "" || doc != nil {
				t.Errorf("%s, %s: got %v", name, kind.Check, err)
			}
		}
	}
	e := &smev.SubjectError{Check: smev.CheckINN, Field: "INNFL", Need: "12 digits"}
	if want := "smev: inn: INNFL: not 12 digits"; e.Error() != want {
		t.Errorf("got %s, want %s", e, want)
	}
}

var all = []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN}

func TestBuildForgivesSeparators(t *testing.T) {
	s := subject()
	s.SNILS = "112-233-445 95"
	s.Passport.IssuerCode = "770-001"
	for _, kind := range smev.Kinds() {
		doc, err := kind.Build(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range []string{s.SNILS, s.Passport.IssuerCode} {
			if strings.Contains(string(doc), raw) {
				t.Errorf("%s keeps separators: %s", kind.Check, doc)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		codes   []string
		outcome smev.Outcome
		reason  string
	}{
		{[]string{"NO_DATA"}, smev.NotFound, "rejected_no_data"},
		{[]string{"ACCESS_DENIED"}, smev.Rejected, "rejected_access_denied"},
		{[]string{"UNKNOWN_REQUEST_DESCRIPTION"}, smev.Rejected, "rejected_unknown_request_description"},
		{[]string{"FAILURE"}, smev.Unavailable, "rejected_failure"},
		{[]string{"NO_DATA", "FAILURE"}, smev.Unavailable, "rejected_failure"},
		{[]string{"NEW_CODE"}, smev.Inconclusive, "rejected_other"},
	} {
		got := smev.Refusal(smev.CheckSNILS, c.codes...)
		if got.Outcome != c.outcome || got.Reason != c.reason || got.Text == "" {
			t.Errorf("%v: got %v", c.codes, got)
		}
		blames := got.Fields != nil
		if blames != (c.outcome == smev.NotFound || c.outcome == smev.Inconclusive) {
			t.Errorf("%v concerns %v", c.codes, got.Fields)
		}
	}
	for fault, want := range map[string]smev.Outcome{
		"SMEVFailure": smev.Unavailable, "DestinationOverflow": smev.Unavailable, "EndOfLifeReached": smev.Unavailable,
		"InvalidContent": smev.Rejected, "AccessDenied": smev.Rejected, "": smev.Rejected,
	} {
		if got := smev.Undelivered(fault); got.Outcome != want || got.Fields != nil {
			t.Errorf("%s: got %v", fault, got)
		}
	}
}

// The strings are stored; this table is their only definition.
func TestStoredStrings(t *testing.T) {
	for o, want := range map[smev.Outcome]string{
		smev.Confirmed: "confirmed", smev.Refuted: "refuted", smev.NotFound: "not_found", smev.Inconclusive: "inconclusive",
		smev.Unavailable: "unavailable", smev.Rejected: "rejected", 0: "outcome(0)", 7: "outcome(7)", -1: "outcome(-1)",
	} {
		if o.String() != want {
			t.Errorf("got %s, want %s", o, want)
		}
	}
	for c, want := range map[smev.Check]string{smev.CheckPassport: "passport", smev.CheckSNILS: "snils", smev.CheckINN: "inn"} {
		if string(c) != want {
			t.Errorf("got %s, want %s", c, want)
		}
	}
}
