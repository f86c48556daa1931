package ra

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// demand is what a request asks of a certificate that exists, and whether it is
// a hold or the end of one.
func demand(p *workflow.Process, r *Request) (Revocation, bool) {
	if _, held := r.Evidence(workflow.CertificateSuspended); held {
		return Revocation{Action: ActResume}, true
	}
	if slices.Contains(effectsOf(p), workflow.SuspendCertificate) {
		return Revocation{Action: ActSuspend}, true
	}
	return r.Form.revocation(), false
}

// revocation is the end of a certificate as a form asks for it. Where nobody
// has asked, because the law leaves no choice or a hold ran out, the
// certificate is not used any more, and that is all there is to say.
func (f *Form) revocation() Revocation {
	reason, given := RevocationReasons()[f.Reason]
	if !given {
		reason = csr.ReasonCessationOfOperation
	}
	return Revocation{Action: ActRevoke, Reason: reason, InvalidSince: parseDate(f.InvalidSince)}
}

// ranOut reports whether a certificate is revoked because nobody ended its hold
// in time, which another request may have done after all.
func ranOut(j *job) bool {
	_, held := j.request.Evidence(workflow.CertificateSuspended)
	_, enforced := j.request.Evidence(workflow.EnforcementGround)
	return held && !enforced && j.task.Effect == workflow.RevokeCertificate
}

// outcomes are the evidence of what a certificate is at its CA.
var outcomes = map[OutcomeState]workflow.Evidence{
	Revoked: workflow.CertificateRevoked, Suspended: workflow.CertificateSuspended, Issued: workflow.CertificateResumed,
}

// alter asks for a change of the certificate that the form names, at the CA
// that issued it and under the key of that order, and records what it is then:
// in this request, and in the dossier of the earlier one.
func (a *Authority) alter(ctx context.Context, j *job, r Revocation, want OutcomeState) (found, error) {
	if !wanted(j.process, j.request, outcomes[want]) {
		return found{}, nil
	}
	x, err := a.earlier(ctx, &j.request.Form)
	if err != nil {
		return found{}, forGood(err)
	}
	if ranOut(j) {
		if out, seen, err := a.seen(ctx, j, x); err != nil || seen {
			return out, err
		}
	}
	if r.Action == ActRevoke {
		at := r.At
		r = j.request.Form.revocation()
		r.At = at
	}
	o, err := x.route.CA.Revoke(ctx, x.order, r)
	if err != nil {
		return found{}, x.request.discreet(err)
	}
	switch o.State {
	case want, Revoked:
		return a.altered(ctx, j, x, o.State, r)
	case Pending:
		return found{again: a.poll(j, o), note: j.task.Note}, nil
	case Unknown, Refused:
		return j.refusedToAlter(o)
	}
	return found{}, fmt.Errorf("ra: request %s: the certificate is not %s: it is %s", j.request.ID, want, o.State)
}

// altered is what follows when a certificate is what was asked for, or ended
// before that.
func (a *Authority) altered(ctx context.Context, j *job, x *earlier, state OutcomeState, r Revocation) (found, error) {
	why := "по заявке " + string(j.request.ID)
	if state == Revoked && r.Action == ActRevoke {
		why += "; " + r.Reason.Russian()
	}
	out := found{attach: j.revocationRecord(j.task.Key, state, why)}
	if err := a.tell(ctx, x.request.ID, out.attach); err != nil {
		return found{}, err
	}
	h := Held{Evidence: outcomes[state], Note: "по ответу удостоверяющего центра"}
	for _, d := range out.attach {
		h.Exhibit = hashOf(d.data)
	}
	out.record = []Held{h}
	if !wanted(j.process, j.request, h.Evidence) { // an older version has no arrow for one that ended meanwhile
		return j.refusedToAlter(Outcome{Code: string(state), Reason: "действие сертификата уже прекращено"})
	}
	return out, nil
}

// tell puts documents into the dossier of another request, each once.
func (a *Authority) tell(ctx context.Context, id ID, documents []attachment) error {
	_, err := a.insist(ctx, ask{ID: id}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		m := &move{by: System()}
		for _, d := range documents {
			if !r.Erased && !has(r, d.kind, hashOf(d.data)) {
				m.attach = append(m.attach, d)
			}
		}
		return m, nil
	})
	return err
}

// refusedToAlter is the CA's refusal: for an operator.
func (j *job) refusedToAlter(o Outcome) (found, error) {
	if !opens(j, workflow.RefuseByCA) {
		return found{}, Permanent(fmt.Errorf("ra: request %s: the CA refused with the code %q, for which the process has no way on", j.request.ID, o.Code))
	}
	if o.Code == "" {
		o.Code = string(o.State)
	}
	return found{fire: workflow.RefuseByCA, attach: []attachment{{
		kind: RefusalExhibit, media: mediaText, note: o.Reason,
		data: fmt.Appendf(nil, "%s\n%s\n%s\n", j.task.Key, o.Code, o.Reason),
	}}}, nil
}

// watchCertificate looks at a certificate on hold until the request ends: the
// hold may be ended, or the certificate revoked, by another request or by the CA
// itself.
func (a *Authority) watchCertificate(ctx context.Context, j *job) (found, error) {
	if j.process.Final(j.request.State) {
		return found{}, nil
	}
	x, err := a.earlier(ctx, &j.request.Form)
	if err != nil {
		return found{}, forGood(err)
	}
	out, seen, err := a.seen(ctx, j, x)
	if err != nil || seen {
		return out, err
	}
	return found{again: watchEvery, note: j.task.Note}, nil
}

// seen is what follows when a certificate is not on hold any more though this
// request has not ended the hold, where that is of use. The earlier dossier is
// told unless it knows.
func (a *Authority) seen(ctx context.Context, j *job, x *earlier) (found, bool, error) {
	o, err := x.route.CA.Find(ctx, x.order)
	if err != nil {
		return found{}, false, x.request.discreet(err)
	}
	evidence := outcomes[o.State]
	if o.State != Revoked && o.State != Issued || !wanted(j.process, j.request, evidence) {
		return found{}, false, nil
	}
	const why = "по данным удостоверяющего центра"
	out := found{attach: j.revocationRecord(j.task.Key, o.State, why)}
	if last, _ := x.request.Exhibit(RevocationExhibit); !strings.HasPrefix(last.Note, becameOf[o.State]) {
		if err := a.tell(ctx, x.request.ID, out.attach); err != nil {
			return found{}, false, err
		}
	}
	out.record = []Held{{Evidence: evidence, Exhibit: hashOf(out.attach[0].data), Note: why}}
	return out, true, nil
}

// watchEvery is how often a certificate on hold is looked at.
const watchEvery = time.Hour

// printDemand prints the application for what is asked of a certificate that
// exists, once the form is filled in.
func (a *Authority) printDemand(ctx context.Context, j *job) (found, error) {
	if _, filled := j.request.Evidence(workflow.FormValid); !filled {
		return found{}, nil
	}
	x, err := a.earlier(ctx, &j.request.Form)
	if err != nil {
		return found{}, forGood(err)
	}
	ask, _ := demand(j.process, j.request)
	pdf, err := a.cfg.Printer.Print(ctx, Document{
		Kind: RevocationApplication, Request: j.request, Certificate: x.certificate.Raw, Revocation: &ask,
	})
	if err != nil {
		return found{}, err
	}
	return found{on: workflow.FormValid, attach: []attachment{{kind: string(RevocationApplication), media: mediaPDF, data: pdf}}}, nil
}

// paper is the kind of the application that the owner signs in a process.
func paper(p *workflow.Process) DocumentKind {
	if alters(p) {
		return RevocationApplication
	}
	return ApplicationForm
}
