package field

import "math/bits"

// P256D is an integer modulo the prime p of 256-D and CryptoPro-C, which has
// no special shape. It is kept in Montgomery form, x·2^256 modulo p, and
// always below p.
type P256D [4]uint64

// Limbs of p and of powers of two modulo p, and -1/p mod 2^64.
const (
	m256D0, m256D1, m256D2, m256D3 = 0x7998f7b9022d759b, 0xcf846e86789051d3, 0xab1ec85e6b41c8aa, 0x9b9f605f5a858107

	inv64D0, inv64D1, inv64D2, inv64D3     = 0xa741959824930512, 0xedbb1f2601608600, 0xb9c0a722312ce251, 0x87d2f530ba7863b1 // 2^-64
	inv128D0, inv128D1, inv128D2, inv128D3 = 0xbba8c9505d2248ab, 0xe84865a29506e8e0, 0x5a4f716ddb5dbcdf, 0x4bad31b52324aa39 // 2^-128

	inv256D = 0xdf6e6c2c727c176d
)

var (
	into256D = P256D{0x409973b4c427fcea, 0x1017bb39c2d346c5, 0x186304212849c07b, 0x807a394ede097652} // 2^512 mod p
	cube256D = P256D{0x4269f1d84507dd40, 0x67f9be5ae3a5d369, 0x0157bb78cc619c84, 0x054f0c6a3a90609f} // 2^768 mod p
)

// Add sets z = x + y.
func (z *P256D) Add(x, y *P256D) {
	r0, c := bits.Add64(x[0], y[0], 0)
	r1, c := bits.Add64(x[1], y[1], c)
	r2, c := bits.Add64(x[2], y[2], c)
	r3, c := bits.Add64(x[3], y[3], c)
	s0, b := bits.Sub64(r0, m256D0, 0)
	s1, b := bits.Sub64(r1, m256D1, b)
	s2, b := bits.Sub64(r2, m256D2, b)
	s3, b := bits.Sub64(r3, m256D3, b)
	_, b = bits.Sub64(c, 0, b)
	mask := -b // all ones if the sum is below p as it stands
	z[0] = s0 ^ mask&(s0^r0)
	z[1] = s1 ^ mask&(s1^r1)
	z[2] = s2 ^ mask&(s2^r2)
	z[3] = s3 ^ mask&(s3^r3)
}

// Sub sets z = x - y.
func (z *P256D) Sub(x, y *P256D) {
	r0, b := bits.Sub64(x[0], y[0], 0)
	r1, b := bits.Sub64(x[1], y[1], b)
	r2, b := bits.Sub64(x[2], y[2], b)
	r3, b := bits.Sub64(x[3], y[3], b)
	mask := -b // all ones if x < y: then p is added back
	r0, c := bits.Add64(r0, m256D0&mask, 0)
	r1, c = bits.Add64(r1, m256D1&mask, c)
	r2, c = bits.Add64(r2, m256D2&mask, c)
	r3, _ = bits.Add64(r3, m256D3&mask, c)
	z[0], z[1], z[2], z[3] = r0, r1, r2, r3
}

// Half sets z = x/2: x itself or x + p, whichever is even, without its lowest
// bit.
func (z *P256D) Half(x *P256D) {
	odd := -(x[0] & 1)
	r0, c := bits.Add64(x[0], m256D0&odd, 0)
	r1, c := bits.Add64(x[1], m256D1&odd, c)
	r2, c := bits.Add64(x[2], m256D2&odd, c)
	r3, c := bits.Add64(x[3], m256D3&odd, c)
	z[0], z[1], z[2], z[3] = r0>>1|r1<<63, r1>>1|r2<<63, r2>>1|r3<<63, r3>>1|c<<63
}

// Select sets z = x if mask is all ones, and leaves it alone if mask is 0.
func (z *P256D) Select(x *P256D, mask uint64) { select4((*[4]uint64)(z), (*[4]uint64)(x), mask) }

// IsZero returns all ones if x = 0, and 0 otherwise.
func (x *P256D) IsZero() uint64 { return isZero(x[0] | x[1] | x[2] | x[3]) }

// SetWords sets z to a number below 2^256.
func (z *P256D) SetWords(n *Words) {
	x := P256D(n[:4])
	z.Mul(&x, &into256D)
}

// Words returns x as the number below p that it stands for.
func (x *P256D) Words() (n Words) {
	var z P256D
	z.Mul(x, &P256D{1})
	copy(n[:], z[:])
	return n
}

// Invert sets z = 1/x, and 0 if x = 0. The inverse of x·2^256 lacks 2^512 to be
// that of x in Montgomery form, and Mul takes 2^256 away.
func (z *P256D) Invert(x *P256D) {
	var n Words
	copy(n[:], x[:])
	n = inverse256D.invert(&n)
	*z = P256D(n[:4])
	z.Mul(z, &cube256D)
}

var inverse256D = newInverter(&Words{m256D0, m256D1, m256D2, m256D3}, 4)
