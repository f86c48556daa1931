package journey_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// coverage is what journals say of the sentences of the seeds. A sentence is
// covered when entries that name it tell of each of its parts.
type coverage struct {
	mu   sync.Mutex
	told map[string]bool // "S2.4b evidence approvals_complete"
}

func newCoverage() *coverage { return &coverage{told: map[string]bool{}} }

// read takes a journal down.
func (c *coverage) read(entries []ra.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, e := range entries {
		for _, id := range e.Clauses {
			for _, part := range parts(&e) {
				c.told[id+" "+part] = true
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
func (c *coverage) missing(clause *workflow.Clause) (list []string) {
	need := func(part string) {
		if !c.told[clause.ID+" "+part] {
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

// check holds the table of all sentences against the journals.
func (c *coverage) check(t *testing.T) {
	t.Helper()
	data, err := os.ReadFile("../../examples/processes/testdata/rows.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []struct{ ID, Kind, Note, Reason string }
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	clauses := map[string]*workflow.Clause{}
	for _, p := range workflow.Processes() {
		for i := range p.Clauses {
			clauses[p.Clauses[i].ID] = &p.Clauses[i]
		}
	}
	executed, reasoned := map[string]int{}, map[string]int{}
	for _, r := range rows {
		if slices.Contains([]string{"screen", "outside", "heading"}, r.Kind) {
			if r.Reason == "" {
				t.Errorf("%s: a sentence of the kind %s without a reason", r.ID, r.Kind)
			}
			reasoned[r.Kind]++
			continue
		}
		clause := clauses[r.ID]
		if clause == nil {
			t.Errorf("%s (%s): nothing carries it out", r.ID, r.Note)
			continue
		}
		if missing := c.missing(clause); len(missing) > 0 {
			t.Errorf("%s (%s): no journal tells of %v", r.ID, r.Note, missing)
		}
		executed[r.Kind]++
	}
	t.Logf("%d sentences; executed: %v; with a reason why not: %v", len(rows), executed, reasoned)
}

// TestCoverageMisses: of journals that tell of nothing, or of an entry that
// names no sentence, every part of every sentence is missing.
func TestCoverageMisses(t *testing.T) {
	c := newCoverage()
	for _, p := range workflow.Processes() {
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
