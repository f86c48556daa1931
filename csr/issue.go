package csr

import (
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/internal/der"
)

// CertificateTemplate is what a new certificate says. Required: SerialNumber
// (positive, at most 20 octets), Issuer, Subject, RawKey and both times.
type CertificateTemplate struct {
	SerialNumber *big.Int
	Issuer       Name
	Subject      Name
	RawKey       []byte // SubjectPublicKeyInfo, as the request has it
	NotBefore    time.Time
	NotAfter     time.Time
	Extensions   []Extension
}

// CreateCertificate makes an X.509 version 3 certificate and signs it with
// the issuer's key. The result is DER. Names and key go in byte for byte as
// the template holds them.
func (as Algorithms) CreateCertificate(issuer crypto.Signer, t *CertificateTemplate) ([]byte, error) {
	switch {
	case t.SerialNumber == nil || t.SerialNumber.Sign() <= 0 || t.SerialNumber.BitLen() > 159:
		return nil, errors.New("csr: certificate: the serial number is not positive or exceeds 20 octets")
	case t.NotBefore.Year() < 0 || t.NotAfter.Year() > 9999:
		return nil, errors.New("csr: certificate: a time that GeneralizedTime cannot hold")
	case !t.NotBefore.Before(t.NotAfter):
		return nil, errors.New("csr: certificate: notAfter is not later than notBefore")
	}
	for i, e := range t.Extensions {
		if _, twice := FindExtension(t.Extensions[:i], e.ID); twice {
			return nil, fmt.Errorf("csr: certificate: extension %v stands twice", e.ID)
		}
	}
	if _, err := as.ParseKey(t.RawKey); err != nil {
		return nil, fmt.Errorf("csr: certificate: subject's key: %w", err)
	}
	a, err := as.ForKey(issuer.Public())
	if err != nil {
		return nil, err
	}
	tbs := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1Int64(2) })
			b.AddASN1BigInt(t.SerialNumber)
			a.identifier().Add(b)
			b.AddBytes(t.Issuer.Raw())
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				der.AddTime(b, t.NotBefore)
				der.AddTime(b, t.NotAfter)
			})
			b.AddBytes(t.Subject.Raw())
			b.AddBytes(t.RawKey)
			if len(t.Extensions) > 0 {
				b.AddASN1(der.ContextCons(3), func(b *der.Builder) { addExtensions(b, t.Extensions) })
			}
		})
	})
	return as.seal(issuer, tbs)
}

// EncodeKey returns the SubjectPublicKeyInfo of a public key, DER, and its
// key identifier (RFC 5280, section 4.2.1.2, method 1: 20 octets).
func (as Algorithms) EncodeKey(pub crypto.PublicKey) (spki, id []byte, err error) {
	a, err := as.ForKey(pub)
	if err != nil {
		return nil, nil, err
	}
	if spki, err = a.EncodeKey(pub); err != nil {
		return nil, nil, err
	}
	id, err = keyID(spki)
	return spki, id, err
}
