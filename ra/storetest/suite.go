// Package storetest is what every store of requests is tested by: the
// sentences of ra.Store as tests, and [Memory], a store that is plain enough
// to be right by reading.
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) ra.Store { return openMine(t) })
//	}
//
// It imports nothing but the standard library and the module itself, so that
// stores of others can use it.
package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// Run tests a store. Open returns a new, empty one and sees to it that it is
// closed when the test ends.
func Run(t *testing.T, open func(t *testing.T) ra.Store) {
	for _, c := range []struct {
		name string
		test func(x *bench)
	}{
		{"records", testRecords},
		{"a change is whole", testWhole},
		{"conflicts", testConflicts},
		{"refusals in their order", testOrder},
		{"claims", testClaims},
		{"commands", testCommands},
		{"documents", testBlobs},
		{"journal in pages", testHistory},
		{"timers", testTimers},
		{"tasks", testTasks},
		{"settling", testSettle},
		{"what falls due next", testNext},
		{"waking", testWoken},
		{"lists", testLists},
		{"names", testNames},
		{"pages", testPages},
		{"expedited", testExpedited},
		{"expedited in pages", testExpeditedPages},
		{"audit trail", testTrail},
		{"erasing", testErase},
		{"a context that has ended", testEnded},
		{"one winner", testOneWinner},
		{"one worker", testOneWorker},
		{"one sealer", testOneSealer},
		{"one holder", testOneHolder},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(&bench{t, context.Background(), open(t)}) })
	}
}

// RunDurable tests that what a store has saved is there when it is opened
// anew. Reopen closes the store and returns it opened again.
func RunDurable(t *testing.T, open func(t *testing.T) ra.Store, reopen func(t *testing.T, s ra.Store) ra.Store) {
	x := &bench{t, context.Background(), open(t)}
	x.save(born("a"))
	x.save(full("a", 1))
	before := x.everything("a")
	x.Store = reopen(t, x.Store)
	x.same("after reopening", x.everything("a"), before)
	x.save(moved("a", 2))
	x.Store = reopen(t, x.Store)
	if r := x.load("a"); r.Version != 3 {
		t.Errorf("got version %d, want 3", r.Version)
	}
}

// bench is a store under test.
type bench struct {
	*testing.T
	ctx context.Context
	ra.Store
}

// start is when everything here begins.
var start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return start.Add(d) }

// row is a request of the given version.
func row(id ra.ID, version int64) *ra.Row {
	return &ra.Row{
		ID: id, Version: version, Process: "process", Definition: "definition", State: workflow.Draft, Queue: workflow.Applicant,
		Created: start, Updated: after(time.Duration(version) * time.Second),
		Terms: ra.Terms{Name: "иванов иван иванович", INN: "500100732259", SNILS: "11223344595"},
		Key:   []byte("key of " + id), Data: fmt.Appendf(nil, "request %s at %d", id, version),
	}
}

// born is the change that makes a request: one line, a task, a timer.
func born(id ra.ID) *ra.Change {
	c := moved(id, 0)
	c.Tasks = []ra.Task{task(id, workflow.SendLink, 1)}
	c.Timers = []ra.Timer{{Request: id, Name: ra.TimerLate, Seq: 1, Due: after(time.Hour)}}
	return c
}

// moved is the change that adds a line to a request of the given version, and
// clears its timers.
func moved(id ra.ID, base int64) *ra.Change {
	c := written(id, base)
	c.Moved = true
	return c
}

// written is the change that adds a line.
func written(id ra.ID, base int64) *ra.Change {
	return &ra.Change{
		Row: row(id, base+1), Base: base,
		Lines:  []ra.Line{{Request: id, Seq: base + 1, At: after(time.Duration(base) * time.Second), Data: fmt.Appendf(nil, "line %d of %s", base+1, id)}},
		Leaves: [][]byte{fmt.Appendf(nil, "leaf %d of %s", base+1, id)},
	}
}

// full is a change with all that a change may have, on a request of the given
// version.
func full(id ra.ID, base int64) *ra.Change {
	c := moved(id, base)
	c.Blobs = []ra.Blob{{Name: "document of " + string(id), Data: []byte("document")}}
	c.Tasks = []ra.Task{task(id, workflow.AskRegisters, base+1), task(id, workflow.NotifyApplicant, base+1)}
	c.Claims = []string{"claim of " + string(id)}
	c.Timers = []ra.Timer{
		{Request: id, Name: ra.TimerLate, Seq: base + 1, Due: after(2 * time.Hour)},
		{Request: id, Name: ra.TimerRemind, Seq: base + 1, Due: after(90 * time.Minute)},
	}
	c.Command = &ra.Command{Key: "command of " + string(id), Request: id, Answer: []byte("answer"), At: start}
	return c
}

func task(id ra.ID, effect workflow.Effect, seq int64) ra.Task {
	return ra.Task{
		Key: fmt.Sprintf("%s/%s/%d", id, effect, seq), Request: id, Effect: effect, Seq: seq,
		State: ra.TaskIntended, Due: start,
	}
}

func (x *bench) save(c *ra.Change) {
	x.Helper()
	if err := x.Save(x.ctx, c); err != nil {
		x.Fatalf("save: %v", err)
	}
}

func (x *bench) load(id ra.ID) *ra.Row {
	x.Helper()
	return must[*ra.Row](x, "load")(x.Load(x.ctx, id))
}

// must returns the value of a call that may not fail.
func must[T any](x *bench, what string) func(T, error) T {
	x.Helper()
	return func(v T, err error) T {
		x.Helper()
		if err != nil {
			x.Fatalf("%s: %v", what, err)
		}
		return v
	}
}

func (x *bench) same(what string, got, want any) {
	x.Helper()
	if !reflect.DeepEqual(got, want) {
		x.Errorf("%s: got\n%+v, want\n%+v", what, got, want)
	}
}

// missing fails the test unless the error is ra.ErrNotFound.
func (x *bench) missing(what string, err error) {
	x.Helper()
	if !errors.Is(err, ra.ErrNotFound) {
		x.Errorf("%s: got %v, want ErrNotFound", what, err)
	}
}

// refused fails the test unless the error is of the type asked for.
func refused[E error](x *bench, what string, err error) (typed E) {
	x.Helper()
	if !errors.As(err, &typed) {
		x.Fatalf("%s: got %v, want a %T", what, err, typed)
	}
	return typed
}

// state is all that a store tells about a request.
type state struct {
	Row     *ra.Row
	Lines   []ra.Line
	Tasks   []ra.Task
	Timers  []ra.Timer
	Leaves  []ra.Leaf
	Blob    string
	Command *ra.Command
}

func (x *bench) everything(id ra.ID) (s state) {
	x.Helper()
	var err error
	if s.Row, err = x.Load(x.ctx, id); errors.Is(err, ra.ErrNotFound) {
		s.Row, err = nil, nil
	} else if err == nil {
		s.Lines, err = x.History(x.ctx, id, 0, 1000)
	}
	if err != nil {
		x.Fatal(err)
	}
	s.Tasks = must[[]ra.Task](x, "tasks")(x.Tasks(x.ctx, id))
	timers, _, err := x.Due(x.ctx, after(1000*time.Hour), 1000)
	if err != nil {
		x.Fatal(err)
	}
	for _, t := range timers {
		if t.Request == id {
			s.Timers = append(s.Timers, t)
		}
	}
	for _, l := range must[[]ra.Leaf](x, "unsealed")(x.Unsealed(x.ctx, 1000)) {
		if l.Request == id {
			s.Leaves = append(s.Leaves, l)
		}
	}
	if data, err := x.Blob(x.ctx, "document of "+string(id)); err == nil {
		s.Blob = string(data)
	} else if !errors.Is(err, ra.ErrNotFound) {
		x.Fatal(err)
	}
	if s.Command, err = x.Command(x.ctx, "command of "+string(id)); err != nil && !errors.Is(err, ra.ErrNotFound) {
		x.Fatal(err)
	}
	return s
}
