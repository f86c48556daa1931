//go:build unix

package disk_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/disk"
)

// TestFaultOf maps what the system says.
func TestFaultOf(t *testing.T) {
	for errno, want := range map[syscall.Errno]token.Fault{
		syscall.ENOSPC: token.Full, syscall.EDQUOT: token.Full, syscall.EFBIG: token.Full,
		syscall.EROFS: token.ReadOnly, syscall.EACCES: token.ReadOnly, syscall.EPERM: token.ReadOnly,
		syscall.ENOENT: token.Removed, syscall.EIO: token.Removed, syscall.ENODEV: token.Removed, syscall.ENXIO: token.Removed,
		syscall.EBUSY: token.Busy, syscall.ENOTDIR: token.Unsupported, syscall.EMFILE: token.Crashed,
	} {
		for _, err := range []error{
			errno, &fs.PathError{Op: "write", Path: "x", Err: errno}, &os.LinkError{Op: "rename", Old: "x", New: "y", Err: errno},
			errors.Join(nil, fmt.Errorf("more: %w", &fs.PathError{Op: "sync", Path: "x", Err: errno})),
		} {
			if got, ok := disk.FaultOf(err); got != want || !ok {
				t.Errorf("%v: got %q, want %q", err, got, want)
			}
		}
	}
	if got, _ := disk.FaultOf(disk.ErrLocked); got != token.Busy {
		t.Errorf("got %q, want Busy", got)
	}
	for _, err := range []error{nil, errors.New("x"), context.Canceled, context.DeadlineExceeded, token.ErrNotFound} {
		if got, ok := disk.FaultOf(err); ok {
			t.Errorf("%v: got %q, want none", err, got)
		}
	}
}

// TestReadOnly: a folder that may not be written is read, and not changed.
func TestReadOnly(t *testing.T) {
	d := prepared()
	f := open(t, d)
	d.FailAt(0, syscall.EROFS)
	err := apply(f)
	if !errors.Is(err, token.ReadOnly) || errors.Is(err, token.Unknown) {
		t.Errorf("got %v, want ReadOnly", err)
	}
	if err := apply(f); err != nil {
		t.Error(err)
	}
}
