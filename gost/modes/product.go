package modes

import (
	"encoding/binary"
	"math/bits"
)

// product is a sum of products of polynomials over the field of two elements,
// not reduced: the word i has the coefficients of x^(64·i) to x^(64·i+63). The
// polynomials have 128 or 64 coefficients, the highest first.
//
// The factors are secret, and each H of MGM serves for one product only, so
// there are no tables: multiplication takes constant time.
type product [4]uint64

// add adds h times p. H has the size of a block; p is no longer, and is filled
// up with zeros at the end.
func (s *product) add(h, p []byte) {
	var block [maxBlock]byte
	copy(block[:], p)
	if len(h) == 8 {
		high, low := multiply(binary.BigEndian.Uint64(h), binary.BigEndian.Uint64(block[:]))
		s[0] ^= low
		s[1] ^= high
		return
	}
	a1, a0 := binary.BigEndian.Uint64(h), binary.BigEndian.Uint64(h[8:])
	b1, b0 := binary.BigEndian.Uint64(block[:]), binary.BigEndian.Uint64(block[8:])

	// Three products for four, after Karatsuba.
	high1, high0 := multiply(a1, b1)
	low1, low0 := multiply(a0, b0)
	middle1, middle0 := multiply(a1^a0, b1^b0)
	s[0] ^= low0
	s[1] ^= low1 ^ middle0 ^ low0 ^ high0
	s[2] ^= high0 ^ middle1 ^ low1 ^ high1
	s[3] ^= high1
}

// reduce puts the sum modulo x¹²⁸+x⁷+x²+x+1 into p, or modulo x⁶⁴+x⁴+x³+x+1 if
// p has 8 octets (RFC 9058, section 3).
func (s *product) reduce(p []byte) {
	if len(p) == 8 {
		over := s[1]>>63 ^ s[1]>>61 ^ s[1]>>60
		high := s[1] ^ over
		binary.BigEndian.PutUint64(p, s[0]^high^high<<1^high<<3^high<<4)
		return
	}
	high1 := s[3]
	high0 := s[2] ^ high1>>63 ^ high1>>62 ^ high1>>57
	binary.BigEndian.PutUint64(p[8:], s[0]^high0^high0<<1^high0<<2^high0<<7)
	binary.BigEndian.PutUint64(p, s[1]^high1^high1<<1^high1<<2^high1<<7^high0>>63^high0>>62^high0>>57)
}

// The coefficients of x^i with i = 0, 1, 2, 3 or 4 modulo 5.
const (
	every0 = 0x1084210842108421
	every1 = 0x2108421084210842
	every2 = 0x4210842108421084
	every3 = 0x8421084210842108
	every4 = 0x0842108421084210
)

// multiply multiplies polynomials by means of multiplications of numbers. If of
// five coefficients one is left, no column of a product sums up more than 13
// ones, and what it carries stays within the four columns next to it, which
// mean nothing. The lowest bit of the column is the coefficient.
func multiply(a, b uint64) (high, low uint64) {
	a0, a1, a2, a3, a4 := a&every0, a&every1, a&every2, a&every3, a&every4
	b0, b1, b2, b3, b4 := b&every0, b&every1, b&every2, b&every3, b&every4

	// Column 64+i is that of i-1 modulo 5.
	h, l := sum5(a0, b0, a1, b4, a2, b3, a3, b2, a4, b1)
	high, low = h&every1, l&every0
	h, l = sum5(a0, b1, a1, b0, a2, b4, a3, b3, a4, b2)
	high, low = high|h&every2, low|l&every1
	h, l = sum5(a0, b2, a1, b1, a2, b0, a3, b4, a4, b3)
	high, low = high|h&every3, low|l&every2
	h, l = sum5(a0, b3, a1, b2, a2, b1, a3, b0, a4, b4)
	high, low = high|h&every4, low|l&every3
	h, l = sum5(a0, b4, a1, b3, a2, b2, a3, b1, a4, b0)
	return high | h&every0, low | l&every4
}

// sum5 adds up, without carries, five products of numbers.
func sum5(a, b, c, d, e, f, g, h, i, j uint64) (high, low uint64) {
	high, low = bits.Mul64(a, b)
	more, less := bits.Mul64(c, d)
	high, low = high^more, low^less
	more, less = bits.Mul64(e, f)
	high, low = high^more, low^less
	more, less = bits.Mul64(g, h)
	high, low = high^more, low^less
	more, less = bits.Mul64(i, j)
	return high ^ more, low ^ less
}
