package mtom

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"

	"github.com/surguch/surguch/smev/xmldsig"
)

var includeName = xmldsig.Name{Space: "http://www.w3.org/2004/08/xop/include", Local: "Include"}

// include replaces every xop:Include of doc by the Base64 of its part. All
// other bytes stay as they are.
func include(doc []byte, parts map[string]*part) ([]byte, error) {
	if !bytes.Contains(doc, []byte(includeName.Local)) {
		return doc, nil // the name of an element cannot be written in another way
	}
	elements, err := locate(doc)
	if err != nil {
		return nil, err
	}
	var out []byte
	done := 0
	for _, e := range elements {
		if e.Name != includeName {
			continue
		}
		if up := e.parent; up == nil || up.inside != e.begin || up.insideEnd != e.end || e.inside != e.insideEnd {
			return nil, errors.New("mtom: an Include is not alone in its element, or not empty")
		}
		p, err := referred(e.Element, parts)
		if err != nil {
			return nil, err
		}
		content, err := p.decode()
		if err != nil {
			return nil, err
		}
		out = append(out, doc[done:e.begin]...)
		out = base64.StdEncoding.AppendEncode(out, content)
		done = e.end
	}
	return append(out, doc[done:]...), nil
}

// referred returns the part that an Include refers to and takes it out of
// parts: one that is referred to twice could make a small message large.
func referred(e *xmldsig.Element, parts map[string]*part) (*part, error) {
	href, _ := e.Attr(xmldsig.Name{Local: "href"})
	const scheme = "cid:"
	if len(href) <= len(scheme) || !strings.EqualFold(href[:len(scheme)], scheme) {
		return nil, errors.New("mtom: an Include has no cid URL")
	}
	id := contentID(href[len(scheme):])
	p, known := parts[id]
	switch {
	case !known:
		return nil, &MissingPartError{id}
	case p == nil:
		return nil, errors.New("mtom: a part is referred to twice")
	}
	parts[id] = nil
	return p, nil
}

// placed is an element and its place in the document: offsets of its first
// octet, of what is between its tags, and behind it.
type placed struct {
	*xmldsig.Element
	parent                        *placed
	begin, inside, insideEnd, end int
}

// locate returns the elements of a document in the order of their start tags.
func locate(doc []byte) ([]*placed, error) {
	root, err := xmldsig.Parse(doc)
	if err != nil {
		return nil, err
	}
	var elements []*placed
	var walk func(e *xmldsig.Element, parent *placed)
	walk = func(e *xmldsig.Element, parent *placed) {
		p := &placed{Element: e, parent: parent}
		elements = append(elements, p)
		for _, c := range e.Children {
			walk(c, p)
		}
	}
	walk(root, nil)
	if !measure(doc, elements) {
		return nil, errors.New("mtom: the elements of the document cannot be told apart")
	}
	return elements, nil
}

// measure finds the place of each element. It relies on doc being a well-formed
// document without a document type, as Parse has seen: then markup is what
// begins with '<', and the n-th start tag is that of the n-th element.
func measure(doc []byte, elements []*placed) bool {
	var open *placed
	for at, n := 0, 0; ; {
		i := bytes.IndexByte(doc[at:], '<')
		if i < 0 {
			return n == len(elements) && open == nil
		}
		at += i
		end := at + markup(doc[at:])
		switch {
		case end == at:
			return false
		case doc[at+1] == '!' || doc[at+1] == '?': // comment, CDATA, XML declaration
		case doc[at+1] == '/':
			if open == nil {
				return false
			}
			open.insideEnd, open.end = at, end
			open = open.parent
		default:
			if n == len(elements) || elements[n].parent != open {
				return false
			}
			e := elements[n]
			n++
			e.begin, e.inside = at, end
			if doc[end-2] == '/' {
				e.insideEnd, e.end = end, end
			} else {
				open = e
			}
		}
		at = end
	}
}

// markup returns the length of the tag, comment, CDATA section or declaration
// that b begins with, 0 if it does not end.
func markup(b []byte) int {
	for _, kind := range []struct{ begin, end string }{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}} {
		if bytes.HasPrefix(b, []byte(kind.begin)) {
			i := bytes.Index(b[len(kind.begin):], []byte(kind.end))
			if i < 0 {
				return 0
			}
			return len(kind.begin) + i + len(kind.end)
		}
	}
	var quote byte // the value of an attribute may hold '>'
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return i + 1
		}
	}
	return 0
}
