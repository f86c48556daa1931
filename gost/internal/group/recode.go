package group

import "math/bits"

// window is the number of bits of a scalar that one addition takes in, in
// constant time, and half the number of odd digits of so many bits and a sign.
const (
	window = 5
	half   = 1 << (window - 1)
)

// In variable time, scalars of the generator, which has a table of 256 odd
// multiples, are in non-adjacent form of width 10, and others of width 5.
const (
	oddWidth     = 10
	oddEntries   = 1 << (oddWidth - 2)
	pointWidth   = 5
	pointEntries = 1 << (pointWidth - 2)
)

// makeOdd returns k, or q - k if k is even, and then all ones as well. One of
// them is odd, as q is. K is at most q; of zero it makes q.
func makeOdd(k, q *Words) (odd Words, negative uint64) {
	negative = k[0]&1 - 1
	var b uint64
	for i := range odd {
		odd[i], b = bits.Sub64(q[i], k[i], b)
		odd[i] ^= ^negative & (odd[i] ^ k[i])
	}
	return odd, negative
}

// oddDigit returns digit i of an odd number k in n windows, all of whose
// digits are odd, between -31 and 31: digit is 2·index + 1, or the negative of
// that if negative is all ones. The number is the sum of digit·32^i (M. Joye,
// M. Tunstall, "Exponent recoding and regular exponentiation algorithms",
// AFRICACRYPT 2009).
//
// Bits 5i+1 to 5i+5 of k decide digit i: as a number b they stand for
// 2b + 1 - 32. So the digits above i are (k >> 5(i+1)) with the lowest bit set,
// and the last, which has nothing above it to take 32 from, is positive. K is
// below 32^n.
func oddDigit(k *Words, i, n int) (index, negative uint64) {
	b := bitsAt(k, window*i+1) & (2*half - 1)
	if i == n-1 { // public
		return b, 0
	}
	negative = b>>(window-1) - 1
	return (b ^ negative) & (half - 1), negative
}

// bitsAt returns 64 bits of k from bit i on.
func bitsAt(k *Words, i int) uint64 {
	limb, shift := i/64, i%64
	if limb >= len(k) {
		return 0
	}
	b := k[limb] >> shift
	if limb+1 < len(k) {
		b |= k[limb+1] << (64 - shift)
	}
	return b
}

// equal returns all ones if i = index, and 0 otherwise; both are below 2^63.
func equal(i int, index uint64) uint64 { return uint64(int64((uint64(i)^index)-1) >> 63) }

// naf is a number in non-adjacent form: the sum of naf[i]·2^i. Its digits are
// zero or odd.
type naf [64*len(Words{}) + 1]int16

// set sets z to k, with digits of less than 2^(w-1), and returns the number of
// digits up to the last that is not zero. Between two of these are at least
// w - 1 zeros. It takes variable time.
func (z *naf) set(k *Words, w int) int {
	var carry uint64
	length := 0
	for i := 0; i < len(z); {
		b := bitsAt(k, i)
		if b&1 == carry {
			// Zeros, or ones that a carry makes zeros.
			i += bits.TrailingZeros64(b ^ -carry | 1<<63)
			continue
		}
		b = b&(1<<w-1) + carry
		carry = b >> (w - 1)
		z[i] = int16(int64(b) - int64(carry)<<w)
		length = i + 1
		i += w
	}
	return length
}

// signed returns the place of digit in a table of odd multiples, and all ones if
// it is negative.
func signed(digit int16) (index int, negative uint64) {
	if digit < 0 {
		return int(-digit) / 2, 1<<64 - 1
	}
	return int(digit) / 2, 0
}

// nextX adds q to n and reports whether it is below p still: r, r + q, … are
// the numbers below p that are r modulo q.
func nextX(n, q, p *Words) bool {
	var c uint64
	for i := range n {
		n[i], c = bits.Add64(n[i], q[i], c)
	}
	return c == 0 && below(n, p)
}

// below reports whether x < y.
func below(x, y *Words) bool {
	var b uint64
	for i := range x {
		_, b = bits.Sub64(x[i], y[i], b)
	}
	return b == 1
}
