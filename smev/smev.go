package smev

import (
	"context"
	"time"
)

// Verifier confirms data in state registers. Its methods are safe for
// concurrent use and wait only for the network, never for a register.
//
// An error that has the method Temporary() bool and returns true from it is
// worth the same call later; others need a person.
type Verifier interface {
	// Ask files an inquiry and returns its id. It is idempotent by
	// Inquiry.Key: the same key gives the same id and files nothing twice,
	// also when an earlier call failed half way, so the caller repeats a
	// failed Ask with the same inquiry. The same key with another check or
	// subject is an error. A subject that the register cannot be asked about
	// gives a *SubjectError.
	Ask(ctx context.Context, q Inquiry) (id string, err error)

	// Answer returns the final answer to the inquiry id. It returns
	// ErrPending while there is none and ErrUnknown if this id was never
	// filed here; then the caller asks again under the same key. An answer
	// about other data than was asked gives a *MismatchError. The answer to an
	// id never changes once it has been returned.
	Answer(ctx context.Context, id string) (*Answer, error)
}

// Check names what is confirmed. Stored strings: never renamed.
type Check string

// The checks of a natural person.
const (
	CheckPassport Check = "passport" // the passport is valid and belongs to this person
	CheckSNILS    Check = "snils"    // the SNILS belongs to this person
	CheckINN      Check = "inn"      // the INN belongs to the holder of this passport
)

// Inquiry asks one register about one person.
type Inquiry struct {
	// Key identifies the inquiry at the caller, for instance request id,
	// check and attempt. It carries no personal data, for it is stored and
	// may be logged. Required.
	Key string
	// Check is what is confirmed. Required.
	Check Check
	// Subject is the person. Each check needs some of its fields; see the
	// constructors of the kinds.
	Subject Subject
}

// Answer is the final answer to an inquiry.
type Answer struct {
	Check   Check
	Outcome Outcome

	// Reason is a stable code for programs and statistics, such as
	// "mvd_301_601". It is never empty.
	Reason string
	// Fields names the fields of the applicant's form that the outcome is
	// about, as the vendor form calls them: passportSeries, passportNumber,
	// SNILS, INNFL. Empty when the outcome does not concern the applicant.
	Fields []string
	// Text is a Russian sentence for people.
	Text string
	// RetryAt is when to ask again, under a new key, after Unavailable; zero
	// otherwise.
	RetryAt time.Time

	Evidence Evidence
}

// Evidence is what is kept to prove an answer.
type Evidence struct {
	MessageID         string    // of the answer
	OriginalMessageID string    // of the inquiry; the id Ask returned
	SentAt            time.Time // by its sender
	DeliveredAt       time.Time // to us, by the clock of SMEV; by ours if SMEV gave none
	Provider          string    // mnemonic of the sender, Emulator for a simulator
	Namespace         string    // of the kind of information, with its version
	Envelope          []byte    // the response envelope exactly as received
}

// Emulator is the sender mnemonic under which a simulator answers. Nothing it
// says is evidence about a person: an authority that issues real certificates
// refuses an answer whose Evidence.Provider is this.
const Emulator = "EMU"
