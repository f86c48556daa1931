//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package softtoken

import (
	"errors"
	"os"
	"syscall"
)

// openLocked opens the lock file for this process alone. The system drops the
// lock with the process, however that ends; the file itself stays.
func openLocked(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return f, nil
}
