// Package kuznyechik is the block cipher of GOST R 34.12-2015 with blocks of
// 128 bits, called Kuznyechik (RFC 7801). Its keys have 256 bits.
//
// It encrypts single blocks and nothing more. What encrypts messages is in
// package modes: CTR-ACPKM, OMAC, MGM and the export of keys. The modes of
// crypto/cipher that take any cipher.Block work too.
//
//	block, err := kuznyechik.New(key)
//	aead, err := modes.NewMGM(block)
//
// # Octets
//
// Keys and blocks are in the order of RFC 7801: the first octet is the most
// significant, the one that the RFC prints first.
//
// # Safety
//
// The substitution and the linear transformation are one lookup in tables of
// 64 KiB, and as many for decryption. Which cache lines a lookup touches
// depends on the key and the data, so whoever can watch the cache of the
// processor, from another process or virtual machine on it, may learn
// something of the key. Where such neighbours are to be feared, a cipher
// without tables is needed.
//
// Blocks of 128 bits begin to repeat, in any mode, around 2^64 of them under
// one key; protocols set their limits far below (256 KiB in CMS, after which
// CTR-ACPKM changes the key).
//
// The tables are made when the first cipher is, in less than a millisecond;
// a program that makes none pays nothing. A cipher is safe for concurrent
// use. Round keys are not erased from memory.
package kuznyechik

import (
	"crypto/cipher"
	"encoding/binary"
	"fmt"
)

const (
	// BlockSize is the number of octets of a block.
	BlockSize = 16
	// KeySize is the number of octets of a key.
	KeySize = 32
)

// rounds is the number of round keys: one a round, and one for the last
// addition, which no substitution follows.
const rounds = 10

// block is a cipher with its key. Decryption swaps the linear transformation
// L⁻¹ with the addition of a round key, so that it meets the substitution of
// the next round in one table; its round keys are L⁻¹ of those of encryption,
// but for the first.
type block struct {
	*tables
	encrypting, decrypting [rounds]vector
}

// New returns the cipher with a key of 32 octets, which it does not keep.
func New(key []byte) (cipher.Block, error) {
	if len(key) != KeySize {
		return nil, fmt.Errorf("kuznyechik: new cipher: key of %d octets, want %d", len(key), KeySize)
	}
	b := &block{tables: merged()}
	b.expand(load(key), load(key[BlockSize:]))
	return b, nil
}

// expand computes the round keys: the halves of the key, and after each eight
// rounds of a Feistel network, with the constants for round keys, what has
// become of them (RFC 7801, section 4.4).
func (b *block) expand(k1, k2 vector) {
	b.encrypting[0], b.encrypting[1] = k1, k2
	for i, c := range b.constants {
		k1, k2 = b.ls.apply(k1.xor(c)).xor(k2), k1
		if i%8 == 7 {
			b.encrypting[i/8*2+2], b.encrypting[i/8*2+3] = k1, k2
		}
	}
	b.decrypting[0] = b.encrypting[0]
	for i := 1; i < rounds; i++ {
		b.decrypting[i] = b.unmix(b.encrypting[i])
	}
}

// BlockSize returns 16.
func (b *block) BlockSize() int { return BlockSize }

// Encrypt encrypts the first block of src into dst (RFC 7801, section 4.5.1).
func (b *block) Encrypt(dst, src []byte) {
	check(dst, src)
	x := load(src)
	for i := range rounds - 1 {
		x = b.ls.apply(x.xor(b.encrypting[i]))
	}
	x.xor(b.encrypting[rounds-1]).store(dst)
}

// Decrypt decrypts the first block of src into dst (RFC 7801, section 4.5.2).
func (b *block) Decrypt(dst, src []byte) {
	check(dst, src)
	x := b.unmix(load(src)).xor(b.decrypting[rounds-1])
	for i := rounds - 2; i > 0; i-- {
		x = b.sl.apply(x).xor(b.decrypting[i])
	}
	x.substitute(&b.inverse).xor(b.decrypting[0]).store(dst)
}

// unmix returns L⁻¹(x): the table has S⁻¹ before it, which S cancels.
func (b *block) unmix(x vector) vector { return b.sl.apply(x.substitute(&pi)) }

// check panics as the ciphers of the standard library do. A block is read
// before anything is written, so dst and src may overlap in any way.
func check(dst, src []byte) {
	if len(src) < BlockSize {
		panic("kuznyechik: input not full block")
	}
	if len(dst) < BlockSize {
		panic("kuznyechik: output not full block")
	}
}

// vector is a block: its first eight octets and its last eight, each a
// little-endian word.
type vector struct{ first, last uint64 }

func load(p []byte) vector {
	return vector{binary.LittleEndian.Uint64(p), binary.LittleEndian.Uint64(p[8:])}
}

func (x vector) store(p []byte) {
	binary.LittleEndian.PutUint64(p, x.first)
	binary.LittleEndian.PutUint64(p[8:], x.last)
}

func (x vector) xor(y vector) vector { return vector{x.first ^ y.first, x.last ^ y.last} }

// substitute replaces each octet by what s has for it.
func (x vector) substitute(s *[256]byte) (y vector) {
	for i := 0; i < 64; i += 8 {
		y.first |= uint64(s[byte(x.first>>i)]) << i
		y.last |= uint64(s[byte(x.last>>i)]) << i
	}
	return y
}
