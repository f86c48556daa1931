//go:build unix

package atomicfile

import (
	"errors"
	"os"
)

// SyncDir makes renames and removals in the folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
