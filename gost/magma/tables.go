package magma

import (
	"math/bits"
	"sync"
)

// pi are the substitutions of four bits each, that of the least significant
// first: id-tc26-gost-28147-param-Z (RFC 8891, section 4.1; RFC 7836, appendix
// C).
var pi = [8][16]byte{
	{12, 4, 6, 2, 10, 5, 11, 9, 14, 8, 13, 7, 0, 3, 15, 1},
	{6, 8, 2, 3, 9, 10, 5, 12, 1, 14, 4, 7, 11, 13, 0, 15},
	{11, 3, 5, 8, 2, 15, 10, 13, 14, 1, 7, 4, 12, 9, 6, 0},
	{12, 8, 2, 1, 13, 4, 15, 6, 7, 0, 10, 5, 3, 14, 9, 11},
	{7, 15, 5, 10, 8, 1, 6, 13, 0, 9, 3, 14, 11, 4, 2, 12},
	{5, 13, 15, 6, 9, 2, 12, 10, 11, 7, 8, 1, 4, 3, 14, 0},
	{8, 14, 2, 5, 6, 9, 1, 12, 15, 4, 11, 0, 13, 10, 3, 7},
	{1, 7, 14, 13, 0, 5, 8, 3, 4, 15, 10, 6, 9, 12, 11, 2},
}

// table has for octet i of a word, the least significant first, and for each
// of its values, what it adds to the word in the substitution t and the
// rotation by 11 bits.
type table [4][256]uint32

// g is the transformation of RFC 8891, section 4.2, after the addition of the
// key.
func (t *table) g(a uint32) uint32 {
	return t[0][byte(a)] ^ t[1][byte(a>>8)] ^ t[2][byte(a>>16)] ^ t[3][a>>24]
}

// merged makes the table at its first call.
var merged = sync.OnceValue(func() *table {
	t := new(table)
	for i := range t {
		for v := range t[i] {
			s := uint32(pi[2*i+1][v>>4])<<4 | uint32(pi[2*i][v&15])
			t[i][v] = bits.RotateLeft32(s<<(8*i), 11)
		}
	}
	return t
})
