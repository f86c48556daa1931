package ra

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// Kinds of exhibits that come from conversations with CAs.
const (
	RefusedCertificate = "refused_certificate" // a certificate that does not count, DER
	RefusalExhibit     = "ca_refusal"          // the CA's code and reason, text
	RequestedExhibit   = "ca_document"         // what the CA wants the owner to sign
	RevocationExhibit  = "ca_revocation"       // what became of a certificate, text
	mediaText          = "text/plain; charset=utf-8"
)

// sendToCA has the certificate issued, once. The order goes under the task's
// key, to a CA that is recorded before anything is sent. From the second
// attempt on it is not known whether the CA got the order, so the CA is asked
// what became of the key before anything is submitted again; and what it does
// not know goes under the same key.
//
// What comes back counts only by being in the dossier, which another attempt
// sees to: an answer that nobody waited for any more, and one that is not what
// was asked for, are certificates to be revoked.
func (a *Authority) sendToCA(ctx context.Context, j *job) (found, error) {
	note, err := noteOf(&j.task)
	switch {
	case err != nil:
		return found{}, err
	case note.Certificate != "":
		return a.lookAfter(ctx, j, note)
	case !wanted(j.process, j.request, workflow.CertificateMatches) || j.request.basis(workflow.RequestVerified) > j.task.Seq:
		return a.abandon(ctx, j, note)
	}
	order, err := a.newOrder(ctx, j.request)
	if err != nil {
		return found{}, err
	}
	route, outcome, err := a.standing(ctx, j, note)
	if err != nil {
		return found{}, err
	}
	if outcome.State == Unknown {
		if note.Route == "" {
			// Nothing was sent yet, so the choice is still free.
			if route, err = a.route(j.request); err != nil {
				return found{}, err
			}
			if note.Route = route.Name; note.Route != "" {
				return note.later(found{}, soon)
			}
		}
		if outcome, err = route.CA.Submit(ctx, j.task.Key, *order); err != nil {
			return found{}, err
		}
	}
	return a.conclude(j, note, route, order, outcome)
}

// newOrder is what the CA is asked to issue.
func (a *Authority) newOrder(ctx context.Context, r *Request) (*Order, error) {
	request, err := a.pkcs10(ctx, r)
	if err != nil {
		return nil, err
	}
	identity, ok := r.Evidence(workflow.IdentityProofed)
	if !ok || identity.Identification == nil {
		return nil, fmt.Errorf("ra: request %s: identity is not established", r.ID)
	}
	purposes, err := a.cfg.purposes(&r.Form)
	if err != nil {
		return nil, Permanent(fmt.Errorf("ra: request %s: %w", r.ID, err))
	}
	return &Order{Request: request, Identification: *identity.Identification, Purposes: purposes, Licence: r.Form.Licence != ""}, nil
}

// standing is what the CA says became of the order. At the first attempt it is
// not asked: before that nothing was sent.
func (a *Authority) standing(ctx context.Context, j *job, note orderNote) (Route, Outcome, error) {
	if j.task.Attempt <= 1 || note.Route == "" && a.cfg.CA == nil {
		return Route{CA: a.cfg.CA, Issuers: a.cfg.Issuers}, Outcome{State: Unknown}, nil
	}
	route, err := a.routeNamed(note.Route)
	if err != nil {
		return route, Outcome{}, err
	}
	outcome, err := route.CA.Find(ctx, j.task.Key)
	return route, outcome, err
}

// conclude is what follows from the CA's answer.
func (a *Authority) conclude(j *job, note orderNote, route Route, order *Order, o Outcome) (found, error) {
	switch o.State {
	case Pending:
		return note.later(found{}, a.poll(j, o))
	case NeedsSignature, NeedsCorrection:
		return a.needs(j, note, o)
	case Refused, Revoked:
		return a.refused(j, o)
	case Suspended:
		return found{}, Permanent(fmt.Errorf("ra: request %s: the CA has suspended the certificate before it was handed over", j.request.ID))
	case Issued:
		return a.received(j, note, route, order, o.Certificate)
	}
	return found{}, fmt.Errorf("ra: the CA answers with an unknown state %q", o.State)
}

// poll is how long to wait before a CA is asked again: as long as it says,
// within reason.
func (a *Authority) poll(j *job, o Outcome) time.Duration {
	return min(max(o.RetryAt.Sub(j.now), a.cfg.Poll), longestPoll)
}

// longestPoll bounds what a CA may say: a day.
const longestPoll = 24 * time.Hour

// received takes a certificate into the dossier: as the certificate, if it is
// what was asked for; else as one that does not count.
func (a *Authority) received(j *job, note orderNote, route Route, order *Order, der []byte) (found, error) {
	note.Certificate = hashOf(der)
	out := found{on: workflow.RequestVerified}
	if err := a.checkIssued(der, order, route, a.cfg.Clock.Now()); err != nil {
		a.cfg.Log.Warn("ra: a certificate does not count", "request", j.request.ID, "order", j.task.Key, "error", err)
		out.attach = []attachment{refusedCertificate(der, "выпущен не тот сертификат: "+err.Error())}
		out.fire = workflow.Mismatch
		return note.later(out, soon)
	}
	text := "ключ и имя те же, что в запросе, назначение то же, что в анкете; подпись удостоверяющего центра верна"
	if route.Name != "" {
		text += "; удостоверяющий центр: " + route.Name
	}
	out.attach = []attachment{{kind: CertificateExhibit, media: mediaCertificate, data: der}}
	out.claims = a.certificateClaims(route, der)
	out.record = []Held{{Evidence: workflow.CertificateMatches, Exhibit: note.Certificate, Note: text}}
	return note.later(out, soon)
}

func refusedCertificate(der []byte, why string) attachment {
	return attachment{kind: RefusedCertificate, media: mediaCertificate, data: der, note: why}
}

// CertificateError says why a certificate that the CA issued does not count.
type CertificateError struct{ Err error } // a *csr.MatchError, a *PurposeError, a *csr.ChainError, a *FormLintError …

func (e *CertificateError) Error() string {
	return fmt.Sprintf("ra: the CA's certificate is refused: %v", e.Err)
}

func (e *CertificateError) Unwrap() error { return e.Err }

// FormLintError says that a certificate breaks a rule of csr/qualified that
// is an error, where the route asks for none (Route.Lint).
type FormLintError struct{ Rules []string }

func (e *FormLintError) Error() string {
	return fmt.Sprintf("the form of qualified certificates is not met: %v", e.Rules)
}

// checkIssued is the distrust of the CA: the certificate must be for the
// request's key and subject and for the purposes ordered, verify under an
// issuer of the route, and be of the right form if the route asks for that.
func (a *Authority) checkIssued(der []byte, order *Order, route Route, at time.Time) error {
	cert, err := a.cfg.Algorithms.ParseCertificate(der)
	if err == nil {
		err = cert.Matches(order.Request)
	}
	if err == nil {
		err = checkPurposes(order, cert)
	}
	if err == nil {
		// A certificate begins when it is issued, by the clock of the CA.
		if ahead := cert.NotBefore.Sub(at); ahead > 0 && ahead <= clockAhead {
			at = cert.NotBefore
		}
		_, err = a.cfg.Algorithms.VerifyChain(cert, csr.Chain{Anchors: route.Issuers, At: at})
	}
	if err == nil && route.Lint {
		err = lintError(cert)
	}
	if err != nil {
		return &CertificateError{err}
	}
	return nil
}

func lintError(cert *csr.Certificate) error {
	var e FormLintError
	for _, f := range qualified.LintCertificate(cert, qualified.Options{}) {
		if f.Severity == qualified.Error {
			e.Rules = append(e.Rules, f.Rule)
		}
	}
	if len(e.Rules) > 0 {
		return &e
	}
	return nil
}

// refused is the end of an order without a certificate.
func (a *Authority) refused(j *job, o Outcome) (found, error) {
	if o.State == Revoked {
		o.Code, o.Reason = "revoked", "удостоверяющий центр прекратил действие сертификата до его выдачи"
	}
	if !opens(j, workflow.RefuseByCA) {
		return found{}, Permanent(fmt.Errorf("ra: request %s: the CA refused the order with the code %q, for which the process has no way on", j.request.ID, o.Code))
	}
	return found{
		on: workflow.RequestVerified, fire: workflow.RefuseByCA,
		attach: []attachment{{
			kind: RefusalExhibit, media: mediaText, note: o.Reason,
			data: fmt.Appendf(nil, "%s\n%s\n%s\n", j.task.Key, o.Code, o.Reason),
		}},
	}, nil
}

// opens reports whether the system may fire an event where the request stands.
func opens(j *job, event workflow.Event) bool {
	for _, s := range j.process.Open(j.request.State, workflow.System) {
		if s.On == event {
			return true
		}
	}
	return false
}
