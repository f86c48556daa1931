package cms

import (
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// EncryptOptions say how a message is encrypted. The zero value is right where
// nothing else is asked for.
type EncryptOptions struct {
	// Cipher encrypts the content and wraps its key. Zero is Kuznyechik.
	Cipher Cipher

	// NoMAC leaves the content without the MAC: CTR-ACPKM instead of
	// CTR-ACPKM-OMAC. Whoever carries the message can then change the content
	// bit by bit. It is for recipients that cannot read the MAC, and for
	// content that is signed.
	NoMAC bool

	// KeyAgreement writes KeyAgreeRecipientInfo in place of
	// KeyTransRecipientInfo. The cryptography is the same, the form is not. It
	// has no meaning for EncryptWithKey, which refuses it.
	KeyAgreement bool

	// ContentType is the type of the content. Nil is id-data.
	ContentType asn1.ObjectIdentifier
}

// Encrypt makes EnvelopedData that the owners of the certificates, one or
// several, can decrypt (RFC 5652, section 6; R 1323565.1.025-2019). The result
// is DER.
//
// Their keys are of GOST R 34.10-2012, on any curve, and keyUsage, where they
// have it, allows keyEncipherment or keyAgreement. Whether the certificates
// are valid is for the caller to see to, by [csr.Algorithms.VerifyChain].
//
// The sender stays unknown: sign the content first where he should not.
func Encrypt(o EncryptOptions, content []byte, to ...*csr.Certificate) ([]byte, error) {
	if len(to) == 0 {
		return nil, errors.New("cms: encrypt: no recipients")
	}
	key := make([]byte, modes.KeySize)
	rand.Read(key)
	c, err := encryptContent(o, key, content)
	if err != nil {
		return nil, fmt.Errorf("cms: encrypt: %w", err)
	}
	var recipients [][]byte
	for i, cert := range to {
		r, err := wrapFor(o, cert, key)
		if err != nil {
			return nil, fmt.Errorf("cms: encrypt: recipient %d: %w", i+1, err)
		}
		recipients = append(recipients, r)
	}
	return enveloped(recipients, o.KeyAgreement, c), nil
}

// wrapFor makes the RecipientInfo that holds the key for the owner of cert,
// with a key of the sender made for nothing else.
func wrapFor(o EncryptOptions, cert *csr.Certificate, key []byte) ([]byte, error) {
	pub, ok := cert.PublicKey.(*gost.PublicKey)
	if !ok {
		return nil, errors.New("the key is not of GOST R 34.10-2012")
	}
	_, limited := csr.FindExtension(cert.Extensions, oid.KeyUsage)
	if limited && cert.KeyUsage&(csr.KeyEncipherment|csr.KeyAgreement) == 0 {
		return nil, errors.New("keyUsage allows neither keyEncipherment nor keyAgreement")
	}
	sender, err := gost.GenerateKey(pub.Curve(), nil)
	if err != nil {
		return nil, err
	}
	s := &suites[o.Cipher]
	x, err := wrapKExp15(s, sender, pub, key)
	if err != nil {
		return nil, err
	}
	if o.KeyAgreement {
		return x.agreement(s, cert, pub.Curve(), x.addOriginator), nil
	}
	return x.transport(s, cert, pub.Curve()), nil
}

// enveloped writes EnvelopedData. Its version is 0 where all it holds is of
// the first kind, and 2 otherwise (RFC 5652, section 6.1).
func enveloped(recipients [][]byte, agreement bool, c *encryptedContent) []byte {
	version := int64(0)
	if agreement || c.withMAC {
		version = 2
	}
	return contentInfo(oid.EnvelopedData, func(b *der.Builder) {
		b.AddASN1Int64(version)
		b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(setOf(recipients)) })
		c.add(b)
		c.addAttributes(b)
	})
}
