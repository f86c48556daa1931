package csr

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/asn1"
	"errors"
	"fmt"
	"hash"
	"math/big"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// CertIDHash is the hash by which an OCSP request names the issuer. It only
// tells issuers apart: nothing rests on its strength.
type CertIDHash uint8

// Hashes of CertID. SHA-1 is what every responder knows (RFC 5019, section
// 2.1.1); responders of Russian authorities take Streebog as well.
const (
	CertIDSHA1 CertIDHash = iota
	CertIDSHA256
	CertIDStreebog256
)

// certIDHashes are the hashes by which a CertID may be matched. The first
// three are written, each with the parameters that its users write: NULL for
// SHA, none for Streebog (RFC 9215 and its like).
var certIDHashes = []struct {
	id     asn1.ObjectIdentifier
	params []byte
	hash   func() hash.Hash
}{
	CertIDSHA1:        {oid.SHA1, derNull, sha1.New},
	CertIDSHA256:      {oid.SHA256, derNull, sha256.New},
	CertIDStreebog256: {oid.Streebog256, nil, streebog.New256},
	{oid.Streebog512, nil, streebog.New512},
	{oid.SHA384, nil, sha512.New384},
	{oid.SHA512, nil, sha512.New},
	{oid.GOST3411_94, nil, legacy.New94},
}

// CertID names a certificate in OCSP (RFC 6960, section 4.1.1): its serial
// number, with hashes of its issuer's name and key. It is made by [NewCertID]
// or by reading and must not be changed.
type CertID struct {
	Raw            []byte // the whole CertID
	Hash           asn1.ObjectIdentifier
	IssuerNameHash []byte
	IssuerKeyHash  []byte
	SerialNumber   *big.Int
}

// NewCertID returns the CertID of a certificate that issuer issued.
func NewCertID(cert, issuer *Certificate, h CertIDHash) (CertID, error) {
	if h > CertIDStreebog256 {
		return CertID{}, fmt.Errorf("csr: ocsp: no hash has the number %d", h)
	}
	if !bytes.Equal(cert.RawIssuer, issuer.RawSubject) {
		return CertID{}, fmt.Errorf("csr: ocsp: another authority issued the certificate: %w", ErrNoIssuer)
	}
	with := certIDHashes[h]
	id := CertID{Hash: with.id, SerialNumber: cert.SerialNumber}
	id.IssuerNameHash, id.IssuerKeyHash = issuerHashes(issuer, with.hash)
	id.Raw = der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			der.AlgorithmIdentifier{OID: with.id, Params: with.params}.Add(b)
			b.AddASN1OctetString(id.IssuerNameHash)
			b.AddASN1OctetString(id.IssuerKeyHash)
			b.AddASN1BigInt(id.SerialNumber)
		})
	})
	return id, nil
}

// issuerHashes are over the DER of the issuer's name and over the contents of
// the BIT STRING of its key, without the octet of unused bits.
func issuerHashes(issuer *Certificate, newHash func() hash.Hash) (name, key []byte) {
	h := newHash()
	h.Write(issuer.RawSubject)
	name = h.Sum(nil)
	_, bits, _ := splitKey(issuer.RawKey) // read once, with the certificate
	h = newHash()
	h.Write(bits)
	return name, h.Sum(nil)
}

// IssuedBy reports whether the CertID names issuer by the hashes of its name
// and key. A CertID of a hash that is not known here matches nobody.
func (id CertID) IssuedBy(issuer *Certificate) bool {
	for _, with := range certIDHashes {
		if with.id.Equal(id.Hash) {
			name, key := issuerHashes(issuer, with.hash)
			return bytes.Equal(name, id.IssuerNameHash) && bytes.Equal(key, id.IssuerKeyHash)
		}
	}
	return false
}

// Names reports whether the CertID is of cert, which issuer issued.
func (id CertID) Names(cert, issuer *Certificate) bool {
	return id.SerialNumber.Cmp(cert.SerialNumber) == 0 && bytes.Equal(cert.RawIssuer, issuer.RawSubject) && id.IssuedBy(issuer)
}

// readCertID reads a CertID. The hash may be an unknown one; a known one must
// have its own length.
func readCertID(s *der.String) (id CertID, err error) {
	bad := errors.New("csr: ocsp: CertID does not parse")
	var ok bool
	if id.Raw, ok = der.ReadRaw(s, der.Sequence); !ok {
		return id, bad
	}
	in, _ := der.ReadWhole(id.Raw, der.Sequence)
	alg, ok := der.ReadAlgorithm(&in)
	var name, key der.String
	id.SerialNumber = new(big.Int)
	if !ok || !alg.NoParams() || !in.ReadASN1(&name, der.OctetString) || !in.ReadASN1(&key, der.OctetString) ||
		!in.ReadASN1Integer(id.SerialNumber) || !in.Empty() || len(name) == 0 || len(name) != len(key) {
		return id, bad
	}
	for _, with := range certIDHashes {
		if with.id.Equal(alg.OID) && with.hash().Size() != len(name) {
			return id, bad
		}
	}
	id.Hash, id.IssuerNameHash, id.IssuerKeyHash = alg.OID, name, key
	return id, nil
}

// maxNonce and newNonce are the most octets a nonce may have and as many as we
// make (RFC 9654, section 2.1; RFC 8954 before it allowed 32).
const (
	maxNonce = 128
	newNonce = 32
)

// addNonce appends the nonce extension (RFC 6960, section 4.4.1), if there is
// a nonce.
func addNonce(list []Extension, nonce []byte) []Extension {
	if nonce == nil {
		return list
	}
	return append(list, Extension{ID: oid.OCSPNonce, Value: der.Marshal(func(b *der.Builder) { b.AddASN1OctetString(nonce) })})
}

func checkNonce(nonce []byte) error {
	if nonce != nil && (len(nonce) == 0 || len(nonce) > maxNonce) {
		return fmt.Errorf("csr: ocsp: a nonce of %d octets", len(nonce))
	}
	return nil
}

// readOCSPExtensions reads Extensions of a request or response and finds the
// nonce in it, nil if there is none. Any other that is critical is refused.
func readOCSPExtensions(wrapped der.String, d *deviations) (list []Extension, nonce []byte, err error) {
	if list, err = readOnlyExtensions(wrapped, d); err != nil {
		return nil, nil, err
	}
	for _, e := range list {
		switch {
		case e.ID.Equal(oid.OCSPNonce):
			content, ok := der.ReadWhole(e.Value, der.OctetString)
			if !ok || len(content) == 0 || len(content) > maxNonce {
				return nil, nil, errors.New("csr: ocsp: the nonce is not 1 to 128 octets")
			}
			nonce = content
		case e.Critical:
			return nil, nil, fmt.Errorf("csr: ocsp: %w: %v", ErrCritical, e.ID)
		}
	}
	return list, nonce, nil
}

// readNoCritical reads Extensions of one request or answer, among which we
// know none that could be critical.
func readNoCritical(wrapped der.String, d *deviations) error {
	list, err := readOnlyExtensions(wrapped, d)
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.Critical {
			return fmt.Errorf("csr: ocsp: %w: %v", ErrCritical, e.ID)
		}
	}
	return nil
}

// readOCSPVersion reads the version of a request or response, which is 1 and
// by DER absent; some write it out.
func readOCSPVersion(in *der.String, d *deviations) bool {
	if !in.PeekASN1Tag(der.ContextCons(0)) {
		return true
	}
	d.note(ExplicitDefault, "version")
	var field der.String
	version := -1
	return in.ReadASN1(&field, der.ContextCons(0)) && field.ReadASN1Integer(&version) && field.Empty() && version == 0
}
