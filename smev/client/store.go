package client

import (
	"context"
	"errors"
	"time"

	"github.com/surguch/surguch/smev"
)

// ErrNotFound is what a Store returns for a message it does not have.
var ErrNotFound = errors.New("smev/client: not in the store")

// State says how far a message of ours has got. Stored: never renumbered.
type State int

// The states of a message.
const (
	Prepared State = 1 // kept here; SMEV may or may not have it
	Accepted State = 2 // SMEV has it
	Refused  State = 3 // SMEV refused it for good and does not have it
)

// Sent is a message of ours as it was filed: an inquiry, or the reply to one.
// It carries personal data.
type Sent struct {
	Key       string // of the caller; of a reply, ReplyKey of the request
	MessageID string // the id Ask returns
	State     State
	Check     smev.Check   // "" of messages that are no inquiry of a Kind
	Namespace string       // of the kind of information it was built in
	Subject   smev.Subject // of an inquiry of a Kind
	Digest    string       // of what was to be sent, where there is no Subject: SHA-256, hexadecimal
	Envelope  []byte       // exactly the bytes sent, the same at every attempt
	Files     []File       // on their way to the file store
	MadeAt    time.Time
}

// File is a file of SMEV's file store.
type File struct {
	ID   string // UUID under which the message refers to it
	Name string
	Data []byte
}

// Role says what a received message is. Stored: never renumbered.
type Role int

// The roles of received messages.
const (
	Response Role = 1 // of a provider, or of SMEV in its place
	Status   Role = 2 // of the asynchronous checks of SMEV
	Request  Role = 3 // of somebody who asks us
)

// Received is a message taken from a queue of SMEV. It carries personal data.
type Received struct {
	MessageID         string
	Role              Role
	OriginalMessageID string // the message of ours it answers; "" of a Request
	Envelope          []byte // as received when it came first, parts of MTOM put in their places
	Files             []File // fetched from the file store
	ReceivedAt        time.Time
	Distrust          string // why it was not accepted: a word of SignatureError.Reason; "": it was
}

// Store remembers messages. When a method returns nil, what it was given
// survives a crash of the process; [Memory] alone is exempt. Methods are safe
// for concurrent use, also by several processes on one store, and keep no
// reference to what they take or return. A store of one's own is tested by
// package storetest.
type Store interface {
	// Put makes s the message of the key s.Key, in one atomic step, if the
	// message that key has now is called was ("" means none), and returns the
	// message the key has afterwards, s or another; the zero value if it has
	// none. Messages that a later one replaced are still found by Get. To put
	// the message of the key again changes it: its State, as a rule.
	Put(ctx context.Context, s Sent, was string) (Sent, error)
	// Get returns the message with this id, or ErrNotFound.
	Get(ctx context.Context, id string) (Sent, error)
	// Keep adds a received message. One whose MessageID is there already in
	// the same role changes nothing.
	Keep(ctx context.Context, r Received) error
	// Answers returns the responses and statuses kept for a message of ours,
	// in the order they were kept.
	Answers(ctx context.Context, original string) ([]Received, error)
	// Requests returns up to limit requests of others, in the order they were
	// kept, to which there is no reply yet that SMEV has or has refused: no
	// message under ReplyKey, or a prepared one. Those with a Distrust are
	// left out.
	Requests(ctx context.Context, limit int) ([]Received, error)
	// Strays returns up to limit received messages that nobody will ask for,
	// in the order they were kept: those with a Distrust, and responses and
	// statuses to no message of the store.
	Strays(ctx context.Context, limit int) ([]Received, error)
	// Forget removes all messages of a key, with the responses and statuses
	// to them; of a ReplyKey, the request as well. Nothing of them is left.
	Forget(ctx context.Context, key string) error
}

// ReplyKey is the key of the reply to a request.
func ReplyKey(request string) string { return "reply/" + request }
