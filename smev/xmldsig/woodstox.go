package xmldsig

import "unicode/utf8"

// Escaping is how a run of SMEV's transform wrote the characters that
// implementations write differently: '>' and CR in text, LF and CR in
// attributes.
type Escaping int

const (
	// Woodstox is how the reference implementation of SMEV writes them, by
	// way of the XML writer of that name, and tables 5 to 9 of the
	// methodical recommendations 3.5 with it.
	Woodstox Escaping = iota
	// C14N is how Canonical XML 1.0 writes them: '>' in text always as
	// &gt;, and hexadecimal digits in capitals.
	C14N
)

func (e Escaping) String() string {
	switch e {
	case Woodstox:
		return "Woodstox"
	case C14N:
		return "C14N"
	}
	return "unknown escaping"
}

// What Woodstox escapes. It writes '>' in text now as &gt;, now as it is: see
// [block].
var (
	woodstoxText = escapes{'&': "&amp;", '<': "&lt;", '>': "&gt;", '\r': "&#xd;"}
	woodstoxAttr = escapes{'&': "&amp;", '<': "&lt;", '"': "&quot;", '\t': "&#x9;", '\n': "&#xa;", '\r': "&#xd;"}
)

// Woodstox writes text of so many UTF-16 units and more through a buffer,
// which holds so many at a time, and shorter text without one.
const (
	woodstoxShort  = 12
	woodstoxBuffer = 512
)

// block follows one block of text, which may come in parts, through the text
// writer of Woodstox. There '>' is written as &gt; at the beginning of the
// block or, if the block goes through the buffer, of a buffer; after ']'; and,
// with the buffer, after an escaped character. That keeps "]]>" out of text
// without a look at what was written before.
type block struct {
	short bool // fewer than woodstoxShort units
	unit  int  // index of the next character in UTF-16 units
	after bool // the last character has a '>' behind it escaped
	loose bool // there was a '>' or CR
}

// newBlock begins the block that s is the whole of.
func newBlock[T string | []byte](s T) block {
	units := 0
	for i := 0; i < len(s) && units < woodstoxShort; i++ {
		units += width(s[i])
	}
	return block{short: units < woodstoxShort}
}

// width returns how many UTF-16 units the character has whose UTF-8 begins
// with c, and 0 for a byte that begins none.
func width(c byte) int {
	switch {
	case c < utf8.RuneSelf || c >= 0xC0 && c < 0xF0:
		return 1
	case c >= 0xF0:
		return 2
	}
	return 0
}

// appendBlock appends the next part of a block.
func appendBlock[T string | []byte](out []byte, s T, b *block) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		escaped := c < utf8.RuneSelf && woodstoxText[c] != ""
		if c == '>' {
			escaped = b.after || b.unit%woodstoxBuffer == 0
		}
		if c == '>' || c == '\r' {
			b.loose = true
		}
		if escaped {
			out = append(append(out, s[from:i]...), woodstoxText[c]...)
			from = i + 1
		}
		b.after = c == ']' || escaped && !b.short
		b.unit += width(c)
	}
	return append(out, s[from:]...)
}
