package ra

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Store keeps requests, the work that is due for them, and the audit trail.
// What is personal arrives sealed or in columns that erasing clears; a store
// understands none of it. Implementations share the suite of package
// storetest; sqlstore is the one that comes with the module.
type Store interface {
	Records
	Lists
	Agenda
	Trail
}

// Records are requests, their journals and their documents.
type Records interface {
	// Save writes a change wholly or not at all and durably: when it returns
	// nil, a power cut does not undo it. If it cannot be made as it stands
	// nothing is written, and the error is a *ConflictError if the stored
	// request is not at Change.Base (0: does not exist) or Change.Settle is
	// no longer as given, a *ClaimedError if another request holds one of
	// Change.Claims, a *RepeatedError if Change.Command has been carried out.
	Save(ctx context.Context, c *Change) error
	// Load returns a request. ErrNotFound if there is none.
	Load(ctx context.Context, id ID) (*Row, error)
	// History returns the journal from the line after the given one on, at
	// most limit lines. ErrNotFound if there is no such request.
	History(ctx context.Context, id ID, after int64, limit int) ([]Line, error)
	// Claimed returns the request that holds a claim. ErrNotFound if none does.
	Claimed(ctx context.Context, claim string) (ID, error)
	// Blob returns a document by its name. ErrNotFound if there is none.
	Blob(ctx context.Context, name string) ([]byte, error)
	// Command returns a command by its key. ErrNotFound if it was never
	// carried out, or so long ago that it was swept away.
	Command(ctx context.Context, key string) (*Command, error)
}

// Lists are what people work from.
type Lists interface {
	// Page returns the requests that a query finds, in its order.
	Page(ctx context.Context, q Query) ([]*Row, error)
	// Definitions returns the definitions that requests under way are pinned
	// to, those with a Queue, each once.
	Definitions(ctx context.Context) ([]string, error)
	// Sweep forgets commands from before the given time, and returns how many
	// there were.
	Sweep(ctx context.Context, before time.Time) (int, error)
}

// Agenda is the work that is due: effects and timers.
type Agenda interface {
	// Claim takes up to limit tasks that are due, those expedited first and
	// then the oldest, for one attempt each: Attempt is raised and Due set to now plus lease, durably.
	// A task that another worker holds is due again when its lease is over.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Task, error)
	// ClaimOne is Claim for one task. ErrNotDue and the task as it is, if it
	// is not to be done, or not yet; ErrNotFound if there is none.
	ClaimOne(ctx context.Context, key string, now time.Time, lease time.Duration) (*Task, error)
	// Settle replaces a claimed task without touching its request: another
	// attempt later, or giving up. A *ConflictError, and nothing written, if
	// somebody else has claimed it since.
	Settle(ctx context.Context, claimed, after Task) error
	// Tasks returns the tasks of a request in the order they were ordered,
	// those that are done included.
	Tasks(ctx context.Context, id ID) ([]Task, error)
	// Due returns up to limit timers that have run out, the oldest first, and
	// the time at which the next timer or task falls due (zero: nothing).
	Due(ctx context.Context, now time.Time, limit int) ([]Timer, time.Time, error)
	// Woken returns a channel that gets a value after Save has ordered work
	// in this process. It may be nil, and it may be woken for nothing.
	Woken() <-chan struct{}
}

// Trail is the audit trail: leaves that Save appended, and the trees that are
// built over them.
type Trail interface {
	// Unsealed returns up to limit leaves that have no place in the tree yet,
	// in an order that later calls keep.
	Unsealed(ctx context.Context, limit int) ([]Leaf, error)
	// Seal gives leaves their places and stores the checkpoint over the tree
	// of that size. A *ConflictError if somebody has sealed since.
	Seal(ctx context.Context, leaves []Leaf, c Checkpoint) error
	// Leaves returns up to limit sealed leaves from a place on.
	Leaves(ctx context.Context, from int64, limit int) ([]Leaf, error)
	// Checkpoints returns up to limit checkpoints over trees larger than
	// after, the smallest first.
	Checkpoints(ctx context.Context, after int64, limit int) ([]Checkpoint, error)
	// Last returns the newest checkpoint; one of size 0 if there is none.
	Last(ctx context.Context) (Checkpoint, error)
}

// Row is a request as it is stored: the columns that queries ask for, and the
// whole of it as the authority encodes it.
type Row struct {
	ID         ID
	Version    int64
	Process    string
	Definition string // hash of the process version it is pinned to; also its blob
	State      workflow.State
	Queue      workflow.Role // who must act; "" in a final place
	Partner    string
	Assignee   string
	Trouble    bool // an effect has failed for good and a human is needed
	Expedited  bool // comes before others in its queue
	Created    time.Time
	Updated    time.Time
	Terms      Terms
	Key        []byte // the case's key, wrapped; nil: not sealed
	Data       []byte // sealed under Key
}

// Terms are what a request is found by: normalised as [Normalise] does, so
// that every store finds the same. Erasing clears them.
type Terms struct {
	Name  string // of the owner and his organisation
	INN   string
	SNILS string
}

// Line is one entry of a journal as it is stored.
type Line struct {
	Request ID
	Seq     int64
	At      time.Time
	Data    []byte // sealed as the request is
}

// Change is one transaction: everything that one command does.
type Change struct {
	Row    *Row     // as it is afterwards
	Base   int64    // its version before; 0: it is new
	Lines  []Line   // numbered Base+1 … Row.Version
	Leaves [][]byte // of the audit trail, one for each line
	Blobs  []Blob   // documents and process definitions, by name
	Tasks  []Task   // effects to run
	Claims []string // names that at most one request may hold, for ever

	// Moved says that the timers the request had are gone, as when it enters
	// a place, and Timers take their place.
	Moved  bool
	Timers []Timer

	// Rang is a timer that is over. It is gone afterwards unless another of
	// its name stands there by now.
	Rang *Timer

	// Settle is a task that this change brings forward, exactly as it was
	// claimed, and After what it is then.
	Settle *Task
	After  *Task

	// Command is what the caller asked for, if he gave it a key.
	Command *Command

	// Erase says that the case ends for ever: Row holds nothing personal any
	// more, and the store forgets the data of all lines before these, the
	// commands and the notes of the tasks of the request, its claims, and the
	// documents of Forget. When Save returns, none of it is left in any file
	// of the store, freed pages and logs included.
	Erase  bool
	Forget []string // names of blobs
}

// Blob is a document by its name: the hash of what was stored (SHA-256,
// hexadecimal).
type Blob struct {
	Name string
	Data []byte
}

// TaskState says what became of a task.
type TaskState string

// States of a task. Every task ends in one of the last three.
const (
	TaskIntended TaskState = "intended" // to be done, or being done
	TaskDone     TaskState = "done"     // the result is recorded
	TaskFailed   TaskState = "failed"   // it cannot be done; a human was told
	TaskUnknown  TaskState = "unknown"  // it may have been done; a human was told
)

// Task is an effect to run. Its key is given to the outside world, which does
// under one key at most once what is asked.
type Task struct {
	Key      string // request/effect/number of the entry that asked for it
	Request  ID
	Effect   workflow.Effect
	Seq      int64 // of the entry that asked for it
	State    TaskState
	Attempt  int // times begun; tells a late worker from the present one
	Failures int // attempts in a row that failed
	// Expedited: taken before others that are due.
	Expedited bool
	Due       time.Time // not before; while an attempt runs, when another may take over
	Note      []byte    // what the effect must remember between attempts
	Error     string    // of the last attempt; no personal data
}

// Timer is a time at which something befalls a request that still rests in
// its place. A request has one timer of a name.
type Timer struct {
	Request ID
	Name    string // TimerLate, TimerRemind
	Seq     int64  // of the entry that set it
	Due     time.Time
}

// Names of timers.
const (
	TimerLate   = "late"   // the place's Late event
	TimerRemind = "remind" // whoever must act is reminded; nothing else happens
	TimerStale  = "stale:" // with the evidence behind it: it does not count any more and is established anew
)

// Command is what a caller asked for under a key of his own, and the answer.
type Command struct {
	Key     string
	Request ID
	Answer  []byte // with what was asked, as the authority encodes it
	At      time.Time
}

// Leaf is one entry of the audit trail. Its body holds no personal data, only
// commitments to them.
type Leaf struct {
	ID      int64 // by which the store knows it; of no other meaning
	Place   int64 // in the tree, from 0; -1: none yet
	Request ID
	Seq     int64 // of the journal's line it is about
	Body    []byte
}

// Checkpoint is a signed statement about the tree of a size.
type Checkpoint struct {
	Size int64
	Root []byte // of the tree
	Note []byte // the signed statement
	At   time.Time
}

// Query asks for a page of requests: the latest changed last, in a Queue those
// expedited first; or, if Name is given, by the alphabet. The zero value asks
// for all of them.
type Query struct {
	Queue    workflow.Role  // only those that wait for it
	State    workflow.State // only those in it
	Process  string
	Partners []string // only those of one of them; none: of anybody
	Assignee string
	Trouble  bool   // only those with an effect that failed for good
	Name     string // begins with it, normalised
	Contains string // has it somewhere in the name, normalised; three letters at least
	INN      string
	SNILS    string

	After Cursor // the last of the page before
	Limit int    // zero: 50; at most 1000
}

// Cursor is where a page ended. Name and Ordinary count only where pages go by
// them.
type Cursor struct {
	Name     string
	Ordinary bool // the request is not expedited
	Updated  time.Time
	ID       ID
}

var (
	// ErrNotFound says that there is no such request, document or link.
	ErrNotFound = errors.New("ra: not found")
	// ErrNotDue says that a task is done, or another worker has it.
	ErrNotDue = errors.New("ra: the task is not due")
)

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

// RepeatedError says that a command of the same key has been carried out.
type RepeatedError struct {
	Command Command // as it was then
}

func (e *RepeatedError) Error() string { return "ra: a command with this key has been carried out" }
