package ra

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/workflow"
)

// sendToCA has the certificate issued, once. From the second attempt on it is
// not known whether the CA got the order, so the CA is asked what became of
// the key before anything is submitted again.
func (a *Authority) sendToCA(ctx context.Context, j *job) (found, error) {
	if !wanted(j.process, j.request, workflow.CertificateMatches) {
		return found{}, nil
	}
	request, err := a.pkcs10(ctx, j.request)
	if err != nil {
		return found{}, err
	}
	identity, ok := j.request.Evidence(workflow.IdentityProofed)
	if !ok || identity.Identification == nil {
		return found{}, fmt.Errorf("ra: request %s: identity is not established", j.request.ID)
	}
	outcome := Outcome{State: Unknown}
	if j.task.Attempt > 1 {
		if outcome, err = a.cfg.CA.Find(ctx, j.task.Key); err != nil {
			return found{}, err
		}
	}
	if outcome.State == Unknown {
		if outcome, err = a.cfg.CA.Submit(ctx, j.task.Key, Order{request, *identity.Identification}); err != nil {
			return found{}, err
		}
	}
	switch outcome.State {
	case Pending:
		return found{again: max(outcome.RetryAt.Sub(j.now), a.cfg.Poll)}, nil
	case Refused:
		return found{on: workflow.RequestVerified, fire: workflow.RefuseByCA}, nil
	case Issued:
		if err := a.checkIssued(outcome.Certificate, request, j.now); err != nil {
			return found{}, err
		}
		return found{
			on:     workflow.RequestVerified,
			attach: []attachment{{kind: CertificateExhibit, media: mediaCertificate, data: outcome.Certificate}},
			record: []Held{{
				Evidence: workflow.CertificateMatches, Exhibit: hashOf(outcome.Certificate),
				Note: "ключ и имя те же, что в запросе; подпись удостоверяющего центра верна",
			}},
		}, nil
	}
	return found{}, fmt.Errorf("ra: the CA answers with an unknown state %q", outcome.State)
}

// CertificateError says why a certificate that the CA issued does not count.
// Nothing of it was recorded.
type CertificateError struct{ Err error } // a *csr.MatchError, a *csr.ChainError …

func (e *CertificateError) Error() string {
	return fmt.Sprintf("ra: the CA's certificate is refused: %v", e.Err)
}

func (e *CertificateError) Unwrap() error { return e.Err }

// checkIssued is the distrust of the CA: the certificate must be for the
// request's key and subject and verify under a configured issuer.
func (a *Authority) checkIssued(der []byte, request *csr.Request, at time.Time) error {
	cert, err := a.cfg.Algorithms.ParseCertificate(der)
	if err == nil {
		err = cert.Matches(request)
	}
	if err == nil {
		_, err = a.cfg.Algorithms.VerifyChain(cert, csr.Chain{Anchors: a.cfg.Issuers, At: at})
	}
	if err != nil {
		return &CertificateError{err}
	}
	return nil
}

// revokeCertificate has the certificate revoked that an arrow gave up: its
// key is lost, or it was never taken into use.
func (a *Authority) revokeCertificate(ctx context.Context, j *job) (found, error) {
	key, err := a.orderKey(ctx, j.request.ID)
	if err != nil {
		return found{}, err
	}
	if _, err := a.cfg.CA.Revoke(ctx, key, Revocation{Reason: cessationOfOperation, At: j.now}); err != nil {
		return found{}, err
	}
	return found{}, nil
}

// cessationOfOperation is the CRLReason of a certificate that is given up
// (RFC 5280, section 5.3.1).
const cessationOfOperation = 5

// orderKey is the key of the request's latest order: it is made of the
// journal entry that ordered send_to_ca.
func (a *Authority) orderKey(ctx context.Context, id ID) (string, error) {
	entries, err := a.cfg.Store.History(ctx, id)
	if err != nil {
		return "", err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		if e := entries[i]; e.Kind == Moved && e.To == workflow.Issuing {
			return fmt.Sprintf("%s/%s/%d", id, workflow.SendToCA, e.Seq), nil
		}
	}
	return "", errors.New("ra: request " + string(id) + " was never sent to a CA")
}
