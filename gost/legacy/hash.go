package legacy

import (
	"encoding/binary"
	"hash"
	"math/bits"
)

const (
	// Size94 is the number of octets of a digest of GOST R 34.11-94.
	Size94 = 32
	// BlockSize94 is the number of octets of a block of GOST R 34.11-94.
	BlockSize94 = 32
)

// Sum94 returns the digest of data by GOST R 34.11-94 with the substitution
// id-GostR3411-94-CryptoProParamSet, the one in use (RFC 5831, RFC 4357).
func Sum94(data []byte) (sum [Size94]byte) {
	d := digest{table: hashTable()}
	d.Write(data)
	d.finish().store(&sum)
	return sum
}

// New94 returns the hash that Sum94 computes. HMAC is crypto/hmac over it (RFC
// 4357, section 3).
func New94() hash.Hash { return newDigest(hashTable()) }

var hashTable = boxesHash.table()

func newDigest(t *table) hash.Hash { return &digest{table: t} }

// number is a number of 256 bits, least significant word first: octets 0 to 7
// of the natural order are word 0, little-endian. The words are y1 to y4 of
// RFC 5831.
type number [4]uint64

func load(p *[BlockSize94]byte) (n number) {
	for i := range n {
		n[i] = binary.LittleEndian.Uint64(p[8*i:])
	}
	return n
}

func (n number) store(p *[Size94]byte) {
	for i, w := range n {
		binary.LittleEndian.PutUint64(p[8*i:], w)
	}
}

func (n number) xor(x number) number {
	for i := range n {
		n[i] ^= x[i]
	}
	return n
}

// digest is a hash in progress.
type digest struct {
	table  *table
	h      number            // state
	sigma  number            // sum of the blocks modulo 2^256
	buffer [BlockSize94]byte // the block that is not full yet: length % BlockSize94 octets
	length uint64            // octets written
}

func (d *digest) Reset()         { *d = digest{table: d.table} }
func (d *digest) Size() int      { return Size94 }
func (d *digest) BlockSize() int { return BlockSize94 }

func (d *digest) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		c := copy(d.buffer[d.length%BlockSize94:], p)
		p = p[c:]
		d.length += uint64(c)
		if d.length%BlockSize94 == 0 {
			d.absorb()
		}
	}
	return n, nil
}

// absorb takes in the block in the buffer.
func (d *digest) absorb() {
	m := load(&d.buffer)
	d.step(m)
	var carry uint64
	for i := range d.sigma {
		d.sigma[i], carry = bits.Add64(d.sigma[i], m[i], carry)
	}
}

func (d *digest) Sum(b []byte) []byte {
	final := *d // more may be written to d
	var sum [Size94]byte
	final.finish().store(&sum)
	return append(b, sum[:]...)
}

// finish takes in the last block, filled with zeros, the number of bits and
// the sum of the blocks (RFC 5831, section 6).
//
// The empty message has no block here. By the letter of the standard it has
// one, of zeros, and so it is in gost-engine; but libgcrypt, Nettle, Bouncy
// Castle and most others agree on the digest 981e5f3c….
func (d *digest) finish() number {
	if used := d.length % BlockSize94; used > 0 {
		clear(d.buffer[used:])
		d.absorb()
	}
	d.step(number{d.length << 3, d.length >> 61})
	d.step(d.sigma)
	return d.h
}

// step is the step function (RFC 5831, section 5): four keys are made of the
// state and a block, each encrypts a quarter of the state, and a transformation
// mixes the result with the block and the state.
func (d *digest) step(m number) {
	u, v := d.h, m
	var s number
	for i := range s {
		if i > 0 {
			u = u.a()
			if i == 2 {
				u = u.xor(c3)
			}
			v = v.a().a()
		}
		b := block{key: u.xor(v).p(), table: d.table}
		s[i] = b.encrypt(d.h[i])
	}
	d.h = s.psi(12).xor(m).psi(1).xor(d.h).psi(61)
}

// c3 is the only constant C that is not zero (RFC 5831, section 5.1).
var c3 = number{0xff00ff00ff00ff00, 0x00ff00ff00ff00ff, 0xff0000ff00ffff00, 0xff00ffff000000ff}

// a is the transformation A(y4 || y3 || y2 || y1) = (y1 ⊕ y2) || y4 || y3 || y2.
func (n number) a() number { return number{n[1], n[2], n[3], n[0] ^ n[1]} }

// p is the permutation P of octets: octet 8i+j goes to place i+4j. The result
// is a key.
func (n number) p() (key [8]uint32) {
	for j := range key {
		for i, w := range n {
			key[j] |= uint32(byte(w>>(8*j))) << (8 * i)
		}
	}
	return key
}

// psi is the transformation ψ, so many times: the sixteen words of 16 bits move
// down by one, and the sum of six of them becomes the upper one.
func (n number) psi(times int) number {
	const most = 61
	var y [16 + most]uint16
	for i := range 16 {
		y[i] = uint16(n[i/4] >> (16 * (i % 4)))
	}
	for i := range times {
		y[i+16] = y[i] ^ y[i+1] ^ y[i+2] ^ y[i+3] ^ y[i+12] ^ y[i+15]
	}
	n = number{}
	for i := range 16 {
		n[i/4] |= uint64(y[i+times]) << (16 * (i % 4))
	}
	return n
}
