package disk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/surguch/surguch/token"
)

// Fail returns the error of an operation as carriers return it. One that comes
// from the operating system becomes a *token.Error of the folder's device:
//
//   - Full: no space, a quota, a file too large for the file system;
//   - ReadOnly: the file system or the folder may not be written, or not read;
//   - Removed: the folder is not there, or its device;
//   - Busy: another process is in the folder;
//   - Unsupported: there is something else than a folder of files, or the file
//     system does not take such a name;
//   - Crashed: whatever else; nothing was changed.
//
// All other errors, those of package token and context among them, are
// returned as they are, as is nil. A file that is missing is Removed: carriers
// for which it is an answer say so before.
func (f *Folder) Fail(op string, err error) error {
	var known *token.Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	var half *unknownError
	if errors.As(err, &half) {
		under := half.err
		if fault, ok := FaultOf(under); ok {
			under = fmt.Errorf("%w: %w", fault, under)
		}
		return &token.Error{Fault: token.Unknown, Op: op, Device: f.Device, Tries: -1, Detail: "the change is finished when the carrier is opened next, or was not made", Err: under}
	}
	if fault, ok := FaultOf(err); ok {
		return &token.Error{Fault: fault, Op: op, Device: f.Device, Tries: -1, Err: err}
	}
	return err
}

// FaultOf returns the fault that an error of the operating system is to a
// carrier, or false if it is not one.
func FaultOf(err error) (token.Fault, bool) {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return "", false
	}
	if errors.Is(err, ErrLocked) {
		return token.Busy, true
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		if fault, ok := faults[errno]; ok {
			return fault, true
		}
	}
	var (
		path    *fs.PathError
		link    *os.LinkError
		syscall *os.SyscallError
	)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return token.Removed, true
	case errors.Is(err, fs.ErrPermission):
		return token.ReadOnly, true
	case errno != 0, errors.As(err, &path), errors.As(err, &link), errors.As(err, &syscall):
		return token.Crashed, true
	}
	return "", false
}

// unknownError says that the journal may be on the disk and the change not
// finished.
type unknownError struct{ err error }

func (e *unknownError) Error() string { return e.err.Error() }

func (e *unknownError) Unwrap() error { return e.err }
