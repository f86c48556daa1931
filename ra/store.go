package ra

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Store keeps requests and the work that is due for them. Implementations
// share one suite of tests; sqlstore is the one that comes with the module.
type Store interface {
	Records
	Tasks
}

// Records are requests, their journals and their documents.
type Records interface {
	// Save writes a change wholly or not at all and durably: when it returns
	// nil, a power cut does not undo it. It returns a *ConflictError, and
	// writes nothing, if the stored request is not at Change.Base (0: does
	// not exist), if Change.Settle is no longer as given, or if another
	// request holds one of Change.Claims (*ClaimedError).
	Save(ctx context.Context, c *Change) error
	// Load returns a request. ErrNotFound if there is none.
	Load(ctx context.Context, id ID) (*Request, error)
	// History returns the journal, from entry 1 on. ErrNotFound if there is
	// no such request.
	History(ctx context.Context, id ID) ([]Entry, error)
	// Blob returns a document by its hash. ErrNotFound if there is none.
	Blob(ctx context.Context, hash string) ([]byte, error)
	// List returns up to limit requests with IDs after the given one, in
	// the order of IDs. "" begins.
	List(ctx context.Context, after ID, limit int) ([]*Request, error)
}

// Tasks are effects not yet done and deadlines not yet met.
type Tasks interface {
	// Due returns up to limit tasks and up to limit deadlines whose time has
	// come, the oldest first, and the time at which the next one after now
	// falls due (zero: nothing waits).
	Due(ctx context.Context, now time.Time, limit int) (Agenda, error)
	// Retask replaces a task by its next form: another attempt, another time,
	// another note. It returns a *ConflictError, and writes nothing, if the
	// stored task is gone or at another attempt than old: somebody else has
	// it.
	Retask(ctx context.Context, old, next Task) error
}

// Change is one transaction: everything that one command does.
type Change struct {
	Request *Request // as it is afterwards
	Base    int64    // its version before; 0: it is new
	Entries []Entry  // numbered Base+1 … Request.Version
	Blobs   []Blob   // documents and process definitions, by hash
	Tasks   []Task   // effects to run
	Claims  []string // names that at most one request may hold, for ever

	// Moved says that the request entered a place: any deadline it had is
	// gone, and Deadline, if set, takes its place.
	Moved    bool
	Deadline *Deadline

	// Settle is a task that this change brings forward, exactly as it was
	// claimed, and Next what follows: nil if it is done.
	Settle *Task
	Next   *Task
}

// Blob is a document by its hash (SHA-256, hexadecimal).
type Blob struct {
	Hash string
	Data []byte
}

// Task is an effect to run. Its key is given to the outside world, which does
// under one key at most once what is asked.
type Task struct {
	Key     string // request/effect/number of the entry that asked for it
	Request ID
	Effect  workflow.Effect
	Attempt int       // times begun
	Due     time.Time // not before; while an attempt runs, when another may take over
	Note    []byte    // what the effect must remember between attempts
	Error   string    // of the last attempt; no personal data
}

// Deadline is when a request must have left its place, and the event that
// befalls it otherwise.
type Deadline struct {
	Request ID
	Event   workflow.Event
	Due     time.Time
}

// Agenda is what is due.
type Agenda struct {
	Tasks     []Task
	Deadlines []Deadline
	Next      time.Time
}

// ErrNotFound says that there is no such request, document or link.
var ErrNotFound = errors.New("ra: not found")

// ConflictError is what the loser of a race gets: somebody changed the
// request or took the task first. Nothing was written; load and try again.
type ConflictError struct {
	Request ID
	Base    int64 // the version the loser started from
	Task    bool  // it is the task that somebody else took
}

func (e *ConflictError) Error() string {
	if e.Task {
		return fmt.Sprintf("ra: request %s: another worker has the task", e.Request)
	}
	return fmt.Sprintf("ra: request %s changed since version %d", e.Request, e.Base)
}

// ClaimedError says that another request holds a name that only one may hold,
// such as a public key.
type ClaimedError struct {
	Request ID // the one that was refused
	Claim   string
}

func (e *ClaimedError) Error() string {
	return fmt.Sprintf("ra: request %s: another request already holds %s", e.Request, e.Claim)
}
