package smev

import (
	"fmt"
	"slices"
	"strings"
)

// compare holds what an answer repeats against what was asked: dates as dates,
// all else as same has it.
func compare(echo map[string]string, asked Subject, same func(a, b string) bool) error {
	want := asked.values()
	var differ []string
	for field, got := range echo {
		if field == fieldBirthDate || field == fieldIssued {
			if day, ok := parseDate(got); ok {
				got = date(day)
			}
		}
		if !same(got, want[field]) {
			differ = append(differ, field)
		}
	}
	if differ == nil {
		return nil
	}
	slices.Sort(differ)
	return &MismatchError{Fields: differ}
}

// exact is the sameness of data a register repeats from the inquiry.
func exact(a, b string) bool { return a == b }

// alike is the sameness of names between a form and a register's own records,
// which are in capitals and may write Ё as Е.
func alike(a, b string) bool { return fold(a) == fold(b) }

func fold(s string) string {
	s = strings.ReplaceAll(strings.ToUpper(s), "Ё", "Е")
	return strings.Join(strings.Fields(s), " ")
}

// alikeName is alike for names of organisations, whose quotation marks and
// dashes are whatever the keyboard had.
func alikeName(a, b string) bool {
	plain := strings.NewReplacer(
		`"`, "", "'", "", "«", "", "»", "", "“", "", "”", "", "„", "", "‘", "", "’", "", "–", "-", "—", "-")
	return alike(plain.Replace(a), plain.Replace(b))
}

func parseError(check Check, err error) error {
	return fmt.Errorf("smev: %s answer: %w", check, err)
}
