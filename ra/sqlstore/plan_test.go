package sqlstore_test

import (
	"path/filepath"
	"strings"
	"testing"

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
	}{
		"all":      {ra.Query{}, "request_updated", false},
		"queue":    {ra.Query{Queue: workflow.Applicant}, "request_queue", false},
		"state":    {ra.Query{State: workflow.Draft}, "request_state", false},
		"partner":  {ra.Query{Partner: "x"}, "request_partner", false},
		"assignee": {ra.Query{Assignee: "x"}, "request_assignee", false},
		"trouble":  {ra.Query{Trouble: true}, "request_trouble", false},
		"INN":      {ra.Query{INN: "1"}, "request_inn", true},
		"SNILS":    {ra.Query{SNILS: "1"}, "request_snils", true},
		"name":     {ra.Query{Name: "иванов"}, "request_name", false},
		"part":     {ra.Query{Contains: "иванов"}, "request_part", true},
	} {
		lines, err := s.Plan(c.q)
		if err != nil {
			t.Fatal(err)
		}
		plan := strings.Join(lines, "\n")
		if !strings.Contains(plan, c.index) || c.sorted != strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%s: want %s, sorted %v; got\n%s", what, c.index, c.sorted, plan)
		}
	}
}
