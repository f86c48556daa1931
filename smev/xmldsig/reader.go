package xmldsig

import "slices"

const (
	xmlNamespace   = "http://www.w3.org/XML/1998/namespace"
	xmlnsNamespace = "http://www.w3.org/2000/xmlns/"

	maxDepth    = 64
	maxBindings = 256 // declarations in force at one element
)

// binding ties a prefix to a namespace name; both may be empty.
type binding struct{ prefix, space string }

// reader adds nesting and Namespaces in XML 1.0 to the tokens of a scanner:
// names get their namespace, end tags match, and an empty-element tag is
// followed by an end tag of no bytes. Of several elements in a row it takes
// the first only.
type reader struct {
	scanner
	space string // of the name of a start tag

	bindings []binding // in force, innermost last
	open     []opened  // elements without their end tags
	closing  bool      // the end tag of an empty-element tag comes next
	done     bool      // the root element has ended
}

// opened is an element whose end tag is to come.
type opened struct {
	prefix, local string
	bindings      int // how many were in force around it
}

// next reads a token. It returns false at the end of the document and after
// an error.
func (r *reader) next() bool {
	if r.err != nil {
		return false
	}
	if r.closing {
		r.kind, r.at, r.closing = endTag, r.pos, false
		return r.end()
	}
	if !r.scanner.next() {
		if len(r.open) > 0 || !r.done {
			return r.fail(r.pos, "the document is cut short")
		}
		return false
	}
	switch r.kind {
	case startTag:
		return r.start()
	case endTag:
		return r.end()
	case charData:
		if len(r.open) == 0 && skipBlank(r.text) != "" {
			return r.fail(r.at, "text outside the root element")
		}
	case cdata:
		if len(r.open) == 0 {
			return r.fail(r.at, "a CDATA section outside the root element")
		}
	}
	return true
}

func (r *reader) start() bool {
	switch {
	case r.done:
		return r.fail(r.at, "a second root element")
	case len(r.open) == maxDepth:
		return r.fail(r.at, "nested too deep")
	}
	r.open = append(r.open, opened{r.prefix, r.local, len(r.bindings)})
	r.closing = r.empty
	for i := range r.attrs {
		a := &r.attrs[i]
		if prefix, ok := a.declares(); ok {
			if a.space = xmlnsNamespace; !r.declare(prefix, a.value) {
				return false
			}
		}
	}
	var ok bool
	if r.space, ok = r.lookup(r.prefix); !ok {
		return r.fail(r.at, "an undeclared prefix")
	}
	// The default namespace is not for attributes (section 6.2).
	for i := range r.attrs {
		if a := &r.attrs[i]; a.prefix != "" && a.space == "" {
			if a.space, ok = r.lookup(a.prefix); !ok {
				return r.fail(r.at, "an undeclared prefix")
			}
		}
	}
	if twice(r.attrs) {
		return r.fail(r.at, "an attribute given twice")
	}
	return true
}

func (r *reader) end() bool {
	if len(r.open) == 0 {
		return r.fail(r.at, "an end tag without its start tag")
	}
	last := r.open[len(r.open)-1]
	if r.prefix != last.prefix || r.local != last.local {
		return r.fail(r.at, "an end tag without its start tag")
	}
	r.open = r.open[:len(r.open)-1]
	r.bindings = r.bindings[:last.bindings]
	r.done = len(r.open) == 0
	return true
}

// declare brings a declaration into force (Namespaces in XML 1.0, sections 3
// and 5). One that changes nothing is not kept.
func (r *reader) declare(prefix, space string) bool {
	if prefix == "xml" && space == xmlNamespace {
		return true
	}
	if prefix == "xml" || prefix == "xmlns" || space == xmlNamespace || space == xmlnsNamespace || prefix != "" && space == "" {
		return r.fail(r.at, "a namespace declaration that is not allowed")
	}
	if now, ok := r.lookup(prefix); ok && now == space {
		return true
	}
	if len(r.bindings) == maxBindings {
		return r.fail(r.at, "too many namespace declarations")
	}
	r.bindings = append(r.bindings, binding{prefix, space})
	return true
}

// lookup returns the namespace a prefix stands for; the default namespace,
// prefix "", is "" where none is declared.
func (r *reader) lookup(prefix string) (space string, ok bool) {
	for i := len(r.bindings) - 1; i >= 0; i-- {
		if b := &r.bindings[i]; b.prefix == prefix {
			return b.space, true
		}
	}
	if prefix == "xml" {
		return xmlNamespace, true
	}
	return "", prefix == ""
}

// twice reports whether two attributes have the same expanded name. Among them
// declarations count as names of their own namespace.
func twice(attrs []attribute) bool {
	const few = 16
	if len(attrs) > few {
		seen := make(map[Name]bool, len(attrs))
		for _, a := range attrs {
			seen[Name{a.space, a.local}] = true
		}
		return len(seen) < len(attrs)
	}
	for i := range attrs {
		for j := range i {
			if attrs[i].local == attrs[j].local && attrs[i].space == attrs[j].space {
				return true
			}
		}
	}
	return false
}

// readerOf returns a reader of e alone, in the namespace context of its
// ancestors. What Parse has accepted it reads without an error.
func readerOf(e *Element) *reader {
	r := &reader{scanner: scanner{doc: e.doc.text[:e.end], pos: e.begin}}
	var around []*Element
	for up := e.parent; up != nil; up = up.parent {
		around = append(around, up)
	}
	for _, up := range slices.Backward(around) {
		for _, b := range up.scope {
			r.declare(b.prefix, b.space)
		}
	}
	return r
}
