//go:build unix

package disk

import (
	"syscall"

	"github.com/surguch/surguch/token"
)

var faults = map[syscall.Errno]token.Fault{
	syscall.ENOSPC: token.Full, syscall.EDQUOT: token.Full, syscall.EFBIG: token.Full,
	syscall.EROFS: token.ReadOnly, syscall.EACCES: token.ReadOnly, syscall.EPERM: token.ReadOnly,
	syscall.ENOENT: token.Removed, syscall.EIO: token.Removed, syscall.ENODEV: token.Removed, syscall.ENXIO: token.Removed, syscall.ESTALE: token.Removed,
	syscall.EBUSY: token.Busy, syscall.EAGAIN: token.Busy, syscall.ETXTBSY: token.Busy,
	syscall.ENOTDIR: token.Unsupported, syscall.EISDIR: token.Unsupported, syscall.ENAMETOOLONG: token.Unsupported, syscall.EINVAL: token.Unsupported, syscall.ELOOP: token.Unsupported,
}
