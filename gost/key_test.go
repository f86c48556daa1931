package gost_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
)

var (
	_ crypto.Signer        = (*gost.PrivateKey)(nil)
	_ crypto.MessageSigner = (*gost.PrivateKey)(nil)
)

// randomSource returns octets that are the same in every run.
func randomSource(seed byte) io.Reader { return rand.NewChaCha8([32]byte{seed}) }

func generate(t testing.TB, c *gost.Curve, seed byte) *gost.PrivateKey {
	t.Helper()
	k, err := gost.GenerateKey(c, randomSource(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestGenerateKey(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		wide := make([]byte, 2*c.Size())
		io.ReadFull(randomSource(1), wide)
		d := oracle.Number(wide)
		d.Mod(d, s.Q)
		if got, want := k.Bytes(), s.Octets(d); !bytes.Equal(got, want) {
			t.Errorf("private key: got %x, want %x", got, want)
		}
		if got, want := k.PublicKey().Bytes(), s.Encode(s.Multiply(d, s.Generator())); !bytes.Equal(got, want) {
			t.Errorf("public key: got %x, want %x", got, want)
		}
		if k.Curve() != c || k.PublicKey().Curve() != c {
			t.Error("the key has another curve")
		}
		if k.Public() != crypto.PublicKey(k.PublicKey()) {
			t.Error("Public and PublicKey differ")
		}
	})
}

func TestGenerateKeyDefault(t *testing.T) {
	k, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	l, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if k.Equal(l) {
		t.Error("two keys are equal")
	}
}

func TestGenerateKeyErrors(t *testing.T) {
	broken := errors.New("broken source")
	for _, tc := range []struct {
		name   string
		source io.Reader
		want   error
	}{
		{"error", iotest.ErrReader(broken), broken},
		{"short", bytes.NewReader(make([]byte, 63)), io.ErrUnexpectedEOF},
		{"zeros", bytes.NewReader(make([]byte, 64)), nil},
		{"q", bytes.NewReader(append(oracle.Octets(oracle.Named("256-A").Q, 32), make([]byte, 32)...)), nil},
	} {
		k, err := gost.GenerateKey(gost.TC26A256(), tc.source)
		if k != nil || err == nil || tc.want != nil && !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, %v, want the error %v", tc.name, k, err, tc.want)
		}
	}
}

func TestNewPrivateKey(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		one := big.NewInt(1)
		for _, tc := range []struct {
			name string
			raw  []byte
			ok   bool
		}{
			{"1", s.Octets(one), true},
			{"q-1", s.Octets(new(big.Int).Sub(s.Q, one)), true},
			{"0", make([]byte, s.Size), false},
			{"q", s.Octets(s.Q), false},
			{"q+1", s.Octets(new(big.Int).Add(s.Q, one)), false},
			{"all ones", bytes.Repeat([]byte{0xff}, s.Size), false},
			{"none", nil, false},
			{"short", s.Octets(one)[1:], false},
			{"long", append(s.Octets(one), 0), false},
		} {
			k, err := gost.NewPrivateKey(c, tc.raw)
			if (err == nil) != tc.ok || (k != nil) != tc.ok {
				t.Errorf("%s: got %v, %v, want success %v", tc.name, k, err, tc.ok)
			}
			if tc.ok && !bytes.Equal(k.Bytes(), tc.raw) {
				t.Errorf("%s: Bytes: got %x, want %x", tc.name, k.Bytes(), tc.raw)
			}
		}
	})
}

func TestNewPublicKey(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		g := s.Generator()
		raw := s.Encode(g)
		flipped := bytes.Clone(raw)
		flipped[0] ^= 1
		type testCase struct {
			name string
			raw  []byte
			ok   bool
		}
		cases := []testCase{
			{"generator", raw, true},
			{"opposite", s.Encode(s.Negate(g)), true},
			{"multiple", s.Encode(s.Multiply(big.NewInt(77), g)), true},
			{"infinity as zeros", make([]byte, 2*s.Size), false},
			{"not on the curve", flipped, false},
			{"coordinates exchanged", slices.Concat(raw[s.Size:], raw[:s.Size]), false},
			{"x = p", s.Encode(oracle.Point{X: s.P, Y: g.Y}), false},
			{"y = p", s.Encode(oracle.Point{X: g.X, Y: s.P}), false},
			{"all ones", bytes.Repeat([]byte{0xff}, 2*s.Size), false},
			{"none", nil, false},
			{"short", raw[1:], false},
			{"long", append(bytes.Clone(raw), 0), false},
		}
		// A coordinate small enough for p to be added is the same point in
		// another encoding, which must not be taken.
		if x := new(big.Int).Add(g.X, s.P); x.BitLen() <= 8*s.Size {
			cases = append(cases, testCase{"x + p", s.Encode(oracle.Point{X: x, Y: g.Y}), false})
		}
		for name, small := range s.SmallOrder() {
			cases = append(cases,
				testCase{name, s.Encode(small), false},
				testCase{name + " + generator", s.Encode(s.Add(small, g)), false},
				testCase{name + " + multiple", s.Encode(s.Add(small, s.Multiply(big.NewInt(77), g))), false})
		}
		for _, tc := range cases {
			k, err := gost.NewPublicKey(c, tc.raw)
			if (err == nil) != tc.ok || (k != nil) != tc.ok {
				t.Errorf("%s: got %v, want success %v", tc.name, err, tc.ok)
			}
			if tc.ok && !bytes.Equal(k.Bytes(), tc.raw) {
				t.Errorf("%s: Bytes: got %x, want %x", tc.name, k.Bytes(), tc.raw)
			}
		}
	})
}

// Keys do not share memory with what they are made from or what they return.
func TestKeysAreImmutable(t *testing.T) {
	k := generate(t, gost.TC26A256(), 1)
	private, public := k.Bytes(), k.PublicKey().Bytes()

	raw := bytes.Clone(public)
	pub, err := gost.NewPublicKey(k.Curve(), raw)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	clear(pub.Bytes())
	clear(k.Bytes())
	clear(k.PublicKey().Bytes())
	if !bytes.Equal(pub.Bytes(), public) || !bytes.Equal(k.PublicKey().Bytes(), public) {
		t.Error("public key has changed")
	}
	if !bytes.Equal(k.Bytes(), private) {
		t.Error("private key has changed")
	}
}

func TestEqual(t *testing.T) {
	k := generate(t, gost.TC26B256(), 1)
	same, err := gost.NewPrivateKey(gost.TC26B256(), k.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	// The same numbers under another identifier.
	renamed, err := gost.NewPrivateKey(gost.CryptoProA(), k.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name  string
		other *gost.PrivateKey
		want  bool
	}{
		{"itself", k, true},
		{"same number", same, true},
		{"other number", generate(t, gost.TC26B256(), 2), false},
		{"other set, same curve", renamed, false},
		{"other curve", generate(t, gost.TC26A512(), 1), false},
	} {
		if got := k.Equal(tc.other); got != tc.want {
			t.Errorf("%s: private: got %v, want %v", tc.name, got, tc.want)
		}
		if got := k.PublicKey().Equal(tc.other.PublicKey()); got != tc.want {
			t.Errorf("%s: public: got %v, want %v", tc.name, got, tc.want)
		}
	}
	if k.Equal(k.PublicKey()) || k.PublicKey().Equal(k) || k.Equal(nil) || k.PublicKey().Equal("key") {
		t.Error("a key equals a value of another type")
	}
}

// However a private key is printed, alone or inside something, neither its
// number nor what it keeps in memory appears.
func TestPrintingHidesPrivateKey(t *testing.T) {
	type holder struct {
		Name  string
		Key   *gost.PrivateKey
		value gost.PrivateKey
	}
	k := generate(t, gost.TC26A256(), 1)
	number := oracle.Number(k.Bytes())
	secrets := []string{
		number.Text(2), number.Text(8), number.Text(10), number.Text(16), fmt.Sprintf("%x", k.Bytes()),
		strings.Trim(fmt.Sprint(k.Bytes()), "[]"),
	}
	for _, verb := range []string{"%b", "%o", "%d", "%x"} {
		limbs := strings.Trim(fmt.Sprintf(verb, k.Secret()), "{[]}")
		secrets = append(secrets, strings.Fields(limbs)[0])
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o", "%b", "%t", "%p"} {
		if got, want := fmt.Sprintf(verb, k), "gost.PrivateKey(256-A)"; got != want && verb != "%p" {
			t.Errorf("%s: got %q, want %q", verb, got, want)
		}
		for _, value := range []any{
			k, *k, holder{"n", k, *k}, &holder{"n", k, *k},
			[]*gost.PrivateKey{k}, []gost.PrivateKey{*k}, map[string]any{"k": *k},
		} {
			text := strings.ToLower(fmt.Sprintf(verb, value))
			for _, s := range secrets {
				if strings.Contains(text, s) {
					t.Errorf("%s of %T shows the key: %s", verb, value, text)
				}
			}
		}
	}
	var none *gost.PrivateKey
	if got, want := fmt.Sprint(none), "<nil>"; got != want {
		t.Errorf("nil key: got %q, want %q", got, want)
	}
}
