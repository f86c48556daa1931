package point

import "crypto/subtle"

// window is the number of bits of a scalar that one addition takes in.
const window = 4

// Table holds the multiples 0·P, 1·P, … 15·P of a point P.
type Table [1 << window]Point

// Term is a scalar multiple in a sum: K is the scalar, little-endian, of the
// field's size, and Of the multiples of the point. K need not be reduced
// modulo the order of the point.
type Term struct {
	K  []byte
	Of *Table
}

// Multiples returns the table of p.
func (c *Curve) Multiples(p *Point) *Table {
	t := &Table{c.Infinity()}
	for i := 1; i < len(t); i++ {
		c.Add(&t[i], &t[i-1], p)
	}
	return t
}

// Sum returns the sum of the terms, k·P + l·Q + …, from the highest window
// of all scalars down, the doublings being common to them.
func (c *Curve) Sum(terms ...Term) Point {
	sum := c.Infinity()
	for i := c.f.Size() - 1; i >= 0; i-- {
		c.shiftAdd(&sum, terms, i, 4)
		c.shiftAdd(&sum, terms, i, 0)
	}
	return sum
}

// shiftAdd multiplies sum by 2^window and adds, for each term, the multiple
// that the window of the scalar at octet i and the given bit of it names.
func (c *Curve) shiftAdd(sum *Point, terms []Term, i, bit int) {
	for range window {
		c.Double(sum, sum)
	}
	for _, t := range terms {
		multiple := c.lookup(t.Of, t.K[i]>>bit&(1<<window-1))
		c.Add(sum, sum, &multiple)
	}
}

// lookup returns t[i]. It reads the whole table, so that neither time nor
// cache lines depend on i.
func (c *Curve) lookup(t *Table, i byte) (p Point) {
	for j := range t {
		take := subtle.ConstantTimeByteEq(byte(j), i)
		c.f.Select(&p.x, &t[j].x, take)
		c.f.Select(&p.y, &t[j].y, take)
		c.f.Select(&p.z, &t[j].z, take)
	}
	return p
}
