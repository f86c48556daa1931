package ra_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestLinkSupport: at any time, by whoever knows of the request, and nothing
// falls by it.
func TestLinkSupport(t *testing.T) {
	o := newOffice(t)
	id := o.pending()
	o.attach(id, customer, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	before := o.reload(id)
	o.must(o.authority.LinkSupport(o.ctx, id, inspector, "HD-17"))
	r := o.reload(id)
	if r.Form.Support != "HD-17" || len(r.Held) != len(before.Held) || r.State != before.State {
		t.Errorf("got case %q, %d pieces of evidence in %s; want HD-17, %d in %s", r.Form.Support, len(r.Held), r.State, len(before.Held), before.State)
	}
	// Who linked a case has entered nothing, and may judge the documents.
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, customer, workflow.SubmitDocuments, workflow.AgentReview)
	o.fire(id, agent, workflow.Endorse, workflow.ReadyForReview)
	o.fire(id, inspector, workflow.Take, workflow.CAReview)
	o.attest(id, inspector, workflow.DocumentsAccepted)
	version := o.reload(id).Version
	o.must(o.authority.LinkSupport(o.ctx, id, customer, "HD-17"))
	if got := o.reload(id).Version; got != version {
		t.Error("the same case once more is recorded")
	}
}

func TestLinkSupportKeeps(t *testing.T) {
	o := newOffice(t)
	id := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.must(o.authority.LinkSupport(o.ctx, id, customer, "HD-18"))
	o.must(o.authority.Fill(o.ctx, id, customer, o.form)) // from a copy that knows no case
	if got := o.reload(id).Form.Support; got != "HD-18" {
		t.Errorf("got case %q after the form was filled in, want HD-18", got)
	}
	o.fire(id, customer, workflow.Cancel, workflow.Cancelled)
	o.must(o.authority.LinkSupport(o.ctx, id, agent, "HD-19"))
	o.must(o.authority.LinkSupport(o.ctx, id, agent, ""))
	if got := o.reload(id).Form.Support; got != "" {
		t.Errorf("got case %q, want none", got)
	}
	var form *ra.FormError
	for _, number := range []string{" HD", "HD\n", strings.Repeat("7", 129), "印"} {
		if _, err := o.authority.LinkSupport(o.ctx, id, agent, number); !errors.As(err, &form) || form.Faults[0].Field != "support" {
			t.Errorf("%q: got %v, want a fault of support", number, err)
		}
	}
	if _, err := o.authority.LinkSupport(o.ctx, id, stranger, "HD-1"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another partner: got %v, want ErrNotFound", err)
	}
	other := customer
	other.ID = "client-2"
	if _, err := o.authority.LinkSupport(o.ctx, id, other, "HD-1"); !isDenied(err) {
		t.Errorf("another applicant: got %v, want it denied", err)
	}
}
