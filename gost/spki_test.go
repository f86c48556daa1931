package gost_test

import (
	"bytes"
	"encoding/asn1"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

func readFile(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// params writes an AlgorithmIdentifier whose parameters are a SEQUENCE of
// object identifiers.
func params(alg asn1.ObjectIdentifier, ids ...asn1.ObjectIdentifier) der.AlgorithmIdentifier {
	return der.AlgorithmIdentifier{OID: alg, Params: der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, id := range ids {
				b.AddASN1ObjectIdentifier(id)
			}
		})
	})}
}

// spki writes a SubjectPublicKeyInfo with any BIT STRING.
func spki(alg der.AlgorithmIdentifier, bits []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			alg.Add(b)
			b.AddASN1BitString(bits)
		})
	})
}

func element(tag der.Tag, content []byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(content) })
	})
}

func octetString(content []byte) []byte { return element(der.OctetString, content) }

// hasDigest reports whether an encoded key names Streebog in its parameters.
func hasDigest(t *testing.T, raw []byte) bool {
	t.Helper()
	for _, id := range []asn1.ObjectIdentifier{oid.Streebog256, oid.Streebog512} {
		encoded, err := asn1.Marshal(id)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, encoded) {
			return true
		}
	}
	return false
}

func TestPublicKeyRoundTrip(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, _ *oracle.Set) {
		pub := generate(t, c, 1).PublicKey()
		omitted := slices.Contains([]string{"256-B", "256-C", "256-D"}, c.Name())
		required := strings.HasPrefix(c.Name(), "CryptoPro") || c.Name() == "256-Test"
		for _, tc := range []struct {
			name   string
			raw    []byte
			digest bool
		}{
			{"compatible", gost.MarshalPKIXPublicKey(pub), !omitted},
			{"strict", gost.MarshalPKIXPublicKeyStrict(pub), required},
		} {
			if got := hasDigest(t, tc.raw); got != tc.digest {
				t.Errorf("%s: names the digest: got %v, want %v", tc.name, got, tc.digest)
			}
			got, err := gost.ParsePKIXPublicKey(tc.raw, c)
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
			} else if !got.Equal(pub) {
				t.Errorf("%s: another key came back", tc.name)
			}
		}
	})
}

// Keys that OpenSSL wrote: read, compared and written again.
func TestOpenSSLKeys(t *testing.T) {
	message := readFile(t, "testdata/openssl/message.txt")
	for _, c := range gost.Curves() {
		t.Run(c.Name(), func(t *testing.T) {
			public := readFile(t, "testdata/openssl", c.Name()+".spki.der")
			private := readFile(t, "testdata/openssl", c.Name()+".pkcs8.der")
			pub, err := gost.ParsePKIXPublicKey(public)
			if err != nil {
				t.Fatal(err)
			}
			k, err := gost.ParsePKCS8PrivateKey(private)
			if err != nil {
				t.Fatal(err)
			}
			if pub.Curve() != c || k.Curve() != c {
				t.Errorf("curve: got %s and %s", pub.Curve().Name(), k.Curve().Name())
			}
			if !k.PublicKey().Equal(pub) {
				t.Error("keys do not belong together")
			}
			sig := readFile(t, "testdata/openssl", c.Name()+".sig")
			if !gost.Verify(pub, streebogOf(c, message), sig) {
				t.Error("signature is refused")
			}

			// OpenSSL leaves the digest out under these two sets.
			if c == gost.TC26A256() || c == gost.TC26C512() {
				if got := gost.MarshalPKIXPublicKeyStrict(pub); !bytes.Equal(got, public) {
					t.Errorf("strict: got %x, want %x", got, public)
				}
				return
			}
			if got := gost.MarshalPKIXPublicKey(pub); !bytes.Equal(got, public) {
				t.Errorf("public: got %x, want %x", got, public)
			}
			if got := gost.MarshalPKCS8PrivateKey(k); !bytes.Equal(got, private) {
				t.Errorf("private: got %x, want %x", got, private)
			}
		})
	}
}

func TestParsePKIXPublicKeyAccepts(t *testing.T) {
	for _, tc := range []struct {
		name  string
		alg   der.AlgorithmIdentifier
		curve *gost.Curve
	}{
		{"CryptoPro-A without digest", params(oid.GOST3410_256, oid.CurveCryptoProA), gost.CryptoProA()},
		{"256-A with digest", params(oid.GOST3410_256, oid.CurveTC26_256A, oid.Streebog256), gost.TC26A256()},
		{"256-A without digest", params(oid.GOST3410_256, oid.CurveTC26_256A), gost.TC26A256()},
		{"256-B with digest", params(oid.GOST3410_256, oid.CurveTC26_256B, oid.Streebog256), gost.TC26B256()},
		{"256-B without digest", params(oid.GOST3410_256, oid.CurveTC26_256B), gost.TC26B256()},
		{"512-A with digest", params(oid.GOST3410_512, oid.CurveTC26_512A, oid.Streebog512), gost.TC26A512()},
		{"512-A without digest", params(oid.GOST3410_512, oid.CurveTC26_512A), gost.TC26A512()},
		{"agreement of 256 bits", params(oid.GOSTKeyAgreement256, oid.CurveCryptoProXchA, oid.Streebog256), gost.CryptoProXchA()},
		{"agreement of 512 bits", params(oid.GOSTKeyAgreement512, oid.CurveTC26_512C), gost.TC26C512()},
	} {
		pub := generate(t, tc.curve, 1).PublicKey()
		got, err := gost.ParsePKIXPublicKey(spki(tc.alg, octetString(pub.Bytes())))
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
		} else if !got.Equal(pub) {
			t.Errorf("%s: another key came back", tc.name)
		}
	}
}

func TestParsePKIXPublicKeyRefuses(t *testing.T) {
	pub := generate(t, gost.TC26A256(), 1).PublicKey()
	raw := pub.Bytes()
	good := gost.MarshalPKIXPublicKey(pub)
	alg := params(oid.GOST3410_256, oid.CurveTC26_256A)
	point := octetString(raw)
	nested := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			alg.Add(b)
			b.AddASN1BitString(point)
			b.AddASN1(der.Null, func(*der.Builder) {})
		})
	})
	for _, tc := range []struct {
		name string
		raw  []byte
	}{
		{"empty", nil},
		{"truncated", good[:len(good)-1]},
		{"trailing octet", append(bytes.Clone(good), 0)},
		{"trailing element", nested},
		{"not GOST", spki(params(oid.EC, oid.CurveTC26_256A), point)},
		{"GOST signature algorithm", spki(params(oid.GOSTSign256, oid.CurveTC26_256A), point)},
		{"unknown set", spki(params(oid.GOST3410_256, oid.Data), point)},
		{"test set", gost.MarshalPKIXPublicKey(generate(t, gost.Test256(), 1).PublicKey())},
		{"set of 512 bits under an algorithm of 256", spki(params(oid.GOST3410_256, oid.CurveTC26_512A), octetString(generate(t, gost.TC26A512(), 1).PublicKey().Bytes()))},
		{"set of 256 bits under an algorithm of 512", spki(params(oid.GOST3410_512, oid.CurveTC26_256A), point)},
		{"digest of 512 bits", spki(params(oid.GOST3410_256, oid.CurveTC26_256A, oid.Streebog512), point)},
		{"third parameter", spki(params(oid.GOST3410_256, oid.CurveTC26_256A, oid.Streebog256, oid.Data), point)},
		{"empty parameters", spki(params(oid.GOST3410_256), point)},
		{"no parameters", spki(der.AlgorithmIdentifier{OID: oid.GOST3410_256}, point)},
		{"parameters NULL", spki(der.AlgorithmIdentifier{OID: oid.GOST3410_256, Params: []byte{5, 0}}, point)},
		{"no OCTET STRING", spki(alg, raw)},
		{"octet after the OCTET STRING", spki(alg, append(octetString(raw), 0))},
		{"short point", spki(alg, octetString(raw[1:]))},
		{"long point", spki(alg, octetString(append(raw, 0)))},
		{"not on the curve", spki(alg, octetString(reversed(raw)))},
		{"zeros", spki(alg, octetString(make([]byte, 64)))},
	} {
		if k, err := gost.ParsePKIXPublicKey(tc.raw); k != nil || err == nil {
			t.Errorf("%s: got %v, want an error", tc.name, k)
		} else if !strings.HasPrefix(err.Error(), "gost: ") {
			t.Errorf("%s: error %q does not begin with the package", tc.name, err)
		}
	}
}

// Only the sets that the caller names are taken, if he names any.
func TestParseCurves(t *testing.T) {
	a, b, test := generate(t, gost.TC26A256(), 1), generate(t, gost.TC26B256(), 1), generate(t, gost.Test512(), 1)
	for _, tc := range []struct {
		name   string
		key    *gost.PrivateKey
		curves []*gost.Curve
		ok     bool
	}{
		{"any", a, nil, true},
		{"among two", a, []*gost.Curve{gost.TC26B256(), gost.TC26A256()}, true},
		{"not among them", b, []*gost.Curve{gost.TC26A256(), gost.CryptoProA()}, false},
		{"test set unasked", test, nil, false},
		{"test set asked for", test, []*gost.Curve{gost.Test512()}, true},
	} {
		pub, err := gost.ParsePKIXPublicKey(gost.MarshalPKIXPublicKey(tc.key.PublicKey()), tc.curves...)
		if (err == nil) != tc.ok || (pub != nil) != tc.ok {
			t.Errorf("%s: public: got %v, want success %v", tc.name, err, tc.ok)
		}
		k, err := gost.ParsePKCS8PrivateKey(gost.MarshalPKCS8PrivateKey(tc.key), tc.curves...)
		if (err == nil) != tc.ok || (k != nil) != tc.ok {
			t.Errorf("%s: private: got %v, want success %v", tc.name, err, tc.ok)
		}
	}
}
