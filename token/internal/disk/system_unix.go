//go:build unix && !solaris && !illumos && !aix

package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// lock locks the folder itself, so that no file is needed for it, and folders
// that cannot be written are locked too. Some file systems have no locks.
func lock(root *os.Root, path string, alone bool) (release func() error, err error) {
	f, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for {
		err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if err != syscall.EINTR {
			break
		}
	}
	switch {
	case errors.Is(err, syscall.EWOULDBLOCK):
		f.Close()
		return nil, ErrLocked
	case err == nil, errors.Is(err, syscall.ENOTSUP), errors.Is(err, syscall.EOPNOTSUPP), errors.Is(err, syscall.ENOSYS), errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.EINVAL):
		return f.Close, nil
	default:
		f.Close()
		return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
}

func syncDir(root *os.Root, dir string) error {
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // a file system that has no such thing
	}
	return errors.Join(err, f.Close())
}

func volume(root *os.Root) uint64 {
	info, err := root.Stat(".")
	if err != nil {
		return 0
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0
	}
	return uint64(stat.Dev)
}
