// Package streebog is the hash function GOST R 34.11-2012, called Streebog
// (RFC 6986), with digests of 256 and 512 bits.
//
// It is a hash and nothing more: HMAC is crypto/hmac over New256 or New512,
// and signatures are in package gost.
//
//	digest := streebog.Sum256(msg)
//
//	h := streebog.New512()
//	io.Copy(h, file)
//	sum := h.Sum(nil)
//
// Digests are in natural order: the octets as OpenSSL, certificates and CMS
// have them. RFC 6986 prints numbers, the most significant octet first, so
// its messages and digests read backwards here.
//
// The substitution and the linear transformation are one lookup in tables of
// 16 KiB. Which cache lines a lookup touches depends on the data, so whoever
// can watch the cache of the processor, from another process or virtual
// machine on it, may learn something of what is hashed. That is nothing to
// fear for public data; it is to be weighed where the data is secret, as an
// HMAC key or a password is.
package streebog

//go:generate go run gen.go

import (
	"encoding"
	"encoding/binary"
	"errors"
	"hash"
)

const (
	// Size256 is the number of octets of a digest of 256 bits.
	Size256 = 32
	// Size512 is the number of octets of a digest of 512 bits.
	Size512 = 64
	// BlockSize is the number of octets of a block, for both digests.
	BlockSize = 64
)

// Sum256 returns the digest of data of 256 bits.
func Sum256(data []byte) (sum [Size256]byte) {
	var d digest
	d.init(Size256)
	d.Write(data)
	full := d.finish()
	copy(sum[:], full[BlockSize-Size256:])
	return sum
}

// Sum512 returns the digest of data of 512 bits.
func Sum512(data []byte) [Size512]byte {
	var d digest
	d.init(Size512)
	d.Write(data)
	return d.finish()
}

// New256 returns a hash of 256 bits. It also implements hash.Cloner, and
// encoding.BinaryMarshaler, encoding.BinaryAppender and
// encoding.BinaryUnmarshaler, to store its state and go on from there.
func New256() hash.Hash { return newDigest(Size256) }

// New512 returns a hash of 512 bits, which has the methods that of New256 has.
func New512() hash.Hash { return newDigest(Size512) }

var (
	_ hash.Cloner                = (*digest)(nil)
	_ encoding.BinaryMarshaler   = (*digest)(nil)
	_ encoding.BinaryAppender    = (*digest)(nil)
	_ encoding.BinaryUnmarshaler = (*digest)(nil)
)

// digest is a hash in progress, in the notation of RFC 6986, section 9. The
// number N of bits so far follows from length.
type digest struct {
	h      block           // state
	sigma  block           // sum of the full blocks modulo 2^512
	buffer [BlockSize]byte // the block that is not full yet: length % BlockSize octets
	length uint64          // octets written
	size   int             // Size256 or Size512
}

func newDigest(size int) *digest {
	d := new(digest)
	d.init(size)
	return d
}

// init sets the initial state.
func (d *digest) init(size int) { *d = digest{h: initial(size), size: size} }

// initial returns the initial value of the state: all octets 1 for 256 bits,
// all 0 for 512.
func initial(size int) (h block) {
	if size == Size256 {
		for i := range h {
			h[i] = 0x0101010101010101
		}
	}
	return h
}

func (d *digest) Reset()         { d.init(d.size) }
func (d *digest) Size() int      { return d.size }
func (d *digest) BlockSize() int { return BlockSize }

func (d *digest) Write(p []byte) (int, error) {
	n := len(p)
	if used := d.length % BlockSize; used > 0 {
		c := copy(d.buffer[used:], p)
		d.length += uint64(c)
		p = p[c:]
		if d.length%BlockSize > 0 {
			return n, nil // the block is not full, so p is empty
		}
		d.absorb(&d.buffer, d.length-BlockSize)
	}
	for len(p) >= BlockSize {
		d.absorb((*[BlockSize]byte)(p), d.length)
		d.length += BlockSize
		p = p[BlockSize:]
	}
	d.length += uint64(copy(d.buffer[:], p))
	return n, nil
}

// absorb takes in one block, which octets come before.
func (d *digest) absorb(p *[BlockSize]byte, octets uint64) {
	m := load(p)
	switch n := bitCount(octets); {
	case octets > 0:
		d.h.compress(&n, &m)
	case d.size == Size256:
		d.h.compressFirst(&first256, &m)
	default:
		d.h.compressFirst(&first512, &m)
	}
	d.sigma.add(&m)
}

func (d *digest) Sum(b []byte) []byte {
	final := *d // more may be written to d
	sum := final.finish()
	return append(b, sum[BlockSize-d.size:]...)
}

// Clone implements hash.Cloner.
func (d *digest) Clone() (hash.Cloner, error) {
	clone := *d
	return &clone, nil
}

// finish pads the last block with a one and zeros, takes it in, and then N
// and Σ (RFC 6986, section 9). The digest is the upper part of the state.
func (d *digest) finish() [BlockSize]byte {
	used := d.length % BlockSize
	clear(d.buffer[used:])
	d.buffer[used] = 1
	d.absorb(&d.buffer, d.length-used)
	n := bitCount(d.length)
	d.h.compress(&block{}, &n)
	d.h.compress(&block{}, &d.sigma)
	return d.h.store()
}

const (
	magic256  = "streebog\x01\x20"
	magic512  = "streebog\x01\x40"
	stateSize = len(magic256) + 3*BlockSize + 8
)

func (d *digest) magic() string {
	if d.size == Size256 {
		return magic256
	}
	return magic512
}

func (d *digest) MarshalBinary() ([]byte, error) {
	return d.AppendBinary(make([]byte, 0, stateSize))
}

func (d *digest) AppendBinary(b []byte) ([]byte, error) {
	h, sigma := d.h.store(), d.sigma.store()
	b = append(b, d.magic()...)
	b = append(b, h[:]...)
	b = append(b, sigma[:]...)
	used := d.length % BlockSize
	b = append(b, d.buffer[:used]...)
	b = append(b, make([]byte, BlockSize-used)...)
	return binary.BigEndian.AppendUint64(b, d.length), nil
}

func (d *digest) UnmarshalBinary(b []byte) error {
	if len(b) != stateSize {
		return errors.New("streebog: unmarshal state: wrong size")
	}
	if string(b[:len(magic256)]) != d.magic() {
		return errors.New("streebog: unmarshal state: not a state of this hash")
	}
	b = b[len(magic256):]
	h := load((*[BlockSize]byte)(b))
	sigma := load((*[BlockSize]byte)(b[BlockSize:]))
	length := binary.BigEndian.Uint64(b[3*BlockSize:])
	if length < BlockSize && (h != initial(d.size) || sigma != block{}) {
		return errors.New("streebog: unmarshal state: a block is taken in before there is one")
	}
	d.h, d.sigma, d.length = h, sigma, length
	copy(d.buffer[:], b[2*BlockSize:])
	return nil
}
