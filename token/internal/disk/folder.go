package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/surguch/surguch/token"
)

// DefaultJournal is the name of the journal where Config has none.
const DefaultJournal = ".surguch-journal"

// Config says which folder is opened. Path and Device are required.
type Config struct {
	Path string
	// Device is what errors name.
	Device token.Device
	// Journal is the name of the journal in the folder; files for a short time
	// have it too, with a number after it. Empty: DefaultJournal. Where several
	// carriers live in one folder, each needs its own.
	Journal string
	// Make makes the folder, mode 0700, with its parents, if it is missing.
	Make bool
	// System is the operating system. Nil: the real one.
	System System
}

// Folder is a folder whose files change together or not at all. It is made by
// Open, holds nothing open between calls, and may be used by several
// goroutines.
type Folder struct {
	Config
	volume uint64
	turn   chan struct{} // one operation of this process at a time
}

// Files are the contents of files by their names, which are relative to the
// folder, with slashes, and at most one folder deep; nil removes the file, and
// the folder that it was in if nothing else is there. Files have mode 0600,
// folders 0700.
type Files map[string][]byte

// View reads the folder. It is valid until the function it was given to
// returns.
type View struct{ dir Dir }

// List returns the names of the files and folders in dir, which is "." or a
// folder in the folder, sorted.
func (v View) List(dir string) ([]string, error) { return v.dir.List(dir) }

// Read returns the contents of a file, or an error that is fs.ErrNotExist if
// it is not there; it refuses more than MaxFile octets.
func (v View) Read(name string) ([]byte, error) { return v.dir.Read(name) }

// Open returns the folder, in which a change that was interrupted has been
// finished or dropped. Errors have the operation "open".
func Open(c Config) (*Folder, error) {
	if c.System == nil {
		c.System = osSystem{}
	}
	if c.Journal == "" {
		c.Journal = DefaultJournal
	}
	f := &Folder{Config: c, turn: make(chan struct{}, 1)}
	if c.Make {
		if err := c.System.MakeDir(c.Path); err != nil {
			return nil, f.Fail("open", err)
		}
	}
	err := f.Read(context.Background(), "open", func(v View) error {
		f.volume = v.dir.Volume()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Read calls do with the folder as it is, which nobody changes meanwhile, and
// returns its error; op is the operation that errors name. One that comes
// from the operating system becomes a *token.Error, as [Folder.Fail] does it.
func (f *Folder) Read(ctx context.Context, op string, do func(View) error) error {
	return f.Fail(op, f.inside(ctx, false, func(d Dir) error { return do(View{d}) }))
}

// Change calls do with the folder, in which nobody else is meanwhile, and puts
// the files it returns there, all or none: see the package comment. If it
// returns none or an error, nothing changes. The contents are not kept, nor
// wiped.
func (f *Folder) Change(ctx context.Context, op string, do func(View) (Files, error)) error {
	return f.Fail(op, f.inside(ctx, true, func(d Dir) error {
		files, err := do(View{d})
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || len(files) == 0 {
			return err
		}
		return f.commit(d, files)
	}))
}

// Waiting for other processes: how long, and how often to look.
const (
	patience = time.Second
	interval = 10 * time.Millisecond
)

// inside calls do in the folder, locked, after what was interrupted is
// finished.
func (f *Folder) inside(ctx context.Context, alone bool, do func(Dir) error) error {
	select {
	case f.turn <- struct{}{}:
		defer func() { <-f.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	d, err := f.enter(ctx, alone)
	if err != nil {
		return err
	}
	defer func() { d.Leave() }()
	if f.volume != 0 && d.Volume() != f.volume {
		return fmt.Errorf("%s: another volume is there: %w", f.Path, fs.ErrNotExist)
	}
	left, err := f.leftovers(d)
	if err != nil {
		return err
	}
	if len(left) != 0 {
		if !alone {
			d.Leave()
			if d, err = f.enter(ctx, true); err != nil {
				d = nowhere{}
				return err
			}
		}
		if err := f.recover(d); err != nil {
			return err
		}
	}
	return do(d)
}

// enter locks the folder, and waits a little for others to leave it.
func (f *Folder) enter(ctx context.Context, alone bool) (Dir, error) {
	for tries := patience / interval; ; tries-- {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, err := f.System.Enter(f.Path, alone)
		if !errors.Is(err, ErrLocked) || tries <= 0 {
			return d, err
		}
		timer := time.NewTimer(interval)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}
