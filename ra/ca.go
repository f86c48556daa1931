package ra

import (
	"context"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

// CA is a certification authority as the registration authority sees it: a
// conversation that may take days. The CA is not trusted: what it issues is
// compared with the request before it counts.
type CA interface {
	// Submit hands over a request under a key. The same key never issues
	// twice: a second Submit answers as the first did. An error means that
	// nothing is known of the outcome; the authority then asks Find.
	Submit(ctx context.Context, key string, order Order) (Outcome, error)
	// Find tells what became of a key: Unknown if the CA never took it.
	Find(ctx context.Context, key string) (Outcome, error)
	// Revoke ends the certificate that a key led to.
	Revoke(ctx context.Context, key string, reason Revocation) (Outcome, error)
}

// Order is what a CA is asked to issue.
type Order struct {
	Request        *csr.Request             // possession proven, subject confirmed
	Identification qualified.Identification // how the owner was identified
}

// OutcomeState is where a CA's conversation stands.
type OutcomeState string

// States of an Outcome.
const (
	Unknown OutcomeState = "unknown" // the CA has no such key
	Pending OutcomeState = "pending" // ask again at RetryAt
	Issued  OutcomeState = "issued"  // Certificate is set
	Refused OutcomeState = "refused" // Reason is set; final
	Revoked OutcomeState = "revoked"
)

// Outcome is a CA's answer.
type Outcome struct {
	State       OutcomeState
	Certificate []byte    // DER
	Reason      string    // in Russian, for people; no personal data
	RetryAt     time.Time // for Pending; zero: the authority chooses
}

// Revocation says why a certificate ends (CRLReason, RFC 5280, section
// 5.3.1).
type Revocation struct {
	Reason int // 1 keyCompromise, 4 superseded, 5 cessationOfOperation …
	At     time.Time
}
