package gost_test

import (
	"bytes"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// allCurves is Curves and the two sets for tests.
func allCurves() []*gost.Curve {
	return append(gost.Curves(), gost.Test256(), gost.Test512())
}

// eachCurve calls f for all sets with the numbers of the standards. A short
// test leaves out sets that have the numbers of another under test.
func eachCurve(t *testing.T, f func(t *testing.T, c *gost.Curve, s *oracle.Set)) {
	for _, c := range allCurves() {
		if testing.Short() && strings.HasPrefix(c.Name(), "CryptoPro-") && c != gost.CryptoProA() {
			continue
		}
		t.Run(c.Name(), func(t *testing.T) { f(t, c, oracle.Named(c.Name())) })
	}
}

// curveNamed returns one of allCurves.
func curveNamed(t *testing.T, name string) *gost.Curve {
	t.Helper()
	for _, c := range allCurves() {
		if c.Name() == name {
			return c
		}
	}
	t.Fatalf("no curve %q", name)
	return nil
}

func TestCurves(t *testing.T) {
	var got []string
	for _, c := range gost.Curves() {
		got = append(got, c.Name())
	}
	want := []string{
		"256-A", "256-B", "256-C", "256-D", "512-A", "512-B", "512-C",
		"CryptoPro-A", "CryptoPro-B", "CryptoPro-C", "CryptoPro-XchA", "CryptoPro-XchB",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !slices.Equal(gost.Curves(), gost.Curves()) {
		t.Error("two calls of Curves give different pointers")
	}
	for _, c := range allCurves() {
		s := oracle.Named(c.Name())
		if got := c.OID().String(); got != s.OID {
			t.Errorf("%s: OID: got %v, want %v", s.Name, got, s.OID)
		}
		if c.Size() != s.Size {
			t.Errorf("%s: Size: got %d, want %d", s.Name, c.Size(), s.Size)
		}
	}
}

func TestOIDIsACopy(t *testing.T) {
	gost.TC26A256().OID()[0] = 9
	if got, want := gost.TC26A256().OID().String(), "1.2.643.7.1.2.1.1.1"; got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCurveByName(t *testing.T) {
	for _, c := range gost.Curves() {
		if got, err := gost.CurveByName(c.Name()); got != c || err != nil {
			t.Errorf("%s: got %v, %v", c.Name(), got, err)
		}
	}
	for _, name := range []string{"", "256-E", "256-a", "256-Test", "512-Test"} {
		c, err := gost.CurveByName(name)
		if c != nil || err == nil {
			t.Errorf("%q: got %v, want an error", name, c)
			continue
		}
		for _, c := range gost.Curves() {
			if !strings.Contains(err.Error(), c.Name()) {
				t.Errorf("%q: error %q does not name %s", name, err, c.Name())
			}
		}
	}
}

// The key 1 has the generator as its public key, q-1 its opposite.
func TestGenerator(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		for _, tc := range []struct {
			d    *big.Int
			want oracle.Point
		}{
			{big.NewInt(1), s.Generator()},
			{big.NewInt(2), s.Add(s.Generator(), s.Generator())},
			{new(big.Int).Sub(s.Q, big.NewInt(1)), s.Negate(s.Generator())},
		} {
			k, err := gost.NewPrivateKey(c, s.Octets(tc.d))
			if err != nil {
				t.Fatal(err)
			}
			if got, want := k.PublicKey().Bytes(), s.Encode(tc.want); !bytes.Equal(got, want) {
				t.Errorf("d = %x: got %x, want %x", tc.d, got, want)
			}
		}
	})
}
