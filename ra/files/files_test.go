package files_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/files"
)

var _ ra.Documents = (*files.Folder)(nil)

func open(t testing.TB) (*files.Folder, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "документы", "1")
	f, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return f, dir
}

func name(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

func put(t testing.TB, f *files.Folder, data string) {
	t.Helper()
	if err := f.Put(t.Context(), name(data), []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestPutGetDelete(t *testing.T) {
	f, dir := open(t)
	put(t, f, "scan")
	put(t, f, "scan")
	put(t, f, "")
	again, err := files.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{"scan", ""} {
		got, err := again.Get(t.Context(), name(data))
		if err != nil || !bytes.Equal(got, []byte(data)) {
			t.Errorf("%q: got %q, %v", data, got, err)
		}
	}
	for range 2 {
		if err := f.Delete(t.Context(), name("scan")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.Get(t.Context(), name("scan")); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}

func TestRefuses(t *testing.T) {
	f, dir := open(t)
	for _, bad := range []string{"", "..", "../../etc/passwd", strings.ToUpper(name("x")), name("x")[:62], name("x") + "/.."} {
		if err := f.Put(t.Context(), bad, nil); err == nil {
			t.Errorf("put %q: no error", bad)
		}
		if _, err := f.Get(t.Context(), bad); err == nil || errors.Is(err, ra.ErrNotFound) {
			t.Errorf("get %q: got %v", bad, err)
		}
		if err := f.Delete(t.Context(), bad); err == nil {
			t.Errorf("delete %q: no error", bad)
		}
	}
	if err := f.Put(t.Context(), name("one"), []byte("another")); err == nil {
		t.Error("data under the name of other data: no error")
	}
	put(t, f, "scan")
	path := filepath.Join(dir, name("scan")[:2], name("scan"))
	if err := os.WriteFile(path, []byte("scam"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Get(t.Context(), name("scan")); err == nil || !strings.Contains(err.Error(), "changed") {
		t.Errorf("a changed file: got %v", err)
	}
}

func TestSweep(t *testing.T) {
	f, dir := open(t)
	put(t, f, "referred to")
	put(t, f, "left over")
	torn := filepath.Join(dir, name("left over")[:2], ".torn.123")
	if err := os.WriteFile(torn, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	referred := func(n string) (bool, error) { return n == name("referred to"), nil }
	if n, err := f.Sweep(t.Context(), time.Now(), referred); n != 0 || err != nil {
		t.Errorf("at once: got %d, %v; want nothing removed", n, err)
	}
	if n, err := f.Sweep(t.Context(), time.Now().Add(25*time.Hour), referred); n != 2 || err != nil {
		t.Errorf("a day later: got %d, %v; want 2", n, err)
	}
	if _, err := f.Get(t.Context(), name("referred to")); err != nil {
		t.Error(err)
	}
	if _, err := f.Get(t.Context(), name("left over")); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}
