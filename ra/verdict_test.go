package ra_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// verdict is what a reviewer finds of the latest document of a kind.
func (o *office) verdict(id ra.ID, kind workflow.Evidence, reason string) ra.Verdict {
	o.t.Helper()
	e, ok := o.reload(id).Exhibit(string(kind))
	if !ok {
		o.t.Fatalf("no %s", kind)
	}
	return ra.Verdict{Exhibit: e.Hash, Kind: string(kind), Accepted: reason == "", Reason: reason, Quality: []ra.Quality{{Item: ra.Legible, Good: reason == ""}}}
}

// TestJudge: one document is refused with its reason, nothing but that is
// replaced, and what was accepted stays so.
func TestJudge(t *testing.T) {
	o := newOffice(t)
	id := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.must(o.authority.Fill(o.ctx, id, customer, o.form))
	o.fire(id, customer, workflow.Submit, workflow.DocumentsPending)
	o.attach(id, customer, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, customer, workflow.SubmitDocuments, workflow.AgentReview)
	o.fire(id, agent, workflow.Endorse, workflow.ReadyForReview)
	o.fire(id, inspector, workflow.Take, workflow.CAReview)

	good := []ra.Verdict{o.verdict(id, workflow.PassportScan, ""), o.verdict(id, workflow.ApplicationScan, "")}
	if _, err := o.authority.Judge(o.ctx, id, customer, good); !isDenied(err) {
		t.Errorf("the applicant judges: %v", err)
	}
	if _, err := o.authority.Judge(o.ctx, id, inspector, []ra.Verdict{{Exhibit: good[0].Exhibit, Kind: good[0].Kind}}); err == nil {
		t.Error("a document is refused without a reason")
	}
	stale := good[0]
	stale.Exhibit = good[1].Exhibit
	var content *ra.ContentError
	if _, err := o.authority.Judge(o.ctx, id, inspector, []ra.Verdict{stale}); !errors.As(err, &content) {
		t.Errorf("a verdict on another document: %v", err)
	}
	o.must(o.authority.Judge(o.ctx, id, inspector, append(good, o.verdict(id, workflow.SNILSScan, "не читается номер"))))
	r := o.inState(id, workflow.CAReview)
	if h, _ := r.Evidence(workflow.ReturnReason); !strings.HasSuffix(h.Note, ": не читается номер") {
		t.Errorf("got the reason %q", h.Note)
	}
	if _, held := r.Evidence(workflow.DocumentsAccepted); held {
		t.Error("documents are accepted, one of which is refused")
	}
	o.fire(id, inspector, workflow.Return, workflow.AgentRework)

	// Another passport does not help: it was the insurance number.
	o.attach(id, agent, workflow.OwnerPhoto)
	if _, err := o.authority.Fire(o.ctx, id, agent, workflow.Resubmit); err == nil {
		t.Error("what was refused was not replaced, and the request went on")
	}
	o.must(o.authority.Attach(o.ctx, id, agent, string(workflow.SNILSScan), append(scanned, "better"...), ""))
	o.fire(id, agent, workflow.Resubmit, workflow.ReadyForReview)
	o.fire(id, inspector, workflow.Take, workflow.CAReview)
	o.must(o.authority.Judge(o.ctx, id, inspector, []ra.Verdict{o.verdict(id, workflow.SNILSScan, "")}))
	r = o.reload(id)
	for _, e := range []workflow.Evidence{workflow.DocumentsAccepted, workflow.ApplicationAccepted, workflow.DutiesSeparated} {
		if _, held := r.Evidence(e); !held {
			t.Errorf("%s is not held though all is accepted", e)
		}
	}
	author := ra.Actor{ID: customer.ID, Role: workflow.CAOperator, SecondFactor: true}
	var duties *ra.DutiesError
	if _, err := o.authority.Judge(o.ctx, id, author, good); !errors.As(err, &duties) {
		t.Errorf("the author judges: %v", err)
	}
}
