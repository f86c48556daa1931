package group_test

import (
	"math/big"
	"testing"
	"testing/quick"

	"github.com/surguch/surguch/gost/internal/group"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// pair is the coordinates of a point, or zeros at infinity.
type pair struct{ x, y group.Words }

func (c curve) base(k *big.Int) (p pair) {
	if x, y, ok := c.BaseMult(words(k)); ok {
		p = pair{x, y}
	}
	return p
}

func (c curve) scalar(k *big.Int, q pair) (p pair) {
	point, ok := c.NewPoint(q.x, q.y)
	if !ok {
		return pair{}
	}
	if x, y, ok := c.ScalarMult(words(k), point); ok {
		p = pair{x, y}
	}
	return p
}

// The laws of a group, of multiples of the generator.
func TestLaws(t *testing.T) {
	config := &quick.Config{MaxCount: 10}
	if testing.Short() {
		config.MaxCount = 1
	}
	eachCurve(t, func(t *testing.T, c curve) {
		q := c.set.Q
		reduced := func(seed [64]byte) *big.Int {
			n := oracle.Number(seed[:])
			return n.Mod(n, q)
		}
		for name, law := range map[string]func(a, b [64]byte) bool{
			"k·(l·P) = (kl)·P": func(a, b [64]byte) bool {
				k, l := reduced(a), reduced(b)
				kl := new(big.Int).Mul(k, l)
				return c.scalar(k, c.base(l)) == c.base(kl.Mod(kl, q))
			},
			"-(k·P) = (-k)·P": func(a, _ [64]byte) bool {
				k := reduced(a)
				p, minus := c.base(k), c.base(new(big.Int).Sub(q, k))
				sum := new(big.Int).Add(number(p.y), number(minus.y))
				return p.x == minus.x && sum.Cmp(c.set.P) == 0
			},
			"k·P + l·P = (k+l)·P": func(a, b [64]byte) bool {
				k, l := reduced(a), reduced(b)
				p, sum := c.base(l), new(big.Int).Add(k, l)
				point, ok := c.NewPoint(p.x, p.y)
				r := number(c.base(sum.Mod(sum, q)).x)
				return ok && c.SumHasX(words(k), words(big.NewInt(1)), point, words(r.Mod(r, q)))
			},
		} {
			if err := quick.Check(law, config); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// FuzzPoint computes multiples and sums on one of the curves, with the plain
// arithmetic and with the oracle.
func FuzzPoint(f *testing.F) {
	for i, c := range all {
		if i%3 == 0 {
			f.Add(uint(i), c.set.Octets(c.set.Q), c.set.Octets(new(big.Int).Rsh(c.set.Q, 1)), []byte{2})
		}
	}
	f.Fuzz(func(t *testing.T, i uint, a, b, m []byte) {
		c := all[i%uint(len(all))]
		in := func(le []byte) *big.Int {
			n := oracle.Number(le[:min(len(le), c.set.Size)])
			return n.Mod(n, c.set.Q)
		}
		k, l, n := in(a), in(b), in(m)
		q := c.multiply(n, c.set.Generator())
		x, y, ok := c.BaseMult(words(k))
		check(t, "BaseMult", x, y, ok, c.multiply(k, c.set.Generator()))
		px, py, plainOK := c.plain.BaseMult(words(k))
		if ok != plainOK || ok && (x != px || y != py) {
			t.Errorf("%s: %x·P: the plain arithmetic differs", c.set.Name, k)
		}
		if q.X == nil {
			return
		}
		x, y, ok = c.ScalarMult(words(l), c.point(t, q))
		check(t, "ScalarMult", x, y, ok, c.multiply(l, q))
		checkSum(t, c, k, l, c.summand(t, q))
	})
}
