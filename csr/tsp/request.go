package tsp

import (
	"bytes"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// Request asks for a time-stamp (RFC 3161, section 2.4.1). Imprint is required.
type Request struct {
	Imprint    Imprint
	Policy     asn1.ObjectIdentifier // under which to issue; nil: the authority's choice
	Nonce      *big.Int              // to come back in the token; nil: none
	CertReq    bool                  // the authority's certificates are to come with the token
	Extensions []csr.Extension
}

// NewRequest returns a request for data, with the digest by the hash of the
// scheme, a random nonce of 64 bits, and the authority's certificates wanted.
func NewRequest(a *csr.Algorithm, data []byte) *Request {
	var nonce [8]byte
	rand.Read(nonce[:])
	return &Request{Imprint: NewImprint(a, data), Nonce: new(big.Int).SetBytes(nonce[:]), CertReq: true}
}

// CreateRequest returns the request in DER, the TimeStampReq that goes to an
// authority.
func CreateRequest(r *Request) ([]byte, error) {
	if len(r.Imprint.Hash) == 0 {
		return nil, errors.New("tsp: request: no imprint")
	}
	var b der.Builder
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1Int64(1)
		r.Imprint.add(b)
		if r.Policy != nil {
			b.AddASN1ObjectIdentifier(r.Policy)
		}
		if r.Nonce != nil {
			b.AddASN1BigInt(r.Nonce)
		}
		if r.CertReq {
			b.AddASN1Boolean(true)
		}
		addExtensions(b, 0, r.Extensions)
	})
	raw, err := b.Bytes()
	if err != nil {
		return nil, fmt.Errorf("tsp: request: %w", err)
	}
	return raw, nil
}

// ParseRequest reads a TimeStampReq in DER. A digest of any algorithm and
// length will do: which to accept is the authority's matter.
func ParseRequest(raw []byte) (*Request, error) {
	r, err := readRequest(bytes.Clone(raw))
	if err != nil {
		return nil, fmt.Errorf("tsp: request: %w", err)
	}
	return r, nil
}

func readRequest(raw []byte) (*Request, error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	var version int
	if !ok || !in.ReadASN1Integer(&version) {
		return nil, errors.New("not a TimeStampReq")
	}
	if version != 1 {
		return nil, fmt.Errorf("version %d", version)
	}
	r := new(Request)
	var err error
	if r.Imprint, err = readImprint(&in); err != nil {
		return nil, err
	}
	if in.PeekASN1Tag(der.ObjectID) && !in.ReadASN1ObjectIdentifier(&r.Policy) {
		return nil, errors.New("reqPolicy does not parse")
	}
	if in.PeekASN1Tag(der.Integer) {
		r.Nonce = new(big.Int)
		if !in.ReadASN1Integer(r.Nonce) {
			return nil, errors.New("nonce does not parse")
		}
	}
	// An explicit FALSE is no DER, but says nothing else.
	if in.PeekASN1Tag(der.Boolean) && !in.ReadASN1Boolean(&r.CertReq) {
		return nil, errors.New("certReq does not parse")
	}
	r.Extensions, err = readExtensions(&in, 0)
	if err != nil {
		return nil, err
	}
	return r, nil
}
