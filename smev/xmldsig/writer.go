package xmldsig

import (
	"errors"
	"unicode/utf8"
)

// Writer writes a document without indentation. Names and namespace
// declarations are written as given; values are escaped. The zero value is
// ready for use.
type Writer struct {
	buf   []byte
	stack []string
	bare  bool // the last start tag has no content yet, so it still lacks its '>'
	err   error
}

// Open starts an element. attrs are names and values in turn, written in
// that order.
func (w *Writer) Open(name string, attrs ...string) {
	w.content()
	w.buf = append(append(w.buf, '<'), name...)
	for i := 0; i+1 < len(attrs); i += 2 {
		w.check(attrs[i+1])
		w.buf = appendAttr(w.buf, attrs[i], attrs[i+1])
	}
	w.stack = append(w.stack, name)
	w.bare = true
}

// Close ends the innermost open element.
func (w *Writer) Close() {
	name := w.stack[len(w.stack)-1]
	w.stack = w.stack[:len(w.stack)-1]
	if w.bare {
		w.bare = false
		w.buf = append(w.buf, "/>"...)
		return
	}
	w.buf = append(append(append(w.buf, "</"...), name...), '>')
}

// Leaf writes an element with text; an empty text gives an empty element.
func (w *Writer) Leaf(name, text string, attrs ...string) {
	w.Open(name, attrs...)
	if text != "" {
		w.content()
		w.check(text)
		w.buf = appendEscaped(w.buf, text, false)
	}
	w.Close()
}

// OptionalLeaf writes the element unless its text is empty.
func (w *Writer) OptionalLeaf(name, text string) {
	if text != "" {
		w.Leaf(name, text)
	}
}

// Raw inserts bytes that are already well-formed.
func (w *Writer) Raw(doc []byte) {
	w.content()
	w.buf = append(w.buf, doc...)
}

// Bytes returns the document. It fails if a value held a character XML 1.0
// cannot carry, or if an element is still open.
func (w *Writer) Bytes() ([]byte, error) {
	if w.err == nil && len(w.stack) != 0 {
		w.err = errors.New("xmldsig: an element is left open")
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.buf, nil
}

func (w *Writer) content() {
	if w.bare {
		w.buf = append(w.buf, '>')
		w.bare = false
	}
}

func (w *Writer) check(value string) {
	if !Writable(value) && w.err == nil {
		w.err = errors.New("xmldsig: a value holds a character XML cannot carry")
	}
}

// Writable reports whether every character of s is a Char of XML 1.0
// (section 2.2) in valid UTF-8.
func Writable(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return false
		}
	}
	return true
}

func appendAttr(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), '=', '"')
	return append(appendEscaped(b, value, true), '"')
}

// appendEscaped escapes the characters Canonical XML 1.0 escapes, and as it
// does (section 2.3), so text reads the same before and after
// canonicalization.
func appendEscaped(b []byte, s string, attr bool) []byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '&':
			b = append(b, "&amp;"...)
		case c == '<':
			b = append(b, "&lt;"...)
		case c == '>' && !attr:
			b = append(b, "&gt;"...)
		case c == '"' && attr:
			b = append(b, "&quot;"...)
		case c == '\r':
			b = append(b, "&#xD;"...)
		case c == '\t' && attr:
			b = append(b, "&#x9;"...)
		case c == '\n' && attr:
			b = append(b, "&#xA;"...)
		default:
			b = append(b, c)
		}
	}
	return b
}
