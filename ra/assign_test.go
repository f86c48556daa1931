package ra_test

import (
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// TestAssign gives a request to an operator: it is on his list until it leaves
// the place.
func TestAssign(t *testing.T) {
	w := newWorld(t)
	w.registers.answers[smev.CheckINN] = smev.Answer{Outcome: smev.NotFound}
	id := w.filled()
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	w.settle()
	w.inState(id, workflow.ManualCheck)
	mine := func() int {
		rows, err := w.store.Page(w.ctx, ra.Query{Assignee: "eva"})
		if err != nil {
			t.Fatal(err)
		}
		return len(rows)
	}
	unchanged[*ra.DeniedError](w, id, "the applicant", func() error {
		_, err := w.authority.Assign(w.ctx, id, owner, "eva")
		return err
	})
	w.must(w.authority.Assign(w.ctx, id, operator, "eva"))
	before := w.reload(id).Version
	w.must(w.authority.Assign(w.ctx, id, operator, "eva"))
	if r := w.reload(id); mine() != 1 || r.Assignee != "eva" || r.Version != before {
		t.Errorf("got %d on her list, version %d after %d", mine(), r.Version, before)
	}
	w.must(w.authority.Attest(w.ctx, id, operator, workflow.CheckOverride, "справка из налоговой"))
	w.must(w.authority.Fire(w.ctx, id, operator, workflow.ApproveCheck))
	w.pass(time.Minute)
	if r := w.inState(id, workflow.KeyGeneration); mine() != 0 || r.Assignee != "" {
		t.Errorf("got %d on her list after the request has moved on", mine())
	}
}
