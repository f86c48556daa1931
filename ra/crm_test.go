package ra_test

import (
	"testing"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

var department = ra.Actor{ID: "department", Role: workflow.DocDept, Authn: "password", SecondFactor: true}

// TestCRM is seed 004: keys first, papers signed by pen and returned once, the
// photograph returned once, the sheet signed and returned once.
func TestCRM(t *testing.T) {
	o := newOfficeOf(t, "crm")
	id := o.must(o.authority.Begin(o.ctx, agent, "crm", ra.Form{LegalForm: "person", Email: o.form.Email, Alias: "Заявка 7"})).ID
	o.must(o.authority.Fill(o.ctx, id, agent, o.form))
	o.attach(id, agent, workflow.PassportScan, workflow.SNILSScan)
	o.fire(id, agent, workflow.Submit, workflow.KeyGeneration)
	_, by := o.enter(o.link(), secret)
	key := o.newKey()
	o.must(o.authority.SubmitCSR(o.ctx, id, by, o.request(key, o.form)))
	o.settle()
	o.inState(id, workflow.SigningApplication)
	o.attach(id, agent, workflow.ApplicationScan, workflow.RequestScan)
	o.fire(id, agent, workflow.SubmitPapers, workflow.ApplicationReview)

	o.must(o.authority.Judge(o.ctx, id, department, []ra.Verdict{o.verdict(id, workflow.ApplicationScan, "подпись не как в паспорте")}))
	o.fire(id, department, workflow.Return, workflow.ApplicationRework)
	o.must(o.authority.Attach(o.ctx, id, agent, string(workflow.ApplicationScan), append(scanned, "again"...), ""))
	o.attach(id, agent, workflow.RequestScan)
	o.fire(id, agent, workflow.Resubmit, workflow.ApplicationReview)
	var good []ra.Verdict
	for _, kind := range []workflow.Evidence{workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan, workflow.RequestScan} {
		good = append(good, o.verdict(id, kind, ""))
	}
	o.must(o.authority.Judge(o.ctx, id, department, good))
	o.fire(id, department, workflow.Approve, workflow.AwaitingVisit)

	o.attach(id, agent, workflow.OwnerPhoto)
	o.attest(id, agent, workflow.OriginalsShown, workflow.PassportShown, workflow.SNILSShown)
	o.fire(id, agent, workflow.Identify, workflow.PhotoReview)
	o.must(o.authority.Judge(o.ctx, id, department, []ra.Verdict{o.verdict(id, workflow.OwnerPhoto, "не видна дата")}))
	o.fire(id, department, workflow.Return, workflow.PhotoRework)
	o.must(o.authority.Attach(o.ctx, id, agent, string(workflow.OwnerPhoto), append(scanned, "dated"...), ""))
	o.fire(id, agent, workflow.Resubmit, workflow.PhotoReview)
	o.must(o.authority.Identify(o.ctx, id, department, qualified.InPerson, "фотография с паспортом и датой"))
	o.must(o.authority.Fire(o.ctx, id, department, workflow.Approve))
	o.settle()
	o.inState(id, workflow.CertificateAck)

	o.attach(id, agent, workflow.CertificateScan)
	o.fire(id, agent, workflow.SubmitPapers, workflow.AckReview)
	o.must(o.authority.Judge(o.ctx, id, department, []ra.Verdict{o.verdict(id, workflow.CertificateScan, "нет второй подписи")}))
	o.fire(id, department, workflow.Return, workflow.AckRework)
	o.must(o.authority.Attach(o.ctx, id, agent, string(workflow.CertificateScan), append(scanned, "signed"...), ""))
	o.fire(id, agent, workflow.Resubmit, workflow.AckReview)
	o.attest(id, department, workflow.AcknowledgementAccepted)
	o.fire(id, department, workflow.Approve, workflow.Writing)

	certificate, err := o.authority.Document(o.ctx, o.reload(id), ra.CertificateExhibit)
	if err != nil {
		t.Fatal(err)
	}
	o.must(o.authority.ConfirmInstalled(o.ctx, id, agent, certificate))
	o.settle()
	o.inState(id, workflow.Completed)
}
