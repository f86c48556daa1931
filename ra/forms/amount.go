package forms

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// money writes kopecks as roubles: 12 345,60.
func money(kopecks int64) string {
	digits := fmt.Sprint(kopecks / 100)
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteRune('\u00a0')
		}
		b.WriteRune(r)
	}
	return fmt.Sprintf("%s,%02d", b.String(), kopecks%100)
}

// spelled writes an amount of less than a thousand million roubles as payment
// papers do, the roubles in words: «Двенадцать тысяч триста сорок пять рублей
// 60 копеек».
func spelled(kopecks int64) string {
	roubles, rest := kopecks/100, kopecks%100
	var words []string
	for _, scale := range []struct {
		unit           int64
		feminine       bool
		one, few, many string
	}{
		{1_000_000, false, "миллион", "миллиона", "миллионов"},
		{1_000, true, "тысяча", "тысячи", "тысяч"},
	} {
		if n := roubles / scale.unit % 1000; n > 0 {
			words = append(words, hundreds(n, scale.feminine)...)
			words = append(words, plural(n, scale.one, scale.few, scale.many))
		}
	}
	words = append(words, hundreds(roubles%1000, false)...)
	if roubles == 0 {
		words = []string{"ноль"}
	}
	words = append(words, plural(roubles, "рубль", "рубля", "рублей"), fmt.Sprintf("%02d", rest), plural(rest, "копейка", "копейки", "копеек"))
	first, size := utf8.DecodeRuneInString(words[0])
	words[0] = string(unicode.ToUpper(first)) + words[0][size:]
	return strings.Join(words, " ")
}

var (
	hundredWords = strings.Fields("сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот")
	tenWords     = strings.Fields("двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто")
	oneWords     = strings.Fields("один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать " +
		"тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать")
	feminineWords = []string{"одна", "две"}
)

// hundreds is a number below a thousand in words; none for zero.
func hundreds(n int64, feminine bool) (words []string) {
	if n >= 100 {
		words = append(words, hundredWords[n/100-1])
		n %= 100
	}
	if n >= 20 {
		words = append(words, tenWords[n/10-2])
		n %= 10
	}
	switch {
	case n == 0:
	case feminine && n <= 2:
		words = append(words, feminineWords[n-1])
	default:
		words = append(words, oneWords[n-1])
	}
	return words
}

// plural chooses the form of a noun after a number: 1 рубль, 2 рубля, 5
// рублей, 11 рублей, 21 рубль.
func plural(n int64, one, few, many string) string {
	switch {
	case n%100 >= 11 && n%100 <= 14:
		return many
	case n%10 == 1:
		return one
	case n%10 >= 2 && n%10 <= 4:
		return few
	}
	return many
}
