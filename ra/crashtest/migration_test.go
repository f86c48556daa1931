package crashtest

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/powercut"
)

// TestKilledWhileMigrating kills a child that makes or opens the schema, on
// SQLite at each sync and at many a write, on PostgreSQL at any moment. The
// next one opens what it left and works.
func TestKilledWhileMigrating(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		strace := powercut.Strace(t)
		every := 40
		switch {
		case long():
			every = 5
		case testing.Short():
			every = 80
		}
		killed := 0
		for _, call := range []string{"fsync", "pwrite64", "unlink"} {
			step := 1
			if call == "pwrite64" {
				step = every
			}
			for n := 1; ; n += step {
				k := newTrial(t, "sqlite", 0)
				p := k.plan
				p.Socket = "" // opens the store, and closes it
				inject := call + ":signal=KILL:when=" + strconv.Itoa(n)
				if k.end(k.start(p, strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+inject, "--")) {
					break // there are no more of these calls
				}
				killed += k.kills
				p.Point, p.After = "", 0
				k.finish(p)
				opened(t, &p)
			}
		}
		t.Logf("%d kills", killed)
		if killed < 5 { // strace counts the calls of each thread by itself
			t.Errorf("got %d kills, want more", killed)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		rounds := 6
		if long() {
			rounds = 60
		}
		k := newTrial(t, "postgres", 0)
		p := k.plan
		p.Socket, p.Jobs = "", true
		for i := range rounds {
			if i%3 == 0 { // from nothing again
				p.URL = newTrial(t, "postgres", 0).plan.URL
			}
			c := k.start(p)
			time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond)
			c.Process.Kill()
			k.end(c)
			if i%3 == 2 {
				opened(t, &p)
			}
		}
		t.Logf("%d kills", k.kills)
	})
}

// opened opens a store and reads from it.
func opened(t *testing.T, p *plan) {
	t.Helper()
	store, err := p.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if leaves, err := store.Unsealed(t.Context(), 1); err != nil || len(leaves) > 0 {
		t.Errorf("got %v, %v; want an empty store", leaves, err)
	}
}
