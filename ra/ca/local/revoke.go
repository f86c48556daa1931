package local

import (
	"context"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
)

// Revoke ends, suspends or resumes the certificate of the key, from the time
// given, or from now on if that is zero or has not come. A certificate that
// has ended stays so: what is said of it afterwards is not recorded.
func (ca *CA) Revoke(_ context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	outcome, err := ca.find(key)
	if err != nil {
		return ra.Outcome{}, err
	}
	now := ca.now()
	at := r.At.UTC().Truncate(time.Second)
	if r.At.IsZero() || at.After(now) {
		at = now
	}
	l := line{Kind: lineState, Key: key, At: at}
	switch r.Action {
	case ra.ActRevoke:
		if err := checkReason(r.Reason); err != nil {
			return ra.Outcome{}, ra.Permanent(err)
		}
		l.State, l.Why, l.Invalid = ra.Revoked, r.Reason, r.InvalidSince.UTC().Truncate(time.Second)
	case ra.ActSuspend:
		l.State, l.Why = ra.Suspended, csr.ReasonCertificateHold
	case ra.ActResume:
		l.State = ra.Issued
	default:
		return ra.Outcome{}, ra.Permanent(fmt.Errorf("local: revoke: no such action: %d", r.Action))
	}
	switch outcome.State {
	case l.State: // already
		return outcome, nil
	case ra.Issued, ra.Suspended:
		if err := ca.write(&l); err != nil {
			return ra.Outcome{}, err
		}
		return ca.find(key)
	}
	return outcome, nil // unknown, refused, revoked for good
}

// checkReason refuses the reasons that do not end a certificate (RFC 5280,
// section 5.3.1): a hold may be lifted, and what is removed from a list is
// valid again.
func checkReason(r csr.Reason) error {
	if r == csr.ReasonCertificateHold || r == csr.ReasonRemoveFromCRL || r > csr.ReasonAACompromise || r == 7 {
		return fmt.Errorf("local: revoke: %v ends no certificate", r)
	}
	return nil
}

func (ca *CA) now() time.Time { return ca.cfg.Clock.Now().UTC().Truncate(time.Second) }
