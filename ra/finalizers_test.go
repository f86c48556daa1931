package ra_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/workflow"
)

// TestFinalizers has 64 callers fire the arrow that orders the certificate, on
// each of 200 requests: each request has one winner and one order, and the
// losers, who are told so by a typed error, have written nothing.
func TestFinalizers(t *testing.T) {
	const callers = 64
	requests := long(quarter(200), 200)
	for _, c := range []struct {
		name     string
		requests int
		open     func(t *testing.T, w *world) ra.Store
	}{
		{"Memory", requests, func(*testing.T, *world) ra.Store {
			return storetest.NewMemory(storetest.Faults{BeforeSave: func(*ra.Change) error { runtime.Gosched(); return nil }})
		}},
		{"SQLite", requests, func(t *testing.T, w *world) ra.Store {
			s, err := sqlstore.Open(w.ctx, filepath.Join(t.TempDir(), "finalizers.db"))
			return opened(t, s, err)
		}},
		{"PostgreSQL", long(quarter(64), 200), func(t *testing.T, w *world) ra.Store {
			s, err := sqlstore.OpenPostgres(w.ctx, sqlstore.PostgresConfig{URL: pg.Start(t)})
			return opened(t, s, err)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			store := c.open(t, w)
			w.reopen(func(r *ra.Config) { r.Store, r.Processes = store, runnable(t) })
			ids, wins := finalize(t, w, store, callers, c.requests)
			for i, id := range ids {
				if n := wins[i].Load(); n != 1 {
					t.Errorf("%s: got %d winners, want 1", id, n)
				}
				w.onceFinal(store, id)
			}
		})
	}
}

// quarter is a quarter of something where it is to be short, as under the race
// detector.
func quarter(n int) int {
	if testing.Short() {
		return n / 4
	}
	return n
}

// long is how much of something there is: normally, or with SURGUCH_LONG set.
func long(normally, otherwise int) int {
	if os.Getenv("SURGUCH_LONG") != "" {
		return otherwise
	}
	return normally
}

func opened(t *testing.T, s *sqlstore.Store, err error) ra.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// finalize lets the callers loose. It returns the requests and how many
// callers won each.
func finalize(t *testing.T, w *world, store ra.Store, callers, requests int) ([]ra.ID, []atomic.Int64) {
	t.Helper()
	var p *workflow.Process
	for _, p = range runnable(t) {
		if p.Name == "agent" {
			break
		}
	}
	ids, wins := make([]ra.ID, requests), make([]atomic.Int64, requests)
	for i := range ids {
		ids[i] = w.plant(store, plan{process: p, state: workflow.KeyGeneration, evidence: []workflow.Evidence{
			workflow.FormValid, workflow.RegistersPositive, workflow.MarkerAccepted, workflow.RequestVerified,
		}})
	}
	var conflicts, refused atomic.Int64
	begin := make(chan struct{})
	var wait sync.WaitGroup
	for range callers {
		wait.Go(func() {
			<-begin
			for i, id := range ids {
				r, err := w.authority.Fire(w.ctx, id, owner, workflow.SubmitRequest)
				var conflict *ra.ConflictError
				var closed *workflow.RefusedError
				switch {
				case err == nil && r.State == workflow.Issuing:
					wins[i].Add(1)
				case errors.As(err, &conflict) && conflict.Request == id && !conflict.Task:
					conflicts.Add(1)
				case errors.As(err, &closed) && closed.State == workflow.Issuing:
					refused.Add(1)
				default:
					t.Errorf("%s: got %v", id, err)
				}
			}
		})
	}
	close(begin)
	wait.Wait()
	if conflicts.Load() == 0 {
		t.Error("no two callers met")
	}
	t.Logf("%d attempts: %d lost the race, %d came too late", callers*requests, conflicts.Load(), refused.Load())
	return ids, wins
}

// onceFinal checks that the arrow was followed once and that nothing else was
// written: a dense journal, which gives the request, and one order.
func (w *world) onceFinal(store ra.Store, id ra.ID) {
	w.t.Helper()
	r := w.reload(id)
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	tasks, err := store.Tasks(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	if planted := int64(5); r.Version != planted+1 || int64(len(entries)) != r.Version || entries[planted].To != workflow.Issuing {
		w.t.Errorf("%s: got version %d and %d entries, want %d", id, r.Version, len(entries), planted+1)
	}
	if len(tasks) != 1 || tasks[0].Effect != workflow.SendToCA || tasks[0].Seq != r.Version {
		w.t.Errorf("%s: got the tasks %+v, want one order", id, tasks)
	}
	if timers := w.timersOf(store, id); len(timers) == 0 || timers[0].Seq != r.Version {
		w.t.Errorf("%s: got the timers %+v", id, timers)
	}
}
