package workflow_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// TestDOT: each place and each arrow has its line, and nothing that is written
// in a title ends the string it stands in.
func TestDOT(t *testing.T) {
	for _, p := range workflow.Processes() {
		lines := strings.Split(p.DOT(), "\n")
		nodes, edges, ends, dashed := 0, 0, 0, 0
		for _, line := range lines {
			switch {
			case strings.Contains(line, " -> "):
				edges++
				if strings.HasSuffix(line, ", style=dashed];") {
					dashed++
				}
			case strings.HasPrefix(line, `    "`):
				nodes++
				if strings.HasSuffix(line, ", peripheries=2];") {
					ends++
				}
			}
		}
		finals, automatic := 0, 0
		for _, place := range p.Places {
			if p.Final(place.State) {
				finals++
			}
		}
		for _, s := range p.Steps {
			if s.By == workflow.System {
				automatic++
			}
		}
		if nodes != len(p.Places)+1 || edges != len(p.Steps)+1 || ends != finals || dashed != automatic {
			t.Errorf("%s: got %d nodes, %d edges, %d ends, %d dashed", p.Name, nodes, edges, ends, dashed)
		}
	}
}

func ExampleProcess_DOT() {
	p := &workflow.Process{
		Name: "visit", Title: `Приём «по "записи"»`,
		Places: []workflow.Place{{State: "open", Title: "Открыто \\ ждём"}, {State: "done", Title: "Готово"}},
		Steps: []workflow.Step{
			{From: "open", On: workflow.Remind, By: workflow.System, To: "open"},
			{From: "open", On: workflow.Identify, By: workflow.Agent, Needs: []workflow.Evidence{workflow.PassportShown}, To: "done"},
		},
	}
	fmt.Print(p.DOT())
	// Output:
	// digraph "visit" {
	//     graph [label="Приём «по \"записи\"»", labelloc=t, rankdir=TB, fontname="sans-serif"];
	//     node [shape=box, style=rounded, fontname="sans-serif"];
	//     edge [fontname="sans-serif", fontsize=10];
	//     "" [shape=point];
	//     "open" [label="Открыто \\ ждём\nopen", peripheries=2];
	//     "done" [label="Готово\ndone", peripheries=2];
	//     "" -> "open";
	//     "open" -> "open" [label="remind (system)", style=dashed];
	//     "open" -> "done" [label="identify (agent)\n[passport_shown]"];
	// }
}
