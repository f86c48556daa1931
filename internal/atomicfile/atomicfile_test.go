package atomicfile_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/internal/atomicfile"
)

// contents returns the files of a folder with what they hold.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil && !f.IsDir() {
			t.Fatal(err)
		}
		all[f.Name()] = string(data)
	}
	return all
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	for _, c := range []struct {
		data string
		mode fs.FileMode
	}{{"a long first text", 0o600}, {"short", 0o644}, {"", 0o400}, {"over one that is read-only", 0o600}} {
		if err := atomicfile.Write(name, []byte(c.data), c.mode); err != nil {
			t.Fatal(err)
		}
		if got := contents(t, dir); len(got) != 1 || got["file"] != c.data {
			t.Errorf("got %v, want one file with %q", got, c.data)
		}
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode() != c.mode {
			t.Errorf("got %v, %v, want mode %v", info.Mode(), err, c.mode)
		}
	}
}

// TestWriteFails leaves everything as it was: what stood under the name, and
// the folder without a temporary file.
func TestWriteFails(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("n", 250) // no room for a longer, temporary name
	if err := os.WriteFile(filepath.Join(dir, long), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "folder", "within"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	for what, name := range map[string]string{
		"the temporary file cannot be made": long,
		"a folder stands under the name":    "folder",
		"the folder is missing":             filepath.Join("missing", "file"),
	} {
		if err := atomicfile.Write(filepath.Join(dir, name), []byte("new"), 0o600); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
	after := contents(t, dir)
	if len(after) != len(before) || after[long] != "old" {
		t.Errorf("got %d files, %q in the old one, want %d and %q", len(after), after[long], len(before), "old")
	}
}

// TestConcurrentWrite has the last of several writers win, wholly.
func TestConcurrentWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			if err := atomicfile.Write(name, bytes.Repeat([]byte{'a' + byte(i)}, 1<<16), 0o600); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	got := contents(t, dir)
	if data := got["file"]; len(got) != 1 || len(data) != 1<<16 || strings.Trim(data, data[:1]) != "" {
		t.Errorf("got %d files, %d octets in the one written, want one writer's", len(got), len(data))
	}
}

func TestSyncDir(t *testing.T) {
	dir := t.TempDir()
	if err := atomicfile.SyncDir(dir); err != nil {
		t.Error(err)
	}
	if err := atomicfile.SyncDir(filepath.Join(dir, "missing")); err == nil && runtime.GOOS != "windows" {
		t.Error("a missing folder: got no error")
	}
}
