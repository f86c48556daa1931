package ra_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// TestIssuingUnderFaults has certificates issued by a CA that fails in every
// way catest knows, over a store that fails in both ways, by workers that die
// in the middle and lose their leases. After reconciliation no order has two
// certificates, none is lost, every task has come to an end, and what was
// issued wrongly is revoked.
func TestIssuingUnderFaults(t *testing.T) {
	for _, c := range []struct {
		name     string
		requests int
		seed     uint64
		open     func(t *testing.T, w *world, d *dice) ra.Store
	}{
		{"Memory", long(quarter(300), 10_000), 7, func(_ *testing.T, _ *world, d *dice) ra.Store {
			fail := func(*ra.Change) error {
				if d.in(40) {
					return errors.New("the disk stumbled, on purpose")
				}
				return nil
			}
			return storetest.NewMemory(storetest.Faults{BeforeSave: fail, AfterSave: fail})
		}},
		{"SQLite", long(quarter(60), 1000), 8, func(t *testing.T, w *world, _ *dice) ra.Store {
			s, err := sqlstore.Open(w.ctx, filepath.Join(t.TempDir(), "issuing.db"))
			return opened(t, s, err)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			// In portions, so that a store in memory is not searched for long.
			total := map[catest.Fault]int{}
			for done, portion := 0, uint64(0); done < c.requests; portion++ {
				n := min(500, c.requests-done)
				f := &faulty{world: newWorld(t), dice: newDice(c.seed + 100*portion)}
				f.under = c.open(t, f.world, f.dice)
				f.run(n, c.seed+portion)
				for fault, n := range f.ca.Counts() {
					total[fault] += n
				}
				done += n
			}
			t.Logf("%d requests; faults of the CA: %v", c.requests, total)
		})
	}
}

// faulty is a run of TestIssuingUnderFaults.
type faulty struct {
	*world
	dice   *dice
	under  ra.Store // the store without deaths
	ca     *catest.CA
	deaths atomic.Int64
	late   int
}

// node is an authority that may die.
func (f *faulty) node(odds int) (*ra.Authority, *mortal) {
	m := &mortal{Store: f.under, dice: f.dice, odds: odds}
	config := f.config
	config.Store = m
	a, err := ra.New(config)
	if err != nil {
		f.t.Error(err)
	}
	return a, m
}

func (f *faulty) run(requests int, seed uint64) {
	f.t.Helper()
	f.ca = f.failing(catest.Config{Seed: seed, Rate: 0.25})
	f.reopen(func(c *ra.Config) {
		c.Store, c.Processes, c.Lease, c.Notifier = f.under, runnable(f.t), time.Minute, deaf{}
		c.CA = &watched{CA: c.CA, t: f.t, free: map[string]int{}}
	})
	ids := f.order(requests)
	for range 40 {
		f.round()
	}
	f.operate(ids)
	f.account(ids)
}

// watched sees to it that no order is sent again unless the CA was asked what
// became of it, and did not know.
type watched struct {
	ra.CA
	t    testing.TB
	mu   sync.Mutex
	free map[string]int // how often a key that was sent may be sent again
}

func (w *watched) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	w.mu.Lock()
	free, sent := w.free[key]
	if sent && free == 0 {
		w.t.Errorf("%s was sent again blindly", key)
	}
	w.free[key] = max(free-1, 0)
	w.mu.Unlock()
	return w.CA.Submit(ctx, key, o)
}

func (w *watched) Find(ctx context.Context, key string) (ra.Outcome, error) {
	out, err := w.CA.Find(ctx, key)
	if err == nil && out.State == ra.Unknown {
		w.mu.Lock()
		w.free[key]++
		w.mu.Unlock()
	}
	return out, err
}

// deaf is a notifier for whom nobody listens.
type deaf struct{}

func (deaf) Notify(context.Context, ra.Notice) error { return nil }

// order has every request ordered, as a caller does who repeats his command
// under its key until it is answered.
func (f *faulty) order(requests int) (ids []ra.ID) {
	f.t.Helper()
	var agent *workflow.Process
	for _, p := range f.config.Processes {
		if p.Name == "agent" {
			agent = p
		}
	}
	for len(ids) < requests {
		var id ra.ID
		for id == "" {
			id = f.tryPlant(plan{process: agent, state: workflow.KeyGeneration, evidence: []workflow.Evidence{
				workflow.FormValid, workflow.RegistersPositive, workflow.IdentityProofed, workflow.MarkerAccepted, workflow.DeliveryOwn,
			}})
		}
		ids = append(ids, id)
		csr := f.request(f.newKey(), f.form)
		a, m := f.node(50)
		for attempt := 0; ; attempt++ {
			r, err := a.Once("order of "+string(id)).SubmitCSR(f.ctx, id, owner, csr)
			if err == nil && r.State == workflow.Issuing {
				break
			}
			if attempt > 50 {
				f.t.Fatalf("%s: still %v", id, err)
			}
			if m.dead.Load() {
				f.deaths.Add(1)
				a, m = f.node(50)
			}
		}
	}
	return ids
}

// tryPlant plants in the store without deaths, which may stumble.
func (f *faulty) tryPlant(x plan) ra.ID {
	if m, ok := f.under.(*storetest.Memory); ok {
		return f.plant(steady{m}, x)
	}
	return f.plant(f.under, x)
}

// steady is a store that is asked again until it does not fail.
type steady struct{ ra.Store }

func (s steady) Save(ctx context.Context, c *ra.Change) error {
	for {
		err := s.Store.Save(ctx, c)
		var conflict *ra.ConflictError
		if err == nil || errors.As(err, &conflict) { // the failure came after it was saved
			return nil
		}
	}
}

// round lets time pass, and four workers of two nodes do what is due.
func (f *faulty) round() {
	f.t.Helper()
	f.clock.Advance(3 * time.Minute)
	var wait sync.WaitGroup
	for range 2 {
		a, m := f.node(60)
		var mu sync.Mutex
		for range 2 {
			wait.Go(func() {
				for {
					mu.Lock()
					if m.dead.Load() {
						f.deaths.Add(1)
						a, m = f.node(60)
					}
					now := a
					mu.Unlock()
					some, err := now.Work(f.ctx)
					if err == nil && !some {
						return
					}
					if f.dice.in(30) {
						f.clock.Advance(time.Minute) // some lease or other is over
					}
				}
			})
		}
	}
	wait.Wait()
}

// operate is the operator, who has begun again what is in trouble.
func (f *faulty) operate(ids []ra.ID) {
	f.t.Helper()
	for range 30 {
		open := 0
		for _, id := range ids {
			r := f.reload(id)
			for _, x := range r.Trouble {
				open++
				f.authority.Retry(f.ctx, id, operator, x.Task, "ещё раз") // may stumble; there is another time
			}
			tasks, err := f.under.Tasks(f.ctx, id)
			if err != nil {
				f.t.Fatal(err)
			}
			for _, t := range tasks {
				if t.State == ra.TaskIntended {
					open++
				}
			}
		}
		if open == 0 {
			return
		}
		for range 10 {
			f.round()
		}
	}
	f.t.Error("there is no end of trouble")
}

// account compares what the CA issued with what the requests have.
func (f *faulty) account(ids []ra.ID) {
	f.t.Helper()
	orders, err := f.ca.Orders(f.ctx)
	if err != nil || len(orders) != len(ids) {
		f.t.Fatalf("got %d orders, %v, want %d", len(orders), err, len(ids))
	}
	alive, wrong := map[string]string{}, 0
	for _, o := range orders {
		if len(o.Certificates) > 1 {
			f.t.Errorf("%s: %d certificates", o.Key, len(o.Certificates))
		}
		if o.Fault == catest.WrongKey || o.Fault == catest.OtherSubject {
			wrong++
			if o.Now.State != ra.Revoked {
				f.t.Errorf("%s: a wrong certificate is %s", o.Key, o.Now.State)
			}
		}
		if o.Now.State == ra.Issued {
			alive[string(o.Now.Certificate)] = o.Key
		}
	}
	states := map[string]int{}
	for _, id := range ids {
		r := f.reload(id)
		states[string(r.State)]++
		certificate, _ := f.exhibit(id, ra.CertificateExhibit)
		_, counts := r.Evidence(workflow.CertificateMatches)
		if counts != (alive[string(certificate)] != "") {
			f.t.Errorf("%s in %s: its certificate counts: %v, is alive: %v", id, r.State, counts, !counts)
		}
		if !counts && r.State != workflow.ManualCheck {
			f.t.Errorf("%s rests in %s without a certificate", id, r.State)
		}
		delete(alive, string(certificate))
		f.ended(id)
	}
	if len(alive) > 0 {
		f.t.Errorf("%d certificates are alive and nobody's", len(alive))
	}
	f.t.Logf("%v; %d wrong certificates revoked; %d deaths, %d late results", states, wrong, f.deaths.Load(), f.late)
}

// ended checks the tasks of a request.
func (f *faulty) ended(id ra.ID) {
	f.t.Helper()
	tasks, err := f.under.Tasks(f.ctx, id)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, t := range tasks {
		switch t.State {
		case ra.TaskDone, ra.TaskFailed, ra.TaskUnknown:
		default:
			f.t.Errorf("%s is %s", t.Key, t.State)
		}
	}
	entries, err := f.authority.History(f.ctx, id)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == ra.LateResult {
			f.late++
		}
	}
}
