package gost

import (
	"github.com/surguch/surguch/gost/internal/field"
	"github.com/surguch/surguch/gost/internal/group"
)

// Verify reports whether sig, s || r as Sign returns it, is a signature of
// digest, Size octets, under the public key (RFC 7091, section 6.2):
//
//	v = 1/e mod q,  C = (s·v)·P - (r·v)·Q,  x(C) mod q = r.
//
// Wrong lengths and numbers out of range make it false. Nothing in it is
// secret, and it takes variable time.
func Verify(pub *PublicKey, digest, sig []byte) bool {
	t, ok := pub.curve.terms(digest, sig)
	return ok && pub.curve.group.SumHasX(t.p, t.q, pub.point, t.r)
}

// terms are the numbers of the equation C = p·P + q·Q, x(C) mod q = r.
type terms struct{ p, q, r group.Words }

// terms computes them of a digest and a signature.
func (c *Curve) terms(digest, sig []byte) (t terms, ok bool) {
	if len(digest) != c.size || len(sig) != 2*c.size {
		return t, false
	}
	q := c.scalars
	t.r = bigEndian(sig[c.size:])
	var r, s, v field.Element
	if !q.SetNumber(&s, bigEndian(sig[:c.size])) || !q.SetNumber(&r, t.r) || q.IsZero(&s) || q.IsZero(&r) {
		return t, false
	}
	v = c.scalarOf(digest)
	q.InvertPublic(&v, &v)
	q.Mul(&s, &s, &v)
	q.Mul(&r, &r, &v)
	q.Negate(&r, &r)
	t.p, t.q = q.Words(&s), q.Words(&r)
	return t, true
}

// PreparedPublicKey is a public key that verifies several times as fast as
// Verify does, for one that often has to, as that of an authority. It comes
// from Prepare, is immutable and is safe for concurrent use.
type PreparedPublicKey struct {
	key   *PublicKey
	table group.Table
}

// Prepare computes tables of multiples of the key. That takes as long as about
// ten verifications. They occupy 76 KiB under 256-A, 52 KiB under the other
// sets of 256 bits, 306 KiB under 512-C and 206 KiB under the others of 512.
func (k *PublicKey) Prepare() *PreparedPublicKey {
	return &PreparedPublicKey{k, k.curve.group.NewTable(k.point)}
}

// PublicKey returns the key that was prepared.
func (p *PreparedPublicKey) PublicKey() *PublicKey { return p.key }

// Verify does as the function Verify does.
func (p *PreparedPublicKey) Verify(digest, sig []byte) bool {
	t, ok := p.key.curve.terms(digest, sig)
	return ok && p.table.SumHasX(t.p, t.q, t.r)
}
