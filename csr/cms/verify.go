package cms

import (
	"bytes"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
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
	Algorithm   *csr.Algorithm     // the scheme of the signature
	Signature   []byte             // its value, which a signature time-stamp covers
	Signed      []Attribute        // the attributes that were signed
	Unsigned    []Attribute        // those that were not: nobody vouches for them
}

// Errors of Verify, wrapped with what they concern.
var (
	// ErrContent says that the content is not the one that was signed.
	ErrContent = errors.New("the content is not what was signed")
	// ErrNoSigners says that the message bears no signature.
	ErrNoSigners = errors.New("cms: nobody signed")
	// ErrNoCertificate says that the signer's certificate was neither sent
	// along nor given.
	ErrNoCertificate = errors.New("the signer's certificate is missing")
	// ErrKeyUsage says that the certificate is not for signing.
	ErrKeyUsage = errors.New("the certificate's key usage does not allow signing")
)

// Verify judges every signature of the message and returns the signers, in
// the order of the message; one that fails fails the message. Content is the
// document of a detached message and nil for one that carries its content (an
// empty document is not nil).
//
// A signer's certificate is looked for in with.Intermediates and in the message;
// its chain must reach an anchor at the time with.At, and certificates
// of the message serve as intermediates. Its keyUsage, if any, must have
// digitalSignature or contentCommitment. A signing certificate attribute, if
// any, must name it.
func (sd *SignedData) Verify(content []byte, with csr.Chain) ([]Signer, error) {
	content, err := sd.content(content)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	return sd.verify(bytes.NewReader(content), with)
}

// VerifyReader is Verify for a detached message and a document of any size,
// read to its end once and in constant memory.
func (sd *SignedData) VerifyReader(content io.Reader, with csr.Chain) ([]Signer, error) {
	if sd.Content != nil {
		return nil, errors.New("cms: the message carries its content")
	}
	return sd.verify(content, with)
}

// content returns what the message is about: given or carried.
func (sd *SignedData) content(given []byte) ([]byte, error) {
	switch {
	case sd.Content == nil && given == nil:
		return nil, errors.New("the message is detached and no content was given")
	case sd.Content != nil && given != nil && !bytes.Equal(sd.Content, given):
		return nil, ErrContent
	case given == nil:
		return sd.Content, nil
	}
	return given, nil
}

func (sd *SignedData) verify(content io.Reader, with csr.Chain) ([]Signer, error) {
	if len(sd.signers) == 0 {
		return nil, ErrNoSigners
	}
	sums, err := newDigests(sd.as, sd.signers)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	if err := sums.read(content); err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	v := newVerifier(sd, with)
	var signers []Signer
	for i := range sd.signers {
		s, err := v.signer(&sd.signers[i], sums)
		if err != nil {
			return nil, fmt.Errorf("cms: signer %d: %w", i+1, err)
		}
		signers = append(signers, s)
	}
	return signers, nil
}

// checkKeyUsage wants one of the bits that go with signatures over data (RFC
// 5280, section 4.2.1.3), if the extension is there.
func checkKeyUsage(c *csr.Certificate) error {
	_, present := csr.FindExtension(c.Extensions, oid.KeyUsage)
	if present && c.KeyUsage&(csr.DigitalSignature|csr.ContentCommitment) == 0 {
		return ErrKeyUsage
	}
	return nil
}

// checkAttributes checks the signed attributes against the content: contentType
// and messageDigest must be there, once, with one value, and be right (RFC
// 5652, section 11). It returns the signing time, zero if there is none.
func (si *signerInfo) checkAttributes(typ der.OID, digest []byte) (at time.Time, err error) {
	seen := make(map[string]bool, len(si.signed))
	for _, a := range si.signed {
		if seen[a.Type.String()] {
			return at, fmt.Errorf("signed attribute %v stands twice", a.Type)
		}
		seen[a.Type.String()] = true
		values := der.String(a.Values)
		switch {
		case a.Type.Equal(oid.ContentType):
			var t der.OID
			if !values.ReadASN1ObjectIdentifier(&t) || !values.Empty() || !t.Equal(typ) {
				return at, errors.New("contentType is not that of the content")
			}
		case a.Type.Equal(oid.MessageDigest):
			d, err := readDigest(a)
			if err != nil {
				return at, err
			}
			if subtle.ConstantTimeCompare(d, digest) != 1 {
				return at, ErrContent
			}
		case a.Type.Equal(oid.SigningTime):
			var ok bool
			if at, ok = der.ReadTime(&values); !ok || !values.Empty() {
				return time.Time{}, errors.New("signingTime does not parse")
			}
		}
	}
	if !seen[oid.ContentType.String()] || !seen[oid.MessageDigest.String()] {
		return time.Time{}, errors.New("contentType or messageDigest is missing")
	}
	return at, nil
}

// readDigest reads the value of messageDigest.
func readDigest(a Attribute) ([]byte, error) {
	values := der.String(a.Values)
	var digest der.String
	if !values.ReadASN1(&digest, der.OctetString) || !values.Empty() {
		return nil, errors.New("messageDigest does not parse")
	}
	return digest, nil
}
