package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// lockName is the file that stands for the lock; the system removes it when
// the last process that has it open is gone.
const lockName = ".surguch-lock"

// fileFlagDeleteOnClose is FILE_FLAG_DELETE_ON_CLOSE.
const fileFlagDeleteOnClose = 0x04000000

// lock opens a file that nobody else may open as well, or readers only. Where
// the folder cannot be written there is nothing to keep apart.
func lock(_ *os.Root, path string, alone bool) (release func() error, err error) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(path, lockName))
	if err != nil {
		return nil, err
	}
	var share uint32
	if !alone {
		share = syscall.FILE_SHARE_READ | syscall.FILE_SHARE_DELETE
	}
	const deleteAccess = 0x00010000
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|deleteAccess, share, nil, syscall.OPEN_ALWAYS, fileFlagDeleteOnClose|syscall.FILE_ATTRIBUTE_HIDDEN, 0)
	switch {
	case errors.Is(err, errSharingViolation), errors.Is(err, errDeletePending):
		return nil, ErrLocked
	case err != nil && !alone && (errors.Is(err, syscall.ERROR_ACCESS_DENIED) || errors.Is(err, errWriteProtect)):
		return func() error { return nil }, nil
	case err != nil:
		return nil, &fs.PathError{Op: "lock", Path: path, Err: err}
	}
	return func() error { return syscall.CloseHandle(h) }, nil
}

// syncDir does nothing: the file system orders renames itself.
func syncDir(*os.Root, string) error { return nil }

// volume is not known: a drive that is gone has no path.
func volume(*os.Root) uint64 { return 0 }
