package sqlstore_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/ra/storetest"
	"github.com/surguch/surguch/smev/client"
)

var update = flag.Bool("update", false, "write the file of the present schema anew")

func TestSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) ra.Store { return open(t, filepath.Join(t.TempDir(), "ra.db")) })
}

func TestSQLiteReopened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "имя с пробелом & %20?.db")
	storetest.RunDurable(t, func(t *testing.T) ra.Store { return open(t, path) }, func(t *testing.T, s ra.Store) ra.Store {
		if err := s.(*sqlstore.Store).Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); err != nil {
			t.Errorf("the file is not where it was asked for: %v", err)
		}
		return open(t, path)
	})
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
	save(t, s, change("a", 0))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	direct(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
	var newer *sqlstore.NewerError
	if _, err := sqlstore.Open(ctx, path); !errors.As(err, &newer) || newer.Have != 999 || newer.Known != 4 || !strings.Contains(err.Error(), "999") {
		t.Errorf("got %v, want a NewerError naming version 999", err)
	}
	direct(t, path, `DELETE FROM goose_db_version WHERE version_id = 999`)
	if _, err := open(t, path).Load(ctx, "a"); err != nil {
		t.Errorf("the file did not stay as it was: %v", err)
	}
}

// golden is a file of schema version 4 with one request and goldenMessages. It
// is written anew as long as that is the newest version; v2.db.gz is the same of
// version 2, and v1.db.gz, of the version before, has the request alone.
const golden = "testdata/v4.db.gz"

// TestOldFile opens files as earlier versions of the module left them.
func TestOldFile(t *testing.T) {
	if *update {
		writeGolden(t)
	}
	for _, file := range []string{"testdata/v1.db.gz", "testdata/v2.db.gz", golden} {
		s := open(t, unpacked(t, file))
		got := slices.DeleteFunc(dump(t, s), func(line string) bool {
			return strings.HasPrefix(line, "sent|") || strings.HasPrefix(line, "received|")
		})
		if want := oldRows(t); !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s, want\n%s", file, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		save(t, s, change("a", 2))
		if file == "testdata/v1.db.gz" {
			fillGolden(t, s)
		}
		for keys, c := range goldenMessages() {
			m := s.Messages(keys)
			if got, err := m.Get(ctx, c.sent.MessageID); err != nil || !reflect.DeepEqual(got, c.sent) {
				t.Errorf("%s: got %s, want %s", file, asJSON(t, got, err), asJSON(t, c.sent, nil))
			}
			if got, err := m.Answers(ctx, c.sent.MessageID); err != nil || !reflect.DeepEqual(got, []client.Received{c.received}) {
				t.Errorf("%s: got %s, want %s", file, listed(t, got, err), asJSON(t, c.received, nil))
			}
		}
	}
}

// asked is a message and its answer.
type asked struct {
	sent     client.Sent
	received client.Received
}

// goldenMessages are a message in the clear and one sealed, each with its
// answer, by the keys.
func goldenMessages() map[ra.CaseKeys]asked {
	all := map[ra.CaseKeys]asked{}
	for mark, keys := range sealings {
		s, r := inquiry(inquiryKey(first)+mark, mark, mark), answer(client.Response, "answer "+mark, mark, mark)
		s.Files[1].Data, r.Files[0].Data = s.Files[1].Data[:100], r.Files[0].Data[:100]
		all[keys] = asked{s, r}
	}
	return all
}

func writeGolden(t *testing.T) {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	fillOld(t, s)
	fillGolden(t, s)
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(ctx, w), w.Close(), os.WriteFile(golden, packed.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func fillGolden(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	for keys, c := range goldenMessages() {
		putAll(t, s.Messages(keys), c.sent)
		keepAll(t, s.Messages(keys), c.received)
	}
}

// unpacked is a copy of a golden file.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ra.db")
	packed, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// oldRows are the rows of the golden files, but for messages.
func oldRows(t *testing.T) []string {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	fillOld(t, s)
	return dump(t, s)
}

func fillOld(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	save(t, s, change("a", 0))
	save(t, s, change("a", 1))
	leaves, err := s.Unsealed(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seal(ctx, leaves, ra.Checkpoint{Size: 1, Root: []byte("root"), Note: []byte("note"), At: start}); err != nil {
		t.Fatal(err)
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

// final has each statement refused that would change what is written once.
func final(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	save(t, s, change("a", 0))
	leaves, err := s.Unsealed(ctx, 9)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Seal(ctx, leaves, ra.Checkpoint{Size: 1, Root: []byte("root"), At: start}); err != nil {
		t.Fatal(err)
	}
	before := dump(t, s)
	refused := func(query string, args ...any) {
		t.Helper()
		if err := s.Exec(query, args...); err == nil || !strings.Contains(err.Error(), "never") {
			t.Errorf("%s: got %v, want it refused", query, err)
		}
	}
	for _, q := range []string{
		`UPDATE line SET seq = 9`, `UPDATE line SET at_ms = 9`, `DELETE FROM line`, `DELETE FROM leaf`, `DELETE FROM checkpoint`,
		`UPDATE leaf SET place = 7`, `UPDATE leaf SET place = NULL`, `UPDATE leaf SET seq = 7`, `UPDATE checkpoint SET size = 7`,
	} {
		refused(q)
	}
	for _, q := range []string{
		`UPDATE line SET data = $1`, `UPDATE leaf SET body = $1`, `UPDATE checkpoint SET root = $1`, `UPDATE blob SET data = $1`,
	} {
		refused(q, []byte("other"))
	}
	refused(`UPDATE line SET at_ms = 9, data = $1`, []byte{})
	if after := dump(t, s); !slices.Equal(before, after) {
		t.Errorf("got\n%s, want\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

func TestWrittenOnce(t *testing.T) { final(t, open(t, filepath.Join(t.TempDir(), "ra.db"))) }

// malformed changes are mistakes of their makers: refused, not stored by half.
func TestMalformedChanges(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	for what, spoil := range map[string]func(c *ra.Change){
		"no request":           func(c *ra.Change) { c.Row = nil },
		"a gap":                func(c *ra.Change) { c.Row.Version = 2 },
		"a line of another":    func(c *ra.Change) { c.Lines[0].Request = "b" },
		"a line out of place":  func(c *ra.Change) { c.Lines[0].Seq = 7 },
		"no leaf":              func(c *ra.Change) { c.Leaves = nil },
		"half a settling":      func(c *ra.Change) { c.Settle = &ra.Task{} },
		"another task":         func(c *ra.Change) { c.Settle, c.After = &ra.Task{Key: "x"}, &ra.Task{Key: "y"} },
		"a task of another":    func(c *ra.Change) { c.Tasks[0].Request = "b" },
		"a timer of another":   func(c *ra.Change) { c.Timers[0].Request = "b" },
		"a command of another": func(c *ra.Change) { c.Command.Request = "b" },
		"timers at rest":       func(c *ra.Change) { c.Moved = false },
		"forgetting":           func(c *ra.Change) { c.Forget = []string{"blob"} },
		"no text":              func(c *ra.Change) { c.Row.Terms.Name = "\xff" },
	} {
		c := change("a", 0)
		spoil(c)
		if err := s.Save(ctx, c); err == nil {
			t.Errorf("%s: it was saved", what)
		}
	}
	if rows := dump(t, s); len(rows) > 0 {
		t.Errorf("got %v, want nothing written", rows)
	}
}

// TestGroupCommit holds one transaction up until many callers wait: they share
// the next ones, and who is refused does not spoil the others.
func TestGroupCommit(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, change("a", 0))
	before, _ := s.Commits()
	const writers = 64
	blocked, free := make(chan bool), make(chan bool)
	var once sync.Once
	s.Passing(func(point string) {
		if point == "before commit" {
			once.Do(func() { close(blocked); <-free })
		}
	})
	var wg sync.WaitGroup
	errs := make([]error, writers)
	wg.Go(func() { save(t, s, change("first", 0)) })
	<-blocked
	for i := range writers {
		wg.Go(func() {
			c := change(ra.ID(fmt.Sprint(i)), 0)
			if i%4 == 0 {
				c.Claims = []string{"claim of a"} // taken
			}
			errs[i] = s.Save(ctx, c)
		})
	}
	time.Sleep(200 * time.Millisecond) // all of them wait by now, or nearly
	close(free)
	wg.Wait()
	for i, err := range errs {
		var claimed *ra.ClaimedError
		if (i%4 == 0) != errors.As(err, &claimed) || err != nil && claimed == nil {
			t.Errorf("%d: got %v", i, err)
		}
		_, err := s.Load(ctx, ra.ID(fmt.Sprint(i)))
		if (i%4 == 0) != errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%d: afterwards: got %v", i, err)
		}
	}
	commits, units := s.Commits()
	if commits -= before; commits > 1+writers/8 {
		t.Errorf("got %d transactions for %d changes, want few", commits, writers)
	}
	t.Logf("%d transactions, %d changes in all", commits, units)
}

// TestWaitingCallerLeaves shows what the end of a context does: whoever still
// waits for the writer leaves and nothing is written; what has begun is
// brought to its end.
func TestWaitingCallerLeaves(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	blocked, free := make(chan bool), make(chan bool)
	var once sync.Once
	s.Passing(func(point string) {
		if point == "before commit" {
			once.Do(func() { close(blocked); <-free })
		}
	})
	ctx, cancel := context.WithCancel(ctx)
	begun, waiting := make(chan error, 1), make(chan error, 1)
	go func() { begun <- s.Save(ctx, change("begun", 0)) }()
	<-blocked
	go func() { waiting <- s.Save(ctx, change("waiting", 0)) }()
	time.Sleep(50 * time.Millisecond)
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("the one who waited: got %v, want context.Canceled", err)
	}
	close(free)
	if err := <-begun; err != nil {
		t.Errorf("the one who had begun: got %v, want it saved", err)
	}
	if _, err := s.Load(t.Context(), "waiting"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want nothing written for the one who left", err)
	}
}

// TestFullDisk lets the file grow no more: changes fail whole, reading goes
// on, and with room again so does writing.
func TestFullDisk(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	save(t, s, change("a", 0))
	if err := s.Exec(`PRAGMA max_page_count = 1`); err != nil { // as large as it is
		t.Fatal(err)
	}
	before := dump(t, s)
	big := change("b", 0)
	big.Blobs = []ra.Blob{{Name: "big", Data: make([]byte, 3<<20)}}
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			c := *big
			row := *big.Row
			row.ID = ra.ID(fmt.Sprint("b", i))
			c.Row, c.Base, c.Claims, c.Command, c.Tasks, c.Timers = &row, 0, nil, nil, nil, nil
			c.Lines = []ra.Line{{Request: row.ID, Seq: 1, At: start, Data: []byte("line")}}
			errs[i] = s.Save(ctx, &c)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err == nil || !strings.Contains(err.Error(), "full") {
			t.Errorf("got %v, want that the disk is full", err)
		}
	}
	if after := dump(t, s); !slices.Equal(before, after) {
		t.Error("part of a change was written")
	}
	if err := s.Exec(`PRAGMA max_page_count = 1000000`); err != nil {
		t.Fatal(err)
	}
	save(t, s, big)
}

func closedStore(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	save(t, s, change("a", 0))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for what, call := range map[string]func() error{
		"save":  func() error { return s.Save(ctx, step("a", 1)) },
		"load":  func() error { _, err := s.Load(ctx, "a"); return err },
		"claim": func() error { _, err := s.Claim(ctx, start, time.Hour, 1); return err },
		"page":  func() error { _, err := s.Page(ctx, ra.Query{}); return err },
	} {
		if err := call(); err == nil || errors.Is(err, ra.ErrNotFound) {
			t.Errorf("%s: got %v, want that the store is closed", what, err)
		}
	}
}

func TestClosed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	closedStore(t, open(t, path))
	if r, err := open(t, path).Load(ctx, "a"); err != nil || r.Version != 1 {
		t.Errorf("got %+v, %v; want version 1", r, err)
	}
}

// TestCloseAmidSaves closes while many save: every Save ends, and those that
// were told so are there.
func TestCloseAmidSaves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ra.db")
	s := open(t, path)
	var wg sync.WaitGroup
	acked := make([]int64, 16)
	for i := range acked {
		wg.Go(func() {
			for s.Save(ctx, step(ra.ID(fmt.Sprint(i)), acked[i])) == nil {
				acked[i]++
			}
		})
	}
	time.Sleep(100 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	s = open(t, path)
	for i, n := range acked {
		if r, err := s.Load(ctx, ra.ID(fmt.Sprint(i))); n > 0 && (err != nil || r.Version != n) {
			t.Errorf("%d: got %+v, %v; want version %d", i, r, err, n)
		}
	}
}
