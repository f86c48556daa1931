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

// moduli calls f for the modulus of coordinates and that of scalars of each
// parameter set, once where sets share it.
func moduli(t *testing.T, f func(t *testing.T, m *field.Modulus, p *big.Int)) {
	seen := map[string]bool{}
	for _, s := range oracle.Sets() {
		for name, p := range map[string]*big.Int{"p": s.P, "q": s.Q} {
			if seen[p.String()] {
				continue
			}
			seen[p.String()] = true
			t.Run(s.Name+"/"+name, func(t *testing.T) { f(t, field.New(s.Octets(p)), p) })
		}
	}
}

// edges returns numbers below p where carries happen or end, and then random
// ones.
func edges(p *big.Int, size, random int) []*big.Int {
	one := big.NewInt(1)
	half := new(big.Int).Rsh(p, 1)
	step := uint(32)
	if testing.Short() {
		step = 64
	}
	numbers := []*big.Int{
		new(big.Int), one, big.NewInt(2),
		half, new(big.Int).Add(half, one),
		new(big.Int).Sub(p, big.NewInt(2)), new(big.Int).Sub(p, one),
	}
	for shift := step; shift < uint(8*size); shift += step {
		power := new(big.Int).Lsh(one, shift)
		numbers = append(numbers, power, new(big.Int).Sub(power, one))
	}
	source := rand.NewChaCha8([32]byte{1})
	for range random {
		b := make([]byte, size)
		source.Read(b)
		numbers = append(numbers, oracle.Number(b))
	}
	for _, n := range numbers {
		n.Mod(n, p)
	}
	return numbers
}

func element(t *testing.T, m *field.Modulus, n *big.Int) *field.Element {
	t.Helper()
	var e field.Element
	if !m.SetBytes(&e, oracle.Octets(n, m.Size())) {
		t.Fatalf("SetBytes(%x): got false, want true", n)
	}
	return &e
}

func check(t *testing.T, m *field.Modulus, what string, got *field.Element, want *big.Int) {
	t.Helper()
	if n := oracle.Number(m.Bytes(got)); n.Cmp(want) != 0 {
		t.Errorf("%s: got %x, want %x", what, n, want)
	}
}

// Every operation agrees with math/big, also where its operands and its
// result are one variable.
func TestArithmetic(t *testing.T) {
	operations := []struct {
		name  string
		field func(m *field.Modulus, z, x, y *field.Element)
		big   func(z, x, y *big.Int) *big.Int
	}{
		{"Add", (*field.Modulus).Add, (*big.Int).Add},
		{"Sub", (*field.Modulus).Sub, (*big.Int).Sub},
		{"Mul", (*field.Modulus).Mul, (*big.Int).Mul},
	}
	random := 20
	if testing.Short() {
		random = 4
	}
	moduli(t, func(t *testing.T, m *field.Modulus, p *big.Int) {
		numbers := edges(p, m.Size(), random)
		for _, op := range operations {
			for _, a := range numbers {
				for _, b := range numbers {
					x, y := element(t, m, a), element(t, m, b)
					want := op.big(new(big.Int), a, b)
					want.Mod(want, p)

					var z field.Element
					op.field(m, &z, x, y)
					check(t, m, fmt.Sprintf("%s(%x, %x)", op.name, a, b), &z, want)
					z = *x
					op.field(m, &z, &z, y)
					check(t, m, op.name+" with z = x", &z, want)
					z = *y
					op.field(m, &z, x, &z)
					check(t, m, op.name+" with z = y", &z, want)
				}
				z := element(t, m, a)
				op.field(m, z, z, z)
				want := op.big(new(big.Int), a, a)
				check(t, m, op.name+" with z = x = y", z, want.Mod(want, p))
			}
		}
	})
}

func TestNegateInvert(t *testing.T) {
	moduli(t, func(t *testing.T, m *field.Modulus, p *big.Int) {
		for _, a := range edges(p, m.Size(), 5) {
			var z field.Element
			m.Negate(&z, element(t, m, a))
			want := new(big.Int).Neg(a)
			check(t, m, fmt.Sprintf("Negate(%x)", a), &z, want.Mod(want, p))

			want = new(big.Int)
			if a.Sign() != 0 {
				want.ModInverse(a, p)
			}
			m.Invert(&z, element(t, m, a))
			check(t, m, fmt.Sprintf("Invert(%x)", a), &z, want)
			m.InvertPublic(&z, element(t, m, a))
			check(t, m, fmt.Sprintf("InvertPublic(%x)", a), &z, want)
			x := element(t, m, a)
			m.Invert(x, x)
			check(t, m, "Invert with z = x", x, want)
		}
	})
}

func TestSetBytesRange(t *testing.T) {
	moduli(t, func(t *testing.T, m *field.Modulus, p *big.Int) {
		top := new(big.Int).Lsh(big.NewInt(1), uint(8*m.Size()))
		for _, tc := range []struct {
			name   string
			number *big.Int
			want   bool
		}{
			{"zero", new(big.Int), true},
			{"p-1", new(big.Int).Sub(p, big.NewInt(1)), true},
			{"p", p, false},
			{"p+1", new(big.Int).Add(p, big.NewInt(1)), false},
			{"all ones", new(big.Int).Sub(top, big.NewInt(1)), false},
		} {
			e := m.One()
			if got := m.SetBytes(&e, oracle.Octets(tc.number, m.Size())); got != tc.want {
				t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
			}
			want := big.NewInt(1)
			if tc.want {
				want = tc.number
			}
			check(t, m, tc.name, &e, want)
		}
	})
}

func TestSetReduced(t *testing.T) {
	moduli(t, func(t *testing.T, m *field.Modulus, p *big.Int) {
		source := rand.NewChaCha8([32]byte{2})
		for _, size := range []int{m.Size(), 2 * m.Size()} {
			inputs := [][]byte{make([]byte, size), bytes.Repeat([]byte{0xff}, size)}
			for range 20 {
				b := make([]byte, size)
				source.Read(b)
				inputs = append(inputs, b)
			}
			for _, in := range inputs {
				var z field.Element
				m.SetReduced(&z, in)
				want := oracle.Number(in)
				check(t, m, fmt.Sprintf("SetReduced(%x)", in), &z, want.Mod(want, p))
			}
		}
	})
}

func TestSelectEqual(t *testing.T) {
	moduli(t, func(t *testing.T, m *field.Modulus, p *big.Int) {
		numbers := edges(p, m.Size(), 2)
		for i, a := range numbers {
			for j, b := range numbers {
				x, y := element(t, m, a), element(t, m, b)
				if got, want := m.Equal(x, y), a.Cmp(b) == 0; got != want {
					t.Errorf("Equal of numbers %d and %d: got %v, want %v", i, j, got, want)
				}
				z := *x
				m.Select(&z, y, 0)
				check(t, m, "Select 0", &z, a)
				m.Select(&z, y, 1)
				check(t, m, "Select 1", &z, b)
			}
			if got, want := m.IsZero(element(t, m, a)), a.Sign() == 0; got != want {
				t.Errorf("IsZero(%x): got %v, want %v", a, got, want)
			}
		}
		one := m.One()
		check(t, m, "One", &one, big.NewInt(1))
	})
}

func TestMisuse(t *testing.T) {
	m := field.New(oracle.Octets(oracle.Named("256-A").P, 32))
	for _, tc := range []struct {
		name string
		call func()
	}{
		{"New, 31 octets", func() { field.New(make([]byte, 31)) }},
		{"New, even", func() { field.New(make([]byte, 32)) }},
		{"SetBytes, 64 octets", func() { m.SetBytes(new(field.Element), make([]byte, 64)) }},
		{"SetReduced, 33 octets", func() { m.SetReduced(new(field.Element), make([]byte, 33)) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("got no panic, want one")
				}
			}()
			tc.call()
		})
	}
}

func BenchmarkInvert(b *testing.B) {
	for _, name := range []string{"256-A", "512-A"} {
		s := oracle.Named(name)
		m := field.New(s.Octets(s.Q))
		for op, invert := range map[string]func(z, x *field.Element){"Invert": m.Invert, "InvertPublic": m.InvertPublic} {
			b.Run(name+"/"+op, func(b *testing.B) {
				x := m.One()
				m.Add(&x, &x, &x)
				for b.Loop() {
					invert(&x, &x)
				}
			})
		}
	}
}

func BenchmarkMul(b *testing.B) {
	for _, name := range []string{"256-A", "512-A"} {
		s := oracle.Named(name)
		m := field.New(s.Octets(s.P))
		b.Run(name, func(b *testing.B) {
			var x field.Element
			m.SetBytes(&x, s.Octets(s.X))
			for b.Loop() {
				m.Mul(&x, &x, &x)
			}
		})
	}
}
