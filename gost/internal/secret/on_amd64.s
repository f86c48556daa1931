//go:build valgrind && linux && amd64

#include "textflag.h"

// func request(code uintptr, p unsafe.Pointer, n, unused1, unused2, unused3 uintptr)
//
// Valgrind knows a client request by this sequence of rotations, which leaves
// DI as it was, and the exchange after it. AX points to the six arguments; the
// answer comes in DX and is of no interest.
TEXT ·request(SB), NOSPLIT, $0-48
	LEAQ code+0(FP), AX
	XORL DX, DX
	ROLQ $3, DI
	ROLQ $13, DI
	ROLQ $61, DI
	ROLQ $51, DI
	XCHGQ BX, BX
	RET
