package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// storeRow is one figure of a database.
type storeRow struct {
	Database  string  `json:"database"`
	What      string  `json:"what"`
	Writers   int     `json:"writers,omitempty"`
	Requests  int     `json:"requests,omitempty"` // that the database held
	PerSecond float64 `json:"per_second,omitempty"`
	P50       float64 `json:"p50_ms,omitempty"`
	P99       float64 `json:"p99_ms,omitempty"`
}

// storeBench measures databases. Figures go out as they come.
type storeBench struct {
	ctx   context.Context
	dir   string
	sizes []int         // requests in the database for the figures of queries
	long  time.Duration // of each figure
	out   io.Writer
	rows  []storeRow
}

// runStore measures SQLite in a folder and PostgreSQL at a URL; without one, a
// server of its own is started where PostgreSQL is installed.
func runStore(ctx context.Context, dir, postgres string, large bool, out io.Writer) ([]storeRow, error) {
	b := &storeBench{ctx: ctx, dir: dir, sizes: []int{10_000, 100_000}, long: 2 * time.Second, out: out}
	if large {
		b.sizes = append(b.sizes, 1_000_000)
	}
	fmt.Fprintf(out, "%-20s %-34s %8s %9s %11s %9s %9s\n", "database", "what", "writers", "requests", "per second", "p50 ms", "p99 ms")
	if err := b.disk(); err != nil {
		return nil, err
	}
	sqlite, err := sqlstore.Open(ctx, filepath.Join(dir, "bench.db"))
	if err != nil {
		return nil, err
	}
	defer sqlite.Close()
	if err := b.database("SQLite", sqlite); err != nil {
		return nil, err
	}
	if postgres == "" {
		url, drop, err := pg.Open()
		if err != nil {
			fmt.Fprintf(out, "no figures of PostgreSQL: %v\n", err)
			return b.rows, nil
		}
		defer drop()
		postgres = url
	}
	store, err := sqlstore.OpenPostgres(ctx, sqlstore.PostgresConfig{URL: postgres})
	if err != nil {
		return nil, err
	}
	defer store.Close()
	return b.rows, b.database("PostgreSQL", store)
}

// add reports a figure made of single durations.
func (b *storeBench) add(r storeRow, took []time.Duration, all time.Duration) {
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	r.PerSecond, r.P50, r.P99 = float64(len(took))/all.Seconds(), at(0.5), at(0.99)
	b.rows = append(b.rows, r)
	fmt.Fprintf(b.out, "%-20s %-34s %8d %9d %11.0f %9.3f %9.3f\n", r.Database, r.What, r.Writers, r.Requests, r.PerSecond, r.P50, r.P99)
}

// disk measures what the disk itself allows: 4 KiB appended and synced.
func (b *storeBench) disk() error {
	f, err := os.Create(filepath.Join(b.dir, "fsync"))
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 4096)
	took, all, err := b.repeat(1, func(int, int) error {
		if _, err := f.Write(block); err != nil {
			return err
		}
		return f.Sync()
	})
	if err == nil {
		b.add(storeRow{Database: "the disk", What: "append 4 KiB and fsync", Writers: 1}, took, all)
	}
	return err
}

// repeat has writers do something again and again for a while.
func (b *storeBench) repeat(writers int, do func(writer, n int) error) (took []time.Duration, all time.Duration, err error) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	begun := time.Now()
	for w := range writers {
		wg.Go(func() {
			var mine []time.Duration
			for n := 0; time.Since(begun) < b.long && failed.Load() == nil; n++ {
				at := time.Now()
				if err := do(w, n); err != nil {
					failed.Store(&err)
					return
				}
				mine = append(mine, time.Since(at))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	if e := failed.Load(); e != nil {
		return nil, 0, *e
	}
	return took, time.Since(begun), nil
}

func (b *storeBench) database(name string, store *sqlstore.Store) error {
	if err := b.transitions(name, store); err != nil {
		return err
	}
	filled := 0
	for _, size := range b.sizes {
		if err := b.fill(store, filled, size); err != nil {
			return err
		}
		filled = size
		if err := b.queries(name, store, size); err != nil {
			return err
		}
	}
	return b.audit(name, store)
}

// transitions measures durable transitions: row, journal, audit leaf, effect
// and timer in one transaction, every writer on a request of his own. The last
// line makes each wait for the one before, so that no two share a sync.
func (b *storeBench) transitions(name string, store *sqlstore.Store) error {
	var alone sync.Mutex
	for _, c := range []struct {
		what    string
		writers int
		grouped bool
	}{{"transitions", 1, true}, {"transitions", 8, true}, {"transitions", 32, true}, {"transitions, one at a time", 32, false}} {
		versions := make([]int64, c.writers)
		took, all, err := b.repeat(c.writers, func(w, _ int) error {
			if !c.grouped {
				alone.Lock()
				defer alone.Unlock()
			}
			id := ra.ID(fmt.Sprintf("%s %v %d", c.what, c.writers, w))
			versions[w]++
			return store.Save(b.ctx, transition(id, versions[w]-1))
		})
		if err != nil {
			return err
		}
		b.add(storeRow{Database: name, What: c.what, Writers: c.writers}, took, all)
	}
	return nil
}

// transition is a change as the authority makes it, with data of usual size.
func transition(id ra.ID, base int64) *ra.Change {
	now := time.Now().UTC().Truncate(time.Millisecond)
	data := make([]byte, 2048)
	copy(data, id)
	return &ra.Change{
		Row: &ra.Row{
			ID: id, Version: base + 1, Process: "bench", State: workflow.AutoCheck, Queue: workflow.System,
			Created: now, Updated: now, Data: data,
		},
		Base:   base,
		Lines:  []ra.Line{{Request: id, Seq: base + 1, At: now, Data: data[:512]}},
		Leaves: [][]byte{[]byte(fmt.Sprintf(`{"request":%q,"seq":%d,"commitment":"%064x"}`, id, base+1, base))},
		Tasks: []ra.Task{{
			Key: fmt.Sprintf("%s/notify/%d", id, base+1), Request: id, Effect: workflow.NotifyApplicant, Seq: base + 1,
			State: ra.TaskIntended, Due: now.Add(24 * time.Hour),
		}},
		Moved:  true,
		Timers: []ra.Timer{{Request: id, Name: ra.TimerLate, Seq: base + 1, Due: now.Add(48 * time.Hour)}},
	}
}
