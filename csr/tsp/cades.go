package tsp

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// ErrNoTimeStamp says that a signer has no signature time-stamp. It comes
// wrapped.
var ErrNoTimeStamp = errors.New("the signature has no time-stamp")

// Extend makes CAdES-T of a CMS message: it has the authority stamp each
// signature value and attaches the token to the signer as the unsigned
// attribute signature-time-stamp (RFC 5126, section 6.1.1; ETSI EN 319 122-1,
// section 5.3). The message is SignedData in DER or BER, CAdES-BES if it is to
// be CAdES-T; the result is DER.
//
// The signatures themselves are not verified: that is for the caller to do
// first, by [cms.SignedData.Verify], who has the content. A signer that has a
// time-stamp gets another. Errors are those of [Client.Stamp].
func (c *Client) Extend(ctx context.Context, p7s []byte) ([]byte, error) {
	sd, err := cms.Parse(c.Algorithms, p7s)
	if err != nil {
		return nil, fmt.Errorf("tsp: extend: %w", err)
	}
	signatures := sd.Signatures()
	if len(signatures) == 0 {
		return nil, fmt.Errorf("tsp: extend: %w", cms.ErrNoSigners)
	}
	for i, signature := range signatures {
		token, err := c.Stamp(ctx, signature)
		if err != nil {
			return nil, err
		}
		if p7s, err = cms.AddUnsigned(p7s, i, cms.Attribute{Type: oid.SignatureTimeStamp, Values: token.Raw}); err != nil {
			return nil, fmt.Errorf("tsp: extend: %w", err)
		}
	}
	return p7s, nil
}

// Stamped is a signer with the time by which he had signed.
type Stamped struct {
	cms.Signer
	Time time.Time
}

// Verify judges a message of CAdES-T: every signer must have a signature
// time-stamp that verifies with tsa, and verify himself with the chain as of
// that time; with.At and tsa.At are not looked at. Content is as for
// [cms.SignedData.Verify]. One who fails fails the message.
//
// A signature so judged stays good when the signer's certificate expires. It
// does not when the authority's does and its key is lost: see the package's
// comment.
func Verify(as csr.Algorithms, sd *cms.SignedData, content []byte, with, tsa csr.Chain) ([]Stamped, error) {
	signatures := sd.Signatures()
	if len(signatures) == 0 {
		return nil, cms.ErrNoSigners
	}
	var list []Stamped
	for i, signature := range signatures {
		at, err := stampedAt(as, signature, sd.Unsigned(i), tsa)
		if err != nil {
			return nil, fmt.Errorf("tsp: signer %d: %w", i+1, err)
		}
		with.At = at
		signer, err := sd.VerifySigner(i, content, with)
		if err != nil {
			return nil, fmt.Errorf("tsp: signer %d: %w", i+1, err)
		}
		list = append(list, Stamped{signer, at})
	}
	return list, nil
}

// Signed returns the time by which a signer of a message had signed: that of
// his signature time-stamp, verified with the chain as [Token.Verify] does it.
// If he has several, it is the earliest of those that verify. The error is
// ErrNoTimeStamp if he has none, and that of the first if none verifies.
func Signed(signer cms.Signer, as csr.Algorithms, tsa csr.Chain) (time.Time, error) {
	at, err := stampedAt(as, signer.Signature, signer.Unsigned, tsa)
	if err != nil {
		return time.Time{}, fmt.Errorf("tsp: %w", err)
	}
	return at, nil
}

// maxTokens bounds how many time-stamps of one signature are looked at: anyone
// on the way can add some.
const maxTokens = 16

// stampedAt returns the earliest time at which a signature verifiably existed.
// A token that does not verify takes nothing from one that does.
func stampedAt(as csr.Algorithms, signature []byte, unsigned []cms.Attribute, tsa csr.Chain) (at time.Time, err error) {
	tokens := 0
	found := false
	for _, a := range unsigned {
		if !a.Type.Equal(oid.SignatureTimeStamp) {
			continue
		}
		for values := der.String(a.Values); !values.Empty(); tokens++ {
			raw, _, ok := der.ReadAny(&values)
			if !ok || tokens == maxTokens {
				return time.Time{}, errors.New("the time-stamps of the signature do not parse, or are too many")
			}
			t, e := stampedBy(as, raw, signature, tsa)
			switch {
			case e != nil && err == nil:
				err = e
			case e == nil && (!found || t.Before(at)):
				at, found = t, true
			}
		}
	}
	switch {
	case found:
		return at, nil
	case tokens == 0:
		return time.Time{}, ErrNoTimeStamp
	}
	return time.Time{}, err
}

// stampedBy judges one token over a signature value.
func stampedBy(as csr.Algorithms, raw, signature []byte, tsa csr.Chain) (time.Time, error) {
	token, err := ParseToken(as, raw)
	if err != nil {
		return time.Time{}, err
	}
	if _, err := token.Verify(signature, tsa); err != nil {
		return time.Time{}, err
	}
	return token.Time, nil
}
