package modes

import "unsafe"

// overlap tells whether x and y share memory.
func overlap(x, y []byte) bool {
	if len(x) == 0 || len(y) == 0 {
		return false
	}
	firstX, lastX := uintptr(unsafe.Pointer(&x[0])), uintptr(unsafe.Pointer(&x[len(x)-1]))
	firstY, lastY := uintptr(unsafe.Pointer(&y[0])), uintptr(unsafe.Pointer(&y[len(y)-1]))
	return firstX <= lastY && firstY <= lastX
}

// shifted tells whether x and y share memory but do not begin together, so
// that what goes through y and writes x would overwrite what it has to read.
func shifted(x, y []byte) bool {
	return overlap(x, y) && &x[0] != &y[0]
}
