package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MaxFile is the number of octets that a file of a carrier may have.
const MaxFile = 16 << 20

// ErrTooLarge says that a file has more than MaxFile octets.
var ErrTooLarge = errors.New("disk: the file is too large")

// ErrLocked says that another process is in the folder.
var ErrLocked = errors.New("disk: another process uses the folder")

// UnsyncedError says that a file was written, and that it is not known whether
// it is on the disk.
type UnsyncedError struct{ Err error }

// Error returns what the system says.
func (e *UnsyncedError) Error() string { return e.Err.Error() }

// Unwrap returns it.
func (e *UnsyncedError) Unwrap() error { return e.Err }

// System is what a Folder needs of an operating system. Tests bring their own.
// Errors are those of package os: an fs.PathError with a number of the system.
type System interface {
	// MakeDir makes a folder with its parents, mode 0700; it may exist.
	MakeDir(path string) error
	// Enter opens a folder and locks it, together with other readers or alone,
	// without waiting: ErrLocked if others forbid it.
	Enter(path string, alone bool) (Dir, error)
}

// Dir is a folder that has been entered. Names are relative, with slashes, and
// do not lead out of it, by symbolic links neither.
type Dir interface {
	// List returns the names in a folder, "." being this one, sorted.
	List(dir string) ([]string, error)
	// Read returns the contents of a file of at most MaxFile octets.
	Read(name string) ([]byte, error)
	// Write makes a file, mode 0600, or empties it, writes data and syncs. The
	// error is an *UnsyncedError if all is written and it is not known whether
	// it is on the disk.
	Write(name string, data []byte) error
	// Rename gives a file another name, replacing the file that has it.
	Rename(from, to string) error
	// Remove removes a file or an empty folder.
	Remove(name string) error
	// MakeDir makes a folder, mode 0700; it may exist.
	MakeDir(name string) error
	// Sync makes the names in a folder durable.
	Sync(dir string) error
	// Volume is a number of the volume that the folder is on; 0: not known.
	Volume() uint64
	// Leave ends the lock. The Dir is of no use then.
	Leave() error
}

// osSystem is the real one.
type osSystem struct{}

func (osSystem) MakeDir(path string) error { return os.MkdirAll(path, 0o700) }

func (osSystem) Enter(path string, alone bool) (Dir, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	release, err := lock(root, path, alone)
	if err != nil {
		root.Close()
		return nil, err
	}
	return &osDir{root, release}, nil
}

type osDir struct {
	root    *os.Root
	release func() error
}

func (d *osDir) List(dir string) ([]string, error) {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (d *osDir) Read(name string) ([]byte, error) {
	f, err := d.root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > MaxFile {
		return nil, fmt.Errorf("%w: %s", ErrTooLarge, name)
	}
	return data, nil
}

func (d *osDir) Write(name string, data []byte) error {
	f, err := d.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err = f.Write(data); err != nil {
		f.Close()
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return &UnsyncedError{err}
	}
	return nil
}

func (d *osDir) Rename(from, to string) error {
	return d.root.Rename(filepath.FromSlash(from), filepath.FromSlash(to))
}

func (d *osDir) Remove(name string) error { return d.root.Remove(filepath.FromSlash(name)) }

func (d *osDir) MakeDir(name string) error {
	if err := d.root.Mkdir(filepath.FromSlash(name), 0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func (d *osDir) Sync(dir string) error { return syncDir(d.root, dir) }

func (d *osDir) Volume() uint64 { return volume(d.root) }

func (d *osDir) Leave() error { return errors.Join(d.release(), d.root.Close()) }

// nowhere is the folder that was left and could not be entered again.
type nowhere struct{ Dir }

func (nowhere) Leave() error { return nil }
