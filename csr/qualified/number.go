package qualified

import "strconv"

// NumberError says why a register number is not well formed. It does not
// repeat the number, which is personal data.
type NumberError struct {
	Number string // "SNILS", "INN", "INNLE", "OGRN", "OGRNIP", "KPP", "passport", …
	Reason NumberFault
	Rule   string // the rule broken, in words: "the 11th digit is not …"
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
	WrongForm     NumberFault = "form" // not written as the document has it
)

func (e *NumberError) Error() string { return "qualified: " + e.Number + ": " + e.Rule }

// The weights of the check digits of an INN, by position.
var (
	weightsINN11 = []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	weightsINN12 = []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	weightsINNLE = []int{2, 4, 10, 3, 5, 9, 4, 6, 8}
)

// CheckSNILS checks a person's insurance number: 11 digits, no separators.
// The check number of 2 digits exists above 001-001-998: the sum of the nine
// digits weighted 9 to 1, modulo 101, where 100 is written 00.
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
	sum = sum % 101 % 100
	if s[9] != byte('0'+sum/10) || s[10] != byte('0'+sum%10) {
		return &NumberError{"SNILS", WrongChecksum, "the check number is not the weighted sum (9 8 7 6 5 4 3 2 1) modulo 101 modulo 100"}
	}
	return nil
}

// CheckINN checks a person's taxpayer number: 12 digits, the last two of
// which are check digits.
func CheckINN(s string) error {
	if err := checkDigits("INN", s, 12); err != nil {
		return err
	}
	if weighted(s, weightsINN11) != s[10] {
		return &NumberError{"INN", WrongChecksum, "the 11th digit is not the weighted sum (7 2 4 10 3 5 9 4 6 8) modulo 11 modulo 10"}
	}
	if weighted(s, weightsINN12) != s[11] {
		return &NumberError{"INN", WrongChecksum, "the 12th digit is not the weighted sum (3 7 2 4 10 3 5 9 4 6 8) modulo 11 modulo 10"}
	}
	return nil
}

// CheckINNLE checks an organisation's taxpayer number: 10 digits, the last of
// which is a check digit.
func CheckINNLE(s string) error {
	if err := checkDigits("INNLE", s, 10); err != nil {
		return err
	}
	if weighted(s, weightsINNLE) != s[9] {
		return &NumberError{"INNLE", WrongChecksum, "the 10th digit is not the weighted sum (2 4 10 3 5 9 4 6 8) modulo 11 modulo 10"}
	}
	return nil
}

// CheckLegacyINN checks an organisation's taxpayer number as certificates
// bore it in the attribute INN before 01.09.2021: 12 digits, "00" and the ten
// digits of [CheckINNLE].
func CheckLegacyINN(s string) error {
	if err := checkDigits("INN", s, 12); err != nil {
		return err
	}
	if s[:2] != "00" {
		return &NumberError{"INN", WrongForm, "an organisation's number of 10 digits does not stand behind 00"}
	}
	if weighted(s[2:], weightsINNLE) != s[11] {
		return &NumberError{"INN", WrongChecksum, "behind 00, the 10th digit is not the weighted sum (2 4 10 3 5 9 4 6 8) modulo 11 modulo 10"}
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
		return &NumberError{"OGRN", WrongKind, "the first digit is neither 1 nor 5"}
	}
	if modulo(s[:12], 11) != s[12] {
		return &NumberError{"OGRN", WrongChecksum, "the 13th digit is not the first twelve modulo 11 modulo 10"}
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
		return &NumberError{"OGRNIP", WrongKind, "the first digit is not 3"}
	}
	if modulo(s[:14], 13) != s[14] {
		return &NumberError{"OGRNIP", WrongChecksum, "the 15th digit is not the first fourteen modulo 13 modulo 10"}
	}
	return nil
}

// checkDigits checks what all numbers share: nothing but digits, their count,
// and that they are not all zeros, which pass every sum.
func checkDigits(name, s string, length int) error {
	if !allDigits(s) {
		return &NumberError{name, NotDigits, "a character that is not a digit"}
	}
	if len(s) != length {
		return &NumberError{name, WrongLength, "not of " + strconv.Itoa(length) + " digits"}
	}
	for i := range len(s) {
		if s[i] != '0' {
			return nil
		}
	}
	return &NumberError{name, AllZero, "all zeros, which nobody bears"}
}

// allDigits reports whether s holds digits of ASCII and nothing else.
func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// weighted is the check digit of an INN: the weighted sum modulo 11 modulo 10.
func weighted(s string, weights []int) byte {
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
