package legacy

import (
	"encoding/asn1"
	"math/bits"
	"slices"
	"strconv"
	"sync"
)

// ParamSet is a parameter set of GOST 28147-89: a substitution. The functions of
// this package return the only ParamSet of each identifier, so pointers may be
// compared. The zero value is not usable.
type ParamSet struct {
	name  string
	oid   asn1.ObjectIdentifier
	table *table
}

// ParamSetA returns id-Gost28147-89-CryptoPro-A-ParamSet (RFC 4357, section
// 11.2), which nearly all messages before 2013 have.
func ParamSetA() *ParamSet { return paramSetA() }

// ParamSetB returns id-Gost28147-89-CryptoPro-B-ParamSet (RFC 4357, section
// 11.2).
func ParamSetB() *ParamSet { return paramSetB() }

// ParamSetC returns id-Gost28147-89-CryptoPro-C-ParamSet (RFC 4357, section
// 11.2).
func ParamSetC() *ParamSet { return paramSetC() }

// ParamSetD returns id-Gost28147-89-CryptoPro-D-ParamSet (RFC 4357, section
// 11.2).
func ParamSetD() *ParamSet { return paramSetD() }

// ParamSetZ returns id-tc26-gost-28147-param-Z (RFC 7836, appendix C), the set
// that goes with keys of GOST R 34.10-2012.
func ParamSetZ() *ParamSet { return paramSetZ() }

var (
	paramSetA = set("CryptoPro-A", asn1.ObjectIdentifier{1, 2, 643, 2, 2, 31, 1}, boxesA)
	paramSetB = set("CryptoPro-B", asn1.ObjectIdentifier{1, 2, 643, 2, 2, 31, 2}, boxesB)
	paramSetC = set("CryptoPro-C", asn1.ObjectIdentifier{1, 2, 643, 2, 2, 31, 3}, boxesC)
	paramSetD = set("CryptoPro-D", asn1.ObjectIdentifier{1, 2, 643, 2, 2, 31, 4}, boxesD)
	paramSetZ = set("tc26-Z", asn1.ObjectIdentifier{1, 2, 643, 7, 1, 2, 5, 1, 1}, boxesZ)
)

// set returns a function that makes a ParamSet when it is first called.
func set(name string, id asn1.ObjectIdentifier, b boxes) func() *ParamSet {
	return sync.OnceValue(func() *ParamSet {
		return &ParamSet{name: name, oid: id, table: b.table()()}
	})
}

// ParamSets returns the sets A, B, C, D and Z.
func ParamSets() []*ParamSet {
	return []*ParamSet{ParamSetA(), ParamSetB(), ParamSetC(), ParamSetD(), ParamSetZ()}
}

// ParamSetByOID returns the one of ParamSets that the identifier names, or nil
// if none does. In messages the identifier is encryptionParamSet of
// Gost28147-89-Parameters (RFC 4490, section 6.1).
func ParamSetByOID(id asn1.ObjectIdentifier) *ParamSet {
	for _, s := range ParamSets() {
		if s.oid.Equal(id) {
			return s
		}
	}
	return nil
}

// Name returns the short name of the set: "CryptoPro-A" to "CryptoPro-D" or
// "tc26-Z".
func (s *ParamSet) Name() string { return s.name }

// OID returns the identifier of the set.
func (s *ParamSet) OID() asn1.ObjectIdentifier { return slices.Clone(s.oid) }

// table[i][v] is what octet i of a word, v before the substitution, adds to
// the word after the substitution and the rotation by 11 bits.
type table [4][256]uint32

// table returns a function that makes the table when it is first called.
func (b boxes) table() func() *table {
	return sync.OnceValue(func() *table {
		var t table
		for i := range t {
			low, high := b[2*i], b[2*i+1]
			for v := range t[i] {
				octet := digit(high[v>>4])<<4 | digit(low[v&15])
				t[i][v] = bits.RotateLeft32(octet<<(8*i), 11)
			}
		}
		return &t
	})
}

// digit returns the value of a hexadecimal digit of a constant table.
func digit(c byte) uint32 {
	v, err := strconv.ParseUint(string(rune(c)), 16, 4)
	if err != nil {
		panic("legacy: bad constant " + string(rune(c)))
	}
	return uint32(v)
}

// substitute returns x after the substitution and the rotation.
func (t *table) substitute(x uint32) uint32 {
	return t[0][byte(x)] ^ t[1][byte(x>>8)] ^ t[2][byte(x>>16)] ^ t[3][x>>24]
}
