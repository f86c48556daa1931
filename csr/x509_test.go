package csr_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestX509Agrees compares what crypto/x509 reads of certificates made here,
// over a key of every scheme.
func TestX509Agrees(t *testing.T) {
	root := newRoot(t, "root", 3)
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			sameAsX509(t, root.issue(key, name(t), func(c *csr.CertificateTemplate) {
				c.Extensions = append(c.Extensions,
					csr.NewKeyUsage(csr.DigitalSignature|csr.DecipherOnly),
					csr.NewExtendedKeyUsage([]int{1, 3, 6, 1, 5, 5, 7, 3, 2}, []int{1, 2, 643, 100, 2, 1}),
					csr.NewCertificatePolicies([]int{1, 2, 643, 100, 113, 1}, []int{2, 5, 29, 32, 0}),
					must[csr.Extension](t)(csr.NewCRLDistributionPoints("http://a.example/1.crl", "http://b.example/1.crl")),
					must[csr.Extension](t)(csr.NewAuthorityInfoAccess(
						csr.AccessDescription{Method: csr.AccessOCSP, URL: "http://ocsp.example"},
						csr.AccessDescription{Method: csr.AccessCAIssuers, URL: "http://a.example/ca.cer"})))
			}))
		})
	}
	sameAsX509(t, root.cert)
}

// TestX509AgreesOnCorpus does so for the real certificates of Russian
// authorities, of which crypto/x509 reads all but the keys.
func TestX509AgreesOnCorpus(t *testing.T) {
	for _, folder := range []string{"", "roots"} {
		for id, c := range corpus(t, folder) {
			t.Run(id, func(t *testing.T) { sameAsX509(t, c) })
		}
	}
}

// TestX509AgreesOnSystemPool does so for the trust anchors of the system, all
// of them RSA and ECDSA, and compares the verdicts on their own signatures.
func TestX509AgreesOnSystemPool(t *testing.T) {
	as := csr.Standard()
	read, verified := 0, 0
	for block, rest := pem.Decode(outside.SystemCertificates(t)); block != nil; block, rest = pem.Decode(rest) {
		c, err := as.ParseCertificate(block.Bytes)
		if err != nil {
			t.Errorf("certificate %d: %v", read, err)
			continue
		}
		read++
		x := sameAsX509(t, c)
		ours := as.CheckIssued(c, c)
		theirs := x.CheckSignature(x.SignatureAlgorithm, x.RawTBSCertificate, x.Signature)
		switch {
		case errors.Is(ours, csr.ErrUnknownAlgorithm): // SHA-1
			if x.SignatureAlgorithm != x509.SHA1WithRSA {
				t.Errorf("%v: %v", x.SignatureAlgorithm, ours)
			}
		case (ours == nil) != (theirs == nil):
			t.Errorf("%s: got %v, crypto/x509 %v", c.Subject, ours, theirs)
		case ours == nil:
			verified++
		}
		if !bytes.Equal(c.Reencode(), c.Raw) {
			t.Errorf("%s: written again it is other bytes", c.Subject)
		}
	}
	if read < 100 || verified < 90 {
		t.Errorf("got %d read and %d verified, want the whole pool", read, verified)
	}
}

// sameAsX509 compares every field both have.
func sameAsX509(t *testing.T, c *csr.Certificate) *x509.Certificate {
	t.Helper()
	x, err := c.X509()
	if err != nil {
		t.Fatal(err)
	}
	differ := func(field string, ours, theirs any) {
		t.Errorf("%s: got %v, crypto/x509 reads %v", field, ours, theirs)
	}
	for field, pair := range map[string][2][]byte{
		"Raw": {c.Raw, x.Raw}, "RawTBS": {c.RawTBS, x.RawTBSCertificate}, "RawIssuer": {c.RawIssuer, x.RawIssuer},
		"RawSubject": {c.RawSubject, x.RawSubject}, "RawKey": {c.RawKey, x.RawSubjectPublicKeyInfo},
		"Signature": {c.Signature, x.Signature}, "SubjectKeyID": {c.SubjectKeyID, x.SubjectKeyId},
		"AuthorityKeyID": {c.AuthorityKeyID, x.AuthorityKeyId},
	} {
		if !bytes.Equal(pair[0], pair[1]) {
			t.Errorf("%s: got %x, crypto/x509 reads %x", field, pair[0], pair[1])
		}
	}
	if c.SerialNumber.Cmp(x.SerialNumber) != 0 {
		differ("SerialNumber", c.SerialNumber, x.SerialNumber)
	}
	if c.Version != x.Version {
		differ("Version", c.Version, x.Version)
	}
	if !c.NotBefore.Equal(x.NotBefore) || !c.NotAfter.Equal(x.NotAfter) {
		differ("validity", c.NotAfter, x.NotAfter)
	}
	if key, ok := x.PublicKey.(interface{ Equal(crypto.PublicKey) bool }); ok && !key.Equal(c.PublicKey) {
		differ("PublicKey", c.PublicKey, x.PublicKey)
	}
	if int(c.KeyUsage) != int(x.KeyUsage) {
		differ("KeyUsage", c.KeyUsage, x.KeyUsage)
	}
	limit := x.MaxPathLen
	if limit == 0 && !x.MaxPathLenZero {
		limit = -1
	}
	if c.IsCA != x.IsCA || c.IsCA && c.PathLen != limit {
		differ("basicConstraints", fmt.Sprint(c.IsCA, c.PathLen), fmt.Sprint(x.IsCA, limit))
	}
	if len(c.ExtendedKeyUsage) != len(x.ExtKeyUsage)+len(x.UnknownExtKeyUsage) {
		differ("ExtendedKeyUsage", c.ExtendedKeyUsage, x.ExtKeyUsage)
	}
	if !slices.EqualFunc(c.Policies, x.PolicyIdentifiers, asn1.ObjectIdentifier.Equal) {
		differ("Policies", c.Policies, x.PolicyIdentifiers)
	}
	if len(c.Extensions) != len(x.Extensions) {
		differ("number of extensions", len(c.Extensions), len(x.Extensions))
	}
	for i, e := range c.Extensions {
		if y := x.Extensions[i]; !e.ID.Equal(y.Id) || e.Critical != y.Critical || !bytes.Equal(e.Value, y.Value) {
			differ("extension", e, y)
		}
	}
	sameLocations(t, c, x)
	for i, a := range c.Subject.Attributes() {
		if y := x.Subject.Names[i]; !a.Type.Equal(y.Type) || a.Kind != csr.Teletex && a.Value != y.Value {
			differ("attribute of the subject", a, y)
		}
	}
	return x
}

func sameLocations(t *testing.T, c *csr.Certificate, x *x509.Certificate) {
	t.Helper()
	for field, pair := range map[string]struct {
		ours   func() ([]string, error)
		theirs []string
	}{
		"CRLDistributionPoints": {c.CRLDistributionPoints, x.CRLDistributionPoints},
		"OCSPServers":           {c.OCSPServers, x.OCSPServer},
		"IssuerURLs":            {c.IssuerURLs, x.IssuingCertificateURL},
	} {
		ours, err := pair.ours()
		if err != nil || !slices.Equal(ours, pair.theirs) {
			t.Errorf("%s: got %v (%v), crypto/x509 reads %v", field, ours, err, pair.theirs)
		}
	}
}
