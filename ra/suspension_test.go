package ra_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

const phrase = "Сургуч и ёлка, 1917"

// phrased is a holding whose client chose a key phrase with his application.
func newPhrased(t testing.TB) *holding {
	t.Helper()
	h := newHolding(t)
	id := h.confirmed()
	h.must(h.authority.SetKeyPhrase(h.ctx, id, owner, phrase))
	h.key = h.newKey()
	phone := h.phone(h.form)
	h.must(h.authority.SubmitCSR(h.ctx, id, owner, h.request(h.key, h.form)))
	h.settle()
	h.sign(phone)
	h.pass(time.Minute)
	r := h.inState(id, workflow.CertificateAck)
	der, err := h.authority.Document(h.ctx, r, ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	if h.certificate, err = h.as.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	h.earlier = id
	return h
}

// suspended has the certificate put on hold by its key phrase, which an
// operator takes down and another accepts.
func (h *holding) suspended() ra.ID {
	h.t.Helper()
	id := h.must(h.authority.Begin(h.ctx, clerk, "suspension", ra.Form{Certificate: h.serial()})).ID
	h.must(h.authority.Fill(h.ctx, id, clerk, h.reload(id).Form))
	h.must(h.authority.GiveKeyPhrase(h.ctx, id, clerk, "сургуч И ЕЛКА 1917"))
	h.fire(id, clerk, workflow.Submit, workflow.CAReview)
	h.attest(id, inspector, workflow.ApplicationAccepted)
	h.fire(id, inspector, workflow.Approve, workflow.Suspended)
	return id
}

var clerk = ra.Actor{ID: "clerk-1", Role: workflow.CAOperator, Authn: "password", SecondFactor: true}

// TestSuspensionByKeyPhrase: a phrase told on the telephone stops the key; to
// set it going again takes a new statement by pen, the person and the registers.
func TestSuspensionByKeyPhrase(t *testing.T) {
	h := newPhrased(t)
	id := h.suspended()
	if h.standing() != ra.Suspended {
		t.Fatalf("the CA has it %s", h.standing())
	}
	if notes := h.told(h.earlier); len(notes) != 1 || !strings.Contains(notes[0], "приостановлено") {
		t.Errorf("the earlier dossier says %q", notes)
	}
	if _, err := h.authority.GiveKeyPhrase(h.ctx, id, clerk, phrase); err == nil {
		t.Error("the key phrase asks for the end of the hold")
	}
	if _, err := h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.RevocationApplication, h.key, h.certificate)); err == nil {
		t.Error("the key on hold asks for the end of the hold")
	}
	h.attach(id, owner, workflow.ApplicationScan)
	h.fire(id, owner, workflow.Submit, workflow.ApplicationReview)
	h.attest(id, inspector, workflow.ReturnReason)
	h.fire(id, inspector, workflow.Return, workflow.Suspended)
	if _, err := h.authority.Fire(h.ctx, id, owner, workflow.Submit); err == nil {
		t.Error("submitted with the paper that was returned")
	}
	h.registers.answers[smev.CheckSNILS] = smev.Answer{Outcome: smev.Refuted, Reason: "нет такого"}
	h.must(h.authority.Attach(h.ctx, id, owner, string(workflow.ApplicationScan), append(scanned, "2"...), ""))
	h.fire(id, owner, workflow.Submit, workflow.Suspended) // the register refutes at once
	delete(h.registers.answers, smev.CheckSNILS)
	h.must(h.authority.Fill(h.ctx, id, owner, h.reload(id).Form))
	h.settle()
	h.must(h.authority.Attach(h.ctx, id, owner, string(workflow.ApplicationScan), append(scanned, "3"...), ""))
	h.fire(id, owner, workflow.Submit, workflow.ApplicationReview)
	h.accepted(id)
	h.fire(id, inspector, workflow.Approve, workflow.Resumed)
	if h.standing() != ra.Issued {
		t.Errorf("the CA has it %s", h.standing())
	}
	if notes := h.told(h.earlier); len(notes) != 2 || !strings.Contains(notes[1], "действует") {
		t.Errorf("the earlier dossier says %q", notes)
	}
	h.logIsClean()
}

// TestKeyPhrase: it is taken from an operator alone, as one hears it, a few
// times; wrong ones are counted with the certificate, in whatever request they
// come, and nothing that is kept shows it.
func TestKeyPhrase(t *testing.T) {
	h := newPhrased(t)
	first := h.began("suspension", "")
	second := h.began("suspension", "")
	var denied *ra.DeniedError
	if _, err := h.authority.GiveKeyPhrase(h.ctx, first, owner, phrase); !errors.As(err, &denied) {
		t.Errorf("the applicant gives it himself: %v", err)
	}
	for left := 4; left > 0; left-- {
		id := first
		if left%2 == 0 {
			id = second
		}
		var wrong *ra.PhraseError
		if _, err := h.authority.GiveKeyPhrase(h.ctx, id, clerk, "Сургуч и сосна, 1917"); !errors.As(err, &wrong) || wrong.Left != left {
			t.Fatalf("got %v, want %d tries left", err, left)
		}
	}
	var wait *ra.WaitError
	for _, text := range []string{"", phrase} {
		if _, err := h.authority.GiveKeyPhrase(h.ctx, first, clerk, text); !errors.As(err, &wait) {
			t.Fatalf("after five wrong ones: %v", err)
		}
	}
	if _, held := h.reload(first).Evidence(workflow.KeyPhraseGiven); held {
		t.Fatal("a wrong phrase counts")
	}
	h.pass(15 * time.Minute)
	once := h.authority.Once("the first call")
	h.must(once.GiveKeyPhrase(h.ctx, first, clerk, phrase))
	again := h.must(once.GiveKeyPhrase(h.ctx, first, clerk, phrase))
	if _, held := again.Evidence(workflow.KeyPhraseGiven); !held || again.Version != h.reload(first).Version {
		t.Error("the same command is carried out twice")
	}
	var reused *ra.ReusedKeyError
	if _, err := once.GiveKeyPhrase(h.ctx, first, clerk, "another phrase"); !errors.As(err, &reused) {
		t.Errorf("another phrase under the same key: %v", err)
	}

	// Another form is about another certificate, of which nobody named it.
	h.must(h.authority.Fill(h.ctx, first, owner, h.about("")))
	if _, held := h.reload(first).Evidence(workflow.KeyPhraseGiven); held {
		t.Error("the phrase outlives the form it was named for")
	}

	r := h.reload(h.earlier)
	entries, err := h.authority.History(h.ctx, h.earlier)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{phrase, ra.Normalise(phrase), "ёлка", "елка"} {
		if strings.Contains(asJSON(t, r)+asJSON(t, entries)+h.log.String(), secret) {
			t.Errorf("what is kept shows %q", secret)
		}
	}
	h.logIsClean()
}

// TestSetKeyPhrase: what is no phrase, and when it is too late for one.
func TestSetKeyPhrase(t *testing.T) {
	h := newHolding(t)
	id := h.confirmed()
	for _, text := range []string{"", "коротко", "........", strings.Repeat("а", 129)} {
		_, err := h.authority.SetKeyPhrase(h.ctx, id, owner, text)
		refusedForm(t, text, err, "keyPhrase", "length")
	}
	h.must(h.authority.SetKeyPhrase(h.ctx, id, owner, phrase))
	var denied *ra.DeniedError
	for what, at := range map[string]ra.ID{"a certificate is there": h.earlier, "it would be for none": h.began("suspension", "")} {
		if _, err := h.authority.SetKeyPhrase(h.ctx, at, owner, phrase); !errors.As(err, &denied) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := h.authority.SetKeyPhrase(h.ctx, id, ra.Actor{ID: "a", Role: workflow.TaxOffice}, phrase); !errors.As(err, &denied) {
		t.Errorf("by somebody who does nothing here: %v", err)
	}
	none := h.began("suspension", "") // of the certificate whose application had no phrase
	if _, err := h.authority.GiveKeyPhrase(h.ctx, none, clerk, phrase); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("none was set: %v", err)
	}
}

// TestSuspensionByCertificate: the certificate itself asks for the hold; and by
// pen.
func TestSuspensionByCertificate(t *testing.T) {
	h := newHolding(t)
	id := h.began("suspension", "")
	h.must(h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.RevocationApplication, h.key, h.certificate)))
	h.fire(id, owner, workflow.Submit, workflow.CAReview)
	h.attest(id, inspector, workflow.ApplicationAccepted)
	h.registrar.refuses = true
	h.fire(id, inspector, workflow.Approve, workflow.CAReview)
	h.registrar.refuses = false
	h.fire(id, inspector, workflow.Approve, workflow.Suspended)

	pen := h.began("suspension", "")
	h.attach(pen, owner, workflow.ApplicationScan)
	h.fire(pen, owner, workflow.Submit, workflow.CAReview)
	h.attest(pen, inspector, workflow.ReturnReason)
	h.fire(pen, inspector, workflow.Return, workflow.Draft)
	h.must(h.authority.Attach(h.ctx, pen, owner, string(workflow.ApplicationScan), append(scanned, "2"...), ""))
	h.fire(pen, owner, workflow.Submit, workflow.CAReview)
	h.attest(pen, inspector, workflow.RejectionReason)
	h.fire(pen, inspector, workflow.Reject, workflow.Rejected)
	h.logIsClean()
}

// TestHoldRunsOut: a hold that nobody ends in time becomes a revocation, and so
// does one that a court ends.
func TestHoldRunsOut(t *testing.T) {
	for what, end := range map[string]func(h *holding, id ra.ID){
		"out of time": func(h *holding, _ ra.ID) {
			h.pass(30 * 24 * time.Hour)
			h.pass(2 * time.Hour)
		},
		"by a court": func(h *holding, id ra.ID) {
			h.attest(id, inspector, workflow.EnforcementGround)
			h.fire(id, inspector, workflow.Enforce, workflow.Revoked)
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := newPhrased(t)
			h.finishes(h.earlier, h.key)
			id := h.suspended()
			end(h, id)
			h.inState(id, workflow.Revoked)
			if notes := h.told(h.earlier); h.standing() != ra.Revoked || len(notes) < 2 {
				t.Errorf("the CA has it %s; the earlier dossier says %q", h.standing(), notes)
			}
			h.logIsClean()
		})
	}
}

// TestRevokedOnHold: what is revoked by a request of its own while it is on hold
// is seen by the suspension, and told to the earlier dossier once.
func TestRevokedOnHold(t *testing.T) {
	for what, act := range map[string]func(h *holding, id ra.ID){
		"while it rests": func(h *holding, _ ra.ID) { h.pass(2 * time.Hour) },
		"while the end of the hold is reviewed": func(h *holding, id ra.ID) {
			h.attach(id, owner, workflow.ApplicationScan)
			h.fire(id, owner, workflow.Submit, workflow.ApplicationReview)
			h.accepted(id)
			h.fire(id, inspector, workflow.Approve, workflow.Revoked)
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := newPhrased(t)
			id := h.suspended()
			other := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial()})).ID
			h.attest(other, inspector, workflow.EnforcementGround)
			h.fire(other, inspector, workflow.Enforce, workflow.Revoked)
			act(h, id)
			h.inState(id, workflow.Revoked)
			for _, n := range h.told(h.earlier)[1:] {
				if !strings.Contains(n, "прекращено") {
					t.Errorf("the earlier dossier says %q", n)
				}
			}
			h.pass(2 * time.Hour)
			tasks, err := h.store.Tasks(h.ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range tasks {
				if task.State != ra.TaskDone {
					t.Errorf("%s is %s", task.Effect, task.State)
				}
			}
		})
	}
}

// TestTwoHolds: of two requests for a hold one ends it; the other sees that, at
// the latest when its own time is over, and revokes nothing.
func TestTwoHolds(t *testing.T) {
	for what, see := range map[string]func(h *holding){
		"at the next look": func(h *holding) { h.pass(time.Hour) },
		"at the last moment": func(h *holding) {
			h.clock.Advance(30 * 24 * time.Hour)
			h.registrar.stale = 1 // the look now and then comes first
			h.settle()
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := newPhrased(t)
			h.finishes(h.earlier, h.key)
			other, id := h.suspended(), h.suspended()
			h.attach(id, owner, workflow.ApplicationScan)
			h.fire(id, owner, workflow.Submit, workflow.ApplicationReview)
			h.accepted(id)
			h.fire(id, inspector, workflow.Approve, workflow.Resumed)
			see(h)
			h.inState(other, workflow.Resumed)
			if h.registrar.stale != 0 || slices.ContainsFunc(h.registrar.asked, func(r ra.Revocation) bool { return r.Action == ra.ActRevoke }) {
				t.Errorf("the CA was asked for %+v", h.registrar.asked)
			}
			if notes := h.told(h.earlier); len(notes) != 3 {
				t.Errorf("the earlier dossier says %q", notes)
			}
		})
	}
}

// TestSuspensionKeepsItsCertificate: once one is on hold, the request is about
// that and no other.
func TestSuspensionKeepsItsCertificate(t *testing.T) {
	h := newPhrased(t)
	id := h.suspended()
	mine := h.certificate
	_, h.certificate = h.certified(h.newKey())
	_, err := h.authority.Fill(h.ctx, id, owner, h.about(""))
	refusedForm(t, "another certificate", err, "certificate", "settled")
	h.certificate = mine
	form := h.about("")
	form.Certificate = strings.ToUpper(strings.ReplaceAll(form.Certificate, " ", ""))
	h.must(h.authority.Fill(h.ctx, id, owner, form))
}

// TestSuspensionEnds: cancelled, out of time, and by a court from the start.
func TestSuspensionEnds(t *testing.T) {
	h := newHolding(t)
	cancelled := h.began("suspension", "")
	h.fire(cancelled, owner, workflow.Cancel, workflow.Cancelled)
	enforced := h.must(h.authority.Begin(h.ctx, inspector, "suspension", ra.Form{Certificate: h.serial()})).ID
	h.attest(enforced, inspector, workflow.EnforcementGround)
	h.fire(enforced, inspector, workflow.Enforce, workflow.Suspended)
	if r := h.reload(enforced); len(r.Trouble) != 0 || h.standing() != ra.Suspended {
		t.Errorf("the CA has it %s; trouble: %+v", h.standing(), r.Trouble)
	}
	h.must(h.authority.Fill(h.ctx, enforced, owner, h.about("")))
	h.settle()
	if _, printed := h.reload(enforced).Exhibit(string(ra.RevocationApplication)); !printed {
		t.Error("there is no paper to ask for the end of the hold")
	}
	expired := h.began("suspension", "")
	h.pass(30 * 24 * time.Hour)
	h.inState(expired, workflow.Expired)
	h.logIsClean()
}
