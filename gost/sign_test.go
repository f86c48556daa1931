package gost_test

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/gost/streebog"
)

// streebogOf returns the digest of msg of the curve's size.
func streebogOf(c *gost.Curve, msg []byte) []byte {
	if c.Size() == streebog.Size256 {
		digest := streebog.Sum256(msg)
		return digest[:]
	}
	digest := streebog.Sum512(msg)
	return digest[:]
}

// join returns the signature s || r, each big-endian.
func join(size int, r, s *big.Int) []byte {
	return slices.Concat(s.FillBytes(make([]byte, size)), r.FillBytes(make([]byte, size)))
}

// split is the inverse of join.
func split(sig []byte) (r, s *big.Int) {
	half := len(sig) / 2
	return new(big.Int).SetBytes(sig[half:]), new(big.Int).SetBytes(sig[:half])
}

func TestSignVerify(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, _ *oracle.Set) {
		k := generate(t, c, 1)
		msg := []byte("a message")
		digest := streebogOf(c, msg)
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(sig) != 2*c.Size() {
			t.Errorf("signature of %d octets, want %d", len(sig), 2*c.Size())
		}
		if !gost.Verify(k.PublicKey(), digest, sig) {
			t.Error("signature is refused")
		}
		ofMessage, err := k.SignMessage(nil, msg, crypto.Hash(0))
		if err != nil {
			t.Fatal(err)
		}
		if !gost.Verify(k.PublicKey(), digest, ofMessage) {
			t.Error("signature of the message is refused")
		}
		if bytes.Equal(sig, ofMessage) {
			t.Error("two signatures are equal")
		}
		if gost.Verify(generate(t, c, 2).PublicKey(), digest, sig) {
			t.Error("signature is accepted under another key")
		}
	})
}

func TestVerifyTampered(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, _ *oracle.Set) {
		k := generate(t, c, 1)
		digest := streebogOf(c, []byte("a message"))
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		step := 7
		if testing.Short() {
			step = 41
		}
		for i := 0; i < len(sig); i += step {
			bad := bytes.Clone(sig)
			bad[i] ^= 1 << (i % 8)
			if gost.Verify(k.PublicKey(), digest, bad) {
				t.Errorf("accepted with octet %d of the signature changed", i)
			}
		}
		for i := 0; i < len(digest); i += step {
			bad := bytes.Clone(digest)
			bad[i] ^= 1 << (i % 8)
			if gost.Verify(k.PublicKey(), bad, sig) {
				t.Errorf("accepted with octet %d of the digest changed", i)
			}
		}
	})
}

func TestVerifyLengths(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, _ *oracle.Set) {
		k := generate(t, c, 1)
		digest := streebogOf(c, []byte("a message"))
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, tc := range []struct {
			name        string
			digest, sig []byte
		}{
			{"no digest", nil, sig},
			{"short digest", digest[1:], sig},
			{"long digest", append(bytes.Clone(digest), 0), sig},
			{"no signature", digest, nil},
			{"short signature", digest, sig[1:]},
			{"long signature", digest, append(bytes.Clone(sig), 0)},
			{"zero in front", digest, append([]byte{0}, sig...)},
			{"half a signature", digest, sig[:c.Size()]},
			{"halves exchanged", digest, slices.Concat(sig[c.Size():], sig[:c.Size()])},
			{"reversed", digest, reversed(sig)},
			{"reversed digest", reversed(digest), sig},
		} {
			if gost.Verify(k.PublicKey(), tc.digest, tc.sig) {
				t.Errorf("%s: got true, want false", tc.name)
			}
		}
	})
}

func reversed(b []byte) []byte {
	r := bytes.Clone(b)
	slices.Reverse(r)
	return r
}

// Neither half of a signature may be 0, q or more, even where the number is
// right modulo q.
func TestVerifyRange(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		digest := streebogOf(c, []byte("a message"))
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		goodR, goodS := split(sig)
		if !gost.Verify(k.PublicKey(), digest, join(s.Size, goodR, goodS)) {
			t.Fatal("signature is refused")
		}
		ones := new(big.Int).Lsh(big.NewInt(1), uint(8*s.Size))
		ones.Sub(ones, big.NewInt(1))
		for name, bad := range map[string]*big.Int{
			"0": new(big.Int), "q": s.Q, "q+1": new(big.Int).Add(s.Q, big.NewInt(1)), "all ones": ones,
		} {
			if gost.Verify(k.PublicKey(), digest, join(s.Size, bad, goodS)) {
				t.Errorf("r = %s: got true, want false", name)
			}
			if gost.Verify(k.PublicKey(), digest, join(s.Size, goodR, bad)) {
				t.Errorf("s = %s: got true, want false", name)
			}
		}
		if r := new(big.Int).Add(goodR, s.Q); r.BitLen() <= 8*s.Size && gost.Verify(k.PublicKey(), digest, join(s.Size, r, goodS)) {
			t.Error("r + q: got true, want false")
		}
		if v := new(big.Int).Add(goodS, s.Q); v.BitLen() <= 8*s.Size && gost.Verify(k.PublicKey(), digest, join(s.Size, goodR, v)) {
			t.Error("s + q: got true, want false")
		}
	})
}

// The generator of 256-D has x = 0. There r = 0, s = e satisfies the equation
// under every key, and only the range of r stops it.
func TestVerifyZeroR(t *testing.T) {
	for _, c := range []*gost.Curve{gost.TC26D256(), gost.CryptoProC(), gost.CryptoProXchB()} {
		s := oracle.Named(c.Name())
		digest := streebogOf(c, []byte("forged"))
		e := oracle.Number(digest)
		if gost.Verify(generate(t, c, 1).PublicKey(), digest, join(s.Size, new(big.Int), e.Mod(e, s.Q))) {
			t.Errorf("%s: got true, want false", c.Name())
		}
	}
}

// With s = r·d the point C is infinity, which has no x to compare.
func TestVerifyInfinity(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		r := big.NewInt(12345)
		v := new(big.Int).Mul(r, oracle.Number(k.Bytes()))
		v.Mod(v, s.Q)
		if gost.Verify(k.PublicKey(), streebogOf(c, nil), join(s.Size, r, v)) {
			t.Error("got true, want false")
		}
	})
}

// A digest that is 0 modulo q counts as 1 (RFC 7091, section 6.1, step 2).
func TestZeroDigest(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		zero, q, one, two := make([]byte, s.Size), s.Octets(s.Q), s.Octets(big.NewInt(1)), s.Octets(big.NewInt(2))
		for _, tc := range []struct {
			name             string
			signed, verified []byte
			want             bool
		}{
			{"0 as 1", zero, one, true},
			{"q as 0", q, zero, true},
			{"1 as q", one, q, true},
			{"0 as 2", zero, two, false},
		} {
			sig, err := k.Sign(nil, tc.signed, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := gost.Verify(k.PublicKey(), tc.verified, sig); got != tc.want {
				t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
			}
		}
	})
}

// Signatures agree with the formulas of RFC 7091, section 6.1, computed by
// the oracle; on the curves of cofactor 4 x is often above q.
func TestSignFormula(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		d := oracle.Number(k.Bytes())
		source := randomSource(9)
		aboveQ, rounds := 0, 5
		if testing.Short() {
			rounds = 2
		}
		for i := range rounds {
			digest := streebogOf(c, []byte{byte(i)})
			nonce := make([]byte, 2*s.Size)
			io.ReadFull(source, nonce)
			got, err := k.SignWithNonces(bytes.NewReader(nonce), digest)
			if err != nil {
				t.Fatal(err)
			}

			n := new(big.Int).Mod(oracle.Number(nonce), s.Q)
			x := s.Multiply(n, s.Generator()).X
			if x.Cmp(s.Q) >= 0 {
				aboveQ++
			}
			r := new(big.Int).Mod(x, s.Q)
			v := new(big.Int).Mul(r, d)
			v.Add(v, n.Mul(n, oracle.Number(digest))).Mod(v, s.Q)
			if want := join(s.Size, r, v); !bytes.Equal(got, want) {
				t.Errorf("signature %d: got %x, want %x", i, got, want)
			}
			if !gost.Verify(k.PublicKey(), digest, got) {
				t.Errorf("signature %d is refused", i)
			}
		}
		if s.Cofactor == 4 && aboveQ == 0 {
			t.Error("x never exceeded q: the case is not tested")
		}
	})
}

// A nonce that makes k, r or s zero is passed over.
func TestSignRetries(t *testing.T) {
	wide := func(s *oracle.Set, n *big.Int) []byte { return oracle.Octets(n, 2*s.Size) }

	t.Run("k=0", func(t *testing.T) {
		eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
			checkRetry(t, generate(t, c, 1), streebogOf(c, nil), slices.Concat(wide(s, new(big.Int)), wide(s, s.Q)))
		})
	})
	// The generator of 256-D has x = 0, so k = 1 gives r = 0.
	t.Run("r=0", func(t *testing.T) {
		s := oracle.Named("256-D")
		checkRetry(t, generate(t, gost.TC26D256(), 1), streebogOf(gost.TC26D256(), nil), wide(s, big.NewInt(1)))
	})
	// For any k and digest there is a key, -k·e/r, that makes s zero.
	t.Run("s=0", func(t *testing.T) {
		eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
			nonce := big.NewInt(123456789)
			digest := streebogOf(c, nil)
			r := new(big.Int).Mod(s.Multiply(nonce, s.Generator()).X, s.Q)
			d := new(big.Int).Mul(nonce, oracle.Number(digest))
			d.Mul(d, r.ModInverse(r, s.Q)).Neg(d).Mod(d, s.Q)
			k, err := gost.NewPrivateKey(c, s.Octets(d))
			if err != nil {
				t.Fatal(err)
			}
			checkRetry(t, k, digest, wide(s, nonce))
		})
	})
}

// checkRetry checks that no signature is made of the nonces in bad, and that
// a good one after them is used.
func checkRetry(t *testing.T, k *gost.PrivateKey, digest, bad []byte) {
	t.Helper()
	if sig, err := k.SignWithNonces(bytes.NewReader(bad), digest); sig != nil || !errors.Is(err, io.EOF) {
		t.Errorf("bad nonces alone: got %x, %v, want the error %v", sig, err, io.EOF)
	}
	good := bytes.Repeat([]byte{0x5a}, 2*k.Curve().Size())
	got, err := k.SignWithNonces(bytes.NewReader(slices.Concat(bad, good)), digest)
	if err != nil {
		t.Fatal(err)
	}
	want, err := k.SignWithNonces(bytes.NewReader(good), digest)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	if !gost.Verify(k.PublicKey(), digest, got) {
		t.Error("signature is refused")
	}
}

// Keys at the ends of the range sign like any other.
func TestSignEdgeKeys(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		for _, d := range []*big.Int{big.NewInt(1), new(big.Int).Sub(s.Q, big.NewInt(1))} {
			k, err := gost.NewPrivateKey(c, s.Octets(d))
			if err != nil {
				t.Fatal(err)
			}
			digest := streebogOf(c, []byte("edge"))
			sig, err := k.Sign(nil, digest, nil)
			if err != nil {
				t.Fatal(err)
			}
			if !gost.Verify(k.PublicKey(), digest, sig) {
				t.Errorf("d = %x: signature is refused", d)
			}
		}
	})
}

// A source that repeats itself repeats a signature of the same digest under
// the same key, and never the point of another.
func TestNoncesAreHedged(t *testing.T) {
	c := gost.TC26B256()
	k, other := generate(t, c, 1), generate(t, c, 2)
	renamed, err := gost.NewPrivateKey(gost.CryptoProA(), k.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	d1, d2 := streebogOf(c, []byte("1")), streebogOf(c, []byte("2"))
	seen := map[string]string{}
	for _, tc := range []struct {
		name   string
		key    *gost.PrivateKey
		digest []byte
		source io.Reader
	}{
		{"first", k, d1, bytes.NewReader(make([]byte, 32))},
		{"other digest", k, d2, bytes.NewReader(make([]byte, 32))},
		{"other key", other, d1, bytes.NewReader(make([]byte, 32))},
		{"other set", renamed, d1, bytes.NewReader(make([]byte, 32))},
		{"other source", k, d1, bytes.NewReader(bytes.Repeat([]byte{1}, 32))},
		{"default source", k, d1, nil},
		{"default source again", k, d1, nil},
	} {
		sig, err := tc.key.Sign(tc.source, tc.digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		r := string(sig[32:])
		if before, ok := seen[r]; ok {
			t.Errorf("%s: the same r as %s", tc.name, before)
		}
		seen[r] = tc.name
	}
}

// hashed is a crypto.SignerOpts of its own type, without a hash function.
type hashed struct{}

func (hashed) HashFunc() crypto.Hash { return 0 }

func TestSignOptions(t *testing.T) {
	k := generate(t, gost.TC26A256(), 1)
	for _, tc := range []struct {
		name string
		opts crypto.SignerOpts
		ok   bool
	}{
		{"nil", nil, true},
		{"no hash", crypto.Hash(0), true},
		{"own type", hashed{}, true},
		{"SHA-256", crypto.SHA256, false},
	} {
		if sig, err := k.Sign(nil, make([]byte, 32), tc.opts); (err == nil) != tc.ok || (sig != nil) != tc.ok {
			t.Errorf("%s: Sign: got %v, want success %v", tc.name, err, tc.ok)
		}
		if sig, err := k.SignMessage(nil, []byte("m"), tc.opts); (err == nil) != tc.ok || (sig != nil) != tc.ok {
			t.Errorf("%s: SignMessage: got %v, want success %v", tc.name, err, tc.ok)
		}
	}
}

func TestSignErrors(t *testing.T) {
	broken := errors.New("broken source")
	k := generate(t, gost.TC26A512(), 1)
	for _, size := range []int{0, 32, 63, 65} {
		if sig, err := k.Sign(nil, make([]byte, size), nil); sig != nil || err == nil {
			t.Errorf("digest of %d octets: got %x, want an error", size, sig)
		}
	}
	if sig, err := k.Sign(iotest.ErrReader(broken), make([]byte, 64), nil); sig != nil || !errors.Is(err, broken) {
		t.Errorf("broken source: got %x, %v, want the error %v", sig, err, broken)
	}
	if sig, err := k.SignMessage(bytes.NewReader(make([]byte, 63)), nil, nil); sig != nil || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("short source: got %x, %v, want the error %v", sig, err, io.ErrUnexpectedEOF)
	}
}

// Sign and Verify leave what they are given as it was.
func TestArgumentsAreKept(t *testing.T) {
	k := generate(t, gost.TC26A256(), 1)
	digest := streebogOf(k.Curve(), nil)
	kept := bytes.Clone(digest)
	sig, err := k.Sign(nil, digest, nil)
	if err != nil {
		t.Fatal(err)
	}
	keptSig := bytes.Clone(sig)
	gost.Verify(k.PublicKey(), digest, sig)
	if !bytes.Equal(digest, kept) || !bytes.Equal(sig, keptSig) {
		t.Error("digest or signature has changed")
	}
}

// One key and one curve serve many goroutines.
func TestConcurrency(t *testing.T) {
	for _, c := range []*gost.Curve{gost.TC26A256(), gost.TC26A512()} {
		k := generate(t, c, 1)
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for i := range 8 {
			wg.Go(func() {
				msg := fmt.Appendf(nil, "message %d", i)
				sig, err := k.SignMessage(nil, msg, nil)
				if err == nil && !gost.Verify(k.PublicKey(), streebogOf(c, msg), sig) {
					err = fmt.Errorf("signature %d is refused", i)
				}
				errs <- err
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			if err != nil {
				t.Errorf("%s: %v", c.Name(), err)
			}
		}
	}
}
