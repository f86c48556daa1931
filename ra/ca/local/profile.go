package local

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/ra"
)

// issue makes the certificate of a natural person in the form of FSB order
// 795: subject and key as requested, extensions by the authority alone.
func (ca *CA) issue(o ra.Order) ([]byte, error) {
	now := ca.Clock.Now().UTC().Truncate(time.Second)
	end := now.Add(ca.Life)
	if now.Before(ca.Certificate.NotBefore) || now.After(ca.Certificate.NotAfter) {
		return nil, errors.New("local: the authority's own certificate is not valid now")
	}
	_, keyID, err := ca.Algorithms.EncodeKey(o.Request.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	subjectTool, err := qualified.NewSubjectSignTool(ca.SubjectTool)
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	issuerTool, err := ca.IssuerTool.Extension()
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	return ca.Algorithms.CreateCertificate(ca.Key, &csr.CertificateTemplate{
		SerialNumber: newSerial(),
		Issuer:       ca.Certificate.Subject,
		Subject:      o.Request.Subject,
		RawKey:       o.Request.RawKey,
		NotBefore:    now,
		NotAfter:     end,
		Extensions: []csr.Extension{
			csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement),
			csr.NewExtendedKeyUsage(oid.PurposeClientAuth, oid.PurposeEmailProtection),
			csr.NewCertificatePolicies(oid.PolicyKC1),
			subjectTool,
			issuerTool,
			qualified.NewIdentificationKind(o.Identification),
			qualified.NewPrivateKeyUsagePeriod(now, end),
			csr.NewSubjectKeyID(keyID),
			csr.NewAuthorityKeyID(ca.Certificate.SubjectKeyID),
		},
	})
}

// rootLife is how long a root made by NewRoot is valid.
const rootLife = 15 * 365 * 24 * time.Hour

// NewRoot makes the self-signed certificate of an authority that issues to
// owners directly (pathLen 0), valid from now for 15 years.
func NewRoot(as csr.Algorithms, key crypto.Signer, name csr.Name, now time.Time) (*csr.Certificate, error) {
	spki, keyID, err := as.EncodeKey(key.Public())
	if err != nil {
		return nil, fmt.Errorf("local: root: %w", err)
	}
	now = now.UTC().Truncate(time.Second)
	der, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: newSerial(), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: now, NotAfter: now.Add(rootLife),
		Extensions: []csr.Extension{
			csr.NewKeyUsage(csr.DigitalSignature | csr.KeyCertSign | csr.CRLSign),
			csr.NewBasicConstraints(true, 0),
			csr.NewCertificatePolicies(oid.PolicyKC1),
			csr.NewSubjectKeyID(keyID),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("local: root: %w", err)
	}
	return as.ParseCertificate(der)
}
