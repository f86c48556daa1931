// Package field is arithmetic modulo the primes of GOST R 34.10-2012, in
// 64-bit limbs.
//
//   - Modulus is any odd prime of up to 256 or 512 bits, in Montgomery form: the
//     order of a group, and the coordinates of the curves for tests.
//   - P617, P3225, P256D, P569 and P111 are each for one prime of coordinates,
//     by its shape: an element is an array of limbs, and what overflows is
//     folded back, without Montgomery form but for P256D. Their names are the
//     distance of the prime from a power of two.
//
// Multiplication in four limbs is written out by gen.go into multiply.go. That
// and product.go are where assembly would have its place.
//
// Every operation takes time that depends on the modulus alone, never on the
// elements: there is no branch and no index that an element decides. The one
// exception, InvertPublic, says so. Octets are little-endian, the order of GOST
// keys and digests (RFC 9215, section 4.3).
//
// The arguments of any method may be one variable: they are read before the
// result is written.
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
	limbs Words
}

// Modulus is an odd prime with what Montgomery multiplication needs to know
// of it. It never changes after New and is safe for concurrent use.
type Modulus struct {
	n     int     // limbs in use: 4 or 8
	limbs Words   // the prime, least significant limb first
	inv   uint64  // -1/m mod 2^64
	one   Element // 1, whose limbs are R mod m
	r     Element // R, whose limbs are R² mod m
	r2    Element // R², whose limbs are R³ mod m

	inverter *inverter
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
	m.Mul(&m.r2, &m.r, &m.r)
	m.inverter = newInverter(&m.limbs, m.n)
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

// Mul sets z = x·y, by Montgomery's method. X need not be reduced, if only it is
// below R: on that SetReduced and SetWords rely.
func (m *Modulus) Mul(z, x, y *Element) {
	if m.n == 4 {
		zl, ml := (*[4]uint64)(z.limbs[:4]), (*[4]uint64)(m.limbs[:4])
		r0, r1, r2, r3, r4, r5, r6, r7 := product4((*[4]uint64)(x.limbs[:4]), (*[4]uint64)(y.limbs[:4]))
		redc4(zl, ml, m.inv, r0, r1, r2, r3, r4, r5, r6, r7)
		return
	}
	var r [2 * maxLimbs]uint64
	product8(&r, &x.limbs, &y.limbs)
	redc8(&z.limbs, &m.limbs, m.inv, &r)
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

// Invert sets z = 1/x, and 0 if x = 0. The inverse of x·R lacks R² to be that
// of x in Montgomery form, and Mul takes R away.
func (m *Modulus) Invert(z, x *Element) {
	z.limbs = m.inverter.invert(&x.limbs)
	m.Mul(z, z, &m.r2)
}

// InvertPublic does as Invert does, in variable time, which is shorter.
func (m *Modulus) InvertPublic(z, x *Element) {
	z.limbs = m.inverter.invertPublic(&x.limbs)
	m.Mul(z, z, &m.r2)
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
	return m.SetNumber(z, m.decode(le))
}

// SetNumber sets z to n. It returns false, and leaves z alone, if n is not
// below m.
func (m *Modulus) SetNumber(z *Element, n Words) bool {
	var borrow uint64
	for i := range n {
		_, borrow = bits.Sub64(n[i], m.limbs[i], borrow)
	}
	if borrow == 0 {
		return false
	}
	m.SetWords(z, &n)
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

// SetWords sets z to a number below R modulo m.
func (m *Modulus) SetWords(z *Element, n *Words) {
	x := Element{*n}
	m.Mul(z, &x, &m.r)
}

// Words returns x as the number below m that it stands for.
func (m *Modulus) Words(x *Element) Words {
	// Multiplication by 1 that is not in Montgomery form divides by R.
	var plain Element
	m.Mul(&plain, &Element{Words{1}}, x)
	return plain.limbs
}

// Bytes returns x as Size octets, least significant first.
func (m *Modulus) Bytes(x *Element) []byte {
	le := make([]byte, 0, m.Size())
	plain := m.Words(x)
	for _, limb := range plain[:m.n] {
		le = binary.LittleEndian.AppendUint64(le, limb)
	}
	return le
}

// decode reads Size octets, least significant first, into limbs.
func (m *Modulus) decode(le []byte) (limbs Words) {
	if len(le) != m.Size() {
		panic(fmt.Sprintf("field: number of %d octets, want %d", len(le), m.Size()))
	}
	for i := range m.n {
		limbs[i] = binary.LittleEndian.Uint64(le[8*i:])
	}
	return limbs
}
