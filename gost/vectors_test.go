package gost_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/internal/der"
)

// octets is a field of hexadecimal digits in a JSON file.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

func readJSON(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// example is an example of GOST R 34.10-2012: numbers, big-endian.
type example struct {
	Source, Curve             string
	D, E, K, QX, QY, R, S     octets
	digest, nonce, raw, sigSR []byte // in the order of this package
}

func examples(t *testing.T) []example {
	var es []example
	readJSON(t, "testdata/rfc7091/examples.json", &es)
	for i := range es {
		e := &es[i]
		e.digest = reversed(e.E)
		e.nonce = append(reversed(e.K), make([]byte, len(e.K))...)
		e.raw = slices.Concat(reversed(e.QX), reversed(e.QY))
		e.sigSR = slices.Concat(e.S, e.R)
	}
	return es
}

func TestExamplesOfTheStandard(t *testing.T) {
	for _, e := range examples(t) {
		t.Run(e.Source, func(t *testing.T) {
			c := curveNamed(t, e.Curve)
			k, err := gost.NewPrivateKey(c, reversed(e.D))
			if err != nil {
				t.Fatal(err)
			}
			if got := k.PublicKey().Bytes(); !bytes.Equal(got, e.raw) {
				t.Errorf("public key: got %x, want %x", got, e.raw)
			}
			got, err := k.SignWithNonces(bytes.NewReader(e.nonce), e.digest)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, e.sigSR) {
				t.Errorf("signature: got %x, want %x", got, e.sigSR)
			}
			if !gost.Verify(k.PublicKey(), e.digest, e.sigSR) {
				t.Error("signature is refused")
			}
		})
	}
}

// The requests, certificates and revocation lists of RFC 9215, appendix D.
func TestRFC9215(t *testing.T) {
	var keys []struct {
		Source, Curve string
		D, X, Y       octets
		Objects       []struct {
			Kind      string
			DER       octets
			TBSDigest octets `json:"tbs_digest"`
			Signature octets
		}
	}
	readJSON(t, "testdata/rfc9215/appendix_d.json", &keys)
	nonces := map[string][]byte{} // known where the key is that of an example
	for _, e := range examples(t) {
		nonces[e.Curve] = e.nonce
	}
	objects := 0
	for _, v := range keys {
		c := curveNamed(t, v.Curve)
		k, err := gost.NewPrivateKey(c, reversed(v.D))
		if err != nil {
			t.Fatal(err)
		}
		pub, err := gost.NewPublicKey(c, slices.Concat(reversed(v.X), reversed(v.Y)))
		if err != nil {
			t.Fatal(err)
		}
		if !k.PublicKey().Equal(pub) {
			t.Errorf("%s: keys do not belong together", v.Source)
		}
		for _, o := range v.Objects {
			objects++
			t.Run(v.Source+"/"+o.Kind, func(t *testing.T) {
				tbs, sig := splitSigned(t, o.DER)
				if digest := streebogOf(c, tbs); !bytes.Equal(digest, o.TBSDigest) {
					t.Errorf("digest: got %x, want %x", digest, o.TBSDigest)
				}
				if !bytes.Equal(sig, o.Signature) {
					t.Errorf("signature in the object: got %x, want %x", sig, o.Signature)
				}
				if !gost.Verify(pub, o.TBSDigest, sig) {
					t.Error("signature is refused")
				}
				if gost.Verify(pub, reversed(o.TBSDigest), sig) {
					t.Error("signature of the reversed digest is accepted")
				}
				if nonce, ok := nonces[v.Curve]; ok {
					if got, err := k.SignWithNonces(bytes.NewReader(nonce), o.TBSDigest); err != nil || !bytes.Equal(got, sig) {
						t.Errorf("signature with the k of the standard: got %x, %v, want %x", got, err, sig)
					}
				}
				if info := gost.MarshalPKIXPublicKeyStrict(pub); o.Kind != "x509_crl" && !bytes.Contains(o.DER, info) {
					t.Errorf("the object does not contain our SubjectPublicKeyInfo %x", info)
				}
			})
		}
	}
	if objects != 9 {
		t.Errorf("got %d objects, want 9", objects)
	}
}

// splitSigned returns the signed part, as it stands, and the signature of a
// request, certificate or revocation list.
func splitSigned(t *testing.T, raw []byte) (tbs, sig []byte) {
	t.Helper()
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		t.Fatal("not a SEQUENCE")
	}
	if tbs, ok = der.ReadRaw(&body, der.Sequence); !ok {
		t.Fatal("no signed part")
	}
	if _, ok = der.ReadAlgorithm(&body); !ok {
		t.Fatal("no algorithm")
	}
	if sig, ok = der.ReadBits(&body); !ok {
		t.Fatal("no signature")
	}
	return tbs, sig
}

// Sets that share their numbers accept each other's signatures.
func TestSharedCurves(t *testing.T) {
	for _, sets := range [][]*gost.Curve{
		{gost.TC26B256(), gost.CryptoProA(), gost.CryptoProXchA()},
		{gost.TC26C256(), gost.CryptoProB()},
		{gost.TC26D256(), gost.CryptoProC(), gost.CryptoProXchB()},
	} {
		k := generate(t, sets[0], 1)
		digest := streebogOf(sets[0], []byte("shared"))
		sig, err := k.Sign(nil, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range sets[1:] {
			pub, err := gost.NewPublicKey(c, k.PublicKey().Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if !gost.Verify(pub, digest, sig) {
				t.Errorf("%s refuses a signature of %s", c.Name(), sets[0].Name())
			}
			if oracle.Named(c.Name()).P.Cmp(oracle.Named(sets[0].Name()).P) != 0 {
				t.Errorf("%s and %s differ in the oracle", c.Name(), sets[0].Name())
			}
		}
	}
}
