package csr

import (
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// OCSPResponseTemplate is what a new response says. Required: Responder,
// ProducedAt and one or more Answers.
type OCSPResponseTemplate struct {
	// Responder is the certificate of the signing key: the issuer's of the
	// certificates asked about, or one that it issued for OCSP signing.
	Responder *Certificate
	// ByKey names the responder by the hash of its key instead of its name.
	ByKey      bool
	ProducedAt time.Time

	// Answers repeat the CertIDs of the request. A Status needs State and
	// ThisUpdate; NextUpdate is left out when zero; of a Revocation RevokedAt
	// and Reason are written, ReasonUnspecified not.
	Answers []OCSPAnswer

	Nonce []byte // the request's; nil: none
	// Certificates are sent along. A delegated responder has to send its own.
	Certificates []*Certificate
}

// CreateOCSPResponse makes a basic response (RFC 6960, section 4.2.1) and
// signs it with the responder's key. The result is DER.
func (as Algorithms) CreateOCSPResponse(key crypto.Signer, t *OCSPResponseTemplate) ([]byte, error) {
	if err := t.check(key); err != nil {
		return nil, err
	}
	id, err := keyID(t.Responder.RawKey)
	if err != nil {
		return nil, err
	}
	tbs := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			if t.ByKey {
				b.AddASN1(der.ContextCons(2), func(b *der.Builder) { b.AddASN1OctetString(id) })
			} else {
				b.AddASN1(der.ContextCons(1), func(b *der.Builder) { b.AddBytes(t.Responder.RawSubject) })
			}
			b.AddASN1GeneralizedTime(t.ProducedAt.UTC())
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				for i := range t.Answers {
					t.Answers[i].add(b)
				}
			})
			if t.Nonce != nil {
				b.AddASN1(der.ContextCons(1), func(b *der.Builder) { addExtensions(b, addNonce(nil, t.Nonce)) })
			}
		})
	})
	a, sig, err := as.Sign(key, tbs)
	if err != nil {
		return nil, err
	}
	basic := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(tbs)
			a.identifier().Add(b)
			b.AddASN1BitString(sig)
			if len(t.Certificates) > 0 {
				b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						for _, c := range t.Certificates {
							b.AddBytes(c.Raw)
						}
					})
				})
			}
		})
	})
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			addEnumerated(b, 0) // successful
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(oid.OCSPBasic)
					b.AddASN1OctetString(basic)
				})
			})
		})
	}), nil
}

func (t *OCSPResponseTemplate) check(key crypto.Signer) error {
	switch {
	case t.Responder == nil || !samePublicKey(t.Responder.PublicKey, key.Public()):
		return errors.New("csr: ocsp: response: the responder's certificate is not of the signing key")
	case t.ProducedAt.IsZero() || !encodable(t.ProducedAt):
		return errors.New("csr: ocsp: response: producedAt is missing or does not fit")
	case len(t.Answers) == 0:
		return errors.New("csr: ocsp: response: no answers")
	case len(t.Certificates) > maxOCSPCertificates:
		return fmt.Errorf("csr: ocsp: response: more than %d certificates", maxOCSPCertificates)
	}
	for i := range t.Answers {
		if err := t.Answers[i].check(); err != nil {
			return fmt.Errorf("csr: ocsp: response: answer %d: %w", i+1, err)
		}
	}
	return checkNonce(t.Nonce)
}

func (a *OCSPAnswer) check() error {
	in := der.String(a.CertID.Raw)
	if _, err := readCertID(&in); err != nil || !in.Empty() {
		return errors.New("its CertID is neither made nor read")
	}
	s := &a.Status
	switch {
	case s.ThisUpdate.IsZero() || !encodable(s.ThisUpdate) || !encodable(s.NextUpdate):
		return errors.New("thisUpdate is missing or a time does not fit")
	case !s.NextUpdate.IsZero() && s.NextUpdate.Before(s.ThisUpdate):
		return errors.New("nextUpdate is earlier than thisUpdate")
	case s.State > StatusRevoked:
		return fmt.Errorf("no such state: %v", s.State)
	case s.State != StatusRevoked:
		return nil
	case s.Revocation.RevokedAt.IsZero() || !encodable(s.Revocation.RevokedAt):
		return errors.New("the time of revocation is missing or does not fit")
	case s.Revocation.SerialNumber != nil && s.Revocation.SerialNumber.Cmp(a.CertID.SerialNumber) != 0:
		return errors.New("the revocation is of another certificate")
	}
	if _, ok := newReason(int(s.Revocation.Reason)); !ok {
		return fmt.Errorf("reason %v has no place in a response", s.Revocation.Reason)
	}
	return nil
}

// add writes SingleResponse.
func (a *OCSPAnswer) add(b *der.Builder) {
	s := &a.Status
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddBytes(a.CertID.Raw)
		switch s.State {
		case StatusGood:
			b.AddASN1(der.Context(0), func(*der.Builder) {})
		case StatusRevoked:
			b.AddASN1(der.ContextCons(1), func(b *der.Builder) {
				b.AddASN1GeneralizedTime(s.Revocation.RevokedAt.UTC())
				if s.Revocation.Reason != ReasonUnspecified {
					b.AddASN1(der.ContextCons(0), func(b *der.Builder) { addEnumerated(b, uint8(s.Revocation.Reason)) })
				}
			})
		default:
			b.AddASN1(der.Context(2), func(*der.Builder) {})
		}
		b.AddASN1GeneralizedTime(s.ThisUpdate.UTC())
		if !s.NextUpdate.IsZero() {
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1GeneralizedTime(s.NextUpdate.UTC()) })
		}
	})
}
