package cms_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TestAddUnsigned adds attributes to each of two signers and reads them again.
func TestAddUnsigned(t *testing.T) {
	as := csr.Standard()
	key, second := keys(t)["256-A"], keys(t)["RSA"]
	cert, other := selfSigned(t, as, key, 1), named(t, as, second, "second", 2)
	with := csr.Chain{Anchors: []*csr.Certificate{cert, other}, At: time.Now()}
	raw, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = sd.Cosign(second, other, cms.Options{At: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	plain, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	z := cms.Attribute{Type: der.OID{1, 2, 9}, Values: integer(1)}
	a := cms.Attribute{Type: der.OID{1, 2, 3}, Values: append(integer(1), integer(2)...)}
	stamp := cms.Attribute{Type: oid.SignatureTimeStamp, Values: []byte{0x30, 0x80, 5, 0, 0, 0}} // in BER
	for _, add := range []struct {
		signer int
		a      cms.Attribute
	}{{1, z}, {0, a}, {1, a}, {1, stamp}, {1, z}} {
		if raw, err = cms.AddUnsigned(raw, add.signer, add.a); err != nil {
			t.Fatal(err)
		}
	}
	if sd, err = cms.Parse(as, raw); err != nil {
		t.Fatal(err)
	}
	signers, err := sd.Verify(nil, with)
	if err != nil {
		t.Fatal(err)
	}
	stamp.Values = []byte{0x30, 2, 5, 0}
	want := [][]cms.Attribute{{a}, {z, z, a, stamp}} // shorter ones come first in DER
	for i, s := range signers {
		if d := cmp.Diff(want[i], s.Unsigned); d != "" {
			t.Errorf("signer %d (-want +got):\n%s", i, d)
		}
		if !bytes.Equal(s.Signature, plain.Signatures()[i]) {
			t.Errorf("signer %d: the signature differs", i)
		}
	}
	// Everything before the signers keeps its octets.
	at := bytes.Index(plain.Raw, cert.Raw)
	if now := bytes.Index(raw, cert.Raw); at < 0 || now < 0 || !bytes.Equal(plain.Raw[at-60:at], raw[now-60:now]) {
		t.Error("the head of the message differs")
	}
}

// TestAddUnsignedKeeps checks the order of attributes that are not in the
// order of DER: what stands there stays.
func TestAddUnsignedKeeps(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	f := forge(t, as, key, cert, document)
	long, short := attributeOf(der.OID{1, 2, 3}, make([]byte, 0), integer(1<<40)), attributeOf(der.OID{1, 2, 3}, integer(1))
	f.signers[0].unsigned = element(der.ContextCons(1), long, short)
	raw, err := cms.AddUnsigned(f.write(t), 0, cms.Attribute{Type: der.OID{1, 2, 3}, Values: integer(1 << 16)})
	if err != nil {
		t.Fatal(err)
	}
	added := attributeOf(der.OID{1, 2, 3}, integer(1<<16))
	if want := element(der.ContextCons(1), added, long, short); !bytes.HasSuffix(raw, want) {
		t.Errorf("got …%x, want …%x", raw[len(raw)-len(want):], want)
	}
}

// TestAddUnsignedBER adds an attribute to a message in BER.
func TestAddUnsignedBER(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	raw, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	got, err := cms.AddUnsigned(indefinite(raw), 0, cms.Attribute{Type: der.OID{1, 2, 3}, Values: integer(1)})
	if err != nil {
		t.Fatal(err)
	}
	want, err := cms.AddUnsigned(raw, 0, cms.Attribute{Type: der.OID{1, 2, 3}, Values: integer(1)})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestAddUnsignedRefuses(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	good, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	f := forge(t, as, key, cert, document)
	f.signers[0].version = 2
	broken := f.write(t)
	null := cms.Attribute{Type: der.OID{1, 2, 3}, Values: []byte{5, 0}}
	for what, c := range map[string]struct {
		raw    []byte
		signer int
		a      cms.Attribute
		want   string
	}{
		"no message":          {document, 0, null, ""},
		"nobody":              {cms.Bundle(cert), 0, null, "signer 1 of 0"},
		"signer 2 of one":     {good, 1, null, "signer 2 of 1"},
		"a negative signer":   {good, -1, null, "signer 0 of 1"},
		"a broken signer":     {broken, 0, null, "SignerInfo of version 2"},
		"a type that is none": {good, 0, cms.Attribute{Type: der.OID{9, 9}, Values: []byte{5, 0}}, "attribute type: 9.9 is no object identifier"},
		"no type":             {good, 0, cms.Attribute{Values: []byte{5, 0}}, "is no object identifier"},
		"no values":           {good, 0, cms.Attribute{Type: null.Type}, "no values, or too many"},
		"values cut":          {good, 0, cms.Attribute{Type: null.Type, Values: []byte{5}}, "cut short"},
		"values that end it":  {good, 0, cms.Attribute{Type: null.Type, Values: []byte{0, 0}}, "end-of-contents where none is due"},
	} {
		raw, err := cms.AddUnsigned(c.raw, c.signer, c.a)
		if raw != nil || err == nil || !strings.HasPrefix(err.Error(), "cms: add an attribute: ") || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: got %v, want …%s", what, err, c.want)
		}
	}
}
