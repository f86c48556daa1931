package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

var (
	ctx = context.Background()
	at  = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
)

func open(t testing.TB, path string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// born is the change that makes a request with one task, a deadline, a
// document and a claim.
func born(id ra.ID) *ra.Change {
	return &ra.Change{
		Request:  &ra.Request{ID: id, Version: 1, State: workflow.Draft, Process: "p", Created: at, Updated: at},
		Entries:  []ra.Entry{{Request: id, Seq: 1, At: at, By: ra.System(), Kind: ra.Began, To: workflow.Draft}},
		Blobs:    []ra.Blob{{Hash: "h-" + string(id), Data: []byte("document of " + id)}},
		Tasks:    []ra.Task{{Key: string(id) + "/send_link/1", Request: id, Effect: workflow.SendLink, Due: at}},
		Moved:    true,
		Deadline: &ra.Deadline{Request: id, Event: workflow.Expire, Due: at.Add(time.Hour)},
		Claims:   []string{"key:" + string(id)},
	}
}

// next is the change that adds one entry to a request of the given version.
func next(id ra.ID, base int64) *ra.Change {
	return &ra.Change{
		Request: &ra.Request{ID: id, Version: base + 1, State: workflow.AutoCheck, Process: "p", Created: at, Updated: at},
		Base:    base,
		Entries: []ra.Entry{{Request: id, Seq: base + 1, At: at, Kind: ra.Moved, From: workflow.Draft, To: workflow.AutoCheck}},
	}
}

func save(t testing.TB, s *sqlstore.Store, c *ra.Change) {
	t.Helper()
	if err := s.Save(ctx, c); err != nil {
		t.Fatal(err)
	}
}

func TestSaveLoadReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "имя с пробелом & %20?.db")
	s := open(t, path)
	c := born("a")
	save(t, s, c)
	save(t, s, next("a", 1))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is not where it was asked for: %v", err)
	}

	s = open(t, path)
	r, err := s.Load(ctx, "a")
	if err != nil || r.Version != 2 || r.State != workflow.AutoCheck || !r.Created.Equal(at) {
		t.Errorf("got %+v, %v", r, err)
	}
	entries, err := s.History(ctx, "a")
	if err != nil || len(entries) != 2 || !reflect.DeepEqual(entries[0], c.Entries[0]) {
		t.Errorf("got %+v, %v; want %+v first", entries, err, c.Entries[0])
	}
	data, err := s.Blob(ctx, "h-a")
	if err != nil || string(data) != "document of a" {
		t.Errorf("got %q, %v", data, err)
	}
	for what, err := range map[string]error{
		"request": second(s.Load(ctx, "b")), "history": second(s.History(ctx, "b")), "document": second(s.Blob(ctx, "b")),
	} {
		if !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v, want ErrNotFound", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestSaveIsWhole gives each part of a change something to fail on and looks
// whether any other part was written.
func TestSaveIsWhole(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, born("a"))
	gone := &ra.Task{Key: "gone", Request: "b", Attempt: 1}
	for what, change := range map[string]func(*ra.Change){
		"the request exists":        func(c *ra.Change) { c.Request.ID, c.Entries[0].Request = "a", "a" },
		"the version is another":    func(c *ra.Change) { c.Base = 7 },
		"the claim is taken":        func(c *ra.Change) { c.Claims = []string{"key:a"} },
		"the task is gone":          func(c *ra.Change) { c.Settle = gone },
		"the task went on":          func(c *ra.Change) { c.Settle, c.Next = gone, gone },
		"an entry twice":            func(c *ra.Change) { c.Entries = append(c.Entries, c.Entries[0]) },
		"a task twice":              func(c *ra.Change) { c.Tasks = append(c.Tasks, c.Tasks[0]) },
		"a deadline of another one": func(c *ra.Change) { c.Deadline.Request = "nobody" },
	} {
		c := born("b")
		change(c)
		if err := s.Save(ctx, c); err == nil {
			t.Errorf("%s: it was saved", what)
		}
		if list, err := s.List(ctx, "", 10); err != nil || len(list) != 1 {
			t.Errorf("%s: got %d requests, %v; want 1", what, len(list), err)
		}
		if _, err := s.Blob(ctx, "h-b"); !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: the document was written", what)
		}
		agenda, err := s.Due(ctx, at.Add(2*time.Hour), 10)
		if err != nil || len(agenda.Tasks) != 1 || len(agenda.Deadlines) != 1 {
			t.Errorf("%s: got %+v, %v", what, agenda, err)
		}
	}
	save(t, s, born("b"))
}

func TestConflicts(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, born("a"))
	save(t, s, next("a", 1))
	var conflict *ra.ConflictError
	if err := s.Save(ctx, next("a", 1)); !errors.As(err, &conflict) || conflict.Base != 1 || conflict.Task {
		t.Errorf("got %v, want a conflict at version 1", err)
	}
	if err := s.Save(ctx, born("a")); !errors.As(err, &conflict) {
		t.Errorf("got %v, want a conflict", err)
	}
	var claimed *ra.ClaimedError
	c := born("b")
	c.Claims = []string{"key:a"}
	if err := s.Save(ctx, c); !errors.As(err, &claimed) || claimed.Claim != "key:a" {
		t.Errorf("got %v, want the claim refused", err)
	}
	c = next("a", 2)
	c.Claims = []string{"key:a"}
	save(t, s, c) // its own claim again
}

// TestRace lets many goroutines move one request: exactly one wins each
// version, and the journal has no gap.
func TestRace(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, born("a"))
	const rounds, racers = 20, 16
	for base := int64(1); base <= rounds; base++ {
		var wg sync.WaitGroup
		var mu sync.Mutex
		wins := 0
		for range racers {
			wg.Go(func() {
				err := s.Save(ctx, next("a", base))
				var conflict *ra.ConflictError
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins++
				case !errors.As(err, &conflict):
					t.Errorf("got %v, want a conflict", err)
				}
			})
		}
		wg.Wait()
		if wins != 1 {
			t.Fatalf("version %d: got %d winners, want 1", base+1, wins)
		}
	}
	entries, err := s.History(ctx, "a")
	if err != nil || len(entries) != rounds+1 {
		t.Errorf("got %d entries, %v; want %d", len(entries), err, rounds+1)
	}
}

func TestAgenda(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	for i := range 5 {
		c := born(ra.ID(fmt.Sprint(i)))
		c.Tasks[0].Due = at.Add(time.Duration(5-i) * time.Minute)
		save(t, s, c)
	}
	agenda, err := s.Due(ctx, at, 10)
	if err != nil || len(agenda.Tasks) != 0 || !agenda.Next.Equal(at.Add(time.Minute)) {
		t.Errorf("at first: got %+v, %v", agenda, err)
	}
	agenda, err = s.Due(ctx, at.Add(3*time.Minute), 2)
	if err != nil || len(agenda.Tasks) != 2 || agenda.Tasks[0].Request != "4" || agenda.Tasks[1].Request != "3" || !agenda.Next.Equal(at.Add(4*time.Minute)) {
		t.Errorf("after 3 minutes: got %+v, %v", agenda, err)
	}
	old := agenda.Tasks[0]
	claimed := old
	claimed.Attempt, claimed.Due, claimed.Note, claimed.Error = 1, at.Add(time.Hour), []byte("note"), "error"
	if err := s.Retask(ctx, old, claimed); err != nil {
		t.Fatal(err)
	}
	var conflict *ra.ConflictError
	if err := s.Retask(ctx, old, claimed); !errors.As(err, &conflict) || !conflict.Task {
		t.Errorf("a second claim: got %v, want a conflict about the task", err)
	}
	agenda, err = s.Due(ctx, at.Add(time.Hour), 10)
	if err != nil || len(agenda.Tasks) != 5 || !reflect.DeepEqual(agenda.Tasks[4], claimed) {
		t.Errorf("got %+v, %v; want %+v last", agenda.Tasks, err, claimed)
	}
	if len(agenda.Deadlines) != 5 || agenda.Deadlines[0].Event != workflow.Expire {
		t.Errorf("got deadlines %+v", agenda.Deadlines)
	}
	done := next("4", 1)
	done.Settle, done.Moved = &claimed, true
	save(t, s, done)
	agenda, err = s.Due(ctx, at.Add(time.Hour), 10)
	if err != nil || len(agenda.Tasks) != 4 || len(agenda.Deadlines) != 4 || !agenda.Next.IsZero() {
		t.Errorf("when one is done: got %+v, %v", agenda, err)
	}
}

func TestListPages(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	for _, id := range []ra.ID{"c", "a", "b"} {
		save(t, s, born(id))
	}
	var seen []ra.ID
	for after := ra.ID(""); ; {
		page, err := s.List(ctx, after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			seen = append(seen, r.ID)
		}
		after = page[len(page)-1].ID
	}
	if fmt.Sprint(seen) != "[a b c]" {
		t.Errorf("got %v, want [a b c]", seen)
	}
}

func TestOneProcessAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	s := open(t, path)
	var locked *sqlstore.LockedError
	if other, err := sqlstore.Open(ctx, path); !errors.As(err, &locked) || other != nil {
		t.Errorf("got %v, want a LockedError", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

func TestNewerFileIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	s := open(t, path)
	save(t, s, born("a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	direct(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	var newer *sqlstore.NewerError
	if _, err := sqlstore.Open(ctx, path); !errors.As(err, &newer) || newer.Have != 999 || !strings.Contains(err.Error(), "999") {
		t.Errorf("got %v, want a NewerError naming version 999", err)
	}
	direct(t, path, `DELETE FROM goose_db_version WHERE version_id = 999`)
	if _, err := open(t, path).Load(ctx, "a"); err != nil {
		t.Errorf("the file did not stay as it was: %v", err)
	}
}

func TestJournalIsFinal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	s := open(t, path)
	save(t, s, born("a"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, q := range []string{`UPDATE entry SET seq = 9`, `DELETE FROM entry`} {
		if _, err := db.Exec(q); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: got %v, want it refused", q, err)
		}
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	text := strings.Repeat("this is no database\n", 100)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := sqlstore.Open(ctx, path); err == nil || s != nil {
		t.Errorf("got %v, want it refused", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != text {
		t.Error("the file was changed")
	}
}

func direct(t testing.TB, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkSave(b *testing.B) {
	s := open(b, filepath.Join(b.TempDir(), "ra.db"))
	save(b, s, born("a"))
	base := int64(1)
	for b.Loop() {
		save(b, s, next("a", base))
		base++
	}
}
