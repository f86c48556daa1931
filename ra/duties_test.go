package ra_test

import (
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// TestApproverBecomesAuthor: who approved a request and then enters any of it,
// even what is there already, has not approved it any more.
func TestApproverBecomesAuthor(t *testing.T) {
	pdf := []byte("%PDF-1.7\n%%EOF\n")
	for what, enter := range map[string]func(w *world, id ra.ID) (*ra.Request, error){
		"attaches the same document": func(w *world, id ra.ID) (*ra.Request, error) {
			return w.authority.Attach(w.ctx, id, approver("a"), "passport_scan", pdf, "")
		},
		"fills the same form": func(w *world, id ra.ID) (*ra.Request, error) {
			return w.authority.Fill(w.ctx, id, ra.Actor{ID: "a", Role: workflow.Applicant}, w.form)
		},
	} {
		w := newWorld(t)
		w.reviewed(2) // for its process
		id := w.must(w.authority.Begin(w.ctx, owner, "quorum", ra.Form{LegalForm: "person", Email: w.form.Email})).ID
		w.must(w.authority.Fill(w.ctx, id, owner, w.form))
		w.must(w.authority.Attach(w.ctx, id, owner, "passport_scan", pdf, ""))
		w.must(w.authority.Approve(w.ctx, id, approver("a"), w.content(id), ""))
		if r := w.must(enter(w, id)); len(r.Approvals) != 0 {
			t.Errorf("%s: the approval still counts", what)
		}
		w.must(w.authority.Fire(w.ctx, id, owner, workflow.Submit))
		w.must(w.authority.Approve(w.ctx, id, approver("b"), w.content(id), ""))
		w.inState(id, workflow.CAReview)
		w.must(w.authority.Approve(w.ctx, id, approver("c"), w.content(id), ""))
		w.inState(id, workflow.Approved)
	}
}

// TestArrowVoidsApprovals: an arrow that drops evidence changes what was
// approved. The next approval is of what is there now, and counts.
func TestArrowVoidsApprovals(t *testing.T) {
	w := newWorld(t)
	store := w.onMemory(storetest.Faults{})
	for _, p := range w.config.Processes {
		if p.Name != "agent" {
			continue
		}
		id := w.plant(store, plan{process: p, state: workflow.CAReview, evidence: without(allEvidence(p),
			workflow.ApprovalsComplete, workflow.RegistersPositive, workflow.CheckOverride, workflow.RegisterRefuted)})
		w.must(w.authority.Approve(w.ctx, id, approver("a"), w.content(id), ""))
		r := w.must(w.authority.Fire(w.ctx, id, approver("a"), workflow.Return))
		if _, held := r.Evidence(workflow.ApprovalsComplete); held || len(r.Approvals) > 0 {
			t.Errorf("in %s: got the approvals %v", r.State, r.Approvals)
		}
		r = w.must(w.authority.Approve(w.ctx, id, approver("b"), w.content(id), ""))
		if _, held := r.Evidence(workflow.ApprovalsComplete); !held || len(r.Approvals) != 1 {
			t.Errorf("in %s: a new approval: got %v", r.State, r.Approvals)
		}
	}
}

// TestLastEvidenceNeedsSecondFactor: an operator's word that is all an
// automatic arrow to the CA waits for is as good as ordering the certificate,
// and wants a second factor like that.
func TestLastEvidenceNeedsSecondFactor(t *testing.T) {
	w := newWorld(t)
	store := w.onMemory(storetest.Faults{})
	attest := func(id ra.ID, by ra.Actor) func() error {
		return func() error {
			_, err := w.authority.Attest(w.ctx, id, by, workflow.CheckOverride, "проверено по телефону")
			return err
		}
	}
	for _, p := range w.config.Processes {
		if p.Name != "personal-link" {
			continue
		}
		id := w.plant(store, plan{process: p, state: workflow.SigningApplication, evidence: []workflow.Evidence{
			workflow.FormValid, workflow.AuthorityConfirmed, workflow.RequestVerified, workflow.IdentityProofed, workflow.ApplicationAccepted, workflow.ApplicationPrinted,
		}})
		unchanged[*ra.SecondFactorError](w, id, "one factor", attest(id, operator))
		if err := attest(id, secured)(); err != nil {
			t.Error(err)
		}
		w.inState(id, workflow.Issuing)
	}
}
