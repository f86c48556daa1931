//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package softtoken

import "os"

// openLocked opens the lock file. Here nothing keeps a second process from
// the folder: that there is only one is the caller's to see to.
func openLocked(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
}
