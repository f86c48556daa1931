package ra_test

import (
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

// TestGoskey is seed 000: the application is set up, the tax office identifies
// the head of a company; key, request and signatures are made on the phone,
// which refuses the first time, and the certificate stays there.
func TestGoskey(t *testing.T) {
	o := newOfficeOf(t, "personal-link")
	p, err := workflow.Lookup("goskey")
	if err != nil {
		t.Fatal(err)
	}
	o.reopen(func(c *ra.Config) { c.Processes, c.Keys = []*workflow.Process{p}, o.phones })
	o.form = organization()
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
	o.fire(id, by, workflow.OpenKeys, workflow.KeyGeneration)
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
