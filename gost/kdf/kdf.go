// Package kdf derives keys from keys with HMAC over Streebog: the functions
// KDF_GOSTR3411_2012_256 and KDF_TREE_GOSTR3411_2012_256 of RFC 7836.
//
// The result is as good as the key that goes in. Label says what it is for,
// and seed is what differs between the uses for one purpose; both are public.
//
//	keys := kdf.Tree(shared, []byte("kdf tree"), seed, 1, 64)
//	mac, enc := keys[:32], keys[32:]
//
// A password is not a key. What makes a key of it is PBKDF2 with HMAC over
// Streebog of 512 bits (RFC 9337), which the standard library has; the example
// shows it:
//
//	key, err := pbkdf2.Key(streebog.New512, password, salt, iterations, 32)
//
// HMAC itself is crypto/hmac over streebog.New256 or streebog.New512.
//
// # Safety
//
// RFC 7836 has keys of 32 to 64 octets for HMAC. Other sizes work, as HMAC
// takes any, but a key of less than 32 octets gives keys that are no better
// than it, however long they are. Streebog looks up tables with what it
// hashes; see there. Keys are not erased from memory.
//
// Nothing here depends on data in a way that could fail, so there are no
// errors; sizes that the functions do not have are mistakes of the program,
// and panic.
package kdf

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"

	"github.com/surguch/surguch/gost/streebog"
)

// Size is the number of octets that GOSTR3411_2012_256 returns, and Tree in
// each of its steps.
const Size = streebog.Size256

// GOSTR3411_2012_256 returns a key of 32 octets (RFC 7836, section 4.4):
//
//	HMAC(key, 01 || label || 00 || seed || 0100)
//
// It is Tree for 32 octets with a counter of one.
func GOSTR3411_2012_256(key, label, seed []byte) []byte {
	return Tree(key, label, seed, 1, Size)
}

// Tree returns so many octets of keys (RFC 7836, section 4.5), which the
// caller splits. They are the beginning of K(1) || K(2) || …, where
//
//	K(i) = HMAC(key, i || label || 00 || seed || L)
//
// with i in r octets and L, the number of bits, in as many as it needs, all
// big-endian. A different number of octets gives different keys, not more of
// the same; so does a different r.
//
// Tree panics if r is not 1 to 4, or octets is not positive or needs more
// steps than a counter of r octets counts.
func Tree(key, label, seed []byte, r, octets int) []byte {
	if r < 1 || r > 4 {
		panic(fmt.Sprintf("kdf: tree: counter of %d octets, want 1 to 4", r))
	}
	if octets < 1 || (uint64(octets)-1)/Size >= 1<<(8*r)-1 {
		panic(fmt.Sprintf("kdf: tree: %d octets of keys with a counter of %d octets", octets, r))
	}
	bits := minimal(8 * uint64(octets))
	mac := hmac.New(streebog.New256, key)
	out := make([]byte, 0, (octets+Size-1)/Size*Size)
	for i := uint32(1); len(out) < octets; i++ {
		mac.Reset()
		mac.Write(binary.BigEndian.AppendUint32(nil, i)[4-r:])
		mac.Write(label)
		mac.Write([]byte{0})
		mac.Write(seed)
		mac.Write(bits)
		out = mac.Sum(out)
	}
	return out[:octets:octets]
}

// minimal returns a positive number, big-endian, without leading zeros.
func minimal(n uint64) []byte {
	b := binary.BigEndian.AppendUint64(nil, n)
	for b[0] == 0 {
		b = b[1:]
	}
	return b
}
