package xmldsig

import "unicode/utf8"

// Writable reports whether every character of s is a Char of XML 1.0
// (section 2.2) in valid UTF-8.
func Writable(s string) bool { return badChar(s) < 0 }

// badChar returns the offset of the first byte of s that is not part of a
// Char in UTF-8, or -1.
func badChar(s string) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 || !isChar(r) {
			return i
		}
		i += n
	}
	return -1
}

// isChar is the production Char of XML 1.0 (section 2.2).
func isChar(r rune) bool {
	return r >= 0x20 && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// isNCName reports whether s is a name without a colon (Namespaces in XML 1.0,
// section 3).
func isNCName(s string) bool { return s != "" && nameEnd(s) == len(s) }

// nameEnd returns how many bytes at the beginning of s are an NCName: 0 if
// none is there.
func nameEnd(s string) int {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if asciiName[c] < nameStart && (i == 0 || asciiName[c] == 0) {
				return i
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isNameStart(r) && (i == 0 || !isNamePart(r)) {
			return i
		}
		i += n
	}
	return len(s)
}

// Values of asciiName.
const (
	namePart  = 1 // may stand inside a name
	nameStart = 2 // may begin one, too
)

// asciiName tells which ASCII characters make an NCName.
var asciiName = func() (t [utf8.RuneSelf]uint8) {
	for c := range t {
		switch r := rune(c); {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_':
			t[c] = nameStart
		case r >= '0' && r <= '9' || r == '-' || r == '.':
			t[c] = namePart
		}
	}
	return t
}()

// isNameStart is NameStartChar beyond ASCII (XML 1.0, fifth edition, section
// 2.3).
func isNameStart(r rune) bool {
	return r >= 0x370 && r <= 0x1FFF && r != 0x37E ||
		r >= 0xC0 && r <= 0x2FF && r != 0xD7 && r != 0xF7 ||
		r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F ||
		r >= 0x2C00 && r <= 0x2FEF || r >= 0x3001 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD ||
		r >= 0x10000 && r <= 0xEFFFF
}

// isNamePart is what NameChar adds to NameStartChar beyond ASCII.
func isNamePart(r rune) bool {
	return r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// blanks is the white space of XML 1.0 (section 2.3).
const blanks = " \t\r\n"

func isBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// skipBlank returns s without the white space it begins with.
func skipBlank(s string) string {
	for s != "" && isBlank(s[0]) {
		s = s[1:]
	}
	return s
}
