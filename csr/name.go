package csr

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// StringKind is the ASN.1 string type an attribute value is written in. It
// is part of the value: two certificates that differ in it alone have
// different names.
type StringKind uint8

// String types of attribute values. Teletex and BMP are met in old
// certificates and can be read; they are not written.
const (
	UTF8 StringKind = iota
	Printable
	Numeric
	IA5
	Teletex
	BMP
)

var kindTags = [...]der.Tag{
	UTF8: der.UTF8String, Printable: der.PrintableString, Numeric: der.NumericString,
	IA5: der.IA5String, Teletex: der.TeletexString, BMP: der.BMPString,
}

func (k StringKind) String() string {
	switch k {
	case UTF8:
		return "UTF8String"
	case Printable:
		return "PrintableString"
	case Numeric:
		return "NumericString"
	case IA5:
		return "IA5String"
	case Teletex:
		return "TeletexString"
	case BMP:
		return "BMPString"
	}
	return fmt.Sprintf("StringKind(%d)", uint8(k))
}

// Attribute is one AttributeTypeAndValue of a name.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Kind  StringKind
	Value string // as text, whatever the string type
}

// NewAttribute returns an attribute in the string type that the profile of
// qualified certificates gives its type: NumericString for the numbers of
// registers (RFC 9215, section 5), PrintableString for the country, IA5String
// for the e-mail address, UTF8String for all others.
func NewAttribute(typ asn1.ObjectIdentifier, value string) Attribute {
	return Attribute{Type: typ, Kind: profileKind(typ), Value: value}
}

func profileKind(typ asn1.ObjectIdentifier) StringKind {
	switch {
	case typ.Equal(oid.OGRN), typ.Equal(oid.OGRNIP), typ.Equal(oid.SNILS), typ.Equal(oid.INN), typ.Equal(oid.INNLE):
		return Numeric
	case typ.Equal(oid.Country), typ.Equal(oid.SerialNumber):
		return Printable
	case typ.Equal(oid.EmailAddress):
		return IA5
	}
	return UTF8
}

// String is the attribute as a person reads it: CN=Иванов Иван.
func (a Attribute) String() string { return oid.Short(a.Type) + "=" + escapeValue(a.Value) }

// Name is an X.501 distinguished name: attributes in their order, one or more
// to a RelativeDistinguishedName, with the bytes they came in. The zero value
// is the empty name.
type Name struct {
	raw  []byte
	rdns [][]Attribute
}

// NewName makes a name with one attribute to each RelativeDistinguishedName,
// in the order given. It refuses values that their string type cannot hold,
// and empty ones, naming the attribute.
func NewName(attributes ...Attribute) (Name, error) {
	var n Name
	for _, a := range attributes {
		if err := a.check(); err != nil {
			return Name{}, err
		}
		n.rdns = append(n.rdns, []Attribute{a})
	}
	n.raw = der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			for _, a := range attributes {
				b.AddASN1(der.Set, func(b *der.Builder) { a.add(b) })
			}
		})
	})
	return n, nil
}

func (a Attribute) check() error {
	bad := func(why string) error { return fmt.Errorf("csr: name: %s: %s", oid.Short(a.Type), why) }
	if a.Value == "" {
		return bad("empty value")
	}
	switch a.Kind {
	case UTF8:
		if !utf8.ValidString(a.Value) || strings.ContainsRune(a.Value, 0) {
			return bad("not UTF-8 text")
		}
	case Printable:
		if strings.ContainsFunc(a.Value, func(r rune) bool { return !isPrintable(r) }) {
			return bad("a character outside PrintableString")
		}
	case Numeric:
		if strings.ContainsFunc(a.Value, func(r rune) bool { return (r < '0' || r > '9') && r != ' ' }) {
			return bad("a character outside NumericString")
		}
	case IA5:
		if strings.ContainsFunc(a.Value, func(r rune) bool { return r > 0x7f || r == 0 }) {
			return bad("a character outside ASCII")
		}
	default:
		return bad(a.Kind.String() + " is read but not written")
	}
	return nil
}

func (a Attribute) add(b *der.Builder) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(a.Type)
		a.addValue(b)
	})
}

// addValue writes the value as a string of its kind.
func (a Attribute) addValue(b *der.Builder) {
	b.AddASN1(kindTags[a.Kind], func(b *der.Builder) {
		switch a.Kind {
		case BMP:
			for _, unit := range utf16.Encode([]rune(a.Value)) {
				b.AddUint16(unit)
			}
		case Teletex:
			for _, r := range a.Value {
				b.AddUint8(uint8(r))
			}
		default:
			b.AddBytes([]byte(a.Value))
		}
	})
}

// DER returns the AttributeTypeAndValue as it stands in a name.
func (a Attribute) DER() []byte { return der.Marshal(a.add) }

// ParseName reads a Name (RFC 5280, section 4.1.2.4), DER. Old string types
// are read; a value of a type that is no string is refused.
func ParseName(raw []byte) (Name, error) { return readName(bytes.Clone(raw)) }

// readName is ParseName over bytes that nobody will change.
func readName(raw []byte) (Name, error) {
	in, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return Name{}, errors.New("csr: name: not one SEQUENCE")
	}
	n := Name{raw: raw}
	for !in.Empty() {
		var set der.String
		if !in.ReadASN1(&set, der.Set) || set.Empty() {
			return Name{}, errors.New("csr: name: a RelativeDistinguishedName is not a SET of one or more")
		}
		var rdn []Attribute
		for !set.Empty() {
			a, err := readAttribute(&set)
			if err != nil {
				return Name{}, err
			}
			rdn = append(rdn, a)
		}
		n.rdns = append(n.rdns, rdn)
	}
	return n, nil
}

func readAttribute(s *der.String) (Attribute, error) {
	var seq der.String
	var a Attribute
	if !s.ReadASN1(&seq, der.Sequence) || !seq.ReadASN1ObjectIdentifier(&a.Type) {
		return a, errors.New("csr: name: an attribute does not parse")
	}
	var err error
	if a.Kind, a.Value, err = readString(&seq); err != nil {
		return a, fmt.Errorf("csr: name: %s: %w", oid.Short(a.Type), err)
	}
	if !seq.Empty() {
		return a, errors.New("csr: name: an attribute does not parse")
	}
	return a, nil
}

// readString reads one string of any type.
func readString(s *der.String) (StringKind, string, error) {
	var value der.String
	var tag der.Tag
	if !s.ReadAnyASN1(&value, &tag) {
		return 0, "", errors.New("the value does not parse")
	}
	kind := StringKind(slices.Index(kindTags[:], tag))
	switch kind {
	case UTF8:
		if !utf8.Valid(value) {
			return 0, "", errors.New("UTF8String is not UTF-8")
		}
		return kind, string(value), nil
	case BMP:
		text, err := readBMP(value)
		return kind, text, err
	case Teletex: // read as Latin-1, which is what its writers meant
		runes := make([]rune, len(value))
		for i, c := range value {
			runes[i] = rune(c)
		}
		return kind, string(runes), nil
	case Printable, Numeric, IA5:
		for _, c := range value {
			if c > 0x7f {
				return 0, "", errors.New(kind.String() + " with a byte above 127")
			}
		}
		return kind, string(value), nil
	}
	return 0, "", fmt.Errorf("value of tag %#x is no string", uint8(tag))
}

func readBMP(value []byte) (string, error) {
	if len(value)%2 != 0 {
		return "", errors.New("BMPString of odd length")
	}
	units := make([]uint16, 0, len(value)/2)
	for i := 0; i < len(value); i += 2 {
		units = append(units, uint16(value[i])<<8|uint16(value[i+1]))
	}
	runes := utf16.Decode(units)
	if slices.Contains(runes, utf8.RuneError) {
		return "", errors.New("BMPString is not Unicode")
	}
	return string(runes), nil
}

// readText reads one string of any type for those who do not mind which.
func readText(s *der.String) (string, error) {
	_, text, err := readString(s)
	return text, err
}

// Raw returns the name's DER, the bytes exactly as received or first written.
func (n Name) Raw() []byte {
	if n.raw == nil {
		return []byte{byte(der.Sequence), 0}
	}
	return bytes.Clone(n.raw)
}

// Attributes returns all attributes in order, multi-valued ones flattened.
func (n Name) Attributes() []Attribute {
	var all []Attribute
	for _, rdn := range n.rdns {
		all = append(all, rdn...)
	}
	return all
}

// Get returns the value of the first attribute of the given type, or "".
func (n Name) Get(typ asn1.ObjectIdentifier) string {
	for _, rdn := range n.rdns {
		for _, a := range rdn {
			if a.Type.Equal(typ) {
				return a.Value
			}
		}
	}
	return ""
}

// Equal reports whether both names are the same bytes.
func (n Name) Equal(other Name) bool { return bytes.Equal(n.Raw(), other.Raw()) }

// String is the name as a person reads it, attributes in their order,
// separated by ", ", those of one set by " + ".
func (n Name) String() string {
	var out strings.Builder
	for i, rdn := range n.rdns {
		for j, a := range rdn {
			switch {
			case j > 0:
				out.WriteString(" + ")
			case i > 0:
				out.WriteString(", ")
			}
			out.WriteString(a.String())
		}
	}
	return out.String()
}

// escapeValue quotes what would be read as the name's own punctuation and
// shows control characters, so that a name cannot imitate another in print.
func escapeValue(v string) string {
	var out strings.Builder
	for _, r := range v {
		switch {
		case strings.ContainsRune(`,+"\<>;=`, r):
			out.WriteByte('\\')
			out.WriteRune(r)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&out, `\%02X`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func isPrintable(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(" '()+,-./:=?", r)
}
