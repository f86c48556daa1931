package field

import "math/bits"

// P617 is an integer modulo p = 2^256 - 617, the prime of 256-A, 256-B and
// CryptoPro-A. It may be any number below 2^256; only Words reduces it.
//
// Since 2^256 is 617 modulo p, what overflows four limbs comes back as 617
// times as much at the bottom.
type P617 [4]uint64

const (
	fold617 = 617         // 2^256 mod p
	low617  = 1<<64 - 617 // lowest limb of p, the others being all ones
	ones    = 1<<64 - 1
)

// Add sets z = x + y.
//
// A sum that overflows is at most 2^256 - 2 without the carry. If 617 makes it
// overflow again, less than 617 is left, and the last addition has no carry.
func (z *P617) Add(x, y *P617) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	r0, c = bits.Add64(r0, fold617&-c, 0)
	r1, c = bits.Add64(r1, 0, c)
	r2, c = bits.Add64(r2, 0, c)
	r3, c = bits.Add64(r3, 0, c)
	z[0], z[1], z[2], z[3] = r0+fold617&-c, r1, r2, r3
}

// Sub sets z = x - y, the mirror image of Add.
func (z *P617) Sub(x, y *P617) {
	r0, b := bits.Sub64(x[0], y[0], 0)
	r1, b := bits.Sub64(x[1], y[1], b)
	r2, b := bits.Sub64(x[2], y[2], b)
	r3, b := bits.Sub64(x[3], y[3], b)
	r0, b = bits.Sub64(r0, fold617&-b, 0)
	r1, b = bits.Sub64(r1, 0, b)
	r2, b = bits.Sub64(r2, 0, b)
	r3, b = bits.Sub64(r3, 0, b)
	z[0], z[1], z[2], z[3] = r0-fold617&-b, r1, r2, r3
}

// Half sets z = x/2: x itself or x + p, whichever is even, without its lowest
// bit.
func (z *P617) Half(x *P617) {
	odd := -(x[0] & 1)
	r0, c := bits.Add64(x[0], low617&odd, 0)
	r1, c := bits.Add64(x[1], odd, c)
	r2, c := bits.Add64(x[2], odd, c)
	r3, c := bits.Add64(x[3], odd, c)
	z[0], z[1], z[2], z[3] = r0>>1|r1<<63, r1>>1|r2<<63, r2>>1|r3<<63, r3>>1|c<<63
}

// Select sets z = x if mask is all ones, and leaves it alone if mask is 0.
func (z *P617) Select(x *P617, mask uint64) { select4((*[4]uint64)(z), (*[4]uint64)(x), mask) }

// IsZero returns all ones if x = 0, that is 0 or p, and 0 otherwise.
func (x *P617) IsZero() uint64 {
	return isZero(x[0]|x[1]|x[2]|x[3]) | isZero(x[0]-low617|^x[1]|^x[2]|^x[3])
}

// SetWords sets z to a number below 2^256.
func (z *P617) SetWords(n *Words) { *z = P617(n[:4]) }

// Words returns x as the number below p that it stands for.
func (x *P617) Words() (n Words) {
	r0, c := bits.Add64(x[0], fold617, 0)
	r1, c := bits.Add64(x[1], 0, c)
	r2, c := bits.Add64(x[2], 0, c)
	r3, c := bits.Add64(x[3], 0, c)
	z := *x
	z.Select(&P617{r0, r1, r2, r3}, -c)
	copy(n[:], z[:])
	return n
}

// Invert sets z = 1/x, and 0 if x = 0.
func (z *P617) Invert(x *P617) {
	n := x.Words()
	n = inverse617.invert(&n)
	z.SetWords(&n)
}

var inverse617 = newInverter(&Words{low617, ones, ones, ones}, 4)
