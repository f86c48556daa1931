package smev

import (
	"fmt"
	"slices"
)

// compare holds what an answer repeats against what was asked. Dates are
// compared as dates, all else as text.
func compare(echo map[string]string, asked Subject) error {
	want := asked.values()
	var differ []string
	for field, got := range echo {
		if shape[field] == someDate {
			if day, ok := parseDate(got); ok {
				got = date(day)
			}
		}
		if got != want[field] {
			differ = append(differ, field)
		}
	}
	if differ == nil {
		return nil
	}
	slices.Sort(differ)
	return &MismatchError{Fields: differ}
}

func parseError(check Check, err error) error {
	return fmt.Errorf("smev: %s answer: %w", check, err)
}
