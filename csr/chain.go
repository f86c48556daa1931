package csr

import (
	"bytes"
	"encoding/asn1"
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
	ErrPolicy   = errors.New("no policy that is asked for")
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

	// Policies are those that will do, one of which every certificate under
	// the anchor must have. None: any, or none at all, unless a certificate
	// of the chain requires one.
	Policies []asn1.ObjectIdentifier
}

// Bounds of one search: certificates in a chain, anchor included, and
// signatures verified on the way.
const (
	maxChain  = 8
	maxChecks = 100
)

// VerifyChain finds a chain from leaf to one of the anchors and verifies it:
// names and key identifiers chain, every signature verifies (a self-signed
// anchor's own too), all are valid at the time asked for, issuers may issue
// and keep their path length, policies allow it, no critical extension is
// unknown. It returns the chain, leaf first. The error is a *ChainError.
//
// Of RFC 5280, section 6 it leaves out: name constraints, which are refused
// as an unknown critical extension; policy mappings, so that a policy is
// valid only under its own identifier; comparison of names by their meaning,
// since names are compared byte for byte; the keyUsage and purposes of the
// leaf, which depend on what it is used for; revocation, for which there are
// [Algorithms.CheckCRL] and [Algorithms.CheckOCSP].
func (as Algorithms) VerifyChain(leaf *Certificate, with Chain) ([]*Certificate, error) {
	s := search{as: as, with: with}
	return s.extend([]*Certificate{leaf})
}

// search is depth first: several certificates bear one name with different
// keys, and one key in several certificates, of which one may have expired.
type search struct {
	as     Algorithms
	with   Chain
	checks int
}

func (s *search) extend(chain []*Certificate) ([]*Certificate, error) {
	c := chain[len(chain)-1]
	if err := checkAlone(c, s.with.At); err != nil {
		return nil, &ChainError{c, err}
	}
	if below := len(chain) - 2; len(chain) > 1 && c.PathLen >= 0 && below > c.PathLen {
		return nil, &ChainError{c, ErrPathLen}
	}
	if among(c, s.with.Anchors) {
		return s.finish(chain)
	}
	if len(chain) == maxChain {
		return nil, &ChainError{c, fmt.Errorf("the chain is longer than %d", maxChain)}
	}
	var result error = &ChainError{c, ErrNoIssuer}
	for i, list := range [][]*Certificate{s.with.Anchors, s.with.Intermediates} {
		for _, candidate := range list {
			if among(candidate, chain) || !namesIssuer(c, candidate) {
				continue
			}
			if s.checks++; s.checks > maxChecks {
				return nil, &ChainError{c, errors.New("too many certificates might be its issuer")}
			}
			var err error
			switch err = s.as.checkSigned(c, candidate); {
			case err == nil && (candidate.mayIssue() || i == 0 && candidate.mayAnchor()):
				found, deeper := s.extend(append(chain[:len(chain):len(chain)], candidate))
				if deeper == nil {
					return found, nil
				}
				err = deeper
			case err == nil:
				err = &ChainError{c, ErrNotCA}
			case len(c.AuthorityKeyID) == 0 || !bytes.Equal(c.AuthorityKeyID, candidate.SubjectKeyID):
				continue // another key under the same name: no bad signature
			default:
				err = &ChainError{c, err}
			}
			if errors.Is(result, ErrNoIssuer) {
				result = err
			}
		}
	}
	return nil, result
}

// namesIssuer reports whether c names the candidate as its issuer, by name
// and, where both have one, by key identifier.
func namesIssuer(c, candidate *Certificate) bool {
	if len(c.AuthorityKeyID) > 0 && len(candidate.SubjectKeyID) > 0 && !bytes.Equal(c.AuthorityKeyID, candidate.SubjectKeyID) {
		return false
	}
	return bytes.Equal(c.RawIssuer, candidate.RawSubject)
}

// finish is for a chain that has reached an anchor.
func (s *search) finish(chain []*Certificate) ([]*Certificate, error) {
	anchor := chain[len(chain)-1]
	if bytes.Equal(anchor.RawIssuer, anchor.RawSubject) {
		if err := s.as.check(anchor.PublicKey, anchor.signatureAlgorithm, anchor.RawTBS, anchor.Signature); err != nil {
			return nil, &ChainError{anchor, err}
		}
	}
	if err := checkPolicies(chain, s.with.Policies); err != nil {
		return nil, err
	}
	return chain, nil
}

func among(c *Certificate, list []*Certificate) bool {
	for _, one := range list {
		if bytes.Equal(one.Raw, c.Raw) {
			return true
		}
	}
	return false
}

// understood are the extensions that may be critical.
var understood = []asn1.ObjectIdentifier{
	oid.KeyUsage, oid.BasicConstraints, oid.ExtendedKeyUsage, oid.SubjectKeyID, oid.AuthorityKeyID,
	oid.CertificatePolicies, oid.PolicyConstraints, oid.InhibitAnyPolicy, oid.SubjectAltName,
}

// checkAlone is what a certificate must satisfy wherever it stands.
func checkAlone(c *Certificate, at time.Time) error {
	if at.Before(c.NotBefore) || at.After(c.NotAfter) {
		return ErrExpired
	}
	for _, e := range c.Extensions {
		if e.Critical && !containsOID(understood, e.ID) {
			return fmt.Errorf("%w: %v", ErrCritical, e.ID)
		}
	}
	return nil
}
