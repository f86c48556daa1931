package smevtest

import (
	"fmt"
	"strconv"
)

// Number returns the passport number of a scenario of the package comment,
// 0 to 999, as do the functions after it for the other numbers.
func Number(scenario int) string { return fmt.Sprintf("999%03d", scenario) }

// SNILS returns a SNILS of a scenario, 11 digits with a right check number.
func SNILS(scenario int) string { return snilsOf(fmt.Sprintf("999%03d001", scenario)) }

// INN returns a person's INN of a scenario, 12 digits with right check digits.
func INN(scenario int) string { return innOf(fmt.Sprintf("7701999%03d", scenario)) }

// INN10 returns an organisation's INN of a scenario, 10 digits with a right
// check digit.
func INN10(scenario int) string { return innOf(fmt.Sprintf("770199%03d", scenario)) }

// OGRN returns the OGRN of an organisation of a scenario, 13 digits with a
// right check digit.
func OGRN(scenario int) string { return ogrnOf(fmt.Sprintf("102770999%03d", scenario)) }

// OGRNIP returns the OGRNIP of a sole trader of a scenario, 15 digits with a
// right check digit.
func OGRNIP(scenario int) string { return ogrnOf(fmt.Sprintf("30477000999%03d", scenario)) }

// Serial returns the serial number of a certificate whose registration meets a
// scenario: 16 octets in hexadecimal.
func Serial(scenario int) string { return fmt.Sprintf("%026d999%03d", 1, scenario) }

// snilsOf completes nine digits with the control number: their sum weighted 9
// to 1, modulo 101, where 100 is written 00.
func snilsOf(digits string) string {
	sum := 0
	for i, d := range digits {
		sum += int(d-'0') * (9 - i)
	}
	return fmt.Sprintf("%s%02d", digits, sum%101%100)
}

// innOf completes the nine digits of an organisation with the control digit of
// an INN, or the ten of a person with both: the weighted sum modulo 11 modulo
// 10.
func innOf(digits string) string {
	weights := []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	size := 10
	if len(digits) == 10 {
		size = 12
	}
	for len(digits) < size {
		sum := 0
		for i, w := range weights[len(weights)-len(digits):] {
			sum += int(digits[i]-'0') * w
		}
		digits += strconv.Itoa(sum % 11 % 10)
	}
	return digits
}

// ogrnOf completes the 12 digits of an OGRN or the 14 of an OGRNIP: the number
// modulo 11, or 13, modulo 10.
func ogrnOf(digits string) string {
	n := 0
	for _, d := range digits {
		n = (n*10 + int(d-'0')) % (len(digits) - 1)
	}
	return digits + strconv.Itoa(n%10)
}
