package legacy

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

const (
	// BlockSize is the number of octets of a block of GOST 28147-89.
	BlockSize = 8
	// KeySize is the number of octets of a key of GOST 28147-89.
	KeySize = 32
)

// NewCipher returns GOST 28147-89 with a key of 32 octets and a substitution
// (RFC 5830): the cipher alone, without meshing.
//
// It encrypts too, since decryption in most modes needs that. No message may
// be encrypted with it: that is for package kuznyechik.
func NewCipher(key []byte, set *ParamSet) (cipher.Block, error) {
	return newBlock(key, set)
}

// block is the cipher with its key. Blocks are little-endian numbers in it:
// the lower half is N1 of RFC 5830, the upper half N2.
type block struct {
	key   [8]uint32
	table *table
}

func newBlock(key []byte, set *ParamSet) (*block, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("legacy: GOST 28147-89: key of %d octets, want %d", len(key), KeySize)
	}
	b := &block{table: set.table}
	for i := range b.key {
		b.key[i] = binary.LittleEndian.Uint32(key[4*i:])
	}
	return b, nil
}

func (b *block) BlockSize() int { return BlockSize }

// Encrypt and Decrypt take the first block of src to dst. They panic if either
// is shorter than a block, as cipher.Block says. The two may overlap.
func (b *block) Encrypt(dst, src []byte) { apply(b.encrypt, dst, src) }
func (b *block) Decrypt(dst, src []byte) { apply(b.decrypt, dst, src) }

func apply(f func(uint64) uint64, dst, src []byte) {
	if len(src) < BlockSize {
		panic("legacy: input not full block")
	}
	if len(dst) < BlockSize {
		panic("legacy: output not full block")
	}
	binary.LittleEndian.PutUint64(dst, f(binary.LittleEndian.Uint64(src)))
}

// forward and back take two halves through eight rounds, with the words of the
// key from first to last, and from last to first. Halves change places after a
// round, so that two rounds leave them where they are.
func (b *block) forward(n1, n2 uint32) (uint32, uint32) {
	for i := 0; i < len(b.key); i += 2 {
		n2 ^= b.table.substitute(n1 + b.key[i])
		n1 ^= b.table.substitute(n2 + b.key[i+1])
	}
	return n1, n2
}

func (b *block) back(n1, n2 uint32) (uint32, uint32) {
	for i := len(b.key) - 1; i > 0; i -= 2 {
		n2 ^= b.table.substitute(n1 + b.key[i])
		n1 ^= b.table.substitute(n2 + b.key[i-1])
	}
	return n1, n2
}

// encrypt takes a block through 32 rounds: the key three times forward and once
// back, and the halves in their places again after the last of them.
func (b *block) encrypt(x uint64) uint64 {
	n1, n2 := uint32(x), uint32(x>>32)
	n1, n2 = b.forward(n1, n2)
	n1, n2 = b.forward(n1, n2)
	n1, n2 = b.forward(n1, n2)
	n1, n2 = b.back(n1, n2)
	return uint64(n2) | uint64(n1)<<32
}

// decrypt undoes encrypt: the key once forward and three times back.
func (b *block) decrypt(x uint64) uint64 {
	n1, n2 := uint32(x), uint32(x>>32)
	n1, n2 = b.forward(n1, n2)
	n1, n2 = b.back(n1, n2)
	n1, n2 = b.back(n1, n2)
	n1, n2 = b.back(n1, n2)
	return uint64(n2) | uint64(n1)<<32
}

// half takes a block through the 16 rounds of the MAC: the key twice forward,
// and the halves not put back.
func (b *block) half(x uint64) uint64 {
	n1, n2 := uint32(x), uint32(x>>32)
	n1, n2 = b.forward(n1, n2)
	n1, n2 = b.forward(n1, n2)
	return uint64(n1) | uint64(n2)<<32
}

// meshingInterval is the number of octets after which the key is changed.
const meshingInterval = 1024

// mesh changes the key to the decryption of a constant with the old key (RFC
// 4357, section 2.3.2). The caller changes its initial value.
func (b *block) mesh() {
	old := *b
	for i, c := range [4]uint64{0x2304c96422720069, 0xc42ae94696db3a8d, 0x1207ed0094acfe18, 0x2ba94cefc2dc86c0} {
		x := old.decrypt(c)
		b.key[2*i], b.key[2*i+1] = uint32(x), uint32(x>>32)
	}
}
