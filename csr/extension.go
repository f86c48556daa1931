package csr

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/internal/der"
)

// Extension is one certificate extension (RFC 5280, section 4.2). Value is
// the DER inside the OCTET STRING.
type Extension struct {
	ID       asn1.ObjectIdentifier
	Critical bool
	Value    []byte

	explicitFalse bool // critical FALSE was written out: no DER, but met
}

// addExtensions writes Extensions, a SEQUENCE.
func addExtensions(b *der.Builder, list []Extension) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		for _, e := range list {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(e.ID)
				if e.Critical || e.explicitFalse {
					b.AddASN1Boolean(e.Critical)
				}
				b.AddASN1OctetString(e.Value)
			})
		}
	})
}

// maxExtensions bounds what one list may hold; the richest certificates in
// use have about twenty.
const maxExtensions = 256

// readExtensions reads Extensions, a SEQUENCE, and refuses a type that stands
// there twice (RFC 5280, section 4.2). It notes what is not DER.
func readExtensions(s *der.String, d *deviations) ([]Extension, error) {
	var seq der.String
	if !s.ReadASN1(&seq, der.Sequence) {
		return nil, errors.New("csr: extensions: not a SEQUENCE")
	}
	list := make([]Extension, 0, 12)
	for !seq.Empty() {
		var one, value der.String
		var e Extension
		if !seq.ReadASN1(&one, der.Sequence) || !one.ReadASN1ObjectIdentifier(&e.ID) {
			return nil, errors.New("csr: extensions: one does not parse")
		}
		if one.PeekASN1Tag(der.Boolean) {
			if !one.ReadASN1Boolean(&e.Critical) {
				return nil, fmt.Errorf("csr: extension %v: critical does not parse", e.ID)
			}
			if e.explicitFalse = !e.Critical; e.explicitFalse {
				d.note(ExplicitDefault, "extension "+e.ID.String())
			}
		}
		if !one.ReadASN1(&value, der.OctetString) || !one.Empty() {
			return nil, fmt.Errorf("csr: extension %v: value does not parse", e.ID)
		}
		if _, twice := FindExtension(list, e.ID); twice {
			return nil, fmt.Errorf("csr: extension %v stands twice", e.ID)
		}
		if len(list) == maxExtensions {
			return nil, fmt.Errorf("csr: more than %d extensions", maxExtensions)
		}
		e.Value = value
		list = append(list, e)
	}
	return list, nil
}

// FindExtension returns the extension of the given type.
func FindExtension(list []Extension, id asn1.ObjectIdentifier) (Extension, bool) {
	for _, e := range list {
		if e.ID.Equal(id) {
			return e, true
		}
	}
	return Extension{}, false
}
