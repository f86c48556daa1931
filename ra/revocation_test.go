package ra_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// registrar is a CA that remembers what was asked about certificates, and
// refuses when told to.
type registrar struct {
	ra.CA
	asked   []ra.Revocation
	refuses bool
	slow    int // times it answers Pending
	stale   int // times it says that a certificate is on hold which is not
}

func (r *registrar) Find(ctx context.Context, key string) (ra.Outcome, error) {
	o, err := r.CA.Find(ctx, key)
	if r.stale > 0 && o.State == ra.Issued {
		r.stale, o.State = r.stale-1, ra.Suspended
	}
	return o, err
}

func (r *registrar) Revoke(ctx context.Context, key string, x ra.Revocation) (ra.Outcome, error) {
	r.asked = append(r.asked, x)
	if r.refuses {
		return ra.Outcome{State: ra.Refused, Code: "42", Reason: "реестр закрыт"}, nil
	}
	if r.slow--; r.slow >= 0 {
		return ra.Outcome{State: ra.Pending}, nil
	}
	return r.CA.Revoke(ctx, key, x)
}

// holding is an office whose client has a certificate already.
type holding struct {
	*office
	registrar   *registrar
	earlier     ra.ID
	key         *gost.PrivateKey
	certificate *csr.Certificate
}

// newHolding has a certificate issued by personal-link, to the point where its
// owner acknowledges it, in a world that runs every process and seals every
// case under a key of its own.
func newHolding(t testing.TB) *holding {
	t.Helper()
	h := &holding{office: &office{newWorld(t)}}
	h.registrar = &registrar{CA: h.ca}
	h.reopen(func(c *ra.Config) { c.Processes, c.CA, c.CaseKeys = runnable(t), h.registrar, &keyring{} })
	h.key = h.newKey()
	h.earlier, h.certificate = h.certified(h.key)
	return h
}

// certified has a further certificate issued to the same person.
func (h *holding) certified(key *gost.PrivateKey) (ra.ID, *csr.Certificate) {
	h.t.Helper()
	id, phone := h.sent(key)
	h.sign(phone)
	h.pass(time.Minute)
	r := h.inState(id, workflow.CertificateAck)
	der, err := h.authority.Document(h.ctx, r, ra.CertificateExhibit)
	if err != nil {
		h.t.Fatal(err)
	}
	c, err := h.as.ParseCertificate(der)
	if err != nil {
		h.t.Fatal(err)
	}
	return id, c
}

// serial is the number of the certificate as the sheet shows it.
func (h *holding) serial() string {
	return serialOf(h.certificate)
}

func serialOf(c *csr.Certificate) string {
	var groups []string
	for g := range slices.Chunk(fmt.Appendf(nil, "%x", c.SerialNumber.Bytes()), 4) {
		groups = append(groups, string(g))
	}
	return strings.Join(groups, " ")
}

// about is the form for a request about the certificate.
func (h *holding) about(reason string) ra.Form {
	f := h.form
	f.Certificate, f.Reason = h.serial(), reason
	return f
}

// began begins a request about the certificate with its number alone, and
// fills in the form that comes of it.
func (h *holding) began(process, reason string) ra.ID {
	h.t.Helper()
	id := h.must(h.authority.Begin(h.ctx, owner, process, ra.Form{Certificate: h.serial()})).ID
	h.settle()
	form := h.reload(id).Form
	form.Reason = reason
	h.must(h.authority.Fill(h.ctx, id, owner, form))
	h.settle()
	return id
}

// signature makes one over the paper of a request.
func (h *holding) signature(id ra.ID, kind ra.DocumentKind, key *gost.PrivateKey, c *csr.Certificate) []byte {
	h.t.Helper()
	document, err := h.authority.Document(h.ctx, h.reload(id), string(kind))
	if err != nil {
		h.t.Fatal(err)
	}
	signature, err := cms.Sign(h.as, key, c, cms.Options{Detached: true, At: h.clock.Now()}, document)
	if err != nil {
		h.t.Fatal(err)
	}
	return signature
}

// standing is what the CA says of the certificate.
func (h *holding) standing() ra.OutcomeState {
	h.t.Helper()
	tasks, err := h.store.Tasks(h.ctx, h.earlier)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, task := range tasks {
		if task.Effect == workflow.SendToCA {
			o, err := h.registrar.Find(h.ctx, task.Key)
			if err != nil {
				h.t.Fatal(err)
			}
			return o.State
		}
	}
	h.t.Fatal("nothing was ordered")
	return ""
}

// told are the notes on what became of the certificate in a dossier.
func (h *holding) told(id ra.ID) (notes []string) {
	for _, e := range h.reload(id).Exhibits {
		if e.Kind == ra.RevocationExhibit {
			notes = append(notes, e.Note)
		}
	}
	return notes
}

// accepted has the operator accept the application of somebody he has seen.
func (h *holding) accepted(id ra.ID) {
	h.t.Helper()
	h.attest(id, inspector, workflow.ApplicationAccepted)
	if _, known := h.reload(id).Evidence(workflow.IdentityProofed); !known {
		h.must(h.authority.Identify(h.ctx, id, inspector, qualified.InPerson, "паспорт"))
	}
}

// refusedForm fails the test unless a form was refused for a fault of the code.
func refusedForm(t testing.TB, what string, err error, field, code string) {
	t.Helper()
	var e *ra.FormError
	if !errors.As(err, &e) || !slices.ContainsFunc(e.Faults, func(f ra.Fault) bool { return f.Field == field && f.Code == code }) {
		t.Errorf("%s: got %v, want %s: %s", what, err, field, code)
	}
}

// TestRevocationByPen: the owner names the certificate, and nothing that is
// known of him is asked again; he signs by pen, an operator accepts, and the CA
// is told why and since when. Both dossiers say what became of it.
func TestRevocationByPen(t *testing.T) {
	h := newHolding(t)
	id := h.must(h.authority.Begin(h.ctx, owner, "revocation", ra.Form{Certificate: h.serial()})).ID
	form := h.reload(id).Form
	if want := h.about(""); form != want {
		t.Fatalf("the request begins with %+v, want %+v", form, want)
	}
	if _, err := h.authority.Fire(h.ctx, id, owner, workflow.Submit); err == nil {
		t.Error("nobody has confirmed the form, and it is submitted")
	}
	form.Reason, form.InvalidSince = "keyCompromise", "2026-11-20"
	h.must(h.authority.Fill(h.ctx, id, owner, form))
	h.fire(id, owner, workflow.Submit, workflow.SigningApplication)
	if paper, err := h.authority.Document(h.ctx, h.reload(id), string(ra.RevocationApplication)); err != nil || !bytes.Contains(paper, fmt.Appendf(nil, "%x", h.certificate.Raw)) {
		t.Errorf("the application is not about the certificate: %v", err)
	}
	var denied *ra.DeniedError
	if _, err := h.authority.Attach(h.ctx, id, owner, string(ra.RevocationApplication), scanned, ""); !errors.As(err, &denied) {
		t.Errorf("the owner replaces the printed application: %v", err)
	}
	if _, printed := h.reload(id).Exhibit(string(ra.ApplicationForm)); printed {
		t.Error("an application for a certificate was printed")
	}
	h.attach(id, owner, workflow.ApplicationScan)
	h.fire(id, owner, workflow.SubmitDocuments, workflow.CAReview)
	if _, err := h.authority.Fire(h.ctx, id, inspector, workflow.Approve); err == nil {
		t.Error("approved, though nobody was seen")
	}
	h.accepted(id)
	h.registrar.slow = 2
	h.fire(id, inspector, workflow.Approve, workflow.Revoking)
	for range 3 {
		h.pass(2 * time.Minute)
	}
	r := h.inState(id, workflow.Revoked)
	if h.standing() != ra.Revoked {
		t.Errorf("the CA has it %s", h.standing())
	}
	last := h.registrar.asked[len(h.registrar.asked)-1]
	if since := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC); last.Action != ra.ActRevoke || last.Reason != csr.ReasonKeyCompromise || !last.InvalidSince.Equal(since) {
		t.Errorf("the CA was asked for %+v", last)
	}
	held, _ := r.Evidence(workflow.CertificateRevoked)
	if _, ok := r.Exhibit(ra.RevocationExhibit); !ok || held.Exhibit == "" {
		t.Error("the dossier does not prove the revocation")
	}
	list, err := h.ca.CA.(*local.CA).CRL()
	if err != nil {
		t.Fatal(err)
	}
	crl, err := csr.ParseCRL(list)
	if err != nil {
		t.Fatal(err)
	}
	if entry, listed := crl.Find(h.certificate.SerialNumber); !listed || entry.Reason != last.Reason || !entry.InvalidityDate.Equal(last.InvalidSince) {
		t.Errorf("the list of the CA has %+v", entry)
	}
	notes := h.told(h.earlier)
	if len(notes) != 1 || !strings.Contains(notes[0], "скомпрометирован") || !strings.Contains(notes[0], string(id)) {
		t.Errorf("the earlier dossier says %q", notes)
	}
	h.logIsClean()
}

// TestRevocationByCertificate: the certificate itself signs, which proves its
// owner as well; no other does, and not twice.
func TestRevocationByCertificate(t *testing.T) {
	h := newHolding(t)
	other := h.newKey()
	_, another := h.certified(other)
	id := h.began("revocation", "superseded")
	h.fire(id, owner, workflow.Submit, workflow.SigningApplication)
	var bad *ra.SignatureError
	wrong := h.signature(id, ra.RevocationApplication, other, another)
	if _, err := h.authority.SignApplication(h.ctx, id, owner, wrong); !errors.As(err, &bad) || !errors.Is(err, ra.ErrOtherSigner) {
		t.Errorf("another certificate of the same person signs: %v", err)
	}
	right := h.signature(id, ra.RevocationApplication, h.key, h.certificate)
	if _, err := h.authority.SignApplication(h.ctx, id, stranger, right); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another partner hands it in: %v", err)
	}
	h.must(h.authority.SignApplication(h.ctx, id, owner, right))
	r := h.moved(id, owner, workflow.SubmitDocuments, workflow.CAReview)
	if who, _ := r.Evidence(workflow.IdentityProofed); who.Identification == nil || *who.Identification != qualified.ByCertificate {
		t.Errorf("got %+v, want the owner identified by his certificate", who)
	}
	if _, accepted := r.Evidence(workflow.ApplicationAccepted); accepted {
		t.Error("nobody has accepted the application")
	}
	h.accepted(id)
	h.fire(id, inspector, workflow.Approve, workflow.Revoked)

	// What is revoked does not sign any more.
	again := h.began("revocation", "unspecified")
	h.fire(again, owner, workflow.Submit, workflow.SigningApplication)
	late := h.signature(again, ra.RevocationApplication, h.key, h.certificate)
	if _, err := h.authority.SignApplication(h.ctx, again, owner, late); !errors.Is(err, ra.ErrNotInForce) {
		t.Errorf("a revoked certificate signs: %v", err)
	}
	h.fire(again, owner, workflow.Cancel, workflow.Cancelled)
	h.logIsClean()
}

// moved is fire that returns the request.
func (h *holding) moved(id ra.ID, by ra.Actor, e workflow.Event, want workflow.State) *ra.Request {
	h.t.Helper()
	h.fire(id, by, e, want)
	return h.reload(id)
}

// TestRevocationReturned: what is returned is filled in, printed and signed
// anew; and so is what a register refutes.
func TestRevocationReturned(t *testing.T) {
	h := newHolding(t)
	id := h.began("revocation", "cessationOfOperation")
	h.fire(id, owner, workflow.Submit, workflow.SigningApplication)
	h.attach(id, owner, workflow.ApplicationScan)
	h.fire(id, owner, workflow.SubmitDocuments, workflow.CAReview)
	h.attest(id, inspector, workflow.ReturnReason)
	h.fire(id, inspector, workflow.Return, workflow.Rework)
	if _, err := h.authority.Fire(h.ctx, id, owner, workflow.Resubmit); err == nil {
		t.Error("resubmitted with the signature that was returned")
	}
	first, _ := h.reload(id).Exhibit(string(ra.RevocationApplication))
	refuted := h.registers.answers
	refuted[smev.CheckPassport] = smev.Answer{Outcome: smev.Refuted, Reason: "недействителен"}
	form := h.about("affiliationChanged")
	h.must(h.authority.Fill(h.ctx, id, owner, form))
	h.settle()
	if second, _ := h.reload(id).Exhibit(string(ra.RevocationApplication)); second.At.Before(first.At) || h.reload(id).Form.Reason != form.Reason {
		t.Error("the corrected application was not printed")
	}
	h.must(h.authority.Attach(h.ctx, id, owner, string(workflow.ApplicationScan), append(scanned, "2"...), ""))
	h.fire(id, owner, workflow.Resubmit, workflow.Rework) // the register refutes at once
	if _, valid := h.reload(id).Evidence(workflow.FormValid); valid {
		t.Error("a refuted form counts")
	}
	delete(refuted, smev.CheckPassport)
	h.must(h.authority.Fill(h.ctx, id, owner, form))
	h.settle()
	h.must(h.authority.Attach(h.ctx, id, owner, string(workflow.ApplicationScan), append(scanned, "3"...), ""))
	h.fire(id, owner, workflow.Resubmit, workflow.CAReview)
	h.accepted(id)
	h.fire(id, inspector, workflow.Approve, workflow.Revoked)
	if got := h.registrar.asked[0].Reason; got != csr.ReasonAffiliationChanged {
		t.Errorf("got the reason %v", got)
	}
	h.logIsClean()
}

// TestRevocationRefusedByCA: the CA refuses, with its words in the dossier;
// an operator tries again.
func TestRevocationRefusedByCA(t *testing.T) {
	h := newHolding(t)
	id := h.began("revocation", "superseded")
	h.fire(id, owner, workflow.Submit, workflow.SigningApplication)
	h.attach(id, owner, workflow.ApplicationScan)
	h.fire(id, owner, workflow.SubmitDocuments, workflow.CAReview)
	h.accepted(id)
	h.registrar.refuses = true
	h.fire(id, inspector, workflow.Approve, workflow.CAReview)
	if text, note := h.exhibit(id, ra.RefusalExhibit); note != "реестр закрыт" || !bytes.Contains(text, []byte("42")) {
		t.Errorf("the dossier has %q, %q", text, note)
	}
	if h.standing() != ra.Issued || len(h.told(h.earlier)) != 0 {
		t.Error("something was revoked")
	}
	h.registrar.refuses = false
	h.fire(id, inspector, workflow.Approve, workflow.Revoked)
	if len(h.told(h.earlier)) != 1 {
		t.Errorf("the earlier dossier says %q", h.told(h.earlier))
	}
}

// TestRevocationEnforced: by a court's decision nobody's statement is waited
// for; but the certificate is named, the ground given, and by two factors.
func TestRevocationEnforced(t *testing.T) {
	h := newHolding(t)
	unnamed := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Email: h.form.Email})).ID
	var denied *ra.DeniedError
	if _, err := h.authority.Attest(h.ctx, unnamed, inspector, workflow.EnforcementGround, "решение суда"); !errors.As(err, &denied) {
		t.Errorf("a ground to revoke nobody knows what: %v", err)
	}
	id := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial(), Reason: "privilegeWithdrawn"})).ID
	if _, err := h.authority.Attest(h.ctx, id, owner, workflow.EnforcementGround, "решение суда"); !errors.As(err, &denied) {
		t.Errorf("the owner gives the ground: %v", err)
	}
	if _, err := h.authority.Fire(h.ctx, id, inspector, workflow.Enforce); err == nil {
		t.Error("enforced without a ground")
	}
	h.attest(id, inspector, workflow.EnforcementGround)
	var factor *ra.SecondFactorError
	if _, err := h.authority.Fire(h.ctx, id, operator, workflow.Enforce); !errors.As(err, &factor) {
		t.Errorf("enforced by one factor: %v", err)
	}
	h.fire(id, inspector, workflow.Enforce, workflow.Revoked)
	if h.standing() != ra.Revoked || h.registrar.asked[0].Reason != csr.ReasonPrivilegeWithdrawn {
		t.Errorf("the CA has it %s; it was asked %+v", h.standing(), h.registrar.asked)
	}
}

// TestRevocationEnds: without a revocation, in each of the other ways.
func TestRevocationEnds(t *testing.T) {
	h := newHolding(t)
	cancelled := h.began("revocation", "superseded")
	h.fire(cancelled, owner, workflow.Cancel, workflow.Cancelled)
	rejected := h.began("revocation", "superseded")
	h.fire(rejected, owner, workflow.Submit, workflow.SigningApplication)
	h.attest(rejected, inspector, workflow.RejectionReason)
	h.fire(rejected, inspector, workflow.Reject, workflow.Rejected)
	expired := h.began("revocation", "superseded")
	h.fire(expired, owner, workflow.Submit, workflow.SigningApplication)
	h.pass(14 * 24 * time.Hour)
	h.inState(expired, workflow.Expired)
	if h.standing() != ra.Issued || len(h.registrar.asked) != 0 {
		t.Errorf("the CA has it %s", h.standing())
	}
	h.logIsClean()
}

// TestWhoseCertificate: who may make a request about a certificate, and that
// whoever may not is not told whether there is one.
func TestWhoseCertificate(t *testing.T) {
	h := newHolding(t)
	named := ra.Form{Certificate: h.serial(), Email: h.form.Email}
	nobody := ra.Actor{ID: "nobody", Role: workflow.Applicant}
	for what, by := range map[string]ra.Actor{"another partner": stranger, "another applicant": nobody} {
		_, err := h.authority.Begin(h.ctx, by, "revocation", named)
		refusedForm(t, what, err, "certificate", "unknown_certificate")
	}
	unknown := named
	unknown.Certificate = "0102030405"
	_, err := h.authority.Begin(h.ctx, inspector, "revocation", unknown)
	refusedForm(t, "no such certificate", err, "certificate", "unknown_certificate")
	for _, text := range []string{"no number", "-1", "0x12", "00", strings.Repeat("f", 41), " "} {
		unknown.Certificate = text
		_, err = h.authority.Begin(h.ctx, inspector, "revocation", unknown)
		refusedForm(t, text, err, "certificate", "serial")
	}

	// By his SNILS anybody may ask for the end of his own certificate, and is
	// told nothing.
	mine := named
	mine.SNILS = h.form.SNILS
	id := h.must(h.authority.Begin(h.ctx, nobody, "revocation", mine)).ID
	if got := h.reload(id).Form; got != mine {
		t.Errorf("he is told %+v", got)
	}
	theirs := named
	theirs.SNILS = applicant.Form(4).SNILS
	_, err = h.authority.Begin(h.ctx, inspector, "revocation", theirs)
	refusedForm(t, "another owner", err, "certificate", "unknown_certificate")

	// The same holds when the form is filled in.
	partners := h.must(h.authority.Begin(h.ctx, stranger, "suspension", ra.Form{Email: h.form.Email})).ID
	before := h.reload(partners).Version
	_, err = h.authority.Fill(h.ctx, partners, ra.Actor{ID: "x", Role: workflow.Applicant}, func() ra.Form { f := applicant.Form(4); f.Certificate = h.serial(); return f }())
	refusedForm(t, "another owner fills it in", err, "certificate", "unknown_certificate")
	if h.reload(partners).Version != before {
		t.Error("what was refused left a trace")
	}

	// A certificate of a partner is that partner's.
	h.world.form = applicant.Form(5)
	was := operator
	operator.Partner = agent.Partner
	_, h.certificate = h.certified(h.newKey())
	operator = was
	named.Certificate = h.serial()
	_, err = h.authority.Begin(h.ctx, stranger, "revocation", named)
	refusedForm(t, "another partner", err, "certificate", "unknown_certificate")
	id = h.must(h.authority.Begin(h.ctx, agent, "revocation", named)).ID
	if got := h.reload(id); got.Form.SNILS != h.form.SNILS || got.Partner != agent.Partner {
		t.Errorf("the partner is not told of his own client: %+v", got.Form)
	}
	if _, err := h.authority.Read(h.ctx, id, stranger); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another partner reads it: %v", err)
	}
	h.logIsClean()
}

// TestErasedCertificate: with the case of a certificate goes what it was found
// by.
func TestErasedCertificate(t *testing.T) {
	h := newHolding(t)
	h.finishes(h.earlier, h.key)
	id := h.began("revocation", "superseded")
	if err := h.authority.Erase(h.ctx, h.earlier, inspector, "срок хранения истёк"); err != nil {
		t.Fatal(err)
	}
	_, err := h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial(), Email: h.form.Email})
	refusedForm(t, "erased", err, "certificate", "unknown_certificate")
	h.attest(id, inspector, workflow.EnforcementGround)
	h.fire(id, inspector, workflow.Enforce, workflow.Revoking)
	if r := h.reload(id); len(r.Trouble) != 1 || r.Trouble[0].State != ra.TaskFailed {
		t.Errorf("nobody is told that nothing can be done: %+v", r.Trouble)
	}
}

// TestCertificateOfOrganization: its new head may end it, by the register and
// by pen; whoever was in it does not act for himself, and his key does not sign
// for the head.
func TestCertificateOfOrganization(t *testing.T) {
	h := newHolding(t)
	h.world.form = organization()
	h.key = h.newKey()
	h.earlier, h.certificate = h.certified(h.key)
	private := applicant.Form(5)
	private.Certificate, private.Reason = h.serial(), "superseded"
	id := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial()})).ID
	if got := h.reload(id).Form; got.Organization != h.form.Organization {
		t.Errorf("the request begins with %+v", got)
	}
	_, err := h.authority.Fill(h.ctx, id, inspector, private)
	refusedForm(t, "as a private person", err, "certificate", "unknown_certificate")
	another := h.about("affiliationChanged")
	another.OGRN = "1027739609391"
	_, err = h.authority.Fill(h.ctx, id, inspector, another)
	refusedForm(t, "another organisation", err, "certificate", "unknown_certificate")

	head := applicant.Form(6)
	head.LegalForm, head.OGRN, head.INNLE, head.KPP = h.form.LegalForm, h.form.OGRN, h.form.INNLE, h.form.KPP
	head.Organization, head.Position, head.ActsBy = h.form.Organization, h.form.Position, h.form.ActsBy
	head.Certificate, head.Reason = h.serial(), "affiliationChanged"
	h.must(h.authority.Fill(h.ctx, id, inspector, head))
	h.fire(id, inspector, workflow.Submit, workflow.SigningApplication)
	if _, err := h.authority.SignApplication(h.ctx, id, inspector, h.signature(id, ra.RevocationApplication, h.key, h.certificate)); !errors.Is(err, ra.ErrOtherPerson) {
		t.Errorf("the key of another signs for the head: %v", err)
	}
	h.attach(id, inspector, workflow.ApplicationScan)
	h.registers.answers[smev.CheckEGRUL] = smev.Answer{Outcome: smev.Refuted, Reason: "не значится"}
	h.fire(id, inspector, workflow.SubmitDocuments, workflow.Rework)
	if _, may := h.reload(id).Evidence(workflow.AuthorityConfirmed); may {
		t.Error("somebody whom the register does not name may act")
	}
	delete(h.registers.answers, smev.CheckEGRUL)
	h.must(h.authority.Fill(h.ctx, id, inspector, head))
	h.settle()
	h.must(h.authority.Attach(h.ctx, id, inspector, string(workflow.ApplicationScan), append(scanned, "2"...), ""))
	h.fire(id, inspector, workflow.Resubmit, workflow.CAReview)
	var duties *ra.DutiesError
	if _, err := h.authority.Attest(h.ctx, id, inspector, workflow.ApplicationAccepted, "принято"); !errors.As(err, &duties) {
		t.Errorf("whoever filled in the form accepts it: %v", err)
	}
	h.attest(id, clerk, workflow.ApplicationAccepted)
	h.must(h.authority.Identify(h.ctx, id, clerk, qualified.InPerson, "паспорт"))
	h.fire(id, clerk, workflow.Approve, workflow.Revoked)
	h.logIsClean()
}

// TestFormAboutCertificate: what such a form lacks, and what others do not have.
func TestFormAboutCertificate(t *testing.T) {
	h := newHolding(t)
	id := h.must(h.authority.Begin(h.ctx, owner, "revocation", ra.Form{Email: h.form.Email})).ID
	fill := func(change func(*ra.Form)) error {
		f := h.about("superseded")
		change(&f)
		_, err := h.authority.Fill(h.ctx, id, owner, f)
		return err
	}
	refusedForm(t, "none", fill(func(f *ra.Form) { f.Certificate = "" }), "certificate", "missing")
	refusedForm(t, "no reason", fill(func(f *ra.Form) { f.Reason = "" }), "revocationReason", "missing")
	for _, reason := range []string{"certificateHold", "cACompromise", "removeFromCRL", "1", "KeyCompromise"} {
		refusedForm(t, reason, fill(func(f *ra.Form) { f.Reason = reason }), "revocationReason", "reason")
	}
	refusedForm(t, "the future", fill(func(f *ra.Form) { f.InvalidSince = "2026-11-24" }), "invalidityDate", "date")
	both := fill(func(f *ra.Form) { f.Certificate, f.Phone = "zz", "8" })
	refusedForm(t, "all at once", both, "certificate", "serial")
	refusedForm(t, "all at once", both, "phone", "phone")

	ordinary := h.must(h.authority.Begin(h.ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: h.form.Email})).ID
	h.settle()
	for field, form := range map[string]ra.Form{"certificate": h.about(""), "revocationReason": h.about("superseded")} {
		_, err := h.authority.Fill(h.ctx, ordinary, owner, form)
		refusedForm(t, "an ordinary request", err, field, "stranger")
	}
	renewal := h.must(h.authority.Begin(h.ctx, owner, "renewal", ra.Form{Email: h.form.Email})).ID
	h.settle()
	_, err := h.authority.Fill(h.ctx, renewal, owner, h.about("superseded"))
	refusedForm(t, "a renewal", err, "revocationReason", "stranger")
}

// FuzzSerial: a serial number is what its digits say, however they are grouped;
// whatever else stands there is a fault.
func FuzzSerial(f *testing.F) {
	for _, text := range []string{"6154 47f0 c4b1", "00ff", "0", "-1", "0x1", "1_0", strings.Repeat("f", 41), "\u00a0a", "ё"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		form := ra.Form{Certificate: text}
		bad := slices.ContainsFunc(form.Check(time.Now()), func(x ra.Fault) bool { return x.Field == "certificate" })
		n := new(big.Int)
		for _, c := range text {
			d := strings.IndexRune("0123456789abcdef", unicode.ToLower(c))
			switch {
			case unicode.IsSpace(c):
				continue
			case d < 0 || c > unicode.MaxASCII:
				n.SetInt64(-1)
			}
			if n.Sign() < 0 {
				break
			}
			n.Add(n.Lsh(n, 4), big.NewInt(int64(d)))
		}
		if good := n.Sign() > 0 && n.BitLen() <= 160; bad == good && text != "" || bad && text == "" {
			t.Errorf("%q: a fault: %v, it is %x", text, bad, n)
		}
	})
}

// TestToldOnce: the power goes after the earlier dossier was told and before
// the request itself: the CA is asked again, and nobody is told twice.
func TestToldOnce(t *testing.T) {
	h := newHolding(t)
	id := h.must(h.authority.Begin(h.ctx, inspector, "revocation", ra.Form{Certificate: h.serial()})).ID
	h.attest(id, inspector, workflow.EnforcementGround)
	failures := 2
	h.reopen(func(c *ra.Config) {
		c.Store = &stumbling{c.Store, func(x *ra.Change) error {
			if x.Row.ID != id || x.After == nil || x.After.Effect != workflow.RevokeCertificate || failures == 0 {
				return nil
			}
			failures--
			return errors.New("the disk is full, on purpose")
		}}
	})
	h.fire(id, inspector, workflow.Enforce, workflow.Revoking)
	h.pass(time.Hour)
	h.pass(time.Hour)
	h.inState(id, workflow.Revoked)
	if len(h.registrar.asked) != 3 || len(h.told(h.earlier)) != 1 || len(h.told(id)) != 1 {
		t.Errorf("the CA was asked %d times; the dossiers say %q and %q", len(h.registrar.asked), h.told(h.earlier), h.told(id))
	}
}

// stumbling is a store that fails to save what it is told to.
type stumbling struct {
	ra.Store
	fails func(*ra.Change) error
}

func (s *stumbling) Save(ctx context.Context, c *ra.Change) error {
	if err := s.fails(c); err != nil {
		return err
	}
	return s.Store.Save(ctx, c)
}
