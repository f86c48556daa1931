package gost

import (
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/secret"
	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/streebog"
)

// VKO256 returns the key that VKO_GOSTR3410_2012_256 agrees on with the owner
// of the peer's key, 32 octets (RFC 7836, section 4.3.1). Keys of 256 and of
// 512 bits will do, if both are on one Curve.
//
// Ukm is the user keying material, a number of at most Size octets,
// little-endian; nil or empty stands for 1. It is public, but has to differ
// between the uses of a pair of keys. Zero is refused, as is a multiple of q.
func (k *PrivateKey) VKO256(peer *PublicKey, ukm []byte) ([]byte, error) {
	point, err := k.agree(peer, ukm)
	if err != nil {
		return nil, err
	}
	kek := streebog.Sum256(point)
	return kek[:], nil
}

// VKO512 returns the key that VKO_GOSTR3410_2012_512 agrees on with the owner
// of the peer's key, 64 octets (RFC 7836, section 4.3.2). It is for keys of
// 512 bits; ukm is as for VKO256.
func (k *PrivateKey) VKO512(peer *PublicKey, ukm []byte) ([]byte, error) {
	if size := k.Curve().Size(); size != streebog.Size512 {
		return nil, fmt.Errorf("gost: key agreement: VKO of 512 bits with a key of %d bits", 8*size)
	}
	point, err := k.agree(peer, ukm)
	if err != nil {
		return nil, err
	}
	kek := streebog.Sum512(point)
	return kek[:], nil
}

// agree returns (m/q · UKM · x mod q)·(y·P), where x is the private key, y·P
// the public key of the peer and m/q the cofactor: X || Y, each little-endian
// (RFC 7836, section 4.3).
//
// Reduced modulo q, the cofactor does not clear a component of small order.
// That the peer's key has none is a matter of NewPublicKey.
func (k *PrivateKey) agree(peer *PublicKey, ukm []byte) ([]byte, error) {
	c := k.Curve()
	if peer.curve != c {
		return nil, fmt.Errorf("gost: key agreement: a key on %s with one on %s", c.name, peer.curve.name)
	}
	if len(ukm) > c.Size() {
		return nil, fmt.Errorf("gost: key agreement: UKM of %d octets, want at most %d", len(ukm), c.Size())
	}
	if len(ukm) == 0 {
		ukm = []byte{1}
	}
	padded := make([]byte, c.Size())
	copy(padded, ukm)
	var s field.Element
	c.scalars.SetReduced(&s, padded)
	if c.scalars.IsZero(&s) {
		return nil, errors.New("gost: key agreement: UKM is zero")
	}
	c.scalars.Mul(&s, &s, k.d())
	for n := 1; n < c.cofactor; n *= 2 { // it is 1 or 4
		c.scalars.Add(&s, &s, &s)
	}
	x, y, ok := c.group.ScalarMult(c.scalars.Words(&s), peer.point)
	if !secret.Public(ok) { // cannot be: s is not zero modulo q, the prime order of the point
		return nil, errors.New("gost: key agreement: the common point is infinity")
	}
	return slices.Concat(octets(&x, c.size), octets(&y, c.size)), nil
}

// KEG returns the two keys that wrap a key in CMS and TLS, 64 octets: the key
// of the MAC, and then that of the cipher, each of 32 (R 1323565.1.020-2018).
//
// Ukm has 32 octets. The first 16 are the UKM of VKO, here big-endian,
// with 1 in place of zero. Keys of 512 bits give VKO512; those of 256 bits
// give VKO256, from which KDF_TREE (RFC 7836, section 4.5) makes the 64 octets
// with the next 8 as its seed. The last 8 are not for KEG, but for the initial
// value of the wrapping.
func (k *PrivateKey) KEG(peer *PublicKey, ukm []byte) ([]byte, error) {
	if len(ukm) != 32 {
		return nil, fmt.Errorf("gost: key agreement: UKM of %d octets, want 32", len(ukm))
	}
	r := slices.Clone(ukm[:16])
	slices.Reverse(r)
	if !slices.ContainsFunc(r, func(b byte) bool { return b != 0 }) {
		r[0] = 1
	}
	if k.Curve().Size() == streebog.Size512 {
		return k.VKO512(peer, r)
	}
	key, err := k.VKO256(peer, r)
	if err != nil {
		return nil, err
	}
	return kdf.Tree(key, []byte("kdf tree"), ukm[16:24], 1, 64), nil
}
