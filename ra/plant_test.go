package ra_test

import (
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/internal/seal"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// runnable are the built-in processes.
func runnable(testing.TB) []*workflow.Process { return workflow.Processes() }

// sampled are the built-in processes, or two of them where it is to be short.
func sampled(t testing.TB) []*workflow.Process {
	t.Helper()
	if testing.Short() {
		return runnable(t)[1:3]
	}
	return runnable(t)
}

// onMemory goes on with the five processes on a store in memory.
func (w *world) onMemory(f storetest.Faults) *storetest.Memory {
	w.t.Helper()
	m := storetest.NewMemory(f)
	w.reopen(func(c *ra.Config) { c.Store, c.Processes = m, runnable(w.t) })
	return m
}

// plan is a request that a test puts where it needs one.
type plan struct {
	process  *workflow.Process
	state    workflow.State
	evidence []workflow.Evidence
	until    time.Time // for all the evidence; zero: it does not grow stale
	author   string    // who entered the data; "": the clerk
	partner  string    // his organisation
}

// plant stores a request of which the journal says that it began in the place
// of the plan, with its evidence and the timers of the place.
func (w *world) plant(store ra.Store, x plan) ra.ID {
	w.t.Helper()
	now := w.clock.Now().Truncate(time.Millisecond)
	id := ra.ID(fmt.Sprintf("%012x%s", now.UnixMilli(), hex.EncodeToString(seal.NewSalt()[:10])))
	by := ra.Actor{ID: "clerk", Role: workflow.CAOperator, Partner: x.partner}
	if x.author != "" {
		by.ID = x.author
	}
	place, _ := x.process.Place(x.state)
	form := w.form
	began := ra.Entry{Kind: ra.Began, By: by, To: x.state, Process: x.process.Name, ProcessHash: x.process.Hash(), Form: &form}
	c := &ra.Change{Moved: true, Blobs: []ra.Blob{{Name: x.process.Hash(), Data: x.process.Canonical()}}}
	if place.Within > 0 {
		began.Deadline = w.deadline(x.process, place)
	}
	entries := []ra.Entry{began}
	for _, e := range x.evidence {
		h := ra.Held{Evidence: e, Seq: int64(len(entries)) + 1, At: now, By: ra.System(), Until: x.until}
		if e == workflow.IdentityProofed {
			inPerson := qualified.InPerson
			h.Identification = &inPerson
		}
		entries = append(entries, ra.Entry{Kind: ra.Recorded, By: ra.System(), Evidence: e, Held: &h})
	}
	for i := range entries {
		e := &entries[i]
		e.Request, e.Seq, e.At, e.Salt = id, int64(i)+1, now, seal.NewSalt()
		data := mustJSON(w.t, e)
		c.Lines = append(c.Lines, ra.Line{Request: id, Seq: e.Seq, At: now, Data: data})
		c.Leaves = append(c.Leaves, leafBody(w.t, e, data))
	}
	r, err := ra.Replay(entries)
	if err != nil {
		w.t.Fatal(err)
	}
	c.Row = &ra.Row{
		ID: id, Version: r.Version, Process: r.Process, Definition: r.ProcessHash, State: r.State, Queue: place.Owner, Partner: r.Partner,
		Created: now, Updated: now, Data: mustJSON(w.t, r),
	}
	if place.Within > 0 {
		c.Timers = []ra.Timer{{Request: id, Name: ra.TimerLate, Seq: 1, Due: r.Deadline}}
	}
	if err := store.Save(w.ctx, c); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// deadline is when a place is late that is entered now: what the calendar
// says of offices, counted here by itself.
func (w *world) deadline(p *workflow.Process, place workflow.Place) time.Time {
	return w.deadlineAt(w.clock.Now().Truncate(time.Millisecond), p, place)
}

func (w *world) deadlineAt(now time.Time, p *workflow.Process, place workflow.Place) time.Time {
	if place.Within == 0 {
		return time.Time{}
	}
	if !slices.Contains(p.Workdays, place.Owner) {
		return now.Add(place.Within)
	}
	const moscow = 3 * time.Hour
	day, left := now.Add(moscow).Truncate(24*time.Hour), int(place.Within/(24*time.Hour))
	for left > 0 {
		day = day.Add(24 * time.Hour)
		if working, _ := ra.RussianCalendar().Working(day.Date()); working {
			left--
		}
	}
	return day.Add(24*time.Hour - moscow)
}

// leafBody is what the leaf of an entry has to be.
func leafBody(t testing.TB, e *ra.Entry, data []byte) []byte {
	return mustJSON(t, ra.AuditBody{
		Request: e.Request, Seq: e.Seq, At: e.At, Actor: e.By.ID, Role: e.By.Role, Partner: e.By.Partner,
		Kind: e.Kind, Event: e.Event, From: e.From, To: e.To, Evidence: e.Evidence, Void: e.Void, Task: e.Task,
		Commitment: hex.EncodeToString(seal.Commit(e.Salt, data)),
	})
}

// snapshot is all that a store knows of a request, to be compared.
func (w *world) snapshot(store ra.Store, id ra.ID) string {
	w.t.Helper()
	row, err := store.Load(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	lines, err := store.History(w.ctx, id, 0, 10_000)
	if err != nil {
		w.t.Fatal(err)
	}
	tasks, err := store.Tasks(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return asJSON(w.t, map[string]any{"row": row, "lines": len(lines), "tasks": tasks, "timers": w.timersOf(store, id)})
}

// timersOf are the timers of a request, whenever they are due.
func (w *world) timersOf(store ra.Store, id ra.ID) []ra.Timer {
	w.t.Helper()
	all, _, err := store.Due(w.ctx, w.clock.Now().AddDate(100, 0, 0), 1_000_000)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.DeleteFunc(all, func(t ra.Timer) bool { return t.Request != id })
}

// allEvidence is every piece of evidence that a process speaks of.
func allEvidence(p *workflow.Process) (all []workflow.Evidence) {
	for _, s := range p.Steps {
		for _, e := range slices.Concat(s.Needs, s.Void) {
			if _, any := p.Any[e]; !any && !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// without is a list but for some of it.
func without[T comparable](list []T, not ...T) []T {
	return slices.DeleteFunc(slices.Clone(list), func(x T) bool { return slices.Contains(not, x) })
}

// TestPlant: what is planted stands, and replays.
func TestPlant(t *testing.T) {
	w := newWorld(t)
	store := w.onMemory(storetest.Faults{})
	for _, p := range runnable(t) {
		for _, place := range p.Places {
			id := w.plant(store, plan{process: p, state: place.State, evidence: allEvidence(p)})
			if r := w.reload(id); r.State != place.State || len(r.Held) != len(allEvidence(p)) {
				t.Errorf("%s: got %s with %d pieces of evidence", p.Name, r.State, len(r.Held))
			}
		}
	}
}
