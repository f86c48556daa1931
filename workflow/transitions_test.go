package workflow_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// TestTransitions: each of the 33 transitions that the description of the
// processes asks for (processes.md, section 6.3) is an arrow of a process, or
// an effect of its beginning.
func TestTransitions(t *testing.T) {
	data, err := os.ReadFile("testdata/transitions.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID, Note       string
		Arrows, Starts []string // "process: from event role to", "process: effect"
	}
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	of := func(text string) (p *workflow.Process, words []string) {
		name, rest, _ := strings.Cut(text, ": ")
		return lookup(t, name), strings.Fields(rest)
	}
	for i, x := range list {
		if x.ID != fmt.Sprintf("T%d", i+1) || x.Note == "" || len(x.Arrows)+len(x.Starts) == 0 {
			t.Errorf("entry %d: got %+v", i+1, x)
		}
		for _, text := range x.Arrows {
			p, words := of(text)
			if !slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
				return slices.Equal(words, []string{string(s.From), string(s.On), string(s.By), string(s.To)})
			}) {
				t.Errorf("%s: there is no arrow %s", x.ID, text)
			}
		}
		for _, text := range x.Starts {
			if p, words := of(text); len(words) != 1 || !slices.Contains(p.Start, workflow.Effect(words[0])) {
				t.Errorf("%s: there is no start %s", x.ID, text)
			}
		}
	}
	if len(list) != 33 {
		t.Errorf("got %d transitions, want 33", len(list))
	}
}
