package journey_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// coverage is what the journals of a process say of the sentences of its seed. A
// sentence is covered when entries that name it tell of each of its parts.
type coverage map[string]bool // "S2.4b evidence approvals_complete"

// read takes a journal down.
func (c coverage) read(entries []ra.Entry) {
	for _, e := range entries {
		for _, id := range e.Clauses {
			for _, part := range parts(&e) {
				c[id+" "+part] = true
			}
		}
	}
}

// parts are what an entry may be a part of.
func parts(e *ra.Entry) (list []string) {
	switch e.Kind {
	case ra.Began:
		list = append(list, "begins")
	case ra.Moved:
		list = append(list, arrowPart(workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}))
	case ra.Recorded:
		list = append(list, "evidence "+string(e.Evidence))
	case ra.Attached:
		list = append(list, "document "+e.Document.Kind)
	case ra.Judged:
		for _, q := range e.Verdict.Quality {
			list = append(list, "quality "+string(q.Item))
		}
	}
	if e.Form != nil {
		list = append(list, "fields")
	}
	if words := strings.Split(e.Task, "/"); len(words) > 1 {
		list = append(list, "effect "+words[1])
	}
	return list
}

func arrowPart(a workflow.Arrow) string {
	return "arrow " + string(a.From) + " " + string(a.On) + " " + string(a.By)
}

// missing are the parts of a sentence that no journal tells of.
func (c coverage) missing(clause *workflow.Clause) (list []string) {
	need := func(part string) {
		if !c[clause.ID+" "+part] {
			list = append(list, part)
		}
	}
	if clause.Begins {
		need("begins")
	}
	for _, a := range clause.Arrows {
		need(arrowPart(a))
	}
	for _, e := range clause.Evidence {
		need("evidence " + string(e))
	}
	for _, e := range clause.Effects {
		need("effect " + string(e))
	}
	for _, kind := range clause.Exhibits {
		need("document " + kind)
	}
	for _, q := range clause.Quality {
		need("quality " + q)
	}
	if len(clause.Fields) > 0 {
		need("fields")
	}
	return list
}

// row is a sentence of a seed.
type row struct{ ID, Kind, Note, Reason string }

// rowsOf are the sentences of the seed that a process comes from; none of a
// process that comes from no seed.
func rowsOf(t *testing.T, p *workflow.Process) []row {
	t.Helper()
	data, err := os.ReadFile("../../examples/processes/testdata/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	seed := slices.IndexFunc(five(), func(f *workflow.Process) bool { return f.Name == p.Name })
	return slices.DeleteFunc(rows, func(r row) bool { return !strings.HasPrefix(r.ID, fmt.Sprintf("S%d.", seed)) })
}

// check holds the sentences of a process against its journals, which have to be
// those of all its arrows.
func (c coverage) check(t *testing.T, p *workflow.Process) {
	t.Helper()
	executed, reasoned := map[string]int{}, map[string]int{}
	for _, r := range rowsOf(t, p) {
		if slices.Contains([]string{"screen", "outside", "heading"}, r.Kind) {
			if r.Reason == "" {
				t.Errorf("%s: a sentence of the kind %s without a reason", r.ID, r.Kind)
			}
			reasoned[r.Kind]++
			continue
		}
		i := slices.IndexFunc(p.Clauses, func(clause workflow.Clause) bool { return clause.ID == r.ID })
		if i < 0 {
			t.Errorf("%s (%s): nothing carries it out", r.ID, r.Note)
		} else if missing := c.missing(&p.Clauses[i]); len(missing) > 0 {
			t.Errorf("%s (%s): no journal tells of %v", r.ID, r.Note, missing)
		} else {
			executed[r.Kind]++
		}
	}
	t.Logf("sentences of %s executed: %v; with a reason why not: %v", p.Name, executed, reasoned)
}

// TestCoverageMisses: of journals that tell of nothing, or of an entry that
// names no sentence, every part of every sentence is missing.
func TestCoverageMisses(t *testing.T) {
	for _, p := range workflow.Processes() {
		c := coverage{}
		var entries []ra.Entry
		for _, s := range p.Steps {
			entries = append(entries, ra.Entry{Kind: ra.Moved, Event: s.On, From: s.From, To: s.To, By: ra.Actor{Role: s.By}})
		}
		c.read(entries)
		for i := range p.Clauses {
			if len(c.missing(&p.Clauses[i])) == 0 {
				t.Errorf("%s is covered by nothing", p.Clauses[i].ID)
			}
		}
	}
}
