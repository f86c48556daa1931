package xmldsig_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// generator writes documents that try a reader: the same seed, the same
// document. bare is full without its comments.
type generator struct {
	*rand.Rand
	full, bare strings.Builder
	spaces     []map[string]string // by prefix, for each open element
	signable   bool                // only names that SMEV's transform has a form for
}

func newGenerator(seed uint64) *generator {
	return &generator{Rand: rand.New(rand.NewPCG(seed, 0x584d4c)), spaces: []map[string]string{{"": ""}}}
}

var (
	genPrefixes = []string{"", "a", "b", "ab", "a1", "a-", "ф", "ns1", "ns2"}
	// Without '&': libxml2 2.9.14 writes it into declarations unescaped.
	genSpaces = []string{"urn:1", "urn:2", "urn:10", "http://example.org/?a=1;b=2", "http://example.org/", "urn:a:b", "http://www.w3.org/2001/XMLSchema-instance"}
	genLocals = []string{"a", "b", "A", "_z", "имя", "Имя", "type", "x1", "x10", "x-1", "lang", "\uFF41", "\U00010400"}
	genUsual  = genLocals[:11] // names that encoding/xml reads
	genTexts  = []string{
		"x", " ", "\n", "\t", "\r\n", "текст", "Ёё", "]", ">", "&gt;", "&lt;", "&amp;", "&quot;", "'", "\"", "&#13;", "&#xA;", "&#9;",
		"&#1078;", "&#x1F600;", "\U0001F600", "\u00a0", "\ue000", "\ufffd", "2020-05-20T07:52:37.000+03:00", "&apos;", "&#x3E;", "\r \r",
	}
	genValues = append([]string{"&#10;", "a\tb\nc\r\nd\re", "&lt;x>"}, slices.DeleteFunc(slices.Clone(genTexts), func(s string) bool { return s == "\"" })...)
)

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) local() string {
	if g.signable {
		return pick(g, genUsual)
	}
	return pick(g, genLocals)
}

func (g *generator) put(s string) {
	g.full.WriteString(s)
	g.bare.WriteString(s)
}

func (g *generator) document() {
	if g.IntN(3) == 0 {
		g.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	}
	if g.IntN(4) == 0 {
		g.full.WriteString("<!-- до -->\n")
	}
	g.element(0)
	if g.IntN(4) == 0 {
		g.put("\n")
	}
}

func (g *generator) element(depth int) {
	force := map[string]string{}
	for p, s := range g.spaces[len(g.spaces)-1] {
		force[p] = s
	}
	var attrs []string
	for _, p := range genPrefixes {
		if g.IntN(5) != 0 {
			continue
		}
		space := pick(g, genSpaces)
		switch {
		case p != "":
			attrs = append(attrs, fmt.Sprintf(`xmlns:%s="%s"`, p, space))
		case !g.signable && g.IntN(3) == 0:
			space = ""
			attrs = append(attrs, `xmlns=''`)
		default:
			attrs = append(attrs, fmt.Sprintf(`xmlns="%s"`, space))
		}
		force[p] = space
	}
	if g.signable && force[""] == "" {
		force[""] = "urn:1"
		attrs = append(attrs, `xmlns="urn:1"`)
	}
	var prefixes []string
	for _, p := range genPrefixes { // not over the map: its order changes
		if _, ok := force[p]; ok {
			prefixes = append(prefixes, p)
		}
	}
	seen := map[string]bool{}
	for range g.IntN(6) {
		p, local := pick(g, prefixes), g.local()
		name, expanded := local, "|"+local
		if p != "" {
			name, expanded = p+":"+local, force[p]+"|"+local
		} else if !g.signable && g.IntN(8) == 0 {
			name, expanded = "xml:"+local, "xml|"+local
		}
		if !seen[expanded] {
			seen[expanded] = true
			attrs = append(attrs, name+`="`+g.text(genValues, 4)+`"`)
		}
	}
	g.Shuffle(len(attrs), func(i, j int) { attrs[i], attrs[j] = attrs[j], attrs[i] })

	name := g.local()
	if p := pick(g, prefixes); p != "" {
		name = p + ":" + name
	}
	g.put("<" + name)
	for _, a := range attrs {
		g.put(pick(g, []string{" ", "  ", "\n", "\r\n\t"}) + a)
	}
	if g.IntN(6) == 0 {
		g.put("/>")
		return
	}
	g.put(">")
	g.spaces = append(g.spaces, force)
	for range g.IntN(7) {
		g.content(depth)
	}
	g.spaces = g.spaces[:len(g.spaces)-1]
	g.put("</" + name + ">")
}

func (g *generator) content(depth int) {
	switch g.IntN(9) {
	case 0, 1, 2:
		if depth < 6 {
			g.element(depth + 1)
		}
	case 3, 4:
		g.put(g.text(genTexts, 6))
	case 5:
		g.put("\n" + strings.Repeat("\t", depth))
	case 6:
		g.put("<![CDATA[" + pick(g, []string{"", "<x>&amp;", "]]", "a\r\nb\rc", " ", ">"}) + "]]>")
	case 7:
		g.full.WriteString("<!--" + pick(g, []string{"", " - ", "<b>", "&none;"}) + "-->")
	case 8:
		g.put("<?" + pick(g, []string{"p", "xml-x", "имя"}) + pick(g, []string{"", " ", " данные", "  a\r\nb ", "\t?>?<?q"}) + "?>")
	}
}

func (g *generator) text(from []string, most int) string {
	var b strings.Builder
	for range g.IntN(most) {
		b.WriteString(pick(g, from))
	}
	// "]]>" has no place in text.
	return strings.ReplaceAll(b.String(), "]]>", "]]&gt;")
}
