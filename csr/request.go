package csr

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Template is what a new request asks for.
type Template struct {
	Subject    Name
	Extensions []Extension        // go into the extensionRequest attribute; none: no attribute
	Attributes []RequestAttribute // further attributes, one a type
}

// Request is a PKCS #10 CertificationRequest (RFC 2986) whose signature has
// been verified with the key inside it: its maker possesses the private key.
// It is made by [Algorithms.Parse] only.
type Request struct {
	Raw        []byte // the whole request
	RawTBS     []byte // CertificationRequestInfo: what is signed
	RawSubject []byte
	RawKey     []byte // SubjectPublicKeyInfo

	Subject    Name
	PublicKey  crypto.PublicKey
	Algorithm  *Algorithm // of the key
	Attributes []RequestAttribute
	Extensions []Extension // of the extensionRequest attribute

	RawSignatureAlgorithm []byte // AlgorithmIdentifier of the signature
	Signature             []byte

	// Deviations are what the request's writer did against a standard.
	Deviations []Deviation
}

// Create makes a PKCS #10 request for the key and signs it with the key
// (RFC 2986; RFC 9215 for GOST). The result is DER. The signer's work is
// verified before it is returned.
func (as Algorithms) Create(key crypto.Signer, t *Template) ([]byte, error) {
	pub := key.Public()
	a, err := as.ForKey(pub)
	if err != nil {
		return nil, err
	}
	spki, err := a.EncodeKey(pub)
	if err != nil {
		return nil, fmt.Errorf("csr: request: public key: %w", err)
	}
	var failed error
	tbs := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0)
			b.AddBytes(t.Subject.Raw())
			b.AddBytes(spki)
			failed = addAttributes(b, t)
		})
	})
	if failed != nil {
		return nil, failed
	}
	return as.seal(key, tbs)
}

// seal signs tbs and wraps it: SEQUENCE {tbs, signatureAlgorithm, signature}.
func (as Algorithms) seal(key crypto.Signer, tbs []byte) ([]byte, error) {
	a, sig, err := as.Sign(key, tbs)
	if err != nil {
		return nil, err
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(tbs)
			a.identifier().Add(b)
			b.AddASN1BitString(sig)
		})
	}), nil
}

// signed is the outer shape that requests, certificates and CRLs share.
type signed struct {
	tbs          []byte
	rawAlgorithm []byte
	algorithm    der.AlgorithmIdentifier
	signature    []byte
}

func readSigned(what string, raw []byte) (s signed, err error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return s, fmt.Errorf("csr: %s: not one DER SEQUENCE", what)
	}
	if s.tbs, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return s, fmt.Errorf("csr: %s: the signed part does not parse", what)
	}
	if s.rawAlgorithm, ok = der.ReadRaw(&in, der.Sequence); ok {
		s.algorithm, ok = der.ParseAlgorithm(s.rawAlgorithm)
	}
	if !ok {
		return s, fmt.Errorf("csr: %s: signatureAlgorithm does not parse", what)
	}
	if s.signature, ok = der.ReadBits(&in); !ok || !in.Empty() {
		return s, fmt.Errorf("csr: %s: signature does not parse", what)
	}
	return s, nil
}

// noteParameters notes NULL where RFC 9215, section 2 wants no parameters.
func (s *signed) noteParameters(d *deviations) {
	if len(s.algorithm.Params) > 0 && (s.algorithm.OID.Equal(oid.GOSTSign256) || s.algorithm.OID.Equal(oid.GOSTSign512)) {
		d.note(NullParameters, "signatureAlgorithm")
	}
}

// Parse reads a PKCS #10 request in DER and verifies possession: the
// signature by the key inside. A key or signature algorithm outside the list
// is ErrUnknownAlgorithm, a wrong signature ErrSignature.
func (as Algorithms) Parse(raw []byte) (*Request, error) {
	raw = bytes.Clone(raw)
	s, err := readSigned("request", raw)
	if err != nil {
		return nil, err
	}
	r := &Request{Raw: raw, RawTBS: s.tbs, RawSignatureAlgorithm: s.rawAlgorithm, Signature: s.signature}
	in, _ := der.ReadWhole(s.tbs, der.Sequence)
	var version int
	if !in.ReadASN1Integer(&version) || version != 0 {
		return nil, errors.New("csr: request: version is not 0")
	}
	var ok bool
	if r.RawSubject, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return nil, errors.New("csr: request: subject does not parse")
	}
	if r.Subject, err = readName(r.RawSubject); err != nil {
		return nil, fmt.Errorf("csr: request: subject: %w", err)
	}
	if r.RawKey, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return nil, errors.New("csr: request: public key does not parse")
	}
	if r.PublicKey, r.Algorithm, err = as.readKey(r.RawKey); err != nil {
		return nil, fmt.Errorf("csr: request: public key: %w", err)
	}
	var d deviations
	if err := r.readAttributes(&in, &d); err != nil {
		return nil, err
	}
	s.noteParameters(&d)
	r.Deviations = d
	if err := as.check(r.PublicKey, s.algorithm, s.tbs, s.signature); err != nil {
		return nil, fmt.Errorf("csr: request: possession is not proven: %w", err)
	}
	return r, nil
}
