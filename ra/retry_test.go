package ra_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// inIssuing plants a request of the agent process and has it ordered.
func (w *world) inIssuing(store ra.Store) ra.ID {
	w.t.Helper()
	i := slices.IndexFunc(w.config.Processes, func(p *workflow.Process) bool { return p.Name == "agent" })
	id := w.plant(store, plan{process: w.config.Processes[i], state: workflow.KeyGeneration, evidence: []workflow.Evidence{
		workflow.FormValid, workflow.RegistersPositive, workflow.IdentityProofed, workflow.MarkerAccepted, workflow.DeliveryOwn,
	}})
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	return id
}

// orderOf is the order to the CA of a request.
func (w *world) orderOf(store ra.Store, id ra.ID) ra.Task {
	w.t.Helper()
	tasks, err := store.Tasks(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(tasks, func(t ra.Task) bool { return t.Effect == workflow.SendToCA })
	if i < 0 {
		w.t.Fatalf("%s has no order", id)
	}
	return tasks[i]
}

// TestRetryTable is what becomes of an effect that fails, by how it fails and
// how often.
func TestRetryTable(t *testing.T) {
	transient, final := errors.New("the line is down"), ra.Permanent(errors.New("the contract has ended"))
	refused := ra.Permanent(fmt.Errorf("wrapped: %w", final))
	for name, c := range map[string]struct {
		fails   int // attempts before the CA answers
		with    error
		panics  bool
		state   ra.TaskState
		trouble bool
		calls   int
	}{
		"at once":               {0, nil, false, ra.TaskDone, false, 1},
		"once":                  {1, transient, false, ra.TaskDone, false, 2},
		"all but one":           {14, transient, false, ra.TaskDone, false, 15},
		"too often":             {99, transient, false, ra.TaskUnknown, true, 15},
		"for good":              {99, final, false, ra.TaskFailed, true, 1},
		"for good, wrapped":     {99, fmt.Errorf("connector: %w", final), false, ra.TaskFailed, true, 1},
		"for good, twice over":  {99, refused, false, ra.TaskFailed, true, 1},
		"panics once":           {1, nil, true, ra.TaskDone, false, 2},
		"panics without end":    {99, nil, true, ra.TaskUnknown, true, 15},
		"deadlines of its own":  {99, context.DeadlineExceeded, false, ra.TaskUnknown, true, 15},
		"cancelled by somebody": {2, context.Canceled, false, ra.TaskDone, false, 3},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			store := w.onMemory(storetest.Faults{})
			calls := 0
			w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
				if calls++; calls <= c.fails {
					if c.panics {
						panic("the handler is broken")
					}
					return ra.Outcome{}, c.with
				}
				return w.ca.CA.Submit(ctx, key, o)
			}
			id := w.inIssuing(store)
			for range 400 {
				w.pass(time.Minute)
			}
			order, r := w.orderOf(store, id), w.reload(id)
			if order.State != c.state || calls != c.calls || (len(r.Trouble) == 1) != c.trouble {
				t.Errorf("got %s after %d calls, trouble %+v; want %s after %d", order.State, calls, r.Trouble, c.state, c.calls)
			}
			if c.trouble && (r.State != workflow.Issuing || r.Trouble[0].State != c.state || r.Trouble[0].Task != order.Key) {
				t.Errorf("got the trouble %+v in %s", r.Trouble, r.State)
			}
			if row, err := store.Load(w.ctx, id); err != nil || row.Trouble != c.trouble {
				t.Errorf("the operator's list has it: %v, want %v", row.Trouble, c.trouble)
			}
		})
	}
}

// TestPauses: the pauses between attempts double from a second on to half an
// hour, and each is up to a quarter longer by chance.
func TestPauses(t *testing.T) {
	w := newWorld(t)
	store := w.onMemory(storetest.Faults{})
	w.reopen(func(c *ra.Config) { c.Failures = 20 })
	w.ca.submit = func(context.Context, string, ra.Order) (ra.Outcome, error) { return ra.Outcome{}, errors.New("no") }
	var ids []ra.ID
	for range 20 {
		ids = append(ids, w.inIssuing(store))
	}
	want := time.Second
	for failures := 1; failures < 20; failures++ {
		w.settle()
		var pauses []time.Duration
		for _, id := range ids {
			order := w.orderOf(store, id)
			pause := order.Due.Sub(w.clock.Now())
			if order.Failures != failures || order.State != ra.TaskIntended {
				t.Fatalf("got %d failures, %s, want %d", order.Failures, order.State, failures)
			}
			if pause < want-time.Millisecond || pause > want+want/4 {
				t.Errorf("after %d failures: a pause of %v, want %v and up to a quarter more", failures, pause, want)
			}
			pauses = append(pauses, pause)
		}
		if slices.Max(pauses)-slices.Min(pauses) < want/20 {
			t.Errorf("after %d failures: all pauses are %v", failures, pauses[0])
		}
		w.clock.Advance(slices.Max(pauses))
		want = min(2*want, 30*time.Minute)
	}
}

// TestPoison: a request whose handler panics, or that does not even open any
// more, hurts nobody else, though it is due before all the others, with its
// effect and with its timer.
func TestPoison(t *testing.T) {
	w := newWorld(t)
	ring := &brokenRing{}
	store := w.onMemory(storetest.Faults{})
	w.reopen(func(c *ra.Config) { c.CaseKeys = ring })
	var panicking ra.ID
	w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
		if strings.HasPrefix(key, string(panicking)) {
			panic("the handler is broken")
		}
		return w.ca.CA.Submit(ctx, key, o)
	}
	shut := w.filled()
	w.must(w.authority.Fire(w.ctx, shut, owner, workflow.Submit))
	panicking = w.inIssuing(store)
	var others []ra.ID
	for range 20 {
		others = append(others, w.inIssuing(store))
	}
	rests := w.filled()
	ring.broken = shut
	w.reopen(func(*ra.Config) {}) // with no keys in its memory
	for range 200 {
		w.clock.Advance(time.Minute)
		w.authority.Work(w.ctx) // may say that a request does not open
	}
	for _, id := range others {
		if r := w.reload(id); r.State != workflow.CertificateAck {
			t.Errorf("%s rests in %s", id, r.State)
		}
	}
	if r := w.reload(panicking); len(r.Trouble) != 1 || r.State != workflow.Issuing {
		t.Errorf("the panicking one rests in %s with the trouble %v", r.State, r.Trouble)
	}
	for range 35 {
		w.clock.Advance(24 * time.Hour)
		w.authority.Work(w.ctx)
	}
	if r := w.reload(rests); r.State != workflow.Expired {
		t.Errorf("a timer behind the one that cannot fire: %s, want expired", r.State)
	}
	ring.broken = ""
	w.pass(time.Hour)
	if r := w.reload(shut); r.State == workflow.AutoCheck {
		t.Error("the request that opens again does not go on")
	}
}

// brokenRing cannot unwrap one key.
type brokenRing struct {
	keyring
	broken ra.ID
}

func (k *brokenRing) Unwrap(ctx context.Context, id ra.ID, wrapped []byte) ([]byte, error) {
	if id == k.broken {
		return nil, errors.New("the key service does not know this key")
	}
	return k.keyring.Unwrap(ctx, id, wrapped)
}
