package qualified_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/testenv"
)

// parse calls the parser of a kind of value and returns what it read, as text.
func parse(kind, s string) (string, error) {
	switch kind {
	case "SNILS":
		v, err := qualified.ParseSNILS(s)
		return string(v), err
	case "INN":
		v, err := qualified.ParseINN(s)
		return string(v), err
	case "INNLE":
		v, err := qualified.ParseINNLE(s)
		return string(v), err
	case "OGRN":
		v, err := qualified.ParseOGRN(s)
		return string(v), err
	case "OGRNIP":
		v, err := qualified.ParseOGRNIP(s)
		return string(v), err
	case "KPP":
		v, err := qualified.ParseKPP(s)
		return string(v), err
	case "department code":
		v, err := qualified.ParseDepartmentCode(s)
		return string(v), err
	case "passport":
		v, err := qualified.ParsePassport(s)
		return v.Series + "/" + v.Number, err
	case "foreign passport":
		v, err := qualified.ParseForeignPassport(s)
		return v.Series + "/" + v.Number, err
	}
	panic(kind)
}

func TestParseValues(t *testing.T) {
	for _, c := range []struct{ kind, text, want string }{
		{"SNILS", "11223344595", "11223344595"},
		{"SNILS", "112-233-445 95", "11223344595"},
		{"SNILS", "001-001-998 12", "00100199812"},
		{"INN", "500100732259", "500100732259"},
		{"INNLE", "7707083893", "7707083893"},
		{"OGRN", "1027700132195", "1027700132195"},
		{"OGRNIP", "304500116000157", "304500116000157"},
		{"KPP", "770701001", "770701001"},
		{"KPP", "7707AZ001", "7707AZ001"},
		{"department code", "770-001", "770-001"},
		{"department code", "773-999", "773-999"},
		{"passport", "4510123456", "4510/123456"},
		{"passport", "4510 123456", "4510/123456"},
		{"passport", "45 10 123456", "4510/123456"},
		{"foreign passport", "75 1234567", "75/1234567"},
		{"foreign passport", "751234567", "75/1234567"},
	} {
		if got, err := parse(c.kind, c.text); got != c.want || err != nil {
			t.Errorf("%s %q: got %q, %v, want %q", c.kind, c.text, got, err, c.want)
		}
	}
}

// TestRefusedValues: the error names the kind and the rule, never the value.
func TestRefusedValues(t *testing.T) {
	for _, c := range []struct {
		kind, text string
		reason     qualified.NumberFault
		rule       string
	}{
		{"SNILS", "112-233-44595", qualified.NotDigits, "digit"},
		{"SNILS", "112 233 445 95", qualified.NotDigits, "digit"},
		{"SNILS", "112-233-445 96", qualified.WrongChecksum, "9 8 7 6 5 4 3 2 1"},
		{"INN", "500100732269", qualified.WrongChecksum, "11th digit is not the weighted sum (7 2 4 10 3 5 9 4 6 8)"},
		{"INN", "500100732258", qualified.WrongChecksum, "12th digit is not the weighted sum (3 7 2 4 10 3 5 9 4 6 8)"},
		{"INN", "50010073225", qualified.WrongLength, "12 digits"},
		{"INNLE", "7707083892", qualified.WrongChecksum, "10th digit is not the weighted sum (2 4 10 3 5 9 4 6 8)"},
		{"OGRN", "1027700132196", qualified.WrongChecksum, "13th digit is not the first twelve modulo 11"},
		{"OGRN", "3027700132195", qualified.WrongKind, "neither 1 nor 5"},
		{"OGRNIP", "304500116000158", qualified.WrongChecksum, "15th digit is not the first fourteen modulo 13"},
		{"OGRNIP", "404500116000157", qualified.WrongKind, "not 3"},
		{"KPP", "77070100", qualified.WrongLength, "9 characters"},
		{"KPP", "7707az001", qualified.WrongForm, "Latin capitals"},
		{"KPP", "A70701001", qualified.WrongForm, "four digits"},
		{"department code", "774-001", qualified.WrongKind, "third digit"},
		{"department code", "770001", qualified.WrongForm, "hyphen"},
		{"department code", "77а-001", qualified.WrongForm, "three digits"},
		{"passport", "4510 12345", qualified.WrongLength, "digits"},
		{"passport", "4510  123456", qualified.NotDigits, "digit"},
		{"passport", "45 1O 123456", qualified.NotDigits, "digit"},
		{"foreign passport", "75 123456", qualified.WrongLength, "digits"},
		{"foreign passport", "7 51234567", qualified.NotDigits, "digit"},
	} {
		got, err := parse(c.kind, c.text)
		var typed *qualified.NumberError
		if !errors.As(err, &typed) || typed.Number != c.kind || typed.Reason != c.reason || !strings.Contains(err.Error(), c.rule) {
			t.Errorf("%s %q: got %q, %v, want a fault of %s about %q", c.kind, c.text, got, err, c.reason, c.rule)
		}
		if strings.Trim(got, "/") != "" {
			t.Errorf("%s %q: got %q beside an error", c.kind, c.text, got)
		}
		if strings.Contains(fmt.Sprintf("%v %#v", err, err), c.text) {
			t.Errorf("%s %q: the error shows the value", c.kind, c.text)
		}
	}
	for _, p := range []qualified.Passport{{}, {"4510", ""}, {"451", "123456"}, {"45 1", "123456"}, {"4510", "12345б"}} {
		if p.Check() == nil {
			t.Errorf("%v: got it accepted", p)
		}
	}
	for _, p := range []qualified.ForeignPassport{{}, {"75", ""}, {"7", "1234567"}, {"75", "12345б7"}} {
		if p.Check() == nil {
			t.Errorf("%v: got it accepted", p)
		}
	}
}

func TestPassports(t *testing.T) {
	for seed := range uint64(50) {
		p := testenv.NewPerson(seed)
		if err := (qualified.Passport{Series: p.Series, Number: p.Number}).Check(); err != nil {
			t.Errorf("%d: got %v", seed, err)
		}
		if err := qualified.DepartmentCode(p.IssuerCode).Check(); err != nil {
			t.Errorf("%d: got %v", seed, err)
		}
	}
	if err := (qualified.ForeignPassport{Series: "75", Number: "1234567"}).Check(); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestSNILSPrinted(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		n := qualified.SNILS(testenv.NewSNILS(r))
		if back, err := qualified.ParseSNILS(n.Printed()); back != n || err != nil {
			t.Fatalf("%s: got %s, %v, want it again", n.Printed(), back, err)
		}
	}
	if got := qualified.SNILS("1").Printed(); got != "1" {
		t.Errorf("got %q, want it as it is", got)
	}
}

// TestLegacyINN: an organisation's number behind 00 obeys the rule of ten
// digits, which is that of the 12th digit too; the rule of the 11th refuses
// ten in eleven.
func TestLegacyINN(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	refused := 0
	for range 200 {
		n := "00" + testenv.NewINN10(r)
		if err := qualified.CheckLegacyINN(n); err != nil {
			t.Errorf("%s: got %v, want it accepted", n, err)
		}
		if qualified.CheckINN(n) != nil {
			refused++
		}
		wrong := n[:11] + string('0'+(n[11]-'0'+1)%10)
		if err := qualified.CheckLegacyINN(wrong); err == nil {
			t.Errorf("%s: got it accepted", wrong)
		}
	}
	if refused < 160 || refused == 200 {
		t.Errorf("got %d of 200 refused as a person's, want about 182", refused)
	}
	for _, n := range []string{"", "500100732259", "000000000000", "00770708389a", "0077070838930"} {
		if qualified.CheckLegacyINN(n) == nil {
			t.Errorf("%q: got it accepted", n)
		}
	}
}

func FuzzParseValues(f *testing.F) {
	for _, s := range []string{"112-233-445 95", "45 10 123456", "75 1234567", "770-001", "7707AZ001", "1027700132195", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, kind := range []string{"SNILS", "INN", "INNLE", "OGRN", "OGRNIP", "KPP", "department code", "passport", "foreign passport"} {
			got, err := parse(kind, s)
			var typed *qualified.NumberError
			if err != nil && (!errors.As(err, &typed) || strings.Trim(got, "/") != "") {
				t.Fatalf("%s: got %q, %v, want nothing and a NumberError", kind, got, err)
			}
			if err != nil {
				continue
			}
			if again, err := parse(kind, strings.ReplaceAll(got, "/", "")); again != got || err != nil {
				t.Fatalf("%s: got %q, %v, want %q again", kind, again, err, got)
			}
		}
	})
}
