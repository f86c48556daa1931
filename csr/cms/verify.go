package cms

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Signer is one who signed, all checks passed.
type Signer struct {
	Certificate *csr.Certificate
	Chain       []*csr.Certificate // from the certificate to the anchor
	SignedAt    time.Time          // signingTime: the signer's word; zero when absent
}

// Errors of Verify, wrapped with what they concern.
var (
	// ErrContent says that the content is not the one that was signed.
	ErrContent = errors.New("the content is not what was signed")
	// ErrNoSigners says that the message bears no signature.
	ErrNoSigners = errors.New("cms: nobody signed")
	// ErrNoCertificate says that the signer's certificate was not sent along.
	ErrNoCertificate = errors.New("the signer's certificate is missing")
)

// Verify judges every signature of the message and returns the signers; one
// that fails fails the message. Content is the document of a detached
// message and nil for one that carries its content. The chain of each signer
// must reach an anchor at the time with.At; certificates of the message serve
// as intermediates.
func (sd *SignedData) Verify(content []byte, with csr.Chain) ([]Signer, error) {
	switch {
	case sd.Content == nil && content == nil:
		return nil, errors.New("cms: the message is detached and no content was given")
	case sd.Content != nil && content != nil && !bytes.Equal(sd.Content, content):
		return nil, fmt.Errorf("cms: %w", ErrContent)
	case content == nil:
		content = sd.Content
	}
	if len(sd.signers) == 0 {
		return nil, ErrNoSigners
	}
	with.Intermediates = append(append([]*csr.Certificate{}, with.Intermediates...), sd.Certificates...)
	var signers []Signer
	for i := range sd.signers {
		s, err := sd.verify(&sd.signers[i], content, with)
		if err != nil {
			return nil, fmt.Errorf("cms: signer %d: %w", i+1, err)
		}
		signers = append(signers, s)
	}
	return signers, nil
}

func (sd *SignedData) verify(si *signerInfo, content []byte, with csr.Chain) (s Signer, err error) {
	if s.Certificate = sd.find(si); s.Certificate == nil {
		return s, ErrNoCertificate
	}
	newHash, err := sd.as.ForDigest(si.digest.OID)
	if err != nil {
		return s, err
	}
	signed := content
	if si.attributes != nil {
		h := newHash()
		h.Write(content)
		if s.SignedAt, err = sd.checkAttributes(si, h.Sum(nil), s.Certificate); err != nil {
			return s, err
		}
		signed = si.attributes
	} else if _, set := der.ReadWhole(content, der.Set); set {
		// Without signed attributes such content could itself be the signed
		// attributes of another message (RFC 5652 leaves the two alike).
		return s, errors.New("no signed attributes, and the content could pass for them")
	}
	a, err := sd.as.ForSigner(s.Certificate.PublicKey, der.Marshal(si.signature.Add), der.Marshal(si.digest.Add))
	if err != nil {
		return s, err
	}
	if !a.VerifyMessage(s.Certificate.PublicKey, signed, si.value) {
		return s, csr.ErrSignature
	}
	s.Chain, err = sd.as.VerifyChain(s.Certificate, with)
	return s, err
}

func (sd *SignedData) find(si *signerInfo) *csr.Certificate {
	for _, c := range sd.Certificates {
		if si.keyID != nil && bytes.Equal(si.keyID, c.SubjectKeyID) ||
			si.keyID == nil && bytes.Equal(si.rawIssuer, c.RawIssuer) && si.serial.Cmp(c.SerialNumber) == 0 {
			return c
		}
	}
	return nil
}

// checkAttributes checks the signed attributes: contentType and messageDigest
// must be there, once (RFC 5652, section 11); signingCertificateV2, when
// there, must name the certificate in use.
func (sd *SignedData) checkAttributes(si *signerInfo, digest []byte, cert *csr.Certificate) (at time.Time, err error) {
	set, ok := der.ReadWhole(si.attributes, der.Set)
	if !ok {
		return at, errors.New("signed attributes do not parse")
	}
	seen := map[string]bool{}
	for !set.Empty() {
		var one, values der.String
		var typ der.OID
		if !set.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&typ) ||
			!one.ReadASN1(&values, der.Set) || !one.Empty() {
			return at, errors.New("a signed attribute does not parse")
		}
		if seen[typ.String()] {
			return at, fmt.Errorf("signed attribute %v stands twice", typ)
		}
		seen[typ.String()] = true
		switch {
		case typ.Equal(oid.ContentType):
			var t der.OID
			if !values.ReadASN1ObjectIdentifier(&t) || !values.Empty() || !t.Equal(oid.Data) {
				return at, errors.New("contentType is not that of the content")
			}
		case typ.Equal(oid.MessageDigest):
			var d der.String
			if !values.ReadASN1(&d, der.OctetString) || !values.Empty() {
				return at, errors.New("messageDigest does not parse")
			}
			if subtle.ConstantTimeCompare(d, digest) != 1 {
				return at, ErrContent
			}
		case typ.Equal(oid.SigningTime):
			if at, ok = der.ReadTime(&values); !ok || !values.Empty() {
				return at, errors.New("signingTime does not parse")
			}
		case typ.Equal(oid.SigningCertificateV2):
			if err := sd.checkSigningCertificate(values, cert); err != nil {
				return at, err
			}
		}
	}
	if !seen[oid.ContentType.String()] || !seen[oid.MessageDigest.String()] {
		return at, errors.New("contentType or messageDigest is missing")
	}
	return at, nil
}

// checkSigningCertificate compares the first ESSCertIDv2, which RFC 5035,
// section 3 says is the signer's.
func (sd *SignedData) checkSigningCertificate(values der.String, cert *csr.Certificate) error {
	var outer, ids, id, hash der.String
	if !values.ReadASN1(&outer, der.Sequence) || !outer.ReadASN1(&ids, der.Sequence) ||
		!ids.ReadASN1(&id, der.Sequence) {
		return errors.New("signingCertificateV2 does not parse")
	}
	digest := der.AlgorithmIdentifier{OID: oid.SHA256}
	if id.PeekASN1Tag(der.Sequence) {
		var ok bool
		if digest, ok = der.ReadAlgorithm(&id); !ok {
			return errors.New("signingCertificateV2 does not parse")
		}
	}
	if !id.ReadASN1(&hash, der.OctetString) {
		return errors.New("signingCertificateV2 does not parse")
	}
	newHash, err := sd.as.ForDigest(digest.OID)
	if err != nil {
		return fmt.Errorf("signingCertificateV2: %w", err)
	}
	h := newHash()
	h.Write(cert.Raw)
	if !bytes.Equal(h.Sum(nil), hash) {
		return errors.New("signingCertificateV2 names another certificate")
	}
	return nil
}
