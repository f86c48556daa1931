package tsp

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Token is a time-stamp as read, not yet judged: see [Token.Verify].
type Token struct {
	Raw  []byte // as received: CMS SignedData
	Info        // what it says

	as csr.Algorithms
	sd *cms.SignedData
}

// Reasons a token fails for, wrapped with what they concern.
var (
	// ErrImprint says that a token is for other data.
	ErrImprint = errors.New("it is for other data")
	// ErrNonce says that a token answers another request.
	ErrNonce = errors.New("it answers another request")
	// ErrPolicy says that a token was issued under another policy than asked
	// for.
	ErrPolicy = errors.New("it is of another policy than asked for")
	// ErrPurpose says that the certificate a token was signed with is not one
	// for time-stamping and nothing else.
	ErrPurpose = errors.New("the certificate is not for time-stamping only")
)

// ParseToken reads a TimeStampToken (RFC 3161, section 2.4.2), DER or BER.
func ParseToken(as csr.Algorithms, raw []byte) (*Token, error) {
	t, err := readToken(as, raw)
	if err != nil {
		return nil, fmt.Errorf("tsp: token: %w", err)
	}
	return t, nil
}

func readToken(as csr.Algorithms, raw []byte) (*Token, error) {
	sd, err := cms.Parse(as, raw)
	if err != nil {
		return nil, err
	}
	t := &Token{Raw: sd.Raw, as: as, sd: sd}
	switch {
	case !sd.ContentType.Equal(oid.TSTInfo):
		return nil, fmt.Errorf("content type %v is not TSTInfo", sd.ContentType)
	case sd.Content == nil:
		return nil, errors.New("TSTInfo is missing")
	case len(sd.Signatures()) != 1:
		return nil, fmt.Errorf("%d signatures, want that of the authority only", len(sd.Signatures()))
	}
	if t.Info, err = readInfo(sd.Content); err != nil {
		return nil, err
	}
	return t, nil
}

// Verify judges the token: that it is for data (else ErrImprint), that its
// signature verifies, that the signer's certificate is for time-stamping only
// (else ErrPurpose) and that its chain reached an anchor at the token's own
// time; with.At is not looked at. It returns the authority as signer. What the
// token comes with serves as intermediate certificates; one that comes without
// needs the authority's own among with.Intermediates.
//
// The time is good to Accuracy, if that is said, and as the authority's policy
// has it, if not.
func (t *Token) Verify(data []byte, with csr.Chain) (cms.Signer, error) {
	if err := t.Imprint.check(t.as, data); err != nil {
		return cms.Signer{}, fmt.Errorf("tsp: token: %w", err)
	}
	return t.judge(with)
}

// VerifyImprint is Verify for data whose digest the caller has, by the hash
// that t.Imprint.Digest names: for documents that do not fit into memory.
func (t *Token) VerifyImprint(digest Imprint, with csr.Chain) (cms.Signer, error) {
	if _, err := t.as.ForDigest(t.Imprint.Digest); err != nil {
		return cms.Signer{}, fmt.Errorf("tsp: token: %w", err)
	}
	if !t.Imprint.Equal(digest) {
		return cms.Signer{}, fmt.Errorf("tsp: token: %w", ErrImprint)
	}
	return t.judge(with)
}

// judge judges the token itself, whatever it is for.
func (t *Token) judge(with csr.Chain) (cms.Signer, error) {
	with.At = t.Time
	signers, err := t.sd.Verify(nil, with)
	if err != nil {
		return cms.Signer{}, fmt.Errorf("tsp: token: %w", err)
	}
	signer := signers[0]
	if err := checkPurpose(signer.Certificate); err != nil {
		return cms.Signer{}, fmt.Errorf("tsp: token: %w", err)
	}
	if !bound(signer) {
		return cms.Signer{}, errors.New("tsp: token: no signed attribute names the certificate")
	}
	return signer, nil
}

// checkPurpose wants the certificate's extKeyUsage to be critical and to name
// time-stamping and nothing else (RFC 3161, section 2.3).
func checkPurpose(c *csr.Certificate) error {
	e, ok := csr.FindExtension(c.Extensions, oid.ExtendedKeyUsage)
	if !ok || !e.Critical {
		return ErrPurpose
	}
	in, ok := der.ReadWhole(e.Value, der.Sequence)
	var purpose der.OID
	if !ok || !in.ReadASN1ObjectIdentifier(&purpose) || !in.Empty() || !purpose.Equal(oid.PurposeTimeStamping) {
		return ErrPurpose
	}
	return nil
}

// bound reports whether a signing certificate attribute is there, which RFC
// 3161, section 2.4.2 requires, in the version of RFC 2634 or in that of RFC
// 5816. That it names this certificate, package cms has seen to.
func bound(signer cms.Signer) bool {
	for _, a := range signer.Signed {
		if a.Type.Equal(oid.SigningCertificateV2) || a.Type.Equal(oid.SigningCertificate) {
			return true
		}
	}
	return false
}

// Answers reports whether the token is what the request asked for: the same
// imprint (else ErrImprint), the same nonce, if the request had one (else
// ErrNonce), and its policy, if it named one (else ErrPolicy). The token is not
// judged otherwise.
func (t *Token) Answers(r *Request) error {
	switch {
	case !t.Imprint.Equal(r.Imprint):
		return fmt.Errorf("tsp: token: %w", ErrImprint)
	case r.Nonce != nil && (t.Nonce == nil || t.Nonce.Cmp(r.Nonce) != 0):
		return fmt.Errorf("tsp: token: %w", ErrNonce)
	case r.Policy != nil && !t.Policy.Equal(r.Policy):
		return fmt.Errorf("tsp: token: %w", ErrPolicy)
	}
	return nil
}
