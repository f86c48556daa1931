package xmldsig

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

const (
	maxDepth     = 64
	xmlNamespace = "http://www.w3.org/XML/1998/namespace"
)

// Parse reads a whole document and returns its root element. The document is
// UTF-8, optionally after a byte order mark, which real answers of SMEV begin
// with. The elements keep a reference to doc; the caller leaves it unchanged.
// Bounding the size of doc is the caller's part.
func Parse(doc []byte) (*Element, error) {
	doc = bytes.TrimPrefix(doc, []byte("\uFEFF"))
	if !utf8.Valid(doc) {
		return nil, errors.New("xmldsig: not UTF-8")
	}
	p := parser{doc: doc, d: xml.NewDecoder(bytes.NewReader(doc))}
	for {
		at := int(p.d.InputOffset())
		tok, err := p.d.RawToken()
		if err == io.EOF {
			break
		}
		if err != nil {
			// The decoder's own text quotes the document, so only the place is told.
			return nil, fmt.Errorf("xmldsig: byte %d: not well-formed", p.d.InputOffset())
		}
		if err := p.token(tok, at); err != nil {
			return nil, fmt.Errorf("xmldsig: byte %d: %w", at, err)
		}
	}
	if p.root == nil || p.open != nil {
		return nil, errors.New("xmldsig: the document is cut short")
	}
	return p.root, nil
}

type parser struct {
	doc   []byte
	d     *xml.Decoder
	root  *Element
	open  *Element // innermost element not yet closed
	depth int
}

func (p *parser) token(tok xml.Token, at int) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return p.start(t, at)
	case xml.EndElement:
		return p.end(t)
	case xml.CharData:
		if p.open != nil {
			p.open.text = append(p.open.text, t...)
			return nil
		}
		if len(bytes.Trim(t, " \t\r\n")) != 0 {
			return errors.New("text outside the root element")
		}
	case xml.ProcInst:
		if at != 0 || t.Target != "xml" {
			return errors.New("processing instruction refused")
		}
	case xml.Directive:
		return errors.New("document type refused")
	}
	return nil
}

func (p *parser) start(t xml.StartElement, at int) error {
	if p.open == nil && p.root != nil {
		return errors.New("a second root element")
	}
	if p.depth++; p.depth > maxDepth {
		return errors.New("nested too deep")
	}
	e := &Element{doc: p.doc, parent: p.open, begin: at, nameEnd: at + 1 + len(qname(t.Name))}
	if err := e.declare(t.Attr); err != nil {
		return err
	}
	var err error
	if e.Name, err = e.expand(t.Name, true); err != nil {
		return err
	}
	if err := e.attributes(t.Attr); err != nil {
		return err
	}
	e.raw = t.Name
	if p.open == nil {
		p.root = e
	} else {
		p.open.Children = append(p.open.Children, e)
	}
	p.open = e
	return nil
}

func (p *parser) end(t xml.EndElement) error {
	if p.open == nil || p.open.raw != t.Name {
		return errors.New("an end tag without its start tag")
	}
	p.open.end = int(p.d.InputOffset())
	p.open = p.open.parent
	p.depth--
	return nil
}

// declare records the namespace declarations among attrs.
func (e *Element) declare(attrs []xml.Attr) error {
	for _, a := range attrs {
		var prefix string
		switch {
		case a.Name.Space == "xmlns":
			prefix = a.Name.Local
			if a.Value == "" || prefix == "xml" || prefix == "xmlns" || a.Value == xmlNamespace {
				return errors.New("a namespace declaration that is not allowed")
			}
		case a.Name.Space == "" && a.Name.Local == "xmlns":
		default:
			continue
		}
		if _, twice := e.scope[prefix]; twice {
			return errors.New("a namespace declared twice")
		}
		if e.scope == nil {
			e.scope = map[string]string{}
		}
		e.scope[prefix] = a.Value
	}
	return nil
}

// attributes records attrs without the namespace declarations.
func (e *Element) attributes(attrs []xml.Attr) error {
	seen := make(map[Name]bool, len(attrs))
	for _, a := range attrs {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		n, err := e.expand(a.Name, false)
		if err != nil {
			return err
		}
		if seen[n] {
			return errors.New("an attribute given twice")
		}
		seen[n] = true
		e.Attrs = append(e.Attrs, Attr{n, a.Value})
	}
	return nil
}

// expand turns a name as written into namespace and local part. The default
// namespace holds for elements only (Namespaces in XML 1.0, section 6.2).
func (e *Element) expand(raw xml.Name, element bool) (Name, error) {
	if raw.Local == "" || bytes.ContainsRune([]byte(raw.Local), ':') {
		return Name{}, errors.New("a name with a misplaced colon")
	}
	if raw.Space == "" && !element {
		return Name{Local: raw.Local}, nil
	}
	space, ok := e.lookup(raw.Space)
	if !ok && raw.Space != "" {
		return Name{}, errors.New("an undeclared prefix")
	}
	return Name{space, raw.Local}, nil
}

func (e *Element) lookup(prefix string) (string, bool) {
	if prefix == "xml" {
		return xmlNamespace, true
	}
	for ; e != nil; e = e.parent {
		if space, ok := e.scope[prefix]; ok {
			return space, true
		}
	}
	return "", false
}

func qname(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
