package field

import "math/bits"

// redc4 sets z = r/2^256 modulo m, below m, where r is below 2^256·m and inv
// is -1/m mod 2^64 (P. Montgomery, "Modular multiplication without trial
// division", 1985). In each row that multiple of m is added which makes the
// lowest limb zero, and the limb is dropped. The highest limb of the multiple
// is at most 2^64 - 2, so that it takes the carry of the row before.
func redc4(z, m *[4]uint64, inv uint64, r0, r1, r2, r3, r4, r5, r6, r7 uint64) {
	m0, m1, m2, m3 := m[0], m[1], m[2], m[3]

	v := r0 * inv
	h0, l0 := bits.Mul64(m0, v)
	h1, l1 := bits.Mul64(m1, v)
	h2, l2 := bits.Mul64(m2, v)
	h3, l3 := bits.Mul64(m3, v)
	l1, c := bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	_, c = bits.Add64(r0, l0, 0)
	r1, c = bits.Add64(r1, l1, c)
	r2, c = bits.Add64(r2, l2, c)
	r3, c = bits.Add64(r3, l3, c)
	r4, over := bits.Add64(r4, h3, c)

	v = r1 * inv
	h0, l0 = bits.Mul64(m0, v)
	h1, l1 = bits.Mul64(m1, v)
	h2, l2 = bits.Mul64(m2, v)
	h3, l3 = bits.Mul64(m3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c + over
	_, c = bits.Add64(r1, l0, 0)
	r2, c = bits.Add64(r2, l1, c)
	r3, c = bits.Add64(r3, l2, c)
	r4, c = bits.Add64(r4, l3, c)
	r5, over = bits.Add64(r5, h3, c)

	v = r2 * inv
	h0, l0 = bits.Mul64(m0, v)
	h1, l1 = bits.Mul64(m1, v)
	h2, l2 = bits.Mul64(m2, v)
	h3, l3 = bits.Mul64(m3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c + over
	_, c = bits.Add64(r2, l0, 0)
	r3, c = bits.Add64(r3, l1, c)
	r4, c = bits.Add64(r4, l2, c)
	r5, c = bits.Add64(r5, l3, c)
	r6, over = bits.Add64(r6, h3, c)

	v = r3 * inv
	h0, l0 = bits.Mul64(m0, v)
	h1, l1 = bits.Mul64(m1, v)
	h2, l2 = bits.Mul64(m2, v)
	h3, l3 = bits.Mul64(m3, v)
	l1, c = bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c + over
	_, c = bits.Add64(r3, l0, 0)
	r4, c = bits.Add64(r4, l1, c)
	r5, c = bits.Add64(r5, l2, c)
	r6, c = bits.Add64(r6, l3, c)
	r7, over = bits.Add64(r7, h3, c)
	s0, b := bits.Sub64(r4, m0, 0)
	s1, b := bits.Sub64(r5, m1, b)
	s2, b := bits.Sub64(r6, m2, b)
	s3, b := bits.Sub64(r7, m3, b)
	_, b = bits.Sub64(over, 0, b)
	mask := -b // all ones if the number is below m as it stands
	z[0] = s0 ^ mask&(s0^r4)
	z[1] = s1 ^ mask&(s1^r5)
	z[2] = s2 ^ mask&(s2^r6)
	z[3] = s3 ^ mask&(s3^r7)
}

// redc8 sets z = r/2^512 modulo m in the same way; r is below 2^512·m, and is
// overwritten.
func redc8(z, m *[8]uint64, inv uint64, r *[16]uint64) {
	ml, mh := (*[4]uint64)(m[:4]), (*[4]uint64)(m[4:])
	var c, over uint64
	for i := range 8 {
		v := r[i] * inv
		c = addProduct4((*[4]uint64)(r[i:i+4]), ml, v, 0)
		c = addProduct4((*[4]uint64)(r[i+4:i+8]), mh, v, c)
		r[i+8], over = bits.Add64(r[i+8], c, over)
	}
	less, high := Words{}, (*Words)(r[8:])
	var b uint64
	for i := range less {
		less[i], b = bits.Sub64(high[i], m[i], b)
	}
	_, b = bits.Sub64(over, 0, b)
	*z = less
	select8(z, high, -b)
}

// addProduct4 adds x·y + c to r and returns the limb that is carried out.
func addProduct4(r, x *[4]uint64, y, c uint64) uint64 {
	h0, l0 := bits.Mul64(x[0], y)
	h1, l1 := bits.Mul64(x[1], y)
	h2, l2 := bits.Mul64(x[2], y)
	h3, l3 := bits.Mul64(x[3], y)
	l0, c = bits.Add64(l0, c, 0)
	l1, c = bits.Add64(l1, h0, c)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r[0], c = bits.Add64(r[0], l0, 0)
	r[1], c = bits.Add64(r[1], l1, c)
	r[2], c = bits.Add64(r[2], l2, c)
	r[3], c = bits.Add64(r[3], l3, c)
	return h3 + c
}
