package cms

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// wrapped28147 is the key of the content wrapped by GOST 28147-89, for
// reading (RFC 4490, section 4).
type wrapped28147 struct {
	originator []byte // SubjectPublicKeyInfo; nil if not here
	ukm        []byte
	key        []byte // encryptedKey || macKey
	set        *legacy.ParamSet
	unwrap     func(kek, ukm, wrapped []byte, set *legacy.ParamSet) ([]byte, error)
}

var err28147 = errors.New("cms: the key wrapped by GOST 28147-89 does not parse")

// open28147 unwraps the key of the content. It is wrapped under VKO of 256
// bits, whatever the size of the keys.
func (r *Recipient) open28147(key AgreementKey, senders []*csr.Certificate) ([]byte, error) {
	var w wrapped28147
	var err error
	if r.key.agreement {
		w, err = r.key.agreed28147()
	} else {
		w, err = r.key.transported28147()
	}
	if err != nil {
		return nil, err
	}
	peer, err := r.peer(key, w.originator, senders)
	if err != nil {
		return nil, err
	}
	kek, err := key.VKO256(peer, w.ukm)
	if err != nil {
		return nil, fmt.Errorf("cms: key agreement: %w", err)
	}
	cek, err := w.unwrap(kek, w.ukm, w.key, w.set)
	if err != nil {
		return nil, ErrDecrypt
	}
	return cek, nil
}

// transported28147 reads GostR3410-KeyTransport (RFC 4490, section 4.2.1):
//
//	SEQUENCE {
//	    sessionEncryptedKey Gost28147-89-EncryptedKey,
//	    transportParameters [0] IMPLICIT SEQUENCE {
//	        encryptionParamSet OBJECT IDENTIFIER,
//	        ephemeralPublicKey [0] IMPLICIT SubjectPublicKeyInfo OPTIONAL,
//	        ukm OCTET STRING } OPTIONAL }
//
// A message without an ephemeral key, which the sender's certificate would
// stand in for without being named, is refused.
func (k *wrappedKey) transported28147() (w wrapped28147, err error) {
	in, ok := der.ReadWhole(k.value, der.Sequence)
	if !ok {
		return w, err28147
	}
	if w.key, ok = readKey28147(&in); !ok {
		return w, err28147
	}
	var params, ukm der.String
	var set der.OID
	if !in.ReadASN1(&params, der.ContextCons(0)) || !in.Empty() || !params.ReadASN1ObjectIdentifier(&set) {
		return w, err28147
	}
	if w.originator, ok = der.ReadRaw(&params, der.ContextCons(0)); !ok {
		return w, errors.New("cms: the message holds no key of the sender")
	}
	w.originator = bytes.Clone(w.originator)
	w.originator[0] = byte(der.Sequence)
	if !params.ReadASN1(&ukm, der.OctetString) || !params.Empty() || len(ukm) != legacy.UKMSize {
		return w, err28147
	}
	w.ukm, w.unwrap = ukm, legacy.UnwrapKeyCryptoPro
	return w, w.find(set)
}

// agreed28147 reads the key of a KeyAgreeRecipientInfo (RFC 4490, section
// 4.1.1): a Gost28147-89-EncryptedKey, the algorithm that wraps it being the
// parameter of keyEncryptionAlgorithm.
func (k *wrappedKey) agreed28147() (w wrapped28147, err error) {
	wrap, ok := der.ParseAlgorithm(k.algorithm.Params)
	params, ok2 := der.ReadWhole(wrap.Params, der.Sequence)
	var set der.OID
	if !ok || !ok2 || !params.ReadASN1ObjectIdentifier(&set) || !params.Empty() || len(k.ukm) != legacy.UKMSize {
		return w, err28147
	}
	switch {
	case wrap.OID.Equal(oid.GOST28147NoWrap):
		w.unwrap = legacy.UnwrapKey
	case wrap.OID.Equal(oid.GOST28147Wrap):
		w.unwrap = legacy.UnwrapKeyCryptoPro
	default:
		return w, fmt.Errorf("cms: key wrap %v is not supported", wrap.OID)
	}
	value := der.String(k.value)
	if w.key, ok = readKey28147(&value); !ok || !value.Empty() {
		return w, err28147
	}
	w.originator, w.ukm = k.originator, k.ukm
	return w, w.find(set)
}

func (w *wrapped28147) find(set der.OID) error {
	if w.set = legacy.ParamSetByOID(set); w.set == nil {
		return fmt.Errorf("cms: GOST 28147-89 with parameter set %v is not supported", set)
	}
	return nil
}

// readKey28147 reads Gost28147-89-EncryptedKey: SEQUENCE {encryptedKey,
// maskKey [0] OPTIONAL, macKey}. A mask, which RFC 4490 does not allow in
// messages, is refused.
func readKey28147(in *der.String) (key []byte, ok bool) {
	var seq, encrypted, mac der.String
	if !in.ReadASN1(&seq, der.Sequence) || !seq.ReadASN1(&encrypted, der.OctetString) ||
		!seq.ReadASN1(&mac, der.OctetString) || !seq.Empty() ||
		len(encrypted) != legacy.KeySize || len(mac) != legacy.MACSize {
		return nil, false
	}
	return append(bytes.Clone(encrypted), mac...), true
}
