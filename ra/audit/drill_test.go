package audit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/sqlstore"
)

// TestRestoreDrill takes a backup while requests go on, restores it elsewhere,
// and moves the restored one to PostgreSQL: each time the trail is verified
// under the checkpoints that were exported, and every journal against it.
func TestRestoreDrill(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) *sqlstore.Store {
		s, err := sqlstore.Open(t.Context(), filepath.Join(dir, name))
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
	original := at("ra.db")
	w := newWorldOn(t, nil, original)
	first := w.completed(1)
	if _, err := w.sealer.Seal(w.ctx); err != nil {
		t.Fatal(err)
	}
	exported, err := original.Last(w.ctx)
	if err != nil {
		t.Fatal(err)
	}

	var backup bytes.Buffer
	done := make(chan error, 1)
	go func() { done <- original.Backup(w.ctx, &backup) }()
	second := w.completed(2) // goes on meanwhile
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "restored.db"), backup.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	restored := at("restored.db")
	sound(t, restored, w.v, exported)
	if r, err := restored.Load(w.ctx, first); err != nil || r.State == "" {
		t.Errorf("the request of before the backup: got %v, %v", r, err)
	}

	if _, err := w.sealer.Seal(w.ctx); err != nil {
		t.Fatal(err)
	}
	moved, err := sqlstore.OpenPostgres(w.ctx, sqlstore.PostgresConfig{URL: pg.Start(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer moved.Close()
	if err := original.CopyTo(w.ctx, moved); err != nil {
		t.Fatal(err)
	}
	sound(t, moved, w.v, exported)
	before, err := original.Last(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	after, err := moved.Last(w.ctx)
	if err != nil || after.Size != before.Size || !bytes.Equal(after.Root, before.Root) {
		t.Errorf("got a tree of %d (%v), want the same of %d", after.Size, err, before.Size)
	}
	there, err := moved.Load(w.ctx, second)
	if err != nil {
		t.Fatal(err)
	}
	if here, err := original.Load(w.ctx, second); err != nil || !bytes.Equal(here.Data, there.Data) {
		t.Errorf("the request differs after the move (%v)", err)
	}
}

// sound fails the test unless the whole store verifies under a checkpoint that
// was kept outside.
func sound(t *testing.T, s ra.Store, v *audit.Verifier, trusted ra.Checkpoint) {
	t.Helper()
	checkpoint, err := v.Open(trusted.Note)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := audit.VerifyStore(t.Context(), s, v, audit.Options{Trusted: []ra.Checkpoint{checkpoint}}); err != nil {
		t.Error(err)
	}
}
