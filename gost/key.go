package gost

import (
	"bytes"
	"crypto"
	cryptorand "crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/group"
	"github.com/surguch/surguch/gost/internal/secret"
)

// PublicKey is a point of prime order on a Curve. The zero value is not
// usable: keys come from NewPublicKey, ParsePKIXPublicKey or a PrivateKey.
type PublicKey struct {
	curve *Curve
	raw   []byte // X || Y, each little-endian
	point group.Point
}

// NewPublicKey returns the public key whose coordinates are raw: X || Y, each
// little-endian, 2·Size octets (RFC 9215, section 4.3).
//
// It refuses a coordinate that is not below the modulus and a point that is
// not on the curve. Infinity has no coordinates. On the curves of cofactor 4
// it also refuses a point whose order is not q, which would tell an attacker
// the private key modulo 4 in a key agreement (RFC 9215, section 8).
func NewPublicKey(c *Curve, raw []byte) (*PublicKey, error) {
	if len(raw) != 2*c.Size() {
		return nil, fmt.Errorf("gost: public key: %d octets, want %d", len(raw), 2*c.Size())
	}
	p, ok := c.group.NewPoint(littleEndian(raw[:c.size]), littleEndian(raw[c.size:]))
	if !ok {
		return nil, errors.New("gost: public key: not a point on curve " + c.name)
	}
	if c.cofactor != 1 && !c.group.InSubgroup(p) {
		return nil, errors.New("gost: public key: not in the subgroup of prime order")
	}
	return &PublicKey{curve: c, raw: bytes.Clone(raw), point: p}, nil
}

// Curve returns the parameter set of the key.
func (k *PublicKey) Curve() *Curve { return k.curve }

// Bytes returns X || Y, each little-endian, 2·Size octets (RFC 9215, section
// 4.3): what NewPublicKey takes, and what PKCS #11 calls CKA_VALUE.
func (k *PublicKey) Bytes() []byte { return bytes.Clone(k.raw) }

// Equal reports whether x is a *PublicKey with the same parameter set and the
// same point. Keys under different identifiers of one curve are not equal.
func (k *PublicKey) Equal(x crypto.PublicKey) bool {
	other, ok := x.(*PublicKey)
	return ok && k.curve == other.curve && bytes.Equal(k.raw, other.raw)
}

// PrivateKey is a number 0 < d < q and the public key d·P. It implements
// crypto.Signer and crypto.MessageSigner. The zero value is not usable: keys
// come from GenerateKey, NewPrivateKey or ParsePKCS8PrivateKey.
type PrivateKey struct {
	public *PublicKey
	// d is behind a function, into which nothing that prints by reflection can
	// look: see Format.
	d func() *field.Element
}

// NewPrivateKey returns the private key whose number is raw, little-endian,
// Size octets. It refuses zero and numbers that are not below q.
func NewPrivateKey(c *Curve, raw []byte) (*PrivateKey, error) {
	if len(raw) != c.Size() {
		return nil, fmt.Errorf("gost: private key: %d octets, want %d", len(raw), c.Size())
	}
	var d field.Element
	if !secret.Public(c.scalars.SetBytes(&d, raw)) {
		return nil, errPrivateRange
	}
	return newPrivateKey(c, &d)
}

var errPrivateRange = errors.New("gost: private key: out of range")

// newPrivateKey computes the public key of d, and refuses zero.
func newPrivateKey(c *Curve, d *field.Element) (*PrivateKey, error) {
	if secret.Public(c.scalars.IsZero(d)) {
		return nil, errPrivateRange
	}
	x, y, ok := c.group.BaseMult(c.scalars.Words(d))
	x, y = secret.Public(x), secret.Public(y)
	if !secret.Public(ok) {
		panic("gost: multiple of the generator is infinity")
	}
	p, ok := c.group.NewPoint(x, y)
	if !ok {
		panic("gost: multiple of the generator is not on the curve")
	}
	return &PrivateKey{
		public: &PublicKey{curve: c, raw: slices.Concat(octets(&x, c.size), octets(&y, c.size)), point: p},
		d:      func() *field.Element { return d },
	}, nil
}

// GenerateKey returns a new private key from 2·Size octets of rand, which is
// crypto/rand.Reader if nil. Reduced modulo q, so many octets leave the key
// with no bias that could be noticed.
func GenerateKey(c *Curve, rand io.Reader) (*PrivateKey, error) {
	if rand == nil {
		rand = cryptorand.Reader
	}
	wide := make([]byte, 2*c.Size())
	if _, err := io.ReadFull(rand, wide); err != nil {
		return nil, fmt.Errorf("gost: generate key: %w", err)
	}
	var d field.Element
	c.scalars.SetReduced(&d, wide)
	return newPrivateKey(c, &d)
}

// Public returns the public key, a *PublicKey, as crypto.Signer asks.
func (k *PrivateKey) Public() crypto.PublicKey { return k.public }

// PublicKey returns the public key.
func (k *PrivateKey) PublicKey() *PublicKey { return k.public }

// Curve returns the parameter set of the key.
func (k *PrivateKey) Curve() *Curve { return k.public.curve }

// Bytes returns the key's number, little-endian, Size octets: what
// NewPrivateKey takes.
func (k *PrivateKey) Bytes() []byte { return k.Curve().scalars.Bytes(k.d()) }

// Equal reports whether x is a *PrivateKey with the same parameter set and the
// same number, in constant time.
func (k *PrivateKey) Equal(x crypto.PrivateKey) bool {
	other, ok := x.(*PrivateKey)
	return ok && k.Curve() == other.Curve() && subtle.ConstantTimeCompare(k.Bytes(), other.Bytes()) == 1
}

// Format implements fmt.Formatter: whatever the verb, a key prints as its type
// and curve. Where fmt does not ask, for a field that is not exported or a
// copy of the struct, it does not find the number either.
func (k *PrivateKey) Format(s fmt.State, _ rune) {
	fmt.Fprintf(s, "gost.PrivateKey(%s)", k.Curve().name)
}
