package csr

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Template is what a new request asks for.
type Template struct {
	Subject    Name
	Extensions []Extension // go into the extensionRequest attribute; none: no attribute
}

// RequestAttribute is one attribute of a request as received: Values is the
// contents of its SET.
type RequestAttribute struct {
	Type   asn1.ObjectIdentifier
	Values []byte
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
	Signature  []byte
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
	tbs := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0)
			b.AddBytes(t.Subject.Raw())
			b.AddBytes(spki)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				if len(t.Extensions) == 0 {
					return
				}
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(oid.ExtensionRequest)
					b.AddASN1(der.Set, func(b *der.Builder) { addExtensions(b, t.Extensions) })
				})
			})
		})
	})
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
	tbs       []byte
	algorithm der.AlgorithmIdentifier
	signature []byte
}

func readSigned(what string, raw []byte) (s signed, err error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return s, fmt.Errorf("csr: %s: not one DER SEQUENCE", what)
	}
	if s.tbs, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return s, fmt.Errorf("csr: %s: the signed part does not parse", what)
	}
	if s.algorithm, ok = der.ReadAlgorithm(&in); !ok {
		return s, fmt.Errorf("csr: %s: signatureAlgorithm does not parse", what)
	}
	if s.signature, ok = der.ReadBits(&in); !ok || !in.Empty() {
		return s, fmt.Errorf("csr: %s: signature does not parse", what)
	}
	return s, nil
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
	r := &Request{Raw: raw, RawTBS: s.tbs, Signature: s.signature}
	in, _ := der.ReadWhole(s.tbs, der.Sequence)
	var version int
	if !in.ReadASN1Integer(&version) || version != 0 {
		return nil, errors.New("csr: request: version is not 0")
	}
	var ok bool
	if r.RawSubject, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return nil, errors.New("csr: request: subject does not parse")
	}
	if r.Subject, err = ParseName(r.RawSubject); err != nil {
		return nil, fmt.Errorf("csr: request: subject: %w", err)
	}
	if r.RawKey, ok = der.ReadRaw(&in, der.Sequence); !ok {
		return nil, errors.New("csr: request: public key does not parse")
	}
	if r.PublicKey, err = as.ParseKey(r.RawKey); err != nil {
		return nil, fmt.Errorf("csr: request: public key: %w", err)
	}
	if r.Algorithm, err = as.ForKey(r.PublicKey); err != nil {
		return nil, err
	}
	if err := r.readAttributes(&in); err != nil {
		return nil, err
	}
	if err := as.check(r.PublicKey, s.algorithm, s.tbs, s.signature); err != nil {
		return nil, fmt.Errorf("csr: request: possession is not proven: %w", err)
	}
	return r, nil
}

// readAttributes reads [0] IMPLICIT SET OF Attribute, which some writers
// leave out when it would be empty.
func (r *Request) readAttributes(in *der.String) error {
	var set der.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, der.ContextCons(0)) || !in.Empty() {
		return errors.New("csr: request: attributes do not parse")
	}
	for !set.Empty() {
		var one, values der.String
		var a RequestAttribute
		if !set.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&a.Type) ||
			!one.ReadASN1(&values, der.Set) || !one.Empty() {
			return errors.New("csr: request: an attribute does not parse")
		}
		a.Values = values
		r.Attributes = append(r.Attributes, a)
		if !a.Type.Equal(oid.ExtensionRequest) {
			continue
		}
		if r.Extensions != nil {
			return errors.New("csr: request: extensionRequest stands twice")
		}
		list, err := readExtensions(&values)
		if err != nil {
			return err
		}
		if !values.Empty() {
			return errors.New("csr: request: extensionRequest has several values")
		}
		r.Extensions = list
	}
	return nil
}
