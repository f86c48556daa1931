package field

// Words is a number below 2^512, least significant limb first.
type Words = [maxLimbs]uint64

// isZero returns all ones if x is 0, and 0 otherwise.
func isZero(x uint64) uint64 { return (x|-x)>>63 - 1 }

// select4 sets z = x if mask is all ones, and leaves it alone if mask is 0.
func select4(z, x *[4]uint64, mask uint64) {
	z[0] ^= mask & (z[0] ^ x[0])
	z[1] ^= mask & (z[1] ^ x[1])
	z[2] ^= mask & (z[2] ^ x[2])
	z[3] ^= mask & (z[3] ^ x[3])
}

// select8 does the same with eight limbs.
func select8(z, x *[8]uint64, mask uint64) {
	select4((*[4]uint64)(z[:4]), (*[4]uint64)(x[:4]), mask)
	select4((*[4]uint64)(z[4:]), (*[4]uint64)(x[4:]), mask)
}
