package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// EncryptedData is a message encrypted with a key that both parties have (RFC
// 5652, section 8), as read: see [EncryptedData.Decrypt].
type EncryptedData struct {
	Raw           []byte // as received
	ContentType   asn1.ObjectIdentifier
	Authenticated bool // the content comes with a MAC, see [EnvelopedData]

	content *encryptedContent
}

// EncryptWithKey makes EncryptedData under a key of 32 octets, which is
// uniformly random or derived so as to look it; a password is not a key. The
// result is DER.
//
// One key does for many messages: each has its own initial value, 64 random
// bits with Kuznyechik and 32 with Magma, and with the MAC also a seed of 64
// for keys of its own. Without the MAC two messages with one initial value
// give both away, which is to be expected after 2^32 messages with Kuznyechik
// and already 2^16 with Magma.
func EncryptWithKey(o EncryptOptions, key, content []byte) ([]byte, error) {
	if len(key) != modes.KeySize {
		return nil, fmt.Errorf("cms: encrypt: a key of %d octets, want %d", len(key), modes.KeySize)
	}
	if o.KeyAgreement {
		return nil, errors.New("cms: encrypt: key agreement, but the key is given")
	}
	c, err := encryptContent(o, key, content)
	if err != nil {
		return nil, fmt.Errorf("cms: encrypt: %w", err)
	}
	version := int64(0)
	if c.withMAC {
		version = 2 // RFC 5652, section 8: there are unprotectedAttrs
	}
	return contentInfo(oid.EncryptedData, func(b *der.Builder) {
		b.AddASN1Int64(version)
		c.add(b)
		c.addAttributes(b)
	}), nil
}

// ParseEncrypted reads EncryptedData. The algorithms are those of
// [ParseEnveloped].
func ParseEncrypted(raw []byte) (*EncryptedData, error) {
	d := &EncryptedData{Raw: bytes.Clone(raw)}
	in, err := openContentInfo(d.Raw, oid.EncryptedData, "EncryptedData")
	if err != nil {
		return nil, fmt.Errorf("cms: EncryptedData: %w", err)
	}
	var version int
	// The examples of R 1323565.1.025-2019 have version 0 in all cases.
	if !in.ReadASN1Integer(&version) || version != 0 && version != 2 {
		return nil, errors.New("cms: EncryptedData: version does not parse")
	}
	if d.content, err = readContent(&in); err != nil {
		return nil, fmt.Errorf("cms: EncryptedData: %w", err)
	}
	d.ContentType, d.Authenticated = d.content.typ, d.content.withMAC
	return d, nil
}

// Decrypt returns the content, decrypted with a key of 32 octets. The error
// for a wrong key or a changed message is ErrDecrypt, and no content comes
// with it.
//
// If not d.Authenticated, THE CONTENT IS NOT AUTHENTICATED: whoever carried
// the message may have flipped any bits of it, and a wrong key gives wrong
// content and no error.
func (d *EncryptedData) Decrypt(key []byte) ([]byte, error) {
	if len(key) != modes.KeySize {
		return nil, fmt.Errorf("cms: decrypt: a key of %d octets, want %d", len(key), modes.KeySize)
	}
	return d.content.decrypt(key)
}
