package sqlstore_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestPlans: no list looks at every request, and none is sorted but what a
// number or a part of a name has found.
func TestPlans(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, change("a", 0))
	for what, c := range map[string]struct {
		q      ra.Query
		index  string
		sorted bool
		common bool
	}{
		"all":      {ra.Query{}, "request_updated", false, false},
		"queue":    {ra.Query{Queue: workflow.Applicant}, "request_queue", false, false},
		"state":    {ra.Query{State: workflow.Draft}, "request_state", false, false},
		"partner":  {ra.Query{Partners: []string{"x"}}, "request_partner", false, false},
		"partners": {ra.Query{Partners: []string{"x", "y"}}, "request_partner", true, false},
		"assignee": {ra.Query{Assignee: "x"}, "request_assignee", false, false},
		"trouble":  {ra.Query{Trouble: true}, "request_trouble", false, false},
		"INN":      {ra.Query{INN: "1"}, "request_inn", true, false},
		"SNILS":    {ra.Query{SNILS: "1"}, "request_snils", true, false},
		"name":     {ra.Query{Name: "иванов"}, "request_name", false, false},
		"part":     {ra.Query{Contains: "иванов"}, "request_part", true, false},
		"common":   {ra.Query{Contains: "иван"}, "request_updated", false, true},
	} {
		lines, err := s.Plan(c.q, c.common)
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, c.index) || c.sorted != strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: want %s, sorted %v; got\n%s", what, c.index, c.sorted, plan)
		}
	}
}

// TestMessagePlans: nothing looks at every message or package, and no list is sorted.
func TestMessagePlans(t *testing.T) {
	plans, err := open(t, filepath.Join(t.TempDir(), "ra.db")).MessagePlans()
	if err != nil {
		t.Fatal(err)
	}
	for query, lines := range plans {
		for _, line := range lines {
			if strings.HasPrefix(line, "SCAN") && line != "SCAN CONSTANT ROW" || strings.Contains(line, "TEMP B-TREE") {
				t.Errorf("%s\n%s", query, strings.Join(lines, "\n"))
				break
			}
		}
	}
	if len(plans) < 19 {
		t.Errorf("got %d queries, want all of them", len(plans))
	}
}

// TestCommonPart: a part that many names have is met along the order of pages,
// which gives the same pages as looking it up and sorting.
func TestCommonPart(t *testing.T) {
	t.Parallel()
	const few, many = 42, 2100
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	for i := range many {
		c := step(ra.ID(fmt.Sprintf("%04d", i)), 0)
		c.Leaves = [][]byte{{1}}
		c.Row.Terms.Name = fmt.Sprintf("иванов %d", i)
		if i%(many/few) == 0 {
			c.Row.Terms.Name = "петров иван"
		}
		c.Row.Updated = start.Add(time.Duration(i*7919%many) * time.Second)
		save(t, s, c)
	}
	for _, q := range []ra.Query{{Contains: "иван", Limit: 300}, {Contains: "иван", Queue: workflow.Applicant, Limit: 1000}, {Contains: "иван", Name: "петров", Limit: 7}} {
		var found []ra.ID
		for {
			page, err := s.Page(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			other, err := s.Sorted(q)
			if err != nil || !slices.Equal(ids(page), ids(other)) {
				t.Fatalf("%+v: got %v, sorted they are %v, %v", q, ids(page), ids(other), err)
			}
			found = append(found, ids(page)...)
			if len(page) < q.Limit {
				break
			}
			last := page[len(page)-1]
			q.After = ra.Cursor{Name: last.Terms.Name, Ordinary: !last.Expedited, Updated: last.Updated, ID: last.ID}
		}
		want := many
		if q.Name != "" {
			want = few
		}
		if slices.Sort(found); len(slices.Compact(found)) != want {
			t.Errorf("%+v: found %d, want %d", q, len(found), want)
		}
	}
}

func ids(rows []*ra.Row) (list []ra.ID) {
	for _, r := range rows {
		list = append(list, r.ID)
	}
	return list
}
