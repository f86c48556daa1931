package csr

import (
	"math/big"

	"github.com/surguch/surguch/internal/der"
)

// rewriter reads a structure element by element into values of Go and writes
// the values again: what it writes is what it read only if that was DER.
type rewriter struct {
	in *der.String
	b  *der.Builder
}

// rewrite rewrites all of raw by a grammar.
func rewrite(raw []byte, grammar func(r rewriter)) []byte {
	in := der.String(raw)
	out := der.Marshal(func(b *der.Builder) { grammar(rewriter{&in, b}) })
	if !in.Empty() {
		panic("something is left")
	}
	return out
}

func must(ok bool) {
	if !ok {
		panic("what was read does not parse")
	}
}

// next reports whether an element of the tag comes next.
func (r rewriter) next(tag der.Tag) bool { return r.in.PeekASN1Tag(tag) }

// within rewrites the contents of an element.
func (r rewriter) within(tag der.Tag, grammar func(r rewriter)) {
	var in der.String
	must(r.in.ReadASN1(&in, tag))
	r.b.AddASN1(tag, func(b *der.Builder) { grammar(rewriter{&in, b}) })
	must(in.Empty())
}

// list rewrites the contents of an element, one after the other.
func (r rewriter) list(tag der.Tag, one func(r rewriter)) {
	r.within(tag, func(r rewriter) {
		for !r.in.Empty() {
			one(r)
		}
	})
}

func (r rewriter) integer() {
	n := new(big.Int)
	must(r.in.ReadASN1Integer(n))
	r.b.AddASN1BigInt(n)
}

func (r rewriter) enumerated() {
	var n int
	must(r.in.ReadASN1Enum(&n))
	addEnumerated(r.b, uint8(n))
}

func (r rewriter) time() {
	long := r.next(der.GeneralizedTime)
	t, ok := der.ReadTime(r.in)
	must(ok)
	readdTime(r.b, t, long)
}

func (r rewriter) algorithm() {
	a, ok := der.ReadAlgorithm(r.in)
	must(ok)
	a.Add(r.b)
}

func (r rewriter) identifier() {
	var id der.OID
	must(r.in.ReadASN1ObjectIdentifier(&id))
	r.b.AddASN1ObjectIdentifier(id)
}

func (r rewriter) octets() {
	var content der.String
	must(r.in.ReadASN1(&content, der.OctetString))
	r.b.AddASN1OctetString(content)
}

func (r rewriter) bits() {
	content, ok := der.ReadBits(r.in)
	must(ok)
	r.b.AddASN1BitString(content)
}

func (r rewriter) name() {
	raw, ok := der.ReadRaw(r.in, der.Sequence)
	must(ok)
	n, err := ParseName(raw)
	must(err == nil)
	n.readd(r.b)
}

func (r rewriter) extensions() {
	var d deviations
	list, err := readExtensions(r.in, &d)
	must(err == nil)
	addExtensions(r.b, list)
}

// raw copies what the parsers pass over.
func (r rewriter) raw() {
	raw, _, ok := der.ReadAny(r.in)
	must(ok)
	r.b.AddBytes(raw)
}

// Reencode writes a list again from what can be read of it.
func (c *CRL) Reencode() []byte {
	return rewrite(c.Raw, func(r rewriter) {
		r.within(der.Sequence, func(r rewriter) {
			r.within(der.Sequence, func(r rewriter) {
				if r.next(der.Integer) {
					r.integer()
				}
				r.algorithm()
				r.name()
				r.time()
				if r.next(der.UTCTime) || r.next(der.GeneralizedTime) {
					r.time()
				}
				if r.next(der.Sequence) {
					r.list(der.Sequence, rewriter.crlEntry)
				}
				if r.next(der.ContextCons(0)) {
					r.within(der.ContextCons(0), rewriter.extensions)
				}
			})
			r.algorithm()
			r.bits()
		})
	})
}

func (r rewriter) crlEntry() {
	r.within(der.Sequence, func(r rewriter) {
		r.integer()
		r.time()
		if r.next(der.Sequence) {
			r.list(der.Sequence, rewriter.crlExtension)
		}
	})
}

// crlExtension is an extension of an entry, of which one that nobody knows may
// stand there twice.
func (r rewriter) crlExtension() {
	r.within(der.Sequence, func(r rewriter) {
		r.raw()
		if r.next(der.Boolean) {
			var critical bool
			must(r.in.ReadASN1Boolean(&critical))
			r.b.AddASN1Boolean(critical)
		}
		r.octets()
	})
}

func (r rewriter) optionalVersion() {
	if r.next(der.ContextCons(0)) {
		r.within(der.ContextCons(0), rewriter.integer)
	}
}

func (r rewriter) optionalExtensions(n uint8) {
	if r.next(der.ContextCons(n)) {
		r.within(der.ContextCons(n), rewriter.extensions)
	}
}

func (r rewriter) certID() {
	r.within(der.Sequence, func(r rewriter) {
		r.algorithm()
		r.octets()
		r.octets()
		r.integer()
	})
}

// Reencode writes a request again from what can be read of it.
func (q *OCSPRequest) Reencode() []byte {
	return rewrite(q.Raw, func(r rewriter) {
		r.within(der.Sequence, func(r rewriter) {
			r.within(der.Sequence, func(r rewriter) {
				r.optionalVersion()
				if r.next(der.ContextCons(1)) {
					r.raw()
				}
				r.list(der.Sequence, func(r rewriter) {
					r.within(der.Sequence, func(r rewriter) {
						r.certID()
						r.optionalExtensions(0)
					})
				})
				r.optionalExtensions(2)
			})
			if r.next(der.ContextCons(0)) {
				r.raw()
			}
		})
	})
}

// Reencode writes a response again from what can be read of it.
func (p *OCSPResponse) Reencode() []byte {
	return rewrite(p.Raw, func(r rewriter) {
		r.within(der.Sequence, func(r rewriter) {
			r.enumerated()
			r.within(der.ContextCons(0), func(r rewriter) {
				r.within(der.Sequence, func(r rewriter) {
					r.identifier()
					var basic der.String
					must(r.in.ReadASN1(&basic, der.OctetString))
					r.b.AddASN1OctetString(rewrite(basic, rewriter.basicResponse))
				})
			})
		})
	})
}

func (r rewriter) basicResponse() {
	r.within(der.Sequence, func(r rewriter) {
		r.within(der.Sequence, func(r rewriter) {
			r.optionalVersion()
			if r.next(der.ContextCons(1)) {
				r.within(der.ContextCons(1), rewriter.raw) // the name is kept as it is
			} else {
				r.within(der.ContextCons(2), rewriter.octets)
			}
			r.time()
			r.list(der.Sequence, rewriter.singleResponse)
			r.optionalExtensions(1)
		})
		r.algorithm()
		r.bits()
		if r.next(der.ContextCons(0)) {
			r.raw()
		}
	})
}

func (r rewriter) singleResponse() {
	r.within(der.Sequence, func(r rewriter) {
		r.certID()
		if r.next(der.ContextCons(1)) {
			r.within(der.ContextCons(1), func(r rewriter) {
				r.time()
				if r.next(der.ContextCons(0)) {
					r.within(der.ContextCons(0), rewriter.enumerated)
				}
			})
		} else {
			r.raw() // good and unknown: NULL
		}
		r.time()
		if r.next(der.ContextCons(0)) {
			r.within(der.ContextCons(0), rewriter.time)
		}
		r.optionalExtensions(1)
	})
}
