//go:build !unix && !windows

package disk

import (
	"syscall"

	"github.com/surguch/surguch/token"
)

// faults has nothing here: fs.ErrNotExist and fs.ErrPermission are all that
// errors are told apart by.
var faults = map[syscall.Errno]token.Fault{}
