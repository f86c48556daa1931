package gost

import (
	"crypto"
	"fmt"
	"io"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/secret"
	"github.com/surguch/surguch/gost/streebog"
)

// Sign signs a digest of Size octets, as Streebog gives it, and returns
// s || r, each big-endian, 2·Size octets (RFC 9215, section 2).
//
// From rand, crypto/rand.Reader if nil, it reads Size octets and mixes them
// with the key and the digest. How signatures follow from what rand gives is
// not part of the interface.
//
// GOST R 34.11-2012 is not among the values of crypto.Hash: opts is nil or
// answers HashFunc with 0, as crypto.Hash(0) does. A digest of another
// function is refused.
func (k *PrivateKey) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	if err := checkOptions(opts); err != nil {
		return nil, err
	}
	if len(digest) != k.Curve().Size() {
		return nil, fmt.Errorf("gost: sign: digest of %d octets, want %d", len(digest), k.Curve().Size())
	}
	sig := make([]byte, 2*k.Curve().Size())
	var n nonces
	if err := n.seed(k, rand, digest, sig); err != nil {
		return nil, fmt.Errorf("gost: sign: %w", err)
	}
	for !k.sign(sig, n.next(), digest) {
	}
	return sig, nil
}

// SignMessage signs msg: it takes the digest with Streebog of the key's size
// and does as Sign does.
func (k *PrivateKey) SignMessage(rand io.Reader, msg []byte, opts crypto.SignerOpts) ([]byte, error) {
	if k.Curve().Size() == streebog.Size256 {
		digest := streebog.Sum256(msg)
		return k.Sign(rand, digest[:], opts)
	}
	digest := streebog.Sum512(msg)
	return k.Sign(rand, digest[:], opts)
}

func checkOptions(opts crypto.SignerOpts) error {
	if opts != nil && opts.HashFunc() != 0 {
		return fmt.Errorf("gost: sign: the digest is of %v, want GOST R 34.11-2012", opts.HashFunc())
	}
	return nil
}

// sign makes a signature by RFC 7091, section 6.1:
//
//	C = k·P,  r = x(C) mod q,  s = (r·d + k·e) mod q,
//
// with k from nonce, 2·Size octets, little-endian, reduced modulo q. It returns
// false, and no signature, if k, r or s comes out zero.
func (k *PrivateKey) sign(sig, nonce, digest []byte) bool {
	c := k.Curve()
	q := c.scalars
	var n, r, s, ne field.Element
	q.SetReduced(&n, nonce)
	x, _, ok := c.group.BaseMult(q.Words(&n))
	if !secret.Public(ok) {
		return false // the nonce is zero
	}
	e := c.scalarOf(digest)
	x = secret.Public(x) // whoever verifies computes it
	q.SetWords(&r, &x)
	q.Mul(&s, &r, k.d())
	q.Mul(&ne, &n, &e)
	q.Add(&s, &s, &ne)
	s = secret.Public(s) // with r it is the signature
	if q.IsZero(&r) || q.IsZero(&s) {
		return false
	}
	rWords, sWords := q.Words(&r), q.Words(&s)
	putBigEndian(sig[:c.size], &sWords)
	putBigEndian(sig[c.size:], &rWords)
	return true
}

// scalarOf returns e, the digest as a little-endian number modulo q, or 1 in
// place of 0 (RFC 7091, section 6.1, step 2).
func (c *Curve) scalarOf(digest []byte) (e field.Element) {
	c.scalars.SetReduced(&e, digest)
	if c.scalars.IsZero(&e) {
		e = c.scalars.One()
	}
	return e
}
