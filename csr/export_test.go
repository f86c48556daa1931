package csr

import (
	"time"

	"github.com/surguch/surguch/internal/der"
)

// Reencode writes a certificate again from what was read of it. It is the same
// bytes unless reading lost something.
func (c *Certificate) Reencode() []byte {
	return reseal(c.RawSignatureAlgorithm, c.Signature, func(b *der.Builder) {
		if c.Version > 1 || c.deviates(ExplicitDefault, "version") {
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1Int64(int64(c.Version - 1)) })
		}
		b.AddASN1BigInt(c.SerialNumber)
		readdAlgorithm(b, c.rawInnerAlgorithm)
		c.Issuer.readd(b)
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			readdTime(b, c.NotBefore, c.longTimes[0])
			readdTime(b, c.NotAfter, c.longTimes[1])
		})
		c.Subject.readd(b)
		readdKey(b, c.RawKey)
		b.AddBytes(c.uniqueIDs)
		if c.Extensions != nil {
			b.AddASN1(der.ContextCons(3), func(b *der.Builder) { addExtensions(b, c.Extensions) })
		}
	})
}

// Reencode is the same for a request.
func (r *Request) Reencode() []byte {
	return reseal(r.RawSignatureAlgorithm, r.Signature, func(b *der.Builder) {
		b.AddASN1Int64(0)
		r.Subject.readd(b)
		readdKey(b, r.RawKey)
		for _, d := range r.Deviations {
			if d.Code == AttributesLeftOut {
				return
			}
		}
		b.AddASN1(der.ContextCons(0), func(b *der.Builder) {
			for _, a := range r.Attributes {
				b.AddBytes(a.encode())
			}
		})
	})
}

// Reencode is the same for a name.
func (n Name) Reencode() []byte { return der.Marshal(n.readd) }

func (n Name) readd(b *der.Builder) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		for _, rdn := range n.rdns {
			b.AddASN1(der.Set, func(b *der.Builder) {
				for _, a := range rdn {
					a.add(b)
				}
			})
		}
	})
}

func (c *Certificate) deviates(code DeviationCode, where string) bool {
	for _, d := range c.Deviations {
		if d == (Deviation{code, where}) {
			return true
		}
	}
	return false
}

func reseal(rawAlgorithm, signature []byte, tbs func(b *der.Builder)) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, tbs)
			readdAlgorithm(b, rawAlgorithm)
			b.AddASN1BitString(signature)
		})
	})
}

func readdAlgorithm(b *der.Builder, raw []byte) {
	a, ok := der.ParseAlgorithm(raw)
	if !ok {
		panic("an algorithm that was read does not parse")
	}
	a.Add(b)
}

func readdKey(b *der.Builder, raw []byte) {
	a, bits, ok := splitKey(raw)
	if !ok {
		panic("a key that was read does not parse")
	}
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		a.Add(b)
		b.AddASN1BitString(bits)
	})
}

func readdTime(b *der.Builder, t time.Time, long bool) {
	if long {
		b.AddASN1GeneralizedTime(t)
		return
	}
	b.AddASN1UTCTime(t)
}
