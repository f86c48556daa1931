package ra_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// call is what a client asks for. Without an event it reads.
type call struct {
	id    ra.ID
	event workflow.Event
	key   string // of the command; "": none
}

// answer is what he gets.
type answer struct {
	what    string // ok, conflict, refused, reused, or lost: an error that tells nothing
	version int64
	state   workflow.State
}

// one is a request as the model sees it: a version, a place, and the answers
// to the commands that had keys.
type one struct {
	version int64
	state   workflow.State
	done    map[string]keyed
}

type keyed struct {
	event workflow.Event
	answer
}

// opens is where the events of the process quorum lead.
var opens = map[workflow.State]map[workflow.Event]workflow.State{
	workflow.Draft:    {workflow.Submit: workflow.CAReview},
	workflow.CAReview: {workflow.Return: workflow.Draft},
}

// sequential says what a request may answer when it is asked one thing at a
// time. A conflict may always be answered and changes nothing; of a lost
// answer either nothing was done, or what was asked.
var sequential = porcupine.NondeterministicModel{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		byRequest := map[ra.ID][]porcupine.Operation{}
		for _, o := range history {
			id := o.Input.(call).id
			byRequest[id] = append(byRequest[id], o)
		}
		var parts [][]porcupine.Operation
		for _, part := range byRequest {
			parts = append(parts, part)
		}
		return parts
	},
	Init: func() []any { return []any{one{version: 2, state: workflow.Draft}} },
	Step: func(state, input, output any) []any {
		now, in, out := state.(one), input.(call), output.(answer)
		same := []any{now}
		if in.event == "" {
			if out != (answer{"ok", now.version, now.state}) {
				return nil
			}
			return same
		}
		if before, ok := now.done[in.key]; ok && in.key != "" {
			if before.event == in.event && out == before.answer || before.event != in.event && out.what == "reused" || out.what == "lost" {
				return same
			}
			return nil
		}
		to, open := opens[now.state][in.event]
		next := one{now.version + 1, to, now.done}
		if open && in.key != "" {
			next.done = maps.Clone(now.done)
			if next.done == nil {
				next.done = map[string]keyed{}
			}
			next.done[in.key] = keyed{in.event, answer{"ok", next.version, to}}
		}
		switch {
		case out.what == "conflict":
			return same
		case out.what == "refused" && !open:
			return same
		case out.what == "lost" && open:
			return []any{now, next}
		case out.what == "lost":
			return same
		case open && out == (answer{"ok", next.version, to}):
			return []any{next}
		}
		return nil
	},
	Equal: func(a, b any) bool {
		x, y := a.(one), b.(one)
		return x.version == y.version && x.state == y.state && maps.Equal(x.done, y.done)
	},
}

// TestLinearizable has clients fire events on a few requests at once, some
// under keys that they repeat, while the store loses answers. What they got is
// what some order of the calls, one at a time, would have given; and nobody is
// told of a conflict whom no other call met.
func TestLinearizable(t *testing.T) {
	for name, open := range map[string]func(w *world, d *dice) ra.Store{
		"Memory": func(_ *world, d *dice) ra.Store {
			stumble := func(*ra.Change) error {
				runtime.Gosched()
				if d.in(20) {
					return errors.New("the answer is lost, on purpose")
				}
				return nil
			}
			return storetest.NewMemory(storetest.Faults{BeforeSave: stumble, AfterSave: stumble})
		},
		"SQLite": func(w *world, d *dice) ra.Store {
			s, err := sqlstore.Open(w.ctx, filepath.Join(w.t.TempDir(), "linear.db"))
			return &forgetful{opened(t, s, err), d}
		},
	} {
		t.Run(name, func(t *testing.T) {
			total, rounds := 0, long(4, 200)
			for seed := range uint64(rounds) {
				w := newWorld(t)
				total += w.linear(t, open(w, newDice(seed)), seed)
			}
			t.Logf("%d operations in %d histories", total, rounds)
		})
	}
}

// forgetful loses answers of a store.
type forgetful struct {
	ra.Store
	dice *dice
}

func (f *forgetful) Save(ctx context.Context, c *ra.Change) error {
	if f.dice.in(20) {
		return errors.New("the question is lost, on purpose")
	}
	err := f.Store.Save(ctx, c)
	if err == nil && f.dice.in(20) {
		return errors.New("the answer is lost, on purpose")
	}
	return err
}

// linear makes a history and has it checked.
func (w *world) linear(t *testing.T, store ra.Store, seed uint64) int {
	const clients, requests, calls = 8, 3, 60
	p := quorum(1)
	w.reopen(func(c *ra.Config) { c.Store, c.Processes = store, []*workflow.Process{p} })
	var ids []ra.ID
	for range requests {
		ids = append(ids, w.plant(steady{store}, plan{process: p, state: workflow.Draft, evidence: []workflow.Evidence{workflow.FormValid}}))
	}
	var clock atomic.Int64 // of the history; a tick for every call and every return
	histories := make([][]porcupine.Operation, clients)
	var wait sync.WaitGroup
	for client := range clients {
		wait.Go(func() {
			dice := rand.New(rand.NewPCG(seed, uint64(client)))
			for range calls {
				in := call{id: ids[dice.IntN(len(ids))]}
				if dice.IntN(5) > 0 {
					in.event = []workflow.Event{workflow.Submit, workflow.Return}[dice.IntN(2)]
				}
				if in.event != "" && dice.IntN(3) == 0 {
					in.key = fmt.Sprintf("%s %d", in.id, dice.IntN(12))
				}
				began := clock.Add(1)
				out := w.ask(t, in)
				histories[client] = append(histories[client], porcupine.Operation{
					ClientId: client, Input: in, Call: began, Output: out, Return: clock.Add(1),
				})
			}
		})
	}
	wait.Wait()
	var all []porcupine.Operation
	for _, h := range histories {
		all = append(all, h...)
	}
	if got := porcupine.CheckOperationsTimeout(sequential.ToModel(), all, 20*time.Second); got != porcupine.Ok {
		t.Errorf("seed %d: the history is not linearizable: %s", seed, got)
	}
	w.met(t, all)
	for _, id := range ids {
		w.reload(id)
	}
	return len(all)
}

// ask does what a client asks for.
func (w *world) ask(t *testing.T, in call) answer {
	var r *ra.Request
	var err error
	by := ra.Actor{ID: "somebody", Role: workflow.Applicant}
	if in.event == workflow.Return {
		by.Role = workflow.CAOperator
	}
	switch {
	case in.event == "":
		r, err = w.authority.Request(w.ctx, in.id)
	case in.key != "":
		r, err = w.authority.Once(in.key).Fire(w.ctx, in.id, by, in.event)
	default:
		r, err = w.authority.Fire(w.ctx, in.id, by, in.event)
	}
	var conflict *ra.ConflictError
	var refused *workflow.RefusedError
	var reused *ra.ReusedKeyError
	switch {
	case err == nil:
		return answer{"ok", r.Version, r.State}
	case errors.As(err, &conflict):
		return answer{what: "conflict"}
	case errors.As(err, &refused):
		return answer{what: "refused"}
	case errors.As(err, &reused):
		return answer{what: "reused"}
	}
	return answer{what: "lost"}
}

// met: a conflict is told only to somebody whose call another's overlapped
// that changed the request, or may have.
func (w *world) met(t *testing.T, all []porcupine.Operation) {
	told := map[string]int{}
	for i, o := range all {
		told[o.Output.(answer).what]++
		if o.Output.(answer).what != "conflict" {
			continue
		}
		overlapped := false
		for j, other := range all {
			what := other.Output.(answer).what
			changes := other.Input.(call).event != "" && (what == "ok" || what == "lost")
			overlapped = overlapped || i != j && changes && other.Input.(call).id == o.Input.(call).id &&
				other.Call < o.Return && o.Call < other.Return
		}
		if !overlapped {
			t.Errorf("a conflict with nobody: %+v", o)
		}
	}
	for _, what := range []string{"ok", "conflict", "refused", "reused", "lost"} {
		if told[what] == 0 {
			t.Logf("nobody was told %q: %v", what, told)
		}
	}
}
