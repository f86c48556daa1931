package cryptopro

import (
	"encoding/asn1"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/der"
)

// parseExtensions reads the times between which the key may be used. Other
// extensions are passed over.
func (h *header) parseExtensions() error {
	body, _ := h.find(tagExtensions)
	for in := der.String(body); !in.Empty(); {
		var extension, value der.String
		var id asn1.ObjectIdentifier
		if !in.ReadASN1(&extension, der.Sequence) || !extension.ReadASN1ObjectIdentifier(&id) {
			return errHeaderDER
		}
		if !id.Equal(oidKeyValidity) {
			continue
		}
		if !extension.ReadASN1(&value, der.OctetString) || !extension.Empty() {
			return errHeaderDER
		}
		times, ok := der.ReadWhole(value, der.Sequence)
		if !ok || !readValidity(&times, 0, &h.notBefore) || !readValidity(&times, 1, &h.notAfter) || !times.Empty() {
			return damaged("header.key", "malformed validity of the key")
		}
	}
	return nil
}

// readValidity reads [n] IMPLICIT GeneralizedTime, if it is there.
func readValidity(in *der.String, n uint8, t *time.Time) bool {
	var text der.String
	var has bool
	if !in.ReadOptionalASN1(&text, &has, der.Context(n)) || !has {
		return !has
	}
	whole := der.String(der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.GeneralizedTime, func(b *der.Builder) { b.AddBytes(text) })
	}))
	var ok bool
	*t, ok = der.ReadTime(&whole)
	return ok
}

// addValidity writes the inside of the extensions: one, the validity.
func (t *Template) addValidity(b *der.Builder) {
	b.AddASN1(der.Sequence, func(b *der.Builder) {
		b.AddASN1ObjectIdentifier(oidKeyValidity)
		b.AddASN1(der.OctetString, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				if !t.NotBefore.IsZero() {
					addValidityTime(b, 0, t.NotBefore)
				}
				addValidityTime(b, 1, t.NotAfter)
			})
		})
	})
}

func addValidityTime(b *der.Builder, n uint8, t time.Time) {
	if y := t.UTC().Year(); y < 0 || y > 9999 {
		b.SetError(fmt.Errorf("year %d does not fit a GeneralizedTime", y))
		return
	}
	b.AddASN1(der.Context(n), func(b *der.Builder) { b.AddBytes([]byte(t.UTC().Format("20060102150405Z"))) })
}
