package local_test

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestOpenSSLVerifies has OpenSSL with the GOST engine verify the chain, as
// strictly as it can, and find a forged one out.
func TestOpenSSLVerifies(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for _, curve := range []*gost.Curve{gost.CryptoProA(), gost.TC26A256(), gost.TC26A512()} {
		c := config(t, newKey(t, curve), time.Now())
		cert := submit(t, open(t, c), "order", order(t, 1))
		root := outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, c.Certificate.Raw))
		leaf := outside.File(t, "leaf.pem", csr.EncodePEM(csr.PEMCertificate, cert.Raw))
		if out := openssl.Run("verify", "-x509_strict", "-check_ss_sig", "-CAfile", root, leaf); !strings.Contains(out, "OK") {
			t.Errorf("%s: got %s, want OK", curve.Name(), out)
		}
		cert.Raw[len(cert.Raw)-1] ^= 1
		forged := outside.File(t, "forged.pem", csr.EncodePEM(csr.PEMCertificate, cert.Raw))
		if out, err := openssl.Try("verify", "-CAfile", root, forged); err == nil {
			t.Errorf("%s: got %s for a forged certificate", curve.Name(), out)
		}
	}
}

// TestOpenSSLReadsStates has OpenSSL tell the state of every certificate, from
// the list and from the responder, and agree with us.
func TestOpenSSLReadsStates(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	s := newStates(t, time.Now().Add(-time.Minute))
	server := httptest.NewServer(s.ca.Responder())
	defer server.Close()
	list, err := s.ca.CRL()
	if err != nil {
		t.Fatal(err)
	}
	root := outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, s.config.Certificate.Raw))
	crl := outside.File(t, "list.pem", csr.EncodePEM(csr.PEMCRL, list))
	for name, cert := range s.certs {
		leaf := outside.File(t, "leaf.pem", csr.EncodePEM(csr.PEMCertificate, cert.Raw))
		good := wantState(name) == csr.StatusGood
		out, err := openssl.Try("verify", "-x509_strict", "-crl_check", "-CRLfile", crl, "-CAfile", root, leaf)
		if (err == nil) != good || !good && !strings.Contains(out, "certificate revoked") {
			t.Errorf("%s: by the list: got %s, %v", name, out, err)
		}
		out, err = openssl.Try("ocsp", "-issuer", root, "-CAfile", root, "-cert", leaf, "-url", server.URL)
		told := "leaf.pem: good"
		if !good {
			told = "leaf.pem: revoked"
		}
		if err != nil || !strings.Contains(out, "Response verify OK") || !strings.Contains(out, told) {
			t.Errorf("%s: by the responder: got %s, %v", name, out, err)
		}
		if reason := want[name].Reason.String(); !good && !strings.Contains(out, reason) {
			t.Errorf("%s: got %s, want the reason %s", name, out, reason)
		}
	}
}
