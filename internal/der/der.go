// Package der is the one door to golang.org/x/crypto/cryptobyte.
//
// It gives the rest of the module DER readers and writers under short names,
// and the few idioms that PKI structures repeat: a whole value with nothing
// after it, an AlgorithmIdentifier, a time that is UTCTime or GeneralizedTime
// by its year, a BIT STRING of whole octets.
//
// Reading is strict: definite, minimal lengths, no bytes left over. Errors
// are made by the callers, who know what was being read; the readers here
// answer with a bool as cryptobyte does.
package der

import (
	"encoding/asn1"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Builder writes DER. The zero value is ready to use.
type Builder = cryptobyte.Builder

// String reads DER from the front of a byte slice.
type String = cryptobyte.String

// Tag is an ASN.1 identifier octet of low tag number form.
type Tag = cbasn1.Tag

// OID is an ASN.1 object identifier.
type OID = asn1.ObjectIdentifier

// Universal tags the structures of this module use.
const (
	Boolean         = cbasn1.BOOLEAN
	Integer         = cbasn1.INTEGER
	BitString       = cbasn1.BIT_STRING
	OctetString     = cbasn1.OCTET_STRING
	Null            = cbasn1.NULL
	ObjectID        = cbasn1.OBJECT_IDENTIFIER
	Enumerated      = cbasn1.ENUM
	UTF8String      = cbasn1.UTF8String
	Sequence        = cbasn1.SEQUENCE
	Set             = cbasn1.SET
	NumericString   = Tag(18)
	PrintableString = cbasn1.PrintableString
	TeletexString   = cbasn1.T61String
	IA5String       = cbasn1.IA5String
	UTCTime         = cbasn1.UTCTime
	GeneralizedTime = cbasn1.GeneralizedTime
	BMPString       = Tag(30)
)

// Context returns the tag [n], primitive: an IMPLICIT tag over a primitive type.
func Context(n uint8) Tag { return Tag(n).ContextSpecific() }

// ContextCons returns the tag [n], constructed: an EXPLICIT tag, or an
// IMPLICIT one over a SEQUENCE or SET.
func ContextCons(n uint8) Tag { return Tag(n).ContextSpecific().Constructed() }

// Marshal returns what build writes. It panics if build makes the Builder
// fail, which only a mistake in the program can do.
func Marshal(build func(b *Builder)) []byte {
	var b Builder
	build(&b)
	return b.BytesOrPanic()
}

// ReadWhole reads one element of the given tag that fills der completely and
// returns its contents.
func ReadWhole(der []byte, tag Tag) (content String, ok bool) {
	in := String(der)
	ok = in.ReadASN1(&content, tag) && in.Empty()
	return content, ok
}

// ReadRaw reads one element of the given tag from s and returns it with its
// header, the bytes exactly as they stand.
func ReadRaw(s *String, tag Tag) (raw []byte, ok bool) {
	var element String
	if !s.ReadASN1Element(&element, tag) {
		return nil, false
	}
	return element, true
}

// ReadAny reads one element of any tag with its header.
func ReadAny(s *String) (raw []byte, tag Tag, ok bool) {
	var element String
	if !s.ReadAnyASN1Element(&element, &tag) {
		return nil, 0, false
	}
	return element, tag, true
}

// AlgorithmIdentifier is the SEQUENCE {algorithm, parameters OPTIONAL} of
// RFC 5280, section 4.1.1.2. Params is the parameters' whole element, nil
// when absent.
type AlgorithmIdentifier struct {
	OID    OID
	Params []byte
}

// ReadAlgorithm reads an AlgorithmIdentifier from s.
func ReadAlgorithm(s *String) (a AlgorithmIdentifier, ok bool) {
	var seq String
	if !s.ReadASN1(&seq, Sequence) || !seq.ReadASN1ObjectIdentifier(&a.OID) {
		return a, false
	}
	if !seq.Empty() {
		if a.Params, _, ok = ReadAny(&seq); !ok || !seq.Empty() {
			return a, false
		}
	}
	return a, true
}

// ParseAlgorithm reads an AlgorithmIdentifier that fills der completely.
func ParseAlgorithm(der []byte) (a AlgorithmIdentifier, ok bool) {
	in := String(der)
	a, ok = ReadAlgorithm(&in)
	return a, ok && in.Empty()
}

// Add writes the AlgorithmIdentifier.
func (a AlgorithmIdentifier) Add(b *Builder) {
	b.AddASN1(Sequence, func(b *Builder) {
		b.AddASN1ObjectIdentifier(a.OID)
		b.AddBytes(a.Params)
	})
}

// NoParams reports whether the parameters are absent or NULL: the two forms
// in which GOST signature and digest algorithms occur (RFC 9215, section 2,
// asks for absence; deployed software also writes NULL).
func (a AlgorithmIdentifier) NoParams() bool {
	return len(a.Params) == 0 || (len(a.Params) == 2 && a.Params[0] == byte(Null) && a.Params[1] == 0)
}

// ReadBits reads a BIT STRING of whole octets.
func ReadBits(s *String) (content []byte, ok bool) {
	var bits asn1.BitString
	if !s.ReadASN1BitString(&bits) || bits.BitLength%8 != 0 {
		return nil, false
	}
	return bits.Bytes, true
}

// ReadIntegerContent reads the contents of an INTEGER, whose tag has been
// taken off (or replaced by an IMPLICIT one): minimal, two's complement.
func ReadIntegerContent(content []byte) (*big.Int, bool) {
	element := String(Marshal(func(b *Builder) { b.AddASN1(Integer, func(b *Builder) { b.AddBytes(content) }) }))
	n := new(big.Int)
	return n, element.ReadASN1Integer(n)
}

// AddTime writes t as RFC 5280, section 4.1.2.5 requires: UTCTime for the
// years 1950 to 2049, which are all it can say, GeneralizedTime for others; to
// the second, in UTC.
func AddTime(b *Builder, t time.Time) {
	t = t.UTC()
	switch y := t.Year(); {
	case y >= 1950 && y < 2050:
		b.AddASN1UTCTime(t)
	case y >= 0 && y <= 9999:
		b.AddASN1GeneralizedTime(t)
	default:
		b.SetError(fmt.Errorf("der: year %d does not fit a GeneralizedTime", y))
	}
}

// ReadTime reads a UTCTime or a GeneralizedTime in the one form that DER has
// for each: to the second, in UTC. cryptobyte alone would take offsets, and a
// UTCTime without seconds; its length tells them apart.
func ReadTime(s *String) (t time.Time, ok bool) {
	before := len(*s)
	switch {
	case s.PeekASN1Tag(UTCTime):
		ok = s.ReadASN1UTCTime(&t) && before-len(*s) == 2+len("YYMMDDhhmmssZ")
	case s.PeekASN1Tag(GeneralizedTime):
		ok = s.ReadASN1GeneralizedTime(&t) && before-len(*s) == 2+len("YYYYMMDDhhmmssZ")
	}
	return t, ok
}
