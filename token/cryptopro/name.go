package cryptopro

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/surguch/surguch/internal/der"
)

// maxName is how many octets a container's name may have, for readers that
// take only lengths of one octet.
const maxName = 125

// parseName reads name.key, SEQUENCE { containerName IA5String, extElem ANY
// OPTIONAL }. The string is in Windows-1251, whatever its tag says.
func parseName(raw []byte) (string, error) {
	body, ok := der.ReadWhole(raw, der.Sequence)
	var name der.String
	if !ok || !body.ReadASN1(&name, der.IA5String) {
		return "", damaged("name.key", "not a name in DER")
	}
	if !body.Empty() {
		if _, _, ok := der.ReadAny(&body); !ok || !body.Empty() {
			return "", damaged("name.key", "more than a name and one element")
		}
	}
	return fromCP1251(name), nil
}

// marshalName writes name.key.
func marshalName(name string) ([]byte, error) {
	text, err := encodeName(name)
	if err != nil {
		return nil, err
	}
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.IA5String, func(b *der.Builder) { b.AddBytes(text) })
		})
	}), nil
}

// encodeName returns the name in Windows-1251, if CSP can take it: a backslash
// would part a reader from a container.
func encodeName(name string) ([]byte, error) {
	text, err := toCP1251(name)
	switch {
	case err != nil:
		return nil, err
	case len(text) == 0 || len(text) > maxName:
		return nil, fmt.Errorf("cryptopro: name: %d characters, want 1 to %d", len(text), maxName)
	case strings.ContainsFunc(name, func(r rune) bool { return r == '\\' || unicode.IsControl(r) }):
		return nil, errors.New("cryptopro: name: has a backslash or a control character")
	}
	return text, nil
}

// cp1251 is the upper half of Windows-1251: what octets from 0x80 on stand
// for. The one that is not assigned, 0x98, is read as the control character of
// its number, as Windows does.
var cp1251 = []rune("ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\u0098™љ›њќћџ" +
	"\u00a0ЎўЈ¤Ґ¦§Ё©Є«¬\u00ad®Ї°±Ііґµ¶·ё№є»јЅѕї" +
	"АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя")

func fromCP1251(text []byte) string {
	var b strings.Builder
	for _, c := range text {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			b.WriteRune(cp1251[c-0x80])
		}
	}
	return b.String()
}

func toCP1251(s string) ([]byte, error) {
	text := make([]byte, 0, len(s))
next:
	for _, r := range s {
		if r < 0x80 {
			text = append(text, byte(r))
			continue
		}
		for i, c := range cp1251 {
			if c == r {
				text = append(text, byte(0x80+i))
				continue next
			}
		}
		return nil, fmt.Errorf("cryptopro: name: Windows-1251 has no %q", r)
	}
	return text, nil
}
