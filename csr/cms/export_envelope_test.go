package cms

import (
	"crypto/rand"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// EncryptStatic encrypts with the sender's lasting key, which the package
// reads and does not write: his certificate goes along.
func EncryptStatic(o EncryptOptions, text []byte, sender *gost.PrivateKey, senderCert *csr.Certificate, byKeyID bool, to *csr.Certificate) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	c, err := encryptContent(o, key, text)
	if err != nil {
		return nil, err
	}
	s, pub := &suites[o.Cipher], to.PublicKey.(*gost.PublicKey)
	x, err := wrapKExp15(s, sender, pub, key)
	if err != nil {
		return nil, err
	}
	originator := func(b *der.Builder) {
		if byKeyID {
			b.AddASN1(der.Context(0), func(b *der.Builder) { b.AddBytes(senderCert.SubjectKeyID) })
		} else {
			addIssuerAndSerial(b, senderCert)
		}
	}
	return contentInfo(oid.EnvelopedData, func(b *der.Builder) {
		b.AddASN1Int64(2)
		b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddBytes(senderCert.Raw) })
		})
		b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(x.agreement(s, to, pub.Curve(), originator)) })
		c.add(b)
		c.addAttributes(b)
	}), nil
}
