package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// EnvelopedData is a message encrypted for the owners of certificates (RFC
// 5652, section 6), as read: see [EnvelopedData.Decrypt].
type EnvelopedData struct {
	Raw         []byte // as received
	ContentType asn1.ObjectIdentifier
	Recipients  []Recipient

	// Authenticated says that the content comes with a MAC. Who decrypts one
	// without knows nothing of who may have changed it on the way.
	Authenticated bool

	// Certificates are those that the sender sent along, DER: candidates for
	// the one that Recipient.Sender names. They prove nothing by themselves.
	Certificates [][]byte

	content *encryptedContent
}

// Errors of decryption that a caller acts on.
var (
	// ErrDecrypt says that the key is not the one the message was encrypted
	// with, or that the message was changed: which of them is nobody's
	// business.
	ErrDecrypt = errors.New("cms: the message does not decrypt")
	// ErrNotRecipient says that the message is not for the certificate.
	ErrNotRecipient = errors.New("cms: the message is not for this certificate")
	// ErrNoSender says that the message is encrypted with the key of a
	// certificate that was not given.
	ErrNoSender = errors.New("cms: the sender's certificate is missing")
)

// ParseEnveloped reads EnvelopedData. The algorithms of the content are CTR-ACPKM
// with Kuznyechik or Magma, with OMAC and without (R 1323565.1.025-2019), and
// GOST 28147-89 (RFC 4490); others are an error. What a recipient's key is
// wrapped with is a matter of Decrypt, as one message may have recipients of
// all kinds.
func ParseEnveloped(raw []byte) (*EnvelopedData, error) {
	d := &EnvelopedData{Raw: bytes.Clone(raw)}
	if err := d.read(); err != nil {
		return nil, fmt.Errorf("cms: EnvelopedData: %w", err)
	}
	return d, nil
}

func (d *EnvelopedData) read() error {
	in, err := openContentInfo(d.Raw, oid.EnvelopedData, "EnvelopedData")
	if err != nil {
		return err
	}
	var version int
	if !in.ReadASN1Integer(&version) || version < 0 || version > 4 {
		return errors.New("version does not parse")
	}
	if err := d.readOriginator(&in); err != nil {
		return err
	}
	if d.Recipients, err = readRecipients(&in); err != nil {
		return err
	}
	if d.content, err = readContent(&in); err != nil {
		return err
	}
	d.ContentType, d.Authenticated = d.content.typ, d.content.withMAC
	return nil
}

// readOriginator reads OriginatorInfo: [0] IMPLICIT SEQUENCE {certs [0]
// IMPLICIT CertificateSet OPTIONAL, crls [1] OPTIONAL}.
func (d *EnvelopedData) readOriginator(in *der.String) error {
	var info, certs, crls der.String
	var present bool
	if !in.ReadOptionalASN1(&info, &present, der.ContextCons(0)) ||
		!info.ReadOptionalASN1(&certs, &present, der.ContextCons(0)) ||
		!info.ReadOptionalASN1(&crls, &present, der.ContextCons(1)) || !info.Empty() {
		return errors.New("originatorInfo does not parse")
	}
	for !certs.Empty() {
		raw, tag, ok := der.ReadAny(&certs)
		if !ok {
			return errors.New("certificates of originatorInfo do not parse")
		}
		if tag == der.Sequence {
			d.Certificates = append(d.Certificates, raw)
		}
	}
	return nil
}

// Decrypt returns the content, decrypted with the private key of cert, one of
// the recipients. Senders are needed if his Recipient names a Sender; that
// they are who they should be is for the caller to see to, by
// [csr.Algorithms.VerifyChain].
//
// If d.Authenticated, what is returned is the content that the sender's key
// encrypted. If not, IT IS NOT AUTHENTICATED: whoever carried the message may
// have flipped any bits of it. Even a MAC does not say who the sender is
// unless he used his lasting key; a signature inside does.
//
// Errors are ErrNotRecipient, ErrNoSender, ErrDecrypt, what a token failed
// with, or tell what of the message is not supported. No error comes with any
// content.
func (d *EnvelopedData) Decrypt(key AgreementKey, cert *csr.Certificate, senders ...*csr.Certificate) ([]byte, error) {
	if !key.PublicKey().Equal(cert.PublicKey) {
		return nil, errors.New("cms: decrypt: the certificate is not for this key")
	}
	for i := range d.Recipients {
		if !d.Recipients[i].Names(cert) {
			continue
		}
		cek, err := d.Recipients[i].open(key, senders)
		if err != nil {
			return nil, err
		}
		return d.content.decrypt(cek)
	}
	return nil, ErrNotRecipient
}
