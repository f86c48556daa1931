package qualified

import "fmt"

// NumberError says why a register number is not well formed. It does not
// repeat the number, which is personal data.
type NumberError struct {
	Number string // "SNILS", "INN", "INNLE", "OGRN", "OGRNIP"
	Reason NumberFault
}

// NumberFault is the reason of a NumberError; its strings are stable.
type NumberFault string

// Reasons a number is refused for.
const (
	WrongLength   NumberFault = "length"
	NotDigits     NumberFault = "digits"
	WrongChecksum NumberFault = "checksum"
	AllZero       NumberFault = "zero" // passes its sums and is nobody's
	WrongKind     NumberFault = "kind" // the leading digit belongs to another register
)

func (e *NumberError) Error() string {
	return fmt.Sprintf("qualified: %s: wrong %s", e.Number, e.Reason)
}

// CheckSNILS checks a person's insurance number: 11 digits, no separators.
// The check number of 2 digits exists above 001-001-998.
func CheckSNILS(s string) error {
	if err := checkDigits("SNILS", s, 11); err != nil {
		return err
	}
	if s[:9] <= "001001998" {
		return nil
	}
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (9 - i)
	}
	if want := fmt.Sprintf("%02d", sum%101%100); s[9:] != want {
		return &NumberError{"SNILS", WrongChecksum}
	}
	return nil
}

// CheckINN checks a person's taxpayer number: 12 digits, the last two of
// which are check digits.
func CheckINN(s string) error {
	if err := checkDigits("INN", s, 12); err != nil {
		return err
	}
	if weighted(s, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) != s[10] || weighted(s, 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8) != s[11] {
		return &NumberError{"INN", WrongChecksum}
	}
	return nil
}

// CheckINNLE checks an organisation's taxpayer number: 10 digits, the last of
// which is a check digit.
func CheckINNLE(s string) error {
	if err := checkDigits("INNLE", s, 10); err != nil {
		return err
	}
	if weighted(s, 2, 4, 10, 3, 5, 9, 4, 6, 8) != s[9] {
		return &NumberError{"INNLE", WrongChecksum}
	}
	return nil
}

// CheckOGRN checks an organisation's registration number: 13 digits, the
// first 1 or 5, the last a check digit.
func CheckOGRN(s string) error {
	if err := checkDigits("OGRN", s, 13); err != nil {
		return err
	}
	if s[0] != '1' && s[0] != '5' {
		return &NumberError{"OGRN", WrongKind}
	}
	if modulo(s[:12], 11) != s[12] {
		return &NumberError{"OGRN", WrongChecksum}
	}
	return nil
}

// CheckOGRNIP checks a sole trader's registration number: 15 digits, the
// first 3, the last a check digit.
func CheckOGRNIP(s string) error {
	if err := checkDigits("OGRNIP", s, 15); err != nil {
		return err
	}
	if s[0] != '3' {
		return &NumberError{"OGRNIP", WrongKind}
	}
	if modulo(s[:14], 13) != s[14] {
		return &NumberError{"OGRNIP", WrongChecksum}
	}
	return nil
}

func checkDigits(name, s string, length int) error {
	zero := true
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return &NumberError{name, NotDigits}
		}
		zero = zero && s[i] == '0'
	}
	switch {
	case len(s) != length:
		return &NumberError{name, WrongLength}
	case zero:
		return &NumberError{name, AllZero}
	}
	return nil
}

// weighted is the check digit of an INN: the weighted sum modulo 11 modulo 10.
func weighted(s string, weights ...int) byte {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return byte('0' + sum%11%10)
}

// modulo is the check digit of an OGRN: the number modulo m modulo 10.
func modulo(s string, m int) byte {
	rest := 0
	for i := range len(s) {
		rest = (rest*10 + int(s[i]-'0')) % m
	}
	return byte('0' + rest%10)
}
