package ra_test

import (
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestExpeditedComesFirst: in its queue and among the effects that are due.
func TestExpeditedComesFirst(t *testing.T) {
	w := newWorld(t)
	var ids []ra.ID
	for i := range 4 {
		form := ra.Form{LegalForm: "person", Email: w.form.Email}
		if i%2 == 1 {
			form.Expedited = "1"
		}
		ids = append(ids, w.must(w.authority.Begin(w.ctx, operator, "personal-link", form)).ID)
		w.clock.Advance(time.Second)
	}
	want := []ra.ID{ids[1], ids[3], ids[0], ids[2]}
	var got []ra.ID
	q := ra.Query{Queue: workflow.Applicant, Limit: 1}
	for range ids {
		page, err := w.authority.Page(w.ctx, operator, q)
		if err != nil || len(page) != 1 {
			t.Fatalf("got %d requests, %v, want 1", len(page), err)
		}
		got, q.After = append(got, page[0].ID), page[0].Cursor()
	}
	if !slices.Equal(got, want) {
		t.Errorf("got the queue %v, want %v", got, want)
	}
	tasks, err := w.store.Claim(w.ctx, w.clock.Now(), time.Minute, len(ids))
	if err != nil {
		t.Fatal(err)
	}
	var claimed []ra.ID
	for _, task := range tasks {
		claimed = append(claimed, task.Request)
	}
	if !slices.Equal(claimed, want) {
		t.Errorf("got the work %v, want %v", claimed, want)
	}
}
