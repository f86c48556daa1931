package ra_test

import (
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// quorum is a process of which as many persons must approve, and nothing else.
func quorum(n int) *workflow.Process {
	const day = 24 * time.Hour
	return &workflow.Process{
		Name: "quorum", Version: "1.0.0", Title: "Одобрение", Source: "this test", Approvals: n,
		Places: []workflow.Place{
			{State: workflow.Draft, Title: "Анкета", Owner: workflow.Applicant, Within: day, Late: workflow.Expire},
			{State: workflow.CAReview, Title: "Проверка", Owner: workflow.CAOperator, Within: 30 * day, Late: workflow.Escalate},
			{State: workflow.Approved, Title: "Одобрена"},
			{State: workflow.Expired, Title: "Истёк срок"},
		},
		Steps: []workflow.Step{
			{From: workflow.Draft, On: workflow.Submit, By: workflow.Applicant, Needs: []workflow.Evidence{workflow.FormValid}, To: workflow.CAReview},
			{From: workflow.Draft, On: workflow.Expire, By: workflow.System, To: workflow.Expired},
			{From: workflow.CAReview, On: workflow.Approve, By: workflow.System, Needs: []workflow.Evidence{workflow.ApprovalsComplete}, To: workflow.Approved},
			{From: workflow.CAReview, On: workflow.Return, By: workflow.CAOperator, To: workflow.Draft},
			{From: workflow.CAReview, On: workflow.Escalate, By: workflow.System, To: workflow.CAReview},
		},
	}
}

func approver(id string) ra.Actor {
	return ra.Actor{ID: id, Role: workflow.CAOperator, SecondFactor: true}
}

// reviewed is a request that waits for approvals, begun by "clerk".
func (w *world) reviewed(n int) ra.ID {
	w.t.Helper()
	w.reopen(func(c *ra.Config) { c.Processes = append(c.Processes[:1:1], quorum(n)) })
	clerk := ra.Actor{ID: "clerk", Role: workflow.CAOperator, SecondFactor: true}
	id := w.must(w.authority.Begin(w.ctx, clerk, "quorum", ra.Form{LegalForm: "person", Email: w.form.Email})).ID
	w.must(w.authority.Fill(w.ctx, id, owner, w.form))
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	return id
}

func (w *world) content(id ra.ID) string {
	w.t.Helper()
	v, err := w.authority.Review(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return v.Content
}

// TestApprovals lets one to three persons approve; the last of them moves the
// request.
func TestApprovals(t *testing.T) {
	for n := 1; n <= 3; n++ {
		w := newWorld(t)
		id := w.reviewed(n)
		for i := range n {
			w.inState(id, workflow.CAReview)
			w.must(w.authority.Approve(w.ctx, id, approver(string(rune('a'+i))), w.content(id), ""))
		}
		r := w.inState(id, workflow.Approved)
		if len(r.Approvals) != n {
			t.Errorf("%d of %d: got %d approvals", n, n, len(r.Approvals))
		}
	}
}

// TestApprovalRefused is who may not approve, and what.
func TestApprovalRefused(t *testing.T) {
	w := newWorld(t)
	id := w.reviewed(2)
	seen := w.content(id)
	approve := func(by ra.Actor, content string) func() error {
		return func() error { _, err := w.authority.Approve(w.ctx, id, by, content, ""); return err }
	}
	w.must(w.authority.Approve(w.ctx, id, approver("a"), seen, ""))
	unchanged[*ra.DutiesError](w, id, "twice", approve(approver("a"), seen))
	unchanged[*ra.DutiesError](w, id, "who began the request", approve(approver("clerk"), seen))
	unchanged[*ra.DeniedError](w, id, "the applicant", approve(ra.Actor{ID: "x", Role: workflow.Applicant, SecondFactor: true}, seen))
	unchanged[*ra.SecondFactorError](w, id, "one factor", approve(ra.Actor{ID: "b", Role: workflow.CAOperator}, seen))
	unchanged[*ra.ContentError](w, id, "other content", approve(approver("b"), strings.Repeat("0", 64)))
	w.inState(id, workflow.CAReview)
}

// TestEditVoidsApprovals changes the request between two approvals.
func TestEditVoidsApprovals(t *testing.T) {
	w := newWorld(t)
	id := w.reviewed(2)
	seen := w.content(id)
	w.must(w.authority.Approve(w.ctx, id, approver("a"), seen, ""))
	r := w.must(w.authority.Attach(w.ctx, id, ra.Actor{ID: "helper", Role: workflow.CAOperator}, "passport_scan", []byte("%PDF-1.7\n%%EOF\n"), ""))
	if len(r.Approvals) != 0 {
		t.Error("a document was added and the approval still counts")
	}
	unchanged[*ra.ContentError](w, id, "what was seen before", func() error {
		_, err := w.authority.Approve(w.ctx, id, approver("b"), seen, "")
		return err
	})
	unchanged[*ra.DutiesError](w, id, "who attached the document", func() error {
		_, err := w.authority.Approve(w.ctx, id, approver("helper"), w.content(id), "")
		return err
	})
	w.must(w.authority.Approve(w.ctx, id, approver("b"), w.content(id), ""))
	w.must(w.authority.Fire(w.ctx, id, approver("b"), workflow.Return))
	w.must(w.authority.Fill(w.ctx, id, owner, applicant.Form(5)))
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
	if r := w.must(w.authority.Approve(w.ctx, id, approver("a"), w.content(id), "")); r.State != workflow.CAReview {
		t.Errorf("got %s after one approval of the new form, want it to wait for another", r.State)
	}
}

// TestApprovalExpires counts no approval that is too old.
func TestApprovalExpires(t *testing.T) {
	w := newWorld(t)
	w.config.ApprovalLife = time.Hour
	id := w.reviewed(2)
	w.must(w.authority.Approve(w.ctx, id, approver("a"), w.content(id), ""))
	w.clock.Advance(2 * time.Hour)
	w.must(w.authority.Approve(w.ctx, id, approver("b"), w.content(id), ""))
	w.inState(id, workflow.CAReview)
	w.must(w.authority.Approve(w.ctx, id, approver("c"), w.content(id), ""))
	w.inState(id, workflow.Approved)
}
