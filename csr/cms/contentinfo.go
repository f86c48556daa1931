package cms

import (
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// PEM labels of CMS messages, for [csr.Decode] and [csr.EncodePEM]: that of
// RFC 7468, section 9, and the older one of section 8, which most tools write
// for bundles of certificates.
const (
	PEM      = "CMS"
	PEMPKCS7 = "PKCS7"
)

// openContentInfo brings a message to DER and takes the content out of its
// ContentInfo (RFC 5652, section 3), which must be of the type given; name is
// what errors call it.
func openContentInfo(raw []byte, typ der.OID, name string) (content der.String, err error) {
	normal, err := der.FromBER(raw)
	if err != nil {
		return nil, err
	}
	outer, ok := der.ReadWhole(normal, der.Sequence)
	var got der.OID
	if !ok || !outer.ReadASN1ObjectIdentifier(&got) {
		return nil, errors.New("not a ContentInfo")
	}
	if !got.Equal(typ) {
		return nil, fmt.Errorf("content type %v is not %s", got, name)
	}
	var wrapped der.String
	if !outer.ReadASN1(&wrapped, der.ContextCons(0)) || !outer.Empty() ||
		!wrapped.ReadASN1(&content, der.Sequence) || !wrapped.Empty() {
		return nil, fmt.Errorf("%s does not parse", name)
	}
	return content, nil
}

// contentInfo writes a message: ContentInfo around the SEQUENCE whose
// contents build writes.
func contentInfo(typ der.OID, build func(b *der.Builder)) []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(typ)
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1(der.Sequence, build) })
		})
	})
}

// readEncapsulated reads EncapsulatedContentInfo (RFC 5652, section 5.2);
// content is nil when it is absent, and an alias of what s reads otherwise.
func readEncapsulated(s *der.String) (typ der.OID, content []byte, err error) {
	var encap, wrapped, octets der.String
	var present bool
	if !s.ReadASN1(&encap, der.Sequence) || !encap.ReadASN1ObjectIdentifier(&typ) ||
		!encap.ReadOptionalASN1(&wrapped, &present, der.ContextCons(0)) || !encap.Empty() {
		return nil, nil, errors.New("encapContentInfo does not parse")
	}
	if !present {
		return typ, nil, nil
	}
	if !wrapped.ReadASN1(&octets, der.OctetString) || !wrapped.Empty() {
		return nil, nil, errors.New("the content does not parse")
	}
	return typ, octets[:len(octets):len(octets)], nil
}

// addEncapsulated writes EncapsulatedContentInfo; nil content is left out.
func addEncapsulated(b *der.Builder, typ der.OID, content []byte) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(typ)
		if content != nil {
			b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddASN1OctetString(content) })
		}
	})
}

// checkType refuses a content or attribute type that DER cannot hold.
func checkType(typ der.OID) error {
	var b der.Builder
	b.AddASN1ObjectIdentifier(typ)
	if _, err := b.Bytes(); err != nil {
		return fmt.Errorf("%v is no object identifier", typ)
	}
	return nil
}

// maxContent bounds what one message carries: a length beyond four octets is
// not read by this module. Larger content goes detached.
const maxContent = 1 << 30

// contentType is id-data unless told otherwise.
func contentType(typ der.OID) der.OID {
	if typ == nil {
		return oid.Data
	}
	return typ
}
