// Package disktest is a disk in memory, for tests of what must survive one:
// it fails at the operation a test names, is pulled out and put back, and after
// a power cut holds what had been synced and any part of what had not.
//
//	d := disktest.New()
//	d.FailAt(3, syscall.ENOSPC) // the fourth change from now
//	carrier, err := openOn(d, "/stick")
//
// It is a disk.System.
package disktest

import (
	"io/fs"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/surguch/surguch/token/internal/disk"
)

// Disk is a disk in memory. The zero value is not usable: it is made by New.
type Disk struct {
	mu      sync.Mutex
	seen    map[string]*file // what programs see, by path; nil: a folder
	stable  map[string]*file // what is surely on the disk
	pending []naming         // names made and removed that were not synced
	calls   int
	at      int // the change that fails; negative: none
	why     error
	forever bool
	gone    error
	locks   map[string]int // readers; -1: one alone
}

// file is what is surely on the disk of a file, and what programs see.
type file struct{ stable, seen []byte }

// naming is a name that was made, or removed if file is nil and dir is false.
type naming struct {
	name string
	from string // of a renaming
	file *file
	dir  bool
}

// New returns an empty disk.
func New() *Disk {
	return &Disk{seen: map[string]*file{"/": nil}, stable: map[string]*file{"/": nil}, at: -1, locks: map[string]int{}}
}

// Calls returns the number of changes that were asked for: files written,
// synced, renamed and removed, folders made and synced.
func (d *Disk) Calls() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.calls
}

// FailAt has change n from now, counted from 0, fail with err, once. If it is a
// writing, half of the octets are written.
func (d *Disk) FailAt(n int, err error) { d.fail(n, err, false) }

// RemoveAt has change n from now, counted from 0, and all that comes after,
// reading too, fail with ENODEV, until Insert.
func (d *Disk) RemoveAt(n int) { d.fail(n, syscall.ENODEV, true) }

func (d *Disk) fail(n int, err error, forever bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.why, d.forever = d.calls+n, err, forever
}

// Insert ends all failures. What programs had written is there.
func (d *Disk) Insert() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at, d.gone = -1, nil
}

// Crash returns the disk after a power cut at this moment: what was synced, and
// of the rest what random decides: of the names a beginning, of a file the old
// contents, the new, or a part of them.
func (d *Disk) Crash(random *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	after := New()
	names := maps.Clone(d.stable)
	for _, n := range d.pending[:random.IntN(len(d.pending)+1)] {
		n.apply(names)
	}
	for name, f := range names {
		if f == nil {
			after.seen[name], after.stable[name] = nil, nil
			continue
		}
		data := f.stable
		if !slices.Equal(f.stable, f.seen) {
			switch random.IntN(3) {
			case 0:
				data = f.seen
			case 1:
				data = f.seen[:random.IntN(len(f.seen)+1)]
			}
		}
		whole := &file{slices.Clone(data), slices.Clone(data)}
		after.seen[name], after.stable[name] = whole, whole
	}
	return after
}

// Files returns the paths of all files, with what they hold.
func (d *Disk) Files() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := map[string]string{}
	for name, f := range d.seen {
		if f != nil {
			all[name] = string(f.seen)
		}
	}
	return all
}

// Put puts a file on the disk, synced, with the folders above it.
func (d *Disk) Put(name string, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := &file{slices.Clone(data), slices.Clone(data)}
	d.seen[name], d.stable[name] = f, f
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		d.seen[dir], d.stable[dir] = nil, nil
	}
}

func (n naming) apply(names map[string]*file) {
	delete(names, n.from)
	if n.file == nil && !n.dir {
		delete(names, n.name)
	} else {
		names[n.name] = n.file
	}
}

// change counts a change and fails where it should.
func (d *Disk) change(op, name string) error {
	if err := d.here(op, name); err != nil {
		return err
	}
	d.calls++
	if d.calls-1 != d.at {
		return nil
	}
	if d.forever {
		d.gone = d.why
	}
	return &fs.PathError{Op: op, Path: name, Err: d.why}
}

func (d *Disk) here(op, name string) error {
	if d.gone != nil {
		return &fs.PathError{Op: op, Path: name, Err: d.gone}
	}
	return nil
}

// rename makes or removes a name, seen at once and stable after a sync.
func (d *Disk) rename(n naming) {
	n.apply(d.seen)
	d.pending = append(d.pending, n)
}

// MakeDir makes a folder with its parents, at once stable.
func (d *Disk) MakeDir(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.here("mkdir", name); err != nil {
		return err
	}
	for dir := name; dir != "/"; dir = path.Dir(dir) {
		if d.seen[dir] != nil {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
		d.seen[dir], d.stable[dir] = nil, nil
	}
	return nil
}

// Enter locks a folder.
func (d *Disk) Enter(name string, alone bool) (disk.Dir, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.here("open", name); err != nil {
		return nil, err
	}
	if f, ok := d.seen[name]; !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
	} else if f != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	if n := d.locks[name]; n < 0 || alone && n > 0 {
		return nil, disk.ErrLocked
	}
	if d.locks[name]++; alone {
		d.locks[name] = -1
	}
	return &folder{disk: d, path: name, alone: alone}, nil
}

// folder is a folder of a Disk that was entered.
type folder struct {
	disk  *Disk
	path  string
	alone bool
	left  bool
}

// within does something with a path on the locked disk.
func (f *folder) within(name string, do func(d *Disk, name string) error) error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return do(f.disk, path.Join(f.path, name))
}

func (f *folder) List(dir string) (names []string, err error) {
	err = f.within(dir, func(d *Disk, dir string) error {
		if err := d.here("readdir", dir); err != nil {
			return err
		}
		if file, ok := d.seen[dir]; !ok {
			return &fs.PathError{Op: "readdir", Path: dir, Err: syscall.ENOENT}
		} else if file != nil {
			return &fs.PathError{Op: "readdir", Path: dir, Err: syscall.ENOTDIR}
		}
		for name := range d.seen {
			if name != "/" && path.Dir(name) == dir {
				names = append(names, path.Base(name))
			}
		}
		slices.Sort(names)
		return nil
	})
	return names, err
}

func (f *folder) Read(name string) (data []byte, err error) {
	err = f.within(name, func(d *Disk, name string) error {
		if err := d.here("open", name); err != nil {
			return err
		}
		file, ok := d.seen[name]
		switch {
		case !ok:
			return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
		case file == nil:
			return &fs.PathError{Op: "read", Path: name, Err: syscall.EISDIR}
		case len(file.seen) > disk.MaxFile:
			return disk.ErrTooLarge
		}
		data = slices.Clone(file.seen)
		return nil
	})
	return data, err
}

// Write counts as two changes: the writing and the sync.
func (f *folder) Write(name string, data []byte) error {
	return f.within(name, func(d *Disk, name string) error {
		if err := d.here("open", name); err != nil {
			return err
		}
		if folder, ok := d.seen[path.Dir(name)]; !ok || folder != nil {
			return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
		}
		it, ok := d.seen[name]
		if ok && it == nil {
			return &fs.PathError{Op: "open", Path: name, Err: syscall.EISDIR}
		}
		if !ok {
			it = &file{}
			d.rename(naming{name: name, file: it})
		}
		if err := d.change("write", name); err != nil {
			it.seen = slices.Clone(data[:len(data)/2])
			return err
		}
		it.seen = slices.Clone(data)
		if err := d.change("sync", name); err != nil {
			return &disk.UnsyncedError{Err: err}
		}
		it.stable = it.seen
		return nil
	})
}

func (f *folder) Rename(from, to string) error {
	to = path.Join(f.path, to)
	return f.within(from, func(d *Disk, from string) error {
		if err := d.change("rename", from); err != nil {
			return err
		}
		file := d.seen[from]
		if file == nil {
			return &fs.PathError{Op: "rename", Path: from, Err: syscall.ENOENT}
		}
		d.rename(naming{name: to, from: from, file: file})
		return nil
	})
}

func (f *folder) Remove(name string) error {
	return f.within(name, func(d *Disk, name string) error {
		if err := d.change("remove", name); err != nil {
			return err
		}
		if _, ok := d.seen[name]; !ok {
			return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOENT}
		}
		for other := range d.seen {
			if strings.HasPrefix(other, name+"/") {
				return &fs.PathError{Op: "remove", Path: name, Err: syscall.ENOTEMPTY}
			}
		}
		d.rename(naming{name: name})
		return nil
	})
}

func (f *folder) MakeDir(name string) error {
	return f.within(name, func(d *Disk, name string) error {
		if err := d.change("mkdir", name); err != nil {
			return err
		}
		if file, ok := d.seen[name]; !ok {
			d.rename(naming{name: name, dir: true})
		} else if file != nil {
			return &fs.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
		}
		return nil
	})
}

// Sync makes the names of a folder stable. A name that was moved out of another
// folder takes what happened there before with it.
func (f *folder) Sync(dir string) error {
	return f.within(dir, func(d *Disk, dir string) error {
		if err := d.change("sync", dir); err != nil {
			return err
		}
		d.pending = slices.DeleteFunc(d.pending, func(n naming) bool {
			if path.Dir(n.name) != dir && path.Dir(n.from) != dir {
				return false
			}
			n.apply(d.stable)
			return true
		})
		return nil
	})
}

func (f *folder) Volume() uint64 { return 1 }

func (f *folder) Leave() error {
	return f.within(".", func(d *Disk, dir string) error {
		if f.left {
			return nil
		}
		f.left = true
		if f.alone {
			d.locks[dir] = 0
		} else {
			d.locks[dir]--
		}
		return nil
	})
}
