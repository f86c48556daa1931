package streebog

import (
	"encoding/binary"
	"math/bits"
)

// block is a vector of 512 bits, least significant word first: octets 0 to 7
// of the natural order are word 0, little-endian.
type block [8]uint64

// load returns the block of octets in natural order.
func load(p *[BlockSize]byte) (b block) {
	for i := range b {
		b[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	return b
}

// store returns the octets of b in natural order.
func (b *block) store() (p [BlockSize]byte) {
	for i, w := range b {
		binary.LittleEndian.PutUint64(p[8*i:], w)
	}
	return p
}

// bitCount returns the number of bits in so many octets.
func bitCount(octets uint64) block { return block{octets << 3, octets >> 61} }

// add adds c to b modulo 2^512.
func (b *block) add(c *block) {
	var carry uint64
	for i := range b {
		b[i], carry = bits.Add64(b[i], c[i], carry)
	}
}

// compress sets h to g_N(h, m) = E(LPS(h ⊕ N), m) ⊕ h ⊕ m, where E is twelve
// rounds of a cipher under a key that goes through rounds of its own (RFC
// 6986, section 8).
func (h *block) compress(n, m *block) {
	var key block
	key.lpsx(h, n)
	text := *m
	for i := range rounds {
		text.lpsx(&text, &key)
		key.lpsx(&key, &rounds[i])
	}
	for i := range h {
		h[i] ^= key[i] ^ text[i] ^ m[i]
	}
}

// schedule is the keys of the twelve rounds of a compression, and what is
// added to the text and m after them: the last key and h.
type schedule [13]block

// compressFirst sets h to g_0(IV, m), the compression that every hash begins
// with. Its keys depend on the size of the digest alone, and are at hand.
func (h *block) compressFirst(keys *schedule, m *block) {
	text := *m
	for i := range rounds {
		text.lpsx(&text, &keys[i])
	}
	last := &keys[len(rounds)]
	for i := range h {
		h[i] = last[i] ^ text[i] ^ m[i]
	}
}
