package ra_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/workflow"
)

// settled is a phone on which the application is set up, down to the person's
// unqualified certificate (S0.1.1 to S0.1.8).
func (w *world) settled(f ra.Form) *goskey.Phone {
	w.t.Helper()
	f.LegalForm = ra.LegalPerson
	person := applicant.Form(5)
	person.SNILS = f.SNILS
	subject, err := ra.Subject(&person)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.phones.AddAccount(goskey.Account{SNILS: f.SNILS, Subject: subject, Login: "login", Password: "портал", Phone: f.Phone, Confirmed: true}); err != nil {
		w.t.Fatal(err)
	}
	phone := w.phones.NewPhone()
	for _, step := range []func() error{
		func() error { return phone.LogIn("login", "портал", true) },
		func() error { return phone.EnterCode(w.phones.SMS(f.Phone)[0].Code) },
		phone.AcceptLicence,
		func() error { return phone.SetPassword("не забыть бы") },
		func() error {
			for i := range goskey.Touches {
				if _, err := phone.Touch(i, i*i); err != nil {
					return err
				}
			}
			return nil
		},
		func() error { return phone.ConfirmUNEP(w.ctx) },
	} {
		if err := step(); err != nil {
			w.t.Fatal(err)
		}
	}
	return phone
}

// unreachable is an application to which no certificate gets through.
type unreachable struct {
	ra.MobileKeys
	down bool
}

func (u *unreachable) Install(ctx context.Context, id ra.OperationID, certificate []byte) error {
	if u.down {
		return errors.New("the application does not answer")
	}
	return u.MobileKeys.Install(ctx, id, certificate)
}

// TestGoskeyNewKey: while a certificate does not get through to the
// application, its key is lost, and another is made. The one that is left over
// is not installed beside the new key.
func TestGoskeyNewKey(t *testing.T) {
	o, keys := newGoskey(t)
	id, phone, by := o.identifiedHead()
	o.fire(id, by, workflow.OpenKeys, workflow.KeyGeneration)
	key := func() {
		t.Helper()
		if err := phone.MakeKey(phone.KeyRequests()[0].ID); err != nil {
			t.Fatal(err)
		}
		o.pass(time.Minute)
	}
	key()
	keys.down = true
	o.sign(phone)
	o.pass(time.Minute)
	o.inState(id, workflow.CertificateAck)
	o.fire(id, by, workflow.Revert, workflow.KeyGeneration)
	key()
	keys.down = false
	o.pass(time.Hour)
	o.inState(id, workflow.SigningApplication)
	tasks, err := o.store.Tasks(o.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if task.Effect == workflow.SignAcknowledgement && task.State != ra.TaskDone {
			t.Errorf("%s is %s: %s", task.Effect, task.State, task.Error)
		}
	}
}

// TestGoskey is seed 000: the application is set up, the tax office identifies
// the head of a company; key, request and signatures are made on the phone,
// which refuses the first time, and the certificate stays there.
func TestGoskey(t *testing.T) {
	o, _ := newGoskey(t)
	id, phone, by := o.identifiedHead()
	o.fire(id, by, workflow.OpenKeys, workflow.KeyGeneration)
	o.receive(id, phone)
}

// newGoskey is an office whose authority runs the process of seed 000.
func newGoskey(t *testing.T) (*office, *unreachable) {
	t.Helper()
	o := newOfficeOf(t, "personal-link")
	p, err := workflow.Lookup("goskey")
	if err != nil {
		t.Fatal(err)
	}
	keys := &unreachable{MobileKeys: o.phones}
	o.reopen(func(c *ra.Config) { c.Processes, c.Keys = []*workflow.Process{p}, keys })
	o.form = organization()
	return o, keys
}

// identifiedHead goes on until the tax office has seen the head of a company.
func (o *office) identifiedHead() (ra.ID, *goskey.Phone, ra.Actor) {
	o.t.Helper()
	phone := o.settled(o.form)
	by := ra.Actor{ID: "esia-1", Role: workflow.Applicant, Authn: "esia"}
	app := ra.Actor{ID: "app", Role: workflow.System, Authn: "callback"}
	office := ra.Actor{ID: "inspector-7701", Role: workflow.TaxOffice, SecondFactor: true}

	id := o.must(o.authority.Begin(o.ctx, by, "goskey", ra.Form{LegalForm: ra.LegalOrganization, Email: o.form.Email})).ID
	o.attest(id, app, workflow.ESIAConfirmed, workflow.ConsentGiven, workflow.PhoneConfirmed, workflow.LicenceAccepted, workflow.EntropyReady, workflow.UNEPPresent)
	o.fire(id, by, workflow.Register, workflow.FormFilled)
	o.must(o.authority.Fill(o.ctx, id, by, o.form))
	o.fire(id, by, workflow.ChooseKind, workflow.AwaitingVisit)
	o.must(o.authority.Identify(o.ctx, id, office, qualified.InPerson, "паспорт, инспекция 7701"))
	o.attest(id, office, workflow.DocumentsAccepted)
	o.fire(id, office, workflow.Identify, workflow.Identified)
	return id, phone, by
}

// receive goes on from there to the end, with one refusal on the phone.
func (o *office) receive(id ra.ID, phone *goskey.Phone) {
	t := o.t
	t.Helper()
	asked := phone.KeyRequests()
	if len(asked) != 1 {
		t.Fatalf("got %d questions on the phone, want 1", len(asked))
	}
	if err := phone.RefuseKey(asked[0].ID); err != nil {
		t.Fatal(err)
	}
	for range 90 {
		o.pass(time.Minute)
	}
	if asked = phone.KeyRequests(); len(asked) != 1 {
		t.Fatalf("after a refusal: got %d questions on the phone, want another one", len(asked))
	}
	if err := phone.MakeKey(asked[0].ID); err != nil {
		t.Fatal(err)
	}
	o.pass(time.Minute)
	o.inState(id, workflow.SigningApplication)
	o.sign(phone)
	o.pass(time.Minute)
	r := o.inState(id, workflow.CertificateAck)
	if h, _ := r.Evidence(workflow.IdentityProofed); h.Identification == nil || *h.Identification != qualified.InPerson {
		t.Errorf("got the identification %v, want in person", h.Identification)
	}
	certificate, err := o.authority.Document(o.ctx, r, ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	installed := false
	for _, c := range phone.Certificates() {
		installed = installed || string(c.Raw) == string(certificate)
	}
	if !installed {
		t.Error("the application does not have the certificate")
	}
	o.sign(phone)
	o.pass(time.Minute)
	o.inState(id, workflow.Completed)
}
