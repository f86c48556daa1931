//go:build !unix

package pg

import "syscall"

// account: without a shell there is no server of our own; SURGUCH_POSTGRES
// names one.
func account(string) (*syscall.SysProcAttr, error) {
	return nil, &missingError{"no server of our own on this system; set SURGUCH_POSTGRES"}
}
