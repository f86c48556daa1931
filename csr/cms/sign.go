package cms

import (
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Options say how a message is signed. At is required.
type Options struct {
	Detached    bool                  // leave the content out: it travels beside the signature
	At          time.Time             // signingTime, from 1950 to 9999, written to the second
	Chain       []*csr.Certificate    // further certificates to send along
	ContentType asn1.ObjectIdentifier // of the content; nil: id-data, a document
}

// Sign makes SignedData with one signer over content, DER. The certificate is
// sent along and bound by signingCertificateV2; it must hold the key's public
// half, and its keyUsage, if any, must allow signing. The scheme is the first
// of the list that the key fits.
func Sign(as csr.Algorithms, key crypto.Signer, cert *csr.Certificate, o Options, content []byte) ([]byte, error) {
	if !o.Detached && len(content) > maxContent {
		return nil, errors.New("cms: sign: more than a gigabyte to carry: sign it detached")
	}
	s, err := newSigning(as, key, cert, o)
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	carried := content
	if o.Detached {
		carried = nil
	} else if content == nil {
		carried = []byte{} // an empty document, which is not an absent one
	}
	raw, err := s.message(carried, s.a.Sum(content))
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	return raw, nil
}

// SignReader is Sign for a document of any size, read to its end once and in
// constant memory. The message is detached, whatever o.Detached says.
func SignReader(as csr.Algorithms, key crypto.Signer, cert *csr.Certificate, o Options, content io.Reader) ([]byte, error) {
	s, err := newSigning(as, key, cert, o)
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	h := s.a.Hash()
	if _, err := io.Copy(h, content); err != nil {
		return nil, fmt.Errorf("cms: sign: reading the content: %w", err)
	}
	raw, err := s.message(nil, h.Sum(nil))
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	return raw, nil
}

// signing is one signer about to sign, with options that have been checked.
type signing struct {
	as   csr.Algorithms
	a    *csr.Algorithm
	key  crypto.Signer
	cert *csr.Certificate
	o    Options
}

func newSigning(as csr.Algorithms, key crypto.Signer, cert *csr.Certificate, o Options) (*signing, error) {
	if o.At.IsZero() {
		return nil, errors.New("the signing time is not set")
	}
	if y := o.At.UTC().Year(); y < 1950 || y > 9999 {
		return nil, errors.New("the signing time is before 1950 or after 9999")
	}
	o.ContentType = contentType(o.ContentType)
	if err := checkType(o.ContentType); err != nil {
		return nil, fmt.Errorf("content type: %w", err)
	}
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(cert.PublicKey) {
		return nil, errors.New("the certificate is not for this key")
	}
	if err := checkKeyUsage(cert); err != nil {
		return nil, err
	}
	a, err := as.ForKey(cert.PublicKey)
	if err != nil {
		return nil, err
	}
	return &signing{as, a, key, cert, o}, nil
}

// message makes a new message with this signer alone. Its version is that of
// RFC 5652, section 5.1.
func (s *signing) message(carried, digest []byte) ([]byte, error) {
	m := message{version: 1, typ: s.o.ContentType, content: carried}
	if !m.typ.Equal(oid.Data) {
		m.version = 3
	}
	if err := s.addTo(&m, digest); err != nil {
		return nil, err
	}
	return m.marshal(), nil
}

// addTo signs the digest of the message's content and enters the signer, his
// certificates and his digest algorithm.
func (s *signing) addTo(m *message, digest []byte) error {
	attributes := s.attributes(m.typ, digest)
	a, signature, err := s.as.Sign(s.key, attributes)
	if err != nil {
		return err
	}
	id := der.AlgorithmIdentifier{OID: a.Signature, Params: a.SignatureParams}
	if a.CMS != nil {
		id = der.AlgorithmIdentifier{OID: a.CMS}
	}
	m.addDigest(a.Digest)
	m.addCertificate(s.cert.Raw)
	for _, c := range s.o.Chain {
		m.addCertificate(c.Raw)
	}
	members, _ := der.ReadWhole(attributes, der.Set)
	m.signers = insert(m.signers, der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(1) // identified by issuer and serial number
			addIssuerAndSerial(b, s.cert)
			der.AlgorithmIdentifier{OID: a.Digest}.Add(b)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddBytes(members) })
			id.Add(b)
			b.AddASN1OctetString(signature)
		})
	}))
	return nil
}

// attributes is the SET OF Attribute that is signed: under its own tag 31, in
// DER (RFC 5652, section 5.4). With signingCertificateV2 among them it is
// CAdES-BES (ETSI EN 319 122-1).
func (s *signing) attributes(typ der.OID, digest []byte) []byte {
	list := [][]byte{
		attribute(oid.ContentType, func(b *der.Builder) { b.AddASN1ObjectIdentifier(typ) }).marshal(),
		attribute(oid.MessageDigest, func(b *der.Builder) { b.AddASN1OctetString(digest) }).marshal(),
		attribute(oid.SigningTime, func(b *der.Builder) { der.AddTime(b, s.o.At) }).marshal(),
		signingCertificate(s.a, s.cert).marshal(),
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(setOf(list)) })
	})
}

// addIssuerAndSerial writes IssuerAndSerialNumber (RFC 5652, section 10.2.4).
func addIssuerAndSerial(b *der.Builder, c *csr.Certificate) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddBytes(c.RawIssuer)
		b.AddASN1BigInt(c.SerialNumber)
	})
}
