package disk

import (
	"syscall"

	"github.com/surguch/surguch/token"
)

// Numbers that package syscall has no name for (Windows system error codes).
const (
	errWriteProtect     = syscall.Errno(19)
	errNotReady         = syscall.Errno(21)
	errSharingViolation = syscall.Errno(32)
	errLockViolation    = syscall.Errno(33)
	errHandleDiskFull   = syscall.Errno(39)
	errDevNotExist      = syscall.Errno(55)
	errDiskFull         = syscall.Errno(112)
	errInvalidName      = syscall.Errno(123)
	errDirectory        = syscall.Errno(267)
	errDeletePending    = syscall.Errno(303)
	errNoSuchDevice     = syscall.Errno(433)
	errIODevice         = syscall.Errno(1117)
	errNotConnected     = syscall.Errno(1167)
	errDiskQuota        = syscall.Errno(1295)
)

var faults = map[syscall.Errno]token.Fault{
	errDiskFull: token.Full, errHandleDiskFull: token.Full, errDiskQuota: token.Full,
	errWriteProtect: token.ReadOnly, syscall.ERROR_ACCESS_DENIED: token.ReadOnly,
	syscall.ERROR_FILE_NOT_FOUND: token.Removed, syscall.ERROR_PATH_NOT_FOUND: token.Removed, errNotReady: token.Removed, errDevNotExist: token.Removed,
	errNoSuchDevice: token.Removed, errIODevice: token.Removed, errNotConnected: token.Removed,
	errSharingViolation: token.Busy, errLockViolation: token.Busy, errDeletePending: token.Busy,
	errInvalidName: token.Unsupported, errDirectory: token.Unsupported,
}
