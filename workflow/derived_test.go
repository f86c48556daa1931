package workflow_test

import (
	"slices"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// TestWhatEndsACertificate looks at the arrows that touch a certificate which
// exists: each orders what it is named after, and has behind it the owner's
// word or a ground of law.
func TestWhatEndsACertificate(t *testing.T) {
	proven := []workflow.Evidence{workflow.ApplicationAccepted, workflow.IdentityProofed, workflow.AuthorityConfirmed, workflow.RegistersConfirmed}
	stopped := []workflow.Evidence{workflow.ApplicationAccepted, workflow.AuthorityConfirmed}
	ground := []workflow.Evidence{workflow.EnforcementGround}
	into := map[workflow.State]struct {
		orders workflow.Effect
		needs  [][]workflow.Evidence // any of them
	}{
		workflow.Revoking:   {workflow.RevokeCertificate, [][]workflow.Evidence{proven, ground}},
		workflow.Suspending: {workflow.SuspendCertificate, [][]workflow.Evidence{stopped, ground}},
		workflow.Resuming:   {workflow.ResumeCertificate, [][]workflow.Evidence{proven}},
		workflow.Revoked:    {"", [][]workflow.Evidence{{workflow.CertificateRevoked}}},
		workflow.Suspended:  {"", [][]workflow.Evidence{{workflow.CertificateSuspended}}},
		workflow.Resumed:    {"", [][]workflow.Evidence{{workflow.CertificateResumed}}},
	}
	seen := map[workflow.State]int{}
	for _, name := range []string{"revocation", "suspension"} {
		for _, s := range lookup(t, name).Steps {
			want, ok := into[s.To]
			back := s.From == s.To || s.From == workflow.ApplicationReview && s.To == workflow.Suspended // the hold goes on
			outOfTime := s.From == workflow.Suspended && s.On == workflow.Expire
			if !ok || back {
				continue
			}
			seen[s.To]++
			if want.orders != "" && !slices.Contains(s.Do, want.orders) {
				t.Errorf("%s: %v does not order %s", name, s, want.orders)
			}
			if !outOfTime && !slices.ContainsFunc(want.needs, func(list []workflow.Evidence) bool { return slices.Equal(s.Needs, list) }) {
				t.Errorf("%s: %v needs %v, want one of %v", name, s, s.Needs, want.needs)
			}
		}
	}
	if len(seen) != len(into) {
		t.Errorf("arrows lead to %v, want each of %d places", seen, len(into))
	}
}

// TestResumptionTakesANewStatement: what stopped a key does not set it going
// again, neither the paper of then nor the key phrase.
func TestResumptionTakesANewStatement(t *testing.T) {
	r := begin(t, lookup(t, "suspension"))
	for _, e := range []workflow.Evidence{workflow.FormValid, workflow.AuthorityConfirmed, workflow.SignedOnPaper, workflow.KeyPhraseGiven, workflow.IdentityProofed} {
		r.record(e)
	}
	fire := func(on workflow.Event, by workflow.Role) {
		t.Helper()
		s, err := r.p.Step(r.at, on, by, r.have)
		if err != nil {
			t.Fatal(err)
		}
		r.take(s)
	}
	fire(workflow.Submit, workflow.CAOperator)
	r.record(workflow.ApplicationAccepted)
	fire(workflow.Approve, workflow.CAOperator)
	if r.record(workflow.CertificateSuspended); r.at != workflow.Suspended {
		t.Fatalf("got %s, want suspended", r.at)
	}
	r.record(workflow.KeyPhraseGiven)
	if _, err := r.p.Step(r.at, workflow.Submit, workflow.Applicant, r.have); err == nil {
		t.Error("the key phrase, or the first statement, asks for the end of the hold")
	}
	r.record(workflow.SignedOnPaper)
	fire(workflow.Submit, workflow.Applicant)
	r.record(workflow.RegistersPositive)
	if _, err := r.p.Step(r.at, workflow.Approve, workflow.CAOperator, r.have); err == nil {
		t.Error("the hold ends though nobody was seen")
	}
}

// TestRenewalNeedsTheOldCertificate: it signs the application and is in force
// when the authority gets it; one that is not in force ends the request.
func TestRenewalNeedsTheOldCertificate(t *testing.T) {
	p := lookup(t, "renewal")
	for _, s := range p.Steps {
		if s.To == workflow.Issuing && s.From != workflow.Issuing &&
			(!slices.Contains(s.Needs, workflow.PredecessorValid) || !slices.Contains(s.Needs, workflow.SignedByOldKey)) {
			t.Errorf("%v does without the old certificate", s)
		}
	}
	for _, at := range []workflow.State{workflow.Draft, workflow.SigningApplication} {
		r := begin(t, p)
		r.at = at
		r.record(workflow.PredecessorValid)
		if r.record(workflow.PredecessorUnfit); r.at != workflow.Rejected || r.held[workflow.PredecessorValid] {
			t.Errorf("the old certificate is revoked in %s: got %s", at, r.at)
		}
	}
}

// TestHoldEndsElsewhere: what the register of certificates shows counts,
// whoever has brought it about.
func TestHoldEndsElsewhere(t *testing.T) {
	for evidence, want := range map[workflow.Evidence]workflow.State{
		workflow.CertificateResumed: workflow.Resumed, workflow.CertificateRevoked: workflow.Revoked,
	} {
		for _, at := range []workflow.State{workflow.Suspended, workflow.Resuming, workflow.Revoking} {
			r := begin(t, lookup(t, "suspension"))
			r.record(workflow.CertificateSuspended)
			r.at = at
			if r.record(evidence); r.at != want {
				t.Errorf("%s in %s: got %s, want %s", evidence, at, r.at, want)
			}
			if evidence == workflow.CertificateRevoked && r.held[workflow.CertificateSuspended] {
				t.Errorf("in %s: what is revoked is on hold as well", at)
			}
		}
	}
}
