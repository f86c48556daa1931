package gost_test

import (
	"bytes"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
)

// seed adds the files of testdata that match the pattern.
func seed(f *testing.F, pattern string) {
	names, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(names) == 0 {
		f.Fatalf("%s: got %d files, %v", pattern, len(names), err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// A key that is accepted is written and read again as the same key. DER has
// one form for one value, so that an encoding as long as ours can differ from
// it in nothing but the object identifiers, which are not all kept.
func FuzzParsePKIXPublicKey(f *testing.F) {
	seed(f, "openssl/*.spki.der")
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := gost.ParsePKIXPublicKey(raw, allCurves()...)
		if err != nil {
			if k != nil {
				t.Fatal("a key with an error")
			}
			return
		}
		for _, out := range [][]byte{gost.MarshalPKIXPublicKey(k), gost.MarshalPKIXPublicKeyStrict(k)} {
			again, err := gost.ParsePKIXPublicKey(out, k.Curve())
			if err != nil || !again.Equal(k) {
				t.Fatalf("read again: got %v, %v", again, err)
			}
			if end := len(k.Bytes()); len(out) == len(raw) && !bytes.Equal(out[len(out)-end:], raw[len(raw)-end:]) {
				t.Fatalf("written again: got %x, want %x", out, raw)
			}
		}
	})
}

func FuzzParsePKCS8PrivateKey(f *testing.F) {
	seed(f, "openssl/*.pkcs8.der")
	seed(f, "openssl/*.nested.der")
	k, err := gost.ParsePKCS8PrivateKey(readFile(f, "testdata/openssl/256-A.pkcs8.der"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(pkcs8(0, algorithmOf(k.Curve()), integer(k.Bytes())))
	f.Add(pkcs8(0, algorithmOf(k.Curve()), append(k.Bytes(), k.Bytes()...)))
	f.Add(pkcs8(0, algorithmOf(k.Curve()), sequence(octetString(k.Bytes()), octetString(k.PublicKey().Bytes())), 0xa0, 0))
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := gost.ParsePKCS8PrivateKey(raw, allCurves()...)
		if err != nil {
			if k != nil {
				t.Fatal("a key with an error")
			}
			return
		}
		again, err := gost.ParsePKCS8PrivateKey(gost.MarshalPKCS8PrivateKey(k), k.Curve())
		if err != nil || !again.Equal(k) || !again.PublicKey().Equal(k.PublicKey()) {
			t.Fatalf("read again: got %v, %v", again, err)
		}
	})
}

// Verify answers for any octets, and no signature but the one made passes, for
// no digest but one that is the same number modulo q.
func FuzzVerify(f *testing.F) {
	var keys []*gost.PublicKey
	var digests, sigs [][]byte
	for i, c := range allCurves() {
		k := generate(f, c, 1)
		digest := streebogOf(c, []byte("fuzz"))
		sig, err := k.Sign(bytes.NewReader(make([]byte, c.Size())), digest, nil)
		if err != nil {
			f.Fatal(err)
		}
		keys, digests, sigs = append(keys, k.PublicKey()), append(digests, digest), append(sigs, sig)
		f.Add(uint(i), digest, sig)
	}
	f.Fuzz(func(t *testing.T, i uint, digest, sig []byte) {
		i %= uint(len(keys))
		got := gost.Verify(keys[i], digest, sig)
		set := oracle.Named(keys[i].Curve().Name())
		want := false
		for j, other := range keys {
			// Keys are made of the same octets, so that sets of the same numbers
			// under different names have the same key: what one has signed, the
			// others verify.
			difference := new(big.Int).Sub(oracle.Number(digest), oracle.Number(digests[j]))
			sameDigest := len(digest) == set.Size && difference.Mod(difference, set.Q).Sign() == 0
			want = want || sameDigest && bytes.Equal(other.Bytes(), keys[i].Bytes()) && bytes.Equal(sig, sigs[j])
		}
		if got != want {
			t.Errorf("%s: digest %x, signature %x: got %v, want %v", keys[i].Curve().Name(), digest, sig, got, want)
		}
	})
}
