package cms

import (
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// kegUKMSize is the number of octets of the user keying material of KExp15:
// 24 for KEG, and 8 whose beginning is the initial value.
const kegUKMSize = 32

// exported is the key of the content wrapped by KExp15 for one recipient,
// with what he needs to unwrap it (R 1323565.1.025-2019).
type exported struct {
	originator []byte // SubjectPublicKeyInfo of the sender
	ukm        []byte
	key        []byte
}

// wrapKExp15 wraps the key of the content between a key of the sender and the
// recipient's.
func wrapKExp15(s *suite, sender *gost.PrivateKey, to *gost.PublicKey, cek []byte) (x exported, err error) {
	x.originator = gost.MarshalPKIXPublicKey(sender.PublicKey())
	x.ukm = make([]byte, kegUKMSize)
	rand.Read(x.ukm)
	keys, err := sender.KEG(to, x.ukm)
	if err != nil {
		return x, err
	}
	x.key, err = modes.KExp15(s.new, keys[:32], keys[32:], x.ukm[24:24+s.block/2], cek)
	return x, err
}

// openKExp15 unwraps the key of the content.
func (r *Recipient) openKExp15(s *suite, key AgreementKey, senders []*csr.Certificate) ([]byte, error) {
	x, err := r.exported(key.PublicKey().Curve())
	if err != nil {
		return nil, err
	}
	if len(x.ukm) != kegUKMSize || len(x.key) != modes.KeySize+s.block {
		return nil, errors.New("cms: the wrapped key or its ukm has a wrong length")
	}
	peer, err := r.peer(key, x.originator, senders)
	if err != nil {
		return nil, err
	}
	keys, err := key.KEG(peer, x.ukm)
	if err != nil {
		return nil, fmt.Errorf("cms: key agreement: %w", err)
	}
	if len(keys) != 64 {
		return nil, errors.New("cms: key agreement: not 64 octets of keys")
	}
	cek, err := modes.KImp15(s.new, keys[:32], keys[32:], x.ukm[24:24+s.block/2], x.key)
	if err != nil {
		return nil, ErrDecrypt
	}
	return cek, nil
}

// exported finds the parts of the wrapped key, each kind of recipient having
// them elsewhere. The parameter of the algorithm names the agreement, which
// has to be of the size of the recipient's key.
func (r *Recipient) exported(curve *gost.Curve) (x exported, err error) {
	w := r.key
	params, ok := der.ReadWhole(w.algorithm.Params, der.Sequence)
	var agreement der.OID
	if !ok || !params.ReadASN1ObjectIdentifier(&agreement) || !params.Empty() {
		return x, errors.New("cms: the parameters of keyEncryptionAlgorithm do not parse")
	}
	if !agreement.Equal(agreementOf(curve)) {
		return x, fmt.Errorf("cms: key agreement %v does not go with a key of %d bits", agreement, 8*curve.Size())
	}
	if w.agreement {
		return exported{w.originator, w.ukm, w.value}, nil
	}
	in, ok := der.ReadWhole(w.value, der.Sequence)
	var key, ukm der.String
	ok = ok && in.ReadASN1(&key, der.OctetString)
	if ok {
		x.originator, ok = der.ReadRaw(&in, der.Sequence)
	}
	if !ok || !in.ReadASN1(&ukm, der.OctetString) || !in.Empty() {
		return x, errors.New("cms: the wrapped key does not parse")
	}
	x.key, x.ukm = key, ukm
	return x, nil
}

func agreementOf(curve *gost.Curve) der.OID {
	if curve.Size() == 64 {
		return oid.GOSTKeyAgreement512
	}
	return oid.GOSTKeyAgreement256
}

// transport writes KeyTransRecipientInfo.
func (x exported) transport(s *suite, to *csr.Certificate, curve *gost.Curve) []byte {
	value := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1OctetString(x.key)
			b.AddBytes(x.originator)
			b.AddASN1OctetString(x.ukm)
		})
	})
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0)
			addIssuerAndSerial(b, to)
			addKExp15(b, s, curve)
			b.AddASN1OctetString(value)
		})
	})
}

// agreement writes KeyAgreeRecipientInfo, originator being the choice of
// OriginatorIdentifierOrKey.
func (x exported) agreement(s *suite, to *csr.Certificate, curve *gost.Curve, originator func(b *der.Builder)) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.ContextCons(1), func(b *der.Builder) {
			b.AddASN1Int64(3)
			b.AddASN1(der.ContextCons(0), originator)
			b.AddASN1(der.ContextCons(1), func(b *der.Builder) { b.AddASN1OctetString(x.ukm) })
			addKExp15(b, s, curve)
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					addIssuerAndSerial(b, to)
					b.AddASN1OctetString(x.key)
				})
			})
		})
	})
}

// addOriginator writes OriginatorPublicKey, a SubjectPublicKeyInfo under the
// tag [1].
func (x exported) addOriginator(b *der.Builder) {
	inner, _ := der.ReadWhole(x.originator, der.Sequence)
	b.AddASN1(der.ContextCons(1), func(b *der.Builder) { b.AddBytes(inner) })
}

func addKExp15(b *der.Builder, s *suite, curve *gost.Curve) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(s.wrap)
		b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1ObjectIdentifier(agreementOf(curve)) })
	})
}
