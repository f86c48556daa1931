package cryptopro

import (
	"crypto/subtle"
	"errors"
	"math/big"
	"slices"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/token/cryptopro/internal/imit"
)

// saltSize is how many octets of a mask's random status are the salt of the
// password.
const saltSize = 12

// checkPassword refuses what different versions of CSP would turn into
// different octets: anything beyond printable ASCII.
func checkPassword(password []byte) error {
	for _, c := range password {
		if c < 0x20 || c > 0x7e {
			return errPasswordForm
		}
	}
	return nil
}

var errPasswordForm = errors.New("cryptopro: a password is printable ASCII")

// passwordKey derives the key of 32 octets under which the private key and the
// password's MAC are made: CPKDF with Streebog-256, for keys of 512 bits too.
// Of the password, each character is 16 bits of UTF-16, low octet first, and
// two zero octets.
//
// The caller wipes the key.
func passwordKey(password, salt []byte) []byte {
	const block = 64
	pin := make([]byte, 4*len(password))
	defer clear(pin)
	for i, c := range password {
		pin[4*i] = c
	}
	hash := func(parts ...[]byte) []byte {
		h := streebog.New256()
		for _, p := range parts {
			h.Write(p)
		}
		return h.Sum(nil)
	}
	var inner, outer [block]byte
	defer clear(inner[:])
	defer clear(outer[:])
	masked := func(c []byte) (in, out []byte) {
		for i := range c {
			inner[i], outer[i] = c[i]^0x36, c[i]^0x5c
		}
		return inner[:len(c)], outer[:len(c)]
	}

	c := make([]byte, block) // the last half stays zero
	defer clear(c)
	copy(c, "DENEFH028.760246785.IUEFHWUIO.EF")
	first := hash(salt, pin)
	defer clear(first)
	rounds := 2000
	if len(password) == 0 {
		rounds = 2
	}
	for range rounds {
		in, out := masked(c)
		copy(c, hash(in, first, out, first))
	}
	in, out := masked(c[:streebog.Size256])
	last := hash(in, salt, out, pin)
	defer clear(last)
	return hash(last)
}

// mac returns the MAC of data under key, 32 octets.
func mac(key, data []byte, set *imit.Set) []byte {
	c := imit.New(key, set)
	defer c.Wipe()
	m := c.MAC(data)
	return m[:]
}

// headerMAC is the MAC of a header: its key is 32 zero octets, so it tells
// damage and nothing else. Content is a whole DER element.
func headerMAC(content []byte, set *imit.Set) []byte {
	return mac(make([]byte, imit.KeySize), content, set)
}

// maskMAC is the MAC of a mask's random status, under the last 32 octets of
// the mask.
func maskMAC(mask, status []byte, set *imit.Set) []byte {
	return mac(mask[len(mask)-imit.KeySize:], status, set)
}

// passwordMAC is the MAC that tells a wrong password, of 16 zero octets under
// the key that the password gives with the fingerprint as its salt.
func passwordMAC(password, fingerprint []byte, set *imit.Set) []byte {
	key := passwordKey(password, fingerprint)
	defer clear(key)
	return mac(key, make([]byte, 2*imit.BlockSize), set)
}

func equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// seal returns the octets of primary.key: d·M mod q, little-endian, encrypted
// under the password. Mask is M, little-endian, Size octets.
func seal(key *gost.PrivateKey, mask, salt, password []byte, set *imit.Set) ([]byte, error) {
	number := key.Bytes()
	defer clear(number)
	masked, err := product(key.Curve(), number, mask)
	if err != nil {
		return nil, err
	}
	text := masked.Bytes()
	defer clear(text)
	storage := passwordKey(password, salt)
	defer clear(storage)
	c := imit.New(storage, set)
	defer c.Wipe()
	return c.Encrypt(text), nil
}

// unseal returns the key whose octets in primary.key are sealed. With a wrong
// password it is some other key, or an error.
func unseal(curve *gost.Curve, sealed, mask, salt, password []byte, set *imit.Set) (*gost.PrivateKey, error) {
	inverse, err := invert(curve, mask)
	if err != nil {
		return nil, err
	}
	storage := passwordKey(password, salt)
	defer clear(storage)
	c := imit.New(storage, set)
	defer c.Wipe()
	text := c.Decrypt(sealed)
	defer clear(text)
	return product(curve, text, inverse)
}

// product returns the key x·y mod q, both little-endian, Size octets. A
// PrivateKeyInfo may hold a key as such a product (R 50.1.112-2016), and
// package gost multiplies it in constant time; so this package has no
// arithmetic of its own for secrets.
func product(curve *gost.Curve, x, y []byte) (*gost.PrivateKey, error) {
	algorithm := oid.GOST3410_256
	if curve.Size() == 64 {
		algorithm = oid.GOST3410_512
	}
	info := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(0) // version
			der.AlgorithmIdentifier{OID: algorithm, Params: der.Marshal(func(b *der.Builder) {
				b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddASN1ObjectIdentifier(curve.OID()) })
			})}.Add(b)
			b.AddASN1(der.OctetString, func(b *der.Builder) {
				b.AddBytes(x)
				b.AddBytes(y)
			})
		})
	})
	defer clear(info)
	return gost.ParsePKCS8PrivateKey(info, curve)
}

// invert returns 1/mask mod q, little-endian, Size octets. Its time depends on
// the mask, which stands in its file for all to read: without the encrypted
// number beside it, a mask tells nothing of the key.
func invert(curve *gost.Curve, mask []byte) ([]byte, error) {
	q := order(curve)
	turned := slices.Clone(mask)
	slices.Reverse(turned)
	m := new(big.Int).SetBytes(turned)
	if m.ModInverse(m, q) == nil {
		return nil, errors.New("cryptopro: the mask is zero")
	}
	inverse := m.FillBytes(make([]byte, curve.Size()))
	slices.Reverse(inverse)
	return inverse, nil
}
