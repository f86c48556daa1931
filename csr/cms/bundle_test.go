package cms_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
)

func TestBundle(t *testing.T) {
	as := csr.Standard()
	var list []*csr.Certificate
	for what, key := range keys(t) {
		list = append(list, named(t, as, key, what, int64(len(list)+1)))
	}
	raw := cms.Bundle(append(list, list[0])...)
	for _, form := range [][]byte{raw, indefinite(raw)} {
		got, err := cms.ParseBundle(as, form)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(list) {
			t.Errorf("got %d certificates, want %d", len(got), len(list))
		}
		if again := cms.Bundle(got...); !bytes.Equal(again, raw) {
			t.Errorf("bundled again: got %x, want %x", again, raw)
		}
		for i, c := range got[1:] {
			if bytes.Compare(got[i].Raw, c.Raw) >= 0 {
				t.Error("the certificates are not in the order of DER")
			}
		}
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if signers, err := sd.Verify([]byte{}, csr.Chain{Anchors: list, At: time.Now()}); !errors.Is(err, cms.ErrNoSigners) || signers != nil {
		t.Errorf("got %v, want ErrNoSigners", err)
	}
	if got, err := cms.ParseBundle(as, cms.Bundle()); err != nil || len(got) != 0 {
		t.Errorf("an empty bundle: got %d certificates, %v", len(got), err)
	}
}

// TestBundleOfOthers passes over certificates of schemes outside the list.
func TestBundleOfOthers(t *testing.T) {
	as := csr.Standard()
	ours, theirs := selfSigned(t, as, keys(t)["256-A"], 1), selfSigned(t, as, keys(t)["RSA"], 2)
	got, err := cms.ParseBundle(as[:2], cms.Bundle(ours, theirs))
	if err != nil || len(got) != 1 || !bytes.Equal(got[0].Raw, ours.Raw) {
		t.Errorf("got %d certificates, %v; want the one of GOST", len(got), err)
	}
}

func TestBundleRefuses(t *testing.T) {
	as := csr.Standard()
	key := keys(t)["256-A"]
	cert := selfSigned(t, as, key, 1)
	signed, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	f := forge(t, as, key, cert, document)
	f.signers = nil
	broken := forge(t, as, key, cert, []byte{})
	broken.signers, broken.certs = nil, element(der.ContextCons(0), element(der.Sequence))
	for what, raw := range map[string][]byte{
		"nothing": nil, "a certificate": cert.Raw, "a signed message": signed,
		"a message with content": f.write(t), "a broken certificate": broken.write(t),
	} {
		if got, err := cms.ParseBundle(as, raw); err == nil || got != nil {
			t.Errorf("%s: got %d certificates, want it refused", what, len(got))
		}
	}
}
