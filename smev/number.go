package smev

import "strings"

// rightSNILS checks the control number of 11 digits: the sum of the first nine
// weighted 9 to 1, modulo 101, where 100 is written 00. It exists above
// 001-001-998.
func rightSNILS(s string) bool {
	if s[:9] <= "001001998" {
		return strings.Trim(s, "0") != "" // all zeros are nobody's
	}
	sum := 0
	for i := range 9 {
		sum += int(s[i]-'0') * (9 - i)
	}
	return sum%101%100 == int(s[9]-'0')*10+int(s[10]-'0')
}

// The weights of the control digits of an INN.
var (
	weights10 = []int{2, 4, 10, 3, 5, 9, 4, 6, 8}
	weights11 = []int{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
	weights12 = []int{3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}
)

// rightINN checks the control digit of an organisation's INN of 10 digits, or
// the two of a person's of 12: the weighted sum modulo 11 modulo 10.
func rightINN(s string) bool {
	if len(s) == 10 {
		return weighs(s, weights10)
	}
	return weighs(s, weights11) && weighs(s, weights12)
}

// weighs reports whether the digit after the weighted ones is their sum.
func weighs(s string, weights []int) bool {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum%11%10 == int(s[len(weights)]-'0')
}

// rightOGRN checks the control digit of an OGRN of 13 digits or an OGRNIP of
// 15: the number before it modulo 11, or 13, modulo 10.
func rightOGRN(s string) bool {
	last := len(s) - 1
	n := 0
	for i := range last {
		n = (n*10 + int(s[i]-'0')) % (last - 1)
	}
	return n%10 == int(s[last]-'0')
}
