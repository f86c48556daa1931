package cms

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Options say how a message is signed.
type Options struct {
	Detached bool               // leave the content out: it travels beside the signature
	At       time.Time          // signingTime; required, written to the second
	Chain    []*csr.Certificate // further certificates to send along
}

// Sign makes SignedData with one signer over content, DER. The certificate is
// sent along and bound by signingCertificateV2; it must hold the key's public
// half.
func Sign(as csr.Algorithms, key crypto.Signer, cert *csr.Certificate, o Options, content []byte) ([]byte, error) {
	if o.At.IsZero() {
		return nil, errors.New("cms: sign: the signing time is not set")
	}
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(cert.PublicKey) {
		return nil, errors.New("cms: sign: the certificate is not for this key")
	}
	a := cert.Algorithm
	digest := der.AlgorithmIdentifier{OID: a.Digest}
	attributes := signedAttributes(a, cert, o.At, sum(a, content))

	_, signature, err := as.Sign(key, attributes)
	if err != nil {
		return nil, fmt.Errorf("cms: sign: %w", err)
	}
	signatureID := der.AlgorithmIdentifier{OID: a.Signature, Params: a.SignatureParams}
	if a.CMS != nil {
		signatureID.OID = a.CMS
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(oid.SignedData)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1Int64(1)
					b.AddASN1(der.Set, digest.Add)
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1ObjectIdentifier(oid.Data)
						if !o.Detached {
							b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1OctetString(content) })
						}
					})
					b.AddASN1(der.ContextCons(0), func(b *der.Builder) { addCertificates(b, cert, o.Chain) })
					b.AddASN1(der.Set, func(b *der.Builder) {
						b.AddASN1(der.Sequence, func(b *der.Builder) {
							b.AddASN1Int64(1)
							addIssuerAndSerial(b, cert)
							digest.Add(b)
							b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
								inner, _ := der.ReadWhole(attributes, der.Set)
								b.AddBytes(inner)
							})
							signatureID.Add(b)
							b.AddASN1OctetString(signature)
						})
					})
				})
			})
		})
	}), nil
}

func sum(a *csr.Algorithm, content []byte) []byte {
	h := a.Hash()
	h.Write(content)
	return h.Sum(nil)
}

// addCertificates writes a DER SET OF: sorted by encoding (X.690, 11.6).
func addCertificates(b *der.Builder, cert *csr.Certificate, chain []*csr.Certificate) {
	all := [][]byte{cert.Raw}
	for _, c := range chain {
		if !bytes.Equal(c.Raw, cert.Raw) {
			all = append(all, c.Raw)
		}
	}
	slices.SortFunc(all, bytes.Compare)
	for _, raw := range all {
		b.AddBytes(raw)
	}
}

func addIssuerAndSerial(b *der.Builder, c *csr.Certificate) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddBytes(c.RawIssuer)
		b.AddASN1BigInt(c.SerialNumber)
	})
}

// signedAttributes is the SET OF Attribute that is signed: under its own tag
// 31, its members sorted by encoding (RFC 5652, section 5.4).
func signedAttributes(a *csr.Algorithm, cert *csr.Certificate, at time.Time, digest []byte) []byte {
	attribute := func(typ der.OID, value func(b *der.Builder)) []byte {
		return der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(typ)
				b.AddASN1(der.Set, value)
			})
		})
	}
	list := [][]byte{
		attribute(oid.ContentType, func(b *der.Builder) { b.AddASN1ObjectIdentifier(oid.Data) }),
		attribute(oid.MessageDigest, func(b *der.Builder) { b.AddASN1OctetString(digest) }),
		attribute(oid.SigningTime, func(b *der.Builder) { der.AddTime(b, at) }),
		attribute(oid.SigningCertificateV2, func(b *der.Builder) { addSigningCertificate(b, a, cert) }),
	}
	slices.SortFunc(list, bytes.Compare)
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(bytes.Join(list, nil)) })
	})
}

// addSigningCertificate writes SigningCertificateV2 with one ESSCertIDv2 (RFC
// 5035, section 3). The hash is named unless it is SHA-256, the default,
// which DER leaves out.
func addSigningCertificate(b *der.Builder, a *csr.Algorithm, cert *csr.Certificate) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				if !a.Digest.Equal(oid.SHA256) {
					der.AlgorithmIdentifier{OID: a.Digest}.Add(b)
				}
				b.AddASN1OctetString(sum(a, cert.Raw))
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1(der.Sequence, func(b *der.Builder) {
						b.AddASN1(der.ContextCons(4), func(b *der.Builder) { b.AddBytes(cert.RawIssuer) })
					})
					b.AddASN1BigInt(cert.SerialNumber)
				})
			})
		})
	})
}
