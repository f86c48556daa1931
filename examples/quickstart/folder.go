package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/internal/atomicfile"
)

// folder is where a run puts its files: DIR, or a temporary one that goes
// with the run.
type folder struct {
	dir  string
	kept bool
}

// openFolder makes the folder. One that holds anything is refused: a key or a
// database of an earlier run is never overwritten.
func openFolder(dir string) (*folder, error) {
	if dir == "" {
		dir, err := os.MkdirTemp("", "surguch-quickstart-")
		return &folder{dir: dir}, err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = os.MkdirAll(dir, 0o700)
	case err == nil && len(entries) > 0:
		err = fmt.Errorf("-dir: папка %s не пуста; укажите новую", dir)
	}
	return &folder{dir, true}, err
}

func (f *folder) path(name string) string { return filepath.Join(f.dir, name) }

// keep writes a file wholly or not at all.
func (f *folder) keep(name string, data []byte) error {
	if !f.kept {
		return nil
	}
	return atomicfile.Write(f.path(name), data, 0o600)
}

func (f *folder) close() {
	if !f.kept {
		os.RemoveAll(f.dir)
	}
}
