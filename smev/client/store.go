package client

import (
	"context"
	"errors"
	"time"

	"github.com/surguch/surguch/smev"
)

// ErrNotFound is what a Store returns for an inquiry it does not have.
var ErrNotFound = errors.New("smev/client: not in the store")

// State says how far an inquiry has got. Stored: never renumbered.
type State int

// The states of an inquiry.
const (
	Prepared State = 1 // kept here; SMEV may or may not have it
	Accepted State = 2 // SMEV has it
	Refused  State = 3 // SMEV refused it for good and does not have it
)

// Sent is an inquiry as it was filed. It carries personal data.
type Sent struct {
	Key       string
	MessageID string // the id Ask returns
	State     State
	Check     smev.Check
	Namespace string // of the kind of information it was built in
	Subject   smev.Subject
	Envelope  []byte // exactly the bytes sent, the same at every attempt
	MadeAt    time.Time
}

// Received is a message taken from the response queue. It carries personal
// data.
type Received struct {
	MessageID         string
	OriginalMessageID string // the inquiry it answers
	Envelope          []byte // exactly the bytes received, when it came first
	ReceivedAt        time.Time
	Stray             bool // answers no inquiry of the store
}

// Store remembers inquiries and answers. When a method returns nil, what it
// was given survives a crash of the process; [Memory] alone is exempt. Methods
// are safe for concurrent use, also by several processes on one store, and
// keep no reference to what they take or return.
type Store interface {
	// Put makes s the inquiry of the key s.Key, in one atomic step, if the
	// inquiry that key has now is called was ("" means none), and returns the
	// inquiry the key has afterwards, s or another. Inquiries that a later
	// one replaced are still found by Get.
	Put(ctx context.Context, s Sent, was string) (Sent, error)
	// Get returns the inquiry with this message id, or ErrNotFound.
	Get(ctx context.Context, id string) (Sent, error)
	// Keep adds a received message. One whose MessageID is there already
	// changes nothing.
	Keep(ctx context.Context, r Received) error
	// Answers returns the messages kept for an inquiry, in the order they
	// were kept.
	Answers(ctx context.Context, original string) ([]Received, error)
	// Strays returns the messages kept with Stray set, in the order they were
	// kept.
	Strays(ctx context.Context) ([]Received, error)
}
