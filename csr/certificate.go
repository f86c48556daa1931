package csr

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Certificate is an X.509 certificate (RFC 5280) as read. Its structure has
// been checked, its signature has not: that needs an issuer, see
// [Algorithms.CheckIssued] and [Algorithms.VerifyChain].
type Certificate struct {
	Raw        []byte // the whole certificate
	RawTBS     []byte // TBSCertificate: what is signed
	RawIssuer  []byte
	RawSubject []byte
	RawKey     []byte // SubjectPublicKeyInfo

	SerialNumber *big.Int
	Issuer       Name
	Subject      Name
	NotBefore    time.Time
	NotAfter     time.Time
	PublicKey    crypto.PublicKey
	Algorithm    *Algorithm // of the subject's key
	Extensions   []Extension
	Signature    []byte

	KeyUsage       KeyUsage // all bits zero when the extension is absent
	IsCA           bool     // basicConstraints say so
	PathLen        int      // -1: no limit
	SubjectKeyID   []byte
	AuthorityKeyID []byte

	signatureAlgorithm der.AlgorithmIdentifier
}

// ParseCertificate reads an X.509 certificate in DER. The subject's key must
// be of a scheme in the list.
func (as Algorithms) ParseCertificate(raw []byte) (*Certificate, error) {
	raw = bytes.Clone(raw)
	s, err := readSigned("certificate", raw)
	if err != nil {
		return nil, err
	}
	c := &Certificate{Raw: raw, RawTBS: s.tbs, Signature: s.signature, signatureAlgorithm: s.algorithm, PathLen: -1}
	if err := c.readTBS(as); err != nil {
		return nil, fmt.Errorf("csr: certificate: %w", err)
	}
	return c, nil
}

func (c *Certificate) readTBS(as Algorithms) (err error) {
	in, _ := der.ReadWhole(c.RawTBS, der.Sequence)
	var versionField der.String
	var present bool
	if !in.ReadOptionalASN1(&versionField, &present, der.ContextCons(0)) {
		return errors.New("version does not parse")
	}
	version := 0
	if present && (!versionField.ReadASN1Integer(&version) || !versionField.Empty() || version > 2) {
		return errors.New("version does not parse")
	}
	c.SerialNumber = new(big.Int)
	if !in.ReadASN1Integer(c.SerialNumber) {
		return errors.New("serialNumber does not parse")
	}
	inner, ok := der.ReadAlgorithm(&in)
	if !ok {
		return errors.New("signature does not parse")
	}
	// RFC 5280, section 4.1.1.2: both copies are the same; parameters may
	// still be absent in one and NULL in the other.
	if !inner.OID.Equal(c.signatureAlgorithm.OID) || !sameParams(inner, c.signatureAlgorithm) {
		return errors.New("the signature algorithms inside and outside differ")
	}
	if c.RawIssuer, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("issuer does not parse")
	}
	if c.Issuer, err = ParseName(c.RawIssuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	var validity der.String
	if !in.ReadASN1(&validity, der.Sequence) {
		return errors.New("validity does not parse")
	}
	if c.NotBefore, ok = der.ReadTime(&validity); !ok {
		return errors.New("notBefore does not parse")
	}
	if c.NotAfter, ok = der.ReadTime(&validity); !ok || !validity.Empty() {
		return errors.New("notAfter does not parse")
	}
	if c.RawSubject, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("subject does not parse")
	}
	if c.Subject, err = ParseName(c.RawSubject); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if c.RawKey, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("public key does not parse")
	}
	if c.PublicKey, err = as.ParseKey(c.RawKey); err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	if c.Algorithm, err = as.ForKey(c.PublicKey); err != nil {
		return err
	}
	var unused der.String
	if !in.ReadOptionalASN1(&unused, &present, der.Context(1)) || !in.ReadOptionalASN1(&unused, &present, der.Context(2)) {
		return errors.New("a unique identifier does not parse")
	}
	var wrapped der.String
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(3)) || !in.Empty() {
		return errors.New("extensions do not parse")
	}
	if !present {
		return nil
	}
	if version != 2 {
		return errors.New("extensions in a certificate that is not version 3")
	}
	if c.Extensions, err = readExtensions(&wrapped); err != nil {
		return err
	}
	if !wrapped.Empty() {
		return errors.New("extensions do not parse")
	}
	return c.readKnown()
}

// readKnown decodes the extensions that chain verification needs.
func (c *Certificate) readKnown() (err error) {
	for _, e := range c.Extensions {
		switch {
		case e.ID.Equal(oid.KeyUsage):
			c.KeyUsage, err = readKeyUsage(e.Value)
		case e.ID.Equal(oid.BasicConstraints):
			c.IsCA, c.PathLen, err = readBasicConstraints(e.Value)
		case e.ID.Equal(oid.SubjectKeyID):
			c.SubjectKeyID, err = readKeyID(e.Value)
		case e.ID.Equal(oid.AuthorityKeyID):
			c.AuthorityKeyID, err = readAuthorityKeyID(e.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// MatchError says in what a certificate differs from the request it was
// issued for.
type MatchError struct {
	Field string // "public key" or "subject"
}

func (e *MatchError) Error() string {
	return "csr: the certificate differs from the request: " + e.Field
}

// Matches reports whether the certificate was made for the request: the same
// SubjectPublicKeyInfo and the same subject, byte for byte. The error is a
// *MatchError.
func (c *Certificate) Matches(r *Request) error {
	switch {
	case !samePublicKey(c.PublicKey, r.PublicKey):
		return &MatchError{"public key"}
	case !bytes.Equal(c.RawSubject, r.RawSubject):
		return &MatchError{"subject"}
	}
	return nil
}

// samePublicKey compares keys and not their encodings: an authority may write
// digestParamSet where the request left it out.
func samePublicKey(a, b crypto.PublicKey) bool {
	k, ok := a.(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(b)
}

// X509 returns the certificate as crypto/x509 reads it, for software that
// takes nothing else. For GOST its PublicKey is nil and it can verify
// nothing: crypto/x509 even accepts a GOST trust anchor unsigned.
func (c *Certificate) X509() (*x509.Certificate, error) { return x509.ParseCertificate(c.Raw) }
