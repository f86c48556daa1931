package gost_test

import (
	"bytes"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/internal/oracle"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// pkcs8 writes a PrivateKeyInfo with any privateKey octets and what follows.
func pkcs8(version int64, alg der.AlgorithmIdentifier, private []byte, rest ...byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(version)
			alg.Add(b)
			b.AddASN1OctetString(private)
			b.AddBytes(rest)
		})
	})
}

// algorithmOf returns the AlgorithmIdentifier of keys on c.
func algorithmOf(c *gost.Curve) der.AlgorithmIdentifier {
	if c.Size() == 32 {
		return params(oid.GOST3410_256, c.OID())
	}
	return params(oid.GOST3410_512, c.OID())
}

// integer is an INTEGER with the number whose octets, little-endian, are le.
func integer(le []byte) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1BigInt(oracle.Number(le)) })
}

// mask returns the number d divided by the masks, and then the masks.
func mask(s *oracle.Set, d []byte, masks ...*big.Int) []byte {
	n := oracle.Number(d)
	var tail []byte
	for _, m := range masks {
		n.Mul(n, new(big.Int).ModInverse(m, s.Q)).Mod(n, s.Q)
		tail = append(tail, s.Octets(m)...)
	}
	return append(s.Octets(n), tail...)
}

func sequence(elements ...[]byte) []byte { return element(der.Sequence, slices.Concat(elements...)) }

func TestPrivateKeyForms(t *testing.T) {
	eachCurve(t, func(t *testing.T, c *gost.Curve, s *oracle.Set) {
		k := generate(t, c, 1)
		d, pub := k.Bytes(), k.PublicKey().Bytes()
		alg := algorithmOf(c)
		three, big3 := big.NewInt(3), new(big.Int).Sub(s.Q, big.NewInt(7))
		attributes := element(der.ContextCons(0), sequence([]byte{5, 0}))
		for _, tc := range []struct {
			name string
			raw  []byte
		}{
			{"as written", gost.MarshalPKCS8PrivateKey(k)},
			{"raw", pkcs8(0, alg, d)},
			{"raw with attributes", pkcs8(0, alg, d, attributes...)},
			{"one mask", pkcs8(0, alg, mask(s, d, three))},
			{"three masks", pkcs8(0, alg, mask(s, d, three, big3, big3))},
			{"nested", pkcs8(0, alg, octetString(d))},
			{"integer", pkcs8(0, alg, integer(d))},
			{"pair", pkcs8(0, alg, sequence(octetString(d), octetString(pub)))},
			{"pair with one mask", pkcs8(0, alg, sequence(octetString(mask(s, d, three)), octetString(pub)))},
			{"pair with two masks", pkcs8(0, alg, sequence(octetString(mask(s, d, big3, three)), octetString(pub)), attributes...)},
		} {
			got, err := gost.ParsePKCS8PrivateKey(tc.raw, c)
			if err != nil {
				t.Errorf("%s: %v", tc.name, err)
			} else if !got.Equal(k) || !got.PublicKey().Equal(k.PublicKey()) {
				t.Errorf("%s: another key came back", tc.name)
			}
		}
	})
}

// An INTEGER is as long as its number needs.
func TestPrivateKeyShortInteger(t *testing.T) {
	c := gost.TC26A256()
	for _, d := range []*big.Int{big.NewInt(1), big.NewInt(0x80), new(big.Int).Lsh(big.NewInt(1), 200)} {
		raw := oracle.Octets(d, c.Size())
		k, err := gost.ParsePKCS8PrivateKey(pkcs8(0, algorithmOf(c), integer(raw)))
		if err != nil {
			t.Errorf("%x: %v", d, err)
		} else if !bytes.Equal(k.Bytes(), raw) {
			t.Errorf("%x: got %x, want %x", d, k.Bytes(), raw)
		}
	}
}

// Octets of the length of a number are a number, even where they could be
// read as an INTEGER.
func TestPrivateKeyAmbiguous(t *testing.T) {
	c := gost.CryptoProA()
	content := integer(oracle.Octets(new(big.Int).Lsh(big.NewInt(1), 8*29), c.Size()))
	if len(content) != c.Size() {
		t.Fatalf("INTEGER of %d octets, want %d", len(content), c.Size())
	}
	k, err := gost.ParsePKCS8PrivateKey(pkcs8(0, algorithmOf(c), content))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(k.Bytes(), content) {
		t.Errorf("got %x, want %x", k.Bytes(), content)
	}
}

// The nested form as OpenSSL writes it on request.
func TestOpenSSLNested(t *testing.T) {
	for _, c := range []*gost.Curve{gost.CryptoProA(), gost.TC26A512()} {
		nested, err := gost.ParsePKCS8PrivateKey(readFile(t, "testdata/openssl", c.Name()+".nested.der"))
		if err != nil {
			t.Errorf("%s: %v", c.Name(), err)
			continue
		}
		plain, err := gost.ParsePKCS8PrivateKey(readFile(t, "testdata/openssl", c.Name()+".pkcs8.der"))
		if err != nil {
			t.Fatal(err)
		}
		if !nested.Equal(plain) {
			t.Errorf("%s: another key came back", c.Name())
		}
	}
}

func TestParsePKCS8PrivateKeyRefuses(t *testing.T) {
	c := gost.TC26A256()
	s := oracle.Named("256-A")
	k := generate(t, c, 1)
	d, pub := k.Bytes(), k.PublicKey().Bytes()
	good := gost.MarshalPKCS8PrivateKey(k)
	alg := algorithmOf(c)
	zero, q := make([]byte, 32), s.Octets(s.Q)
	for _, tc := range []struct {
		name string
		raw  []byte
	}{
		{"empty", nil},
		{"truncated", good[:len(good)-1]},
		{"trailing octet", append(bytes.Clone(good), 0)},
		{"a public key", gost.MarshalPKIXPublicKey(k.PublicKey())},
		{"version 1", pkcs8(1, alg, d)},
		{"not GOST", pkcs8(0, params(oid.EC, oid.CurveTC26_256A), d)},
		{"test set", gost.MarshalPKCS8PrivateKey(generate(t, gost.Test256(), 1))},
		{"digest of 512 bits", pkcs8(0, params(oid.GOST3410_256, oid.CurveTC26_256A, oid.Streebog512), d)},
		{"other element after the key", pkcs8(0, alg, d, 5, 0)},
		{"element after the attributes", pkcs8(0, alg, d, 0xa0, 0, 5, 0)},
		{"no octets", pkcs8(0, alg, nil)},
		{"short number", pkcs8(0, alg, d[1:])},
		{"long number", pkcs8(0, alg, append(bytes.Clone(d), 0))},
		{"zero", pkcs8(0, alg, zero)},
		{"q", pkcs8(0, alg, q)},
		{"mask zero", pkcs8(0, alg, slices.Concat(d, zero))},
		{"mask q", pkcs8(0, alg, slices.Concat(d, q))},
		{"nested zero", pkcs8(0, alg, octetString(zero))},
		{"nested q", pkcs8(0, alg, octetString(q))},
		{"nested, short", pkcs8(0, alg, octetString(d[1:]))},
		{"nested, trailing octet", pkcs8(0, alg, append(octetString(d), 0))},
		{"integer zero", pkcs8(0, alg, []byte{2, 1, 0})},
		{"integer negative", pkcs8(0, alg, []byte{2, 1, 0xff})},
		{"integer not minimal", pkcs8(0, alg, []byte{2, 2, 0, 1})},
		{"integer q", pkcs8(0, alg, integer(q))},
		{"integer too long", pkcs8(0, alg, integer(append(make([]byte, 33), 1)))},
		{"integer, trailing octet", pkcs8(0, alg, append(integer(d), 0))},
		{"pair without public key", pkcs8(0, alg, sequence(octetString(d)))},
		{"pair with empty number", pkcs8(0, alg, sequence(octetString(nil), octetString(pub)))},
		{"pair with short number", pkcs8(0, alg, sequence(octetString(d[1:]), octetString(pub)))},
		{"pair with zero", pkcs8(0, alg, sequence(octetString(zero), octetString(pub)))},
		{"pair of strangers", pkcs8(0, alg, sequence(octetString(d), octetString(generate(t, c, 2).PublicKey().Bytes())))},
		{"pair and more", pkcs8(0, alg, sequence(octetString(d), octetString(pub), []byte{5, 0}))},
		{"boolean", pkcs8(0, alg, []byte{1, 1, 0xff})},
	} {
		got, err := gost.ParsePKCS8PrivateKey(tc.raw)
		if got != nil || err == nil {
			t.Errorf("%s: got %v, want an error", tc.name, got)
		} else if !strings.HasPrefix(err.Error(), "gost: ") {
			t.Errorf("%s: error %q does not begin with the package", tc.name, err)
		}
	}
}
