package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mozilla.org/pkcs7"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
)

// TestPKCS7 holds the package against go.mozilla.org/pkcs7: it verifies what
// we sign with RSA and ECDSA, and reads what we sign with GOST.
func TestPKCS7(t *testing.T) {
	as := csr.Standard()
	for what, key := range keys(t) {
		cert := selfSigned(t, as, key, 1)
		for _, detached := range []bool{true, false} {
			raw, err := cms.Sign(as, key, cert, cms.Options{Detached: detached, At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := pkcs7.Parse(raw)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if detached {
				theirs.Content = document
			}
			if !bytes.Equal(theirs.Content, document) || len(theirs.Certificates) != 1 || !bytes.Equal(theirs.Certificates[0].Raw, cert.Raw) {
				t.Errorf("%s: got content %q and %d certificates", what, theirs.Content, len(theirs.Certificates))
			}
			if what != "RSA" && what != "P-384" {
				continue
			}
			if err := theirs.Verify(); err != nil {
				t.Errorf("%s, detached %v: %v", what, detached, err)
			}
		}
	}
}

// TestFromPKCS7 verifies what it signs.
func TestFromPKCS7(t *testing.T) {
	as := csr.Standard()
	for _, what := range []string{"RSA", "P-384"} {
		for _, digest := range []asn1.ObjectIdentifier{pkcs7.OIDDigestAlgorithmSHA256, pkcs7.OIDDigestAlgorithmSHA384, pkcs7.OIDDigestAlgorithmSHA512} {
			raw, cert := signedByPKCS7(t, as, keys(t)[what], digest)
			signers := verified(t, as, raw, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
			if len(signers) != 1 || signers[0].SignedAt.IsZero() {
				t.Errorf("%s: got %d signers, want one with his time", what, len(signers))
			}
			var types []string
			for _, a := range signers[0].Signed {
				types = append(types, a.Type.String())
			}
			want := []string{"1.2.840.113549.1.9.3", "1.2.840.113549.1.9.5", "1.2.840.113549.1.9.4"}
			if d := cmp.Diff(want, types); d != "" {
				t.Errorf("%s: signed attributes (-want +got):\n%s", what, d)
			}
		}
	}
	// Its default is SHA-1, which is not in our list.
	raw, cert := signedByPKCS7(t, as, keys(t)["RSA"], pkcs7.OIDDigestAlgorithmSHA1)
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := sd.Verify(document, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}); err == nil || got != nil {
		t.Error("a message with SHA-1 verifies")
	}
}

func signedByPKCS7(t testing.TB, as csr.Algorithms, key crypto.Signer, digest asn1.ObjectIdentifier) ([]byte, *csr.Certificate) {
	t.Helper()
	cert := selfSigned(t, as, key, 1)
	plain, err := x509.ParseCertificate(cert.Raw)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := pkcs7.NewSignedData(document)
	if err != nil {
		t.Fatal(err)
	}
	sd.SetDigestAlgorithm(digest)
	if err := sd.AddSigner(plain, key, pkcs7.SignerInfoConfig{}); err != nil {
		t.Fatal(err)
	}
	raw, err := sd.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return raw, cert
}
