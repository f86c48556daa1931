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
	// CheckPassport: the passport is valid and, with PassportP002, belongs to
	// this person.
	CheckPassport Check = "passport"
	// CheckSNILS: the SNILS belongs to this person.
	CheckSNILS Check = "snils"
	// CheckSNILSSearch: the SNILS of this person, found by other data.
	CheckSNILSSearch Check = "snils_search"
	// CheckINN: the INN belongs to the holder of this passport.
	CheckINN Check = "inn"
	// CheckINNSearch: the INN of the holder of this passport, found by it.
	CheckINNSearch Check = "inn_search"
)

// The checks of organisations and sole traders.
const (
	// CheckEGRUL: the organisation exists and acts, its data are as given, and
	// the person heads it.
	CheckEGRUL Check = "egrul"
	// CheckEGRIP: the person is a sole trader.
	CheckEGRIP Check = "egrip"
)

// CheckESIACertificate reports an issued certificate to ESIA, which confirms
// that it has been registered.
const CheckESIACertificate Check = "esia_certificate"

// Inquiry asks one register about one subject.
type Inquiry struct {
	// Key identifies the inquiry at the caller, for instance request id,
	// check and attempt. It carries no personal data, for it is stored and
	// may be logged. Required.
	Key string
	// Check is what is confirmed. Required.
	Check Check
	// Subject is the person and what belongs to the person. Each check needs
	// some of its fields; see the constructors of the kinds.
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
	// Text is a Russian sentence for people, or several. It quotes no datum of
	// the applicant.
	Text string
	// Found holds what the register gave beyond a yes or no, by field of the
	// applicant's form: an INN or SNILS found by other data, the names and
	// numbers of an organisation. Personal data. Empty for most kinds.
	Found Found
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
	ReceivedAt        time.Time // by us, by our clock
	SMEVSigner        []byte    // certificate (DER) that SMEV signed the envelope with; empty if nobody checked
	SenderSigner      []byte    // certificate (DER) that the register signed the answer with; empty if it signed nothing or nobody checked
}

// Emulator is the sender mnemonic under which a simulator answers. Nothing it
// says is evidence about a person: an authority that issues real certificates
// refuses an answer whose Evidence.Provider is this.
const Emulator = "EMU"
