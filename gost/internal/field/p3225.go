package field

import "math/bits"

// P3225 is an integer modulo p = 2^255 + 3225, the prime of 256-C and
// CryptoPro-B. It may be any number below 2^256; only Words reduces it.
//
// Since 2^256 is -6450 modulo p, what overflows four limbs is subtracted 6450
// times at the bottom. If that goes below zero, p is added.
type P3225 [4]uint64

const (
	fold3225 = 6450         // -2^256 mod p
	low3225  = 3225         // lowest limb of p
	high3225 = 1 << 63      // highest limb of p, the others being 0
	neg3225  = 1<<64 - 3225 // lowest limb of 2^256 - p
	top3225  = 1<<63 - 1    // highest limb of 2^256 - p, the others being all ones
)

// Add sets z = x + y. A sum that overflows leaves at most 2^256 - 2; that less
// 6450 is a number below 2^256, or a little below zero, and then p makes it
// positive.
func (z *P3225) Add(x, y *P3225) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	r0, b := bits.Sub64(r0, fold3225&-c, 0)
	r1, b = bits.Sub64(r1, 0, b)
	r2, b = bits.Sub64(r2, 0, b)
	r3, b = bits.Sub64(r3, 0, b)
	r0, c = bits.Add64(r0, low3225&-b, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, _ = bits.Add64(r3, high3225&-b, c)
	z[0], z[1], z[2], z[3] = r0, r1, r2, r3
}

// Sub sets z = x - y, the mirror image of Add: 6450 is added to what went
// below zero, and p subtracted from what overflows then.
func (z *P3225) Sub(x, y *P3225) {
	r0, b := bits.Sub64(x[0], y[0], 0)
	r1, b := bits.Sub64(x[1], y[1], b)
	r2, b := bits.Sub64(x[2], y[2], b)
	r3, b := bits.Sub64(x[3], y[3], b)
	r0, c := bits.Add64(r0, fold3225&-b, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	over := -c
	r0, c = bits.Add64(r0, neg3225&over, 0)
	r1, c = bits.Add64(r1, over, c)
	r2, c = bits.Add64(r2, over, c)
	r3, _ = bits.Add64(r3, top3225&over, c)
	z[0], z[1], z[2], z[3] = r0, r1, r2, r3
}

// Half sets z = x/2: x itself or x + p, whichever is even, without its lowest
// bit.
func (z *P3225) Half(x *P3225) {
	odd := -(x[0] & 1)
	r0, c := bits.Add64(x[0], low3225&odd, 0)
	r1, c := bits.Add64(x[1], 0, c)
	r2, c := bits.Add64(x[2], 0, c)
	r3, c := bits.Add64(x[3], high3225&odd, c)
	z[0], z[1], z[2], z[3] = r0>>1|r1<<63, r1>>1|r2<<63, r2>>1|r3<<63, r3>>1|c<<63
}

// Select sets z = x if mask is all ones, and leaves it alone if mask is 0.
func (z *P3225) Select(x *P3225, mask uint64) { select4((*[4]uint64)(z), (*[4]uint64)(x), mask) }

// IsZero returns all ones if x = 0, that is 0 or p, and 0 otherwise.
func (x *P3225) IsZero() uint64 {
	return isZero(x[0]|x[1]|x[2]|x[3]) | isZero((x[0]^low3225)|x[1]|x[2]|(x[3]^high3225))
}

// SetWords sets z to a number below 2^256.
func (z *P3225) SetWords(n *Words) { *z = P3225(n[:4]) }

// Words returns x as the number below p that it stands for.
func (x *P3225) Words() (n Words) {
	r0, b := bits.Sub64(x[0], low3225, 0)
	r1, b := bits.Sub64(x[1], 0, b)
	r2, b := bits.Sub64(x[2], 0, b)
	r3, b := bits.Sub64(x[3], high3225, b)
	z := *x
	z.Select(&P3225{r0, r1, r2, r3}, b-1)
	copy(n[:], z[:])
	return n
}

// Invert sets z = 1/x, and 0 if x = 0.
func (z *P3225) Invert(x *P3225) {
	n := x.Words()
	n = inverse3225.invert(&n)
	z.SetWords(&n)
}

var inverse3225 = newInverter(&Words{low3225, 0, 0, high3225}, 4)
