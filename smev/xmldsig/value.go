package xmldsig

import (
	"strings"
	"unicode/utf8"
)

// predefined are the entities every reader knows (XML 1.0, section 4.6); no
// other can exist where a document type is refused.
var predefined = [...]struct {
	name string
	char byte
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}

// reference reads the reference s begins with (XML 1.0, section 4.1): its
// character and its length in bytes, which is 0 if it is none.
func reference(s string) (r rune, n int) {
	if !strings.HasPrefix(s, "&#") {
		for _, e := range predefined {
			if strings.HasPrefix(s, e.name) {
				return rune(e.char), len(e.name)
			}
		}
		return 0, 0
	}
	base, first := rune(10), 2
	if strings.HasPrefix(s, "&#x") {
		base, first = 16, 3
	}
	for n = first; n < len(s) && s[n] != ';'; n++ {
		d := digit(s[n])
		if d >= base || r > utf8.MaxRune {
			return 0, 0
		}
		r = r*base + d
	}
	if n == first || n == len(s) || !isChar(r) {
		return 0, 0
	}
	return r, n + 1
}

// digit returns the value of a digit in base 16, and 16 for what is none.
func digit(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	}
	return 16
}

// badReference returns the offset of the first '&' of raw that begins no
// reference, or -1.
func badReference(raw string) int {
	for i := 0; ; {
		next := strings.IndexByte(raw[i:], '&')
		if next < 0 {
			return -1
		}
		i += next
		_, n := reference(raw[i:])
		if n == 0 {
			return i
		}
		i += n
	}
}

// plain reports whether raw in content stands for itself.
func plain(raw string) bool {
	return strings.IndexByte(raw, '&') < 0 && strings.IndexByte(raw, '\r') < 0
}

// appendText appends the characters raw stands for in content: references
// resolved, line ends as in section 2.11 of XML 1.0.
func appendText(b []byte, raw string) []byte {
	for {
		i := strings.IndexByte(raw, '&')
		if i < 0 {
			return appendLines(b, raw)
		}
		b = appendLines(b, raw[:i])
		r, n := reference(raw[i:])
		b, raw = utf8.AppendRune(b, r), raw[i+n:]
	}
}

// appendLines appends raw, where no references are read, with its line ends as
// in section 2.11: CDATA and processing instructions.
func appendLines(b []byte, raw string) []byte {
	for {
		i := strings.IndexByte(raw, '\r')
		if i < 0 {
			return append(b, raw...)
		}
		b = append(append(b, raw[:i]...), '\n')
		raw = raw[i+1+lineFeed(raw[i+1:]):]
	}
}

// lineFeed is 1 if s goes on with the second half of a CR LF.
func lineFeed(s string) int {
	if strings.HasPrefix(s, "\n") {
		return 1
	}
	return 0
}

// attributeValue returns the value raw stands for between the quotes of an
// attribute: normalized as in section 3.3.3 for the type CDATA, which every
// attribute has without a document type. White space in raw becomes a space
// each, CR LF one; white space from character references stays.
func attributeValue(raw string) string {
	i := 0
	for i < len(raw) && raw[i] != '&' && (raw[i] >= ' ' || !isBlank(raw[i])) {
		i++
	}
	if i == len(raw) {
		return raw
	}
	b := append(make([]byte, 0, len(raw)), raw[:i]...)
	for i < len(raw) {
		switch c := raw[i]; c {
		case '&':
			r, n := reference(raw[i:])
			b = utf8.AppendRune(b, r)
			i += n
		case '\r':
			b = append(b, ' ')
			i += 1 + lineFeed(raw[i+1:])
		case '\t', '\n':
			b = append(b, ' ')
			i++
		default:
			b = append(b, c)
			i++
		}
	}
	return string(b)
}
