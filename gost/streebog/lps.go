package streebog

// lpsx sets r to LPSX(a, b): the sum of a and b bit by bit, X, then S, P and L:
// substitution of octets, transposition of the matrix of 8 by 8 octets, and a
// linear transformation of each word (RFC 6986, section 7). Octet i of word j
// goes to octet j of word i, where table[j] has what it adds to the word, for
// each of its values. Any of r, a and b may be one variable.
//
// The words are gone through once; each adds to eight sums. Written out, with
// no index of a word in a variable, the sums stay in registers, and it is twice
// as fast as a loop. The results are stored one by one, since a whole block
// would be put together in memory and then copied.
//
// The race detector is kept out, under which it would be ten times as slow:
// the table is never written, and callers answer for the blocks.
//
//go:norace
func (r *block) lpsx(a, b *block) {
	w := a[0] ^ b[0]
	r0 := table[0][byte(w)]
	r1 := table[0][byte(w>>8)]
	r2 := table[0][byte(w>>16)]
	r3 := table[0][byte(w>>24)]
	r4 := table[0][byte(w>>32)]
	r5 := table[0][byte(w>>40)]
	r6 := table[0][byte(w>>48)]
	r7 := table[0][byte(w>>56)]

	w = a[1] ^ b[1]
	r0 ^= table[1][byte(w)]
	r1 ^= table[1][byte(w>>8)]
	r2 ^= table[1][byte(w>>16)]
	r3 ^= table[1][byte(w>>24)]
	r4 ^= table[1][byte(w>>32)]
	r5 ^= table[1][byte(w>>40)]
	r6 ^= table[1][byte(w>>48)]
	r7 ^= table[1][byte(w>>56)]

	w = a[2] ^ b[2]
	r0 ^= table[2][byte(w)]
	r1 ^= table[2][byte(w>>8)]
	r2 ^= table[2][byte(w>>16)]
	r3 ^= table[2][byte(w>>24)]
	r4 ^= table[2][byte(w>>32)]
	r5 ^= table[2][byte(w>>40)]
	r6 ^= table[2][byte(w>>48)]
	r7 ^= table[2][byte(w>>56)]

	w = a[3] ^ b[3]
	r0 ^= table[3][byte(w)]
	r1 ^= table[3][byte(w>>8)]
	r2 ^= table[3][byte(w>>16)]
	r3 ^= table[3][byte(w>>24)]
	r4 ^= table[3][byte(w>>32)]
	r5 ^= table[3][byte(w>>40)]
	r6 ^= table[3][byte(w>>48)]
	r7 ^= table[3][byte(w>>56)]

	w = a[4] ^ b[4]
	r0 ^= table[4][byte(w)]
	r1 ^= table[4][byte(w>>8)]
	r2 ^= table[4][byte(w>>16)]
	r3 ^= table[4][byte(w>>24)]
	r4 ^= table[4][byte(w>>32)]
	r5 ^= table[4][byte(w>>40)]
	r6 ^= table[4][byte(w>>48)]
	r7 ^= table[4][byte(w>>56)]

	w = a[5] ^ b[5]
	r0 ^= table[5][byte(w)]
	r1 ^= table[5][byte(w>>8)]
	r2 ^= table[5][byte(w>>16)]
	r3 ^= table[5][byte(w>>24)]
	r4 ^= table[5][byte(w>>32)]
	r5 ^= table[5][byte(w>>40)]
	r6 ^= table[5][byte(w>>48)]
	r7 ^= table[5][byte(w>>56)]

	w = a[6] ^ b[6]
	r0 ^= table[6][byte(w)]
	r1 ^= table[6][byte(w>>8)]
	r2 ^= table[6][byte(w>>16)]
	r3 ^= table[6][byte(w>>24)]
	r4 ^= table[6][byte(w>>32)]
	r5 ^= table[6][byte(w>>40)]
	r6 ^= table[6][byte(w>>48)]
	r7 ^= table[6][byte(w>>56)]

	w = a[7] ^ b[7]
	r0 ^= table[7][byte(w)]
	r1 ^= table[7][byte(w>>8)]
	r2 ^= table[7][byte(w>>16)]
	r3 ^= table[7][byte(w>>24)]
	r4 ^= table[7][byte(w>>32)]
	r5 ^= table[7][byte(w>>40)]
	r6 ^= table[7][byte(w>>48)]
	r7 ^= table[7][byte(w>>56)]

	r[0], r[1], r[2], r[3] = r0, r1, r2, r3
	r[4], r[5], r[6], r[7] = r4, r5, r6, r7
}
