package tsp

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TSAConfig says how a TSA works. Algorithms, Key, Certificate and Policy are
// required.
type TSAConfig struct {
	Algorithms  csr.Algorithms // for its signature, and the digests it takes
	Key         crypto.Signer
	Certificate *csr.Certificate   // for time-stamping and nothing else
	Chain       []*csr.Certificate // further certificates to send where they are asked for
	Policy      asn1.ObjectIdentifier

	// Accuracy is what the tokens say of their time, to a microsecond. Zero:
	// nothing.
	Accuracy time.Duration

	// Now is the clock. Nil is time.Now, as good as the computer's clock is.
	Now func() time.Time

	// Serial gives each token its number, no number twice. Nil is 159 random
	// bits.
	Serial func() (*big.Int, error)
}

// TSA makes time-stamps. It is an Authority in the same process: for tests of
// what asks for time-stamps, and the part of a time-stamping service that signs.
// The network, the trusted clock and the journal of such a service are its
// owner's.
type TSA struct{ c TSAConfig }

// NewTSA checks the configuration, the certificate first of all.
func NewTSA(c TSAConfig) (*TSA, error) {
	switch {
	case len(c.Algorithms) == 0 || c.Key == nil || c.Certificate == nil || c.Policy == nil:
		return nil, errors.New("tsp: TSA: algorithms, key, certificate or policy is not set")
	case c.Accuracy < 0 || c.Accuracy > maxSeconds*time.Second:
		return nil, errors.New("tsp: TSA: the accuracy is out of range")
	}
	if err := checkPurpose(c.Certificate); err != nil {
		return nil, fmt.Errorf("tsp: TSA: %w", err)
	}
	pub, ok := c.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(c.Certificate.PublicKey) {
		return nil, errors.New("tsp: TSA: the certificate is not for this key")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Serial == nil {
		c.Serial = randomSerial
	}
	return &TSA{c}, nil
}

func randomSerial() (*big.Int, error) {
	var octets [20]byte
	rand.Read(octets[:])
	octets[0] = octets[0]&0x7f | 0x40 // positive, and always of the same length
	return new(big.Int).SetBytes(octets[:]), nil
}

// Stamp answers a TimeStampReq in DER with a TimeStampResp: a token, or a
// refusal that says why. The error is that of [TSA.Issue].
func (t *TSA) Stamp(_ context.Context, request []byte) ([]byte, error) {
	r, err := ParseRequest(request)
	if err != nil {
		return refusal(BadDataFormat), nil
	}
	if failure := t.refuses(r); failure != 0 {
		return refusal(failure), nil
	}
	token, err := t.Issue(r)
	if err != nil {
		return nil, err
	}
	return (&Response{Status: Granted, Token: token}).marshal(), nil
}

func refusal(f Failure) []byte { return (&Response{Status: Rejection, Failure: f}).marshal() }

// refuses returns why the request is refused, or zero.
func (t *TSA) refuses(r *Request) Failure {
	newHash, err := t.c.Algorithms.ForDigest(r.Imprint.Digest)
	switch {
	case err != nil:
		return BadAlg
	case len(r.Imprint.Hash) != newHash().Size():
		return BadDataFormat
	case r.Policy != nil && !r.Policy.Equal(t.c.Policy):
		return UnacceptedPolicy
	case len(r.Extensions) > 0:
		return UnacceptedExtension
	}
	return 0
}

// Issue makes a token for the request, DER, without asking whether the request
// is one to be refused: that is what Stamp does. Its policy is the TSA's own.
// When the TSA's certificate is not valid, Issue makes none.
func (t *TSA) Issue(r *Request) ([]byte, error) {
	now := t.c.Now().UTC()
	if now.Before(t.c.Certificate.NotBefore) || now.After(t.c.Certificate.NotAfter) {
		return nil, errors.New("tsp: TSA: the certificate is not valid now")
	}
	serial, err := t.c.Serial()
	if err != nil {
		return nil, fmt.Errorf("tsp: TSA: serial number: %w", err)
	}
	info := Info{
		Policy: t.c.Policy, Imprint: r.Imprint, SerialNumber: serial, Time: now,
		Accuracy: t.c.Accuracy, Nonce: r.Nonce,
	}
	content, err := info.marshal()
	if err != nil {
		return nil, fmt.Errorf("tsp: TSA: %w", err)
	}
	o := cms.Options{At: now, Chain: t.c.Chain, ContentType: oid.TSTInfo}
	token, err := cms.Sign(t.c.Algorithms, t.c.Key, t.c.Certificate, o, content)
	if err != nil {
		return nil, fmt.Errorf("tsp: TSA: %w", err)
	}
	if !r.CertReq {
		return withoutCertificates(token)
	}
	return token, nil
}

// withoutCertificates takes the certificates out of a message of ours, which
// must not come unless they are asked for (RFC 3161, section 2.4.1). No
// signature covers them.
func withoutCertificates(token []byte) ([]byte, error) {
	var wrapped, in, certificates, version, digests, content der.String
	var typ der.OID
	outer, ok := der.ReadWhole(token, der.Sequence)
	if !ok || !outer.ReadASN1ObjectIdentifier(&typ) || !outer.ReadASN1(&wrapped, der.ContextCons(0)) ||
		!wrapped.ReadASN1(&in, der.Sequence) || !in.ReadASN1Element(&version, der.Integer) ||
		!in.ReadASN1Element(&digests, der.Set) || !in.ReadASN1Element(&content, der.Sequence) ||
		!in.ReadASN1(&certificates, der.ContextCons(0)) {
		return nil, errors.New("tsp: TSA: the token does not parse")
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(typ)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					for _, part := range []der.String{version, digests, content, in} {
						b.AddBytes(part)
					}
				})
			})
		})
	}), nil
}
