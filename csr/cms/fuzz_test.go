package cms_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
)

// seeds are messages of all kinds, small and good.
func seeds(f *testing.F) {
	f.Helper()
	as := csr.Standard()
	f.Add(read(f, "signed_a111.pem", "CMS"))
	for what, key := range keys(f) {
		cert := selfSigned(f, as, key, 1)
		raw, err := cms.Sign(as, key, cert, cms.Options{At: time.Now(), Detached: what == "256-A"}, document)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(cms.Bundle(cert))
		if what == "512-A" {
			f.Add(indefinite(raw))
		}
	}
	key := keys(f)["CryptoPro-A"]
	cert := selfSigned(f, as, key, 1)
	for _, c := range spoils(cert, key) {
		m := forge(f, as, key, cert, document)
		c.change(m, m.signers[0])
		f.Add(m.write(f))
	}
}

// FuzzParse parses, verifies and rewrites: an attribute added and the message
// read again has the same signatures, certificates and content.
func FuzzParse(f *testing.F) {
	as := csr.Standard()
	seeds(f)
	added := cms.Attribute{Type: der.OID{1, 2, 3}, Values: []byte{5, 0}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		sd, err := cms.Parse(as, raw)
		if (sd == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", sd, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(sd.Raw, raw) {
			t.Fatal("Raw is not what was received")
		}
		if signers, err := sd.Verify(document, csr.Chain{Anchors: sd.Certificates, At: time.Now()}); (signers == nil) != (err != nil) {
			t.Fatalf("got %d signers with error %v", len(signers), err)
		}
		if len(sd.Signatures()) == 0 {
			return
		}
		more, err := cms.AddUnsigned(raw, len(sd.Signatures())-1, added)
		if err != nil {
			t.Fatal(err)
		}
		again, err := cms.Parse(as, more)
		if err != nil {
			t.Fatalf("with an attribute: %v", err)
		}
		if !bytes.Equal(again.Content, sd.Content) || len(again.Certificates) != len(sd.Certificates) || len(again.CRLs) != len(sd.CRLs) {
			t.Fatal("with an attribute: content, certificates or CRLs differ")
		}
		for i, s := range sd.Signatures() {
			if !bytes.Equal(s, again.Signatures()[i]) {
				t.Fatalf("with an attribute: signature %d differs", i)
			}
		}
	})
}

// FuzzParseBundle packs what it reads again: the second time nothing changes.
func FuzzParseBundle(f *testing.F) {
	as := csr.Standard()
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := cms.ParseBundle(as, raw)
		if err != nil {
			if list != nil {
				t.Fatalf("got %d certificates with error %v", len(list), err)
			}
			return
		}
		bundle := cms.Bundle(list...)
		again, err := cms.ParseBundle(as, bundle)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(cms.Bundle(again...), bundle) {
			t.Fatalf("%x bundled again differs", bundle)
		}
	})
}
