package xmldsig

import (
	"fmt"
	"regexp"
	"strings"
)

// kind is what a token of the scanner is.
type kind uint8

const (
	startTag    kind = iota + 1 // <a b="c">, or <a/>
	endTag                      // </a>
	charData                    // text with references
	cdata                       // the inside of a CDATA section
	comment                     // left out by every reader of this package
	instruction                 // <?target data?>
)

// maxAttributes bounds the attributes of one element, declarations included.
const maxAttributes = 256

// attribute is one attribute of a start tag.
type attribute struct {
	prefix, local string
	space         string // namespace name, which the reader sets
	value         string // normalized
}

// declares reports whether the attribute declares a namespace, and for which
// prefix: "" is the default namespace.
func (a *attribute) declares() (prefix string, ok bool) {
	if a.prefix == "xmlns" {
		return a.local, true
	}
	return "", a.prefix == "" && a.local == "xmlns"
}

// scanner splits a document into tokens by the grammar of XML 1.0, without a
// document type; nesting and namespaces are the reader's. Tokens are parts of
// the document and cost no memory of their own, but for attribute values that
// differ from what is written. The document must hold only Chars.
type scanner struct {
	doc string // ends where scanning ends
	pos int    // first byte after the token
	err error  // what stopped the scanner, if not the end

	kind          kind
	at            int         // first byte of the token
	prefix, local string      // of a tag; local is the target of an instruction
	attrs         []attribute // of a start tag, in order; valid until the next token
	empty         bool        // the start tag is an empty-element tag
	text          string      // of charData, cdata and instruction, as written
}

// next reads a token. It returns false at the end of the document and after
// an error.
func (s *scanner) next() bool {
	if s.err != nil || s.pos == len(s.doc) {
		return false
	}
	s.at = s.pos
	if s.doc[s.pos] != '<' {
		return s.readText()
	}
	switch rest := s.doc[s.pos:]; {
	case strings.HasPrefix(rest, "</"):
		return s.readEndTag()
	case strings.HasPrefix(rest, "<!--"):
		return s.readComment()
	case strings.HasPrefix(rest, "<![CDATA["):
		return s.readUntil(cdata, len("<![CDATA["), "]]>")
	case strings.HasPrefix(rest, "<!"):
		return s.fail(s.at, "document type refused")
	case strings.HasPrefix(rest, "<?"):
		return s.readInstruction()
	}
	return s.readStartTag()
}

// fail records the first error, at a byte of the document.
func (s *scanner) fail(at int, what string) bool {
	if s.err == nil {
		s.err = fmt.Errorf("xmldsig: byte %d: %s", at, what)
	}
	return false
}

// readText reads character data up to the next markup (section 2.4).
func (s *scanner) readText() bool {
	s.kind, s.text = charData, s.doc[s.pos:]
	if end := strings.IndexByte(s.text, '<'); end >= 0 {
		s.text = s.text[:end]
	}
	if i := badReference(s.text); i >= 0 {
		return s.fail(s.at+i, "a reference to what is not known")
	}
	if i := strings.Index(s.text, "]]>"); i >= 0 {
		return s.fail(s.at+i, "]]> in text")
	}
	s.pos += len(s.text)
	return true
}

// readUntil reads a token that begins with so many bytes of markup and ends
// with a mark.
func (s *scanner) readUntil(k kind, begin int, mark string) bool {
	length := strings.Index(s.doc[s.at+begin:], mark)
	if length < 0 {
		return s.fail(s.at, "markup without its end")
	}
	s.kind, s.text = k, s.doc[s.at+begin:][:length]
	s.pos = s.at + begin + length + len(mark)
	return true
}

// readComment reads a comment, which holds no "--" (section 2.5).
func (s *scanner) readComment() bool {
	if !s.readUntil(comment, len("<!--"), "--") {
		return false
	}
	if !strings.HasPrefix(s.doc[s.pos:], ">") {
		return s.fail(s.pos-len("--"), "-- inside a comment")
	}
	s.pos++
	return true
}

// readInstruction reads a processing instruction (section 2.6). Its text is
// without the white space after the target.
func (s *scanner) readInstruction() bool {
	if !s.readUntil(instruction, len("<?"), "?>") {
		return false
	}
	n := nameEnd(s.text)
	s.local, s.text = s.text[:n], s.text[n:]
	if n == 0 || strings.EqualFold(s.local, "xml") {
		return s.fail(s.at, "a processing instruction of a name that is not allowed")
	}
	data := skipBlank(s.text)
	if s.text != "" && len(data) == len(s.text) {
		return s.fail(s.at, "a processing instruction without space after its name")
	}
	s.text = data
	return true
}

// readEndTag reads an end tag (section 3.1).
func (s *scanner) readEndTag() bool {
	s.kind, s.pos = endTag, s.at+len("</")
	if !s.readName(&s.prefix, &s.local) {
		return false
	}
	s.skipBlanks()
	return s.expect('>')
}

// readStartTag reads a start tag or an empty-element tag (section 3.1).
func (s *scanner) readStartTag() bool {
	s.kind, s.pos, s.attrs, s.empty = startTag, s.at+1, s.attrs[:0], false
	if !s.readName(&s.prefix, &s.local) {
		return false
	}
	for {
		spaced := s.skipBlanks()
		switch {
		case strings.HasPrefix(s.doc[s.pos:], ">"):
			s.pos++
			return true
		case strings.HasPrefix(s.doc[s.pos:], "/>"):
			s.pos, s.empty = s.pos+len("/>"), true
			return true
		case !spaced:
			return s.fail(s.pos, "no space before an attribute")
		case len(s.attrs) == maxAttributes:
			return s.fail(s.pos, "too many attributes")
		case !s.readAttribute():
			return false
		}
	}
}

// readAttribute reads an attribute and appends it to attrs.
func (s *scanner) readAttribute() bool {
	var a attribute
	if !s.readName(&a.prefix, &a.local) {
		return false
	}
	s.skipBlanks()
	if !s.expect('=') {
		return false
	}
	s.skipBlanks()
	if s.pos == len(s.doc) || s.doc[s.pos] != '"' && s.doc[s.pos] != '\'' {
		return s.fail(s.pos, "an attribute value without quotes")
	}
	raw := s.doc[s.pos+1:]
	end := strings.IndexByte(raw, s.doc[s.pos])
	if end < 0 {
		return s.fail(s.pos, "an attribute value without its end")
	}
	raw = raw[:end]
	if i := strings.IndexByte(raw, '<'); i >= 0 {
		return s.fail(s.pos+1+i, "< in an attribute value")
	}
	if i := badReference(raw); i >= 0 {
		return s.fail(s.pos+1+i, "a reference to what is not known")
	}
	s.pos += len(raw) + 2
	a.value = attributeValue(raw)
	s.attrs = append(s.attrs, a)
	return true
}

// readName reads a QName (Namespaces in XML 1.0, section 4).
func (s *scanner) readName(prefix, local *string) bool {
	rest := s.doc[s.pos:]
	n := nameEnd(rest)
	*prefix, *local = "", rest[:n]
	if n > 0 && n < len(rest) && rest[n] == ':' {
		*prefix, rest = rest[:n], rest[n+1:]
		s.pos += n + 1
		n = nameEnd(rest)
		*local = rest[:n]
	}
	if n == 0 {
		return s.fail(s.pos, "no name where one is due")
	}
	s.pos += n
	return true
}

// skipBlanks skips white space and reports whether there was any.
func (s *scanner) skipBlanks() bool {
	from := s.pos
	for s.pos < len(s.doc) && isBlank(s.doc[s.pos]) {
		s.pos++
	}
	return s.pos > from
}

// expect skips c, which must come next.
func (s *scanner) expect(c byte) bool {
	if s.pos == len(s.doc) || s.doc[s.pos] != c {
		return s.fail(s.pos, "a tag that is not well-formed")
	}
	s.pos++
	return true
}

// declaration is an XML declaration (section 2.8) of version 1.0 that names no
// encoding but UTF-8. No form feed comes here, which \s has beyond white space.
var declaration = regexp.MustCompile(`^<\?xml\s+version\s*=\s*("1\.0"|'1\.0')` +
	`(\s+encoding\s*=\s*("(?i:utf-8)"|'(?i:utf-8)'))?` +
	`(\s+standalone\s*=\s*("(yes|no)"|'(yes|no)'))?\s*\?>`)

const byteOrderMark = "\uFEFF"

// readDeclaration skips a byte order mark and an XML declaration.
func (s *scanner) readDeclaration() bool {
	if strings.HasPrefix(s.doc, byteOrderMark) {
		s.pos = len(byteOrderMark)
	}
	rest, found := strings.CutPrefix(s.doc[s.pos:], "<?")
	if !found || rest[:nameEnd(rest)] != "xml" {
		return true
	}
	length := len(declaration.FindString(s.doc[s.pos:]))
	if length == 0 {
		return s.fail(s.pos, "an XML declaration that is not of version 1.0 in UTF-8")
	}
	s.pos += length
	return true
}
