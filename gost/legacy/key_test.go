package legacy_test

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/testenv/outside"
)

func readFile(t testing.TB, elem ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// certificate is what a signature is about: the signed part, the key in it and
// the signature.
type certificate struct {
	tbs, keyInfo, sig []byte
	key               *legacy.PublicKey
}

// parseCertificate takes the octets of a certificate apart.
func parseCertificate(raw []byte) (c certificate, err error) {
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return c, fmt.Errorf("not a SEQUENCE")
	}
	var okTBS, okAlg, okSig bool
	var alg der.AlgorithmIdentifier
	c.tbs, okTBS = der.ReadRaw(&body, der.Sequence)
	alg, okAlg = der.ReadAlgorithm(&body)
	c.sig, okSig = der.ReadBits(&body)
	if !okTBS || !okAlg || !okSig || alg.OID.String() != "1.2.643.2.2.3" || !alg.NoParams() {
		return c, fmt.Errorf("not signed with GOST R 34.10-2001")
	}
	tbs, ok := der.ReadWhole(c.tbs, der.Sequence)
	// Version, serial number, algorithm, issuer, validity and subject.
	for range 6 {
		_, _, next := der.ReadAny(&tbs)
		ok = ok && next
	}
	if !ok {
		return c, fmt.Errorf("not a TBSCertificate")
	}
	if c.keyInfo, ok = der.ReadRaw(&tbs, der.Sequence); !ok {
		return c, fmt.Errorf("no SubjectPublicKeyInfo")
	}
	c.key, err = legacy.ParsePKIXPublicKey(c.keyInfo)
	return c, err
}

func readCertificate(t testing.TB, name string) certificate {
	t.Helper()
	block, _ := pem.Decode(readFile(t, "testdata/x509", name+".pem"))
	if block == nil {
		t.Fatalf("%s: not PEM", name)
	}
	c, err := parseCertificate(block.Bytes)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return c
}

// The real certificates verify under the roots, and under nothing else.
func TestCertificates(t *testing.T) {
	issuers := map[string]string{
		"58b615d2af30": "58b615d2af30",
		"aa696c95c934": "aa696c95c934",
		"2b70cecfb5cf": "58b615d2af30",
		"a0d0a616cc89": "58b615d2af30",
		"df18f7cb281d": "58b615d2af30",
		"0ddc5a94d26f": "", // not here
		"b45479d02b72": "",
	}
	roots := map[string]certificate{}
	for _, name := range []string{"58b615d2af30", "aa696c95c934"} {
		roots[name] = readCertificate(t, name)
	}
	for name, issuer := range issuers {
		c := readCertificate(t, name)
		digest := legacy.Sum94(c.tbs)
		for root, r := range roots {
			if got, want := legacy.Verify(r.key, digest[:], c.sig), root == issuer; got != want {
				t.Errorf("%s under %s: got %v, want %v", name, root, got, want)
			}
		}
		if issuer == "" {
			continue
		}
		key := roots[issuer].key
		for _, i := range []int{0, 31, 32, 63} {
			c.sig[i] ^= 1
			if legacy.Verify(key, digest[:], c.sig) {
				t.Errorf("%s: signature with octet %d changed is accepted", name, i)
			}
			c.sig[i] ^= 1
		}
		digest[0] ^= 1
		if legacy.Verify(key, digest[:], c.sig) {
			t.Errorf("%s: signature of another digest is accepted", name)
		}
		digest[0] ^= 1
		for _, n := range []int{0, 31, 33, 64} {
			if legacy.Verify(key, append(digest[:], digest[:]...)[:n], c.sig) {
				t.Errorf("%s: digest of %d octets is accepted", name, n)
			}
		}
		if legacy.Verify(key, digest[:], c.sig[:63]) || legacy.Verify(key, digest[:], append(c.sig, 0)) {
			t.Errorf("%s: signature of a wrong length is accepted", name)
		}
	}
}

func TestPublicKey(t *testing.T) {
	c, other := readCertificate(t, "58b615d2af30"), readCertificate(t, "aa696c95c934")
	again, err := legacy.ParsePKIXPublicKey(c.keyInfo)
	if err != nil {
		t.Fatal(err)
	}
	if !c.key.Equal(again) || c.key.Equal(other.key) || c.key.Equal(nil) {
		t.Error("Equal: a key equals itself alone")
	}
	if got := c.key.Bytes(); !bytes.HasSuffix(c.keyInfo, got) || len(got) != 64 {
		t.Errorf("Bytes: got %x, want the end of %x", got, c.keyInfo)
	}
	if c.key.Curve() != gost.CryptoProA() {
		t.Errorf("Curve: got %s, want CryptoPro-A", c.key.Curve().Name())
	}
	// The same point under the new standard is another type of key.
	same, err := gost.NewPublicKey(c.key.Curve(), c.key.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if c.key.Equal(same) || same.Equal(c.key) {
		t.Error("a key of one standard equals one of the other")
	}
}

// keyInfo writes a SubjectPublicKeyInfo with the identifiers as parameters.
func keyInfo(algorithm der.OID, point []byte, params ...der.OID) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(algorithm)
				if params == nil {
					return
				}
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					for _, p := range params {
						b.AddASN1ObjectIdentifier(p)
					}
				})
			})
			b.AddASN1(der.BitString, func(b *der.Builder) {
				b.AddUint8(0)
				b.AddASN1OctetString(point)
			})
		})
	})
}

var (
	gost2001   = der.OID{1, 2, 643, 2, 2, 19}
	hash94     = der.OID{1, 2, 643, 2, 2, 30, 1}
	cipherA    = der.OID{1, 2, 643, 2, 2, 31, 1}
	hashTest   = der.OID{1, 2, 643, 2, 2, 30, 0}
	cryptoProA = der.OID{1, 2, 643, 2, 2, 35, 1}
)

func TestParsePKIXPublicKey(t *testing.T) {
	for _, c := range []*gost.Curve{gost.CryptoProA(), gost.CryptoProB(), gost.CryptoProC(), gost.CryptoProXchA(), gost.CryptoProXchB(), gost.Test256()} {
		k, err := gost.NewPrivateKey(c, slices.Concat([]byte{7}, make([]byte, 31)))
		if err != nil {
			t.Fatal(err)
		}
		point := k.PublicKey().Bytes()
		for _, params := range [][]der.OID{{c.OID(), hash94}, {c.OID(), hash94, cipherA}} {
			info := keyInfo(gost2001, point, params...)
			pub, err := legacy.ParsePKIXPublicKey(info, c)
			if err != nil {
				t.Fatalf("%s: %v", c.Name(), err)
			}
			if pub.Curve() != c || !bytes.Equal(pub.Bytes(), point) {
				t.Errorf("%s: got %s, %x, want %x", c.Name(), pub.Curve().Name(), pub.Bytes(), point)
			}
			// The set for tests is known by request alone.
			if _, err := legacy.ParsePKIXPublicKey(info); (err == nil) != (c != gost.Test256()) {
				t.Errorf("%s: got %v", c.Name(), err)
			}
		}
	}
}

func TestParsePKIXPublicKeyErrors(t *testing.T) {
	good := readCertificate(t, "58b615d2af30")
	point := good.key.Bytes()
	const malformed = "not a SubjectPublicKeyInfo of GOST R 34.10-2001 in DER"
	const params = "malformed algorithm parameters"
	for _, tc := range []struct {
		name string
		raw  []byte
		want string
	}{
		{"empty", nil, malformed},
		{"short", good.keyInfo[:len(good.keyInfo)-1], malformed},
		{"long", append(bytes.Clone(good.keyInfo), 0), malformed},
		{"no key", der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) { der.AlgorithmIdentifier{OID: gost2001}.Add(b) })
		}), malformed},
		{"no algorithm", []byte{0x30, 0}, malformed},
		{"key of 2012", keyInfo(der.OID{1, 2, 643, 7, 1, 1, 1, 1}, point, cryptoProA, hash94), "algorithm 1.2.643.7.1.1.1.1 is not GOST R 34.10-2001"},
		{"no parameters", keyInfo(gost2001, point), params},
		{"no digest", keyInfo(gost2001, point, cryptoProA), params},
		{"four parameters", keyInfo(gost2001, point, cryptoProA, hash94, cipherA, cipherA), params},
		{"digest for tests", keyInfo(gost2001, point, cryptoProA, hashTest), "unknown digest parameter set 1.2.643.2.2.30.0"},
		{"unknown curve", keyInfo(gost2001, point, cipherA, hash94), "unknown parameter set 1.2.643.2.2.31.1"},
		{"no OCTET STRING", bytes.Replace(good.keyInfo, []byte{0, 4, 0x40}, []byte{0, 5, 0x40}, 1), malformed},
		{"short point", keyInfo(gost2001, point[:63], cryptoProA, hash94), "gost: public key: 63 octets, want 64"},
		{"not on the curve", keyInfo(gost2001, make([]byte, 64), cryptoProA, hash94), "gost: public key: not a point on curve CryptoPro-A"},
	} {
		k, err := legacy.ParsePKIXPublicKey(tc.raw)
		if want := "legacy: parse public key: " + tc.want; k != nil || err == nil || err.Error() != want {
			t.Errorf("%s: got %v, %v, want error %q", tc.name, k, err, want)
		}
	}
	// A curve of 512 bits cannot be of GOST R 34.10-2001.
	info := keyInfo(gost2001, make([]byte, 128), gost.TC26A512().OID(), hash94)
	if k, err := legacy.ParsePKIXPublicKey(info, gost.TC26A512()); k != nil || err == nil {
		t.Errorf("512-A: got %v, %v, want an error", k, err)
	}
}

// A key that is accepted has the octets at the end as its point.
func FuzzParsePKIXPublicKey(f *testing.F) {
	for _, name := range []string{"58b615d2af30", "aa696c95c934", "b45479d02b72"} {
		f.Add(readCertificate(f, name).keyInfo)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		k, err := legacy.ParsePKIXPublicKey(raw)
		if err != nil {
			if k != nil {
				t.Fatal("a key with an error")
			}
			return
		}
		// Written with the set of the cipher or without it, it is the same.
		short := keyInfo(gost2001, k.Bytes(), k.Curve().OID(), hash94)
		if again, err := legacy.ParsePKIXPublicKey(short); err != nil || !again.Equal(k) {
			t.Fatalf("read again: got %v, %v", again, err)
		}
		if len(raw) == len(short) && !bytes.Equal(raw, short) {
			t.Errorf("written again: got %x, want %x", short, raw)
		}
		if !bytes.HasSuffix(raw, k.Bytes()) {
			t.Errorf("got key %x, want the end of %x", k.Bytes(), raw)
		}
	})
}

// Signatures by OpenSSL on every set pass, and not for another message.
func TestOpenSSLVerify(t *testing.T) {
	o := outside.NewOpenSSL(t)
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	msg := []byte("surguch reads what is old")
	file := outside.File(t, "msg", msg)
	for set, curve := range map[string]*gost.Curve{
		"A": gost.CryptoProA(), "B": gost.CryptoProB(), "C": gost.CryptoProC(),
		"XA": gost.CryptoProXchA(), "XB": gost.CryptoProXchB(),
	} {
		o.Run("genpkey", "-algorithm", "gost2001", "-pkeyopt", "paramset:"+set, "-out", path("key.pem"))
		o.Run("pkey", "-in", path("key.pem"), "-pubout", "-outform", "DER", "-out", path("pub.der"))
		o.Run("dgst", "-md_gost94", "-sign", path("key.pem"), "-out", path("sig"), file)
		pub, err := legacy.ParsePKIXPublicKey(readFile(t, dir, "pub.der"))
		if err != nil {
			t.Fatal(err)
		}
		if pub.Curve() != curve {
			t.Errorf("%s: got curve %s, want %s", set, pub.Curve().Name(), curve.Name())
		}
		sig := readFile(t, dir, "sig")
		if digest := legacy.Sum94(msg); !legacy.Verify(pub, digest[:], sig) {
			t.Errorf("%s: signature %x by OpenSSL is refused", set, sig)
		}
		if digest := legacy.Sum94([]byte("another message")); legacy.Verify(pub, digest[:], sig) {
			t.Errorf("%s: signature of another message is accepted", set)
		}
	}
}

// A root of 2012 was signed with its own key.
func Example() {
	raw, err := os.ReadFile("testdata/x509/58b615d2af30.pem")
	if err != nil {
		log.Fatal(err)
	}
	block, _ := pem.Decode(raw)
	c, err := parseCertificate(block.Bytes)
	if err != nil {
		log.Fatal(err)
	}
	pub, err := legacy.ParsePKIXPublicKey(c.keyInfo)
	if err != nil {
		log.Fatal(err)
	}
	digest := legacy.Sum94(c.tbs)
	fmt.Println(pub.Curve().Name(), legacy.Verify(pub, digest[:], c.sig))
	// Output: CryptoPro-A true
}

func ExampleParsePKIXPublicKey() {
	// A key of GOST R 34.10-2012 is for package gost.
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	_, err = legacy.ParsePKIXPublicKey(gost.MarshalPKIXPublicKey(key.PublicKey()))
	fmt.Println(strings.TrimPrefix(err.Error(), "legacy: "))
	// Output: parse public key: algorithm 1.2.643.7.1.1.1.1 is not GOST R 34.10-2001
}
