package field

import "math/bits"

//go:generate go run gen.go

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

	r[4], c = bits.Add64(r[4], m0, 0)
	r[5], c = bits.Add64(r[5], m1, c)
	r[6], c = bits.Add64(r[6], m2, c)
	r[7], c = bits.Add64(r[7], m3, c)
	r[8], c = bits.Add64(r[8], m4, c)
	r[9], c = bits.Add64(r[9], m5, c)
	r[10], c = bits.Add64(r[10], m6, c)
	r[11], c = bits.Add64(r[11], m7, c)
	r[12], c = bits.Add64(r[12], top, c)
	r[13], c = bits.Add64(r[13], 0, c)
	r[14], c = bits.Add64(r[14], 0, c)
	r[15] += c
}

// square8 sets r = x², from two squares of halves and twice their product.
func square8(r *[16]uint64, x *[8]uint64) {
	xl, xh := (*[4]uint64)(x[:4]), (*[4]uint64)(x[4:])
	r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = square4(xl)
	r[8], r[9], r[10], r[11], r[12], r[13], r[14], r[15] = square4(xh)
	m0, m1, m2, m3, m4, m5, m6, m7 := product4(xl, xh)
	top := m7 >> 63
	m7 = m7<<1 | m6>>63
	m6 = m6<<1 | m5>>63
	m5 = m5<<1 | m4>>63
	m4 = m4<<1 | m3>>63
	m3 = m3<<1 | m2>>63
	m2 = m2<<1 | m1>>63
	m1 = m1<<1 | m0>>63
	m0 <<= 1

	var c uint64
	r[4], c = bits.Add64(r[4], m0, 0)
	r[5], c = bits.Add64(r[5], m1, c)
	r[6], c = bits.Add64(r[6], m2, c)
	r[7], c = bits.Add64(r[7], m3, c)
	r[8], c = bits.Add64(r[8], m4, c)
	r[9], c = bits.Add64(r[9], m5, c)
	r[10], c = bits.Add64(r[10], m6, c)
	r[11], c = bits.Add64(r[11], m7, c)
	r[12], c = bits.Add64(r[12], top, c)
	r[13], c = bits.Add64(r[13], 0, c)
	r[14], c = bits.Add64(r[14], 0, c)
	r[15] += c
}
