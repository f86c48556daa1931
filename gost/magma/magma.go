// Package magma is the block cipher of GOST R 34.12-2015 with blocks of 64
// bits, called Magma (RFC 8891). Its keys have 256 bits. It is GOST 28147-89
// with one fixed substitution, id-tc26-gost-28147-param-Z, and the octets in
// another order.
//
// It encrypts single blocks and nothing more. What encrypts messages is in
// package modes: CTR-ACPKM, OMAC, MGM and the export of keys. The modes of
// crypto/cipher that take any cipher.Block work too.
//
//	block, err := magma.New(key)
//	mac := modes.NewOMAC(block)
//
// # Octets
//
// Keys and blocks are in the order of RFC 8891: the first octet is the most
// significant, the one that the RFC prints first. GOST 28147-89 (RFC 5830)
// reads words the other way round; some programs print Magma keys so.
//
// # Safety
//
// The substitution and the rotation are four lookups in tables of 4 KiB. Which
// cache lines a lookup touches depends on the key and the data, so whoever can
// watch the cache of the processor, from another process or virtual machine on
// it, may learn something of the key.
//
// Blocks of 64 bits begin to repeat, in any mode, around 2^32 of them under
// one key, which is 32 GiB; what repeats tells of the text. Protocols set
// their limits far below (8 KiB in CMS, after which CTR-ACPKM changes the
// key). For new uses Kuznyechik is the better choice.
//
// A cipher is safe for concurrent use. Round keys are not erased from memory.
package magma

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
	"slices"
)

const (
	// BlockSize is the number of octets of a block.
	BlockSize = 8
	// KeySize is the number of octets of a key.
	KeySize = 32
)

// block is a cipher with its key.
type block struct {
	*table
	encrypting, decrypting [32]uint32 // round keys
}

// New returns the cipher with a key of 32 octets, which it does not keep.
//
// Besides the methods of cipher.Block it has EncryptBlocks(dst, src []byte),
// which encrypts all blocks of src into dst, several at a time: package modes
// is three times as fast by it.
func New(key []byte) (cipher.Block, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("magma: new cipher: key of %d octets, want %d", len(key), KeySize)
	}
	b := &block{table: merged()}
	// The words of the key, three times from the first to the last and once
	// back (RFC 8891, section 4.3).
	for i := range b.encrypting {
		word := i % 8
		if i >= 24 {
			word = 7 - word
		}
		b.encrypting[i] = binary.BigEndian.Uint32(key[4*word:])
	}
	b.decrypting = b.encrypting
	slices.Reverse(b.decrypting[:])
	return b, nil
}

// BlockSize returns 8.
func (b *block) BlockSize() int { return BlockSize }

// Encrypt encrypts the first block of src into dst (RFC 8891, section 5.1).
func (b *block) Encrypt(dst, src []byte) {
	check(dst, src, BlockSize)
	b.crypt(dst, src, &b.encrypting)
}

// Decrypt decrypts the first block of src into dst (RFC 8891, section 5.2).
func (b *block) Decrypt(dst, src []byte) {
	check(dst, src, BlockSize)
	b.crypt(dst, src, &b.decrypting)
}

// EncryptBlocks encrypts all blocks of src into dst. The two overlap entirely
// or not at all.
func (b *block) EncryptBlocks(dst, src []byte) {
	if len(src)%BlockSize != 0 {
		panic("magma: input not full blocks")
	}
	check(dst, src, len(src))
	for len(src) >= 4*BlockSize {
		b.encrypt4(dst, src)
		dst, src = dst[4*BlockSize:], src[4*BlockSize:]
	}
	for len(src) > 0 {
		b.crypt(dst, src, &b.encrypting)
		dst, src = dst[BlockSize:], src[BlockSize:]
	}
}

// check panics as the ciphers of the standard library do. Encrypt and Decrypt
// read a block before they write, so dst and src may overlap in any way.
func check(dst, src []byte, want int) {
	if len(src) < want {
		panic("magma: input not full block")
	}
	if len(dst) < want {
		panic("magma: output not full block")
	}
}

// crypt does 32 rounds on a block, two at a time, so that the halves never
// change places; the last round leaves them as they are (RFC 8891, section
// 4.2), which for two rounds means that they are swapped at the end.
func (b *block) crypt(dst, src []byte, keys *[32]uint32) {
	left, right := binary.BigEndian.Uint32(src), binary.BigEndian.Uint32(src[4:])
	for i := 0; i < len(keys); i += 2 {
		left ^= b.g(right + keys[i])
		right ^= b.g(left + keys[i+1])
	}
	binary.BigEndian.PutUint32(dst, right)
	binary.BigEndian.PutUint32(dst[4:], left)
}

// encrypt4 is crypt for four blocks. A round waits for the one before it, but
// not for those of other blocks, so four take little longer than one. Each
// half has a variable of its own, for only such are kept in registers.
func (b *block) encrypt4(dst, src []byte) {
	word := binary.BigEndian.Uint32
	left0, right0 := word(src[0:]), word(src[4:])
	left1, right1 := word(src[8:]), word(src[12:])
	left2, right2 := word(src[16:]), word(src[20:])
	left3, right3 := word(src[24:]), word(src[28:])
	for i := 0; i < len(b.encrypting); i += 2 {
		k := b.encrypting[i]
		left0 ^= b.g(right0 + k)
		left1 ^= b.g(right1 + k)
		left2 ^= b.g(right2 + k)
		left3 ^= b.g(right3 + k)
		k = b.encrypting[i+1]
		right0 ^= b.g(left0 + k)
		right1 ^= b.g(left1 + k)
		right2 ^= b.g(left2 + k)
		right3 ^= b.g(left3 + k)
	}
	put := binary.BigEndian.PutUint64
	put(dst[0:], uint64(right0)<<32|uint64(left0))
	put(dst[8:], uint64(right1)<<32|uint64(left1))
	put(dst[16:], uint64(right2)<<32|uint64(left2))
	put(dst[24:], uint64(right3)<<32|uint64(left3))
}
