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

// xor adds c to b bit by bit: the transformation X.
func (b *block) xor(c *block) {
	for i := range b {
		b[i] ^= c[i]
	}
}

// compress sets h to g_N(h, m) = E(LPS(h ⊕ N), m) ⊕ h ⊕ m, where E is twelve
// rounds of a cipher under a key that goes through rounds of its own (RFC
// 6986, section 8).
func (h *block) compress(n, m block) {
	key := *h
	key.xor(&n)
	key.lps()
	text := m
	for i := range rounds {
		text.xor(&key)
		text.lps()
		key.xor(&rounds[i])
		key.lps()
	}
	h.xor(&key)
	h.xor(&text)
	h.xor(&m)
}

// lps applies S, P and L: substitution of octets, transposition of the matrix
// of 8 by 8 octets, and a linear transformation of each word (RFC 6986,
// section 7). Octet i of word j goes to octet j of word i, where table[j] has
// what it adds to the word, for each of its values.
//
// The words are gone through once; each adds to eight sums, which stay in
// registers.
func (b *block) lps() {
	var r0, r1, r2, r3, r4, r5, r6, r7 uint64
	for j := range b {
		w, t := b[j], &table[j]
		r0 ^= t[byte(w)]
		r1 ^= t[byte(w>>8)]
		r2 ^= t[byte(w>>16)]
		r3 ^= t[byte(w>>24)]
		r4 ^= t[byte(w>>32)]
		r5 ^= t[byte(w>>40)]
		r6 ^= t[byte(w>>48)]
		r7 ^= t[byte(w>>56)]
	}
	*b = block{r0, r1, r2, r3, r4, r5, r6, r7}
}
