package gost

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"sync"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/group"
)

// numbers is a domain made ready, for all sets that share it.
type numbers struct {
	size, cofactor int
	group          group.Curve
	scalars        *field.Modulus // integers modulo q
}

// shared returns a function that makes d ready when it is first called.
func shared(d domain) func() *numbers {
	return sync.OnceValue(func() *numbers {
		params := group.Params{
			P: d.number(d.p), A: d.number(d.a), B: d.number(d.b), D: d.number(d.d),
			Q: d.number(d.q), X: d.number(d.x), Y: d.number(d.y),
		}
		n := &numbers{size: d.size, cofactor: d.cofactor, scalars: field.New(octets(&params.Q, d.size))}
		if d.arithmetic == nil {
			n.group = group.NewPlain(d.size, params)
		} else {
			n.group = d.arithmetic(params)
		}
		return n
	})
}

// number returns the number that the hexadecimal digits s write.
func (d domain) number(s string) group.Words {
	be, err := hex.DecodeString(strings.Repeat("0", 128-len(s)) + s)
	if err != nil {
		panic("gost: bad constant " + s)
	}
	return bigEndian(be)
}

// bigEndian reads a number of 32 or 64 octets, most significant first.
func bigEndian(be []byte) (n group.Words) {
	for i := range len(be) / 8 {
		n[i] = binary.BigEndian.Uint64(be[len(be)-8*(i+1):])
	}
	return n
}

// putBigEndian writes n to be, 32 or 64 octets, most significant first.
func putBigEndian(be []byte, n *group.Words) {
	for i := range len(be) / 8 {
		binary.BigEndian.PutUint64(be[len(be)-8*(i+1):], n[i])
	}
}

// littleEndian reads a number of 32 or 64 octets, least significant first.
func littleEndian(le []byte) (n group.Words) {
	for i := range len(le) / 8 {
		n[i] = binary.LittleEndian.Uint64(le[8*i:])
	}
	return n
}

// putLittleEndian writes n to le, 32 or 64 octets, least significant first.
func putLittleEndian(le []byte, n *group.Words) {
	for i := range len(le) / 8 {
		binary.LittleEndian.PutUint64(le[8*i:], n[i])
	}
}

// octets returns n as size octets, least significant first.
func octets(n *group.Words, size int) []byte {
	le := make([]byte, size)
	putLittleEndian(le, n)
	return le
}
