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

// register is one kind of number: its check, and a generator of right ones.
type register struct {
	check func(string) error
	next  func(*rand.Rand) string
	// ambiguous lists check digits that two remainders share: under one of
	// them a wrong digit may go unnoticed.
	ambiguous string
}

var registers = map[string]register{
	"SNILS":  {qualified.CheckSNILS, testenv.NewSNILS, "00"},
	"INN":    {qualified.CheckINN, testenv.NewINN12, "0"},
	"INNLE":  {qualified.CheckINNLE, testenv.NewINN10, "0"},
	"OGRN":   {qualified.CheckOGRN, testenv.NewOGRN, "0"},
	"OGRNIP": {qualified.CheckOGRNIP, testenv.NewOGRNIP, "0 1 2"},
}

func TestNumbers(t *testing.T) {
	const right qualified.NumberFault = ""
	for what, c := range map[string]struct {
		register, number string
		want             qualified.NumberFault
	}{
		"SNILS":                            {"SNILS", "11223344595", right},
		"SNILS, sum 100":                   {"SNILS", "20613005900", right},
		"SNILS, sum 101":                   {"SNILS", "10035625900", right},
		"SNILS, sum 201":                   {"SNILS", "54454436900", right},
		"SNILS, sum 202":                   {"SNILS", "50906946400", right},
		"SNILS, last without check number": {"SNILS", "00100199812", right},
		"SNILS, first with check number":   {"SNILS", "00100199965", right},
		"SNILS, first, wrong":              {"SNILS", "00100199964", qualified.WrongChecksum},
		"SNILS, wrong":                     {"SNILS", "11223344596", qualified.WrongChecksum},
		"SNILS, sum 101, wrong":            {"SNILS", "10035625901", qualified.WrongChecksum},
		"SNILS, sum 100, wrong":            {"SNILS", "20613005910", qualified.WrongChecksum},
		"SNILS, zeros":                     {"SNILS", "00000000000", qualified.AllZero},
		"SNILS, empty":                     {"SNILS", "", qualified.WrongLength},
		"SNILS, short":                     {"SNILS", "1122334459", qualified.WrongLength},
		"SNILS, long":                      {"SNILS", "112233445950", qualified.WrongLength},
		"SNILS, as printed":                {"SNILS", "112-233-445 95", qualified.NotDigits},
		"SNILS, a letter":                  {"SNILS", "1122334459O", qualified.NotDigits},
		"SNILS, digits of another script":  {"SNILS", "١١٢٢٣٣٤٤٥٩٥", qualified.NotDigits},

		"INN":                            {"INN", "500100732259", right},
		"INN, remainder 10 in the first": {"INN", "500100730004", right},
		"INN, remainder 10 in the last":  {"INN", "500100730950", right},
		"INN, first check digit wrong":   {"INN", "500100732269", qualified.WrongChecksum},
		"INN, last check digit wrong":    {"INN", "500100732258", qualified.WrongChecksum},
		"INN, organisation's after 00":   {"INN", "007707083893", qualified.WrongChecksum},
		"INN, organisation's":            {"INN", "7707083893", qualified.WrongLength},
		"INN, zeros":                     {"INN", "000000000000", qualified.AllZero},
		"INN, a space":                   {"INN", "5001 0732259", qualified.NotDigits},

		"INNLE":               {"INNLE", "7707083893", right},
		"INNLE, remainder 10": {"INNLE", "7707083830", right},
		"INNLE, wrong":        {"INNLE", "7707083892", qualified.WrongChecksum},
		"INNLE, lost zero":    {"INNLE", "707083893", qualified.WrongLength},
		"INNLE, a person's":   {"INNLE", "500100732259", qualified.WrongLength},
		"INNLE, zeros":        {"INNLE", "0000000000", qualified.AllZero},
		"INNLE, a sign":       {"INNLE", "-707083893", qualified.NotDigits},

		"OGRN":               {"OGRN", "1027700132195", right},
		"OGRN, of a branch":  {"OGRN", "5027700132191", right},
		"OGRN, remainder 10": {"OGRN", "1027700132020", right},
		"OGRN, wrong":        {"OGRN", "1027700132196", qualified.WrongChecksum},
		"OGRN, kind 2":       {"OGRN", "2027700132195", qualified.WrongKind},
		"OGRN, zeros":        {"OGRN", "0000000000000", qualified.AllZero},
		"OGRN, OGRNIP":       {"OGRN", "304500116000157", qualified.WrongLength},
		"OGRN, a letter":     {"OGRN", "1027700l32195", qualified.NotDigits},

		"OGRNIP":               {"OGRNIP", "304500116000157", right},
		"OGRNIP, remainder 10": {"OGRNIP", "304500116000050", right},
		"OGRNIP, remainder 11": {"OGRNIP", "304500116000061", right},
		"OGRNIP, remainder 12": {"OGRNIP", "304500116000072", right},
		"OGRNIP, wrong":        {"OGRNIP", "304500116000158", qualified.WrongChecksum},
		"OGRNIP, kind 4":       {"OGRNIP", "404500116000157", qualified.WrongKind},
		"OGRNIP, zeros":        {"OGRNIP", "000000000000000", qualified.AllZero},
		"OGRNIP, OGRN":         {"OGRNIP", "1027700132195", qualified.WrongLength},
		"OGRNIP, a newline":    {"OGRNIP", "304500116000157\n", qualified.NotDigits},
	} {
		err := registers[c.register].check(c.number)
		if c.want == right {
			if err != nil {
				t.Errorf("%s: got %v, want it accepted", what, err)
			}
			continue
		}
		var typed *qualified.NumberError
		if !errors.As(err, &typed) || typed.Number != c.register || typed.Reason != c.want {
			t.Errorf("%s: got %v, want a NumberError: wrong %s", what, err, c.want)
		}
		if text := fmt.Sprintf("%v %+v %#v", err, err, err); c.number != "" && strings.Contains(text, c.number) {
			t.Errorf("%s: the error shows the number: %s", what, text)
		}
	}
}

// TestSingleDigit changes every digit of right numbers to every other. The
// schemes promise to notice it unless two remainders share the check digit
// (SNILS: the check number) or no check number exists; these are left out.
func TestSingleDigit(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, reg := range registers {
		tried := 0
		for range 200 {
			right := reg.next(r)
			if err := reg.check(right); err != nil {
				t.Errorf("%s: got %v for %s, want it accepted", name, err, right)
			}
			if ambiguous(name, right, reg.ambiguous) {
				continue
			}
			tried++
			for i := range right {
				for d := byte('0'); d <= '9'; d++ {
					wrong := right[:i] + string(d) + right[i+1:]
					unchecked := name == "SNILS" && wrong <= "00100199899"
					if wrong != right && !unchecked && reg.check(wrong) == nil {
						t.Errorf("%s: got %s accepted beside %s", name, wrong, right)
					}
				}
			}
		}
		if tried < 50 {
			t.Errorf("%s: got %d numbers tried, want 50 or more", name, tried)
		}
	}
}

// ambiguous reports whether the check digits of the number are in the list.
// Of the two digits of an INN the first covers all before it.
func ambiguous(register, number, list string) bool {
	digits := number[len(number)-1:]
	switch register {
	case "SNILS":
		digits = number[9:]
	case "INN":
		digits = number[10:11]
	}
	return strings.Contains(list, digits)
}

func FuzzNumbers(f *testing.F) {
	for _, number := range []string{"11223344595", "500100732259", "7707083893", "1027700132195", "304500116000157", "", "１"} {
		f.Add(number)
	}
	f.Fuzz(func(t *testing.T, number string) {
		for name, reg := range registers {
			var typed *qualified.NumberError
			if err := reg.check(number); err != nil && !errors.As(err, &typed) {
				t.Fatalf("%s: got %v, want a NumberError", name, err)
			} else if err == nil && strings.Trim(number, "0123456789") != "" {
				t.Fatalf("%s: got %q accepted", name, number)
			}
		}
	})
}
