package smevtest

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev/xmldsig"
)

const (
	rootLife        = 20 * 365 * 24 * time.Hour
	systemLife      = 10 * 365 * 24 * time.Hour
	participantLife = 456 * 24 * time.Hour // 15 months, as qualified certificates have
	backdate        = 24 * time.Hour       // so that clocks behind ours find certificates valid
)

// authority is the simulator's own certification authority. Nobody but its
// tests trusts it, which is what keeps its messages out of production.
type authority struct {
	as    csr.Algorithms
	curve *gost.Curve
	key   *gost.PrivateKey
	root  *csr.Certificate
}

func newAuthority(as csr.Algorithms, curve *gost.Curve, now time.Time) (*authority, error) {
	a := &authority{as: as, curve: curve}
	var err error
	if a.key, err = gost.GenerateKey(curve, nil); err != nil {
		return nil, err
	}
	_, id, err := as.EncodeKey(a.key.Public())
	if err != nil {
		return nil, err
	}
	a.root, err = a.certify("Эмулятор СМЭВ: корневой сертификат", a.key, now.Add(-backdate), now.Add(rootLife),
		csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign), csr.NewBasicConstraints(true, 0), csr.NewSubjectKeyID(id))
	return a, err
}

// issue makes a key and a certificate for it.
func (a *authority) issue(name string, from, until time.Time) (*gost.PrivateKey, *csr.Certificate, error) {
	key, err := gost.GenerateKey(a.curve, nil)
	if err != nil {
		return nil, nil, err
	}
	_, id, err := a.as.EncodeKey(key.Public())
	if err != nil {
		return nil, nil, err
	}
	cert, err := a.certify(name, key, from, until,
		csr.NewKeyUsage(csr.DigitalSignature), csr.NewSubjectKeyID(id), csr.NewAuthorityKeyID(a.root.SubjectKeyID))
	return key, cert, err
}

// signer is a key with its certificate, ready to sign.
func (a *authority) signer(name string, from, until time.Time) (*xmldsig.Signer, *csr.Certificate, error) {
	key, cert, err := a.issue(name, from, until)
	if err != nil {
		return nil, nil, err
	}
	s, err := xmldsig.NewSigner(a.as, key, cert)
	return s, cert, err
}

func (a *authority) certify(name string, key *gost.PrivateKey, from, until time.Time, extensions ...csr.Extension) (*csr.Certificate, error) {
	subject, err := csr.NewName(csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.CommonName, name))
	if err != nil {
		return nil, err
	}
	issuer := subject
	if a.root != nil {
		issuer = a.root.Subject
	}
	spki, _, err := a.as.EncodeKey(key.Public())
	if err != nil {
		return nil, err
	}
	var serial [16]byte
	_, _ = rand.Read(serial[:]) // never fails
	serial[0] = serial[0]&0x7f | 0x40
	der, err := a.as.CreateCertificate(a.key, &csr.CertificateTemplate{
		SerialNumber: new(big.Int).SetBytes(serial[:]), Issuer: issuer, Subject: subject, RawKey: spki,
		NotBefore: from.UTC().Truncate(time.Second), NotAfter: until.UTC().Truncate(time.Second), Extensions: extensions,
	})
	if err != nil {
		return nil, fmt.Errorf("smevtest: certificate: %w", err)
	}
	return a.as.ParseCertificate(der)
}
