package csr

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/oid"
)

// ErrNonce says that an OCSP response does not repeat the nonce of the
// request: it is an old one, or the responder knows no nonces.
var ErrNonce = errors.New("csr: ocsp: the response does not repeat the nonce")

// OCSPCheck says what an OCSP response is to be judged by. Required:
// Certificate, Issuer and At.
type OCSPCheck struct {
	Certificate *Certificate // asked about
	Issuer      *Certificate // of Certificate; verified by the caller
	At          time.Time    // when the answer must be current

	// Nonce is the request's. Nil means that the nonce is not looked at, as
	// for a response kept beside a document.
	Nonce []byte
	// NonceOptional takes a response without a nonce although Nonce is given:
	// many responders sign in advance (RFC 5019). A different nonce is
	// refused all the same.
	NonceOptional bool

	// MaxAge is how old thisUpdate of an answer without nextUpdate may be.
	// Such a responder has newer data at all times (RFC 6960, section 2.4).
	// Zero means an hour.
	MaxAge time.Duration
}

// CheckOCSP verifies a response and returns what it says of the certificate.
//
// The response must be signed by the issuer's key, or by a key whose
// certificate is sent along, issued directly by the issuer for OCSP signing
// and valid at the time asked for (RFC 6960, section 4.2.2.2); Responder of
// the result is that certificate. Whether a delegated certificate is itself
// revoked is not looked at: one with the extension id-pkix-ocsp-nocheck
// needs no look, another is the caller's to ask about.
//
// The answer must be of the time asked for, else ErrStale, and of the
// certificate, else ErrScope; the nonce ErrNonce, the signature ErrSignature
// or ErrUnknownAlgorithm. Where several answers are of the certificate, all
// must be current and the worst counts. A status that is not good is no error.
func (as Algorithms) CheckOCSP(r *OCSPResponse, with OCSPCheck) (Status, error) {
	if with.Certificate == nil || with.Issuer == nil || with.At.IsZero() {
		return Status{}, errors.New("csr: ocsp: certificate, issuer and time are required")
	}
	if err := checkNonce(with.Nonce); err != nil {
		return Status{}, err
	}
	responder, err := as.findResponder(r, with)
	if err != nil {
		return Status{}, fmt.Errorf("csr: ocsp: %w", err)
	}
	if r.ProducedAt.After(with.At.Add(clockSkew)) {
		return Status{}, fmt.Errorf("csr: ocsp: producedAt has not come: %w", ErrStale)
	}
	if with.Nonce != nil && !bytes.Equal(with.Nonce, r.Nonce) && (r.Nonce != nil || !with.NonceOptional) {
		return Status{}, ErrNonce
	}
	var result Status
	found := false
	for _, a := range r.Answers {
		if !a.CertID.Names(with.Certificate, with.Issuer) {
			continue
		}
		if err := a.Status.checkTime(with); err != nil {
			return Status{}, fmt.Errorf("csr: ocsp: %w", err)
		}
		if !found || badness[a.Status.State] > badness[result.State] {
			result, found = a.Status, true
		}
	}
	if !found {
		return Status{}, fmt.Errorf("csr: ocsp: no answer about the certificate: %w", ErrScope)
	}
	result.Responder = responder
	return result, nil
}

// badness orders states from good to revoked.
var badness = map[State]int{StatusGood: 0, StatusUnknown: 1, StatusRevoked: 2}

// checkTime checks thisUpdate and nextUpdate (RFC 6960, section 3.2).
func (s Status) checkTime(with OCSPCheck) error {
	end := s.NextUpdate
	if end.IsZero() {
		age := with.MaxAge
		if age == 0 {
			age = time.Hour
		}
		end = s.ThisUpdate.Add(age)
	}
	switch {
	case with.At.Before(s.ThisUpdate.Add(-clockSkew)):
		return fmt.Errorf("thisUpdate has not come: %w", ErrStale)
	case with.At.After(end):
		return fmt.Errorf("a newer answer is to be had: %w", ErrStale)
	}
	return nil
}

// findResponder returns the certificate of the key that signed the response.
func (as Algorithms) findResponder(r *OCSPResponse, with OCSPCheck) (*Certificate, error) {
	result := errors.New("the responder's certificate is missing")
	for _, c := range append([]*Certificate{with.Issuer}, r.Certificates...) {
		if !r.namesResponder(c) {
			continue
		}
		if c != with.Issuer && !samePublicKey(c.PublicKey, with.Issuer.PublicKey) {
			if err := as.checkDelegate(c, with); err != nil {
				result = err
				continue
			}
		}
		if err := as.check(c.PublicKey, r.signatureAlgorithm, r.RawTBS, r.Signature); err != nil {
			result = err
			continue
		}
		return c, nil
	}
	return nil, result
}

// namesResponder compares the responderID; the hash of a key is SHA-1 (RFC
// 6960, section 4.2.1), the same as a key identifier of method 1.
func (r *OCSPResponse) namesResponder(c *Certificate) bool {
	if r.RawResponderName != nil {
		return bytes.Equal(r.RawResponderName, c.RawSubject)
	}
	id, err := keyID(c.RawKey)
	return err == nil && bytes.Equal(id, r.ResponderKeyHash)
}

// checkDelegate checks that the issuer made c for signing OCSP responses (RFC
// 6960, section 4.2.2.2).
func (as Algorithms) checkDelegate(c *Certificate, with OCSPCheck) error {
	_, limited := FindExtension(c.Extensions, oid.KeyUsage)
	switch {
	case !c.HasPurpose(oid.PurposeOCSPSigning),
		limited && c.KeyUsage&(DigitalSignature|ContentCommitment) == 0:
		return errors.New("the responder's certificate is not for signing responses")
	case !with.Issuer.mayAnchor():
		return fmt.Errorf("the responder's issuer: %w", ErrNotCA)
	}
	if err := checkAlone(c, with.At); err != nil {
		return fmt.Errorf("the responder's certificate: %w", err)
	}
	if err := as.checkSigned(c, with.Issuer); err != nil {
		return fmt.Errorf("the responder's certificate: %w", err)
	}
	return nil
}
