package xmldsig

import (
	"encoding/xml"
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

// Element is one element of a parsed document.
type Element struct {
	Name     Name
	Attrs    []Attr
	Children []*Element

	doc                 []byte
	begin, nameEnd, end int // byte range in doc, and the end of the name in the start tag
	raw                 xml.Name
	parent              *Element
	scope               map[string]string // prefixes declared on this element
	text                []byte            // character data directly inside, joined
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

// Leaf returns the text of an element that holds nothing but text.
func (e *Element) Leaf() (string, error) {
	if len(e.Children) != 0 {
		return "", fmt.Errorf("xmldsig: byte %d: %s holds elements where text is due", e.begin, e.label())
	}
	return string(e.text), nil
}

// QName expands a qualified name found in a value, such as that of xsi:type,
// by the declarations in force at e.
func (e *Element) QName(value string) (Name, error) {
	prefix, local, found := strings.Cut(strings.TrimSpace(value), ":")
	if !found {
		prefix, local = "", prefix
	}
	return e.expand(xml.Name{Space: prefix, Local: local}, true)
}

// Raw returns the element as a document of its own: exactly the bytes
// received, with the namespace declarations that were in force around it added
// to its start tag. Parsing the result gives the same element.
func (e *Element) Raw() []byte {
	outer := map[string]string{}
	for up := e.parent; up != nil; up = up.parent {
		for prefix, space := range up.scope {
			if _, nearer := outer[prefix]; !nearer {
				outer[prefix] = space
			}
		}
	}
	var prefixes []string
	for prefix, space := range outer {
		if _, own := e.scope[prefix]; !own && space != "" {
			prefixes = append(prefixes, prefix)
		}
	}
	slices.Sort(prefixes)
	out := slices.Clone(e.doc[e.begin:e.nameEnd])
	for _, prefix := range prefixes {
		name := "xmlns"
		if prefix != "" {
			name = "xmlns:" + prefix
		}
		out = appendAttr(out, name, outer[prefix])
	}
	return append(out, e.doc[e.nameEnd:e.end]...)
}

// label is the name for an error text: what was written, cut to a sane length.
func (e *Element) label() string {
	const most = 64
	if s := e.Name.Local; len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(e.Name.Local[:most], "") + "…"
}
