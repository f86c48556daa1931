// Package point is the group of points of an elliptic curve in short
// Weierstrass form, y² = x³ + ax + b, over a field of 256 or 512 bits: any such
// curve, by plain arithmetic. It serves the curves for tests, and the faster
// arithmetic of package group is tested against it.
//
// Points are in homogeneous projective coordinates and are added by the
// complete formulas of Renes, Costello and Batina, "Complete addition
// formulas for prime order elliptic curves" (EUROCRYPT 2016, IACR ePrint
// 2015/1060), algorithms 1 and 3, for any a. They give P + Q without a case
// to tell apart, be it P = Q, P = -Q or infinity, as long as P - Q is not of
// order two. In a subgroup of odd order that cannot be.
//
// The curves of cofactor 4 (256-A and 512-C) also have points outside their
// subgroup of prime order. For a pair that is exceptional the formulas give
// (0 : 0 : 0), which is no point, and every sum in which it takes part is
// (0 : 0 : 0) again. A product is therefore either right or (0 : 0 : 0),
// which neither Coordinates nor IsInfinity accepts. The check of public keys
// outside the subgroup relies on that.
//
// Time depends on the curve alone, not on points or scalars, except that the
// number of terms in a sum is no secret.
package point

import "github.com/surguch/surguch/gost/internal/field"

// Curve is a curve without a chosen generator. It never changes after New
// and is safe for concurrent use.
type Curve struct {
	f  *field.Modulus
	a  field.Element
	b  field.Element
	b3 field.Element // 3b
}

// Point is a point (X : Y : Z), that is x = X/Z, y = Y/Z; infinity has X and
// Z zero. The zero value is no point. A Point does not know its curve.
type Point struct {
	x, y, z field.Element
}

// New returns the curve y² = x³ + ax + b over the integers modulo p, each
// number as 32 or 64 octets, least significant first. It panics if a or b is
// not below p.
func New(p, a, b []byte) *Curve {
	c := &Curve{f: field.New(p)}
	if !c.f.SetBytes(&c.a, a) || !c.f.SetBytes(&c.b, b) {
		panic("point: coefficient out of range")
	}
	c.f.Add(&c.b3, &c.b, &c.b)
	c.f.Add(&c.b3, &c.b3, &c.b)
	return c
}

// Infinity returns the neutral element, (0 : 1 : 0).
func (c *Curve) Infinity() Point { return Point{y: c.f.One()} }

// IsInfinity reports whether p is the neutral element.
func (c *Curve) IsInfinity(p *Point) bool {
	return c.f.IsZero(&p.x) && !c.f.IsZero(&p.y) && c.f.IsZero(&p.z)
}

// Affine returns the point with the given coordinates, each a little-endian
// number of the field's size. It returns false if one of them is not below p
// or the point is not on the curve.
func (c *Curve) Affine(x, y []byte) (p Point, ok bool) {
	if !c.f.SetBytes(&p.x, x) || !c.f.SetBytes(&p.y, y) {
		return Point{}, false
	}
	p.z = c.f.One()

	var left, right field.Element
	c.f.Mul(&left, &p.y, &p.y)
	c.f.Mul(&right, &p.x, &p.x)
	c.f.Add(&right, &right, &c.a)
	c.f.Mul(&right, &right, &p.x)
	c.f.Add(&right, &right, &c.b)
	if !c.f.Equal(&left, &right) {
		return Point{}, false
	}
	return p, true
}

// Coordinates returns the affine coordinates of p, little-endian, of the
// field's size. It returns false for infinity, which has none, and for
// (0 : 0 : 0).
func (c *Curve) Coordinates(p *Point) (x, y []byte, ok bool) {
	if c.f.IsZero(&p.z) {
		return nil, nil, false
	}
	var inv, t field.Element
	c.f.Invert(&inv, &p.z)
	c.f.Mul(&t, &p.x, &inv)
	x = c.f.Bytes(&t)
	c.f.Mul(&t, &p.y, &inv)
	y = c.f.Bytes(&t)
	return x, y, true
}

// Add sets r = p + q. Any of them may be one variable.
//
// With xx = X1·X2, xy = X1·Y2 + X2·Y1 and so on, and
//
//	e = a·xz + 3b·zz,  f = a·(xx - a·zz) + 3b·xz,  g = 3xx + a·zz,
//
// the sum is
//
//	X3 = xy·(yy - e) - yz·f,  Y3 = (yy + e)·(yy - e) + g·f,  Z3 = yz·(yy + e) + xy·g
//
// (algorithm 1, which saves multiplications in the cross products).
func (c *Curve) Add(r, p, q *Point) {
	var xx, yy, zz, xy, xz, yz field.Element
	c.f.Mul(&xx, &p.x, &q.x)
	c.f.Mul(&yy, &p.y, &q.y)
	c.f.Mul(&zz, &p.z, &q.z)
	c.cross(&xy, &p.x, &p.y, &q.x, &q.y, &xx, &yy)
	c.cross(&xz, &p.x, &p.z, &q.x, &q.z, &xx, &zz)
	c.cross(&yz, &p.y, &p.z, &q.y, &q.z, &yy, &zz)
	c.combine(r, &xx, &yy, &zz, &xy, &xz, &yz)
}

// cross sets z = u1·v2 + u2·v1 = (u1 + v1)·(u2 + v2) - uu - vv, given the
// products uu = u1·u2 and vv = v1·v2.
func (c *Curve) cross(z, u1, v1, u2, v2, uu, vv *field.Element) {
	var s, t field.Element
	c.f.Add(&s, u1, v1)
	c.f.Add(&t, u2, v2)
	c.f.Mul(&s, &s, &t)
	c.f.Sub(&s, &s, uu)
	c.f.Sub(z, &s, vv)
}

// Double sets r = 2p; they may be one variable. These are the formulas of
// Add, with both points p (algorithm 3).
func (c *Curve) Double(r, p *Point) {
	var xx, yy, zz, xy, xz, yz field.Element
	c.f.Mul(&xx, &p.x, &p.x)
	c.f.Mul(&yy, &p.y, &p.y)
	c.f.Mul(&zz, &p.z, &p.z)
	c.f.Mul(&xy, &p.x, &p.y)
	c.f.Mul(&xz, &p.x, &p.z)
	c.f.Mul(&yz, &p.y, &p.z)
	c.f.Add(&xy, &xy, &xy)
	c.f.Add(&xz, &xz, &xz)
	c.f.Add(&yz, &yz, &yz)
	c.combine(r, &xx, &yy, &zz, &xy, &xz, &yz)
}

// combine is the second half of Add and Double.
func (c *Curve) combine(r *Point, xx, yy, zz, xy, xz, yz *field.Element) {
	var e, f, g, azz, t field.Element
	c.f.Mul(&azz, &c.a, zz)

	c.f.Mul(&e, &c.a, xz)
	c.f.Mul(&t, &c.b3, zz)
	c.f.Add(&e, &e, &t)

	c.f.Sub(&f, xx, &azz)
	c.f.Mul(&f, &c.a, &f)
	c.f.Mul(&t, &c.b3, xz)
	c.f.Add(&f, &f, &t)

	c.f.Add(&g, xx, xx)
	c.f.Add(&g, &g, xx)
	c.f.Add(&g, &g, &azz)

	var minus, plus field.Element
	c.f.Sub(&minus, yy, &e)
	c.f.Add(&plus, yy, &e)

	c.f.Mul(&r.x, xy, &minus)
	c.f.Mul(&t, yz, &f)
	c.f.Sub(&r.x, &r.x, &t)

	c.f.Mul(&r.y, &plus, &minus)
	c.f.Mul(&t, &g, &f)
	c.f.Add(&r.y, &r.y, &t)

	c.f.Mul(&r.z, yz, &plus)
	c.f.Mul(&t, xy, &g)
	c.f.Add(&r.z, &r.z, &t)
}
