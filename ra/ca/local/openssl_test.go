package local_test

import (
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
