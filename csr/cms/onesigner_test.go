package cms_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/oid"
)

// TestVerifySigner judges two signers one by one, of whom only one is trusted.
func TestVerifySigner(t *testing.T) {
	as := csr.Standard()
	all := keys(t)
	one, two := selfSigned(t, as, all["256-A"], 1), selfSigned(t, as, all["512-A"], 2)
	raw, err := cms.Sign(as, all["256-A"], one, cms.Options{At: time.Now(), Detached: true}, document)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err = sd.Cosign(all["512-A"], two, cms.Options{At: time.Now()}, document); err != nil {
		t.Fatal(err)
	}
	stamp := cms.Attribute{Type: oid.SignatureTimeStamp, Values: []byte{5, 0}}
	if raw, err = cms.AddUnsigned(raw, 1, stamp); err != nil {
		t.Fatal(err)
	}
	if sd, err = cms.Parse(as, raw); err != nil {
		t.Fatal(err)
	}
	with := csr.Chain{Anchors: []*csr.Certificate{two}, At: time.Now()}
	trusted := 0
	for i, signature := range sd.Signatures() {
		s, err := sd.VerifySigner(i, document, with)
		switch {
		case err == nil:
			trusted++
			if !bytes.Equal(s.Certificate.Raw, two.Raw) || !bytes.Equal(s.Signature, signature) {
				t.Errorf("signer %d: got %s", i+1, s.Certificate.Subject)
			}
		case !errors.Is(err, csr.ErrNoIssuer):
			t.Errorf("signer %d: got %v", i+1, err)
		}
		if got := sd.Unsigned(i); len(got) != i || i == 1 && !got[0].Type.Equal(oid.SignatureTimeStamp) {
			t.Errorf("signer %d: got attributes %v", i+1, got)
		}
	}
	if trusted != 1 {
		t.Errorf("%d signers verify, want one", trusted)
	}
	if _, err := sd.Verify(document, with); err == nil {
		t.Error("the message verifies as a whole")
	}
	for _, i := range []int{-1, 2} {
		if _, err := sd.VerifySigner(i, document, with); err == nil || sd.Unsigned(i) != nil {
			t.Errorf("there is a signer %d", i)
		}
	}
}
