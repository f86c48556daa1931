package group_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/surguch/surguch/gost/internal/group"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// multiply is Multiply of the oracle, fast where k is next to 0 or q.
func (c curve) multiply(k *big.Int, p oracle.Point) oracle.Point {
	if minus := new(big.Int).Sub(c.set.Q, k); minus.Cmp(k) < 0 {
		return c.set.Negate(c.set.Multiply(minus, p))
	}
	return c.set.Multiply(k, p)
}

// summand is a point with its table.
type summand struct {
	oracle.Point
	point group.Point
	table group.Table
}

func (c curve) summand(t testing.TB, q oracle.Point) summand {
	p := c.point(t, q)
	return summand{q, p, c.NewTable(p)}
}

// checkSum compares k·P + l·Q with the oracle, by what SumHasX says of its x,
// with and without a table.
func checkSum(t testing.TB, c curve, k, l *big.Int, q summand) {
	t.Helper()
	what := fmt.Sprintf("%s: %x·P + %x·(%x, %x)", c.set.Name, k, l, q.X, q.Y)
	want := c.set.Add(c.multiply(k, c.set.Generator()), c.multiply(l, q.Point))
	check := func(r *big.Int, want bool) {
		t.Helper()
		if got := c.SumHasX(words(k), words(l), q.point, words(r)); got != want {
			t.Errorf("%s: SumHasX(%x): got %v, want %v", what, r, got, want)
		}
		if got := q.table.SumHasX(words(k), words(l), words(r)); got != want {
			t.Errorf("%s: SumHasX(%x) of the table: got %v, want %v", what, r, got, want)
		}
	}
	if want.X == nil {
		check(big.NewInt(0), false)
		check(big.NewInt(1), false)
		return
	}
	r := new(big.Int).Mod(want.X, c.set.Q)
	check(r, true)
	r.Add(r, big.NewInt(1)).Mod(r, c.set.Q)
	check(r, false)
}

// The multiples of P that occur in the sum of P and Q = ±P, ±2P, … are equal or
// opposite all the time.
func TestSumHasX(t *testing.T) {
	random := 3
	if testing.Short() {
		random = 1
	}
	eachCurve(t, func(t *testing.T, c curve) {
		s := c.set
		small := []*big.Int{new(big.Int), big.NewInt(1), big.NewInt(2), big.NewInt(3), big.NewInt(33)}
		for _, n := range []int64{1, 2, 31} {
			small = append(small, new(big.Int).Sub(s.Q, big.NewInt(n)))
		}
		for i, m := range small[1:] {
			if testing.Short() && i%3 != 0 {
				continue
			}
			q := c.summand(t, c.multiply(m, s.Generator()))
			for j, k := range small {
				if testing.Short() && (i+j)%4 != 0 || c.Curve == c.plain && i+j != 3 {
					continue
				}
				for _, l := range small {
					checkSum(t, c, k, l, q)
				}
			}
		}
		source := rand.NewChaCha8([32]byte{3})
		scalar := func() *big.Int {
			b := make([]byte, s.Size)
			source.Read(b)
			n := oracle.Number(b)
			return n.Mod(n, s.Q)
		}
		for range random {
			checkSum(t, c, scalar(), scalar(), c.summand(t, s.Multiply(scalar(), s.Generator())))
		}
	})
}

// Multiples of a point outside the subgroup tell it from one inside.
func TestInSubgroup(t *testing.T) {
	eachCurve(t, func(t *testing.T, c curve) {
		s := c.set
		for _, m := range []int64{1, 2, 77} {
			if !c.InSubgroup(c.point(t, s.Multiply(big.NewInt(m), s.Generator()))) {
				t.Errorf("%d·P: got false, want true", m)
			}
		}
		for name, small := range s.SmallOrder() {
			for _, q := range []oracle.Point{small, s.Add(small, s.Generator()), s.Add(small, s.Multiply(big.NewInt(77), s.Generator()))} {
				p, ok := c.NewPoint(words(q.X), words(q.Y))
				if ok == (q.Y.Sign() == 0) {
					t.Errorf("%s: NewPoint(%x, %x): got %v", name, q.X, q.Y, ok)
				}
				if ok && c.InSubgroup(p) {
					t.Errorf("%s: (%x, %x): got true, want false", name, q.X, q.Y)
				}
			}
		}
	})
}

func TestNewPointRefuses(t *testing.T) {
	eachCurve(t, func(t *testing.T, c curve) {
		s := c.set
		top := new(big.Int).Lsh(big.NewInt(1), uint(8*s.Size))
		for _, tc := range []struct {
			name string
			x, y *big.Int
		}{
			{"not on the curve", s.X, new(big.Int).Add(s.Y, big.NewInt(1))},
			{"exchanged", s.Y, s.X},
			{"zero", new(big.Int), new(big.Int)},
			{"x = p", s.P, s.Y},
			{"y = p", s.X, s.P},
			{"all ones", new(big.Int).Sub(top, big.NewInt(1)), new(big.Int).Sub(top, big.NewInt(1))},
		} {
			if p, ok := c.NewPoint(words(tc.x), words(tc.y)); ok || p != (group.Point{}) && c.Curve != c.plain {
				t.Errorf("%s: got %v, want false", tc.name, ok)
			}
		}
	})
}
