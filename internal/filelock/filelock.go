// Package filelock opens a file for its caller alone: whoever else opens it
// through this package gets ErrLocked until it is closed. The system drops the
// lock with the process, however that ends; the file itself stays.
//
// On systems that are neither a Unix nor Windows nothing keeps a second process
// out: that there is only one is the caller's to see to.
package filelock

import (
	"errors"
	"os"
)

// ErrLocked says that the file is open elsewhere, in this process or another.
var ErrLocked = errors.New("filelock: the file is open elsewhere")

// Open opens a file for reading and writing, made with mode 0600 if it is
// missing, and locks it until it is closed. It does not wait: ErrLocked if
// somebody else has it.
func Open(path string) (*os.File, error) { return open(path) }
