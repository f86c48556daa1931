// Package group is the arithmetic of the curves of GOST R 34.10-2012 that is
// worth its speed: multiples of the generator and of other points in constant
// time, for keys, signatures and key agreement, and sums of two multiples in
// variable time, to verify signatures.
//
// # How it is put together
//
// The fields are types of package field, written by hand for each prime. On
// top of them the arithmetic of points is written once for each form of curve:
//
//   - weierstrass.tmpl: short Weierstrass curves with a = -3, in Jacobian
//     coordinates, for 256-B, 256-C, 256-D, 512-A and 512-B;
//   - edwards.tmpl: twisted Edwards curves with e = 1, in extended coordinates,
//     for 256-A and 512-C;
//   - walks.tmpl: the ways from windows of a scalar to sums of points, for both.
//
// A generator, gen.go, instantiates the templates for each curve, so that the
// compiler sees calls of functions it knows and values that stay on the stack.
// Curves of any other kind, those of the test sets, are served by NewPlain, on
// top of package point: general and slow.
//
// # Scalars
//
// Scalars are cut into windows in recode.go. In constant time, a scalar is made
// odd first and all its digits are odd: no digit is zero and every addition is
// the same. In variable time they are in non-adjacent form.
package group

import "github.com/surguch/surguch/gost/internal/field"

//go:generate go run gen.go

// Words is a number, least significant limb first.
type Words = field.Words

// Params are the numbers of a curve y² = x³ + ax + b modulo p and of its
// generator (x, y), which has the prime order q.
type Params struct {
	P, A, B, Q, X, Y Words
	// D is the coefficient of the twisted Edwards form u² + v² = 1 + d·u²·v²
	// (RFC 7836, section 5.2), where the curve has one.
	D Words
}

// Curve is a curve with its generator P. It never changes and is safe for
// concurrent use. Tables of multiples of P are computed when they are first
// needed. Coordinates are those of the Weierstrass form, whatever is used
// inside.
type Curve interface {
	// NewPoint returns the point with coordinates x and y. It returns false if
	// one of them is not below p, if the point is not on the curve, and for
	// the point of order two. It takes variable time.
	NewPoint(x, y Words) (p Point, ok bool)

	// InSubgroup reports whether the order of p is q. It takes variable time.
	InSubgroup(p Point) bool

	// BaseMult returns the coordinates of k·P, and false if that is infinity,
	// where k is at most q. It takes constant time.
	BaseMult(k Words) (x, y Words, ok bool)

	// ScalarMult does the same with a point of order q.
	ScalarMult(k Words, p Point) (x, y Words, ok bool)

	// SumHasX reports whether k·P + l·Q is a point whose x is r modulo q,
	// where k, l and r are below q and Q has order q. It takes variable time.
	SumHasX(k, l Words, q Point, r Words) bool

	// NewTable computes the tables of a point of order q that speed up sums.
	NewTable(p Point) Table
}

// Table is a point with tables of its multiples. It never changes.
type Table interface {
	// SumHasX is Curve.SumHasX for the point.
	SumHasX(k, l, r Words) bool
}

// Point is a point of some Curve other than infinity, in coordinates that the
// Curve chooses. The zero value is no point.
type Point struct{ x, y Words }
