package field_test

import (
	"bytes"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// special is what the fields of one prime have in common.
type special[T any] interface {
	*T
	Add(x, y *T)
	Sub(x, y *T)
	Mul(x, y *T)
	Square(x *T)
	Half(x *T)
	Invert(x *T)
	Select(x *T, mask uint64)
	IsZero() uint64
	SetWords(n *field.Words)
	Words() field.Words
}

// specials calls f for each of these fields.
func specials(t testing.TB, f func(name string, c checker)) {
	f("P617", of[field.P617](t, "256-A"))
	f("P3225", of[field.P3225](t, "256-C"))
	f("P256D", of[field.P256D](t, "256-D"))
	f("P569", of[field.P569](t, "512-A"))
	f("P111", of[field.P111](t, "512-B"))
}

// checker holds the functions of one field with their type taken away.
type checker struct {
	p    *big.Int
	size int
	// pair checks all operations on two numbers below 2^(8·size).
	pair func(t testing.TB, a, b *big.Int)
	// chain checks operations whose operands come from earlier ones, as a
	// program of octets asks for.
	chain func(t testing.TB, a, b *big.Int, program []byte)
}

func words(n *big.Int) (w field.Words) {
	for i, limb := range new(big.Int).Set(n).FillBytes(make([]byte, 64)) {
		w[(63-i)/8] |= uint64(limb) << (8 * ((63 - i) % 8))
	}
	return w
}

func number(w field.Words) *big.Int {
	n := new(big.Int)
	for i := len(w) - 1; i >= 0; i-- {
		n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(w[i]))
	}
	return n
}

// of returns the checker of the field T, whose prime is that of a set.
func of[T any, P special[T]](t testing.TB, set string) checker {
	s := oracle.Named(set)
	p := s.P
	inverseOfTwo := new(big.Int).ModInverse(big.NewInt(2), p)
	element := func(n *big.Int) *T {
		e, w := new(T), words(n)
		P(e).SetWords(&w)
		return e
	}
	expect := func(t testing.TB, what string, z *T, want *big.Int) {
		t.Helper()
		want = new(big.Int).Mod(want, p)
		if got := number(P(z).Words()); got.Cmp(want) != 0 {
			t.Fatalf("%s: got %x, want %x", what, got, want)
		}
		if got, want := P(z).IsZero(), want.Sign() == 0; got != 0 != want || got+1 > 1 {
			t.Fatalf("%s: IsZero: got %x, want %v", what, got, want)
		}
	}
	pair := func(t testing.TB, a, b *big.Int) {
		t.Helper()
		for _, op := range []struct {
			name string
			call func(z, x, y *T)
			big  func(z, x, y *big.Int) *big.Int
		}{
			{"Add", func(z, x, y *T) { P(z).Add(x, y) }, (*big.Int).Add},
			{"Sub", func(z, x, y *T) { P(z).Sub(x, y) }, (*big.Int).Sub},
			{"Mul", func(z, x, y *T) { P(z).Mul(x, y) }, (*big.Int).Mul},
		} {
			what := fmt.Sprintf("%s(%x, %x)", op.name, a, b)
			x, y, z := element(a), element(b), new(T)
			want := op.big(new(big.Int), a, b)
			op.call(z, x, y)
			expect(t, what, z, want)
			*z = *x
			op.call(z, z, y)
			expect(t, what+" with z = x", z, want)
			*z = *y
			op.call(z, x, z)
			expect(t, what+" with z = y", z, want)
			expect(t, what+", x after it", x, a)
			op.call(x, x, x)
			expect(t, what+" with z = x = y", x, op.big(new(big.Int), a, a))
		}
		x, y, z := element(a), element(b), new(T)
		P(z).Square(x)
		expect(t, fmt.Sprintf("Square(%x)", a), z, new(big.Int).Mul(a, a))
		P(z).Half(x)
		expect(t, fmt.Sprintf("Half(%x)", a), z, new(big.Int).Mul(a, inverseOfTwo))
		*z = *x
		P(z).Select(y, 0)
		expect(t, "Select 0", z, a)
		P(z).Select(y, ^uint64(0))
		expect(t, "Select 1", z, b)
		inverse := new(big.Int)
		if r := new(big.Int).Mod(a, p); r.Sign() != 0 {
			inverse.ModInverse(r, p)
		}
		P(x).Invert(x)
		expect(t, fmt.Sprintf("Invert(%x)", a), x, inverse)
	}
	chain := func(t testing.TB, a, b *big.Int, program []byte) {
		t.Helper()
		x, y := element(a), element(b)
		m, n := new(big.Int).Set(a), new(big.Int).Set(b)
		for i, op := range program {
			switch op % 6 {
			case 0:
				P(x).Add(x, y)
				m.Add(m, n)
			case 1:
				P(x).Sub(x, y)
				m.Sub(m, n)
			case 2:
				P(x).Mul(x, y)
				m.Mul(m, n)
			case 3:
				P(x).Square(x)
				m.Mul(m, m)
			case 4:
				P(x).Half(x)
				m.Mul(m, inverseOfTwo)
			case 5:
				x, y = y, x
				m, n = n, m
			}
			m.Mod(m, p)
			expect(t, fmt.Sprintf("%x, %x: operation %d of %x", a, b, i, program), x, m)
		}
	}
	return checker{p, s.Size, pair, chain}
}

// hard returns numbers up to 2^(8·size) at which carries and borrows run
// through, whether they are below p or not.
func hard(c checker) []*big.Int {
	one := big.NewInt(1)
	top := new(big.Int).Lsh(one, uint(8*c.size))
	numbers := []*big.Int{
		new(big.Int), one, big.NewInt(2), big.NewInt(616), big.NewInt(617), big.NewInt(6449), big.NewInt(6450),
		new(big.Int).Sub(top, one), new(big.Int).Sub(top, big.NewInt(617)), new(big.Int).Rsh(top, 1),
		new(big.Int).Sub(c.p, one), c.p, new(big.Int).Rsh(c.p, 1),
	}
	for _, d := range []int64{1, 2, 111, 222, 569, 617, 3225, 6450} {
		if n := new(big.Int).Add(c.p, big.NewInt(d)); n.Cmp(top) < 0 {
			numbers = append(numbers, n)
		}
	}
	for shift := uint(64); shift < uint(8*c.size); shift += 64 {
		power := new(big.Int).Lsh(one, shift)
		numbers = append(numbers, power, new(big.Int).Sub(power, one), new(big.Int).Sub(top, power))
	}
	return numbers
}

func TestSpecial(t *testing.T) {
	random := 300
	if testing.Short() {
		random = 30
	}
	specials(t, func(name string, c checker) {
		t.Run(name, func(t *testing.T) {
			numbers := hard(c)
			step := 1
			if testing.Short() {
				step = 3
			}
			for i, a := range numbers {
				for j := i % step; j < len(numbers); j += step {
					c.pair(t, a, numbers[j])
				}
			}
			source := rand.NewChaCha8([32]byte{4})
			for range random {
				c.pair(t, sparse(source, c.size), sparse(source, c.size))
			}
		})
	})
}

func TestSpecialChain(t *testing.T) {
	length := 5000
	if testing.Short() {
		length = 1000
	}
	specials(t, func(name string, c checker) {
		t.Run(name, func(t *testing.T) {
			source := rand.NewChaCha8([32]byte{5})
			program := make([]byte, length)
			source.Read(program)
			c.chain(t, sparse(source, c.size), sparse(source, c.size), program)
		})
	})
}

// sparse returns a number with limbs that are random, all ones or zero.
func sparse(source *rand.ChaCha8, size int) *big.Int {
	b := make([]byte, size)
	source.Read(b)
	for i := 0; i < size; i += 8 {
		switch source.Uint64() % 4 {
		case 0:
			copy(b[i:], bytes.Repeat([]byte{0xff}, 8))
		case 1:
			clear(b[i : i+8])
		}
	}
	return oracle.Number(b)
}

// FuzzField computes what octets ask for in all fields and with math/big.
func FuzzField(f *testing.F) {
	ones := bytes.Repeat([]byte{0xff}, 64)
	f.Add(ones, ones, []byte{0, 1, 2, 3, 4, 5})
	f.Add(make([]byte, 64), ones, []byte{1, 4, 2, 5, 0, 3})
	f.Fuzz(func(t *testing.T, a, b, program []byte) {
		if len(program) > 100 {
			return
		}
		specials(t, func(name string, c checker) {
			m, n := oracle.Number(a[:min(len(a), c.size)]), oracle.Number(b[:min(len(b), c.size)])
			c.pair(t, m, n)
			c.chain(t, m, n, program)
		})
	})
}

func benchmark[T any, P special[T]](b *testing.B, name string) {
	var x, y T
	w := words(oracle.Named("256-A").Q)
	P(&x).SetWords(&w)
	y = x
	b.Run(name+"/Mul", func(b *testing.B) {
		for b.Loop() {
			P(&x).Mul(&x, &y)
		}
	})
	b.Run(name+"/Square", func(b *testing.B) {
		for b.Loop() {
			P(&x).Square(&x)
		}
	})
	b.Run(name+"/Add", func(b *testing.B) {
		for b.Loop() {
			P(&x).Add(&x, &y)
		}
	})
	b.Run(name+"/Invert", func(b *testing.B) {
		for b.Loop() {
			P(&x).Invert(&x)
		}
	})
}

func BenchmarkSpecial(b *testing.B) {
	benchmark[field.P617](b, "P617")
	benchmark[field.P3225](b, "P3225")
	benchmark[field.P256D](b, "P256D")
	benchmark[field.P569](b, "P569")
	benchmark[field.P111](b, "P111")
}
