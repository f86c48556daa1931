package tokentest

import (
	"cmp"
	"crypto"
	"math/big"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// issued is when certificates of the tests begin, if nothing else is said.
var issued = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Certificate returns a certificate of the given serial number for the public
// half of a key, as Issue makes it.
func Certificate(t testing.TB, key crypto.Signer, serial int64) *csr.Certificate {
	t.Helper()
	return Issue(t, key, csr.CertificateTemplate{SerialNumber: big.NewInt(serial)})
}

// Issue returns a certificate for the public half of a key, which signs
// nothing. The authority is one that asks nothing and whose key nobody keeps.
// What the template leaves out is filled in: an invented subject, the serial
// number 1, fifteen months from 22 November 2026 or from NotBefore.
func Issue(t testing.TB, key crypto.Signer, template csr.CertificateTemplate) *csr.Certificate {
	t.Helper()
	as := csr.Standard()
	spki, _, err := as.EncodeKey(key.Public())
	if err != nil {
		t.Fatalf("tokentest: issue: %v", err)
	}
	authority, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		t.Fatalf("tokentest: issue: %v", err)
	}
	template.RawKey = spki
	template.SerialNumber = cmp.Or(template.SerialNumber, big.NewInt(1))
	template.Issuer = named(t, template.Issuer, "Удостоверяющий центр")
	template.Subject = named(t, template.Subject, "Вощёных Ефим Ильич")
	if template.NotBefore.IsZero() {
		template.NotBefore = issued
	}
	if template.NotAfter.IsZero() {
		template.NotAfter = template.NotBefore.AddDate(1, 3, 0)
	}
	der, err := as.CreateCertificate(authority, &template)
	if err != nil {
		t.Fatalf("tokentest: issue: %v", err)
	}
	cert, err := as.ParseCertificate(der)
	if err != nil {
		t.Fatalf("tokentest: issue: %v", err)
	}
	return cert
}

// named returns the name, or one of a common name if it is empty.
func named(t testing.TB, name csr.Name, common string) csr.Name {
	t.Helper()
	if len(name.Attributes()) > 0 {
		return name
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, common))
	if err != nil {
		t.Fatalf("tokentest: name: %v", err)
	}
	return name
}
