package xmldsig

import (
	"fmt"
	"slices"
	"strings"
)

// Name is an expanded name: namespace and local part.
type Name struct{ Space, Local string }

// Attr is an attribute other than a namespace declaration.
type Attr struct {
	Name  Name
	Value string
}

// Element is one element of a parsed document. Text is not kept in the tree:
// an element knows its bytes, and [Element.Leaf], [Element.Canonical] and
// [Element.Transform] read them again. The fields are for reading only. An
// element that no document has, such as a failed [Sequence] gives, is empty.
type Element struct {
	Name     Name
	Attrs    []Attr
	Children []*Element

	doc    *document
	parent *Element
	scope  []binding // declarations in its start tag
	mixed  bool      // text other than white space stands directly inside

	begin, end      int // its bytes in doc
	inner, innerEnd int // the bytes between its tags
}

// Attr returns the value of the attribute n and whether it is present.
func (e *Element) Attr(n Name) (string, bool) {
	for _, a := range e.Attrs {
		if a.Name == n {
			return a.Value, true
		}
	}
	return "", false
}

// Leaf returns the text of an element that holds nothing but text. Comments
// are left out, and what stands on both sides of one is one text. An element
// with a processing instruction is refused: readers differ in what its text
// is.
func (e *Element) Leaf() (string, error) {
	if len(e.Children) != 0 {
		return "", fmt.Errorf("xmldsig: byte %d: %s holds elements where text is due", e.begin, e.label())
	}
	raw := e.content()
	if !strings.ContainsAny(raw, "<&\r") {
		return raw, nil
	}
	text := make([]byte, 0, len(raw))
	s := scanner{doc: e.doc.text[:e.innerEnd], pos: e.inner}
	for s.next() {
		switch s.kind {
		case charData:
			text = appendText(text, s.text)
		case cdata:
			text = appendLines(text, s.text)
		case instruction:
			return "", fmt.Errorf("xmldsig: byte %d: %s holds a processing instruction where text is due", e.begin, e.label())
		}
	}
	return string(text), nil
}

// QName expands a qualified name found in a value, such as that of xsi:type,
// by the declarations in force at e.
func (e *Element) QName(value string) (Name, error) {
	prefix, local, found := strings.Cut(strings.Trim(value, blanks), ":")
	if !found {
		prefix, local = "", prefix
	}
	if !isNCName(local) || found && !isNCName(prefix) {
		return Name{}, fmt.Errorf("xmldsig: byte %d: a value in %s is not a qualified name", e.begin, e.label())
	}
	for up := e; up != nil; up = up.parent {
		for _, b := range up.scope {
			if b.prefix == prefix {
				return Name{b.space, local}, nil
			}
		}
	}
	switch prefix {
	case "xml":
		return Name{xmlNamespace, local}, nil
	case "":
		return Name{Local: local}, nil
	}
	return Name{}, fmt.Errorf("xmldsig: byte %d: an undeclared prefix in a value in %s", e.begin, e.label())
}

// Raw returns the element as a document of its own: exactly the bytes
// received, with the namespace declarations that were in force around it added
// to its start tag. Within the limits of [Parse], parsing the result gives the
// same element.
func (e *Element) Raw() []byte {
	if e.doc == nil {
		return nil
	}
	var outer []binding
	seen := slices.Clone(e.scope)
	for up := e.parent; up != nil; up = up.parent {
		for _, b := range up.scope {
			if !slices.ContainsFunc(seen, func(s binding) bool { return s.prefix == b.prefix }) {
				seen = append(seen, b)
				outer = append(outer, b)
			}
		}
	}
	slices.SortFunc(outer, byPrefix)
	text, name := e.doc.text[e.begin:e.end], e.nameEnd()
	out := append(make([]byte, 0, len(text)), text[:name]...)
	for _, b := range outer {
		if b.space != "" {
			out = appendDeclaration(out, b)
		}
	}
	return append(out, text[name:]...)
}

// nameEnd returns where the name in the start tag ends, from the tag's begin.
func (e *Element) nameEnd() int { return strings.IndexAny(e.doc.text[e.begin:e.end], blanks+"/>") }

// content returns the bytes between the tags.
func (e *Element) content() string {
	if e.doc == nil {
		return ""
	}
	return e.doc.text[e.inner:e.innerEnd]
}

// label is the name for an error text, cut to a sane length.
func (e *Element) label() string { return label(e.Name.Local) }

func label(name string) string {
	const most = 64
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}
