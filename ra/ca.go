package ra

import (
	"context"
	"encoding/asn1"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

// CA is a certification authority as the registration authority sees it: a
// conversation that may take days. The CA is not trusted: what it issues is
// compared with the request before it counts.
//
// Every method is told the key of the order, any text; keys that differ in
// anything are different orders. An error means that nothing is known of the
// outcome; the authority then asks Find before it sends anything again. One
// marked with [Permanent] says that to ask again is of no use.
//
// A connector keeps the contract if it passes catest.Run.
type CA interface {
	// Submit hands over a request under a key. The same key never issues
	// twice: a second Submit answers as the first did, as far as the order
	// has come since, whatever it asks for.
	Submit(ctx context.Context, key string, order Order) (Outcome, error)
	// Find tells what became of a key: Unknown if the CA never took it, and
	// then a Submit is still free to be made. Once there is a certificate,
	// every outcome has it, whatever became of it.
	Find(ctx context.Context, key string) (Outcome, error)
	// Answer gives what an outcome of NeedsSignature or NeedsCorrection asked
	// for. If nothing was asked, or the answer was given, nothing changes.
	Answer(ctx context.Context, key string, a Answer) (Outcome, error)
	// Revoke ends, suspends or resumes the certificate that a key led to, and
	// answers what it is then; Pending, if that takes time: it is repeated
	// until it is done, which is no error. What has ended stays so. An order
	// that has no certificate yet is withdrawn by ActRevoke: Refused in the
	// end, or Revoked if the certificate could not be stopped.
	Revoke(ctx context.Context, key string, r Revocation) (Outcome, error)
}

// Route says which CA serves which requests. Required: Name, CA and Issuers.
// A route that has orders stays configured: their certificates are revoked by
// it.
type Route struct {
	Name    string // recorded with the order, which stays with the CA it was sent to
	Process string // name; "": any
	Partner string // the organisation whose people began the request; "": any
	CA      CA
	Issuers []*csr.Certificate // what its certificates must verify under
	// Lint refuses certificates that break a rule of csr/qualified of
	// severity error.
	Lint bool
}

// Order is what a CA is asked to issue.
type Order struct {
	Request        *csr.Request             // possession proven, subject confirmed
	Identification qualified.Identification // how the owner was identified
	// Purposes are what extKeyUsage names, no more and no less. None: as the
	// CA has it.
	Purposes []asn1.ObjectIdentifier
	// Licence asks for the licence of the signature tool to be in the
	// certificate.
	Licence bool
}

// OutcomeState is where a CA's conversation stands.
type OutcomeState string

// States of an Outcome.
const (
	Unknown         OutcomeState = "unknown"          // the CA has no such key
	Pending         OutcomeState = "pending"          // ask again at RetryAt
	NeedsSignature  OutcomeState = "needs_signature"  // the owner has to sign Document
	NeedsCorrection OutcomeState = "needs_correction" // Fields and Documents have to be given anew, see Reason
	Issued          OutcomeState = "issued"           // Certificate is set
	Refused         OutcomeState = "refused"          // Code and Reason are set; final
	Suspended       OutcomeState = "suspended"        // the certificate is on hold
	Revoked         OutcomeState = "revoked"          // the certificate has ended; final
)

// Outcome is a CA's answer.
type Outcome struct {
	State       OutcomeState
	Certificate []byte    // DER
	Document    []byte    // what the owner has to sign
	Media       string    // MIME type of Document
	Fields      []string  // of the form, by their JSON names
	Documents   []string  // kinds of exhibits
	Code        string    // the CA's own code of a refusal
	Reason      string    // in Russian, for people; no personal data
	RetryAt     time.Time // for Pending; zero: the authority chooses
}

// Answer is what a CA has asked for.
type Answer struct {
	Signature []byte            // detached CMS over Outcome.Document, DER
	Fields    map[string]string // corrected, by their JSON names
	Documents map[string][]byte // anew, by kind
}

// Revocation says what happens to a certificate and why.
type Revocation struct {
	Action RevocationAction
	Reason csr.Reason // of ActRevoke
	At     time.Time
	// InvalidSince is since when the key is suspect, of ActRevoke: invalidityDate
	// of RFC 5280, section 5.3.2. Zero: not said.
	InvalidSince time.Time
}

// RevocationAction is what Revoke does.
type RevocationAction int

// What Revoke does.
const (
	ActRevoke  RevocationAction = iota // for good
	ActSuspend                         // certificateHold
	ActResume                          // the end of a suspension; no error where there is none
)
