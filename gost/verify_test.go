package gost_test

import (
	"bytes"
	"math/big"
	"slices"
	"sync"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// verifyBoth verifies with the key and with the key prepared, which must agree.
func verifyBoth(t testing.TB, k *gost.PublicKey, digest, sig []byte) bool {
	t.Helper()
	got := gost.Verify(k, digest, sig)
	if prepared := k.Prepare().Verify(digest, sig); prepared != got {
		t.Errorf("%s: Verify: got %v, prepared %v", k.Curve().Name(), got, prepared)
	}
	return got
}

// pointFrom returns a point of order q whose x is at least the number given,
// and next to it.
func pointFrom(s *oracle.Set, x *big.Int) oracle.Point {
	for x = new(big.Int).Set(x); ; x.Add(x, big.NewInt(1)) {
		y2 := new(big.Int).Mul(x, x)
		y2.Add(y2, s.A).Mul(y2, x).Add(y2, s.B).Mod(y2, s.P)
		y := new(big.Int).ModSqrt(y2, s.P)
		if y == nil {
			continue
		}
		if p := (oracle.Point{X: x, Y: y}); s.Cofactor == 1 || s.Multiply(s.Q, p).X == nil {
			return p
		}
	}
}

// R is x modulo q, and x may be any of r, r+q, … below p. Nobody will find a
// signature whose x is above q on most of the sets, but a key for one: if
// C = (s·v)·P - (r·v)·Q is to be a given point, then Q = ((s·v)·P - C)/(r·v).
func TestVerifyXAboveQ(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		digest, v := s.Octets(big.NewInt(1)), big.NewInt(1)
		sigS := big.NewInt(12345)
		for x := new(big.Int); x.Cmp(s.P) < 0; x.Add(x, s.Q) {
			from := new(big.Int).Add(x, big.NewInt(2))
			if testing.Short() && s.Cofactor == 4 && s.Size == 64 && x.Sign() != 0 {
				break
			}
			point := pointFrom(s, from)
			r := new(big.Int).Mod(point.X, s.Q)
			factor := new(big.Int).Mul(r, v)
			q := s.Multiply(factor.ModInverse(factor, s.Q), s.Add(s.Multiply(sigS, s.Generator()), s.Negate(point)))
			key, err := gost.NewPublicKey(c, s.Encode(q))
			if err != nil {
				t.Fatal(err)
			}
			if !verifyBoth(t, key, digest, join(s.Size, r, sigS)) {
				t.Errorf("x = %x: signature is refused", point.X)
			}
			r.Add(r, big.NewInt(1))
			if verifyBoth(t, key, digest, join(s.Size, r, sigS)) {
				t.Errorf("x = %x: signature with another r is accepted", point.X)
			}
		}
	})
}

// A prepared key verifies what the key does.
func TestPrepared(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		prepared := k.PublicKey().Prepare()
		if prepared.PublicKey() != k.PublicKey() {
			t.Error("PublicKey: got another key")
		}
		for i := range 3 {
			digest := streebogOf(c, []byte{byte(i)})
			sig, err := k.Sign(nil, digest, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !prepared.Verify(digest, sig) {
				t.Error("signature is refused")
			}
			for j := i; j < len(sig); j += 13 {
				bad := bytes.Clone(sig)
				bad[j] ^= 1 << (j % 8)
				if prepared.Verify(digest, bad) {
					t.Errorf("accepted with octet %d of the signature changed", j)
				}
			}
			zero, q := new(big.Int), s.Q
			r, v := split(sig)
			for name, bad := range map[string][]byte{
				"none": nil, "short": sig[1:], "long": append(bytes.Clone(sig), 0),
				"r = 0": join(s.Size, zero, v), "s = 0": join(s.Size, r, zero),
				"r = q": join(s.Size, q, v), "s = q": join(s.Size, r, q),
			} {
				if prepared.Verify(digest, bad) {
					t.Errorf("%s: got true, want false", name)
				}
			}
			if prepared.Verify(digest[1:], sig) || prepared.Verify(streebogOf(c, []byte("other")), sig) {
				t.Error("signature of another digest is accepted")
			}
		}
	})
}

// Keys, signatures and tables serve many goroutines from the start.
func TestPreparedConcurrency(t *testing.T) {
	k := generate(t, gost.TC26B256(), 1)
	digest := streebogOf(k.Curve(), nil)
	sig, err := k.Sign(nil, digest, nil)
	if err != nil {
		t.Fatal(err)
	}
	prepared := k.PublicKey().Prepare()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if !prepared.Verify(digest, sig) || !gost.Verify(k.PublicKey(), digest, sig) {
				t.Error("signature is refused")
			}
		})
	}
	wg.Wait()
}

// Verifying allocates nothing, and signing no more than the signature, also
// with a source of octets of its own type.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		return
	}
	for _, c := range gost.Curves() {
		k := generate(t, c, 1)
		digest := streebogOf(c, nil)
		source := bytes.NewReader(nil)
		octets := make([]byte, c.Size())
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		prepared := k.PublicKey().Prepare()
		for _, tc := range []struct {
			name string
			want float64
			call func()
		}{
			{"Verify", 0, func() { gost.Verify(k.PublicKey(), digest, sig) }},
			{"Verify, prepared", 0, func() { prepared.Verify(digest, sig) }},
			{"Sign", 1, func() { k.Sign(nil, digest, nil) }},
			{"Sign with a source", 1, func() {
				source.Reset(octets)
				k.Sign(source, digest, nil)
			}},
		} {
			if got := testing.AllocsPerRun(3, tc.call); got > tc.want {
				t.Errorf("%s: %s: got %v allocations, want %v", c.Name(), tc.name, got, tc.want)
			}
		}
	}
}

// FuzzSignVerify signs with keys, digests and secret numbers of its own, and
// compares with the formulas of RFC 7091, sections 6.1 and 6.2.
func FuzzSignVerify(f *testing.F) {
	for i, c := range allCurves() {
		s := oracle.Named(c.Name())
		if i%4 == 0 {
			f.Add(uint(i), s.Octets(big.NewInt(1)), s.Octets(s.Q), []byte{3})
		}
	}
	f.Fuzz(func(t *testing.T, i uint, private, digest, nonce []byte) {
		c := allCurves()[i%uint(len(allCurves()))]
		s := oracle.Named(c.Name())
		number := func(le []byte, size int) *big.Int { return oracle.Number(le[:min(len(le), size)]) }
		d := number(private, s.Size)
		e := number(digest, s.Size)
		n := number(nonce, 2*s.Size)
		k, err := gost.NewPrivateKey(c, s.Octets(d))
		if (err == nil) != (d.Sign() > 0 && d.Cmp(s.Q) < 0) {
			t.Fatalf("%s: key %x: got %v", c.Name(), d, err)
		}
		if err != nil {
			return
		}
		got, err := k.SignWithNonces(bytes.NewReader(oracle.Octets(n, 2*s.Size)), s.Octets(e))

		digest = s.Octets(e)
		e.Mod(e, s.Q)
		if e.Sign() == 0 {
			e.SetInt64(1)
		}
		n.Mod(n, s.Q)
		p := s.Multiply(n, s.Generator())
		var want []byte
		if p.X != nil {
			r := new(big.Int).Mod(p.X, s.Q)
			v := new(big.Int).Mul(r, d)
			v.Add(v, n.Mul(n, e)).Mod(v, s.Q)
			if r.Sign() != 0 && v.Sign() != 0 {
				want = join(s.Size, r, v)
			}
		}
		if (err == nil) != (want != nil) || !slices.Equal(got, want) {
			t.Fatalf("%s: got %x, %v, want %x", c.Name(), got, err, want)
		}
		if want != nil && !verifyBoth(t, k.PublicKey(), digest, got) {
			t.Errorf("%s: signature %x is refused", c.Name(), got)
		}
	})
}
