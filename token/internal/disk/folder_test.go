package disk_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
	"github.com/surguch/surguch/token/internal/disk/disktest"
)

var device = token.Device{Manufacturer: "surguch", Model: "folder", Serial: "stick"}

func open(t *testing.T, on disk.System) *disk.Folder {
	t.Helper()
	f, err := disk.Open(disk.Config{Path: "/stick", Device: device, Make: true, System: on})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The two states that a change leads from and to.
var (
	before = map[string]string{"/stick/a": "old a", "/stick/gone/1": "old 1", "/stick/gone/2": "old 2", "/stick/kept": "kept"}
	after  = map[string]string{"/stick/a": "new a", "/stick/b": "new b", "/stick/new/1": "new 1", "/stick/kept": "kept"}
	change = disk.Files{"a": []byte("new a"), "b": []byte("new b"), "new/1": []byte("new 1"), "gone/1": nil, "gone/2": nil}
)

func prepared() *disktest.Disk {
	d := disktest.New()
	for name, data := range before {
		d.Put(name, []byte(data))
	}
	return d
}

func apply(f *disk.Folder) error {
	return f.Change(context.Background(), "write", func(disk.View) (disk.Files, error) { return change, nil })
}

// calls returns how many changes of the disk one Change takes.
func calls(t *testing.T) int {
	t.Helper()
	d := prepared()
	f := open(t, d)
	start := d.Calls()
	if err := apply(f); err != nil {
		t.Fatal(err)
	}
	if got := d.Files(); !maps.Equal(got, after) {
		t.Fatalf("got %v, want %v", got, after)
	}
	return d.Calls() - start
}

// TestFull: no space at any moment. Where the error is Full the old contents
// are there at once; where it is Unknown the new ones are, after reopening.
func TestFull(t *testing.T) {
	full, unknown := 0, 0
	for n := range calls(t) {
		d := prepared()
		f := open(t, d)
		d.FailAt(n, syscall.ENOSPC)
		err := apply(f)
		if !errors.Is(err, token.Full) || !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("change %d: got %v, want Full", n, err)
		}
		var e *token.Error
		if !errors.As(err, &e) || e.Op != "write" || e.Device != device {
			t.Errorf("change %d: got %#v", n, e)
		}
		want := before
		if errors.Is(err, token.Unknown) {
			unknown++
			want = after
			open(t, d)
		} else {
			full++
		}
		if got := d.Files(); !maps.Equal(got, want) {
			t.Errorf("change %d: %v: got %v, want %v", n, err, got, want)
		}
	}
	if full < 9 || unknown < 5 {
		t.Errorf("got %d times Full and %d times Unknown", full, unknown)
	}
}

// TestRemoved: the disk is pulled out at any moment and comes back, with or
// without what was not synced.
func TestRemoved(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	old, made := 0, 0
	for n := range calls(t) {
		for cut := range 40 {
			d := prepared()
			f := open(t, d)
			d.RemoveAt(n)
			err := apply(f)
			if !errors.Is(err, token.Removed) {
				t.Fatalf("change %d: got %v, want Removed", n, err)
			}
			if err := f.Read(t.Context(), "list", func(disk.View) error { return nil }); !errors.Is(err, token.Removed) {
				t.Fatalf("change %d: read: got %v, want Removed", n, err)
			}
			certain := !errors.Is(err, token.Unknown)
			if cut > 0 {
				d = d.Crash(random)
			} else {
				d.Insert()
			}
			open(t, d)
			switch got := d.Files(); {
			case maps.Equal(got, before):
				old++
			case maps.Equal(got, after) && !certain:
				made++
			default:
				t.Fatalf("change %d, cut %d: %v: got %v", n, cut, err, got)
			}
		}
	}
	if old < 300 || made < 300 {
		t.Errorf("got %d old and %d new states", old, made)
	}
}

// TestRecoveryInterrupted: the power is cut while a change that was cut off is
// being finished.
func TestRecoveryInterrupted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	last := calls(t) - 1 // the journal is there
	for n := range 20 {
		for range 20 {
			d := prepared()
			f := open(t, d)
			d.RemoveAt(last - 4)
			if err := apply(f); !errors.Is(err, token.Unknown) {
				t.Fatalf("got %v, want Unknown", err)
			}
			d = d.Crash(random)
			d.RemoveAt(n)
			_, err := disk.Open(disk.Config{Path: "/stick", Device: device, System: d})
			if err != nil && !errors.Is(err, token.Removed) {
				t.Fatal(err)
			}
			d = d.Crash(random)
			open(t, d)
			if got := d.Files(); !maps.Equal(got, after) {
				t.Fatalf("interrupted at %d: got %v, want %v", n, got, after)
			}
		}
	}
}

// TestReal does the change on the real disk.
func TestReal(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "stick")
	f, err := disk.Open(disk.Config{Path: dir, Device: device, Make: true})
	if err != nil {
		t.Fatal(err)
	}
	put := func(files disk.Files) {
		t.Helper()
		if err := f.Change(t.Context(), "write", func(disk.View) (disk.Files, error) { return files, nil }); err != nil {
			t.Fatal(err)
		}
	}
	put(disk.Files{"a": []byte("old a"), "gone/1": []byte("old 1"), "gone/2": []byte("old 2"), "kept": []byte("kept")})
	put(change)
	var names []string
	err = f.Read(t.Context(), "list", func(v disk.View) error {
		names, err = v.List(".")
		data, readErr := v.Read("new/1")
		if string(data) != "new 1" {
			t.Errorf("got %q", data)
		}
		return errors.Join(err, readErr)
	})
	if err != nil || fmt.Sprint(names) != "[a b kept new]" {
		t.Errorf("got %v, %v", names, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := apply(f); !errors.Is(err, token.Removed) {
		t.Errorf("got %v, want Removed", err)
	}
}

// TestNames: names lead nowhere else, and not to the journal.
func TestNames(t *testing.T) {
	d := prepared()
	f := open(t, d)
	for _, name := range []string{"", ".", "..", "../x", "/x", "a/b/c", `a\b`, "a\x00", disk.DefaultJournal, disk.DefaultJournal + ".1", "c:x"} {
		err := f.Change(t.Context(), "write", func(disk.View) (disk.Files, error) { return disk.Files{name: []byte("x")}, nil })
		if err == nil || !maps.Equal(d.Files(), before) {
			t.Errorf("%q: got %v, %v", name, err, d.Files())
		}
	}
	outside := t.TempDir()
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	real, err := disk.Open(disk.Config{Path: dir, Device: device})
	if err != nil {
		t.Fatal(err)
	}
	err = real.Change(t.Context(), "write", func(disk.View) (disk.Files, error) { return disk.Files{"link/x": []byte("x")}, nil })
	if _, statErr := os.Stat(filepath.Join(outside, "x")); err == nil || !errors.Is(statErr, os.ErrNotExist) {
		t.Errorf("a symbolic link: got %v, %v", err, statErr)
	}
	// What the failed change left in the journal is refused by its names or
	// finished: the folder opens.
	if err := os.Remove(filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := disk.Open(disk.Config{Path: dir, Device: device}); err != nil {
		t.Error(err)
	}
}

// TestBusy: another process is in the folder, or many read it.
func TestBusy(t *testing.T) {
	for what, on := range map[string]disk.System{"memory": prepared(), "real": nil} {
		c := disk.Config{Path: "/stick", Device: device, System: on}
		if on == nil {
			c.Path = t.TempDir()
		}
		one, err := disk.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		two, err := disk.Open(c)
		if err != nil {
			t.Fatal(err)
		}
		err = one.Read(t.Context(), "list", func(disk.View) error {
			if err := two.Read(t.Context(), "list", func(disk.View) error { return nil }); err != nil {
				t.Errorf("%s: two readers: %v", what, err)
			}
			return apply(two)
		})
		if !errors.Is(err, token.Busy) {
			t.Errorf("%s: got %v, want Busy", what, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		err = one.Change(t.Context(), "write", func(disk.View) (disk.Files, error) {
			cancel()
			return nil, two.Read(ctx, "list", func(disk.View) error { return nil })
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", what, err)
		}
	}
}

// TestCancelled: a change is not begun for a caller who has gone, and one that
// fails by itself changes nothing and keeps its error.
func TestCancelled(t *testing.T) {
	d := prepared()
	f := open(t, d)
	ctx, cancel := context.WithCancel(t.Context())
	err := f.Change(ctx, "write", func(disk.View) (disk.Files, error) {
		cancel()
		return change, nil
	})
	if !errors.Is(err, context.Canceled) || !maps.Equal(d.Files(), before) {
		t.Errorf("got %v, %v", err, d.Files())
	}
	if err := f.Read(ctx, "list", func(disk.View) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
	own := errors.New("own")
	err = f.Change(t.Context(), "write", func(disk.View) (disk.Files, error) { return change, own })
	if err != own || !maps.Equal(d.Files(), before) {
		t.Errorf("got %v, %v", err, d.Files())
	}
}

// moved is a disk on which another volume comes to be in the folder's place.
type moved struct {
	*disktest.Disk
	number uint64
}

func (m *moved) Enter(path string, alone bool) (disk.Dir, error) {
	d, err := m.Disk.Enter(path, alone)
	return movedDir{d, m.number}, err
}

type movedDir struct {
	disk.Dir
	number uint64
}

func (m movedDir) Volume() uint64 { return m.number }

// TestUnmounted: the folder that is left where a stick was mounted is not the
// stick.
func TestUnmounted(t *testing.T) {
	m := &moved{prepared(), 7}
	f := open(t, m)
	m.number = 8
	if err := apply(f); !errors.Is(err, token.Removed) || !maps.Equal(m.Files(), before) {
		t.Errorf("got %v, %v, want Removed", err, m.Files())
	}
	m.number = 7
	if err := apply(f); err != nil {
		t.Error(err)
	}
}
