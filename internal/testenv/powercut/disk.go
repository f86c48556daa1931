package powercut

import (
	"bytes"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
)

// Recording is what a program did to the files of a directory, in the order
// in which its calls returned.
type Recording struct {
	dir string
	ops []op
}

type kind int

const (
	opened  kind = iota // and made, if it was missing
	written             // data at an offset
	resized
	synced // a file, or "." for the directory
	removed
	renamed
	told // on standard output
)

type op struct {
	kind     kind
	name, to string
	at       int64 // offset, or the new length
	data     []byte
	truncate bool // of opened
	since    int  // operations that had ended when this one began
}

// Moment is a state of the disk between two operations.
type Moment struct {
	Number int    // of operations before it
	Sync   bool   // the last of them was a sync
	Told   []byte // what the program had said until then
	disk   *disk
}

// Moments returns the states after each operation.
func (r *Recording) Moments() iter.Seq[*Moment] {
	return func(yield func(*Moment) bool) {
		m := &Moment{disk: newDisk()}
		for i := range r.ops {
			o := &r.ops[i]
			m.Number, m.Sync = i+1, o.kind == synced
			if o.kind == told {
				m.Told = append(m.Told, o.data...)
			} else {
				m.disk.do(o, i)
			}
			if !yield(m) {
				return
			}
		}
	}
}

// disk is what programs see, and what is on the platter.
type disk struct {
	seen   map[string]*file
	stable map[string]*file
	names  []naming // not synced, in order
}

// file is what is surely on the disk, and the changes since.
type file struct {
	stable  []byte
	pending []change
}

type change struct {
	number int // of the operation
	at     int64
	data   []byte
	resize bool
}

// naming is a name that was made (file is set) or removed.
type naming struct {
	number  int
	name    string
	removed string // by a renaming
	file    *file
}

func newDisk() *disk { return &disk{seen: map[string]*file{}, stable: map[string]*file{}} }

func (d *disk) do(o *op, number int) {
	f := d.seen[o.name]
	switch o.kind {
	case opened:
		if f == nil {
			f = &file{}
			d.seen[o.name] = f
			d.names = append(d.names, naming{number: number, name: o.name, file: f})
		}
		if o.truncate {
			f.pending = append(f.pending, change{number: number, resize: true})
		}
	case written:
		if f != nil {
			f.pending = append(f.pending, change{number: number, at: o.at, data: o.data})
		}
	case resized:
		if f != nil {
			f.pending = append(f.pending, change{number: number, at: o.at, resize: true})
		}
	case removed:
		if f != nil {
			delete(d.seen, o.name)
			d.names = append(d.names, naming{number: number, name: o.name})
		}
	case renamed:
		if f != nil && o.to != "" {
			delete(d.seen, o.name)
			d.seen[o.to] = f
			d.names = append(d.names, naming{number: number, name: o.to, removed: o.name, file: f})
		}
	case synced:
		if o.name == "." {
			d.names = slices.DeleteFunc(d.names, func(n naming) bool {
				if n.number >= o.since {
					return false
				}
				n.apply(d.stable)
				return true
			})
		} else if f != nil {
			f.sync(o.since)
		}
	}
}

func (n naming) apply(names map[string]*file) {
	if n.file == nil {
		delete(names, n.name)
		return
	}
	delete(names, n.removed)
	names[n.name] = n.file
}

// sync makes the changes stable that had ended when it began.
func (f *file) sync(since int) {
	n := 0
	for n < len(f.pending) && f.pending[n].number < since {
		f.stable = f.pending[n].apply(f.stable)
		n++
	}
	f.pending = slices.Delete(f.pending, 0, n)
}

func (c change) apply(data []byte) []byte {
	size := int(c.at) + len(c.data)
	if c.resize && size < len(data) {
		return data[:size:size]
	}
	if size > len(data) {
		data = append(data, make([]byte, size-len(data))...)
	}
	copy(data[c.at:], c.data)
	return data
}

// Keep says what is kept of that which was not synced. It returns how one
// file, or the directory (""), fares.
type Keep func(name string) Fate

// Fate is the share of unsynced changes that are kept, chosen by chance, and
// the size of the pieces that are whole.
type Fate struct {
	Share  float64
	Sector int
	Chance *rand.Rand
}

// Nothing drops all that was not synced.
func Nothing(string) Fate { return Fate{} }

// Everything keeps it, as the death of the process alone does.
func Everything(string) Fate { return Fate{Share: 1} }

// Some keeps all of some files, nothing of others, and pieces of others.
func Some(chance *rand.Rand) Keep {
	sector := []int{512, 4096}[chance.IntN(2)]
	return func(string) Fate {
		return Fate{Share: []float64{0, 0.2, 0.8, 1}[chance.IntN(4)], Sector: sector, Chance: chance}
	}
}

func (f Fate) kept() bool {
	return f.Share >= 1 || f.Share > 0 && f.Chance.Float64() < f.Share
}

// Image writes the files of the moment into a directory.
func (m *Moment) Image(dir string, keep Keep) error {
	names := maps.Clone(m.disk.stable)
	fate := keep("")
	for _, n := range m.disk.names {
		if fate.kept() {
			n.apply(names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if err := os.WriteFile(filepath.Join(dir, name), names[name].image(keep(name)), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func (f *file) image(fate Fate) []byte {
	data := bytes.Clone(f.stable)
	for _, c := range f.pending {
		if c.resize || fate.Share <= 0 || fate.Share >= 1 {
			if fate.kept() {
				data = c.apply(data)
			}
			continue
		}
		for at, rest := int(c.at), c.data; len(rest) > 0; {
			n := min(len(rest), fate.Sector-at%fate.Sector)
			if fate.kept() {
				data = change{at: int64(at), data: rest[:n]}.apply(data)
			}
			at, rest = at+n, rest[n:]
		}
	}
	return data
}
