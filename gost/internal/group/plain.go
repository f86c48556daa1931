package group

import (
	"encoding/binary"
	"sync"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/point"
)

// plain is a Curve for any numbers, on top of package point. It takes constant
// time throughout. The other curves are tested against it.
type plain struct {
	size   int // octets of a number
	params Params
	points *point.Curve
	base   func() *point.Table
}

// NewPlain returns the Curve of any params, of numbers of 32 or 64 octets. D
// does not count.
func NewPlain(size int, params Params) Curve {
	c := &plain{size: size, params: params}
	c.points = point.New(c.octets(&params.P), c.octets(&params.A), c.octets(&params.B))
	c.base = sync.OnceValue(func() *point.Table {
		g, ok := c.points.Affine(c.octets(&params.X), c.octets(&params.Y))
		if !ok {
			panic("group: generator is not on its curve")
		}
		return c.points.Multiples(&g)
	})
	return c
}

// octets returns n as size octets, least significant first.
func (c *plain) octets(n *Words) []byte {
	var le []byte
	for _, limb := range n[:c.size/8] {
		le = binary.LittleEndian.AppendUint64(le, limb)
	}
	return le
}

// words is the inverse of octets.
func words(le []byte) (n Words) {
	for i := range len(le) / 8 {
		n[i] = binary.LittleEndian.Uint64(le[8*i:])
	}
	return n
}

func (c *plain) NewPoint(x, y Words) (Point, bool) {
	if !below(&x, &c.params.P) || !below(&y, &c.params.P) || y == (Words{}) {
		return Point{}, false
	}
	_, ok := c.points.Affine(c.octets(&x), c.octets(&y))
	return Point{x, y}, ok
}

func (c *plain) InSubgroup(p Point) bool {
	// Outside the subgroup the product may be no point at all, which is not
	// infinity either: see package point.
	product := c.points.Sum(point.Term{K: c.octets(&c.params.Q), Of: c.multiples(p)})
	return c.points.IsInfinity(&product)
}

func (c *plain) BaseMult(k Words) (x, y Words, ok bool) {
	return c.coordinates(point.Term{K: c.octets(&k), Of: c.base()})
}

func (c *plain) ScalarMult(k Words, p Point) (x, y Words, ok bool) {
	return c.coordinates(point.Term{K: c.octets(&k), Of: c.multiples(p)})
}

func (c *plain) SumHasX(k, l Words, q Point, r Words) bool {
	return c.sumHasX(&k, &l, c.multiples(q), &r)
}

func (c *plain) NewTable(p Point) Table { return &plainTable{c, c.multiples(p)} }

// plainTable is a Table without any advantage.
type plainTable struct {
	curve     *plain
	multiples *point.Table
}

func (t *plainTable) SumHasX(k, l, r Words) bool {
	return t.curve.sumHasX(&k, &l, t.multiples, &r)
}

func (c *plain) sumHasX(k, l *Words, q *point.Table, r *Words) bool {
	x, _, ok := c.coordinates(
		point.Term{K: c.octets(k), Of: c.base()},
		point.Term{K: c.octets(l), Of: q},
	)
	if !ok {
		return false
	}
	order := field.New(c.octets(&c.params.Q))
	var got, want field.Element
	order.SetReduced(&got, c.octets(&x))
	order.SetReduced(&want, c.octets(r))
	return order.Equal(&got, &want)
}

// multiples returns the multiples of a point of this Curve.
func (c *plain) multiples(p Point) *point.Table {
	affine, ok := c.points.Affine(c.octets(&p.x), c.octets(&p.y))
	if !ok {
		panic("group: a point of another curve")
	}
	return c.points.Multiples(&affine)
}

// coordinates returns the coordinates of a sum, and false for infinity.
func (c *plain) coordinates(terms ...point.Term) (x, y Words, ok bool) {
	sum := c.points.Sum(terms...)
	xs, ys, ok := c.points.Coordinates(&sum)
	if !ok {
		return Words{}, Words{}, false
	}
	return words(xs), words(ys), true
}
