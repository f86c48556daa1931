package ra_test

import (
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// resting are requests that rest in every waiting place of every process,
// until nobody acts. Those of one process share a store.
func (w *world) resting(store ra.Store, p *workflow.Process) (ids []ra.ID) {
	for _, place := range p.Places {
		if place.Within > 0 {
			ids = append(ids, w.plant(store, plan{process: p, state: place.State}))
		}
	}
	return ids
}

// TestDeadlines30Days lets 30 days pass, a minute more than an hour at a time,
// over requests that rest in every waiting place of every process. Each
// deadline fires once and when it is due, each stay is announced once before
// its end, and no request is ever without somebody who must act and a timer.
// The second time the authority is out of order for days on end: what fell due
// meanwhile happens once, afterwards.
func TestDeadlines30Days(t *testing.T) {
	for name, outage := range map[string]time.Duration{"always there": 0, "out of order": 4 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			fired, reminded := 0, 0
			for _, p := range sampled(t) {
				store := w.onMemory(storetest.Faults{})
				w.reopen(func(c *ra.Config) { c.Notifier = deaf{} })
				ids := w.resting(store, p)
				const step = 61 * time.Minute
				for end := w.clock.Now().Add(30 * 24 * time.Hour); w.clock.Now().Before(end); {
					w.clock.Advance(max(step, outage))
					w.settle()
					for _, id := range ids {
						w.attended(store, p, id)
					}
				}
				for _, id := range ids {
					f, r := w.punctual(p, id, max(step, outage), outage > 0)
					fired, reminded = fired+f, reminded+r
				}
			}
			t.Logf("%d deadlines, %d reminders", fired, reminded)
			if !testing.Short() && (fired < 100 || reminded < 20) {
				t.Error("too little happened to tell anything")
			}
		})
	}
}

// attended: the request is at its end, or somebody must act and a timer runs.
func (w *world) attended(store ra.Store, p *workflow.Process, id ra.ID) {
	w.t.Helper()
	row, err := store.Load(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	timers := w.timersOf(store, id)
	if p.Final(row.State) {
		if row.Queue != "" || len(timers) > 0 {
			w.t.Errorf("%s: %s at its end: queue %q, timers %v", p.Name, id, row.Queue, timers)
		}
		return
	}
	late := slices.DeleteFunc(slices.Clone(timers), func(t ra.Timer) bool { return t.Name != ra.TimerLate })
	if row.Queue == "" || len(late) != 1 || !late[0].Due.After(w.clock.Now()) {
		w.t.Errorf("%s: %s in %s at %v: queue %q, timers %v", p.Name, id, row.State, w.clock.Now(), row.Queue, timers)
	}
}

// punctual reads a journal in which nobody but the system acts: every stay of
// a limited time ends by its late event, no earlier than the deadline and no
// later than the next look at the clock after it; and who is to be reminded is
// reminded once in it, in time.
func (w *world) punctual(p *workflow.Process, id ra.ID, slack time.Duration, outages bool) (fired, reminded int) {
	w.t.Helper()
	r := w.reload(id)
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	place, _ := p.Place(entries[0].To)
	stay, reminders := entries[0], 0
	told := func(until time.Time) {
		first := stay.Deadline.Add(-24 * time.Hour)
		due := w.reminds(place.Owner) && first.After(stay.At) && stay.Seq > 1 // a planted stay has no reminder
		over := until.Sub(first) >= slack
		if reminders > 1 || reminders == 1 && !due || reminders == 0 && due && over && !outages {
			w.t.Errorf("%s: %s in %s: %d reminders, due: %v", p.Name, id, place.State, reminders, due)
		}
		reminded += reminders
		reminders = 0
	}
	for _, e := range entries[1:] {
		switch {
		case e.Kind == ra.Reminded:
			reminders++
			if e.At.Before(stay.Deadline.Add(-24*time.Hour)) || e.At.After(stay.Deadline) && !outages {
				w.t.Errorf("%s: %s: reminded at %v of the deadline %v", p.Name, id, e.At, stay.Deadline)
			}
		case e.Kind != ra.Moved:
		case e.Event != place.Late:
			w.t.Errorf("%s: %s: %s led out of %s", p.Name, id, e.Event, place.State)
		default:
			fired++
			if late := e.At.Sub(stay.Deadline); late < 0 || late > slack {
				w.t.Errorf("%s: %s: %s came %v after the deadline", p.Name, id, e.Event, late)
			}
			told(e.At)
			place, _ = p.Place(e.To)
			if want := w.deadlineAt(e.At, p, place); !e.Deadline.Equal(want) {
				w.t.Errorf("%s: %s in %s: the deadline is %v, want %v", p.Name, id, e.To, e.Deadline, want)
			}
			stay = e
		}
	}
	if !p.Final(r.State) {
		if w.clock.Now().Sub(stay.Deadline) > slack {
			w.t.Errorf("%s: %s still rests in %s since %v", p.Name, id, r.State, stay.Deadline)
		}
		told(w.clock.Now())
	}
	return fired, reminded
}

// reminds reports whether this authority has a way to remind a role.
func (w *world) reminds(role workflow.Role) bool {
	return role != workflow.TaxOffice && role != workflow.System // which take no notices
}

// TestTimersThatFallDueTogether has many requests rest for the same time, more
// than are taken up at once, while nobody works: afterwards each is moved once.
func TestTimersThatFallDueTogether(t *testing.T) {
	w := newWorld(t)
	store := w.onMemory(storetest.Faults{})
	p := w.config.Processes[1]
	var ids []ra.ID
	for range 200 {
		ids = append(ids, w.plant(store, plan{process: p, state: workflow.ManualCheck}))
	}
	w.pass(30 * 24 * time.Hour)
	for _, id := range ids {
		entries, err := w.authority.History(w.ctx, id)
		moved := slices.DeleteFunc(entries, func(e ra.Entry) bool { return e.Kind != ra.Moved })
		if err != nil || len(moved) != 1 || moved[0].Event != workflow.Escalate {
			t.Errorf("%s: got %v, %v, want one escalation", id, moved, err)
		}
	}
}
