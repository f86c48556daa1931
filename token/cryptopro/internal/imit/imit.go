// Package imit is GOST 28147-89 (RFC 5830) as containers of CryptoPro CSP use
// it: single blocks one after another (ECB), and the MAC of 4 octets, called
// imitovstavka.
//
// Package gost/legacy has the cipher too. Its MAC changes the key after every
// 1024 octets (RFC 4357, section 2.3.2), as messages want it; the MAC of a
// container does not, and a header with a certificate is longer than that.
//
// # Octets
//
// A block is a little-endian number, whose lower half is N1 of RFC 5830, and a
// key eight little-endian words, the first octet the least significant.
//
// # Safety
//
// No branch and no memory address depends on a key or on a text: instead of a
// look-up, a substitution goes through all sixteen values and keeps those that
// fit. That costs some hundred steps a round, which for the few blocks of a
// container nobody notices.
package imit

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// Numbers of octets.
const (
	BlockSize = 8
	KeySize   = 32
	MACSize   = 4
)

// Set is a substitution of eight groups of four bits. Word v has in group i
// what stands for v in group i, the first group the least significant.
type Set struct {
	column [16]uint32
}

// SetZ returns id-tc26-gost-28147-param-Z (RFC 7836, appendix C), which goes
// with keys of GOST R 34.10-2012.
func SetZ() *Set { return &setZ }

// SetA returns id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357, section 11.2),
// which goes with keys of GOST R 34.10-2001.
func SetA() *Set { return &setA }

var setZ = Set{[16]uint32{
	0x1857cb6c, 0x7edf8384, 0xe2f52526, 0xd56a1832,
	0x0698d29a, 0x59214fa5, 0x81c6fa5b, 0x3cad6dc9,
	0x4fb07e1e, 0xf47901e8, 0xab83a74d, 0x601e5477,
	0x9d4b3cb0, 0xca34e9d3, 0xb3e2960f, 0x270cb0f1,
}}

var setA = Set{[16]uint32{
	0xb13bee39, 0xada57476, 0xf2d1a6e3, 0x59c9c292,
	0x0718db88, 0xca2d13ab, 0xe60f3df1, 0x80b09807,
	0x687e0c5a, 0x2c542f24, 0x3492b56e, 0x95434acf,
	0x1f8cf0bc, 0x73f78740, 0xdbea51dd, 0x4e666915,
}}

// substitute returns x after the substitution and the rotation by 11 bits.
func (s *Set) substitute(x uint32) uint32 {
	var y uint32
	for v, column := range &s.column {
		differ := x ^ uint32(v)*0x11111111 // groups that hold v become zero
		differ |= differ >> 2
		differ |= differ >> 1 // the low bit of a group: whether it was not zero
		equal := ^differ & 0x11111111
		y |= column & (equal * 15)
	}
	return bits.RotateLeft32(y, 11)
}

// Cipher is GOST 28147-89 with its key. Wipe it after use.
type Cipher struct {
	set *Set
	key [8]uint32
}

// New returns the cipher with a key of 32 octets. It panics if there are more
// or fewer: the lengths are the caller's to check.
func New(key []byte, set *Set) *Cipher {
	if len(key) != KeySize {
		panic(fmt.Sprintf("imit: key of %d octets", len(key)))
	}
	c := &Cipher{set: set}
	for i := range c.key {
		c.key[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	return c
}

// Wipe clears the key.
func (c *Cipher) Wipe() { clear(c.key[:]) }

// Encrypt returns the blocks of text, each encrypted by itself. It panics if
// the last one is not full.
func (c *Cipher) Encrypt(text []byte) []byte {
	return c.blocks(text, func(n1, n2 uint32) (uint32, uint32) {
		n1, n2 = c.forward(n1, n2)
		n1, n2 = c.forward(n1, n2)
		n1, n2 = c.forward(n1, n2)
		return c.back(n1, n2)
	})
}

// Decrypt undoes Encrypt.
func (c *Cipher) Decrypt(text []byte) []byte {
	return c.blocks(text, func(n1, n2 uint32) (uint32, uint32) {
		n1, n2 = c.forward(n1, n2)
		n1, n2 = c.back(n1, n2)
		n1, n2 = c.back(n1, n2)
		return c.back(n1, n2)
	})
}

// MAC returns the MAC of data (RFC 5830, section 8): from a state of zero, the
// last block filled with zeros, and a text of less than two blocks filled to
// two.
func (c *Cipher) MAC(data []byte) [MACSize]byte {
	var n1, n2 uint32
	for i := 0; i < max(len(data), 2*BlockSize); i += BlockSize {
		var block [BlockSize]byte
		if i < len(data) {
			copy(block[:], data[i:])
		}
		n1 ^= binary.LittleEndian.Uint32(block[:])
		n2 ^= binary.LittleEndian.Uint32(block[4:])
		n1, n2 = c.forward(n1, n2)
		n1, n2 = c.forward(n1, n2)
	}
	var mac [MACSize]byte
	binary.LittleEndian.PutUint32(mac[:], n1)
	return mac
}

// blocks takes each block of text through rounds, whose last one leaves the
// halves in their places.
func (c *Cipher) blocks(text []byte, rounds func(n1, n2 uint32) (uint32, uint32)) []byte {
	if len(text)%BlockSize != 0 {
		panic(fmt.Sprintf("imit: text of %d octets", len(text)))
	}
	out := make([]byte, 0, len(text))
	for ; len(text) > 0; text = text[BlockSize:] {
		n1, n2 := rounds(binary.LittleEndian.Uint32(text), binary.LittleEndian.Uint32(text[4:]))
		out = binary.LittleEndian.AppendUint32(out, n2)
		out = binary.LittleEndian.AppendUint32(out, n1)
	}
	return out
}

// forward and back take two halves through eight rounds, with the words of the
// key from first to last, and from last to first. Halves change places after a
// round, so that two rounds leave them where they are.
func (c *Cipher) forward(n1, n2 uint32) (uint32, uint32) {
	for i := 0; i < len(c.key); i += 2 {
		n2 ^= c.set.substitute(n1 + c.key[i])
		n1 ^= c.set.substitute(n2 + c.key[i+1])
	}
	return n1, n2
}

func (c *Cipher) back(n1, n2 uint32) (uint32, uint32) {
	for i := len(c.key) - 1; i > 0; i -= 2 {
		n2 ^= c.set.substitute(n1 + c.key[i])
		n1 ^= c.set.substitute(n2 + c.key[i-1])
	}
	return n1, n2
}
