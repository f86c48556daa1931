package csr

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/oid"
)

// ChainError says which certificate of a chain fails and why. Its text names
// the certificate by its serial number, since the subject is personal data.
type ChainError struct {
	Certificate *Certificate // the one that fails
	Err         error
}

func (e *ChainError) Error() string {
	return fmt.Sprintf("csr: chain: certificate %x: %v", e.Certificate.SerialNumber, e.Err)
}

func (e *ChainError) Unwrap() error { return e.Err }

// Reasons a chain fails for, inside a *ChainError.
var (
	ErrNoIssuer = errors.New("its issuer is missing")
	ErrExpired  = errors.New("not valid at the time asked for")
	ErrNotCA    = errors.New("may not issue certificates")
	ErrPathLen  = errors.New("more certificates below it than its path length allows")
	ErrCritical = errors.New("a critical extension is not understood")
)

// CheckIssued verifies that issuer issued c: names chain, issuer may sign
// certificates, and the signature verifies. Validity is not looked at.
func (as Algorithms) CheckIssued(c, issuer *Certificate) error {
	if c != issuer && !issuer.mayIssue() {
		return ErrNotCA
	}
	return as.checkSigned(c, issuer)
}

func (as Algorithms) checkSigned(c, issuer *Certificate) error {
	if !bytes.Equal(c.RawIssuer, issuer.RawSubject) {
		return ErrNoIssuer
	}
	return as.check(issuer.PublicKey, c.signatureAlgorithm, c.RawTBS, c.Signature)
}

// mayIssue is basicConstraints and keyUsage together.
func (c *Certificate) mayIssue() bool {
	_, limited := FindExtension(c.Extensions, oid.KeyUsage)
	return c.IsCA && (!limited || c.KeyUsage&KeyCertSign != 0)
}

// mayAnchor is mayIssue for a trust anchor: one without basicConstraints, as
// old roots are, is taken at its owner's word (RFC 5280, section 6.1.1 asks
// nothing of an anchor but its name and key).
func (c *Certificate) mayAnchor() bool {
	_, constrained := FindExtension(c.Extensions, oid.BasicConstraints)
	return !constrained || c.mayIssue()
}

// Chain names what a chain may be built from and when it must be valid.
type Chain struct {
	Anchors       []*Certificate // trusted; a self-signed one must still verify
	Intermediates []*Certificate // may help
	At            time.Time
}

// maxChain is the number of certificates a chain may have, anchor included.
const maxChain = 8

// VerifyChain builds a chain from leaf to one of the anchors and verifies it:
// names and key identifiers chain, every signature verifies (a self-signed
// anchor's own too), all are valid at the time asked for, issuers may issue
// and keep their path length, no critical extension is unknown. It returns
// the chain, leaf first. The error is a *ChainError.
//
// It is a linear search along configured certificates, not the path building
// of RFC 5280, section 6: name constraints and policy mappings are refused as
// unknown critical extensions rather than processed, and revocation is the
// caller's to check.
func (as Algorithms) VerifyChain(leaf *Certificate, with Chain) ([]*Certificate, error) {
	chain := []*Certificate{leaf}
	for c := leaf; ; {
		if err := checkAlone(c, with.At); err != nil {
			return nil, &ChainError{c, err}
		}
		if among(c, with.Anchors) {
			break
		}
		issuer, err := as.findIssuer(chain, with)
		if err != nil {
			return nil, &ChainError{c, err}
		}
		if below := len(chain) - 1; issuer.PathLen >= 0 && below > issuer.PathLen {
			return nil, &ChainError{issuer, ErrPathLen}
		}
		if len(chain) == maxChain {
			return nil, &ChainError{c, fmt.Errorf("the chain is longer than %d", maxChain)}
		}
		chain = append(chain, issuer)
		c = issuer
	}
	anchor := chain[len(chain)-1]
	if bytes.Equal(anchor.RawIssuer, anchor.RawSubject) {
		if err := as.check(anchor.PublicKey, anchor.signatureAlgorithm, anchor.RawTBS, anchor.Signature); err != nil {
			return nil, &ChainError{anchor, err}
		}
	}
	return chain, nil
}

// findIssuer tries every candidate for the last certificate of the chain,
// anchors first: several authorities' certificates bear one name with
// different keys, so a candidate whose key does not verify is passed over and
// not an error. One that is in the chain already is no candidate.
func (as Algorithms) findIssuer(chain []*Certificate, with Chain) (*Certificate, error) {
	c := chain[len(chain)-1]
	result := ErrNoIssuer
	for i, list := range [][]*Certificate{with.Anchors, with.Intermediates} {
		for _, candidate := range list {
			if among(candidate, chain) {
				continue
			}
			if len(c.AuthorityKeyID) > 0 && len(candidate.SubjectKeyID) > 0 && !bytes.Equal(c.AuthorityKeyID, candidate.SubjectKeyID) {
				continue
			}
			may := candidate.mayIssue() || i == 0 && candidate.mayAnchor()
			switch err := as.checkSigned(c, candidate); {
			case err == nil && may:
				return candidate, nil
			case err == nil:
				result = ErrNotCA
			case errors.Is(err, ErrSignature) && len(c.AuthorityKeyID) > 0 && bytes.Equal(c.AuthorityKeyID, candidate.SubjectKeyID):
				result = err // the very key that is named: the signature is bad
			}
		}
	}
	return nil, result
}

func among(c *Certificate, list []*Certificate) bool {
	for _, one := range list {
		if bytes.Equal(one.Raw, c.Raw) {
			return true
		}
	}
	return false
}

// checkAlone is what a certificate must satisfy wherever it stands.
func checkAlone(c *Certificate, at time.Time) error {
	if at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return ErrExpired
	}
	for _, e := range c.Extensions {
		if !e.Critical {
			continue
		}
		switch {
		case e.ID.Equal(oid.KeyUsage), e.ID.Equal(oid.BasicConstraints), e.ID.Equal(oid.ExtendedKeyUsage),
			e.ID.Equal(oid.SubjectKeyID), e.ID.Equal(oid.AuthorityKeyID), e.ID.Equal(oid.CertificatePolicies):
		default:
			return fmt.Errorf("%w: %v", ErrCritical, e.ID)
		}
	}
	return nil
}
