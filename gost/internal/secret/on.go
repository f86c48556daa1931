//go:build valgrind && linux && amd64

package secret

import "unsafe"

// Client requests of memcheck, ('M'<<24 | 'C'<<16) and their number, as
// memcheck.h has them.
const (
	makeUndefined = 0x4d430001
	makeDefined   = 0x4d430002
)

// request makes a client request about n octets at address p. It does nothing
// when the program does not run under Valgrind.
//
//go:noescape
func request(code uintptr, p unsafe.Pointer, n, unused1, unused2, unused3 uintptr)

// Hide marks a value as secret. T holds no pointers.
func Hide[T any](v *T) { request(makeUndefined, unsafe.Pointer(v), unsafe.Sizeof(*v), 0, 0, 0) }

// HideOctets marks octets as secret.
func HideOctets(b []byte) {
	request(makeUndefined, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)), 0, 0, 0)
}

// Public returns v, which everybody may know. T holds no pointers.
func Public[T any](v T) T {
	request(makeDefined, unsafe.Pointer(&v), unsafe.Sizeof(v), 0, 0, 0)
	return v
}
