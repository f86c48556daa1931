package xmldsig

import (
	"fmt"
	"slices"
	"strings"
)

// MaxSize is the size of the largest document Parse reads, in bytes.
const MaxSize = 16 << 20

// maxElements bounds the memory of a tree: at some 200 bytes an element.
const maxElements = 1 << 19

// Parse reads a whole document of at most MaxSize bytes and returns its root
// element. The document is UTF-8, optionally after a byte order mark, which
// real answers of SMEV begin with. What is refused is told in the package
// comment; an error names the byte and quotes nothing. The elements refer to a
// copy of doc, of which the caller may do what it likes with the original.
func Parse(doc []byte) (*Element, error) {
	if len(doc) > MaxSize {
		return nil, fmt.Errorf("xmldsig: a document of %d bytes, more than %d", len(doc), MaxSize)
	}
	d := &document{text: string(doc)}
	b := builder{doc: d, reader: reader{scanner: scanner{doc: d.text}}}
	if i := badChar(d.text); i >= 0 {
		b.fail(i, "not a character of XML in UTF-8")
	}
	if b.err == nil && b.readDeclaration() {
		for b.next() {
			b.take()
		}
	}
	if b.err != nil {
		return nil, b.err
	}
	return d.root, nil
}

// document is what the elements of one tree share.
type document struct {
	text string
	root *Element
}

// builder makes the tree of what its reader gives.
type builder struct {
	reader
	doc     *document
	count   int      // of elements
	current *Element // innermost element without its end tag
	// pending are the children of all open elements, those of the innermost
	// last; begins tells where the children of each begin.
	pending []*Element
	begins  []int
}

func (b *builder) take() {
	switch b.kind {
	case startTag:
		b.begin()
	case endTag:
		b.finish()
	case charData:
		if b.current != nil && !b.current.mixed {
			b.current.mixed = significant(b.text)
		}
	case cdata:
		if skipBlank(b.text) != "" {
			b.current.mixed = true
		}
	}
}

// significant reports whether raw stands for more than white space.
func significant(raw string) bool {
	raw = skipBlank(raw)
	for strings.HasPrefix(raw, "&") {
		r, n := reference(raw)
		if r > ' ' {
			return true
		}
		raw = skipBlank(raw[n:])
	}
	return raw != ""
}

func (b *builder) begin() {
	if b.count++; b.count > maxElements {
		b.fail(b.at, "too many elements")
		return
	}
	e := &Element{Name: Name{b.space, b.local}, doc: b.doc, parent: b.current, begin: b.at, inner: b.pos}
	declared := 0
	for i := range b.attrs {
		if _, ok := b.attrs[i].declares(); ok {
			declared++
		}
	}
	if n := len(b.attrs) - declared; n > 0 {
		e.Attrs = make([]Attr, 0, n)
	}
	if declared > 0 {
		e.scope = make([]binding, 0, declared)
	}
	for i := range b.attrs {
		a := &b.attrs[i]
		if prefix, ok := a.declares(); ok {
			e.scope = append(e.scope, binding{prefix, a.value})
		} else {
			e.Attrs = append(e.Attrs, Attr{Name{a.space, a.local}, a.value})
		}
	}
	if b.current == nil {
		b.doc.root = e
	} else {
		b.pending = append(b.pending, e)
	}
	b.begins = append(b.begins, len(b.pending))
	b.current = e
}

func (b *builder) finish() {
	e, last := b.current, len(b.begins)-1
	e.innerEnd, e.end = b.at, b.pos
	if children := b.pending[b.begins[last]:]; len(children) > 0 {
		e.Children = slices.Clone(children)
	}
	b.pending, b.begins = b.pending[:b.begins[last]], b.begins[:last]
	b.current = e.parent
}
