package csr

import (
	"crypto"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// CRLTemplate is what a new CRL says. Required: Issuer, Number, ThisUpdate
// and NextUpdate.
type CRLTemplate struct {
	Issuer     Name
	Number     *big.Int // of the list, growing; not negative, at most 20 octets
	ThisUpdate time.Time
	NextUpdate time.Time

	// AuthorityKeyID is the issuer certificate's SubjectKeyID. Nil means the
	// identifier that [Algorithms.EncodeKey] gives for the signing key.
	AuthorityKeyID []byte

	// Entries are the revoked certificates, written in this order; each
	// serial number once, positive and of at most 20 octets. The reason
	// ReasonUnspecified and a zero InvalidityDate are left out.
	Entries []Revocation

	// Extensions are added after authorityKeyIdentifier and cRLNumber, which
	// are always there.
	Extensions []Extension
}

// CreateCRL makes a full CRL of version 2 (RFC 5280, section 5; RFC 9215 for
// GOST) and signs it with the issuer's key. The result is DER.
func (as Algorithms) CreateCRL(issuer crypto.Signer, t *CRLTemplate) ([]byte, error) {
	if err := t.check(); err != nil {
		return nil, fmt.Errorf("csr: crl: %w", err)
	}
	a, err := as.ForKey(issuer.Public())
	if err != nil {
		return nil, err
	}
	id := t.AuthorityKeyID
	if id == nil {
		if _, id, err = as.EncodeKey(issuer.Public()); err != nil {
			return nil, err
		}
	}
	extensions := append([]Extension{NewAuthorityKeyID(id), newCRLNumber(t.Number)}, t.Extensions...)
	tbs := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(1)
			a.identifier().Add(b)
			b.AddBytes(t.Issuer.Raw())
			der.AddTime(b, t.ThisUpdate)
			der.AddTime(b, t.NextUpdate)
			if len(t.Entries) > 0 { // an empty list is absent, section 5.1.2.6
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					for i := range t.Entries {
						t.Entries[i].add(b)
					}
				})
			}
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { addExtensions(b, extensions) })
		})
	})
	return as.seal(issuer, tbs)
}

func newCRLNumber(n *big.Int) Extension {
	return Extension{ID: oid.CRLNumber, Value: der.Marshal(func(b *der.Builder) { b.AddASN1BigInt(n) })}
}

func (t *CRLTemplate) check() error {
	switch {
	case t.Number == nil || t.Number.Sign() < 0 || t.Number.BitLen() > 159:
		return errors.New("the number is negative or exceeds 20 octets")
	case !encodable(t.ThisUpdate) || !encodable(t.NextUpdate):
		return errors.New("a time that GeneralizedTime cannot hold")
	case !t.ThisUpdate.Before(t.NextUpdate):
		return errors.New("nextUpdate is not later than thisUpdate")
	}
	for _, e := range t.Extensions {
		if e.ID.Equal(oid.CRLNumber) || e.ID.Equal(oid.AuthorityKeyID) || e.ID.Equal(oid.DeltaCRL) {
			return fmt.Errorf("extension %v is not the template's to give", e.ID)
		}
	}
	seen := make(map[string]struct{}, len(t.Entries))
	for i := range t.Entries {
		e := &t.Entries[i]
		if err := e.check(); err != nil {
			return fmt.Errorf("entry %d: %w", i+1, err)
		}
		serial := string(e.SerialNumber.Bytes())
		if _, twice := seen[serial]; twice {
			return fmt.Errorf("entry %d: the serial number stands twice", i+1)
		}
		seen[serial] = struct{}{}
	}
	return nil
}

func (r *Revocation) check() error {
	switch {
	case r.SerialNumber == nil || r.SerialNumber.Sign() <= 0 || r.SerialNumber.BitLen() > 159:
		return errors.New("the serial number is not positive or exceeds 20 octets")
	case !encodable(r.RevokedAt) || !encodable(r.InvalidityDate):
		return errors.New("a time that GeneralizedTime cannot hold")
	}
	if _, ok := newReason(int(r.Reason)); !ok {
		return fmt.Errorf("reason %v has no place in a full CRL", r.Reason)
	}
	return nil
}

// add writes the entry (RFC 5280, sections 5.1.2.6 and 5.3).
func (r *Revocation) add(b *der.Builder) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1BigInt(r.SerialNumber)
		der.AddTime(b, r.RevokedAt)
		var list []Extension
		if r.Reason != ReasonUnspecified { // section 5.3.1: absent rather than 0
			list = append(list, Extension{ID: oid.ReasonCode, Value: der.Marshal(func(b *der.Builder) {
				addEnumerated(b, uint8(r.Reason))
			})})
		}
		if !r.InvalidityDate.IsZero() {
			list = append(list, Extension{ID: oid.InvalidityDate, Value: der.Marshal(func(b *der.Builder) {
				b.AddASN1GeneralizedTime(r.InvalidityDate.UTC())
			})})
		}
		if len(list) > 0 {
			addExtensions(b, list)
		}
	})
}

// encodable reports whether a time fits GeneralizedTime.
func encodable(t time.Time) bool {
	y := t.UTC().Year()
	return y >= 0 && y <= 9999
}
