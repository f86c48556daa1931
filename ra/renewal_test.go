package ra_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// renewing is a renewal whose form is filled in and paid for, and submitted.
func (h *holding) renewing() ra.ID {
	h.t.Helper()
	id := h.began("renewal", "")
	if _, err := h.authority.Fire(h.ctx, id, owner, workflow.Submit); err == nil {
		h.t.Error("nobody has paid, and it is submitted")
	}
	h.attest(id, bank, workflow.PaymentSettled)
	h.fire(id, owner, workflow.Submit, workflow.KeyGeneration)
	return id
}

// keyed goes on until the old certificate is to sign.
func (h *holding) keyed(id ra.ID, key *gost.PrivateKey) {
	h.t.Helper()
	h.must(h.authority.SubmitCSR(h.ctx, id, owner, h.request(key, h.form)))
	h.settle()
	h.inState(id, workflow.SigningApplication)
}

// finishes acknowledges the new certificate and writes it.
func (h *holding) finishes(id ra.ID, key *gost.PrivateKey) []byte {
	h.t.Helper()
	h.settle()
	r := h.inState(id, workflow.CertificateAck)
	certificate, err := h.authority.Document(h.ctx, r, ra.CertificateExhibit)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.acknowledge(id, owner, key, certificate); err != nil {
		h.t.Fatal(err)
	}
	h.must(h.authority.ConfirmInstalled(h.ctx, id, owner, certificate))
	h.settle()
	h.inState(id, workflow.Completed)
	return certificate
}

// TestRenewalByCertificate: the certificate in force stands for its owner: his
// data is not asked again, and nobody has to come.
func TestRenewalByCertificate(t *testing.T) {
	h := newHolding(t)
	id := h.renewing()
	if _, invoiced := h.reload(id).Exhibit(string(ra.InvoiceForm)); !invoiced {
		t.Error("no invoice was sent")
	}
	key := h.newKey()
	h.keyed(id, key)
	other := h.newKey()
	_, another := h.certified(other)
	if _, err := h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.ApplicationForm, other, another)); !errors.Is(err, ra.ErrOtherSigner) {
		t.Errorf("another certificate of the same person signs: %v", err)
	}
	h.must(h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.ApplicationForm, h.key, h.certificate)))
	fresh := h.finishes(id, key)
	r := h.reload(id)
	if who, _ := r.Evidence(workflow.IdentityProofed); who.Identification == nil || *who.Identification != qualified.ByCertificate {
		t.Errorf("got %+v, want the owner identified by his certificate", who)
	}
	if h.standing() != ra.Issued {
		t.Errorf("the old certificate is %s", h.standing())
	}

	// What was issued by a renewal is renewed in its turn, and revoked.
	var err error
	if h.certificate, err = h.as.ParseCertificate(fresh); err != nil {
		t.Fatal(err)
	}
	h.earlier, h.key = id, key
	next := h.renewing()
	h.fire(next, owner, workflow.Cancel, workflow.Cancelled)
	end := h.began("revocation", "superseded")
	h.fire(end, owner, workflow.Submit, workflow.SigningApplication)
	h.must(h.authority.SignApplication(h.ctx, end, owner, h.signature(end, ra.RevocationApplication, key, h.certificate)))
	h.fire(end, owner, workflow.SubmitDocuments, workflow.CAReview)
	h.accepted(end)
	h.fire(end, inspector, workflow.Approve, workflow.Revoked)
	if h.standing() != ra.Revoked || len(h.told(id)) != 1 {
		t.Errorf("the renewed certificate is %s; its dossier says %q", h.standing(), h.told(id))
	}
	h.logIsClean()
}

// TestRenewalOfAnother: what the form says otherwise than the certificate is a
// fault of the form, and can be put right.
func TestRenewalOfAnother(t *testing.T) {
	h := newHolding(t)
	id := h.must(h.authority.Begin(h.ctx, owner, "renewal", ra.Form{Certificate: h.serial()})).ID
	h.settle()
	form := h.reload(id).Form
	form.City = "Тверь"
	_, err := h.authority.Fill(h.ctx, id, owner, form)
	refusedForm(t, "moved", err, "certificate", "other_subject")
	form.City = h.form.City
	h.must(h.authority.Fill(h.ctx, id, owner, form))
	if _, valid := h.reload(id).Evidence(workflow.PredecessorValid); !valid {
		t.Error("the certificate may not be renewed")
	}
}

// ended has the certificate revoked by another request.
func (h *holding) ended() {
	h.t.Helper()
	other := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial()})).ID
	h.attest(other, inspector, workflow.EnforcementGround)
	h.fire(other, inspector, workflow.Enforce, workflow.Revoked)
}

// TestRenewalWithoutPredecessor: a certificate that is not in force is not
// renewed, whenever that is found out.
func TestRenewalWithoutPredecessor(t *testing.T) {
	onHold := func(h *holding) {
		id := h.must(h.authority.Begin(h.ctx, inspector, "suspension", ra.Form{Certificate: h.serial()})).ID
		h.attest(id, inspector, workflow.EnforcementGround)
		h.fire(id, inspector, workflow.Enforce, workflow.Suspended)
	}
	for what, act := range map[string]func(h *holding) ra.ID{
		"revoked before": func(h *holding) ra.ID {
			h.ended()
			return h.began("renewal", "")
		},
		"on hold before": func(h *holding) ra.ID {
			onHold(h)
			return h.began("renewal", "")
		},
		"out of time before": func(h *holding) ra.ID {
			h.clock.Advance(h.certificate.NotAfter.Sub(h.clock.Now()) + time.Second)
			return h.began("renewal", "")
		},
		"revoked while the form rests": func(h *holding) ra.ID {
			id := h.began("renewal", "")
			h.ended()
			h.pass(25 * time.Hour)
			return id
		},
		"revoked while the key is made": func(h *holding) ra.ID {
			id := h.renewing()
			h.ended()
			h.must(h.authority.SubmitCSR(h.ctx, id, owner, h.request(h.newKey(), h.form)))
			h.settle()
			return id
		},
		"revoked while it is to sign": func(h *holding) ra.ID {
			id := h.renewing()
			h.keyed(id, h.newKey())
			h.ended()
			r := h.must(h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.ApplicationForm, h.key, h.certificate)))
			if _, signed := r.Evidence(workflow.SignedByOldKey); signed {
				h.t.Error("its signature counts")
			}
			return id
		},
	} {
		t.Run(what, func(t *testing.T) {
			h := newHolding(t)
			h.finishes(h.earlier, h.key) // else it is revoked when nobody acknowledges it
			calls := h.ca.calls
			id := act(h)
			h.settle()
			r := h.inState(id, workflow.Rejected)
			if _, valid := r.Evidence(workflow.PredecessorValid); valid || h.ca.calls != calls {
				t.Errorf("valid: %v; %d orders", valid, h.ca.calls-calls)
			}
			h.logIsClean()
		})
	}
}

// TestRenewalAsksLater: a CA that does not answer is asked again.
func TestRenewalAsksLater(t *testing.T) {
	h := newHolding(t)
	down := &absent{CA: h.registrar, away: true}
	h.reopen(func(c *ra.Config) { c.CA = down })
	id := h.began("renewal", "")
	if _, known := h.reload(id).Evidence(workflow.PredecessorValid); known {
		t.Error("nobody knows whether the certificate is in force, and it counts")
	}
	down.away = false
	h.pass(time.Minute)
	if _, valid := h.reload(id).Evidence(workflow.PredecessorValid); !valid {
		t.Error("the CA was not asked again")
	}
}

// TestRenewalComesBack: refused by a register, by the CA, and corrected; the
// key lost before and after.
func TestRenewalComesBack(t *testing.T) {
	h := newHolding(t)
	h.registers.answers[smev.CheckINN] = smev.Answer{Outcome: smev.Refuted, Reason: "другой"}
	id := h.began("renewal", "")
	h.attest(id, bank, workflow.PaymentSettled)
	h.fire(id, owner, workflow.Submit, workflow.Draft)
	delete(h.registers.answers, smev.CheckINN)
	h.must(h.authority.Fill(h.ctx, id, owner, h.about("")))
	h.fire(id, owner, workflow.Submit, workflow.KeyGeneration)
	h.keyed(id, h.newKey())
	h.fire(id, owner, workflow.Amend, workflow.Draft)
	h.must(h.authority.Fill(h.ctx, id, owner, h.about("")))
	h.fire(id, owner, workflow.Submit, workflow.KeyGeneration)
	h.keyed(id, h.newKey())
	h.fire(id, owner, workflow.Revert, workflow.KeyGeneration)
	key := h.newKey()
	h.keyed(id, key)
	h.must(h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.ApplicationForm, h.key, h.certificate)))
	h.settle()
	r := h.inState(id, workflow.CertificateAck)
	lost, err := h.authority.Document(h.ctx, r, ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	h.fire(id, owner, workflow.Revert, workflow.KeyGeneration)
	if h.standing() != ra.Issued {
		t.Error("the old certificate was revoked instead of the new one")
	}
	again := h.newKey()
	h.keyed(id, again)
	h.must(h.authority.SignApplication(h.ctx, id, owner, h.signature(id, ra.ApplicationForm, h.key, h.certificate)))
	h.finishes(id, again)

	// The certificate whose key was lost has the same request behind it.
	gone, err := h.as.ParseCertificate(lost)
	if err != nil {
		t.Fatal(err)
	}
	h.certificate = gone
	unfit := h.began("renewal", "")
	h.inState(unfit, workflow.Rejected)

	expired := h.must(h.authority.Begin(h.ctx, owner, "renewal", ra.Form{Email: h.form.Email})).ID
	h.pass(31 * 24 * time.Hour)
	h.inState(expired, workflow.Expired)
	h.logIsClean()
}

// absent is a CA that answers no question while it is away.
type absent struct {
	ra.CA
	away bool
}

func (a *absent) Find(ctx context.Context, key string) (ra.Outcome, error) {
	if a.away {
		return ra.Outcome{}, errDown
	}
	return a.CA.Find(ctx, key)
}
