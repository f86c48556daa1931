package csr

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
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

	Version      int      // 1 to 3
	SerialNumber *big.Int // as read: real ones may be zero or negative
	Issuer       Name
	Subject      Name
	NotBefore    time.Time
	NotAfter     time.Time
	PublicKey    crypto.PublicKey
	Algorithm    *Algorithm // of the subject's key
	Extensions   []Extension

	RawSignatureAlgorithm []byte // AlgorithmIdentifier of the signature
	Signature             []byte

	KeyUsage         KeyUsage                // all bits zero when the extension is absent
	ExtendedKeyUsage []asn1.ObjectIdentifier // none when the extension is absent
	Policies         []asn1.ObjectIdentifier
	IsCA             bool // basicConstraints say so
	PathLen          int  // -1: no limit
	SubjectKeyID     []byte
	AuthorityKeyID   []byte

	// Deviations are what the certificate's writer did against a standard.
	Deviations []Deviation

	signatureAlgorithm der.AlgorithmIdentifier
	rawInnerAlgorithm  []byte
	uniqueIDs          []byte // both unique identifiers, as they stand
	longTimes          [2]bool
}

// ParseCertificate reads an X.509 certificate in DER. The subject's key must
// be of a scheme in the list.
func (as Algorithms) ParseCertificate(raw []byte) (*Certificate, error) {
	raw = bytes.Clone(raw)
	s, err := readSigned("certificate", raw)
	if err != nil {
		return nil, err
	}
	c := &Certificate{
		Raw: raw, RawTBS: s.tbs, RawSignatureAlgorithm: s.rawAlgorithm, Signature: s.signature,
		signatureAlgorithm: s.algorithm, PathLen: -1,
	}
	var d deviations
	if err := c.readTBS(as, &d); err != nil {
		return nil, fmt.Errorf("csr: certificate: %w", err)
	}
	s.noteParameters(&d)
	c.Deviations = d
	return c, nil
}

func (c *Certificate) readTBS(as Algorithms, d *deviations) (err error) {
	in, _ := der.ReadWhole(c.RawTBS, der.Sequence)
	if err := c.readVersion(&in, d); err != nil {
		return err
	}
	c.SerialNumber = new(big.Int)
	if !in.ReadASN1Integer(c.SerialNumber) {
		return errors.New("serialNumber does not parse")
	}
	inner, ok := c.readInnerAlgorithm(&in)
	// RFC 5280, section 4.1.1.2: both copies are the same; parameters may
	// still be absent in one and NULL in the other.
	if !ok || !inner.OID.Equal(c.signatureAlgorithm.OID) || !sameParams(inner, c.signatureAlgorithm) {
		return errors.New("the signature algorithms inside and outside differ, or one does not parse")
	}
	if c.RawIssuer, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("issuer does not parse")
	}
	if c.Issuer, err = readName(c.RawIssuer); err != nil {
		return fmt.Errorf("issuer: %w", err)
	}
	if err := c.readValidity(&in, d); err != nil {
		return err
	}
	if c.RawSubject, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("subject does not parse")
	}
	if c.Subject, err = readName(c.RawSubject); err != nil {
		return fmt.Errorf("subject: %w", err)
	}
	if c.RawKey, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("public key does not parse")
	}
	if c.PublicKey, c.Algorithm, err = as.readKey(c.RawKey); err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	return c.readRest(&in, d)
}

func (c *Certificate) readVersion(in *der.String, d *deviations) error {
	var field der.String
	var present bool
	if !in.ReadOptionalASN1(&field, &present, der.ContextCons(0)) {
		return errors.New("version does not parse")
	}
	if present && (!field.ReadASN1Integer(&c.Version) || !field.Empty() || c.Version < 0 || c.Version > 2) {
		return errors.New("version does not parse")
	}
	if c.Version++; present && c.Version == 1 {
		d.note(ExplicitDefault, "version")
	}
	return nil
}

func (c *Certificate) readInnerAlgorithm(in *der.String) (a der.AlgorithmIdentifier, ok bool) {
	if c.rawInnerAlgorithm, ok = der.ReadRaw(in, der.Sequence); !ok {
		return a, false
	}
	return der.ParseAlgorithm(c.rawInnerAlgorithm)
}

func (c *Certificate) readValidity(in *der.String, d *deviations) error {
	var validity der.String
	if !in.ReadASN1(&validity, der.Sequence) {
		return errors.New("validity does not parse")
	}
	for i, t := range []*time.Time{&c.NotBefore, &c.NotAfter} {
		field := [2]string{"notBefore", "notAfter"}[i]
		c.longTimes[i] = validity.PeekASN1Tag(der.GeneralizedTime)
		var ok bool
		if *t, ok = der.ReadTime(&validity); !ok {
			return errors.New(field + " does not parse")
		}
		d.noteTime(c.longTimes[i], *t, field)
	}
	if !validity.Empty() {
		return errors.New("validity does not parse")
	}
	return nil
}

// readRest reads what follows the key: unique identifiers and extensions.
func (c *Certificate) readRest(in *der.String, d *deviations) (err error) {
	var wrapped, unused der.String
	var present bool
	before := *in
	if !in.ReadOptionalASN1(&unused, &present, der.Context(1)) || !in.ReadOptionalASN1(&unused, &present, der.Context(2)) {
		return errors.New("a unique identifier does not parse")
	}
	c.uniqueIDs = before[:len(before)-len(*in)]
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(3)) || !in.Empty() {
		return errors.New("extensions do not parse")
	}
	if !present {
		return nil
	}
	if c.Version != 3 {
		return errors.New("extensions in a certificate that is not version 3")
	}
	if c.Extensions, err = readExtensions(&wrapped, d); err != nil {
		return err
	}
	if !wrapped.Empty() {
		return errors.New("extensions do not parse")
	}
	return c.readKnown(d)
}

// readKnown decodes the extensions that chain verification needs.
func (c *Certificate) readKnown(d *deviations) (err error) {
	for _, e := range c.Extensions {
		switch {
		case e.ID.Equal(oid.KeyUsage):
			c.KeyUsage, err = ParseKeyUsage(e.Value)
			if n := len(e.Value); err == nil && c.KeyUsage != 0 && e.Value[n-1]>>(e.Value[2]&7)&1 == 0 {
				d.note(BitsLeftOver, "extension "+e.ID.String())
			}
		case e.ID.Equal(oid.ExtendedKeyUsage):
			c.ExtendedKeyUsage, err = ParseExtendedKeyUsage(e.Value)
		case e.ID.Equal(oid.CertificatePolicies):
			c.Policies, err = ParseCertificatePolicies(e.Value)
		case e.ID.Equal(oid.BasicConstraints):
			c.IsCA, c.PathLen, err = ParseBasicConstraints(e.Value)
			if err == nil && !c.IsCA && len(e.Value) > 2 {
				d.note(ExplicitDefault, "extension "+e.ID.String())
			}
		case e.ID.Equal(oid.SubjectKeyID):
			c.SubjectKeyID, err = ParseSubjectKeyID(e.Value)
		case e.ID.Equal(oid.AuthorityKeyID):
			var id AuthorityKeyID
			id, err = ParseAuthorityKeyID(e.Value)
			c.AuthorityKeyID = id.KeyID
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// HasPurpose reports whether extKeyUsage names the purpose. A certificate
// without the extension has none.
func (c *Certificate) HasPurpose(purpose asn1.ObjectIdentifier) bool {
	return containsOID(c.ExtendedKeyUsage, purpose)
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
