package ra_test

import (
	"bytes"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// The people of seed 002.
var (
	customer  = ra.Actor{ID: "client-1", Role: workflow.Applicant, Partner: "office-7", Authn: "password"}
	agent     = ra.Actor{ID: "agent-1", Role: workflow.Agent, Partner: "office-7", Authn: "password", SecondFactor: true}
	stranger  = ra.Actor{ID: "agent-2", Role: workflow.Agent, Partner: "office-8", Authn: "password", SecondFactor: true}
	inspector = ra.Actor{ID: "inspector", Role: workflow.CAOperator, Authn: "password", SecondFactor: true}
	bank      = ra.Actor{ID: "bank", Role: workflow.System, Authn: "callback"}
)

// office is a world whose authority runs the process of seed 002.
type office struct{ *world }

func newOffice(t testing.TB) *office { return newOfficeOf(t, "agent") }

func newOfficeOf(t testing.TB, process string) *office {
	t.Helper()
	o := &office{newWorld(t)}
	p, err := workflow.Lookup(process)
	if err != nil {
		t.Fatal(err)
	}
	o.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{p} })
	return o
}

func (o *office) attest(id ra.ID, by ra.Actor, list ...workflow.Evidence) {
	o.t.Helper()
	for _, e := range list {
		o.must(o.authority.Attest(o.ctx, id, by, e, "основание"))
	}
}

func (o *office) fire(id ra.ID, by ra.Actor, e workflow.Event, want workflow.State) {
	o.t.Helper()
	o.must(o.authority.Fire(o.ctx, id, by, e))
	o.settle()
	o.inState(id, want)
}

var scanned = []byte("%PDF-1.7\n%%EOF\n")

func (o *office) attach(id ra.ID, by ra.Actor, kinds ...workflow.Evidence) {
	o.t.Helper()
	for _, k := range kinds {
		o.must(o.authority.Attach(o.ctx, id, by, string(k), append(scanned, k...), ""))
	}
}

// identified goes through S2.1 to S2.6.
func (o *office) identified() ra.ID {
	o.t.Helper()
	r := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: "person", Email: o.form.Email}))
	id := r.ID
	o.must(o.authority.Fill(o.ctx, id, customer, o.form))
	o.fire(id, customer, workflow.Submit, workflow.DocumentsPending)
	for _, kind := range []ra.DocumentKind{ra.InvoiceForm, ra.ApplicationForm, ra.DocumentListForm} {
		if _, ok := o.reload(id).Exhibit(string(kind)); !ok {
			o.t.Errorf("no %s was printed", kind)
		}
	}
	o.attach(id, customer, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, customer, workflow.SubmitDocuments, workflow.AgentReview)
	o.fire(id, agent, workflow.Endorse, workflow.ReadyForReview)
	o.fire(id, inspector, workflow.Take, workflow.CAReview)
	o.attest(id, inspector, workflow.DocumentsAccepted, workflow.ApplicationAccepted)
	v, err := o.authority.Review(o.ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	o.must(o.authority.Approve(o.ctx, id, inspector, v.Content, "проверено"))
	o.settle()
	o.inState(id, workflow.Approved)
	o.fire(id, agent, workflow.Invite, workflow.AwaitingVisit)
	o.attest(id, agent, workflow.OriginalsShown)
	o.must(o.authority.Identify(o.ctx, id, agent, qualified.InPerson, "паспорт"))
	o.attach(id, agent, workflow.OwnerPhoto, workflow.PassportScan)
	o.fire(id, agent, workflow.Identify, workflow.Identified)
	return id
}

// marker prints the marker and returns its code.
func (o *office) marker(id ra.ID) string {
	o.t.Helper()
	paper, err := o.authority.PrintMarker(o.ctx, id, agent)
	if err != nil {
		o.t.Fatal(err)
	}
	_, code, ok := strings.Cut(string(paper), "CODE ")
	if !ok {
		o.t.Fatalf("no code on the marker: %s", paper)
	}
	return code
}

// enter opens a session by a credential and the code that comes to the phone.
func (o *office) enter(credential string, secret []byte) (string, ra.Actor) {
	o.t.Helper()
	e, err := o.authority.Enter(o.ctx, credential, secret)
	if err != nil {
		o.t.Fatal(err)
	}
	if e.Phone == "" {
		o.t.Fatal("no code was sent")
	}
	if err := o.authority.Confirm(o.ctx, e.Token, o.sms()); err != nil {
		o.t.Fatal(err)
	}
	by, _, err := o.authority.Session(o.ctx, e.Token)
	if err != nil {
		o.t.Fatal(err)
	}
	return e.Token, by
}

// sms is the code that was sent last.
func (o *office) sms() string {
	for i := len(o.mail.notices) - 1; i >= 0; i-- {
		if c := o.mail.notices[i].Code; c != "" {
			return c
		}
	}
	o.t.Fatal("no code was sent")
	return ""
}

var secret = bytes.Repeat([]byte{7}, 16)

// keys hands in a request and returns the certificate that comes.
func (o *office) keys(id ra.ID, by ra.Actor, key crypto.Signer) []byte {
	o.t.Helper()
	o.must(o.authority.SubmitCSR(o.ctx, id, by, o.request(key, o.form)))
	o.settle()
	r := o.reload(id)
	certificate, err := o.authority.Document(o.ctx, r, ra.CertificateExhibit)
	if err != nil {
		o.t.Fatalf("%v; in %s", err, r.State)
	}
	return certificate
}

// acknowledge signs the certificate sheet with the new key.
func (o *office) acknowledge(id ra.ID, by ra.Actor, key *gost.PrivateKey, certificate []byte) error {
	o.t.Helper()
	sheet, err := o.authority.Document(o.ctx, o.reload(id), string(ra.CertificateSheet))
	if err != nil {
		o.t.Fatal(err)
	}
	cert, err := o.as.ParseCertificate(certificate)
	if err != nil {
		o.t.Fatal(err)
	}
	signature, err := cms.Sign(o.as, key, cert, cms.Options{Detached: true, At: o.clock.Now()}, sheet)
	if err != nil {
		o.t.Fatal(err)
	}
	_, err = o.authority.Acknowledge(o.ctx, id, by, signature)
	return err
}

// TestAgentOwnWorkplace is seed 002 with step 7.1: marker, keys, certificate
// and acknowledgement in one session of the owner.
func TestAgentOwnWorkplace(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	code := o.marker(id)
	o.attest(id, agent, workflow.DeliveryOwn, workflow.MarkerReceipt)
	o.fire(id, agent, workflow.GiveMarker, workflow.KeyGeneration)

	_, by := o.enter(strings.ToLower(strings.ReplaceAll(code, "-", " ")), secret)
	if by.Role != workflow.Applicant || by.Request != id || !by.SecondFactor || by.Scope != ra.ScopeWorkshop {
		t.Errorf("got the actor %+v", by)
	}
	if _, err := o.authority.Fire(o.ctx, id, by, workflow.Cancel); !isDenied(err) {
		t.Errorf("a marker cancels: %v", err)
	}
	key := o.newKey()
	certificate := o.keys(id, by, key)
	o.inState(id, workflow.CertificateAck)
	if err := o.acknowledge(id, by, key, certificate); err != nil {
		t.Fatal(err)
	}
	o.settle()
	o.inState(id, workflow.Writing)
	o.must(o.authority.ConfirmInstalled(o.ctx, id, by, certificate))
	o.settle()
	o.inState(id, workflow.OriginalsPending)
	o.attest(id, agent, workflow.OriginalsDispatched)
	o.attest(id, inspector, workflow.OriginalsReceived)
	o.fire(id, inspector, workflow.ReceiveOriginals, workflow.Completed)
}

// TestAgentOffice is seed 002 with step 7.2: the agent makes the keys and
// hands over medium and paper.
func TestAgentOffice(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	code := o.marker(id)
	o.attest(id, agent, workflow.DeliveryAgent)
	o.fire(id, agent, workflow.KeepMarker, workflow.AgentKeyGeneration)
	_, by := o.enter(code, secret)
	if by.Role != workflow.Agent || by.Partner != agent.Partner {
		t.Errorf("got the actor %+v", by)
	}
	key := o.newKey()
	certificate := o.keys(id, by, key)
	o.inState(id, workflow.Handover)
	o.must(o.authority.ConfirmInstalled(o.ctx, id, by, certificate))
	o.attach(id, agent, workflow.CertificateScan)
	o.attest(id, agent, workflow.StampNumber, workflow.AcknowledgementAccepted, workflow.MediumHandedOver)
	o.fire(id, agent, workflow.HandOver, workflow.OriginalsPending)
}

func isDenied(err error) bool {
	var denied *ra.DeniedError
	return errors.As(err, &denied)
}

// TestMarkerRefused: whatever is wrong with a code is refused alike.
func TestMarkerRefused(t *testing.T) {
	o := newOffice(t)
	ready := func() (ra.ID, string) {
		id := o.identified()
		o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
		first := o.marker(id)
		code := o.marker(id)
		if _, err := o.authority.Enter(o.ctx, first, secret); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("a marker that was printed anew: got %v", err)
		}
		o.attest(id, agent, workflow.DeliveryOwn, workflow.MarkerReceipt)
		if _, err := o.authority.Enter(o.ctx, code, secret); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("a marker that was not given yet: got %v", err)
		}
		o.fire(id, agent, workflow.GiveMarker, workflow.KeyGeneration)
		return id, code
	}
	refused := func(what, code string, secret []byte) {
		t.Helper()
		if _, err := o.authority.Enter(o.ctx, code, secret); err != ra.ErrNotFound && !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", what, err)
		}
	}
	id, code := ready()
	other := bytes.Repeat([]byte{9}, 16)
	refused("no code", "marker", secret)
	refused("a mistyped code", swap(code), secret)
	entrance, err := o.authority.Enter(o.ctx, code, secret)
	if err != nil {
		t.Fatal(err)
	}
	again, err := o.authority.Enter(o.ctx, code, secret)
	if err != nil || *again != *entrance {
		t.Errorf("the same session: got %v, %v, want %v", again, err, entrance)
	}
	refused("a used marker", code, other)
	if _, _, err := o.authority.Session(o.ctx, entrance.Token); !errors.Is(err, ra.ErrUnconfirmed) {
		t.Errorf("without the code: got %v, want ErrUnconfirmed", err)
	}
	o.fire(id, agent, workflow.WithdrawMarker, workflow.Identified)
	refused("a withdrawn marker", code, secret)
	if _, _, err := o.authority.Session(o.ctx, entrance.Token); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("the session of a withdrawn marker: got %v", err)
	}

	_, code = ready()
	o.clock.Advance(7*24*time.Hour + time.Second)
	refused("an expired marker", code, secret)
}

// TestMarkerRevokedLate: a marker is withdrawn and another printed before
// anybody comes to end the first. The other is the one that counts.
func TestMarkerRevokedLate(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	first := o.marker(id)
	o.must(o.authority.Fire(o.ctx, id, agent, workflow.WithdrawMarker))
	o.must(o.authority.Fire(o.ctx, id, agent, workflow.PrepareMarker))
	second := o.marker(id)
	o.attest(id, agent, workflow.DeliveryOwn, workflow.MarkerReceipt)
	o.settle()
	secret := bytes.Repeat([]byte{7}, 16)
	if _, err := o.authority.Enter(o.ctx, first, secret); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("the withdrawn marker: got %v, want ErrNotFound", err)
	}
	if o.reload(id).Marker.Ended {
		t.Error("the marker printed since has ended")
	}
	o.fire(id, agent, workflow.GiveMarker, workflow.KeyGeneration)
	o.enter(second, secret)
}

// swap returns the code with its first two different neighbours exchanged.
func swap(code string) string {
	b := []byte(code)
	for i := range b[:len(b)-1] {
		if b[i] != b[i+1] && b[i] != '-' && b[i+1] != '-' {
			b[i], b[i+1] = b[i+1], b[i]
			break
		}
	}
	return string(b)
}
