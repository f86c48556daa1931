package csr

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// RequestAttribute is one attribute of a request (RFC 2986, section 4.1), of
// any type: Values is the contents of its SET, DER. Constructors make those in
// use: [NewChallengePassword], [NewOSVersion] and others.
type RequestAttribute struct {
	Type   asn1.ObjectIdentifier
	Values []byte
}

// newAttribute makes an attribute with one value.
func newAttribute(typ asn1.ObjectIdentifier, value func(b *der.Builder)) RequestAttribute {
	return RequestAttribute{typ, der.Marshal(value)}
}

func (a RequestAttribute) encode() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(a.Type)
			b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(a.Values) })
		})
	})
}

// addAttributes writes [0] IMPLICIT SET OF Attribute, in the order of DER.
func addAttributes(b *der.Builder, t *Template) error {
	list := slices.Clone(t.Attributes)
	if len(t.Extensions) > 0 {
		list = append(list, newAttribute(oid.ExtensionRequest, func(b *der.Builder) { addExtensions(b, t.Extensions) }))
	}
	var encoded [][]byte
	for i, a := range list {
		if len(a.Values) == 0 {
			return fmt.Errorf("csr: request: attribute %v has no value", a.Type)
		}
		for _, before := range list[:i] {
			if before.Type.Equal(a.Type) {
				return fmt.Errorf("csr: request: attribute %v stands twice", a.Type)
			}
		}
		encoded = append(encoded, a.encode())
	}
	b.AddASN1(der.ContextCons(0), func(b *der.Builder) { b.AddBytes(joinSorted(encoded)) })
	return nil
}

// joinSorted is the contents of a SET OF in DER (X.690, section 11.6).
func joinSorted(members [][]byte) []byte {
	slices.SortFunc(members, bytes.Compare)
	return bytes.Join(members, nil)
}

// maxAttributes bounds what one request may hold; Windows writes five.
const maxAttributes = 256

// readAttributes reads [0] IMPLICIT SET OF Attribute, which some writers
// leave out when it would be empty.
func (r *Request) readAttributes(in *der.String, d *deviations) error {
	var set der.String
	var present bool
	if !in.ReadOptionalASN1(&set, &present, der.ContextCons(0)) || !in.Empty() {
		return errors.New("csr: request: attributes do not parse")
	}
	if !present {
		d.note(AttributesLeftOut, "attributes")
	}
	var before []byte
	disorder := false
	for !set.Empty() {
		raw, ok := der.ReadRaw(&set, der.Sequence)
		one, ok2 := der.ReadWhole(raw, der.Sequence)
		var values der.String
		var a RequestAttribute
		if !ok || !ok2 || !one.ReadASN1ObjectIdentifier(&a.Type) || !one.ReadASN1(&values, der.Set) || !one.Empty() {
			return errors.New("csr: request: an attribute does not parse")
		}
		if len(r.Attributes) == maxAttributes {
			return fmt.Errorf("csr: request: more than %d attributes", maxAttributes)
		}
		a.Values = values
		disorder = disorder || bytes.Compare(before, raw) > 0
		before = raw
		r.Attributes = append(r.Attributes, a)
		// Old Windows has its own identifier for the same contents.
		if a.Type.Equal(oid.ExtensionRequest) || a.Type.Equal(oid.CertExtensions) {
			if err := r.readExtensionRequest(values, d); err != nil {
				return err
			}
		}
	}
	if disorder {
		d.note(SetOrder, "attributes")
	}
	return nil
}

func (r *Request) readExtensionRequest(values der.String, d *deviations) error {
	if r.Extensions != nil {
		return errors.New("csr: request: extensions are requested twice")
	}
	list, err := readExtensions(&values, d)
	if err != nil {
		return err
	}
	if !values.Empty() {
		return errors.New("csr: request: extensionRequest has several values")
	}
	r.Extensions = list
	return nil
}

// Attribute returns the values of the attribute of a type: the contents of
// its SET.
func (r *Request) Attribute(typ asn1.ObjectIdentifier) (values []byte, ok bool) {
	for _, a := range r.Attributes {
		if a.Type.Equal(typ) {
			return a.Values, true
		}
	}
	return nil, false
}

// NewChallengePassword returns the challengePassword attribute (RFC 2985,
// section 5.4.1), by which a request may be revoked or recognised: 1 to 255
// characters, PrintableString where they fit and UTF8String otherwise. It
// travels in the clear.
func NewChallengePassword(password string) (RequestAttribute, error) {
	if n := utf8.RuneCountInString(password); n < 1 || n > 255 || !utf8.ValidString(password) {
		return RequestAttribute{}, errors.New("csr: challengePassword: want 1 to 255 characters of UTF-8")
	}
	tag := der.PrintableString
	if strings.ContainsFunc(password, func(r rune) bool { return !isPrintable(r) }) {
		tag = der.UTF8String
	}
	return newAttribute(oid.ChallengePassword, func(b *der.Builder) {
		b.AddASN1(tag, func(b *der.Builder) { b.AddBytes([]byte(password)) })
	}), nil
}

// ChallengePassword returns the password of the challengePassword attribute,
// "" if there is none. It is a secret of the applicant's.
func (r *Request) ChallengePassword() (string, error) {
	values, ok := r.Attribute(oid.ChallengePassword)
	if !ok {
		return "", nil
	}
	in := der.String(values)
	text, err := readText(&in)
	if err != nil || !in.Empty() {
		return "", errors.New("csr: challengePassword does not parse")
	}
	return text, nil
}
