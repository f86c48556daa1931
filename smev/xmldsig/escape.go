package xmldsig

import "unicode/utf8"

// escapes tells what is written for an ASCII character; "" leaves it as it is.
type escapes [utf8.RuneSelf]string

// What Canonical XML 1.0 escapes (section 2.3), in text and in the values of
// attributes. The Writer does the same, so text reads the same before and
// after canonicalization.
var (
	textEscapes = escapes{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xD;"}
	attrEscapes = escapes{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xA;", '\r': "&#xD;"}
)

// appendEscaped appends s with its characters escaped.
func appendEscaped[T string | []byte](b []byte, s T, e *escapes) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < utf8.RuneSelf && e[c] != "" {
			b = append(append(b, s[from:i]...), e[c]...)
			from = i + 1
		}
	}
	return append(b, s[from:]...)
}

// appendName appends a name as tags have it.
func appendName(b []byte, prefix, local string) []byte {
	if prefix != "" {
		b = append(append(b, prefix...), ':')
	}
	return append(b, local...)
}

// appendAttr appends an attribute, with a space before it.
func appendAttr(b []byte, prefix, local, value string) []byte {
	b = append(appendName(append(b, ' '), prefix, local), `="`...)
	return append(appendEscaped(b, value, &attrEscapes), '"')
}

// appendDeclaration appends the attribute that declares a namespace.
func appendDeclaration(b []byte, d binding) []byte {
	if d.prefix == "" {
		return appendAttr(b, "", "xmlns", d.space)
	}
	return appendAttr(b, "xmlns", d.prefix, d.space)
}
