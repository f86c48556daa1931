package smev_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

// sound returns an answer of every kind that its parser takes.
func sound() map[string]string {
	return map[string]string{
		"p001": p001(leaf("docStatus", "300")), "p002": p002(leaf("docStatus", "300")), "snils": snils("true"),
		"snilssearch": snilsRecord(subject().SNILS), "inn": inn(`КодОбр="1"`), "innsearch": innFound(subject().INN),
		"egrul": wholesome().String(), "egrip": traderExtract(ownINN(), ""), "esia": esia("SUCCEEDED", 0),
	}
}

// Documents that no kind takes, whatever they say.
func TestParseRefuses(t *testing.T) {
	answers := sound()
	for name, kind := range kinds() {
		good := answers[name]
		if _, err := kind.Parse([]byte(good), subject()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		end := good[strings.LastIndex(good, "<"):]
		if strings.HasSuffix(good, "/>") {
			end = "/>"
		}
		documents := map[string]string{
			"nothing":           "",
			"blank":             " \n",
			"no XML":            "{}",
			"another root":      strings.ReplaceAll(good, kind.ResponseRoot, kind.ResponseRoot+"s"),
			"the request":       build(t, kind, subject()),
			"another version":   strings.ReplaceAll(good, kind.Namespace, kind.Namespace+".1"),
			"no namespace":      strings.ReplaceAll(good, kind.Namespace, ""),
			"a second root":     good + good,
			"trailing text":     good + "x",
			"document type":     "<!DOCTYPE r [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + good,
			"another encoding":  `<?xml version="1.0" encoding="windows-1251"?>` + good,
			"not UTF-8":         good[:len(good)-len(end)] + "\xff" + end,
			"wrapped":           "<soap>" + good + "</soap>",
			"undeclared prefix": "<x:y/>",
			"deep":              strings.Repeat("<a>", 1000) + strings.Repeat("</a>", 1000),
		}
		for i := 1; i < 20; i++ {
			documents[fmt.Sprint("cut short, ", i)] = good[:len(good)*i/20]
		}
		if end != "/>" {
			documents["unknown element last"] = good[:len(good)-len(end)] + "<x/>" + end
			documents["text at the end"] = good[:len(good)-len(end)] + "x" + end
		}
		refuses(t, kind, documents)
	}
}

// canary is a person whose every datum is unmistakable in a text.
var canary = smev.Subject{
	LastName: "Канарейкин", FirstName: "Кенарь", MiddleName: "Канареевич", Gender: smev.Male,
	BirthDate: time.Date(1984, 11, 13, 0, 0, 0, 0, time.UTC), SNILS: "87654302135", INN: "770198765434",
	Passport: smev.Passport{
		Series: "4577", Number: "717273", Issued: time.Date(2004, 12, 17, 0, 0, 0, 0, time.UTC), IssuerCode: "771-919", Issuer: "ОВД Канареечного района",
	},
	BirthPlace: "Канареевка", OGRNIP: "304500116000157",
	Organization: smev.Organization{OGRN: "1027700132195", INN: "7707083893", KPP: "770101919", Name: "ООО Канарейка"},
	Certificate: smev.Certificate{
		SerialNumber: "CA9A41", IssuerOrganization: "УЦ Канарейка", Owner: smev.OwnerOfficial,
		NotBefore: time.Date(2031, 12, 19, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2032, 12, 19, 0, 0, 0, 0, time.UTC),
	},
}

// silent fails if a text tells any datum of the canary.
func silent(t *testing.T, what, text string) {
	t.Helper()
	for _, datum := range []string{
		"анаре", "АНАРЕ", "енарь", "ЕНАРЬ", "1984-11-13", "13.11.1984", "87654302135", "770198765434", "4577", "717273", "2004-12-17", "771919", "771-919",
		"304500116000157", "1027700132195", "7707083893", "770101919", "CA9A41", "19.12.203",
	} {
		if strings.Contains(text, datum) {
			t.Errorf("%s tells %s: %s", what, datum, text)
		}
	}
}

// No error and no text of a result shows a datum, of the subject or of a
// document, whatever is wrong with either.
func TestSilence(t *testing.T) {
	errorsSeen := 0
	note := func(err error) {
		if err != nil {
			errorsSeen++
		}
		for ; err != nil; err = errors.Unwrap(err) {
			silent(t, "error", fmt.Sprintf("%v %+v", err, err))
		}
	}
	texts := map[string]func(*smev.Subject) *string{
		"last": func(s *smev.Subject) *string { return &s.LastName }, "first": func(s *smev.Subject) *string { return &s.FirstName },
		"middle": func(s *smev.Subject) *string { return &s.MiddleName }, "SNILS": func(s *smev.Subject) *string { return &s.SNILS },
		"INN": func(s *smev.Subject) *string { return &s.INN }, "series": func(s *smev.Subject) *string { return &s.Passport.Series },
		"number": func(s *smev.Subject) *string { return &s.Passport.Number }, "code": func(s *smev.Subject) *string { return &s.Passport.IssuerCode },
		"issuer": func(s *smev.Subject) *string { return &s.Passport.Issuer }, "place": func(s *smev.Subject) *string { return &s.BirthPlace },
		"OGRNIP": func(s *smev.Subject) *string { return &s.OGRNIP }, "OGRN": func(s *smev.Subject) *string { return &s.Organization.OGRN },
		"firm's INN": func(s *smev.Subject) *string { return &s.Organization.INN }, "KPP": func(s *smev.Subject) *string { return &s.Organization.KPP },
		"firm": func(s *smev.Subject) *string { return &s.Organization.Name }, "serial": func(s *smev.Subject) *string { return &s.Certificate.SerialNumber },
		"authority": func(s *smev.Subject) *string { return &s.Certificate.IssuerOrganization },
	}
	for name, kind := range kinds() {
		if _, err := kind.Build(canary); err != nil {
			t.Errorf("%s does not ask about the canary: %v", name, err)
		}
		for _, at := range texts {
			for _, tail := range []string{"\x00", "\xff", "<&>", " Kenar 4577", strings.Repeat("7", 2001)} {
				s := canary
				*at(&s) += tail
				_, err := kind.Build(s)
				note(err)
			}
		}
		// Answers about the canary, to an inquiry about somebody else; then
		// with each of the texts and attributes replaced by its data.
		good := sound()[name]
		s := subject()
		for old, with := range map[string]string{
			s.LastName: canary.LastName, strings.ToUpper(s.LastName): strings.ToUpper(canary.LastName), s.INN: canary.INN, s.SNILS: canary.SNILS,
			s.Passport.Number: canary.Passport.Number, s.OGRNIP: canary.OGRNIP, s.Organization.OGRN: canary.Organization.OGRN, "300": "717273",
			"true": "Канарейкин", "SUCCEEDED": "Канарейкин", `="1"`: `="717273"`, "КодОбр": "Канарейкин", "ДатаВып=": "Канарейкин=", "2026-11-20": "Канарейкин",
			"ns:": "Канарейкин:", "<": "Канарейкин<", ">": " Канарейкин>", "</": "</Канарейкин", "=": "='Канарейкин' x=", "ГЕНЕРАЛЬНЫЙ ДИРЕКТОР": "Канарейкин",
		} {
			for _, n := range []int{1, 2, -1} {
				r, err := kind.Parse([]byte(strings.Replace(good, old, with, n)), s)
				note(err)
				silent(t, "result", fmt.Sprintf("%v %+v", r, r))
			}
		}
	}
	for _, kind := range []smev.Kind{smev.INNSearch270(canary.Organization), smev.CertificateRegistration141("Канарейкин")} {
		s := canary
		s.Organization.OGRN = "1027700132190"
		_, err := kind.Build(s)
		note(err)
		_, err = smev.INNSearch270(s.Organization).Build(s)
		note(err)
	}
	if errorsSeen < 350 {
		t.Fatalf("only %d errors were seen", errorsSeen)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		silent(t, verb, fmt.Sprintf(verb, canary))
		silent(t, verb, fmt.Sprintf(verb, smev.Inquiry{Key: "k", Subject: canary}))
	}
}
