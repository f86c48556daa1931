package modes

import (
	"crypto/cipher"
	"crypto/subtle"
	"fmt"
	"hash"
)

// NewOMAC returns the hash OMAC of GOST R 34.13-2015, which is also known as
// CMAC, under the key of block. Its tags have the size of a block; a shorter
// tag is the beginning of a longer one.
//
// Compare tags by hmac.Equal or subtle.ConstantTimeCompare. A key for OMAC is
// for nothing else. NewOMAC panics if a block has neither 8 nor 16 octets.
func NewOMAC(block cipher.Block) hash.Hash {
	n, err := checkBlock(block)
	if err != nil {
		panic("modes: OMAC: " + err.Error())
	}
	o := &omac{block: block, n: n, size: n}
	block.Encrypt(o.k1[:n], o.k1[:n])
	double(o.k1[:n])
	return o
}

// NewOMACWithTagSize returns the hash of NewOMAC with tags of size octets, from
// 1 to the size of a block. GOST R 34.13-2015 has examples of half a block. A
// short tag is guessed sooner: one of n octets in 256^n tries.
func NewOMACWithTagSize(block cipher.Block, size int) (hash.Hash, error) {
	n, err := checkBlock(block)
	if err != nil {
		return nil, fmt.Errorf("modes: OMAC: %w", err)
	}
	if size < 1 || size > n {
		return nil, fmt.Errorf("modes: OMAC: tag of %d octets, want 1 to %d", size, n)
	}
	o := NewOMAC(block).(*omac)
	o.size = size
	return o, nil
}

// omac is OMAC and OMAC-ACPKM in progress. A block is taken in when more
// octets come, since the last one is treated otherwise.
type omac struct {
	block  cipher.Block
	k1     [maxBlock]byte // K_1; K_2 is made of it when it is needed
	state  [maxBlock]byte // C of the blocks that are taken in
	buffer [maxBlock]byte // a block of used octets
	used   int
	n      int          // size of a block
	size   int          // size of a tag
	keys   *sectionKeys // of OMAC-ACPKM; nil in OMAC
}

func (o *omac) Size() int      { return o.size }
func (o *omac) BlockSize() int { return o.n }

func (o *omac) Reset() {
	clear(o.state[:])
	o.used = 0
	if o.keys != nil {
		o.keys.reset()
		o.block = o.keys.next(&o.k1)
	}
}

func (o *omac) Write(p []byte) (int, error) {
	written := len(p)
	for len(p) > 0 {
		if o.used == o.n {
			o.absorb()
		}
		c := copy(o.buffer[o.used:o.n], p)
		o.used += c
		p = p[c:]
	}
	return written, nil
}

// absorb takes in a full block, which is not the last.
func (o *omac) absorb() {
	state := o.state[:o.n]
	subtle.XORBytes(state, state, o.buffer[:o.n])
	o.block.Encrypt(state, state)
	o.used = 0
	if o.keys != nil && o.keys.ends() {
		o.block = o.keys.next(&o.k1)
	}
}

func (o *omac) Sum(b []byte) []byte {
	final := *o // more may be written to o
	last, key := final.buffer[:o.n], final.k1[:o.n]
	if o.used < o.n {
		last[o.used] = 0x80
		clear(last[o.used+1:])
		double(key) // K_2
	}
	subtle.XORBytes(last, last, key)
	subtle.XORBytes(last, last, final.state[:o.n])
	o.block.Encrypt(last, last)
	return append(b, last[:o.size]...)
}

// double multiplies p, a polynomial whose highest coefficient comes first, by
// x modulo x¹²⁸+x⁷+x²+x+1 or, with 8 octets, x⁶⁴+x⁴+x³+x+1, in constant time.
func double(p []byte) {
	polynomial := byte(0x87)
	if len(p) == 8 {
		polynomial = 0x1b
	}
	carry := p[0] >> 7
	for i := range len(p) - 1 {
		p[i] = p[i]<<1 | p[i+1]>>7
	}
	p[len(p)-1] = p[len(p)-1]<<1 ^ carry*polynomial
}
