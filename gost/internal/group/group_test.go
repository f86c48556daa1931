package group_test

import (
	"encoding/binary"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/surguch/surguch/gost/internal/group"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// curve is a curve under test.
type curve struct {
	group.Curve
	set   *oracle.Set
	plain group.Curve
}

func words(n *big.Int) (w group.Words) {
	for i, limb := range oracle.Octets(n, 64) {
		w[i/8] |= uint64(limb) << (8 * (i % 8))
	}
	return w
}

func number(w group.Words) *big.Int {
	var le []byte
	for _, limb := range w {
		le = binary.LittleEndian.AppendUint64(le, limb)
	}
	return oracle.Number(le)
}

func params(s *oracle.Set) group.Params {
	p := group.Params{P: words(s.P), A: words(s.A), B: words(s.B), Q: words(s.Q), X: words(s.X), Y: words(s.Y)}
	if s.S != nil {
		// s = (1 - d)/4
		d := new(big.Int).Lsh(s.S, 2)
		d.Sub(big.NewInt(1), d).Mod(d, s.P)
		p.D = words(d)
	}
	return p
}

var constructors = map[string]func(group.Params) group.Curve{
	"256-A": group.New256A, "256-B": group.New256B, "256-C": group.New256C, "256-D": group.New256D,
	"512-A": group.New512A, "512-B": group.New512B, "512-C": group.New512C,
}

// curves returns all curves, and the plain one of each.
func curves() (cs []curve) {
	for _, s := range oracle.Sets() {
		c := curve{set: s, plain: group.NewPlain(s.Size, params(s))}
		if construct, ok := constructors[s.Name]; ok {
			c.Curve = construct(params(s))
		} else if s.Name == "256-Test" || s.Name == "512-Test" {
			c.Curve = c.plain
		} else {
			continue // the numbers of another
		}
		cs = append(cs, c)
	}
	return cs
}

var all = curves()

// eachCurve calls f for all curves.
func eachCurve(t *testing.T, f func(t *testing.T, c curve)) {
	for _, c := range all {
		t.Run(c.set.Name, func(t *testing.T) { f(t, c) })
	}
}

// point returns the point of c.
func (c curve) point(t testing.TB, p oracle.Point) group.Point {
	t.Helper()
	q, ok := c.NewPoint(words(p.X), words(p.Y))
	if !ok {
		t.Fatalf("NewPoint(%x, %x): got false, want true", p.X, p.Y)
	}
	return q
}

// check compares coordinates with a point.
func check(t testing.TB, what string, x, y group.Words, ok bool, want oracle.Point) {
	t.Helper()
	if ok != (want.X != nil) {
		t.Errorf("%s: got ok = %v, want %v", what, ok, !ok)
	} else if ok && (x != words(want.X) || y != words(want.Y)) {
		t.Errorf("%s: got (%x, %x), want (%x, %x)", what, number(x), number(y), want.X, want.Y)
	}
}

// scalars returns numbers up to q at which the ways of multiplication have
// their exceptions, and then random ones.
func scalars(s *oracle.Set, source *rand.ChaCha8, random int) []*big.Int {
	one := big.NewInt(1)
	top := new(big.Int).Lsh(one, uint(8*s.Size))
	numbers := []*big.Int{new(big.Int), s.Q, new(big.Int).Sub(top, s.Q), new(big.Int).Rsh(s.Q, 1)}
	for _, n := range []int64{1, 2, 3, 15, 16, 17, 30, 31, 32, 33, 62, 63, 64, 65} {
		numbers = append(numbers, big.NewInt(n), new(big.Int).Sub(s.Q, big.NewInt(n)))
	}
	// Around powers of 32 next to q and its half.
	for shift := uint(5); shift <= uint(8*s.Size); shift += 5 {
		if shift > 10 && shift < uint(8*s.Size)-10 {
			continue
		}
		power := new(big.Int).Lsh(one, shift)
		for _, m := range []int64{1, 2, 3} {
			multiple := new(big.Int).Mul(power, big.NewInt(m))
			numbers = append(numbers,
				multiple, new(big.Int).Sub(multiple, one),
				new(big.Int).Sub(s.Q, multiple), new(big.Int).Sub(multiple, s.Q),
				// what makes the last addition of BaseMult a doubling
				new(big.Int).Sub(new(big.Int).Lsh(multiple, 1), s.Q))
		}
	}
	for range random {
		b := make([]byte, s.Size)
		source.Read(b)
		n := oracle.Number(b)
		numbers = append(numbers, n.Mod(n, s.Q))
	}
	var inRange []*big.Int
	for _, n := range numbers {
		if n.Sign() >= 0 && n.Cmp(s.Q) <= 0 {
			inRange = append(inRange, n)
		}
	}
	return inRange
}

func TestBaseMult(t *testing.T) {
	random := 10
	if testing.Short() {
		random = 1
	}
	eachCurve(t, func(t *testing.T, c curve) {
		for i, k := range scalars(c.set, rand.NewChaCha8([32]byte{1}), random) {
			if testing.Short() && i%8 != 0 {
				continue
			}
			x, y, ok := c.BaseMult(words(k))
			check(t, fmt.Sprintf("%x·P", k), x, y, ok, c.multiply(k, c.set.Generator()))
		}
	})
}

func TestScalarMult(t *testing.T) {
	random := 5
	if testing.Short() {
		random = 1
	}
	eachCurve(t, func(t *testing.T, c curve) {
		source := rand.NewChaCha8([32]byte{2})
		for i, k := range scalars(c.set, source, random) {
			if testing.Short() && i%8 != 1 {
				continue
			}
			q := c.set.Multiply(big.NewInt(int64(source.Uint64()>>40)+1), c.set.Generator())
			x, y, ok := c.ScalarMult(words(k), c.point(t, q))
			check(t, fmt.Sprintf("%x·(%x, %x)", k, q.X, q.Y), x, y, ok, c.multiply(k, q))
		}
	})
}
