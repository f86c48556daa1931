package main

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
)

func TestParseSubject(t *testing.T) {
	for text, want := range map[string]string{
		"CN=Вощёных Ефим Ильич":              "CN=Вощёных Ефим Ильич",
		" cn = Вощёных ,  snils=11223344595": "CN=Вощёных, SNILS=11223344595",
		`O=ООО \"Сургуч\"\, Москва,C=RU`:     `O=ООО \"Сургуч\"\, Москва, C=RU`,
		`CN=a\\,L=b`:           `CN=a\\, L=b`,
		`CN=a\ `:               "CN=a ",
		`CN=a\\ `:              `CN=a\\`,
		`CN=\#1\=2\+3\<4\>5\;`: `CN=#1\=2\+3\<4\>5\;`,
		"E=a@example.org":      "E=a@example.org",
	} {
		got, err := parseSubject(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
	name, err := parseSubject("SNILS=11223344595,C=RU,CN=a,E=a@example.org")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []csr.StringKind{csr.Numeric, csr.Printable, csr.UTF8, csr.IA5} {
		if got := name.Attributes()[i].Kind; got != want {
			t.Errorf("attribute %d: got %v, want %v", i, got, want)
		}
	}
}

func TestParseSubjectRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":              "ни одного",
		"CN":            "имя=значение",
		"CN=a,":         "имя=значение",
		",CN=a":         "имя=значение",
		"CN=":           "empty",
		"XX=a":          "есть CN SN",
		"CN=a+SN=b":     "нужен",
		`CN=a\`:         "в конце",
		`CN=a\b`:        "стоит",
		"CN=a\nb":       "управляющий",
		"CN=\xff":       "UTF-8",
		"C=РФ":          "PrintableString",
		"SNILS=112-233": "NumericString",
	} {
		if name, err := parseSubject(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %s, %v, want an error of %s", text, name, err, want)
		}
	}
}

// FuzzParseSubject: what is accepted is printed so that it is read as the same
// name.
func FuzzParseSubject(f *testing.F) {
	for _, seed := range []string{"CN=Вощёных", `O=ООО \"Сургуч\"\, Москва,C=RU`, `CN=a\ `, `CN=\#\\,L=b`, "SNILS=11223344595, CN=a", "CN=", "=,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := parseSubject(s)
		if err != nil {
			return
		}
		// A name is printed with the spaces at the ends of values as they are.
		for _, a := range name.Attributes() {
			if strings.Trim(a.Value, " ") != a.Value {
				return
			}
		}
		again, err := parseSubject(name.String())
		if err != nil || !again.Equal(name) {
			t.Errorf("%q: got %s, then %s, %v", s, name, again, err)
		}
	})
}
