package gost

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/internal/der"
)

// MarshalPKCS8PrivateKey returns the PrivateKeyInfo of the key in DER
// (RFC 5958). Its privateKey octets are the key's number itself,
// little-endian, without masks: the form that OpenSSL and RFC 9548 write.
// Parameters are as in MarshalPKIXPublicKey.
func MarshalPKCS8PrivateKey(k *PrivateKey) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0) // version
			k.Curve().algorithm(k.Curve().digest != digestOmitted).Add(b)
			b.AddASN1OctetString(k.Bytes())
		})
	})
}

// ParsePKCS8PrivateKey reads an unencrypted PrivateKeyInfo in DER. The
// parameter set must be one of the curves given, or of Curves if none is.
// Attributes are allowed and ignored.
//
// The privateKey octets may have any of the forms in use:
//
//   - the number, little-endian, Size octets; or a masked number of so many
//     octets and then one or more masks, the key being the product of all of
//     them modulo q;
//   - an OCTET STRING with the number, little-endian;
//   - an INTEGER, as OpenSSL 1.0 wrote;
//   - a SEQUENCE of two OCTET STRINGs, the first form and the public key
//     (R 50.1.112-2016), which must belong together.
//
// A few INTEGERs are exactly as long as a number of the first form, and are
// read as such a number. OpenSSL reads them so too, and no longer writes them.
func ParsePKCS8PrivateKey(raw []byte, curves ...*Curve) (*PrivateKey, error) {
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return nil, errPrivateDER
	}
	var version int64
	if !body.ReadASN1Integer(&version) || version != 0 {
		return nil, errPrivateDER
	}
	alg, ok := der.ReadAlgorithm(&body)
	if !ok {
		return nil, errPrivateDER
	}
	var private, attributes der.String
	if !body.ReadASN1(&private, der.OctetString) ||
		!body.ReadOptionalASN1(&attributes, nil, der.ContextCons(0)) || !body.Empty() {
		return nil, errPrivateDER
	}
	c, err := parseAlgorithm(alg, curves)
	if err != nil {
		return nil, fmt.Errorf("gost: parse private key: %w", err)
	}
	return c.parsePrivate(private)
}

var errPrivateDER = errors.New("gost: parse private key: not a PrivateKeyInfo of GOST R 34.10-2012 in DER")

// parsePrivate reads the privateKey octets in any of their forms.
func (c *Curve) parsePrivate(s der.String) (*PrivateKey, error) {
	if len(s) > 0 && len(s)%c.Size() == 0 {
		return c.unmask(s)
	}
	if number, ok := der.ReadWhole(s, der.OctetString); ok {
		return NewPrivateKey(c, number)
	}
	if pair, ok := der.ReadWhole(s, der.Sequence); ok {
		return c.parseMasked(pair)
	}
	var digits []byte // most significant first, without leading zeros
	if s.ReadASN1Integer(&digits) && s.Empty() && len(digits) <= c.Size() {
		number := make([]byte, c.Size())
		copy(number[c.Size()-len(digits):], digits)
		slices.Reverse(number)
		return NewPrivateKey(c, number)
	}
	return nil, errPrivateDER
}

// unmask returns the key that is the product of the numbers s consists of,
// each little-endian, Size octets (R 50.1.112-2016).
func (c *Curve) unmask(s []byte) (*PrivateKey, error) {
	if len(s) == c.Size() {
		return NewPrivateKey(c, s)
	}
	d := c.scalars.One()
	for number := range slices.Chunk(s, c.Size()) {
		var factor field.Element
		c.scalars.SetReduced(&factor, number)
		c.scalars.Mul(&d, &d, &factor)
	}
	return newPrivateKey(c, &d)
}

// parseMasked reads the inside of SEQUENCE { maskedPrivateKey OCTET STRING,
// publicKey OCTET STRING }.
func (c *Curve) parseMasked(pair der.String) (*PrivateKey, error) {
	var masked, public der.String
	if !pair.ReadASN1(&masked, der.OctetString) || !pair.ReadASN1(&public, der.OctetString) || !pair.Empty() ||
		len(masked) == 0 || len(masked)%c.Size() != 0 {
		return nil, errPrivateDER
	}
	k, err := c.unmask(masked)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(k.public.raw, public) {
		return nil, errors.New("gost: parse private key: does not belong to the public key beside it")
	}
	return k, nil
}
