package journey_test

import (
	"fmt"
	"testing"

	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/workflow"
)

func TestZZDump(t *testing.T) {
	for i, p := range workflow.Processes() {
		plans := []journey.Plan{{Name: "x", Process: p.Name, Organization: p.Name == "goskey"}}
		if i >= 5 {
			plans = append([]journey.Plan{{Name: "x", Process: "personal-link"}}, plans...)
		}
		err := play(t.Context(), func(w *journey.World, c *journey.Case) error {
			list, err := w.Authority.History(t.Context(), c.ID)
			fmt.Println("=====", p.Name)
			for _, e := range list {
				x := ""
				if e.Document != nil {
					x = e.Document.Kind
				}
				fmt.Println(e.Seq, e.At.Format("02.01 15:04:05"), e.By.Role, e.By.ID, e.Kind, e.Event, e.From, e.To, "ev:", e.Evidence, "doc:", x, "note:", e.Note, "task:", e.Task, "void:", e.Void, e.Clauses)
			}
			return err
		}, plans...)
		if err != nil {
			t.Error(err)
		}
	}
}
