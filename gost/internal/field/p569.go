package field

import "math/bits"

// P569 is an integer modulo p = 2^512 - 569, the prime of 512-A and 512-C. It
// may be any number below 2^512; only Words reduces it. It works as P617 does.
type P569 [8]uint64

const (
	fold569 = 569         // 2^512 mod p
	low569  = 1<<64 - 569 // lowest limb of p, the others being all ones
)

// Add sets z = x + y.
func (z *P569) Add(x, y *P569) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	r4, c := bits.Add64(x[4], y[4], c)
	r5, c := bits.Add64(x[5], y[5], c)
	r6, c := bits.Add64(x[6], y[6], c)
	r7, c := bits.Add64(x[7], y[7], c)
	r0, c = bits.Add64(r0, fold569&-c, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	r4, c = bits.Add64(r4, 0, c)
	r5, c = bits.Add64(r5, 0, c)
	r6, c = bits.Add64(r6, 0, c)
	r7, c = bits.Add64(r7, 0, c)
	z[0], z[1], z[2], z[3] = r0+fold569&-c, r1, r2, r3
	z[4], z[5], z[6], z[7] = r4, r5, r6, r7
}

// Sub sets z = x - y, the mirror image of Add.
func (z *P569) Sub(x, y *P569) {
	r0, b := bits.Sub64(x[0], y[0], 0)
	r1, b := bits.Sub64(x[1], y[1], b)
	r2, b := bits.Sub64(x[2], y[2], b)
	r3, b := bits.Sub64(x[3], y[3], b)
	r4, b := bits.Sub64(x[4], y[4], b)
	r5, b := bits.Sub64(x[5], y[5], b)
	r6, b := bits.Sub64(x[6], y[6], b)
	r7, b := bits.Sub64(x[7], y[7], b)
	r0, b = bits.Sub64(r0, fold569&-b, 0)
	r1, b = bits.Sub64(r1, 0, b)
	r2, b = bits.Sub64(r2, 0, b)
	r3, b = bits.Sub64(r3, 0, b)
	r4, b = bits.Sub64(r4, 0, b)
	r5, b = bits.Sub64(r5, 0, b)
	r6, b = bits.Sub64(r6, 0, b)
	r7, b = bits.Sub64(r7, 0, b)
	z[0], z[1], z[2], z[3] = r0-fold569&-b, r1, r2, r3
	z[4], z[5], z[6], z[7] = r4, r5, r6, r7
}

// Half sets z = x/2: x itself or x + p, whichever is even, without its lowest
// bit.
func (z *P569) Half(x *P569) {
	odd := -(x[0] & 1)
	r0, c := bits.Add64(x[0], low569&odd, 0)
	r1, c := bits.Add64(x[1], odd, c)
	r2, c := bits.Add64(x[2], odd, c)
	r3, c := bits.Add64(x[3], odd, c)
	r4, c := bits.Add64(x[4], odd, c)
	r5, c := bits.Add64(x[5], odd, c)
	r6, c := bits.Add64(x[6], odd, c)
	r7, c := bits.Add64(x[7], odd, c)
	z[0], z[1], z[2], z[3] = r0>>1|r1<<63, r1>>1|r2<<63, r2>>1|r3<<63, r3>>1|r4<<63
	z[4], z[5], z[6], z[7] = r4>>1|r5<<63, r5>>1|r6<<63, r6>>1|r7<<63, r7>>1|c<<63
}

// Mul sets z = x·y.
func (z *P569) Mul(x, y *P569) {
	var r [16]uint64
	product8(&r, (*[8]uint64)(x), (*[8]uint64)(y))
	z.reduce(&r)
}

// Square sets z = x².
func (z *P569) Square(x *P569) {
	var r [16]uint64
	square8(&r, (*[8]uint64)(x))
	z.reduce(&r)
}

// reduce sets z to a product. Its upper half times 569 is added, four limbs at
// a time. That overflows by at most 569, which times 569 is a limb, and then by
// one at most, as in Add.
func (z *P569) reduce(r *[16]uint64) {
	r0, r1, r2, r3 := r[0], r[1], r[2], r[3]
	h0, l0 := bits.Mul64(r[8], fold569)
	h1, l1 := bits.Mul64(r[9], fold569)
	h2, l2 := bits.Mul64(r[10], fold569)
	h3, l3 := bits.Mul64(r[11], fold569)
	l1, c := bits.Add64(l1, h0, 0)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r0, c = bits.Add64(r0, l0, 0)
	r1, c = bits.Add64(r1, l1, c)
	r2, c = bits.Add64(r2, l2, c)
	r3, c = bits.Add64(r3, l3, c)
	carry := h3 + c

	r4, r5, r6, r7 := r[4], r[5], r[6], r[7]
	h0, l0 = bits.Mul64(r[12], fold569)
	h1, l1 = bits.Mul64(r[13], fold569)
	h2, l2 = bits.Mul64(r[14], fold569)
	h3, l3 = bits.Mul64(r[15], fold569)
	l0, c = bits.Add64(l0, carry, 0)
	l1, c = bits.Add64(l1, h0, c)
	l2, c = bits.Add64(l2, h1, c)
	l3, c = bits.Add64(l3, h2, c)
	h3 += c
	r4, c = bits.Add64(r4, l0, 0)
	r5, c = bits.Add64(r5, l1, c)
	r6, c = bits.Add64(r6, l2, c)
	r7, c = bits.Add64(r7, l3, c)
	h3 += c

	r0, c = bits.Add64(r0, h3*fold569, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	r4, c = bits.Add64(r4, 0, c)
	r5, c = bits.Add64(r5, 0, c)
	r6, c = bits.Add64(r6, 0, c)
	r7, c = bits.Add64(r7, 0, c)
	z[0], z[1], z[2], z[3] = r0+fold569&-c, r1, r2, r3
	z[4], z[5], z[6], z[7] = r4, r5, r6, r7
}

// Select sets z = x if mask is all ones, and leaves it alone if mask is 0.
func (z *P569) Select(x *P569, mask uint64) { select8((*[8]uint64)(z), (*[8]uint64)(x), mask) }

// IsZero returns all ones if x = 0, that is 0 or p, and 0 otherwise.
func (x *P569) IsZero() uint64 {
	return isZero(x[0]|x[1]|x[2]|x[3]|x[4]|x[5]|x[6]|x[7]) |
		isZero(x[0]-low569|^(x[1]&x[2]&x[3]&x[4]&x[5]&x[6]&x[7]))
}

// SetWords sets z to a number below 2^512.
func (z *P569) SetWords(n *Words) { *z = P569(*n) }

// Words returns x as the number below p that it stands for.
func (x *P569) Words() Words {
	less := *x
	var b uint64
	for i, m := range [...]uint64{low569, ones, ones, ones, ones, ones, ones, ones} {
		less[i], b = bits.Sub64(x[i], m, b)
	}
	less.Select(x, -b)
	return Words(less)
}

// Invert sets z = 1/x, and 0 if x = 0.
func (z *P569) Invert(x *P569) {
	n := x.Words()
	*z = P569(inverse569.invert(&n))
}

var inverse569 = newInverter(&Words{low569, ones, ones, ones, ones, ones, ones, ones}, 8)
