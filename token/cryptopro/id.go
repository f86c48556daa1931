package cryptopro

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isID tells IDs as Spec has them.
func isID(id string) bool {
	return len(id) == 32 && strings.Trim(id, "0123456789abcdef") == ""
}

// joinName returns the name of the container of a key: the key's name, a hyphen
// and its ID. What a container's name may not have stands there as its octets
// of UTF-8, each a percent sign and two upper-case digits; so does a percent
// sign before two such digits.
func joinName(name, id string) string {
	if name == "" {
		return id
	}
	var b strings.Builder
	for i := 0; i < len(name); {
		r, size := utf8.DecodeRuneInString(name[i:])
		_, escape := unescape(name[i:])
		if _, err := toCP1251(string(r)); err != nil || r == '\\' || unicode.IsControl(r) {
			escape = true
		}
		for _, c := range []byte(name[i : i+size]) {
			if escape {
				fmt.Fprintf(&b, "%%%02X", c)
			} else {
				b.WriteByte(c)
			}
		}
		i += size
	}
	return b.String() + "-" + id
}

// splitName returns the name and the ID of a key, if the container's name has
// been made by joinName.
func splitName(container string) (name, id string, ok bool) {
	i := len(container) - 32
	if i < 0 || !isID(container[i:]) {
		return "", "", false
	}
	text, hyphen := strings.CutSuffix(container[:i], "-")
	var b strings.Builder
	for j := 0; j < len(text); {
		if c, ok := unescape(text[j:]); ok {
			b.WriteByte(c)
			j += 3
		} else {
			b.WriteByte(text[j])
			j++
		}
	}
	return b.String(), container[i:], i == 0 || hyphen && text != ""
}

// unescape returns the octet that s begins with, if it is written so.
func unescape(s string) (octet byte, ok bool) {
	if len(s) < 3 || s[0] != '%' || strings.Trim(s[1:3], "0123456789ABCDEF") != "" {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:3], 16, 8)
	return byte(n), err == nil
}
