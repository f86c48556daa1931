package crashtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/internal/testenv/powercut"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// points are where a process that works may die. "outside" is after an answer
// of the world and before its result is saved.
var points = []string{"before commit", "during commit", "after commit", "outside"}

// TestKilledAtPoints has child after child die at each named point, and looks
// that the one that lives brings everything to its end.
func TestKilledAtPoints(t *testing.T) {
	t.Parallel()
	deaths, persons := 3, 4 // at each point
	switch {
	case long():
		deaths, persons = 50, 80
	case testing.Short():
		deaths = 2
	}
	databases(t, func(t *testing.T, database string) {
		k := newTrial(t, database, persons)
		for i := range deaths * len(points) {
			p := k.next()
			p.Point, p.After = points[i%len(points)], 2+rand.IntN(8)
			if k.end(k.start(p)) && i%len(points) == 0 {
				break // there was no more to do than that
			}
		}
		k.finish(k.next())
		if k.kills < len(points) {
			t.Errorf("got %d kills, want more", k.kills)
		}
		k.examine()
	})
}

// TestKilledAtCalls has children on SQLite die as they ask the system to write
// or to sync: between the first page of a transaction and its end.
func TestKilledAtCalls(t *testing.T) {
	t.Parallel()
	strace := powercut.Strace(t)
	deaths, persons := 6, 6
	if long() {
		deaths, persons = 100, 80
	}
	k := newTrial(t, "sqlite", persons)
	k.finish(plan{Path: k.plan.Path}) // the schema is another test's
	for i := range deaths {
		inject := fmt.Sprintf("fsync:signal=KILL:when=%d", 1+rand.IntN(12))
		if i%2 == 1 {
			inject = fmt.Sprintf("pwrite64:signal=KILL:when=%d", 1+rand.IntN(200))
		}
		call, _, _ := strings.Cut(inject, ":")
		if k.end(k.start(k.next(), strace, "-f", "-qq", "-o", "/dev/null", "-e", "trace="+call, "-e", "inject="+inject, "--")) {
			break // there was no more to do
		}
	}
	k.finish(k.next())
	if k.kills < 2 {
		t.Errorf("got %d kills, want more", k.kills)
	}
	k.examine()
}

// TestKilledWhileErasing: afterwards a case is there or erased; when it was
// said to be erased, it is, and the log that the dead process left is gone.
func TestKilledWhileErasing(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string) {
		k := newTrial(t, database, 3)
		k.finish(k.plan)
		for _, point := range []string{"before erase", "during erase", "after erase"} {
			p := k.next()
			p.Erase, p.Point, p.After = true, point, 1
			if k.end(k.start(p)) && point != "during erase" {
				t.Errorf("%s: the child lives", point)
			}
		}
		p := k.next()
		p.Erase = true
		k.finish(p)
		k.examine()
		k.forgotten()
	})
}

// forgotten looks that every completed case is erased, and on SQLite that
// nothing of it is left in any file of the database.
func (k *trial) forgotten() {
	k.t.Helper()
	store, err := k.plan.open(context.Background())
	if err != nil {
		k.t.Fatal(err)
	}
	defer store.Close()
	rows, err := store.Page(context.Background(), ra.Query{State: workflow.Completed})
	if err != nil {
		k.t.Fatal(err)
	}
	for _, r := range rows {
		if r.Terms != (ra.Terms{}) || r.Key != nil {
			k.t.Errorf("request %s is found by %+v", r.ID, r.Terms)
		}
	}
	if k.plan.Path == "" {
		return
	}
	files, err := filepath.Glob(k.plan.Path + "*")
	if err != nil {
		k.t.Fatal(err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			k.t.Fatal(err)
		}
		for i := range k.plan.People {
			f := applicant.Form(uint64(i + 1))
			for _, word := range []string{f.Email, f.SNILS, f.PassportNumber, f.BirthPlace} {
				if strings.Contains(string(data), word) {
					k.t.Errorf("%s still has %q", filepath.Base(file), word)
				}
			}
		}
	}
}

// TestTimersDuringAnOutage: a deadline that passed while nobody worked fires
// once, though those who work first die of it.
func TestTimersDuringAnOutage(t *testing.T) {
	t.Parallel()
	databases(t, func(t *testing.T, database string) {
		k := newTrial(t, database, 2)
		k.plan.Idle = true
		k.finish(k.plan)
		k.plan.Offset = 31 * 24 * time.Hour
		for _, point := range []string{"before commit", "during commit", "after commit", "outside"} {
			p := k.next()
			p.Point, p.After = point, 1
			k.end(k.start(p))
		}
		k.finish(k.next())
		k.examine()
		store, err := k.plan.open(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		rows, err := store.Page(context.Background(), ra.Query{State: workflow.Expired})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 1 {
			t.Errorf("g: got %d expired requests, want 1", len(rows))
		}
		due, _, err := store.Due(context.Background(), time.Now().Add(k.plan.Offset), 10)
		if err != nil || len(due) > 0 {
			t.Errorf("g: got timers %v, %v; want none", due, err)
		}
	})
}
