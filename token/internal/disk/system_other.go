//go:build !windows && (!unix || solaris || illumos || aix)

package disk

import "os"

// lock does nothing: processes are not kept apart here.
func lock(*os.Root, string, bool) (release func() error, err error) {
	return func() error { return nil }, nil
}

// syncDir does nothing: a folder cannot be synced here.
func syncDir(*os.Root, string) error { return nil }

func volume(*os.Root) uint64 { return 0 }
