// Package atomicfile writes a file wholly or not at all.
//
// The bytes go to a temporary file in the same folder, are synced, renamed
// over the name, and the folder is synced: after a crash the name holds the
// old contents or the new, and after a return it holds the new.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts data into the file of the given name with the given mode,
// replacing what stands there.
func Write(name string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return SyncDir(filepath.Dir(name))
}
