package point_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/gost/internal/point"
)

// curves calls f for each curve of the parameter sets, once where sets share it.
func curves(t *testing.T, f func(t *testing.T, c *point.Curve, s *oracle.Set)) {
	seen := map[string]bool{}
	for _, s := range oracle.Sets() {
		numbers := fmt.Sprint(s.P, s.A, s.B)
		if seen[numbers] {
			continue
		}
		seen[numbers] = true
		t.Run(s.Name, func(t *testing.T) {
			f(t, point.New(s.Octets(s.P), s.Octets(s.A), s.Octets(s.B)), s)
		})
	}
}

func affine(t *testing.T, c *point.Curve, s *oracle.Set, p oracle.Point) point.Point {
	t.Helper()
	if p.X == nil {
		return c.Infinity()
	}
	q, ok := c.Affine(s.Octets(p.X), s.Octets(p.Y))
	if !ok {
		t.Fatal("Affine: got false, want true")
	}
	return q
}

func check(t *testing.T, c *point.Curve, s *oracle.Set, what string, got point.Point, want oracle.Point) {
	t.Helper()
	x, y, ok := c.Coordinates(&got)
	switch {
	case want.X == nil:
		if ok || !c.IsInfinity(&got) {
			t.Errorf("%s: got a point, want infinity", what)
		}
	case !ok || c.IsInfinity(&got):
		t.Errorf("%s: got infinity, want a point", what)
	case !bytes.Equal(x, s.Octets(want.X)) || !bytes.Equal(y, s.Octets(want.Y)):
		t.Errorf("%s: got (%x, %x), want (%x, %x)", what, x, y, s.Octets(want.X), s.Octets(want.Y))
	}
}

// Sums and doubles agree with the formulas of a textbook in every case that
// those tell apart, also where operands and result are one variable.
func TestAddDouble(t *testing.T) {
	curves(t, func(t *testing.T, c *point.Curve, s *oracle.Set) {
		g := s.Generator()
		points := []oracle.Point{{}, g, s.Negate(g), s.Add(g, g), s.Multiply(big.NewInt(12345), g)}
		for i, a := range points {
			for j, b := range points {
				p, q := affine(t, c, s, a), affine(t, c, s, b)
				want := s.Add(a, b)
				what := fmt.Sprintf("point %d + point %d", i, j)
				var r point.Point
				c.Add(&r, &p, &q)
				check(t, c, s, what, r, want)
				r = p
				c.Add(&r, &r, &q)
				check(t, c, s, what+" with r = p", r, want)
				r = q
				c.Add(&r, &p, &r)
				check(t, c, s, what+" with r = q", r, want)
			}
			var r point.Point
			p := affine(t, c, s, a)
			c.Double(&r, &p)
			check(t, c, s, fmt.Sprintf("2·point %d", i), r, s.Add(a, a))
			c.Double(&p, &p)
			check(t, c, s, fmt.Sprintf("2·point %d with r = p", i), p, s.Add(a, a))
			p = affine(t, c, s, a)
			c.Add(&p, &p, &p)
			check(t, c, s, fmt.Sprintf("point %d + itself with r = p = q", i), p, s.Add(a, a))
		}
	})
}

func TestSum(t *testing.T) {
	random := 8
	if testing.Short() {
		random = 0
	}
	curves(t, func(t *testing.T, c *point.Curve, s *oracle.Set) {
		g := s.Generator()
		h := s.Multiply(big.NewInt(0xabcdef), g)
		gp, hp := affine(t, c, s, g), affine(t, c, s, h)
		gt, ht := c.Multiples(&gp), c.Multiples(&hp)

		scalars := []*big.Int{
			new(big.Int), big.NewInt(1), big.NewInt(2), big.NewInt(16),
			new(big.Int).Sub(s.Q, big.NewInt(1)), s.Q,
			new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), uint(8*s.Size)), big.NewInt(1)),
		}
		source := rand.NewChaCha8([32]byte{3})
		for range random {
			b := make([]byte, s.Size)
			source.Read(b)
			scalars = append(scalars, oracle.Number(b))
		}
		for i, k := range scalars {
			l := scalars[len(scalars)-1-i]
			check(t, c, s, fmt.Sprintf("%x·P", k),
				c.Sum(point.Term{K: s.Octets(k), Of: gt}), s.Multiply(k, g))
			check(t, c, s, fmt.Sprintf("%x·P + %x·Q", k, l),
				c.Sum(point.Term{K: s.Octets(k), Of: gt}, point.Term{K: s.Octets(l), Of: ht}),
				s.Add(s.Multiply(k, g), s.Multiply(l, h)))
		}
		check(t, c, s, "empty sum", c.Sum(), oracle.Point{})
	})
}

// Outside the subgroup of prime order a product is right or no point at all,
// never a wrong point and never a wrong infinity: this is what the check of
// public keys relies on.
func TestOutsideSubgroup(t *testing.T) {
	curves(t, func(t *testing.T, c *point.Curve, s *oracle.Set) {
		for name, small := range s.SmallOrder() {
			for _, p := range []oracle.Point{small, s.Add(small, s.Generator())} {
				pp := affine(t, c, s, p)
				table := c.Multiples(&pp)
				for _, k := range []*big.Int{
					big.NewInt(1), big.NewInt(2), big.NewInt(3), big.NewInt(4), big.NewInt(5), big.NewInt(0x1234567),
					s.Q, new(big.Int).Lsh(s.Q, 1),
				} {
					got := c.Sum(point.Term{K: s.Octets(k), Of: table})
					if _, _, ok := c.Coordinates(&got); !ok && !c.IsInfinity(&got) {
						continue // (0 : 0 : 0)
					}
					check(t, c, s, fmt.Sprintf("%s, %x times", name, k), got, s.Multiply(k, p))
				}
			}
		}
	})
}

func TestAffineRefuses(t *testing.T) {
	curves(t, func(t *testing.T, c *point.Curve, s *oracle.Set) {
		one := big.NewInt(1)
		for _, tc := range []struct {
			name string
			x, y *big.Int
		}{
			{"not on the curve", s.X, new(big.Int).Add(s.Y, one)},
			{"zero", new(big.Int), new(big.Int)},
			{"x = p", s.P, s.Y},
			{"y = p", s.X, s.P},
		} {
			if _, ok := c.Affine(s.Octets(tc.x), s.Octets(tc.y)); ok {
				t.Errorf("%s: got true, want false", tc.name)
			}
		}
	})
}

func BenchmarkSum(b *testing.B) {
	for _, name := range []string{"256-A", "512-A"} {
		s := oracle.Named(name)
		c := point.New(s.Octets(s.P), s.Octets(s.A), s.Octets(s.B))
		g, _ := c.Affine(s.Octets(s.X), s.Octets(s.Y))
		table := c.Multiples(&g)
		k := s.Octets(new(big.Int).Sub(s.Q, big.NewInt(1)))
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.Sum(point.Term{K: k, Of: table})
			}
		})
	}
}
