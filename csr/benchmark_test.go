package csr_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// benchmarkCertificate is an ordinary certificate of a person over an RSA key,
// which crypto/x509 reads too.
func benchmarkCertificate(b *testing.B, key crypto.Signer) *csr.Certificate {
	root := newRoot(b, "root", 0)
	return root.issue(key, name(b), func(c *csr.CertificateTemplate) {
		cdp, err := csr.NewCRLDistributionPoints("http://ca.example/root.crl")
		if err != nil {
			b.Fatal(err)
		}
		aia, err := csr.NewAuthorityInfoAccess(csr.AccessDescription{Method: csr.AccessCAIssuers, URL: "http://ca.example/root.cer"})
		if err != nil {
			b.Fatal(err)
		}
		c.Extensions = append(c.Extensions, csr.NewKeyUsage(csr.DigitalSignature|csr.ContentCommitment),
			csr.NewExtendedKeyUsage([]int{1, 3, 6, 1, 5, 5, 7, 3, 2}, []int{1, 3, 6, 1, 5, 5, 7, 3, 4}),
			csr.NewCertificatePolicies([]int{1, 2, 643, 100, 113, 1}, []int{1, 2, 643, 100, 113, 2}), cdp, aia)
	})
}

func rsaKey(t testing.TB) *rsa.PrivateKey {
	t.Helper()
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// BenchmarkParseCertificate reads the same RSA certificate here and with
// crypto/x509, and a GOST certificate, whose key is checked to be on its curve.
func BenchmarkParseCertificate(b *testing.B) {
	as := csr.Standard()
	of := benchmarkCertificate(b, rsaKey(b))
	gostCert := benchmarkCertificate(b, newKey(b))
	b.Run("RSA", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := as.ParseCertificate(of.Raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("RSA-crypto-x509", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := x509.ParseCertificate(of.Raw); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("GOST-256", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := as.ParseCertificate(gostCert.Raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkParseRequest reads a request and verifies possession.
func BenchmarkParseRequest(b *testing.B) {
	as := csr.Standard()
	for _, c := range []*gost.Curve{gost.CryptoProA(), gost.TC26A256(), gost.TC26A512()} {
		key, err := gost.GenerateKey(c, nil)
		if err != nil {
			b.Fatal(err)
		}
		der, err := as.Create(key, &csr.Template{Subject: name(b), Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature)}})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := as.Parse(der); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
