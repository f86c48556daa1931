package cms

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// Identifier names a certificate: by issuer and serial number, or by the
// identifier of its key, in which case the other two are nil.
type Identifier struct {
	RawIssuer    []byte // DER
	SerialNumber *big.Int
	KeyID        []byte // subjectKeyIdentifier
}

// Names reports whether c is the certificate named. Names of issuers are
// compared octet by octet.
func (i *Identifier) Names(c *csr.Certificate) bool {
	if i.KeyID != nil {
		return bytes.Equal(i.KeyID, c.SubjectKeyID)
	}
	return i.SerialNumber != nil && bytes.Equal(i.RawIssuer, c.RawIssuer) && i.SerialNumber.Cmp(c.SerialNumber) == 0
}

// Recipient is one whom a message is for.
type Recipient struct {
	Identifier // of his certificate

	// Sender names the sender's certificate, which has to be given to Decrypt,
	// if the message is encrypted with the sender's lasting key; nil, as in
	// most messages, if with one made for the message and sent in it.
	Sender *Identifier

	key wrappedKey
}

// wrappedKey is the key of the content as one recipient gets it, as yet not
// understood.
type wrappedKey struct {
	algorithm  der.AlgorithmIdentifier // keyEncryptionAlgorithm
	agreement  bool                    // KeyAgreeRecipientInfo, which has its own place for the next two
	originator []byte                  // SubjectPublicKeyInfo; nil: none, or named by Sender
	ukm        []byte
	value      []byte // encryptedKey
}

// readRecipients reads RecipientInfos. Those of kinds that cannot hold a
// GOST key are passed over.
func readRecipients(in *der.String) (list []Recipient, err error) {
	var set der.String
	if !in.ReadASN1(&set, der.Set) {
		return nil, errors.New("recipientInfos do not parse")
	}
	for !set.Empty() {
		raw, tag, ok := der.ReadAny(&set)
		if !ok {
			return nil, errors.New("recipientInfos do not parse")
		}
		body, _ := der.ReadWhole(raw, tag)
		switch tag {
		case der.Sequence:
			r, ok := readTransport(body)
			if !ok {
				return nil, errors.New("KeyTransRecipientInfo does not parse")
			}
			list = append(list, r)
		case der.ContextCons(1):
			if list, ok = readAgreement(list, body); !ok {
				return nil, errors.New("KeyAgreeRecipientInfo does not parse")
			}
		}
	}
	return list, nil
}

// readTransport reads KeyTransRecipientInfo (RFC 5652, section 6.2.1).
func readTransport(in der.String) (r Recipient, ok bool) {
	var version int
	if !in.ReadASN1Integer(&version) || version != 0 && version != 2 {
		return r, false
	}
	if r.Identifier, ok = readIdentifier(&in, der.Context(0)); !ok {
		return r, false
	}
	if r.key.algorithm, ok = der.ReadAlgorithm(&in); !ok {
		return r, false
	}
	var value der.String
	ok = in.ReadASN1(&value, der.OctetString) && in.Empty()
	r.key.value = value
	return r, ok
}

// readAgreement reads KeyAgreeRecipientInfo (RFC 5652, section 6.2.2), which
// may be for several, and appends them to list.
func readAgreement(list []Recipient, in der.String) ([]Recipient, bool) {
	var version int
	var wrapped, ukm der.String
	if !in.ReadASN1Integer(&version) || version != 3 || !in.ReadASN1(&wrapped, der.ContextCons(0)) {
		return nil, false
	}
	var common Recipient
	var ok bool
	common.key.agreement = true
	if wrapped.PeekASN1Tag(der.ContextCons(1)) {
		raw, ok := der.ReadRaw(&wrapped, der.ContextCons(1))
		if !ok {
			return nil, false
		}
		raw = bytes.Clone(raw)
		raw[0] = byte(der.Sequence) // OriginatorPublicKey is a SubjectPublicKeyInfo under another tag
		common.key.originator = raw
	} else {
		sender, ok := readIdentifier(&wrapped, der.Context(0))
		if !ok {
			return nil, false
		}
		common.Sender = &sender
	}
	var present bool
	if !wrapped.Empty() || !in.ReadOptionalASN1(&wrapped, &present, der.ContextCons(1)) {
		return nil, false
	}
	if present && (!wrapped.ReadASN1(&ukm, der.OctetString) || !wrapped.Empty()) {
		return nil, false
	}
	common.key.ukm = ukm
	if common.key.algorithm, ok = der.ReadAlgorithm(&in); !ok {
		return nil, false
	}
	var keys der.String
	if !in.ReadASN1(&keys, der.Sequence) || !in.Empty() {
		return nil, false
	}
	for !keys.Empty() {
		r := common
		var one, value der.String
		if !keys.ReadASN1(&one, der.Sequence) {
			return nil, false
		}
		if r.Identifier, ok = readKeyIdentifier(&one); !ok {
			return nil, false
		}
		if !one.ReadASN1(&value, der.OctetString) || !one.Empty() {
			return nil, false
		}
		r.key.value = value
		list = append(list, r)
	}
	return list, true
}

// readIdentifier reads IssuerAndSerialNumber, or SubjectKeyIdentifier under
// the tag given.
func readIdentifier(in *der.String, keyID der.Tag) (i Identifier, ok bool) {
	var body der.String
	if in.PeekASN1Tag(keyID) {
		ok = in.ReadASN1(&body, keyID)
		i.KeyID = append([]byte{}, body...)
		return i, ok
	}
	if !in.ReadASN1(&body, der.Sequence) {
		return i, false
	}
	if i.RawIssuer, ok = der.ReadRaw(&body, der.Sequence); !ok {
		return i, false
	}
	i.SerialNumber = new(big.Int)
	return i, body.ReadASN1Integer(i.SerialNumber) && body.Empty()
}

// readKeyIdentifier reads KeyAgreeRecipientIdentifier. The date and other
// attributes of a RecipientKeyIdentifier are passed over.
func readKeyIdentifier(in *der.String) (i Identifier, ok bool) {
	var body, id der.String
	if !in.PeekASN1Tag(der.ContextCons(0)) {
		return readIdentifier(in, der.Context(0))
	}
	if !in.ReadASN1(&body, der.ContextCons(0)) || !body.ReadASN1(&id, der.OctetString) {
		return i, false
	}
	i.KeyID = append([]byte{}, id...)
	return i, true
}

// AgreementKey is a private key of GOST R 34.10-2012 that agrees on keys with
// others, in memory or on a token. A *gost.PrivateKey is one.
//
// KEG gives 64 octets of ukm of 32 (see [gost.PrivateKey.KEG]); VKO256 gives
// 32 of ukm of 8, little-endian (see [gost.PrivateKey.VKO256]), and serves
// messages of GOST 28147-89 only. Both are given peers on the key's own curve.
// Their errors are for failures of the token; they reach the caller of
// Decrypt, and thereby possibly the sender of a message, and must not depend
// on the key's number.
type AgreementKey interface {
	PublicKey() *gost.PublicKey
	KEG(peer *gost.PublicKey, ukm []byte) ([]byte, error)
	VKO256(peer *gost.PublicKey, ukm []byte) ([]byte, error)
}

// open returns the key of the content, 32 octets.
func (r *Recipient) open(key AgreementKey, senders []*csr.Certificate) ([]byte, error) {
	w := r.key
	for i := range suites {
		if w.algorithm.OID.Equal(suites[i].wrap) {
			return r.openKExp15(&suites[i], key, senders)
		}
	}
	for _, old := range []der.OID{oid.GOST3410_256, oid.GOST3410_512, oid.GOSTKeyAgreement256, oid.GOSTKeyAgreement512} {
		if w.algorithm.OID.Equal(old) {
			return r.open28147(key, senders)
		}
	}
	return nil, fmt.Errorf("cms: keyEncryptionAlgorithm %v is not supported", w.algorithm.OID)
}

// peer returns the other party's key: the one in the message, or the one in
// the sender's certificate. It is on the curve of the recipient's.
func (r *Recipient) peer(key AgreementKey, originator []byte, senders []*csr.Certificate) (*gost.PublicKey, error) {
	curve := key.PublicKey().Curve()
	if r.Sender == nil {
		peer, err := gost.ParsePKIXPublicKey(originator, curve)
		if err != nil {
			return nil, fmt.Errorf("cms: the sender's key: %w", err)
		}
		return peer, nil
	}
	for _, c := range senders {
		if !r.Sender.Names(c) {
			continue
		}
		peer, ok := c.PublicKey.(*gost.PublicKey)
		if !ok || peer.Curve() != curve {
			return nil, errors.New("cms: the sender's key is not on the recipient's curve")
		}
		return peer, nil
	}
	return nil, ErrNoSender
}
