package ra

import (
	"testing"
	"time"
)

func TestRussianCalendar(t *testing.T) {
	c := RussianCalendar()
	// The norm of a five-day week is 247 working days in 2026.
	count := 0
	for day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		working, known := c.Working(day.Date())
		if !known {
			t.Fatalf("%v is not known", day)
		}
		if working {
			count++
		}
	}
	if count != 247 {
		t.Errorf("got %d working days in 2026, want 247", count)
	}
	for date, want := range map[string][2]bool{
		"2026-01-11": {false, true}, "2026-01-12": {true, true}, "2026-05-11": {false, true}, "2026-11-04": {false, true},
		"2026-12-31": {false, true}, "2027-05-03": {false, false}, "2027-05-04": {true, false}, "2030-03-08": {true, false},
	} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if working, known := c.Working(day.Date()); working != want[0] || known != want[1] {
			t.Errorf("%s: got %v, %v; want %v", date, working, known, want)
		}
	}
}

func TestWorkdays(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string // the last day, inclusive
	}{
		{"2026-11-20T10:00:00+03:00", 1, "2026-11-23"}, // Friday → Monday
		{"2026-11-20T23:59:59+03:00", 3, "2026-11-25"},
		{"2026-11-20T22:00:00Z", 1, "2026-11-23"},      // already Saturday in Moscow
		{"2026-04-30T09:00:00+03:00", 1, "2026-05-04"}, // over 1 May
		{"2026-05-08T09:00:00+03:00", 2, "2026-05-13"}, // over 9 May and the Monday it moves to
		{"2026-12-30T09:00:00+03:00", 1, "2027-01-11"},
	} {
		from, err := time.Parse(time.RFC3339, c.from)
		if err != nil {
			t.Fatal(err)
		}
		due, known := workdays(RussianCalendar(), from, c.n)
		if last := due.Add(-time.Second).In(moscow).Format(time.DateOnly); last != c.want {
			t.Errorf("%d after %s: got %s, want %s", c.n, c.from, last, c.want)
		}
		if known != (c.want < "2027") {
			t.Errorf("%d after %s: got known %v", c.n, c.from, known)
		}
	}
}
