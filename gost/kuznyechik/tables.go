package kuznyechik

import (
	"math/bits"
	"sync"
)

// pi is the substitution of octets (RFC 7801, section 4.1).
var pi = [256]byte{
	252, 238, 221, 17, 207, 110, 49, 22, 251, 196, 250, 218, 35, 197, 4, 77,
	233, 119, 240, 219, 147, 46, 153, 186, 23, 54, 241, 187, 20, 205, 95, 193,
	249, 24, 101, 90, 226, 92, 239, 33, 129, 28, 60, 66, 139, 1, 142, 79,
	5, 132, 2, 174, 227, 106, 143, 160, 6, 11, 237, 152, 127, 212, 211, 31,
	235, 52, 44, 81, 234, 200, 72, 171, 242, 42, 104, 162, 253, 58, 206, 204,
	181, 112, 14, 86, 8, 12, 118, 18, 191, 114, 19, 71, 156, 183, 93, 135,
	21, 161, 150, 41, 16, 123, 154, 199, 243, 145, 120, 111, 157, 158, 178, 177,
	50, 117, 25, 61, 255, 53, 138, 126, 109, 84, 198, 128, 195, 189, 13, 87,
	223, 245, 36, 169, 62, 168, 67, 201, 215, 121, 214, 246, 124, 34, 185, 3,
	224, 15, 236, 222, 122, 148, 176, 188, 220, 232, 40, 80, 78, 51, 10, 74,
	167, 151, 96, 115, 30, 0, 98, 68, 26, 184, 56, 130, 100, 159, 38, 65,
	173, 69, 70, 146, 39, 94, 85, 47, 140, 163, 165, 125, 105, 213, 149, 59,
	7, 88, 179, 64, 134, 172, 29, 247, 48, 55, 107, 228, 136, 217, 231, 137,
	225, 27, 131, 73, 76, 63, 248, 254, 141, 83, 170, 144, 202, 216, 133, 97,
	32, 113, 103, 164, 45, 43, 9, 91, 203, 155, 37, 208, 190, 229, 108, 82,
	89, 166, 116, 210, 230, 244, 180, 192, 209, 102, 175, 194, 57, 75, 99, 182,
}

// linear are the coefficients of l, the sum that the transformation R puts in
// front of a block, in the order of its octets (RFC 7801, section 4.2).
var linear = [BlockSize]byte{148, 32, 133, 16, 194, 192, 1, 251, 1, 192, 194, 16, 133, 32, 148, 1}

// table has for octet i of a block, and for each of its values, what it adds
// to the block in a substitution and the linear transformation after it.
type table [BlockSize][256]vector

// apply looks up each octet of x and adds up what it finds. The additions are
// written out: the loop that they would make is half as fast.
//
// The race detector is kept out, under which it would be four times as slow:
// tables are not written once they are made.
//
//go:norace
func (t *table) apply(x vector) vector {
	a, b, c, d := &t[0][byte(x.first)], &t[1][byte(x.first>>8)], &t[2][byte(x.first>>16)], &t[3][byte(x.first>>24)]
	e, f, g, h := &t[4][byte(x.first>>32)], &t[5][byte(x.first>>40)], &t[6][byte(x.first>>48)], &t[7][byte(x.first>>56)]
	first := a.first ^ b.first ^ c.first ^ d.first ^ e.first ^ f.first ^ g.first ^ h.first
	last := a.last ^ b.last ^ c.last ^ d.last ^ e.last ^ f.last ^ g.last ^ h.last

	a, b, c, d = &t[8][byte(x.last)], &t[9][byte(x.last>>8)], &t[10][byte(x.last>>16)], &t[11][byte(x.last>>24)]
	e, f, g, h = &t[12][byte(x.last>>32)], &t[13][byte(x.last>>40)], &t[14][byte(x.last>>48)], &t[15][byte(x.last>>56)]
	first ^= a.first ^ b.first ^ c.first ^ d.first ^ e.first ^ f.first ^ g.first ^ h.first
	last ^= a.last ^ b.last ^ c.last ^ d.last ^ e.last ^ f.last ^ g.last ^ h.last
	return vector{first, last}
}

// tables are what all ciphers share.
type tables struct {
	ls        table      // L after S
	sl        table      // L⁻¹ after S⁻¹
	inverse   [256]byte  // S⁻¹
	constants [32]vector // C of the round keys (RFC 7801, section 4.4)
}

// merged makes the tables at its first call. L is linear over the field of
// octets: an octet v at place i of a block gives v times what 1 gives there.
var merged = sync.OnceValue(func() *tables {
	t := new(tables)
	for v, s := range pi {
		t.inverse[s] = byte(v)
	}
	for i := range BlockSize {
		var unit [BlockSize]byte
		unit[i] = 1
		mixed, unmixed := multiples(mix(unit)), multiples(unmix(unit))
		for v := range 256 {
			t.ls[i][v] = mixed[pi[v]]
			t.sl[i][v] = unmixed[t.inverse[v]]
		}
		if i == BlockSize-1 {
			copy(t.constants[:], mixed[1:]) // C_j is L of the number j
		}
	}
	return t
})

// mix is L, sixteen times R: the block moves by an octet, and the sum of all
// octets times their coefficients comes in front (RFC 7801, section 4.3).
func mix(p [BlockSize]byte) vector {
	for range BlockSize {
		var sum byte
		for i, v := range p {
			sum ^= multiply(v, linear[i])
		}
		copy(p[1:], p[:])
		p[0] = sum
	}
	return load(p[:])
}

// unmix is L⁻¹. What R takes from the end of a block is what the sum in front
// lacks, since its coefficient is 1.
func unmix(p [BlockSize]byte) vector {
	for range BlockSize {
		last := p[0]
		copy(p[:], p[1:])
		for i, v := range p[:BlockSize-1] {
			last ^= multiply(v, linear[i])
		}
		p[BlockSize-1] = last
	}
	return load(p[:])
}

// multiply multiplies polynomials modulo x⁸+x⁷+x⁶+x+1.
func multiply(a, b byte) (product byte) {
	for ; b != 0; b >>= 1 {
		if b&1 != 0 {
			product ^= a
		}
		carry := a >> 7
		a = a<<1 ^ carry*0xc3
	}
	return product
}

// multiples returns all multiples of x, octet by octet: x times a power of two
// first, then the sums of these.
func multiples(x vector) (m [256]vector) {
	for v := 1; v < len(m); v++ {
		if v&(v-1) == 0 {
			m[v] = x
			x = vector{double(x.first), double(x.last)}
		} else {
			m[v] = m[v&(v-1)].xor(m[1<<bits.TrailingZeros(uint(v))])
		}
	}
	return m
}

// double multiplies each octet of w by x.
func double(w uint64) uint64 {
	const low = 0x0101010101010101
	return w&^(low<<7)<<1 ^ w>>7&low*0xc3
}
