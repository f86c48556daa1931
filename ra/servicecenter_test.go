package ra_test

import (
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/workflow"
)

var centre = ra.Actor{ID: "centre-1", Role: workflow.ServiceCentre, Partner: "centre", Authn: "password", SecondFactor: true}

// created goes through S3.1 to S3.3, and lets the subscriber in.
func (o *office) created() (ra.ID, ra.Actor) {
	o.t.Helper()
	id := o.must(o.authority.Begin(o.ctx, centre, "service-center", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.settle()
	for _, kind := range []ra.DocumentKind{ra.InvoiceForm, ra.QuestionnaireForm, ra.PowersForm} {
		if _, ok := o.reload(id).Exhibit(string(kind)); !ok {
			o.t.Errorf("no %s was sent", kind)
		}
	}
	subscriber := ra.Actor{ID: "subscriber", Role: workflow.Applicant, Partner: "centre", Authn: "password"}
	o.must(o.authority.Fill(o.ctx, id, subscriber, o.form))
	o.fire(id, subscriber, workflow.Submit, workflow.FormFilled)
	o.fire(id, centre, workflow.CreateForm, workflow.DocumentsPending)
	o.must(o.authority.SendLink(o.ctx, id, centre))
	o.settle()
	_, by := o.enter(o.link(), secret)
	return id, by
}

// visited goes on from scans in review to keys.
func (o *office) visited(id ra.ID, onPaper bool) {
	o.t.Helper()
	o.fire(id, inspector, workflow.Approve, workflow.Approved)
	o.fire(id, centre, workflow.Invite, workflow.AwaitingVisit)
	if onPaper {
		o.attest(id, centre, workflow.ApplicationReceived)
	}
	o.attest(id, centre, workflow.PassportShown, workflow.SNILSShown)
	o.must(o.authority.Identify(o.ctx, id, centre, qualified.InPerson, "паспорт"))
	o.fire(id, centre, workflow.Identify, workflow.Identified)
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, centre, workflow.OpenKeys, workflow.KeyGeneration)
}

// finished goes on to the end at the subscriber's workplace.
func (o *office) finished(id ra.ID, by ra.Actor) {
	o.t.Helper()
	key := o.newKey()
	certificate := o.keys(id, by, key)
	o.inState(id, workflow.CertificateAck)
	if err := o.acknowledge(id, by, key, certificate); err != nil {
		o.t.Fatal(err)
	}
	o.must(o.authority.ConfirmInstalled(o.ctx, id, by, certificate))
	o.settle()
	o.inState(id, workflow.Completed)
}

// TestServiceCentre is seed 003: scans refused once and put right by the
// subscriber, then by the centre.
func TestServiceCentre(t *testing.T) {
	o := newOfficeOf(t, "service-center")
	id, by := o.created()
	o.attach(id, by, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	if _, held := o.reload(id).Evidence(workflow.PhoneConfirmed); !held {
		t.Error("the code from the phone came back, and phone_confirmed is not held")
	}
	o.fire(id, by, workflow.SubmitDocuments, workflow.CAReview)
	for _, who := range []ra.Actor{by, centre} {
		o.must(o.authority.Judge(o.ctx, id, inspector, []ra.Verdict{o.verdict(id, workflow.PassportScan, "обрезан край")}))
		o.fire(id, inspector, workflow.Return, workflow.Rework)
		o.must(o.authority.Attach(o.ctx, id, who, string(workflow.PassportScan), append(scanned, who.ID...), ""))
		o.fire(id, who, workflow.Resubmit, workflow.CAReview)
	}
	var good []ra.Verdict
	for _, kind := range []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan} {
		good = append(good, o.verdict(id, kind, ""))
	}
	o.must(o.authority.Judge(o.ctx, id, inspector, good))
	o.visited(id, true)
	o.finished(id, by)
}

// TestRenewal is seed 003 with the application signed by the old certificate:
// no paper is brought.
func TestRenewal(t *testing.T) {
	o := newOfficeOf(t, "service-center")
	old, root := o.newCA("the old authority")
	o.reopen(func(c *ra.Config) { c.SignerAnchors = append(c.SignerAnchors, root) })
	key := o.newKey()
	certificate := o.issued(old, o.request(key, o.form))
	id, by := o.created()
	application, err := o.authority.Document(o.ctx, o.reload(id), string(ra.ApplicationForm))
	if err != nil {
		t.Fatal(err)
	}
	signature, err := cms.Sign(o.as, key, certificate, cms.Options{Detached: true, At: o.clock.Now()}, application)
	if err != nil {
		t.Fatal(err)
	}
	o.attach(id, by, workflow.PassportScan, workflow.SNILSScan)
	o.must(o.authority.SignApplication(o.ctx, id, by, signature))
	o.fire(id, by, workflow.SubmitDocuments, workflow.CAReview)
	o.must(o.authority.Judge(o.ctx, id, inspector, []ra.Verdict{o.verdict(id, workflow.PassportScan, ""), o.verdict(id, workflow.SNILSScan, "")}))
	o.attest(id, inspector, workflow.ApplicationAccepted)
	o.visited(id, false)
	o.finished(id, by)
}

// issued has an authority issue a certificate.
func (w *world) issued(ca *local.CA, der []byte) *csr.Certificate {
	w.t.Helper()
	request, err := w.as.Parse(der)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := ca.Submit(w.ctx, "old", ra.Order{Request: request, Identification: qualified.InPerson})
	if err != nil {
		w.t.Fatal(err)
	}
	certificate, err := w.as.ParseCertificate(out.Certificate)
	if err != nil {
		w.t.Fatal(err)
	}
	return certificate
}
