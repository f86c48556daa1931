// Package oracle computes on the curves of GOST R 34.10-2012 with math/big
// and the formulas of a textbook, slowly and not in constant time. It is what
// the tests of package gost and of the packages beneath compare with; nothing
// else may import it.
//
// Its numbers come from testdata/paramsets.json, copied from the standards
// independently of the table in package gost.
package oracle

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
)

//go:embed testdata/paramsets.json
var paramsets []byte

// Set is a parameter set.
type Set struct {
	Name             string
	OID              string
	Size             int // octets of a number
	Cofactor         int
	P, A, B, Q, X, Y *big.Int
	// S and T map the twisted Edwards form to this one (RFC 7836, section
	// 5.2); they are nil on curves that have no such form.
	S, T *big.Int
}

// Point is a point of a curve; X is nil at infinity.
type Point struct{ X, Y *big.Int }

// Sets returns the parameter sets, the two for tests at the end.
func Sets() []*Set {
	var rows []struct {
		Name, OID        string
		Size, Cofactor   int
		P, A, B, Q, X, Y string
		S                string `json:"edwards_s"`
		T                string `json:"edwards_t"`
	}
	if err := json.Unmarshal(paramsets, &rows); err != nil {
		panic(err)
	}
	var sets []*Set
	for _, r := range rows {
		s := &Set{
			Name: r.Name, OID: r.OID, Size: r.Size, Cofactor: r.Cofactor,
			P: Hex(r.P), A: Hex(r.A), B: Hex(r.B), Q: Hex(r.Q), X: Hex(r.X), Y: Hex(r.Y),
		}
		if r.S != "" {
			s.S, s.T = Hex(r.S), Hex(r.T)
		}
		sets = append(sets, s)
	}
	return sets
}

// Named returns the set of that name.
func Named(name string) *Set {
	for _, s := range Sets() {
		if s.Name == name {
			return s
		}
	}
	panic(fmt.Sprintf("oracle: no set %q", name))
}

// Hex returns the number that hexadecimal digits write.
func Hex(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		panic(fmt.Sprintf("oracle: bad number %q", digits))
	}
	return n
}

// Octets returns n as size octets, little-endian.
func Octets(n *big.Int, size int) []byte {
	le := n.FillBytes(make([]byte, size))
	slices.Reverse(le)
	return le
}

// Number returns the number whose octets, little-endian, are le.
func Number(le []byte) *big.Int {
	be := slices.Clone(le)
	slices.Reverse(be)
	return new(big.Int).SetBytes(be)
}

// Octets returns n as Size octets, little-endian.
func (s *Set) Octets(n *big.Int) []byte { return Octets(n, s.Size) }

// Encode returns X || Y, each little-endian.
func (s *Set) Encode(p Point) []byte { return slices.Concat(s.Octets(p.X), s.Octets(p.Y)) }

// Generator returns P.
func (s *Set) Generator() Point { return Point{s.X, s.Y} }

// Has reports whether p is on the curve.
func (s *Set) Has(p Point) bool {
	if p.X == nil {
		return true
	}
	y2 := new(big.Int).Mul(p.Y, p.Y)
	rhs := new(big.Int).Mul(p.X, p.X)
	rhs.Add(rhs, s.A).Mul(rhs, p.X).Add(rhs, s.B).Sub(rhs, y2)
	return rhs.Mod(rhs, s.P).Sign() == 0
}

// Add returns p + q, by the chord or the tangent (RFC 7091, section 5.1).
func (s *Set) Add(p, q Point) Point {
	if p.X == nil {
		return q
	}
	if q.X == nil {
		return p
	}
	var num, den *big.Int
	if p.X.Cmp(q.X) != 0 {
		num, den = new(big.Int).Sub(q.Y, p.Y), new(big.Int).Sub(q.X, p.X)
	} else if p.Y.Cmp(q.Y) == 0 && p.Y.Sign() != 0 {
		num = new(big.Int).Mul(p.X, p.X)
		num.Mul(num, big.NewInt(3)).Add(num, s.A)
		den = new(big.Int).Lsh(p.Y, 1)
	} else {
		return Point{}
	}
	den.Mod(den, s.P)
	slope := num.Mul(num, den.ModInverse(den, s.P))
	x := new(big.Int).Mul(slope, slope)
	x.Sub(x, p.X).Sub(x, q.X).Mod(x, s.P)
	y := new(big.Int).Sub(p.X, x)
	y.Mul(y, slope).Sub(y, p.Y).Mod(y, s.P)
	return Point{x, y}
}

// Negate returns -p.
func (s *Set) Negate(p Point) Point {
	if p.X == nil {
		return p
	}
	y := new(big.Int).Neg(p.Y)
	return Point{p.X, y.Mod(y, s.P)}
}

// Multiply returns k·p, k not negative.
func (s *Set) Multiply(k *big.Int, p Point) (sum Point) {
	for i := k.BitLen() - 1; i >= 0; i-- {
		sum = s.Add(sum, sum)
		if k.Bit(i) == 1 {
			sum = s.Add(sum, p)
		}
	}
	return sum
}

// SmallOrder returns the points of order two and four of a curve of cofactor
// four, by name: the images of (0, -1), (1, 0) and (-1, 0) of the Edwards
// form (RFC 7836, section 5.2). It returns nil for other curves.
func (s *Set) SmallOrder() map[string]Point {
	if s.S == nil {
		return nil
	}
	four := new(big.Int).Add(s.S, s.T)
	four.Mod(four, s.P)
	p := Point{four, s.S}
	return map[string]Point{
		"order 2":        {s.T, new(big.Int)},
		"order 4":        p,
		"order 4, other": s.Negate(p),
	}
}
