package xmldsig

import (
	"fmt"
	"hash"
	"slices"
	"strconv"
	"strings"
)

// TransformError names the place in an element that SMEV's transform has no
// form for, or that [Signer.Sign] does not sign.
type TransformError struct {
	Offset  int    // of the tag, text or instruction, in bytes of the document
	Element string // local name of the element it is or stands in
	Problem string // what is wrong, without values
}

func (e *TransformError) Error() string {
	return fmt.Sprintf("xmldsig: byte %d: %s: %s", e.Offset, label(e.Element), e.Problem)
}

// Transform returns the element after exclusive canonicalization and the
// transform urn://smev-gov-ru/xmldsig/transform: the bytes whose digest SMEV
// signs. Both are done in one pass, for the second does not depend on what
// the first decides beyond dropping comments and joining text.
//
// By the methodical recommendations for SMEV 3 prefixes become ns1, ns2, …,
// attributes are sorted, text of nothing but characters up to U+0020 is
// dropped, and so are processing instructions, at which text ends and begins
// anew. Characters are written as [Woodstox] does.
//
// The error is a *TransformError: the transform has no form for names without
// a namespace where an element has one, for the namespace of the prefix xml
// (xml:lang, xml:space) and, by Canonical XML, for relative namespace names.
func (e *Element) Transform() ([]byte, error) {
	t := transformer{}
	if e.doc != nil {
		t.out = make([]byte, 0, e.end-e.begin+256)
	}
	if err := t.run(e); err != nil {
		return nil, err
	}
	return t.out, nil
}

// transformer runs the transform over the tokens of one element, into out or
// piece by piece into a hash.
type transformer struct {
	escaping Escaping
	to       hash.Hash // nil: all stays in out
	out      []byte

	// loose is the first place where implementations of the transform are
	// known to write different bytes; nil if there is none.
	loose *TransformError

	*reader
	prefixes []prefix // those of open elements, outermost first
	count    int      // of prefixes given so far
	open     []element
	order    []int // of the attributes of a start tag, without declarations
	numbers  []int // of their prefixes, 0 for none; in the same order

	// The text since the last tag or instruction: one piece of the document,
	// or several put together.
	piece   string
	joined  []byte
	blockAt int
}

// prefix is ns1, ns2, …, and the namespace name it stands for.
type prefix struct {
	space  string
	number int
}

// element is an element whose end tag is to be written.
type element struct {
	local    string
	number   int // of its prefix
	prefixes int // how many were given around it
}

// spillAt is how many bytes are passed on at a time.
const spillAt = 16 << 10

// digest runs the transform of e into the hash and returns its sum.
func (t *transformer) digest(e *Element) ([]byte, error) {
	t.out = make([]byte, 0, 2*spillAt)
	if err := t.run(e); err != nil {
		return nil, err
	}
	return t.to.Sum(nil), nil
}

func (t *transformer) run(e *Element) error {
	if e.doc == nil {
		return &TransformError{Element: e.Name.Local, Problem: "not an element of a document"}
	}
	t.reader = readerOf(e)
	for t.next() {
		switch t.kind {
		case startTag:
			t.endBlock()
			if err := t.startTag(); err != nil {
				return err
			}
		case endTag:
			t.endBlock()
			t.endTag()
		case charData:
			t.addText()
		case cdata:
			t.join()
			t.joined = appendLines(t.joined, t.text)
		case instruction:
			t.endBlock()
			t.note(t.at, "a processing instruction, which the signature does not cover")
		}
		t.spill(spillAt)
	}
	t.spill(0)
	return nil
}

// spill passes on what is written if there is more than so much of it.
func (t *transformer) spill(above int) {
	if t.to != nil && len(t.out) > above {
		t.to.Write(t.out)
		t.out = t.out[:0]
	}
}

func (t *transformer) startTag() error {
	e := element{local: t.local, prefixes: len(t.prefixes)}
	var err error
	if e.number, err = t.numberOf(t.space); err != nil {
		return err
	}
	t.open = append(t.open, e)
	t.order, t.numbers = t.order[:0], t.numbers[:0]
	for i := range t.attrs {
		if t.attrs[i].space != xmlnsNamespace {
			t.order = append(t.order, i)
		}
	}
	slices.SortFunc(t.order, func(i, j int) int { return byTransform(&t.attrs[i], &t.attrs[j]) })
	for _, i := range t.order {
		number := 0
		if a := &t.attrs[i]; a.prefix != "" {
			if number, err = t.numberOf(a.space); err != nil {
				return err
			}
		}
		t.numbers = append(t.numbers, number)
	}
	t.out = t.appendName(append(t.out, '<'), e.number, e.local)
	for _, p := range t.prefixes[e.prefixes:] {
		t.out = strconv.AppendInt(append(t.out, " xmlns:ns"...), int64(p.number), 10)
		t.appendValue(p.space)
	}
	for n, i := range t.order {
		t.out = t.appendName(append(t.out, ' '), t.numbers[n], t.attrs[i].local)
		t.appendValue(t.attrs[i].value)
	}
	t.out = append(t.out, '>')
	return nil
}

func (t *transformer) endTag() {
	e := t.open[len(t.open)-1]
	t.out = append(t.appendName(append(t.out, "</"...), e.number, e.local), '>')
	t.prefixes, t.open = t.prefixes[:e.prefixes], t.open[:len(t.open)-1]
}

// numberOf returns the prefix of a namespace name: that of an open element, or
// a new one. The error says why names of the namespace have no transformed
// form.
func (t *transformer) numberOf(space string) (int, error) {
	for _, p := range t.prefixes {
		if p.space == space {
			return p.number, nil
		}
	}
	problem := ""
	switch {
	case space == "":
		problem = "an element without a namespace"
	case space == xmlNamespace:
		problem = "a name with the prefix xml"
	case !absolute(space):
		problem = "a relative namespace name" // Canonical XML 1.0, section 2.1
	}
	if problem != "" {
		return 0, &TransformError{t.at, t.local, problem}
	}
	t.count++
	t.prefixes = append(t.prefixes, prefix{space, t.count})
	return t.count, nil
}

// absolute reports whether a namespace name begins with a scheme (RFC 3986,
// section 3.1).
func absolute(space string) bool {
	scheme, _, found := strings.Cut(space, ":")
	for i := range len(scheme) {
		switch c := scheme[i]; {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return found && scheme != ""
}

// appendName appends a name with the prefix of a number, 0 for none.
func (t *transformer) appendName(b []byte, number int, local string) []byte {
	if number != 0 {
		b = append(strconv.AppendInt(append(b, "ns"...), int64(number), 10), ':')
	}
	return append(b, local...)
}

// appendValue writes the rest of an attribute after its name.
func (t *transformer) appendValue(value string) {
	e := &woodstoxAttr
	if t.escaping == C14N {
		e = &attrEscapes
	}
	t.out = append(appendEscaped(append(t.out, `="`...), value, e), '"')
	for i := range len(value) {
		if value[i] < ' ' {
			t.note(t.at, "a tab or line end in an attribute")
			break
		}
	}
}

// addText adds character data to the block of text.
func (t *transformer) addText() {
	if t.piece == "" && len(t.joined) == 0 {
		t.blockAt = t.at
		if plain(t.text) {
			t.piece = t.text
			return
		}
	}
	t.join()
	t.joined = appendText(t.joined, t.text)
}

// join makes a block of several pieces of what was one.
func (t *transformer) join() {
	if t.piece == "" && len(t.joined) == 0 {
		t.blockAt = t.at
	}
	t.joined = append(t.joined, t.piece...)
	t.piece = ""
}

// endBlock ends the block of text where a tag or an instruction stands.
func (t *transformer) endBlock() {
	switch {
	case t.piece != "":
		writeBlock(t, t.piece)
	case len(t.joined) > 0:
		writeBlock(t, t.joined)
	}
	t.piece, t.joined = "", t.joined[:0]
}

// writeBlock writes a block of text, or nothing for blanks.
func writeBlock[T string | []byte](t *transformer, s T) {
	begin := 0
	for begin < len(s) && s[begin] <= ' ' {
		begin++
	}
	if begin == len(s) {
		return
	}
	b := newBlock(s)
	for len(s) > 0 {
		n := min(len(s), spillAt)
		if t.escaping == C14N {
			t.out = appendEscaped(t.out, s[:n], &textEscapes)
		} else {
			t.out = appendBlock(t.out, s[:n], &b)
		}
		t.spill(spillAt)
		s = s[n:]
	}
	if b.loose {
		t.note(t.blockAt, "'>' or a carriage return in text")
	}
}

// note records a loose place if it is the first.
func (t *transformer) note(at int, problem string) {
	if t.loose == nil {
		t.loose = &TransformError{at, t.open[len(t.open)-1].local, problem}
	}
}
