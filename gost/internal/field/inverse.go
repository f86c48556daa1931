package field

import "math/bits"

// inverter computes inverses modulo an odd number m by the divsteps of
// Bernstein and Yang, "Fast constant-time gcd computation and modular
// inversion" (CHES 2019, IACR ePrint 2019/266), in the variant that starts
// with delta = 1/2 (P. Wuille, libsecp256k1, safegcd_implementation.md). Time
// depends on the size of m alone.
type inverter struct {
	m     wide
	inv   uint64 // 1/m mod 2^62
	limbs int    // of a wide in use: one more than m has
	turns int    // matrices to be applied
}

// wide is a number in two's complement, with a limb more than a modulus has.
type wide [maxLimbs + 1]uint64

const (
	turn     = 62        // divsteps in a matrix, the most that leave its entries in a limb
	turnMask = 1<<62 - 1 // lowest bits of a limb
)

// newInverter returns the inverter of the odd number m of n limbs, 4 or 8.
//
// With delta = 1/2, (45907·b + 26313)/19929 divsteps are enough for numbers of
// b bits (P. Wuille, safegcd-bounds): 591 for 256 bits and 1180 for 512. What
// is left of the last turn does not change the outcome.
func newInverter(m *Words, n int) *inverter {
	v := &inverter{limbs: n + 1, turns: (45907*64*n+26313)/19929/turn + 1}
	copy(v.m[:], m[:])
	// Newton's iteration, as in New.
	v.inv = m[0]
	for range 5 {
		v.inv *= 2 - m[0]*v.inv
	}
	return v
}

// invert returns 1/x mod m, below m, and 0 if x is 0. X is below m.
func (v *inverter) invert(x *Words) Words {
	s := v.start(x)
	zeta := ^uint64(0) // -(1/2 + 1/2)
	for range v.turns {
		var t matrix
		zeta = t.divsteps(zeta, s.f[0], s.g[0])
		v.update(&t, &s.f, &s.g)
		v.updateModulo(&t, &s.d, &s.e)
	}
	return v.finish(&s)
}

// invertPublic does the same in variable time, which is shorter.
func (v *inverter) invertPublic(x *Words) Words {
	s := v.start(x)
	eta := -1
	for s.g != (wide{}) {
		var t matrix
		eta = t.divstepsPublic(eta, s.f[0], s.g[0])
		v.update(&t, &s.f, &s.g)
		v.updateModulo(&t, &s.d, &s.e)
	}
	return v.finish(&s)
}

// state is that of an inversion: d·x = f and e·x = g modulo m. In the end g is
// 0 and f is 1 or -1, so that d is the inverse but for the sign; if x is 0, f
// is m or -m and d is 0.
type state struct{ f, g, d, e wide }

func (v *inverter) start(x *Words) state {
	s := state{f: v.m, e: wide{1}}
	copy(s.g[:], x[:])
	return s
}

func (v *inverter) finish(s *state) (z Words) {
	v.addModulus(&s.d, v.sign(&s.d))
	v.negate(&s.d, v.sign(&s.f))
	v.addModulus(&s.d, v.sign(&s.d))
	copy(z[:v.limbs-1], s.d[:])
	return z
}

// matrix is 2^62 times the transition of 62 divsteps from (f, g). Its entries
// are in two's complement; |u| + |v| and |q| + |r| are at most 2^62.
type matrix struct{ u, v, q, r uint64 }

// divsteps sets t to the transition that the lowest limbs of f and g decide,
// and returns the next zeta, -(delta + 1/2). One step is
//
//	if delta > 0 and g is odd: delta, f, g = 1 - delta, g, (g - f)/2
//	otherwise:                 delta, f, g = 1 + delta, f, (g + (g mod 2)·f)/2
func (t *matrix) divsteps(zeta, f, g uint64) uint64 {
	u, v, q, r := uint64(1), uint64(0), uint64(0), uint64(1)
	for range turn {
		swap := uint64(int64(zeta) >> 63) // all ones if delta > 0
		odd := -(g & 1)
		// g is made even with f, or with -f if they are to change places.
		g += ((f ^ swap) - swap) & odd
		q += ((u ^ swap) - swap) & odd
		r += ((v ^ swap) - swap) & odd
		swap &= odd
		zeta = (zeta ^ swap) - 1
		// f + (g - f) is what g was.
		f += g & swap
		u += q & swap
		v += r & swap
		g >>= 1
		u <<= 1
		v <<= 1
	}
	t.u, t.v, t.q, t.r = u, v, q, r
	return zeta
}

// divstepsPublic does the same in variable time, several steps at once: g loses
// its trailing zeros, and then so many of its lowest bits as f may be added for
// before they change places. It starts with delta = 1, which is -eta.
func (t *matrix) divstepsPublic(eta int, f, g uint64) int {
	u, v, q, r := uint64(1), uint64(0), uint64(0), uint64(1)
	for left := turn; ; {
		zeros := bits.TrailingZeros64(g | ^uint64(0)<<left)
		g >>= zeros
		u <<= zeros
		v <<= zeros
		eta -= zeros
		left -= zeros
		if left == 0 {
			break
		}
		if eta < 0 {
			eta = -eta
			f, g = g, -f
			u, q = q, -u
			v, r = r, -v
		}
		// W·f cancels up to four bits of g: f·(2 - f²) is 1/f modulo 16.
		w := g * f * (f*f - 2) & (1<<min(eta+1, left, 4) - 1)
		g += w * f
		q += w * u
		r += w * v
	}
	t.u, t.v, t.q, t.r = u, v, q, r
	return eta
}

// update sets f and g to t·(f, g)/2^62, which is exact.
func (v *inverter) update(t *matrix, f, g *wide) {
	var a, b wide
	v.combine(&a, t.u, f, t.v, g)
	v.combine(&b, t.q, f, t.r, g)
	v.shift(f, &a)
	v.shift(g, &b)
}

// updateModulo sets d and e to t·(d, e)/2^62 modulo m. They stay above -2m and
// below m: to begin with, m is added for each that is negative, and then that
// multiple below 2^62 is subtracted which makes the division exact.
func (v *inverter) updateModulo(t *matrix, d, e *wide) {
	sd, se := v.sign(d), v.sign(e)
	k := t.u&sd + t.v&se
	l := t.q&sd + t.r&se
	k -= (v.inv*(t.u*d[0]+t.v*e[0]) + k) & turnMask
	l -= (v.inv*(t.q*d[0]+t.r*e[0]) + l) & turnMask
	var a, b wide
	v.combine(&a, t.u, d, t.v, e)
	v.combine(&b, t.q, d, t.r, e)
	v.addProduct(&a, k, &v.m)
	v.addProduct(&b, l, &v.m)
	v.shift(d, &a)
	v.shift(e, &b)
}

// combine sets z = j·x + k·y, modulo 2^64 to the number of limbs.
func (v *inverter) combine(z *wide, j uint64, x *wide, k uint64, y *wide) {
	v.addProduct(z, j, x)
	v.addProduct(z, k, y)
}

// addProduct adds k·x to z, modulo 2^64 to the number of limbs. A negative k
// was taken for 2^64 more than it is.
func (v *inverter) addProduct(z *wide, k uint64, x *wide) {
	var carry, borrow uint64
	negative := uint64(int64(k) >> 63)
	below := uint64(0) // the limb of x before x[i], if k is negative
	for i := range v.limbs {
		var c uint64
		high, low := bits.Mul64(x[i], k)
		low, c = bits.Add64(low, carry, 0)
		high += c
		low, c = bits.Add64(low, z[i], 0)
		carry = high + c
		z[i], borrow = bits.Sub64(low, below, borrow)
		below = x[i] & negative
	}
}

// shift sets z = x/2^62.
func (v *inverter) shift(z, x *wide) {
	last := v.limbs - 1
	for i := range last {
		z[i] = x[i]>>turn | x[i+1]<<(64-turn)
	}
	z[last] = uint64(int64(x[last]) >> turn)
}

// sign returns all ones if x is negative, and 0 otherwise.
func (v *inverter) sign(x *wide) uint64 { return uint64(int64(x[v.limbs-1]) >> 63) }

// addModulus adds m to x if mask is all ones.
func (v *inverter) addModulus(x *wide, mask uint64) {
	var c uint64
	for i := range v.limbs {
		x[i], c = bits.Add64(x[i], v.m[i]&mask, c)
	}
}

// negate changes the sign of x if mask is all ones.
func (v *inverter) negate(x *wide, mask uint64) {
	c := mask & 1
	for i := range v.limbs {
		x[i], c = bits.Add64(x[i]^mask, 0, c)
	}
}
