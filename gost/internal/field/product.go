package field

import "math/bits"

// The products below are written out in local variables, which the compiler
// keeps in registers, and return their limbs in registers too. In each row the
// four multiplications come first: they overwrite the carry flag, which a
// chain of additions needs to itself.

// product4 returns x·y.
func product4(x, y *[4]uint64) (r0, r1, r2, r3, r4, r5, r6, r7 uint64) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	var c, l0, l1, l2, l3, h0, h1, h2, h3 uint64

	v := y[0]
	h0, r0 = bits.Mul64(x0, v)
	h1, l1 = bits.Mul64(x1, v)
	h2, l2 = bits.Mul64(x2, v)
	h3, l3 = bits.Mul64(x3, v)
	r1, c = bits.Add64(l1, h0, 0)
	r2, c = bits.Add64(l2, h1, c)
	r3, c = bits.Add64(l3, h2, c)
	r4 = h3 + c

	v = y[1]
	h0, l0 = bits.Mul64(x0, v)
	h1, l1 = bits.Mul64(x1, v)
	h2, l2 = bits.Mul64(x2, v)
	h3, l3 = bits.Mul64(x3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r1, c = bits.Add64(r1, l0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, l2, c)
	r4, c = bits.Add64(r4, l3, c)
	r5 = h3 + c

	v = y[2]
	h0, l0 = bits.Mul64(x0, v)
	h1, l1 = bits.Mul64(x1, v)
	h2, l2 = bits.Mul64(x2, v)
	h3, l3 = bits.Mul64(x3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r2, c = bits.Add64(r2, l0, 0)
	r3, c = bits.Add64(r3, l1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, c = bits.Add64(r5, l3, c)
	r6 = h3 + c

	v = y[3]
	h0, l0 = bits.Mul64(x0, v)
	h1, l1 = bits.Mul64(x1, v)
	h2, l2 = bits.Mul64(x2, v)
	h3, l3 = bits.Mul64(x3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r3, c = bits.Add64(r3, l0, 0)
	r4, c = bits.Add64(r4, l1, c)
	r5, c = bits.Add64(r5, l2, c)
	r6, c = bits.Add64(r6, l3, c)
	r7 = h3 + c
	return r0, r1, r2, r3, r4, r5, r6, r7
}

// square4 returns x²: the six products of different limbs, doubled, and the
// four squares.
func square4(x *[4]uint64) (r0, r1, r2, r3, r4, r5, r6, r7 uint64) {
	x0, x1, x2, x3 := x[0], x[1], x[2], x[3]
	var c, l0, l1, l2, l3, h0, h1, h2, h3 uint64

	r2, r1 = bits.Mul64(x0, x1)
	h0, l0 = bits.Mul64(x0, x2)
	h1, l1 = bits.Mul64(x0, x3)
	r2, c = bits.Add64(r2, l0, 0)
	r3, c = bits.Add64(l1, h0, c)
	r4 = h1 + c

	h0, l0 = bits.Mul64(x1, x2)
	h1, l1 = bits.Mul64(x1, x3)
	l1, c = bits.Add64(l1, h0, 0)
	h1 += c
	r3, c = bits.Add64(r3, l0, 0)
	r4, c = bits.Add64(r4, l1, c)
	r5 = h1 + c

	h0, l0 = bits.Mul64(x2, x3)
	r5, c = bits.Add64(r5, l0, 0)
	r6 = h0 + c

	r7 = r6 >> 63
	r6 = r6<<1 | r5>>63
	r5 = r5<<1 | r4>>63
	r4 = r4<<1 | r3>>63
	r3 = r3<<1 | r2>>63
	r2 = r2<<1 | r1>>63
	r1 <<= 1

	h0, r0 = bits.Mul64(x0, x0)
	h1, l1 = bits.Mul64(x1, x1)
	h2, l2 = bits.Mul64(x2, x2)
	h3, l3 = bits.Mul64(x3, x3)
	r1, c = bits.Add64(r1, h0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, h1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, c = bits.Add64(r5, h2, c)
	r6, c = bits.Add64(r6, l3, c)
	r7, _ = bits.Add64(r7, h3, c)
	return r0, r1, r2, r3, r4, r5, r6, r7
}

// product8 sets r = x·y, from four products of halves: rows of eight limbs
// would not fit the registers.
func product8(r *[16]uint64, x, y *[8]uint64) {
	xl, xh := (*[4]uint64)(x[:4]), (*[4]uint64)(x[4:])
	yl, yh := (*[4]uint64)(y[:4]), (*[4]uint64)(y[4:])
	var m [8]uint64
	r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = product4(xl, yl)
	r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15] = product4(xh, yh)
	m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7] = product4(xl, yh)

	m0, m1, m2, m3, m4, m5, m6, m7 := product4(xh, yl)
	var c, top uint64
	m0, c = bits.Add64(m0, m[0], 0)
	m1, c = bits.Add64(m1, m[1], c)
	m2, c = bits.Add64(m2, m[2], c)
	m3, c = bits.Add64(m3, m[3], c)
	m4, c = bits.Add64(m4, m[4], c)
	m5, c = bits.Add64(m5, m[5], c)
	m6, c = bits.Add64(m6, m[6], c)
	m7, top = bits.Add64(m7, m[7], c)
	addMiddle(r, m0, m1, m2, m3, m4, m5, m6, m7, top)
}

// square8 sets r = x², from two squares of halves and twice their product.
func square8(r *[16]uint64, x *[8]uint64) {
	xl, xh := (*[4]uint64)(x[:4]), (*[4]uint64)(x[4:])
	r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = square4(xl)
	r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15] = square4(xh)
	m0, m1, m2, m3, m4, m5, m6, m7 := product4(xl, xh)
	addMiddle(r, m0<<1, m1<<1|m0>>63, m2<<1|m1>>63, m3<<1|m2>>63,
		m4<<1|m3>>63, m5<<1|m4>>63, m6<<1|m5>>63, m7<<1|m6>>63, m7>>63)
}

// addMiddle adds m·2^256 to r.
func addMiddle(r *[16]uint64, m0, m1, m2, m3, m4, m5, m6, m7, m8 uint64) {
	var c uint64
	r[4], c = bits.Add64(r[4], m0, 0)
	r[5], c = bits.Add64(r[5], m1, c)
	r[6], c = bits.Add64(r[6], m2, c)
	r[7], c = bits.Add64(r[7], m3, c)
	r[8], c = bits.Add64(r[8], m4, c)
	r[9], c = bits.Add64(r[9], m5, c)
	r[10], c = bits.Add64(r[10], m6, c)
	r[11], c = bits.Add64(r[11], m7, c)
	r[12], c = bits.Add64(r[12], m8, c)
	r[13], c = bits.Add64(r[13], 0, c)
	r[14], c = bits.Add64(r[14], 0, c)
	r[15], _ = bits.Add64(r[15], 0, c)
}
