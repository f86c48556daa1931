package gost

import (
	"crypto"
	cryptorand "crypto/rand"
	"crypto/sha3"
	"fmt"
	"io"
	"slices"

	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/point"
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
	nonces, err := k.nonces(rand, digest)
	if err != nil {
		return nil, err
	}
	return k.sign(nonces, digest)
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

// nonces returns an endless stream of octets for the secret numbers k of one
// signature: cSHAKE256 (NIST SP 800-185) of Size octets of rand, the private
// key and the digest.
//
// If rand is good, the stream cannot be predicted. If rand is broken and
// repeats itself, another digest still gives another stream, so that the same
// k never meets two digests, from which the key could be computed. The same
// holds for one key used on two curves, whose names are in the customization.
func (k *PrivateKey) nonces(rand io.Reader, digest []byte) (io.Reader, error) {
	if rand == nil {
		rand = cryptorand.Reader
	}
	random := make([]byte, k.Curve().Size())
	if _, err := io.ReadFull(rand, random); err != nil {
		return nil, fmt.Errorf("gost: sign: %w", err)
	}
	stream := sha3.NewCSHAKE256(nil, []byte("gost signature nonce "+k.Curve().name))
	stream.Write(random)
	stream.Write(k.Bytes())
	stream.Write(digest)
	return stream, nil
}

// sign makes a signature by RFC 7091, section 6.1:
//
//	C = k·P,  r = x(C) mod q,  s = (r·d + k·e) mod q,
//
// with k from 2·Size octets of nonces, little-endian, reduced modulo q. It
// takes further octets as long as k, r or s comes out zero.
func (k *PrivateKey) sign(nonces io.Reader, digest []byte) ([]byte, error) {
	c := k.Curve()
	q := c.scalars
	e := c.scalarOf(digest)
	wide := make([]byte, 2*c.Size())
	for {
		if _, err := io.ReadFull(nonces, wide); err != nil {
			return nil, fmt.Errorf("gost: sign: %w", err)
		}
		var nonce, r, s, ke field.Element
		q.SetReduced(&nonce, wide)
		p := c.multiply(q.Bytes(&nonce), c.base)
		x, _, ok := c.points.Coordinates(&p)
		if !ok {
			continue // the nonce is zero
		}
		q.SetReduced(&r, x)
		q.Mul(&s, &r, k.d())
		q.Mul(&ke, &nonce, &e)
		q.Add(&s, &s, &ke)
		if q.IsZero(&r) || q.IsZero(&s) {
			continue
		}
		// Little-endian r || s, reversed as a whole, is big-endian s || r.
		sig := slices.Concat(q.Bytes(&r), q.Bytes(&s))
		slices.Reverse(sig)
		return sig, nil
	}
}

// Verify reports whether sig, s || r as Sign returns it, is a signature of
// digest, Size octets, under the public key (RFC 7091, section 6.2):
//
//	v = 1/e mod q,  C = (s·v)·P - (r·v)·Q,  x(C) mod q = r.
//
// Wrong lengths and numbers out of range make it false.
func Verify(pub *PublicKey, digest, sig []byte) bool {
	c := pub.curve
	q := c.scalars
	size := c.Size()
	if len(digest) != size || len(sig) != 2*size {
		return false
	}
	le := slices.Clone(sig)
	slices.Reverse(le)
	var r, s field.Element
	if !q.SetBytes(&r, le[:size]) || q.IsZero(&r) || !q.SetBytes(&s, le[size:]) || q.IsZero(&s) {
		return false
	}

	v := c.scalarOf(digest)
	q.Invert(&v, &v)
	var z1, z2 field.Element
	q.Mul(&z1, &s, &v)
	q.Mul(&z2, &r, &v)
	q.Negate(&z2, &z2)
	p := c.points.Sum(
		point.Term{K: q.Bytes(&z1), Of: c.base},
		point.Term{K: q.Bytes(&z2), Of: c.points.Multiples(&pub.point)},
	)
	x, _, ok := c.points.Coordinates(&p)
	if !ok {
		return false
	}
	// On curves of cofactor 4 x may exceed q several times.
	var got field.Element
	q.SetReduced(&got, x)
	return q.Equal(&got, &r)
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
