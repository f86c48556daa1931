package gost

import (
	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/group"
)

// points, multiply and product are scalarMult in parts, as key agreement calls
// them: k·Q in constant time, and its coordinates.
type points struct{}

// Multiples returns what multiply takes.
func (points) Multiples(q *group.Point) *group.Point { return q }

// Coordinates returns the coordinates of p, little-endian, Size octets, and
// false for infinity.
func (points) Coordinates(p *product) (x, y []byte, ok bool) { return p.x, p.y, p.ok }

type product struct {
	x, y []byte
	ok   bool
}

// multiply returns k·Q; k is little-endian, Size octets.
func (c *Curve) multiply(k []byte, q *group.Point) product {
	var n field.Element
	c.scalars.SetReduced(&n, k)
	x, y, ok := c.group.ScalarMult(c.scalars.Words(&n), *q)
	return product{octets(&x, c.size), octets(&y, c.size), ok}
}
