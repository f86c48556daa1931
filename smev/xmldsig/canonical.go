package xmldsig

import "slices"

// Canonical returns the element in the form of Exclusive XML Canonicalization
// 1.0 (W3C, 2002; RFC 3741) without comments, in UTF-8. The namespaces of the
// prefixes in inclusive, the PrefixList of InclusiveNamespaces, are declared
// as Canonical XML 1.0 declares all: where they are in force, used or not.
// "#default" stands for the default namespace.
//
// Relative namespace names are written as they are: both recommendations would
// have canonicalization fail on them, and [Element.Transform] does.
func (e *Element) Canonical(inclusive ...string) []byte {
	if e.doc == nil {
		return nil
	}
	c := canonicalizer{
		reader:    readerOf(e),
		inclusive: inclusive,
		out:       make([]byte, 0, e.end-e.begin+64),
	}
	for c.next() {
		switch c.kind {
		case startTag:
			c.startTag()
		case endTag:
			c.out = append(appendName(append(c.out, "</"...), c.prefix, c.local), '>')
			c.rendered = c.rendered[:c.around[len(c.around)-1]]
			c.around = c.around[:len(c.around)-1]
		case charData:
			c.charData()
		case cdata:
			c.joined = appendLines(c.joined[:0], c.text)
			c.out = appendEscaped(c.out, c.joined, &textEscapes)
		case instruction:
			c.instruction()
		}
	}
	return c.out
}

type canonicalizer struct {
	*reader
	inclusive []string
	out       []byte

	rendered []binding // declarations written and still open, innermost last
	around   []int     // for each open element, how many were written around it
	order    []int     // of the attributes of a start tag, without declarations
	joined   []byte    // text with its references resolved
}

func (c *canonicalizer) startTag() {
	around := len(c.rendered)
	c.around = append(c.around, around)
	// The prefixes visibly used (section 1.1), then those asked for. An
	// attribute without a prefix uses none: no namespace is not the default.
	c.order = c.order[:0]
	c.render(c.prefix)
	for i := range c.attrs {
		a := &c.attrs[i]
		if a.space == xmlnsNamespace {
			continue
		}
		if a.prefix != "" {
			c.render(a.prefix)
		}
		c.order = append(c.order, i)
	}
	for _, prefix := range c.inclusive {
		if prefix == "#default" {
			prefix = ""
		}
		c.render(prefix)
	}
	declared := c.rendered[around:]
	slices.SortFunc(declared, byPrefix)
	slices.SortFunc(c.order, func(i, j int) int { return byName(&c.attrs[i], &c.attrs[j]) })

	c.out = appendName(append(c.out, '<'), c.prefix, c.local)
	for _, d := range declared {
		c.out = appendDeclaration(c.out, d)
	}
	for _, i := range c.order {
		a := &c.attrs[i]
		c.out = appendAttr(c.out, a.prefix, a.local, a.value)
	}
	c.out = append(c.out, '>')
}

// render notes a prefix for declaration, unless the output has it declared so
// already: nothing declared is the same as xmlns="" there. The prefix xml is
// never declared.
func (c *canonicalizer) render(prefix string) {
	space, ok := c.lookup(prefix)
	if !ok || prefix == "xml" {
		return
	}
	now := ""
	for _, b := range slices.Backward(c.rendered) {
		if b.prefix == prefix {
			now = b.space
			break
		}
	}
	if now != space {
		c.rendered = append(c.rendered, binding{prefix, space})
	}
}

func (c *canonicalizer) charData() {
	raw := c.text
	if plain(raw) {
		c.out = appendEscaped(c.out, raw, &textEscapes)
		return
	}
	c.joined = appendText(c.joined[:0], raw)
	c.out = appendEscaped(c.out, c.joined, &textEscapes)
}

func (c *canonicalizer) instruction() {
	c.out = append(append(c.out, "<?"...), c.local...)
	if data := c.text; data != "" {
		c.out = appendLines(append(c.out, ' '), data)
	}
	c.out = append(c.out, "?>"...)
}
