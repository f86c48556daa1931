package pfx_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pfx"
)

// seq is a SEQUENCE of elements; explicit is one under [0].
func seq(elements ...[]byte) []byte { return tagged(der.Sequence, elements...) }

func explicit(elements ...[]byte) []byte { return tagged(der.ContextCons(0), elements...) }

func octets(content []byte) []byte { return tagged(der.OctetString, content) }

func tagged(tag der.Tag, elements ...[]byte) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(bytes.Join(elements, nil)) })
	})
}

func number(n int64) []byte { return der.Marshal(func(b *der.Builder) { b.AddASN1Int64(n) }) }

func object(id asn1.ObjectIdentifier) []byte {
	return der.Marshal(func(b *der.Builder) { b.AddASN1ObjectIdentifier(id) })
}

// unsealed is a file without a MAC, of these bags.
func unsealed(bags ...[]byte) []byte {
	return seq(number(3), seq(object(oid.Data), explicit(octets(seq(seq(object(oid.Data), explicit(octets(seq(bags...)))))))))
}

// bagType is a type of bag of PKCS #12.
func bagType(n int) []byte {
	return object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 10, 1, n})
}

// shrouded is a bag with an encrypted key under an algorithm.
func shrouded(algorithm ...[]byte) []byte {
	return seq(bagType(2), explicit(seq(seq(algorithm...), octets(make([]byte, 48)))))
}

// pbes2 is PBES2 with PBKDF2 of so many iterations and a PRF.
func pbes2(iterations int64, prf asn1.ObjectIdentifier, scheme ...[]byte) []byte {
	return shrouded(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13}), seq(
		seq(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}), seq(octets([]byte("saltsalt")), number(iterations), seq(object(prf)))),
		seq(scheme...)))
}

// TestHostile: files that ask for much, or have what is not read, are refused
// at once and by name.
func TestHostile(t *testing.T) {
	kuznyechik := [][]byte{object(oid.KuznyechikCTRACPKM), seq(octets(make([]byte, 16)))}
	mac := func(iterations int64, hash asn1.ObjectIdentifier, size int) []byte {
		return seq(number(3), seq(object(oid.Data), explicit(octets(seq()))), seq(seq(seq(object(hash)), octets(make([]byte, size))), octets([]byte("salt")), number(iterations)))
	}
	deep := []byte{}
	for range 6 {
		deep = seq(bagType(6), explicit(seq(deep)))
	}
	for what, c := range map[string]struct {
		file []byte
		want error
		text string
	}{
		"nothing":              {nil, pfx.ErrFormat, ""},
		"cut":                  {[]byte{0x30, 0x82, 0x06}, pfx.ErrFormat, ""},
		"version":              {seq(number(4)), pfx.ErrFormat, "version"},
		"signed":               {seq(number(3), seq(object(oid.SignedData), explicit(seq()))), token.Unsupported, "signed"},
		"iterations":           {unsealed(pbes2(1<<40, oid.HMACStreebog512, kuznyechik...)), token.Unsupported, "iterations"},
		"no iterations":        {unsealed(pbes2(0, oid.HMACStreebog512, kuznyechik...)), pfx.ErrFormat, "iterations"},
		"less than none":       {unsealed(pbes2(-1, oid.HMACStreebog512, kuznyechik...)), pfx.ErrFormat, "iterations"},
		"iterations, old":      {unsealed(shrouded(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}), seq(octets([]byte("salt")), number(1<<31)))), token.Unsupported, "iterations"},
		"iterations, MAC":      {mac(1<<31, oid.Streebog512, 64), token.Unsupported, "iterations"},
		"iterations, old MAC":  {mac(1<<31, oid.SHA256, 32), token.Unsupported, "iterations"},
		"iterations, GOST-94":  {mac(900_000, oid.GOST3411_94, 32), token.Unsupported, "iterations"},
		"a short MAC":          {mac(2000, oid.Streebog512, 4), pfx.ErrFormat, "MacData"},
		"another MAC":          {mac(2000, oid.GOST3410_256, 32), token.Unsupported, "1.2.643.7.1.1.1.1"},
		"PBMAC1":               {mac(2000, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 14}, 32), token.Unsupported, "PBMAC1"},
		"another PRF":          {unsealed(pbes2(2000, oid.Streebog512, kuznyechik...)), token.Unsupported, "PRF"},
		"another cipher":       {unsealed(pbes2(2000, oid.HMACStreebog512, object(oid.Streebog512))), token.Unsupported, "1.2.643.7.1.1.2.3"},
		"a short ukm":          {unsealed(pbes2(2000, oid.HMACStreebog512, kuznyechik[0], seq(octets(make([]byte, 15))))), pfx.ErrFormat, "cipher"},
		"CryptoPro's own":      {unsealed(shrouded(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 80}), seq(octets([]byte("salt")), number(2000)))), token.Unsupported, "1.2.840.113549.1.12.1.80"},
		"RC4":                  {unsealed(shrouded(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 1}), seq(octets([]byte("salt")), number(2000)))), token.Unsupported, "1.2.840.113549.1.12.1.1"},
		"bags in bags":         {unsealed(deep), pfx.ErrFormat, "deep"},
		"many bags":            {unsealed(bytes.Repeat(seq(bagType(4), explicit(seq())), 1001)), pfx.ErrFormat, "many"},
		"another bag":          {unsealed(seq(bagType(9), explicit(seq()))), pfx.ErrFormat, "1.2.840.113549.1.12.10.1.9"},
		"a wrong password":     {unsealed(pbes2(2000, oid.HMACStreebog512, kuznyechik...)), pfx.ErrPassword, ""},
		"no certificate":       {unsealed(seq(bagType(3), explicit(seq(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}), explicit(octets([]byte("octets"))))))), pfx.ErrFormat, "a certificate"},
		"what is no key":       {unsealed(seq(bagType(1), explicit(seq(number(0))))), pfx.ErrFormat, "private key"},
		"octets after the end": {append(unsealed(), 0), pfx.ErrFormat, ""},
	} {
		got, err := pfx.Parse(c.file, password)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) || got != nil {
			t.Errorf("%s: got %v, %v, want %v: %s", what, got, err, c.want, c.text)
		}
	}
}

// TestFindings: what is read all the same is told.
func TestFindings(t *testing.T) {
	other := seq(bagType(4), explicit(seq()))
	attribute := func(id asn1.ObjectIdentifier, value []byte) []byte {
		return seq(object(id), tagged(der.Set, value))
	}
	friendly, local := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 20}, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 21}
	certificate := func(attributes ...[]byte) []byte {
		return seq(bagType(3), explicit(seq(object(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 22, 1}), explicit(octets(seq())))), tagged(der.Set, attributes...))
	}
	x25519 := seq(bagType(1), explicit(seq(number(0), seq(object(asn1.ObjectIdentifier{1, 3, 101, 110})), octets(octets(make([]byte, 32))))))
	for what, c := range map[string]struct {
		file []byte
		want []pfx.Finding
	}{
		"an empty file":    {unsealed(), []pfx.Finding{pfx.NoMAC}},
		"a CRL":            {unsealed(other), []pfx.Finding{pfx.NoMAC, pfx.OtherBag}},
		"another key":      {unsealed(x25519), []pfx.Finding{pfx.NoMAC, pfx.PlainKey, pfx.OtherKey}},
		"two names":        {unsealed(certificate(attribute(friendly, tagged(der.BMPString, []byte("\x00a"))), attribute(friendly, tagged(der.BMPString, []byte("\x00b"))))), []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate, pfx.BadAttribute}},
		"half a character": {unsealed(certificate(attribute(friendly, tagged(der.BMPString, []byte("a"))))), []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate, pfx.BadAttribute}},
		"an empty ID":      {unsealed(certificate(attribute(local, octets(nil)))), []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate, pfx.BadAttribute}},
		"no attribute":     {unsealed(certificate(number(1))), []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate, pfx.BadAttribute}},
		"another one":      {unsealed(certificate(attribute(oid.SigningTime, number(1)))), []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate, pfx.OtherAttribute}},
	} {
		got, err := pfx.Parse(c.file, password)
		if err != nil || !slices.Equal(got.Findings, c.want) {
			t.Errorf("%s: got %v, %v, want %v", what, got, err, c.want)
		}
	}
	// What would be lost is not written over.
	for _, file := range [][]byte{unsealed(other), unsealed(x25519), unsealed(certificate(attribute(oid.SigningTime, number(1))))} {
		d := stick(t)
		d.Put(path, file)
		if _, err := openOn(t, d, nil).Generate(t.Context(), token.Spec{Algorithm: "256-A"}); !errors.Is(err, token.Unsupported) || d.Files()[path] != string(file) {
			t.Errorf("got %v, want Unsupported", err)
		}
	}
}

// TestBER opens a file in BER: indefinite lengths, and strings in segments, as
// Windows writes them.
func TestBER(t *testing.T) {
	key := gostKey(t)
	file, err := pfx.Marshal(&pfx.Contents{Keys: []pfx.Key{{Private: key}}}, password, pfx.Options{Iterations: few})
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Version int
		Safe    struct {
			Type    asn1.ObjectIdentifier
			Content []byte `asn1:"explicit,tag:0"`
		}
		MAC asn1.RawValue
	}
	if _, err := asn1.Unmarshal(file, &whole); err != nil {
		t.Fatal(err)
	}
	indefinite := func(tag byte, parts ...[]byte) []byte {
		return slices.Concat([]byte{tag, 0x80}, bytes.Join(parts, nil), []byte{0, 0})
	}
	safe := whole.Safe.Content
	ber := indefinite(0x30, number(3),
		indefinite(0x30, object(oid.Data), indefinite(0xa0, indefinite(0x24, octets(safe[:100]), octets(safe[100:])))),
		whole.MAC.FullBytes)
	got, err := pfx.Parse(ber, password)
	if err != nil || len(got.Keys) != 1 || !slices.Equal(got.Findings, []pfx.Finding{pfx.NotDER}) {
		t.Fatalf("got %v, %v", got, err)
	}
	sameKey(t, got.Keys[0].Private, key.Public())
}
