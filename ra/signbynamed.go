package ra

import (
	"context"
	"errors"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// ErrNotInForce says that a certificate which signed is on hold, has ended, or
// is not known to its CA any more.
var ErrNotInForce = errors.New("the signer's certificate is not in force")

// signByNamed is SignApplication where the request is about a certificate that
// exists: that one signs, and proves who its owner is (law 63-FZ, article 18,
// part 1). Whether it is in force its CA is asked this moment; one to be renewed
// that is not is the end of the request, and its signature does not count.
func (a *Authority) signByNamed(ctx context.Context, p *workflow.Process, r *Request, by Actor, signature []byte) (*Request, error) {
	q := ask{"SignApplication", r.ID, by, signature}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	kind := paper(p)
	application, ok := r.Exhibit(string(kind))
	if !ok || !by.may(q) || by.ofPartner() && !a.sees(by, r) || !wanted(p, r, workflow.SignedByOldKey) {
		return a.step(ctx, q, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
			return nil, &DeniedError{r.ID, by.Role, "sign the application"}
		})
	}
	document, err := a.blob(ctx, r, application.Hash)
	if err != nil {
		return nil, err
	}
	x, err := a.earlier(ctx, &r.Form)
	if err != nil {
		return nil, err
	}
	if err := a.checkOwnSignature(document, signature, x.certificate.Raw); err != nil {
		return nil, &SignatureError{string(kind), err}
	}
	if !x.ofPerson(&r.Form) { // the head applies, the employee signs
		return nil, &SignatureError{string(kind), ErrOtherPerson}
	}
	renews := waitsFor(p, workflow.PredecessorValid)
	var state Held
	if renews {
		state, err = a.predecessor(ctx, x, &r.Form)
	} else {
		var why string
		if why, err = a.unfit(ctx, x); why != "" {
			err = &SignatureError{string(kind), ErrNotInForce}
		}
	}
	if err != nil {
		return nil, err
	}
	return a.step(ctx, q, func(_ context.Context, p *workflow.Process, now *Request) (*move, error) {
		latest, _ := now.Exhibit(string(kind))
		if !wanted(p, now, workflow.SignedByOldKey) || latest.Hash != application.Hash || !sameSerial(now.Form.Certificate, r.Form.Certificate) {
			return nil, &DeniedError{now.ID, by.Role, "sign the application"}
		}
		m := &move{by: by}
		if renews {
			m.record = []Held{state}
			if state.Evidence == workflow.PredecessorUnfit {
				return m, nil
			}
		}
		identified := qualified.ByCertificate
		m.attach = []attachment{{kind: ApplicationSignature, media: mediaCMS, data: signature}}
		for _, h := range []Held{
			{Evidence: workflow.SignedByOldKey, Note: "заявление подписано сертификатом, о котором оно"},
			{Evidence: workflow.IdentityProofed, Note: identified.String(), Identification: &identified},
			{Evidence: workflow.ApplicationAccepted, Note: "подпись верна, сертификат действует"},
		} {
			if h.Evidence == workflow.ApplicationAccepted && !renews {
				continue // a person accepts it, see Attest
			}
			h.Exhibit = hashOf(signature)
			m.record = append(m.record, h)
		}
		return m, nil
	})
}
