package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

func (x *bench) page(q ra.Query) (ids []ra.ID) {
	x.Helper()
	for _, r := range must[[]*ra.Row](x, "page")(x.Page(x.ctx, q)) {
		ids = append(ids, r.ID)
	}
	return ids
}

func testLists(x *bench) {
	for i, r := range []ra.Row{
		{ID: "a", Queue: workflow.Applicant, State: workflow.Draft, Process: "p", Definition: "p1", Terms: ra.Terms{Name: "иванов иван", INN: "1", SNILS: "11"}},
		{ID: "b", Queue: workflow.CAOperator, State: workflow.ManualCheck, Process: "q", Definition: "q1", Partner: "x", Trouble: true, Terms: ra.Terms{Name: "петров петр", INN: "2", SNILS: "22"}},
		{ID: "c", Queue: workflow.CAOperator, State: workflow.ManualCheck, Process: "p", Definition: "p1", Partner: "y", Assignee: "eva", Terms: ra.Terms{Name: "иванова анна", INN: "1", SNILS: "33"}},
		{ID: "d", Queue: "", State: workflow.Completed, Process: "p", Definition: "p0", Partner: "x", Assignee: "eva", Terms: ra.Terms{}},
	} {
		c := written(r.ID, 0)
		r.Version, r.Created, r.Updated, r.Data = 1, start, after(time.Duration(4-i)*time.Second), []byte("data")
		c.Row = &r
		x.save(c)
	}
	for what, c := range map[string]struct {
		q    ra.Query
		want []ra.ID
	}{
		"all":              {ra.Query{}, []ra.ID{"d", "c", "b", "a"}},
		"queue":            {ra.Query{Queue: workflow.CAOperator}, []ra.ID{"c", "b"}},
		"state":            {ra.Query{State: workflow.Completed}, []ra.ID{"d"}},
		"process":          {ra.Query{Process: "q"}, []ra.ID{"b"}},
		"partner":          {ra.Query{Partners: []string{"x"}}, []ra.ID{"d", "b"}},
		"partners":         {ra.Query{Partners: []string{"y", "z", "x"}}, []ra.ID{"d", "c", "b"}},
		"partners after":   {ra.Query{Partners: []string{"x", "y"}, After: ra.Cursor{Updated: after(time.Second), ID: "d"}, Limit: 1}, []ra.ID{"c"}},
		"partners' queue":  {ra.Query{Partners: []string{"x", "y"}, Queue: workflow.CAOperator}, []ra.ID{"c", "b"}},
		"many partners":    {ra.Query{Partners: append(slices.Repeat([]string{"none"}, 3), many(100)...), Limit: 2}, []ra.ID{"d", "c"}},
		"of no partner":    {ra.Query{Partners: []string{"", "z"}}, nil},
		"twice the same":   {ra.Query{Partners: []string{"x", "x"}}, []ra.ID{"d", "b"}},
		"assignee":         {ra.Query{Assignee: "eva"}, []ra.ID{"d", "c"}},
		"trouble":          {ra.Query{Trouble: true}, []ra.ID{"b"}},
		"INN":              {ra.Query{INN: "1"}, []ra.ID{"c", "a"}},
		"SNILS":            {ra.Query{SNILS: "33"}, []ra.ID{"c"}},
		"name":             {ra.Query{Name: "иванов"}, []ra.ID{"a", "c"}},
		"part":             {ra.Query{Contains: "анна"}, []ra.ID{"c"}},
		"queue and state":  {ra.Query{Queue: workflow.CAOperator, State: workflow.ManualCheck}, []ra.ID{"c", "b"}},
		"queue and other":  {ra.Query{Queue: workflow.CAOperator, State: workflow.Draft}, nil},
		"all there is":     {ra.Query{Queue: workflow.CAOperator, State: workflow.ManualCheck, Process: "p", Partners: []string{"y"}, Assignee: "eva", INN: "1", SNILS: "33", Name: "иван", Contains: "нова"}, []ra.ID{"c"}},
		"all there is not": {ra.Query{Queue: workflow.CAOperator, State: workflow.ManualCheck, Process: "p", Partners: []string{"y"}, Assignee: "eva", INN: "1", SNILS: "33", Name: "иван", Contains: "петр"}, nil},
		"limit":            {ra.Query{Limit: 2}, []ra.ID{"d", "c"}},
		"after":            {ra.Query{After: ra.Cursor{Updated: after(2 * time.Second), ID: "c"}}, []ra.ID{"b", "a"}},
		"after in between": {ra.Query{After: ra.Cursor{Updated: after(2 * time.Second), ID: "bb"}}, []ra.ID{"c", "b", "a"}},
		"queue after":      {ra.Query{Queue: workflow.CAOperator, After: ra.Cursor{Ordinary: true, Updated: after(2 * time.Second), ID: "c"}}, []ra.ID{"b"}},
		"name after":       {ra.Query{Name: "иванов", After: ra.Cursor{Name: "иванов иван", Updated: after(4 * time.Second), ID: "a"}}, []ra.ID{"c"}},
		"the other person": {ra.Query{INN: "3"}, nil},
	} {
		x.same(what, x.page(c.q), c.want)
	}
	definitions := must[[]string](x, "definitions")(x.Definitions(x.ctx))
	if want := []string{"p1", "q1"}; !slices.Equal(definitions, want) { // p0 is of a request that has ended
		x.Errorf("got definitions %v, want %v", definitions, want)
	}
	c := moved("a", 1)
	c.Row.Queue, c.Row.Terms = workflow.CAOperator, ra.Terms{Name: "сидоров", INN: "9", SNILS: "99"}
	x.save(c)
	x.same("after a change of queue", x.page(ra.Query{Queue: workflow.CAOperator}), []ra.ID{"a", "c", "b"})
	x.same("after a change of name", x.page(ra.Query{Name: "иванов"}), []ra.ID{"c"})
	x.same("after a change of name", x.page(ra.Query{Contains: "идоро"}), []ra.ID{"a"})
	x.same("after a change of name", x.page(ra.Query{Contains: "иванов иван"}), []ra.ID(nil))
}

// many are the names of so many partners, x and y among them.
func many(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprint("partner ", i))
	}
	return append(names, "y", "x")
}

func testNames(x *bench) {
	for i, name := range []string{
		"Ёлкин Пётр", "Елкина Мария", "ЁЛКИН-ТУЗ Йозеф", "Щукин; DROP TABLE", "ООО «Ромашка» Ёж Иван", "O'Neill John", "Ялта Яя", "ﬁл Кот",
	} {
		c := written(ra.ID(fmt.Sprint(i)), 0)
		c.Row.Terms.Name, c.Row.Updated = ra.Normalise(name), after(time.Duration(i)*time.Second)
		x.save(c)
	}
	for _, c := range []struct {
		prefix, part string
		want         []ra.ID
	}{
		{"ёлкин", "", []ra.ID{"0", "2", "1"}},  // by the alphabet
		{"ЕЛКИН ", "", []ra.ID{"0", "2", "1"}}, // Normalise drops the space at the end
		{"елкин т", "", []ra.ID{"2"}},
		{"я", "", []ra.ID{"6"}},
		{"", "йозеф", []ra.ID{"2"}},
		{"", "иозеф", nil}, // й is a letter of its own
		{"", "ЁЖ ИВ", []ra.ID{"4"}},
		{"", "drop", []ra.ID{"3"}},
		{"", "o neil", []ra.ID{"5"}},
		{"", "лкин", []ra.ID{"0", "1", "2"}},
		{"", "лкина", []ra.ID{"1"}},
		{"фил", "", nil},
		{"fiл", "", []ra.ID{"7"}},
		{"ел", "петр", []ra.ID{"0"}},
		{"", "кин пет", []ra.ID{"0"}},
		{"", "никого", nil},
	} {
		got := x.page(ra.Query{Name: ra.Normalise(c.prefix), Contains: ra.Normalise(c.part)})
		x.same(fmt.Sprintf("%q, %q", c.prefix, c.part), got, c.want)
	}
	for what, err := range map[string]error{
		"a request": second(x.Load(x.ctx, "\xff")), "a document": second(x.Blob(x.ctx, "a\x00")), "a command": second(x.Command(x.ctx, "\xff")),
		"a task": second(x.ClaimOne(x.ctx, "\x00", start, time.Minute)),
	} {
		x.missing(what+" whose name is no text", err)
	}
	for _, wild := range []string{"\xff", "a\x00", "%", "_", `\`, `"`, "*", "елк%н", "елк_н", `елкин"`, "' OR 1=1", "елк*"} {
		x.same(wild, x.page(ra.Query{Contains: wild + wild + wild}), []ra.ID(nil))
		x.same(wild, x.page(ra.Query{Contains: wild}), []ra.ID(nil))
		x.same(wild, x.page(ra.Query{Name: wild}), []ra.ID(nil))
	}
}

func second[T any](_ T, err error) error { return err }

// testPages walks through all requests page by page while they change. What
// does not change comes exactly once, what changes comes at its new end.
func testPages(x *bench) {
	const n = 60
	chance := rand.New(rand.NewPCG(1, 2))
	versions := map[ra.ID]int64{}
	save := func(id ra.ID, at time.Duration) {
		x.Helper()
		c := written(id, versions[id])
		versions[id]++
		c.Row.Updated = after(at)
		x.save(c)
	}
	for i := range n {
		save(ra.ID(fmt.Sprintf("%02d", chance.IntN(1<<20))), time.Duration(i/7)*time.Second) // many of one time
	}
	for _, q := range []ra.Query{{Limit: 7}, {Limit: 7, Queue: workflow.Applicant}, {Limit: 7, Name: "иванов"}, {Limit: 7, Contains: "ван"}} {
		q.After = ra.Cursor{}
		seen := map[ra.ID]int{}
		changed := map[ra.ID]bool{}
		var last *ra.Row
		for round := 0; ; round++ {
			page := must[[]*ra.Row](x, "page")(x.Page(x.ctx, q))
			for _, r := range page {
				if last != nil && (r.Updated.Before(last.Updated) || r.Updated.Equal(last.Updated) && r.ID <= last.ID) {
					x.Errorf("%s of %v comes after %s of %v", r.ID, r.Updated, last.ID, last.Updated)
				}
				seen[r.ID]++
				last = r
			}
			if len(page) < q.Limit {
				break
			}
			q.After = ra.Cursor{Name: last.Terms.Name, Ordinary: !last.Expedited, Updated: last.Updated, ID: last.ID}
			if round < 3 { // somebody acts on one of the requests
				ids := make([]ra.ID, 0, len(versions))
				for id := range versions {
					ids = append(ids, id)
				}
				slices.Sort(ids)
				id := ids[chance.IntN(len(ids))]
				changed[id] = true
				save(id, time.Hour+time.Duration(versions[id])*time.Minute)
			}
		}
		for id := range versions {
			if seen[id] == 0 || seen[id] > 1 && !changed[id] {
				x.Errorf("%+v: %s came %d times", q, id, seen[id])
			}
		}
	}
	if got := x.page(ra.Query{}); len(got) != min(50, len(versions)) {
		x.Errorf("got %d requests without a limit, want 50", len(got))
	}
	if got := x.page(ra.Query{Limit: 5000}); len(got) != len(versions) {
		x.Errorf("got %d requests, want %d", len(got), len(versions))
	}
}
