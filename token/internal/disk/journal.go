package disk

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/surguch/surguch/token"
)

// magic begins a journal. After it stand the number of files, and of each its
// name, 1 or 0 for one to be written or removed, and its contents; then the
// SHA-256 of all before. Numbers, and the lengths before names and contents,
// are of 4 octets, big-endian.
const magic = "surguch journal 1\n"

// marshal returns the journal of files.
func (files Files) marshal() []byte {
	size := len(magic) + 4 + sha256.Size
	for name, data := range files {
		size += 9 + len(name) + len(data)
	}
	out := append(make([]byte, 0, size), magic...) // no copies of secrets are left behind
	out = binary.BigEndian.AppendUint32(out, uint32(len(files)))
	for _, name := range slices.Sorted(maps.Keys(files)) {
		data := files[name]
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(name))), name...)
		write := byte(0)
		if data != nil {
			write = 1
		}
		out = append(out, write)
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(data))), data...)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// parseJournal returns the files of a journal that is whole; they are in its
// memory.
func (f *Folder) parseJournal(raw []byte) (Files, bool) {
	if len(raw) < len(magic)+4+sha256.Size {
		return nil, false
	}
	body, sum := raw[:len(raw)-sha256.Size], raw[len(raw)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:], sum) || !bytes.HasPrefix(body, []byte(magic)) {
		return nil, false
	}
	in := body[len(magic):]
	number := func() uint32 {
		if len(in) < 4 {
			in = nil
			return 0
		}
		n := binary.BigEndian.Uint32(in)
		in = in[4:]
		return n
	}
	take := func(n uint32) ([]byte, bool) {
		if uint64(len(in)) < uint64(n) {
			return nil, false
		}
		var out []byte
		out, in = in[:n:n], in[n:]
		return out, true
	}
	files := Files{}
	for range number() {
		name, ok := take(number())
		write, ok2 := take(1)
		if !ok || !ok2 {
			return nil, false
		}
		data, ok := take(number())
		if !ok || f.checkName(string(name)) != nil || write[0] > 1 || write[0] == 0 && len(data) != 0 {
			return nil, false
		}
		if write[0] == 0 {
			data = nil
		}
		files[string(name)] = data
	}
	return files, len(in) == 0 && bytes.Equal(files.marshal(), raw)
}

// checkName refuses what is not a file at most one folder deep, and the names
// of the journal.
func (f *Folder) checkName(name string) error {
	if !fs.ValidPath(name) || name == "." || strings.Count(name, "/") > 1 || strings.ContainsAny(name, "\\:\x00") || strings.HasPrefix(name, f.Journal) {
		return fmt.Errorf("disk: %q is not a name of a file", name)
	}
	return nil
}

// temporary returns the name of the file that number i is written to first.
func (f *Folder) temporary(i int) string { return f.Journal + "." + strconv.Itoa(i) }

// leftovers returns the files of a change that are there.
func (f *Folder) leftovers(d Dir) ([]string, error) {
	names, err := d.List(".")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool {
		number, ok := strings.CutPrefix(name, f.Journal+".")
		_, err := strconv.ParseUint(number, 10, 16)
		return name != f.Journal && (!ok || err != nil)
	}), nil
}

// commit makes the change. Its errors are an *unknownError if the change may
// have been made.
func (f *Folder) commit(d Dir, files Files) error {
	for name, data := range files {
		if err := f.checkName(name); err != nil {
			return err
		}
		if len(data) > MaxFile/4 {
			return fmt.Errorf("disk: %s would have %d octets, and %d are allowed", name, len(data), MaxFile/4)
		}
	}
	journal := files.marshal()
	defer clear(journal)
	if len(journal) > MaxFile {
		return errors.New("disk: the change is too large")
	}
	if err := f.prepare(d, files); err != nil {
		f.drop(d, files)
		return err
	}
	err := d.Write(f.Journal, journal)
	var unsynced *UnsyncedError
	whole := err == nil || errors.As(err, &unsynced) // else it is none
	if err == nil {
		err = d.Sync(".")
	}
	if err != nil {
		if f.drop(d, files) != nil && whole {
			return &unknownError{err}
		}
		return err
	}
	if err := f.finish(d, files); err != nil {
		return &unknownError{err}
	}
	return nil
}

// prepare writes the files under other names and makes the folders, after
// which nothing more needs space.
func (f *Folder) prepare(d Dir, files Files) error {
	for i, name := range slices.Sorted(maps.Keys(files)) {
		if files[name] == nil {
			continue
		}
		if dir := path.Dir(name); dir != "." {
			if err := d.MakeDir(dir); err != nil {
				return err
			}
		}
		if err := d.Write(f.temporary(i), files[name]); err != nil {
			return err
		}
	}
	return nil
}

// drop removes what there is of a change that was not made, the journal first
// and for sure. Only that is an error.
func (f *Folder) drop(d Dir, files Files) error {
	if err := d.Remove(f.Journal); err == nil {
		if err := d.Sync("."); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		d.Remove(f.temporary(i))
		if dir := path.Dir(name); dir != "." {
			d.Remove(dir) // which does not remove what is not empty
		}
	}
	return nil
}

// finish does what the journal says, whose files are written already, and
// removes it.
func (f *Folder) finish(d Dir, files Files) error {
	dirs := map[string]bool{".": true}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		dirs[path.Dir(name)] = true
		if files[name] == nil {
			if err := d.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if err := d.Rename(f.temporary(i), name); err != nil {
			return err
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := d.Sync(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	for dir := range dirs {
		if left, err := d.List(dir); dir == "." || err != nil || len(left) != 0 {
			continue
		}
		if err := d.Remove(dir); err != nil {
			return err
		}
		if err := d.Sync("."); err != nil {
			return err
		}
	}
	if err := d.Remove(f.Journal); err != nil {
		return err
	}
	return d.Sync(".")
}

// recover finishes a change that was made and drops one that was not. Files
// that nobody needs may stay where nothing can be written.
func (f *Folder) recover(d Dir) error {
	raw, err := d.Read(f.Journal)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrTooLarge) {
		return err
	}
	defer clear(raw)
	if files, ok := f.parseJournal(raw); ok {
		if err := f.prepare(d, files); err != nil {
			return err
		}
		if err := f.finish(d, files); err != nil {
			return err
		}
	}
	left, err := f.leftovers(d)
	if err != nil || len(left) == 0 {
		return err
	}
	for _, name := range left {
		err = errors.Join(err, d.Remove(name))
	}
	err = errors.Join(err, d.Sync("."))
	if fault, _ := FaultOf(err); fault == token.ReadOnly {
		return nil
	}
	return err
}
