package smev_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/xmldsig"
)

func subject() smev.Subject { return subjectOf(4) }

// subjectOf is an invented person with everything an inquiry can be about.
func subjectOf(seed uint64) smev.Subject {
	p := testenv.NewPerson(seed)
	g := smev.Male
	if p.Gender == "2" {
		g = smev.Female
	}
	r := rand.New(rand.NewPCG(seed, 1))
	return smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: g, BirthDate: p.Born,
		SNILS: p.SNILS, INN: p.INN,
		Passport: smev.Passport{
			Series: p.Series, Number: p.Number, Issued: p.Issued, IssuerCode: p.IssuerCode, Issuer: p.Issuer,
		},
		BirthPlace: p.BirthPlace,
		OGRNIP:     testenv.NewOGRNIP(r),
		Organization: smev.Organization{
			OGRN: testenv.NewOGRN(r), INN: testenv.NewINN10(r), KPP: "770101001", Name: `ООО «Сургуч и Ёлка»`,
		},
		Certificate: smev.Certificate{
			SerialNumber: "016ff958008dac3f9042f0e907257d76f0", IssuerOrganization: `ООО "Печать"`, Owner: smev.OwnerPerson,
			NotBefore: time.Date(2026, 11, 22, 21, 30, 0, 0, time.UTC), NotAfter: time.Date(2027, 11, 22, 21, 30, 0, 0, time.UTC),
		},
	}
}

// asker is the own organisation of an authority.
var asker = smev.Organization{OGRN: "1027700132195", INN: "7707083893", Name: `АО "Удостоверяющий & центр"`}

// kinds are all kinds of information, by a name for tests and files.
func kinds() map[string]smev.Kind {
	return map[string]smev.Kind{
		"p001":        smev.PassportP001(),
		"p002":        smev.PassportP002(),
		"snils":       smev.SNILSValidation101(),
		"snilssearch": smev.SNILSSearch(),
		"inn":         smev.PassportINN247(),
		"innsearch":   smev.INNSearch270(asker),
		"egrul":       smev.EGRUL406(),
		"egrip":       smev.EGRIP405(),
		"esia":        smev.CertificateRegistration141(smev.RoutingTest),
	}
}

// answerCase is an answer about subject and what is to be made of it.
type answerCase struct {
	content string
	want    smev.Result
	invalid bool // by the schema, yet read
}

// answerCases are the cases of all kinds.
func answerCases() map[string]map[string]answerCase {
	return map[string]map[string]answerCase{
		"p001": p001Cases(), "p002": p002Cases(), "snils": snilsCases(), "snilssearch": snilsSearchCases(),
		"inn": innCases(), "innsearch": innSearchCases(), "egrul": egrulCases(), "egrip": egripCases(), "esia": esiaCases(),
	}
}

func TestParse(t *testing.T) {
	cases := answerCases()
	for name, kind := range kinds() {
		if len(cases[name]) == 0 {
			t.Errorf("%s has no cases", name)
		}
		for title, c := range cases[name] {
			t.Run(name+"/"+title, func(t *testing.T) {
				got, err := kind.Parse([]byte(c.content), subject())
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("got  %#v, found %q\nwant %#v, found %q", got, map[string]string(got.Found), c.want, map[string]string(c.want.Found))
				}
			})
		}
	}
}

// refuses checks that documents are refused, and not as being about others.
func refuses(t *testing.T, kind smev.Kind, documents map[string]string) {
	t.Helper()
	for name, content := range documents {
		got, err := kind.Parse([]byte(content), subject())
		var mismatch *smev.MismatchError
		if err == nil || errors.As(err, &mismatch) || errors.Is(err, smev.ErrPending) || !reflect.DeepEqual(got, smev.Result{}) {
			t.Errorf("%s: got %v, %v, want an error and nothing else", name, got, err)
		}
	}
}

// misses checks that documents are refused as being about other data than
// those asked about, by field.
func misses(t *testing.T, kind smev.Kind, asked smev.Subject, documents map[string]string) {
	t.Helper()
	for fields, content := range documents {
		got, err := kind.Parse([]byte(content), asked)
		var m *smev.MismatchError
		if !errors.As(err, &m) || strings.Join(m.Fields, " ") != fields || m.ID != "" || !reflect.DeepEqual(got, smev.Result{}) {
			t.Errorf("%s: got %v, %v", fields, got, err)
		}
	}
}

// build returns the document of an inquiry.
func build(t testing.TB, kind smev.Kind, s smev.Subject) string {
	t.Helper()
	doc, err := kind.Build(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(doc)
}

// identifier returns the identifier of the request of a kind about s, which
// its answers repeat.
func identifier(kind smev.Kind, s smev.Subject) string {
	doc, err := kind.Build(s)
	if err != nil {
		panic(err)
	}
	root, err := xmldsig.Parse(doc)
	if err != nil {
		panic(err)
	}
	for _, a := range root.Attrs {
		if a.Name.Local == "ИдДок" || a.Name.Local == "ИдЗапрос" {
			return a.Value
		}
	}
	panic("no identifier")
}

// swap replaces one occurrence, which must be there.
func swap(doc, old, with string) string {
	if !strings.Contains(doc, old) {
		panic("no " + old)
	}
	return strings.Replace(doc, old, with, 1)
}

// without cuts out one occurrence, which must be there.
func without(doc, part string) string { return swap(doc, part, "") }

func confirmed(reason, text string) smev.Result {
	return smev.Result{Outcome: smev.Confirmed, Reason: reason, Text: text}
}

func refuted(reason, text string, fields ...string) smev.Result {
	return smev.Result{Outcome: smev.Refuted, Reason: reason, Text: text, Fields: fields}
}

func notFound(reason, text string, fields ...string) smev.Result {
	return smev.Result{Outcome: smev.NotFound, Reason: reason, Text: text, Fields: fields}
}

func unclear(reason, text string, fields ...string) smev.Result {
	return smev.Result{Outcome: smev.Inconclusive, Reason: reason, Text: text, Fields: fields}
}

const inconclusive = "Ответ государственного реестра требует рассмотрения оператором."
