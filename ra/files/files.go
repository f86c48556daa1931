// Package files keeps the documents of requests in a folder, for an authority
// whose database is not to hold them: one file a document, named by its hash,
// in folders of two letters. A document is synced, with the folders that lead
// to it, before a request refers to it; it is never changed.
//
//	documents, err := files.Open("/var/lib/ra/documents")
//	authority, err := ra.New(ra.Config{Documents: documents, …})
//
// Documents arrive sealed where the authority has CaseKeys; this package adds
// nothing to that and does not know what it keeps.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
)

// Folder is a folder of documents. Several processes may use one at once.
type Folder struct{ dir string }

// Open opens the folder and makes it if it is missing, readable by its owner
// alone.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	return &Folder{dir}, nil
}

// path is where a document of a name lies. A name is a hash and nothing else,
// so it leads nowhere out of the folder.
func (f *Folder) path(name string) (string, error) {
	if raw, err := hex.DecodeString(name); err != nil || len(raw) != sha256.Size || hex.EncodeToString(raw) != name {
		return "", fmt.Errorf("files: %q is no name of a document", name)
	}
	return filepath.Join(f.dir, name[:2], name), nil
}

// Put keeps data under its hash.
func (f *Folder) Put(_ context.Context, name string, data []byte) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != name {
		return fmt.Errorf("files: document %s: its name is not its hash", name)
	}
	folder := filepath.Dir(path)
	err = os.Mkdir(folder, 0o700)
	if err == nil {
		err = atomicfile.SyncDir(f.dir)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("files: document %s: %w", name, err)
	}
	// Whoever finds it there does not know that it was synced: it is written
	// again, the same bytes.
	if err := atomicfile.Write(path, data, 0o600); err != nil {
		return fmt.Errorf("files: document %s: %w", name, err)
	}
	return nil
}

// Get returns the document of a name, whose hash it has checked.
func (f *Folder) Get(_ context.Context, name string) ([]byte, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: document %s", ra.ErrNotFound, name)
	}
	if err != nil {
		return nil, fmt.Errorf("files: document %s: %w", name, err)
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != name {
		return nil, fmt.Errorf("files: document %s was changed", name)
	}
	return data, nil
}

// Delete removes the document of a name.
func (f *Folder) Delete(_ context.Context, name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("files: document %s: %w", name, err)
	}
	if err := atomicfile.SyncDir(filepath.Dir(path)); err != nil {
		return fmt.Errorf("files: document %s: %w", name, err)
	}
	return nil
}

// Sweep removes documents older than a day that nobody refers to: those whose
// transaction was never made. It returns how many there were.
func (f *Folder) Sweep(ctx context.Context, now time.Time, referred func(name string) (bool, error)) (int, error) {
	removed := 0
	err := filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || now.Sub(info.ModTime()) < 24*time.Hour {
			return err
		}
		name := d.Name()
		if _, err := f.path(name); err == nil { // else left over from a write that was cut short
			if keep, err := referred(name); err != nil || keep {
				return err
			}
		}
		removed++
		return errors.Join(os.Remove(path), ctx.Err())
	})
	if err != nil {
		return removed, fmt.Errorf("files: sweeping: %w", err)
	}
	return removed, nil
}
