//go:build unix

package pg

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
	"syscall"
)

// account returns the attributes of processes that may own a cluster: initdb
// refuses root, so root runs them as postgres, or else as nobody. The
// directory becomes theirs. They form a group of their own, so that a signal
// from the terminal reaches the test alone.
func account(dir string) (*syscall.SysProcAttr, error) {
	as := &syscall.SysProcAttr{Setpgid: true}
	if os.Getuid() != 0 {
		return as, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		who, err = user.Lookup("nobody")
	}
	if err != nil {
		return nil, fmt.Errorf("pg: root has nobody to run the server as: %w", err)
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("pg: %w", err)
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("pg: %w", err)
	}
	as.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	if err := os.Chown(dir, int(uid), int(gid)); err != nil {
		return nil, fmt.Errorf("pg: %w", err)
	}
	return as, nil
}
