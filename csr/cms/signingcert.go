package cms

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// signingCertificate is the attribute SigningCertificateV2 with one
// ESSCertIDv2 (RFC 5035, section 3). The hash is named unless it is SHA-256,
// the default, which DER leaves out.
func signingCertificate(a *csr.Algorithm, cert *csr.Certificate) Attribute {
	return attribute(oid.SigningCertificateV2, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					if !a.Digest.Equal(oid.SHA256) {
						der.AlgorithmIdentifier{OID: a.Digest}.Add(b)
					}
					b.AddASN1OctetString(a.Sum(cert.Raw))
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1(der.Sequence, func(b *der.Builder) {
							b.AddASN1(der.ContextCons(4), func(b *der.Builder) { b.AddBytes(cert.RawIssuer) })
						})
						b.AddASN1BigInt(cert.SerialNumber)
					})
				})
			})
		})
	})
}

var errOtherCertificate = errors.New("the signing certificate attribute names another certificate")

// checkSigningCertificate compares the first identifier of a signing
// certificate attribute, which RFC 5035, section 3 says is the signer's, with
// the certificate. Version 1 (RFC 2634, section 5.4) hashes with SHA-1: it is
// held to what it says, and relied on for nothing. The hash covers issuer and
// serial number, so that those beside it are not compared.
func checkSigningCertificate(as csr.Algorithms, a Attribute, cert *csr.Certificate) error {
	bad := errors.New("the signing certificate attribute does not parse")
	v2 := a.Type.Equal(oid.SigningCertificateV2)
	values := der.String(a.Values)
	var outer, ids, id, hash, policies, issuerSerial der.String
	var present bool
	if !values.ReadASN1(&outer, der.Sequence) || !values.Empty() || !outer.ReadASN1(&ids, der.Sequence) ||
		!outer.ReadOptionalASN1(&policies, &present, der.Sequence) || !outer.Empty() || !ids.ReadASN1(&id, der.Sequence) {
		return bad
	}
	digest := der.AlgorithmIdentifier{OID: oid.SHA256}
	if v2 && id.PeekASN1Tag(der.Sequence) {
		var ok bool
		if digest, ok = der.ReadAlgorithm(&id); !ok || !digest.NoParams() {
			return bad
		}
	}
	if !id.ReadASN1(&hash, der.OctetString) || !id.ReadOptionalASN1(&issuerSerial, &present, der.Sequence) || !id.Empty() {
		return bad
	}
	newHash := sha1.New
	if v2 {
		var err error
		if newHash, err = as.ForDigest(digest.OID); err != nil {
			return fmt.Errorf("the signing certificate attribute: %w", err)
		}
	}
	h := newHash()
	h.Write(cert.Raw)
	if !bytes.Equal(h.Sum(nil), hash) {
		return errOtherCertificate
	}
	return nil
}
