package cryptopro

import (
	"fmt"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/cryptopro/internal/imit"
)

// pair is a file of masked keys with the file of its mask.
type pair struct {
	sealed [][]byte // one or two encrypted numbers, 32 or 64 octets each
	mask   []byte   // little-endian, as long as a number
	status []byte   // random; the first saltSize octets are the password's salt
}

// parsePair reads primary.key and masks.key, or the reserve of both, and
// checks the mask's MAC.
func parsePair(primary, masks []byte, set *imit.Set) (p pair, err error) {
	if primary == nil || masks == nil {
		return p, damaged("primary.key or masks.key", "missing")
	}
	if err := p.parsePrimary(primary); err != nil {
		return p, err
	}
	if err := p.parseMasks(masks, set); err != nil {
		return p, err
	}
	for _, number := range p.sealed {
		if len(number) != len(p.mask) {
			return p, damaged("primary.key", "not as long as its mask")
		}
	}
	return p, nil
}

// parsePrimary reads primary.key:
//
//	SEQUENCE {
//	    primaryKey   OCTET STRING,
//	    secondaryKey OCTET STRING OPTIONAL, -- or [0] IMPLICIT
//	    hmacKey      OCTET STRING (SIZE (4)) OPTIONAL }
//
// The last is a mark of an older form, which is encrypted otherwise.
func (p *pair) parsePrimary(raw []byte) error {
	body, ok := der.ReadWhole(raw, der.Sequence)
	var number der.String
	if !ok || !body.ReadASN1(&number, der.OctetString) {
		return errPrimaryDER
	}
	p.sealed = [][]byte{number}
	if body.PeekASN1Tag(der.Context(0)) {
		if !body.ReadASN1(&number, der.Context(0)) {
			return errPrimaryDER
		}
		p.sealed = append(p.sealed, number)
	}
	for !body.Empty() {
		if !body.ReadASN1(&number, der.OctetString) || len(p.sealed) == 2 && len(number) != imit.MACSize {
			return errPrimaryDER
		}
		if len(number) == imit.MACSize {
			return fmt.Errorf("%w: keys of the old form", ErrUnsupported)
		}
		p.sealed = append(p.sealed, number)
	}
	for _, number := range p.sealed {
		if len(number) != 32 && len(number) != 64 {
			return errPrimaryDER
		}
	}
	return nil
}

var errPrimaryDER = damaged("primary.key", "not masked keys in DER")

// parseMasks reads masks.key, SEQUENCE { mask OCTET STRING, randomStatus OCTET
// STRING, hmacRandom OCTET STRING }.
func (p *pair) parseMasks(raw []byte, set *imit.Set) error {
	body, ok := der.ReadWhole(raw, der.Sequence)
	var mask, status, sum der.String
	if !ok || !body.ReadASN1(&mask, der.OctetString) || !body.ReadASN1(&status, der.OctetString) ||
		!body.ReadASN1(&sum, der.OctetString) || !body.Empty() ||
		len(mask) != 32 && len(mask) != 64 || len(status) < saltSize || len(sum) != imit.MACSize {
		return damaged("masks.key", "not a mask in DER")
	}
	if !equal(maskMAC(mask, status, set), sum) {
		return damaged("masks.key", "the MAC does not fit")
	}
	p.mask, p.status = mask, status
	return nil
}

// marshal returns primary.key and masks.key.
func (p *pair) marshal(set *imit.Set) (primary, masks []byte) {
	primary = der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1OctetString(p.sealed[0]) })
	})
	masks = der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1OctetString(p.mask)
			b.AddASN1OctetString(p.status)
			b.AddASN1OctetString(maskMAC(p.mask, p.status, set))
		})
	})
	return primary, masks
}

// open returns the key that one of the numbers is under the password, and that
// matches.
func (p *pair) open(k *KeyInfo, password []byte, set *imit.Set) (*gost.PrivateKey, bool) {
	for _, sealed := range p.sealed {
		if len(sealed) != k.Curve.Size() {
			continue
		}
		key, err := unseal(k.Curve, sealed, p.mask, p.status[:saltSize], password, set)
		if err == nil && k.matches(key.PublicKey()) {
			return key, true
		}
	}
	return nil, false
}
