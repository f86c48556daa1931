package mchd

import (
	"context"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/ra"
)

// Config is what a verifier is made of. Required: Algorithms and Anchors.
type Config struct {
	Algorithms csr.Algorithms
	// Anchors are the roots that principals' certificates lead to.
	Anchors []*csr.Certificate
	// Standing tells whether a signer's certificate was revoked by the time
	// given: an error, if it was or nothing is known. Nil: nobody is asked.
	Standing func(ctx context.Context, c *csr.Certificate, at time.Time) error
}

// Verifier verifies powers of attorney; it implements ra.PowerVerifier. It may
// be used by several goroutines.
type Verifier struct{ cfg Config }

// New returns a verifier.
func New(c Config) (*Verifier, error) {
	if len(c.Algorithms) == 0 || len(c.Anchors) == 0 {
		return nil, errors.New("mchd: config: Algorithms and Anchors are required")
	}
	return &Verifier{c}, nil
}

// ErrSigner says that the signature is by somebody who may not empower for the
// principal.
var ErrSigner = errors.New("mchd: the signer is not the principal")

// Verify reads a power, XML in UTF-8, and verifies the signature over it,
// detached CMS in DER. A power is often good for longer than the certificate it
// was signed by: one that has ended counts as of the time of signing, on the
// signer's word for it, and the result says so ([ra.Power.Ended]).
func (v *Verifier) Verify(ctx context.Context, document, signature []byte, at time.Time) (*ra.Power, error) {
	d, err := parse(document)
	if err != nil {
		return nil, err
	}
	message, err := cms.Parse(v.cfg.Algorithms, signature)
	if err != nil {
		return nil, fmt.Errorf("mchd: %w", err)
	}
	if message.Content != nil {
		return nil, errors.New("mchd: the signature is not detached")
	}
	signers, err := message.Verify(document, csr.Chain{Anchors: v.cfg.Anchors, At: at})
	if err != nil {
		if at, signers = v.then(message, d, document, at); signers == nil {
			return nil, fmt.Errorf("mchd: %w", err)
		}
		d.power.Ended = true
	}
	if len(signers) == 0 {
		return nil, ErrSigner
	}
	for _, s := range signers {
		if !d.signedBy(s.Certificate) {
			return nil, ErrSigner
		}
		if v.cfg.Standing != nil {
			if err := v.cfg.Standing(ctx, s.Certificate, at); err != nil {
				return nil, fmt.Errorf("mchd: the signer's certificate: %w", err)
			}
		}
	}
	return &d.power, nil
}

// then verifies as of the time of signing, which may be neither after now nor
// after the power's end, for a certificate that has ended since. No signers: it
// was not good then either.
func (v *Verifier) then(message *cms.SignedData, d *document, document []byte, now time.Time) (time.Time, []cms.Signer) {
	for _, c := range message.Certificates {
		// The signer's word is known once his signature verifies, at a time
		// at which his certificate is good; the last moment of it is.
		signers, err := message.Verify(document, csr.Chain{Anchors: v.cfg.Anchors, At: c.NotAfter})
		if err != nil || len(signers) == 0 {
			continue
		}
		at := signers[0].SignedAt
		if at.IsZero() || at.After(now) || !at.Before(d.power.Until) {
			continue
		}
		if signers, err = message.Verify(document, csr.Chain{Anchors: v.cfg.Anchors, At: at}); err == nil {
			return at, signers
		}
	}
	return now, nil
}

// signedBy reports whether a certificate is the principal's.
func (d *document) signedBy(c *csr.Certificate) bool {
	p, is := &d.power.Principal, func(t asn1.ObjectIdentifier, want string) bool { return want != "" && c.Subject.Get(t) == want }
	switch p.LegalForm {
	case ra.LegalOrganization:
		// A certificate of an organisation bears its OGRN; the head's person
		// is named in the power, and in the certificate unless it signs by
		// itself, which is not enough here.
		head := len(d.heads) == 0 || slices.ContainsFunc(d.heads, func(snils string) bool { return is(csr.SNILS, snils) })
		return is(csr.OGRN, p.OGRN) && head
	case ra.LegalSoleTrader:
		return is(csr.SNILS, p.SNILS) || p.SNILS == "" && is(csr.OGRNIP, p.OGRN)
	}
	return is(csr.SNILS, p.SNILS)
}
