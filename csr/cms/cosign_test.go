package cms_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TestCosign lets one key of every kind sign the same document one after the
// other, with the content carried and not.
func TestCosign(t *testing.T) {
	as := csr.Standard()
	all := keys(t)
	order := []string{"256-A", "512-A", "RSA", "CryptoPro-C", "P-384", "Ed25519", "256-A"}
	at := time.Now().Truncate(time.Second)
	for _, detached := range []bool{true, false} {
		var content []byte
		if detached {
			content = document
		}
		var anchors []*csr.Certificate
		var before [][]byte
		var raw []byte
		for i, what := range order {
			cert := named(t, as, all[what], what, int64(i+1))
			anchors = append(anchors, cert)
			o := cms.Options{Detached: detached, At: at.Add(time.Duration(i) * time.Second), Chain: anchors}
			if i == 0 {
				var err error
				if raw, err = cms.Sign(as, all[what], cert, o, document); err != nil {
					t.Fatal(err)
				}
			} else {
				sd, err := cms.Parse(as, raw)
				if err != nil {
					t.Fatal(err)
				}
				before = sd.Signatures()
				untouched := bytes.Clone(raw)
				if raw, err = sd.Cosign(all[what], cert, o, content); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if !bytes.Equal(sd.Raw, untouched) || len(sd.Signatures()) != i {
					t.Error("the message that was cosigned has changed")
				}
			}
			sd, err := cms.Parse(as, raw)
			if err != nil {
				t.Fatal(err)
			}
			signers, err := sd.Verify(content, csr.Chain{Anchors: anchors, At: at})
			if err != nil || len(signers) != i+1 || len(sd.Certificates) != i+1 {
				t.Fatalf("%s: got %d signers and %d certificates, %v; want %d", what, len(signers), len(sd.Certificates), err, i+1)
			}
			for _, s := range before {
				found := false
				for _, now := range sd.Signatures() {
					found = found || bytes.Equal(s, now)
				}
				if !found {
					t.Errorf("%s: a signature of before is gone", what)
				}
			}
		}
	}
}

// TestCosignKeeps checks that every element of the message is in the new one.
func TestCosignKeeps(t *testing.T) {
	as := csr.Standard()
	key, second := keys(t)["CryptoPro-A"], keys(t)["256-A"]
	cert, other := selfSigned(t, as, key, 1), named(t, as, second, "second", 2)
	f := forge(t, as, key, cert, document)
	f.digests = element(der.Set, algorithmID(oid.Streebog256, 5, 0))
	crl := element(der.Sequence, integer(1))
	f.crls = element(der.ContextCons(1), crl, element(der.ContextCons(1), []byte{5, 0}))
	unknown := attributeOf(der.OID{1, 2, 3}, []byte{5, 0})
	f.signers[0].unsigned = element(der.ContextCons(1), unknown)
	before := f.signers[0].write(t, f)
	f.signers[0].signature = nil
	raw := f.write(t)
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(sd.CRLs) != 1 || !bytes.Equal(sd.CRLs[0], crl) {
		t.Errorf("got CRLs %x, want %x", sd.CRLs, crl)
	}
	both, err := sd.Cosign(second, other, cms.Options{At: time.Now()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	head := before[:len(before)-len(element(der.ContextCons(1), unknown))-66]
	for what, part := range map[string][]byte{
		"digestAlgorithms": f.digests, "crls": f.crls, "the certificate": cert.Raw,
		"the first signer": head[4:], "his unsigned attribute": unknown, "the content": f.content,
	} {
		if !bytes.Contains(both, part) {
			t.Errorf("%s is not in the message: %x", what, part)
		}
	}
}

func TestCosignRefuses(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	o := cms.Options{Detached: true, At: time.Now()}
	raw, err := cms.Sign(as, key, cert, o, document)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sd.Cosign(key, cert, o, []byte("other")); !errors.Is(err, cms.ErrContent) || got != nil {
		t.Errorf("another content: got %v, want ErrContent", err)
	}
	if got, err := sd.Cosign(key, cert, cms.Options{}, document); err == nil || got != nil {
		t.Error("no signing time: cosigned")
	}
	if got, err := sd.Cosign(failing{key}, cert, o, document); err == nil || got != nil {
		t.Error("a key that fails: cosigned")
	}
	if got, err := sd.Cosign(keys(t)["256-B"], cert, o, document); err == nil || got != nil {
		t.Error("another key: cosigned")
	}
}

// TestContentType signs a content that is no document, as a time-stamp
// authority does.
func TestContentType(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["512-B"]
	cert := selfSigned(t, as, key, 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	o := cms.Options{At: time.Now(), ContentType: oid.TSTInfo}
	raw, err := cms.Sign(as, key, cert, o, document)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if !sd.ContentType.Equal(oid.TSTInfo) || !bytes.Contains(raw, append(integer(3), element(der.Set, algorithmID(oid.Streebog512))...)) {
		t.Errorf("got content type %v, want TSTInfo in version 3: %x", sd.ContentType, raw[:40])
	}
	if _, err := sd.Verify(nil, with); err != nil {
		t.Error(err)
	}
	if raw, err = sd.Cosign(key, cert, cms.Options{At: time.Now()}, nil); err != nil {
		t.Fatal(err)
	}
	if sd, err = cms.Parse(as, raw); err != nil {
		t.Fatal(err)
	}
	if signers, err := sd.Verify(nil, with); err != nil || len(signers) != 2 {
		t.Errorf("cosigned: got %d signers, %v", len(signers), err)
	}
}
