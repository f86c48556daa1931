package csr

import (
	"bytes"
	"crypto/rand"
	"errors"

	"github.com/surguch/surguch/internal/der"
)

// OCSPRequest asks a responder about one or more certificates (RFC 6960,
// section 4.1).
type OCSPRequest struct {
	Raw        []byte   // the whole request
	CertIDs    []CertID // one or more
	Nonce      []byte   // nil when absent
	Extensions []Extension

	// Signed says that the request bears a signature. It has been read over
	// and not verified: who asks makes no difference to an answer.
	Signed bool

	// Deviations are what the request's writer did against a standard.
	Deviations []Deviation
}

// OCSPOptions are the choices of [NewOCSPRequest]. The zero value suits every
// responder.
type OCSPOptions struct {
	Hash    CertIDHash // of the CertID; default SHA-1
	Nonce   []byte     // 1 to 128 octets; nil: 32 random ones
	NoNonce bool       // leave the nonce out, for responders that sign in advance
}

// NewOCSPRequest makes an unsigned request about a certificate that issuer
// issued. Its Raw is what goes to the responder, its Nonce what the response
// is to be checked for.
func NewOCSPRequest(cert, issuer *Certificate, o OCSPOptions) (*OCSPRequest, error) {
	id, err := NewCertID(cert, issuer, o.Hash)
	if err != nil {
		return nil, err
	}
	if err := checkNonce(o.Nonce); err != nil {
		return nil, err
	}
	r := &OCSPRequest{CertIDs: []CertID{id}}
	switch {
	case o.NoNonce:
	case o.Nonce != nil:
		r.Nonce = bytes.Clone(o.Nonce)
	default:
		r.Nonce = make([]byte, newNonce)
		rand.Read(r.Nonce) // never fails
	}
	r.Extensions = addNonce(nil, r.Nonce)
	r.Raw = r.encode()
	return r, nil
}

// encode writes the request, unsigned.
func (r *OCSPRequest) encode() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					for _, id := range r.CertIDs {
						b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(id.Raw) })
					}
				})
				if len(r.Extensions) > 0 {
					b.AddASN1(der.ContextCons(2), func(b *der.Builder) { addExtensions(b, r.Extensions) })
				}
			})
		})
	})
}

// ParseOCSPRequest reads a request in DER, as a responder receives it. A
// critical extension that is not known is ErrCritical; a nonce is 1 to 128
// octets (RFC 9654). The requestor's name and signature are read over.
func ParseOCSPRequest(raw []byte) (*OCSPRequest, error) {
	r := &OCSPRequest{Raw: bytes.Clone(raw)}
	outer, ok := der.ReadWhole(r.Raw, der.Sequence)
	var tbs der.String
	if !ok || !outer.ReadASN1(&tbs, der.Sequence) {
		return nil, errors.New("csr: ocsp: not a request")
	}
	if r.Signed, ok = readRequestSignature(&outer); !ok || !outer.Empty() {
		return nil, errors.New("csr: ocsp: request: optionalSignature does not parse")
	}
	if err := r.readTBS(tbs); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *OCSPRequest) readTBS(in der.String) (err error) {
	d := (*deviations)(&r.Deviations)
	if !readOCSPVersion(&in, d) {
		return errors.New("csr: ocsp: request: version is not 1")
	}
	var requestor, list, wrapped der.String
	var present bool
	if !in.ReadOptionalASN1(&requestor, &present, der.ContextCons(1)) {
		return errors.New("csr: ocsp: request: requestorName does not parse")
	}
	if !in.ReadASN1(&list, der.Sequence) || list.Empty() {
		return errors.New("csr: ocsp: request: requestList does not parse")
	}
	for !list.Empty() {
		var one, single der.String
		if !list.ReadASN1(&one, der.Sequence) {
			return errors.New("csr: ocsp: request: requestList does not parse")
		}
		id, err := readCertID(&one)
		if err != nil {
			return err
		}
		if !one.ReadOptionalASN1(&single, &present, der.ContextCons(0)) || !one.Empty() {
			return errors.New("csr: ocsp: request: singleRequestExtensions does not parse")
		}
		if present {
			if err := readNoCritical(single, d); err != nil {
				return err
			}
		}
		r.CertIDs = append(r.CertIDs, id)
	}
	if !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(2)) || !in.Empty() {
		return errors.New("csr: ocsp: request: requestExtensions does not parse")
	}
	if present {
		r.Extensions, r.Nonce, err = readOCSPExtensions(wrapped, d)
	}
	return err
}

// readRequestSignature reads over optionalSignature.
func readRequestSignature(in *der.String) (present, ok bool) {
	if in.Empty() {
		return false, true
	}
	var wrapped, signature, certificates der.String
	if !in.ReadASN1(&wrapped, der.ContextCons(0)) || !wrapped.ReadASN1(&signature, der.Sequence) || !wrapped.Empty() {
		return false, false
	}
	if _, ok := der.ReadAlgorithm(&signature); !ok {
		return false, false
	}
	if _, ok := der.ReadBits(&signature); !ok {
		return false, false
	}
	var some bool
	return true, signature.ReadOptionalASN1(&certificates, &some, der.ContextCons(0)) && signature.Empty()
}
