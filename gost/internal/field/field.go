// Package field is arithmetic modulo an odd prime of up to 256 or 512 bits.
//
// It serves both the coordinates of a curve and the scalars of its group:
// nothing here depends on the shape of the modulus. Elements are kept in
// Montgomery form, x·R modulo m with R = 2^256 or 2^512, and always reduced,
// so that equal elements have equal limbs.
//
// Every operation takes time that depends on the modulus alone, never on the
// elements: there is no branch and no index that an element decides. What
// enters or leaves as octets is little-endian, the order of GOST keys and
// digests (RFC 9215, section 4.3).
//
// The arguments of any method may be one variable: x and y are read before z
// is written.
package field

import (
	"encoding/binary"
	"fmt"
	"math/bits"
)

// maxLimbs is the number of 64-bit limbs of the widest modulus.
const maxLimbs = 8

// Element is an integer modulo some Modulus; its zero value is 0. An Element
// does not know its modulus: the caller keeps the two together.
type Element struct {
	// limbs is the Montgomery form, least significant limb first. Limbs that
	// the modulus does not use are zero.
	limbs [maxLimbs]uint64
}

// Modulus is an odd prime with what Montgomery multiplication needs to know
// of it. It never changes after New and is safe for concurrent use.
type Modulus struct {
	n     int              // limbs in use: 4 or 8
	limbs [maxLimbs]uint64 // the prime, least significant limb first
	inv   uint64           // -1/m mod 2^64
	one   Element          // 1, whose limbs are R mod m
	r     Element          // R, whose limbs are R² mod m
}

// New returns the modulus whose octets, least significant first, are le: 32
// of them or 64. It panics on another length and on an even number, mistakes
// in a table of constants. That the number is prime matters to Invert only,
// and is taken on trust.
func New(le []byte) *Modulus {
	if len(le) != 32 && len(le) != 64 {
		panic(fmt.Sprintf("field: modulus of %d octets, want 32 or 64", len(le)))
	}
	if le[0]&1 == 0 {
		panic("field: modulus is even")
	}
	m := &Modulus{n: len(le) / 8}
	m.limbs = m.decode(le)

	// An odd number is its own inverse modulo 8. Newton's iteration doubles
	// the number of correct bits: 3, 6, 12, 24, 48, 96.
	inv := m.limbs[0]
	for range 5 {
		inv *= 2 - m.limbs[0]*inv
	}
	m.inv = -inv

	// Doubled 64·n times modulo m, 1 becomes R, and R becomes R².
	m.one.limbs[0] = 1
	m.double(&m.one, 64*m.n)
	m.r = m.one
	m.double(&m.r, 64*m.n)
	return m
}

// double doubles z the given number of times.
func (m *Modulus) double(z *Element, times int) {
	for range times {
		m.Add(z, z, z)
	}
}

// Size returns the number of octets of an encoded element: 32 or 64.
func (m *Modulus) Size() int { return 8 * m.n }

// One returns 1.
func (m *Modulus) One() Element { return m.one }

// Add sets z = x + y.
func (m *Modulus) Add(z, x, y *Element) {
	var sum Element
	var carry uint64
	for i := range m.n {
		sum.limbs[i], carry = bits.Add64(x.limbs[i], y.limbs[i], carry)
	}
	m.reduce(z, &sum, carry)
}

// Sub sets z = x - y.
func (m *Modulus) Sub(z, x, y *Element) {
	var borrow, carry uint64
	for i := range m.n {
		z.limbs[i], borrow = bits.Sub64(x.limbs[i], y.limbs[i], borrow)
	}
	mask := -borrow // all ones if x < y: then m is added back
	for i := range m.n {
		z.limbs[i], carry = bits.Add64(z.limbs[i], m.limbs[i]&mask, carry)
	}
}

// Negate sets z = -x.
func (m *Modulus) Negate(z, x *Element) { m.Sub(z, &Element{}, x) }

// Mul sets z = x·y by Montgomery's method. In each round one limb of x is
// multiplied in; then that multiple of m is added which makes the lowest limb
// of the sum zero, and the limb is dropped.
//
// After a round the sum is below y + m, whatever x is. So x need not be
// reduced, on which SetReduced relies.
func (m *Modulus) Mul(z, x, y *Element) {
	var sum Element
	var top uint64 // the sum's limb above the n of them, 0 or 1
	for i := range m.n {
		high, over := bits.Add64(top, m.mulAdd(&sum.limbs, &y.limbs, x.limbs[i]), 0)
		carry := m.mulAdd(&sum.limbs, &m.limbs, sum.limbs[0]*m.inv)
		copy(sum.limbs[:m.n], sum.limbs[1:m.n])
		sum.limbs[m.n-1], carry = bits.Add64(high, carry, 0)
		top = over + carry
	}
	m.reduce(z, &sum, top)
}

// mulAdd adds x·y to sum and returns the limb that is carried out.
func (m *Modulus) mulAdd(sum, x *[maxLimbs]uint64, y uint64) (carry uint64) {
	for i := range m.n {
		var c uint64
		high, low := bits.Mul64(x[i], y)
		low, c = bits.Add64(low, sum[i], 0)
		high += c
		sum[i], c = bits.Add64(low, carry, 0)
		carry = high + c
	}
	return carry
}

// reduce sets z to x + top·R, a number below 2m, modulo m.
func (m *Modulus) reduce(z, x *Element, top uint64) {
	var less Element
	var borrow uint64
	for i := range m.n {
		less.limbs[i], borrow = bits.Sub64(x.limbs[i], m.limbs[i], borrow)
	}
	_, borrow = bits.Sub64(top, 0, borrow)
	mask := -borrow // all ones if the number is below m as it stands
	for i := range m.n {
		z.limbs[i] = less.limbs[i] ^ mask&(less.limbs[i]^x.limbs[i])
	}
}

// Invert sets z = 1/x, and 0 if x = 0: it is x^(m-2), by Fermat's little
// theorem. The branch is on bits of the exponent, which is public.
func (m *Modulus) Invert(z, x *Element) {
	var exponent [maxLimbs]uint64
	borrow := uint64(0)
	exponent[0], borrow = bits.Sub64(m.limbs[0], 2, 0)
	for i := 1; i < m.n; i++ {
		exponent[i], borrow = bits.Sub64(m.limbs[i], 0, borrow)
	}
	power := m.one
	for i := 64*m.n - 1; i >= 0; i-- {
		m.Mul(&power, &power, &power)
		if exponent[i/64]>>(i%64)&1 == 1 {
			m.Mul(&power, &power, x)
		}
	}
	*z = power
}

// Select sets z = x if take is 1 and leaves z as it is if take is 0.
func (m *Modulus) Select(z, x *Element, take int) {
	mask := -uint64(take)
	for i := range m.n {
		z.limbs[i] ^= mask & (z.limbs[i] ^ x.limbs[i])
	}
}

// Equal reports whether x = y. Only the answer, not the time it takes, tells
// anything of x and y.
func (m *Modulus) Equal(x, y *Element) bool {
	var differ uint64
	for i := range m.n {
		differ |= x.limbs[i] ^ y.limbs[i]
	}
	return differ == 0
}

// IsZero reports whether x = 0, with the same care as Equal.
func (m *Modulus) IsZero(x *Element) bool { return m.Equal(x, &Element{}) }

// SetBytes sets z to the number whose Size octets, least significant first,
// are le. It returns false, and leaves z alone, if the number is not below m.
// It panics on another length.
func (m *Modulus) SetBytes(z *Element, le []byte) bool {
	x := Element{m.decode(le)}
	var borrow uint64
	for i := range m.n {
		_, borrow = bits.Sub64(x.limbs[i], m.limbs[i], borrow)
	}
	if borrow == 0 {
		return false
	}
	m.Mul(z, &x, &m.r)
	return true
}

// SetReduced sets z to a number modulo m. The number has Size octets or twice
// as many, least significant first; it panics on another length.
//
// A number of 2·Size octets chosen evenly gives an element whose chance
// differs from even by less than 2^-(4·Size), which nobody can notice.
func (m *Modulus) SetReduced(z *Element, le []byte) {
	low := Element{m.decode(le[:m.Size()])}
	m.Mul(&low, &low, &m.r)
	if len(le) > m.Size() {
		high := Element{m.decode(le[m.Size():])}
		m.Mul(&high, &high, &m.r)
		m.Mul(&high, &high, &m.r) // the upper half counts in units of R
		m.Add(&low, &low, &high)
	}
	*z = low
}

// Bytes returns x as Size octets, least significant first.
func (m *Modulus) Bytes(x *Element) []byte {
	// Multiplication by 1 that is not in Montgomery form divides by R.
	var plain Element
	m.Mul(&plain, &Element{[maxLimbs]uint64{1}}, x)
	le := make([]byte, 0, m.Size())
	for i := range m.n {
		le = binary.LittleEndian.AppendUint64(le, plain.limbs[i])
	}
	return le
}

// decode reads Size octets, least significant first, into limbs.
func (m *Modulus) decode(le []byte) (limbs [maxLimbs]uint64) {
	if len(le) != m.Size() {
		panic(fmt.Sprintf("field: number of %d octets, want %d", len(le), m.Size()))
	}
	for i := range m.n {
		limbs[i] = binary.LittleEndian.Uint64(le[8*i:])
	}
	return limbs
}
