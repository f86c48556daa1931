package sqlstore_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

// canaries stand for all that must be gone: one in each kind of thing.
var canaries = map[string]string{
	"name": "эщшъыжюбфхц щъыьэж", "inn": "770708389312", "snils": "08765430300", "key": "CANARY-WRAPPED-KEY", "data": "CANARY-DATA",
	"line": "CANARY-LINE", "blob": "CANARY-BLOB", "note": "CANARY-NOTE", "answer": "CANARY-ANSWER", "claim": "CANARY-CLAIM", "partner": "CANARY-PARTNER",
}

func marked(id ra.ID, base int64) *ra.Change {
	c := change(id, base)
	c.Row.Terms = ra.Terms{Name: canaries["name"], INN: canaries["inn"], SNILS: canaries["snils"]}
	c.Row.Key, c.Row.Data, c.Row.Partner = []byte(canaries["key"]), bytes.Repeat([]byte(canaries["data"]), 3000), canaries["partner"]
	c.Lines[0].Data = bytes.Repeat([]byte(canaries["line"]), 1000)
	c.Blobs = []ra.Blob{{Name: fmt.Sprint("blob ", base), Data: bytes.Repeat([]byte(canaries["blob"]), 150_000)}}
	c.Tasks[0].Note = []byte(canaries["note"])
	c.Command.Answer = []byte(canaries["answer"])
	c.Claims = []string{canaries["claim"]}
	return c
}

// blank is the change that erases a request of the given version.
func blank(id ra.ID, base int64) *ra.Change {
	c := step(id, base)
	c.Row.Terms, c.Row.Key, c.Row.Data = ra.Terms{}, nil, []byte("erased")
	c.Erase = true
	for i := range base {
		c.Forget = append(c.Forget, fmt.Sprint("blob ", i))
	}
	return c
}

// found lists the canaries in the files of a directory.
func found(t *testing.T, dir string) (list []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for what, canary := range canaries {
			if bytes.Contains(data, []byte(canary)) {
				list = append(list, f.Name()+": "+what)
			}
		}
		for _, part := range []string{"щшъ", "ъыь", "ьэж", "фхц", "юбф"} { // of the index of parts
			if bytes.Contains(data, []byte(part)) {
				list = append(list, f.Name()+": part "+part)
			}
		}
	}
	return list
}

// TestEraseLeavesNothing looks for what was erased in every octet of every
// file, while the store is open and others write and read.
func TestEraseLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "ra.db"))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i := range 2 {
		go func() {
			for base := int64(0); ctx.Err() == nil; base++ {
				s.Save(ctx, step(ra.ID(fmt.Sprint("busy ", i)), base))
				s.Page(ctx, ra.Query{Limit: 100})
			}
		}()
	}
	for base := range int64(5) {
		save(t, s, marked("a", base))
		claimed, err := s.ClaimOne(ctx, fmt.Sprintf("a/send_link/%d", base+1), start, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		after := *claimed
		after.Note = []byte(canaries["note"] + " again")
		if err := s.Settle(ctx, *claimed, after); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(found(t, dir)); n < len(canaries) {
		t.Fatalf("got %d canaries before, want all %d: the test looks in the wrong place", n, len(canaries))
	}
	save(t, s, blank("a", 5))
	if list := found(t, dir); len(list) > 0 {
		t.Errorf("got traces:\n%s", strings.Join(list, "\n"))
	}
	var copied bytes.Buffer
	if err := s.Backup(ctx, &copied); err != nil {
		t.Fatal(err)
	}
	for what, canary := range canaries {
		if bytes.Contains(copied.Bytes(), []byte(canary)) {
			t.Errorf("the backup has the %s", what)
		}
	}
}

// TestEraseWaitsForBackup: a backup reads one old state for long, and an
// erasure waits for it; other changes do not.
func TestEraseWaitsForBackup(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "ra.db"))
	save(t, s, marked("a", 0))
	slow := &slowWriter{begun: make(chan bool), free: make(chan bool)}
	backup, erased := make(chan error, 1), make(chan error, 1)
	go func() { backup <- s.Backup(ctx, slow) }()
	<-slow.begun
	go func() { erased <- s.Save(ctx, blank("a", 1)) }()
	save(t, s, change("b", 0)) // others do not wait
	select {
	case err := <-erased:
		t.Errorf("got %v while the backup read", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(slow.free)
	if err := <-backup; err != nil {
		t.Error(err)
	}
	if err := <-erased; err != nil {
		t.Error(err)
	}
	if list := found(t, dir); len(list) > 0 {
		t.Errorf("got traces:\n%s", strings.Join(list, "\n"))
	}
}

type slowWriter struct {
	written     int
	begun, free chan bool
}

func (w *slowWriter) Write(data []byte) (int, error) {
	if w.written == 0 {
		close(w.begun)
		<-w.free
	}
	w.written += len(data)
	return len(data), nil
}

// TestBackup restores a backup that was made while others wrote.
func TestBackup(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "ra.db"))
	fillSome(t, s)
	before := dump(t, s)
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan bool)
	go func() {
		defer close(done)
		for base := int64(0); ctx.Err() == nil; base++ {
			s.Save(ctx, step("busy", base))
		}
	}()
	path := filepath.Join(t.TempDir(), "restored.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, f); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-done
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	restored := open(t, path)
	missing := map[string]bool{}
	for _, line := range before {
		missing[line] = true
	}
	for _, line := range dump(t, restored) {
		delete(missing, line)
	}
	for line := range missing {
		t.Errorf("the restored file lacks %s", line)
	}
	if page, err := restored.Page(t.Context(), ra.Query{Contains: "нарейк"}); err != nil || len(page) == 0 {
		t.Errorf("parts of names are not found in the restored file: %v", err)
	}
	save(t, restored, change("new", 0))
	if err := s.Backup(t.Context(), failing{}); err == nil {
		t.Error("a backup that could not be written is reported as done")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestEraseWithAnOldReader: somebody else reads an old state of the file for
// ever. Save says that the traces are still there; the next erasure removes
// them.
func TestEraseWithAnOldReader(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "ra.db")
	s := open(t, path)
	save(t, s, marked("a", 0))
	if err := s.Exec(`PRAGMA busy_timeout = 50`); err != nil { // not ten seconds
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := reader.QueryRow(`SELECT count(*) FROM request`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	var traces *sqlstore.TracesError
	if err := s.Save(ctx, blank("a", 1)); !errors.As(err, &traces) {
		t.Errorf("got %v, want a TracesError", err)
	}
	if r, err := s.Load(ctx, "a"); err != nil || r.Version != 2 {
		t.Errorf("got %+v, %v; want it erased all the same", r, err)
	}
	if err := reader.Rollback(); err != nil {
		t.Fatal(err)
	}
	save(t, s, change("b", 0))
	save(t, s, blank("b", 1))
	if list := found(t, dir); len(list) > 0 {
		t.Errorf("got traces:\n%s", strings.Join(list, "\n"))
	}
}
