package cms

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/internal/der"
)

// Attribute is one attribute of a signer (RFC 5652, section 5.3), or of an
// encrypted message.
type Attribute struct {
	Type   asn1.ObjectIdentifier
	Values []byte // the contents of the SET: its members in DER, one after another
}

// readAttributes reads the members of a SET OF Attribute, in their order. The
// values are aliases of set.
func readAttributes(set der.String) ([]Attribute, error) {
	var list []Attribute
	for !set.Empty() {
		var one, values der.String
		var a Attribute
		if !set.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&a.Type) ||
			!one.ReadASN1(&values, der.Set) || !one.Empty() {
			return nil, errors.New("an attribute does not parse")
		}
		a.Values = values
		list = append(list, a)
	}
	return list, nil
}

// marshal returns the attribute in DER. One given by a caller must have passed
// normal.
func (a Attribute) marshal() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1ObjectIdentifier(a.Type)
			b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(a.Values) })
		})
	})
}

// normal returns an attribute that a caller gives as DER, or says why it is
// none. Values in BER, as some time-stamp authorities send their tokens,
// become DER.
func (a Attribute) normal() ([]byte, error) {
	if err := checkType(a.Type); err != nil {
		return nil, fmt.Errorf("attribute type: %w", err)
	}
	if len(a.Values) == 0 || len(a.Values) > maxContent {
		return nil, fmt.Errorf("attribute %v: no values, or too many", a.Type)
	}
	raw, err := der.FromBER(a.marshal())
	if err != nil {
		return nil, fmt.Errorf("attribute %v: values do not parse: %w", a.Type, err)
	}
	return raw, nil
}

// attribute makes an attribute of one value.
func attribute(typ der.OID, value func(b *der.Builder)) Attribute {
	return Attribute{typ, der.Marshal(value)}
}

// setOf is the contents of a DER SET OF: sorted by encoding (X.690, section
// 11.6). The list given is not changed.
func setOf(list [][]byte) []byte {
	return bytes.Join(slices.SortedFunc(slices.Values(list), bytes.Compare), nil)
}

// insert adds a member to a SET OF in its place, before the first that sorts
// after it: a sorted list stays sorted, and one that was received in another
// order keeps it.
func insert(list [][]byte, one []byte) [][]byte {
	i := slices.IndexFunc(list, func(other []byte) bool { return bytes.Compare(other, one) > 0 })
	if i < 0 {
		i = len(list)
	}
	return slices.Insert(slices.Clip(list), i, one)
}
