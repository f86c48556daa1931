//go:build valgrind && linux && amd64

package secret

import "unsafe"

// Enabled says whether the marks have an effect.
const Enabled = true

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

// Hide marks octets as secret.
func Hide(b []byte) {
	request(makeUndefined, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)), 0, 0, 0)
}

// Publish marks octets as public.
func Publish(b []byte) {
	request(makeDefined, unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b)), 0, 0, 0)
}

// HideWords marks limbs as secret.
func HideWords(w []uint64) {
	request(makeUndefined, unsafe.Pointer(unsafe.SliceData(w)), 8*uintptr(len(w)), 0, 0, 0)
}

// PublishWords marks limbs as public.
func PublishWords(w []uint64) {
	request(makeDefined, unsafe.Pointer(unsafe.SliceData(w)), 8*uintptr(len(w)), 0, 0, 0)
}
