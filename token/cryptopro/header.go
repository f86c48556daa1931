package cryptopro

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/token/cryptopro/internal/imit"
)

// The elements of a header in their order (GostKeyContainerContent). All but
// the attributes and the parameters of the key may be absent.
var headerOrder = []der.Tag{
	tagForm, der.IA5String, der.BitString, der.Sequence, tagPasswordMAC, tagSecondaryEncKey, tagSecondary,
	tagCertificate, tagSecondaryCertificate, tagEncryptionName, tagCertLink, tagSecondaryCertLink,
	tagFingerprint, tagSecondaryFingerprint, tagPasswordPolicy, der.Integer, tagExtensions, tagSecondaryEncryptionName,
}

var (
	tagForm                    = der.ContextCons(0)
	tagPasswordMAC             = der.Context(2)
	tagSecondaryEncKey         = der.Context(3)
	tagSecondary               = der.ContextCons(4)
	tagCertificate             = der.Context(5)
	tagSecondaryCertificate    = der.Context(6)
	tagEncryptionName          = der.Context(7)
	tagCertLink                = der.ContextCons(8)
	tagSecondaryCertLink       = der.ContextCons(9)
	tagFingerprint             = der.Context(10)
	tagSecondaryFingerprint    = der.Context(11)
	tagExtensions              = der.ContextCons(12)
	tagSecondaryEncryptionName = der.Context(13)
)

// tagPasswordPolicy is what stands for passwordPolicy, a second SEQUENCE, in
// an element that was read: there are no end-of-contents octets in DER.
const tagPasswordPolicy = der.Tag(0)

// Bits of attributes, the first one the most significant of the first octet.
const (
	bitSoftPassword   = 0 // of the container
	bitReservePrimary = 1
	bitKeyAbsent      = 2
	bitFKCShared      = 3

	bitExportable = 0 // of a key
	bitExchange   = 2
	bitDHAllowed  = 5
)

const fingerprintSize = 8

// element is one element of a header as it stands.
type element struct {
	tag  der.Tag
	raw  []byte
	body []byte
}

// header is header.key as read.
type header struct {
	elements    []element
	set         *imit.Set // of its MACs, and of the encryption of the keys
	name        string
	softPass    bool
	reserve     bool
	passwordMAC []byte
	primary     KeyInfo
	secondary   *KeyInfo
	notBefore   time.Time
	notAfter    time.Time
	findings    findings
}

var errHeaderDER = damaged("header.key", "not a container's header in DER")

// parseHeader reads header.key, SEQUENCE { GostKeyContainerContent, OCTET
// STRING }, and checks its MAC.
func parseHeader(raw []byte) (*header, error) {
	body, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return nil, errHeaderDER
	}
	content, ok := der.ReadRaw(&body, der.Sequence)
	var sum der.String
	if !ok || !body.ReadASN1(&sum, der.OctetString) || !body.Empty() || len(sum) != imit.MACSize {
		return nil, errHeaderDER
	}
	h := &header{}
	if err := h.split(content); err != nil {
		return nil, err
	}
	if err := h.interpret(); err != nil {
		return nil, err
	}
	// A key of 2001 goes with set A, one of 2012 with Z; the few tools that
	// wrote A for both are told by their MAC.
	switch {
	case h.primary.Legacy && equal(headerMAC(content, imit.SetA()), sum):
		h.set = imit.SetA()
	case equal(headerMAC(content, imit.SetZ()), sum):
		h.set = imit.SetZ()
	case equal(headerMAC(content, imit.SetA()), sum):
		h.set = imit.SetA()
		h.findings.note(OtherCipher)
	default:
		return nil, damaged("header.key", "the MAC does not fit")
	}
	return h, nil
}

// split reads the elements of the content and checks their order.
func (h *header) split(content []byte) error {
	in, ok := der.ReadWhole(content, der.Sequence)
	if !ok {
		return errHeaderDER
	}
	last := -1
	for !in.Empty() {
		raw, tag, ok := der.ReadAny(&in)
		if !ok {
			return errHeaderDER
		}
		e := element{tag: tag, raw: raw}
		s := der.String(raw)
		var inner der.String
		if !s.ReadASN1(&inner, tag) {
			return errHeaderDER
		}
		e.body = inner
		if _, there := h.find(der.Sequence); there && tag == der.Sequence {
			e.tag = tagPasswordPolicy
		}
		if tag == der.ContextCons(3) {
			e.tag = tagSecondaryEncKey // its type is not told, and neither is read
		}
		place := slices.Index(headerOrder, e.tag)
		switch {
		case place < 0:
			return damaged("header.key", fmt.Sprintf("unknown element %#02x", uint8(tag)))
		case place <= last:
			return damaged("header.key", fmt.Sprintf("element %#02x twice or out of order", uint8(tag)))
		}
		last = place
		h.elements = append(h.elements, e)
	}
	return nil
}

// find returns the body of an element.
func (h *header) find(tag der.Tag) ([]byte, bool) {
	for _, e := range h.elements {
		if e.tag == tag {
			return e.body, true
		}
	}
	return nil, false
}

// interpret takes from the elements what this package uses.
func (h *header) interpret() error {
	if form, ok := h.find(tagForm); !ok {
		h.findings.note(NoForm)
	} else if s := der.String(form); !readOID(&s, oidV2Full) {
		h.findings.note(OtherForm)
	}
	if name, ok := h.find(der.IA5String); ok {
		h.name = fromCP1251(name)
	}
	attributes, ok := h.find(der.BitString)
	if !ok {
		return damaged("header.key", "no attributes")
	}
	bits, ok := parseBits(attributes)
	if !ok {
		return errHeaderDER
	}
	h.softPass, h.reserve = bits.At(bitSoftPassword) == 1, bits.At(bitReservePrimary) == 1
	if bits.At(bitFKCShared) == 1 {
		return fmt.Errorf("%w: half of the key is in a functional key carrier", ErrUnsupported)
	}
	params, ok := h.find(der.Sequence)
	if !ok || bits.At(bitKeyAbsent) == 1 {
		return damaged("header.key", "no key")
	}
	var err error
	if h.primary, err = h.parseKey(params); err != nil {
		return err
	}
	h.passwordMAC, ok = h.find(tagPasswordMAC)
	switch {
	case ok && len(h.passwordMAC) != imit.MACSize:
		return errHeaderDER
	case ok != h.softPass:
		h.findings.note(PasswordFlag)
	}
	if err := h.addTo(&h.primary, tagCertificate, tagFingerprint); err != nil {
		return err
	}
	if err := h.parseSecondary(); err != nil {
		return err
	}
	return h.parseExtensions()
}

// parseBits reads the inside of a BIT STRING, which may have no bits at all.
func parseBits(body []byte) (asn1.BitString, bool) {
	whole := der.String(der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.BitString, func(b *der.Builder) { b.AddBytes(body) })
	}))
	var bits asn1.BitString
	return bits, whole.ReadASN1BitString(&bits)
}

func readOID(s *der.String, want asn1.ObjectIdentifier) bool {
	var id asn1.ObjectIdentifier
	return s.ReadASN1ObjectIdentifier(&id) && id.Equal(want)
}

// with returns the header with an element added in its place, or replaced. All
// others stay as they are, byte for byte; the MAC is made anew.
func (h *header) with(tag der.Tag, body []byte) []byte {
	raw := der.Marshal(func(b *der.Builder) {
		b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(body) })
	})
	var inside bytes.Buffer
	place, done := slices.Index(headerOrder, tag), false
	for _, e := range h.elements {
		if !done && slices.Index(headerOrder, e.tag) >= place {
			inside.Write(raw)
			done = true
		}
		if e.tag != tag {
			inside.Write(e.raw)
		}
	}
	if !done {
		inside.Write(raw)
	}
	return marshalHeader(inside.Bytes(), h.set)
}

// marshalHeader returns header.key of the elements of a content.
func marshalHeader(elements []byte, set *imit.Set) []byte {
	content := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(elements) })
	})
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddBytes(content)
			b.AddASN1OctetString(headerMAC(content, set))
		})
	})
}
