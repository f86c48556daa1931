package workflow

import "fmt"

// An Invariant is something no process may let a request do without: I1 to I8
// before a request goes to the authority, I9 to I12 before it is completed.
type Invariant int

const (
	I1  Invariant = iota + 1 // the form is valid
	I2                       // state registers confirm the data (63-FZ, article 18, part 2.2)
	I3                       // the required documents are accepted
	I4                       // the person is identified (63-FZ, article 18, part 1)
	I5                       // the certificate request proves possession of the key
	I6                       // the application is signed and accepted
	I7                       // the payment is settled
	I8                       // the authority to act for the owner is confirmed
	I9                       // the certificate matches the request
	I10                      // the owner has acknowledged the content (63-FZ, article 18, part 3)
	I11                      // the certificate is written beside its key and read back
	I12                      // whoever accepted the documents did not upload them
)

// invariants gives each invariant its evidence and the state it guards.
var invariants = [...]struct {
	needs  Evidence
	before State
}{
	I1:  {FormValid, Issuing},
	I2:  {RegistersConfirmed, Issuing},
	I3:  {DocumentsAccepted, Issuing},
	I4:  {IdentityProofed, Issuing},
	I5:  {RequestVerified, Issuing},
	I6:  {ApplicationAccepted, Issuing},
	I7:  {PaymentSettled, Issuing},
	I8:  {AuthorityConfirmed, Issuing},
	I9:  {CertificateMatches, Completed},
	I10: {AcknowledgementAccepted, Completed},
	I11: {CertificateInstalled, Completed},
	I12: {DutiesSeparated, Completed},
}

func (i Invariant) known() bool { return I1 <= i && i <= I12 }

// Evidence returns the evidence that shows the invariant, or "" if there is no
// such invariant.
func (i Invariant) Evidence() Evidence {
	if !i.known() {
		return ""
	}
	return invariants[i].needs
}

// Before returns the state no request may enter without the invariant: Issuing
// or Completed. It is "" if there is no such invariant.
func (i Invariant) Before() State {
	if !i.known() {
		return ""
	}
	return invariants[i].before
}

// String returns the number as the documents write it: "I4".
func (i Invariant) String() string { return fmt.Sprintf("I%d", int(i)) }

// MarshalText returns String; it makes invariants readable in JSON.
func (i Invariant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (i *Invariant) UnmarshalText(text []byte) error {
	var n int
	if _, err := fmt.Sscanf(string(text), "I%d", &n); err != nil || Invariant(n).String() != string(text) {
		return fmt.Errorf("workflow: invariant %q: want a number such as I4", text)
	}
	*i = Invariant(n)
	return nil
}
