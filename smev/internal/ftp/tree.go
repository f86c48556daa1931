package ftp

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits bound what a tree holds. Zero means the default of each.
type Limits struct {
	File    int64 // octets of one file; 64 MiB
	Total   int64 // octets of all files, uploads under way included; 256 MiB
	Entries int   // files and directories; 10000
}

// refusal is why a tree does not do what it is asked; the session tells the
// client in these words.
type refusal string

func (r refusal) Error() string { return string(r) }

const (
	errNotFound     refusal = "no such file or directory"
	errExists       refusal = "it exists already"
	errNotFile      refusal = "not a file"
	errNotDirectory refusal = "not a directory"
	errNotEmpty     refusal = "the directory is not empty"
	errFull         refusal = "too large, or the store is full"
)

// Tree is a tree of files in memory. It is safe for concurrent use. A path is
// taken from the root, whether it begins with a slash or not, and ".." never
// leads out of it.
type Tree struct {
	limits Limits
	now    func() time.Time

	mu      sync.Mutex
	used    int64            // octets of all files and uploads
	entries map[string]entry // by clean path; the root "/" is always there
}

// entry is a file or a directory. Its data never changes: another upload makes
// another entry.
type entry struct {
	name     string // the last element of its path
	dir      bool
	data     []byte
	modified time.Time
}

// NewTree returns an empty tree. Files bear the time that now gives.
func NewTree(l Limits, now func() time.Time) *Tree {
	if l.File == 0 {
		l.File = 64 << 20
	}
	if l.Total == 0 {
		l.Total = 256 << 20
	}
	if l.Entries == 0 {
		l.Entries = 10000
	}
	root := entry{name: "/", dir: true, modified: now()}
	return &Tree{limits: l, now: now, entries: map[string]entry{"/": root}}
}

// clean resolves name in dir, a clean path from the root. Nothing leads above
// the root.
func clean(dir, name string) string {
	if !strings.HasPrefix(name, "/") {
		name = dir + "/" + name
	}
	return path.Clean(name)
}

// Put stores a copy of data as the file name and makes the directories it
// needs. It replaces a file of that name. It fails past a limit, or if name is
// a directory, lies beneath a file or cannot be told in a command line.
func (t *Tree) Put(name string, data []byte) error {
	p := clean("/", name)
	if _, err := parseCommand("STOR " + p + "\r\n"); err != nil {
		return errors.New("ftp: put: not a file name")
	}
	u := &upload{tree: t, path: p}
	defer u.discard()
	_, err := u.Write(data)
	for i := 1; i < len(p) && err == nil; i++ {
		if p[i] == '/' {
			if err = t.mkdir(p[:i]); errors.Is(err, errExists) {
				err = nil // a file in the way is found by commit
			}
		}
	}
	if err == nil {
		err = u.commit()
	}
	if err != nil {
		return fmt.Errorf("ftp: put: %w", err)
	}
	return nil
}

// Take removes the directory dir with all beneath it and returns the octets of
// its files by their path from dir. It is empty if there are none. Downloads
// under way still read the octets: they must not be changed.
func (t *Tree) Take(dir string) map[string][]byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	files := map[string][]byte{}
	p := clean("/", dir)
	if !t.entries[p].dir {
		return files
	}
	beneath := strings.TrimSuffix(p, "/") + "/"
	for full, e := range t.entries {
		name, ok := strings.CutPrefix(full, beneath)
		if full == "/" || full != p && !ok {
			continue
		}
		if !e.dir {
			files[name] = e.data
			t.used -= int64(len(e.data))
		}
		delete(t.entries, full)
	}
	return files
}

// stat returns what is at p.
func (t *Tree) stat(p string) (entry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.entries[p]
	if !ok {
		return entry{}, errNotFound
	}
	return e, nil
}

// list returns what is in the directory p, by name.
func (t *Tree) list(p string) []entry {
	t.mu.Lock()
	defer t.mu.Unlock()
	var list []entry
	for _, full := range slices.Sorted(maps.Keys(t.entries)) {
		if full != "/" && path.Dir(full) == p {
			list = append(list, t.entries[full])
		}
	}
	return list
}

// mkdir makes the directory p.
func (t *Tree) mkdir(p string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.entries[p]; ok {
		return errExists
	}
	return t.enter(p, entry{dir: true})
}

// remove deletes the file p, or the empty directory p.
func (t *Tree) remove(p string, dir bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	e, ok := t.entries[p]
	switch {
	case !ok:
		return errNotFound
	case dir && !e.dir:
		return errNotDirectory
	case !dir && e.dir:
		return errNotFile
	}
	for full := range t.entries {
		if path.Dir(full) == p { // the root is in itself and never goes
			return errNotEmpty
		}
	}
	delete(t.entries, p)
	t.used -= int64(len(e.data))
	return nil
}

// room says whether a file or, where nothing is yet, a directory may be put at
// p. The caller holds mu.
func (t *Tree) room(p string) error {
	parent, ok := t.entries[path.Dir(p)]
	if !ok {
		return errNotFound
	}
	if !parent.dir {
		return errNotDirectory
	}
	old, replaces := t.entries[p]
	if old.dir {
		return errNotFile
	}
	if !replaces && len(t.entries) > t.limits.Entries { // the root is not counted
		return errFull
	}
	return nil
}

// enter puts e at p, in place of a file that is there. The caller holds mu.
func (t *Tree) enter(p string, e entry) error {
	if err := t.room(p); err != nil {
		return err
	}
	t.used -= int64(len(t.entries[p].data))
	e.name, e.modified = path.Base(p), t.now()
	t.entries[p] = e
	return nil
}
