package ra

import (
	"slices"
	"time"
)

// Calendar tells working days from others.
type Calendar interface {
	// Working reports whether a day is a working day, and whether the
	// calendar knows: where it does not, it goes by the days of the week.
	Working(year int, month time.Month, day int) (working, known bool)
}

// moscow is the time in which working days begin and end.
var moscow = time.FixedZone("MSK", 3*60*60)

// RussianCalendar is the calendar of working days of the Russian Federation,
// five days a week. It knows 2026: the holidays of article 112 of the Labour
// Code, those that fall on a day of rest moved to the next working day, and
// the days that the Government's resolution 1466 of 24.09.2025 moves (Saturday
// 3 January to Friday 9 January, Sunday 4 January to Thursday 31 December). Of
// 2027 it has the holidays as the Labour Code gives them but not which days
// the Government moves, so that year is told as not known; of other years it
// has nothing.
func RussianCalendar() Calendar { return russianCalendar{} }

type russianCalendar struct{}

// restDays are the days of rest that are no Saturday and no Sunday, by year,
// as month and day.
var restDays = map[int][][2]int{
	2026: {{1, 1}, {1, 2}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {1, 9}, {2, 23}, {3, 9}, {5, 1}, {5, 11}, {6, 12}, {11, 4}, {12, 31}},
	2027: {{1, 1}, {1, 4}, {1, 5}, {1, 6}, {1, 7}, {1, 8}, {2, 23}, {3, 8}, {5, 3}, {5, 10}, {6, 14}, {11, 4}},
}

func (russianCalendar) Working(year int, month time.Month, day int) (working, known bool) {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday
	rest := slices.Contains(restDays[year], [2]int{int(month), day})
	return !weekend && !rest, year == 2026
}

// noteWeekdays stands in the journal where a deadline was reckoned without
// knowing the days of rest between.
const noteWeekdays = "срок посчитан по дням недели: переносы выходных этого года неизвестны"

// workdays returns the end of the n-th working day after the day of from, and
// whether the calendar knows all days between.
func workdays(c Calendar, from time.Time, n int) (due time.Time, known bool) {
	day, known := from.In(moscow), true
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		working, sure := c.Working(day.Date())
		known = known && sure
		if working {
			n--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, moscow).UTC(), known
}
