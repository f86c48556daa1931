package csr

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// PEMCRL is the PEM label of CRLs (RFC 7468, section 6).
const PEMCRL = "X509 CRL"

// CRL is a certificate revocation list (RFC 5280, section 5) as read. Its
// structure has been checked, every entry included; its signature has not:
// see [Algorithms.CheckCRL]. It is a full and direct list: delta CRLs and
// indirect CRLs are refused.
//
// A list of n entries costs its own DER and four octets for each entry. It is
// safe for concurrent use.
type CRL struct {
	Raw       []byte // the whole list
	RawTBS    []byte // TBSCertList: what is signed
	RawIssuer []byte

	Issuer         Name
	ThisUpdate     time.Time
	NextUpdate     time.Time // zero when absent
	Number         *big.Int  // cRLNumber; nil when absent
	AuthorityKeyID []byte
	Extensions     []Extension
	Signature      []byte

	// DistributionPoints are the addresses of issuingDistributionPoint. If
	// there are any, the list covers only certificates that name one of them.
	DistributionPoints []string

	// Deviations are what the list's writer did against a standard.
	Deviations []Deviation

	signatureAlgorithm der.AlgorithmIdentifier
	entries            crlEntries
	scope              crlScope
}

// Kinds of CRL that are refused.
var (
	// ErrDeltaCRL says that a CRL lists changes to another (RFC 5280, section
	// 5.2.4). The full list is published beside it.
	ErrDeltaCRL = errors.New("csr: crl: a delta CRL")
	// ErrIndirectCRL says that a CRL lists certificates of other issuers than
	// its own (RFC 5280, sections 5.2.5 and 5.3.3).
	ErrIndirectCRL = errors.New("csr: crl: an indirect CRL")
)

// ParseCRL reads a CRL of version 1 or 2 in DER, in time n log n for n
// entries. It refuses delta CRLs with ErrDeltaCRL, indirect ones with
// ErrIndirectCRL, and critical extensions it does not know, of the list or of
// an entry, with ErrCritical.
func ParseCRL(raw []byte) (*CRL, error) {
	raw = bytes.Clone(raw)
	s, err := readSigned("crl", raw)
	if err != nil {
		return nil, err
	}
	c := &CRL{Raw: raw, RawTBS: s.tbs, Signature: s.signature, signatureAlgorithm: s.algorithm}
	var d deviations
	if err := c.readTBS(&d); err != nil {
		return nil, err
	}
	s.noteParameters(&d)
	c.Deviations = d
	return c, nil
}

// readTBS reads TBSCertList (RFC 5280, section 5.1).
func (c *CRL) readTBS(d *deviations) (err error) {
	in, _ := der.ReadWhole(c.RawTBS, der.Sequence)
	version := 0
	if in.PeekASN1Tag(der.Integer) && (!in.ReadASN1Integer(&version) || version != 1) {
		return errors.New("csr: crl: version is neither 1 nor 2")
	}
	inner, ok := der.ReadAlgorithm(&in)
	if !ok {
		return errors.New("csr: crl: signature does not parse")
	}
	if !inner.OID.Equal(c.signatureAlgorithm.OID) || !sameParams(inner, c.signatureAlgorithm) {
		return errors.New("csr: crl: the signature algorithms inside and outside differ")
	}
	if c.RawIssuer, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return errors.New("csr: crl: issuer does not parse")
	}
	if c.Issuer, err = ParseName(c.RawIssuer); err != nil {
		return fmt.Errorf("csr: crl: issuer: %w", err)
	}
	long := in.PeekASN1Tag(der.GeneralizedTime)
	if c.ThisUpdate, ok = der.ReadTime(&in); !ok {
		return errors.New("csr: crl: thisUpdate does not parse")
	}
	d.noteTime(long, c.ThisUpdate, "thisUpdate")
	if long = in.PeekASN1Tag(der.GeneralizedTime); long || in.PeekASN1Tag(der.UTCTime) {
		if c.NextUpdate, ok = der.ReadTime(&in); !ok {
			return errors.New("csr: crl: nextUpdate does not parse")
		}
		d.noteTime(long, c.NextUpdate, "nextUpdate")
	}
	if in.PeekASN1Tag(der.Sequence) {
		var list der.String
		if !in.ReadASN1(&list, der.Sequence) {
			return errors.New("csr: crl: revokedCertificates does not parse")
		}
		if c.entries, err = readCRLEntries(list, version == 1, d); err != nil {
			return err
		}
	}
	var wrapped der.String
	var present bool
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(0)) || !in.Empty() {
		return errors.New("csr: crl: crlExtensions does not parse")
	}
	if !present {
		return nil
	}
	if version != 1 {
		return errors.New("csr: crl: extensions in a list that is not of version 2")
	}
	return c.readExtensions(wrapped, d)
}

// readExtensions reads the extensions of the list (RFC 5280, section 5.2).
func (c *CRL) readExtensions(wrapped der.String, d *deviations) (err error) {
	if c.Extensions, err = readOnlyExtensions(wrapped, d); err != nil {
		return fmt.Errorf("csr: crl: %w", err)
	}
	for _, e := range c.Extensions {
		switch {
		case e.ID.Equal(oid.DeltaCRL):
			return ErrDeltaCRL
		case e.ID.Equal(oid.CRLNumber):
			c.Number, err = readCRLNumber(e.Value)
		case e.ID.Equal(oid.AuthorityKeyID):
			var id AuthorityKeyID
			id, err = ParseAuthorityKeyID(e.Value)
			c.AuthorityKeyID = id.KeyID
		case e.ID.Equal(oid.IssuingDistributionPoint):
			c.scope, err = readCRLScope(e.Value)
			c.DistributionPoints = c.scope.urls()
		case e.Critical:
			err = fmt.Errorf("%w: %v", ErrCritical, e.ID)
		}
		if err != nil {
			return fmt.Errorf("csr: crl: %w", err)
		}
	}
	return nil
}

// readCRLNumber decodes cRLNumber: not negative, at most 20 octets (RFC 5280,
// section 5.2.3).
func readCRLNumber(value []byte) (*big.Int, error) {
	in, n := der.String(value), new(big.Int)
	if !in.ReadASN1Integer(n) || !in.Empty() || n.Sign() < 0 || n.BitLen() > 160 {
		return nil, errors.New("cRLNumber does not parse")
	}
	return n, nil
}

// readOnlyExtensions reads Extensions that fill wrapped.
func readOnlyExtensions(wrapped der.String, d *deviations) ([]Extension, error) {
	list, err := readExtensions(&wrapped, d)
	if err == nil && !wrapped.Empty() {
		err = errors.New("csr: extensions: something after them")
	}
	return list, err
}

// CheckCRL verifies that issuer issued the list and that the list is of the
// time asked for: names and key identifiers match, issuer may sign lists
// (keyUsage cRLSign, where there is a keyUsage), the signature verifies,
// thisUpdate has come and nextUpdate has not passed. A list without
// nextUpdate promises nothing and is refused (RFC 5280, section 5.1.2.5 asks
// for it).
//
// The error is ErrStale for the time, ErrSignature or ErrUnknownAlgorithm for
// the signature. The issuer's own certificate is the caller's to verify; it
// is the one that [Algorithms.VerifyChain] gives for the certificates that
// the list speaks of.
func (as Algorithms) CheckCRL(c *CRL, issuer *Certificate, at time.Time) error {
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
		return errors.New("csr: crl: another authority issued it")
	}
	if len(c.AuthorityKeyID) > 0 && len(issuer.SubjectKeyID) > 0 && !bytes.Equal(c.AuthorityKeyID, issuer.SubjectKeyID) {
		return errors.New("csr: crl: another key of the authority signed it")
	}
	if _, limited := FindExtension(issuer.Extensions, oid.KeyUsage); limited && issuer.KeyUsage&CRLSign == 0 {
		return errors.New("csr: crl: its issuer may not sign lists")
	}
	switch {
	case at.Before(c.ThisUpdate.Add(-clockSkew)):
		return fmt.Errorf("csr: crl: thisUpdate has not come: %w", ErrStale)
	case c.NextUpdate.IsZero():
		return fmt.Errorf("csr: crl: no nextUpdate: %w", ErrStale)
	case at.After(c.NextUpdate):
		return fmt.Errorf("csr: crl: nextUpdate has passed: %w", ErrStale)
	}
	if err := as.check(issuer.PublicKey, c.signatureAlgorithm, c.RawTBS, c.Signature); err != nil {
		return fmt.Errorf("csr: crl: %w", err)
	}
	return nil
}

// Status says what the list knows of a certificate: StatusRevoked if it is
// listed and StatusGood if it is not. A certificate that the list does not
// cover is ErrScope: one of another issuer or of another key of the issuer
// (an authority that changes its key keeps a list for each), of the kind that
// issuingDistributionPoint leaves out, or one that names other distribution
// points. The list must have passed [Algorithms.CheckCRL]; Status does not
// look at signatures and times.
func (c *CRL) Status(cert *Certificate) (Status, error) {
	if !bytes.Equal(c.RawIssuer, cert.RawIssuer) {
		return Status{}, fmt.Errorf("csr: crl: of another issuer: %w", ErrScope)
	}
	if len(c.AuthorityKeyID) > 0 && len(cert.AuthorityKeyID) > 0 && !bytes.Equal(c.AuthorityKeyID, cert.AuthorityKeyID) {
		return Status{}, fmt.Errorf("csr: crl: of another key of the issuer: %w", ErrScope)
	}
	if err := c.scope.covers(cert); err != nil {
		return Status{}, fmt.Errorf("csr: crl: %w", err)
	}
	s := Status{State: StatusGood, ThisUpdate: c.ThisUpdate, NextUpdate: c.NextUpdate}
	if r, found := c.Find(cert.SerialNumber); found {
		s.State, s.Revocation = StatusRevoked, r
	}
	return s, nil
}
