package xmldsig_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Each document is refused at the byte marked with ^, which is not part of it.
func TestParseRefuses(t *testing.T) {
	many := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	for name, marked := range map[string]string{
		"empty":                       "^",
		"blank":                       " \n^",
		"only a comment":              "<!-- -->^",
		"not UTF-8":                   "<a>^\xff</a>",
		"overlong UTF-8":              "<a>^\xc0\xaf</a>",
		"surrogate in UTF-8":          "<a>^\xed\xa0\x80</a>",
		"cut in a character":          "<a>^\xd0</a>",
		"UTF-16":                      "^\xff\xfe<\x00a\x00/\x00>\x00",
		"two byte order marks":        "\uFEFF^\uFEFF<a/>",
		"control character":           "<a>^\x01</a>",
		"NUL":                         "<a>^\x00</a>",
		"form feed in a tag":          "<a^\f/>",
		"U+FFFE":                      "<a>^\uFFFE</a>",
		"another encoding":            `^<?xml version="1.0" encoding="windows-1251"?><a/>`,
		"UTF-16 declared":             `^<?xml version="1.0" encoding="UTF-16"?><a/>`,
		"version 1.1":                 `^<?xml version="1.1"?><a/>`,
		"no version":                  `^<?xml encoding="UTF-8"?><a/>`,
		"reference in declaration":    `^<?xml version="&#49;.0"?><a/>`,
		"encoding before version":     `^<?xml encoding="UTF-8" version="1.0"?><a/>`,
		"standalone perhaps":          `^<?xml version="1.0" standalone="perhaps"?><a/>`,
		"more in declaration":         `^<?xml version="1.0" extra="1"?><a/>`,
		"late declaration":            ` ^<?xml version="1.0"?><a/>`,
		"declaration inside":          `<a>^<?xml version="1.0"?></a>`,
		"declaration in capitals":     `^<?XML version="1.0"?><a/>`,
		"document type":               `^<!DOCTYPE a><a/>`,
		"document type after comment": `<!-- -->^<!DOCTYPE a><a/>`,
		"document type inside":        `<a>^<!DOCTYPE a></a>`,
		"entity declaration":          `^<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`,
		"unknown entity":              `<a>1^&e;</a>`,
		"unknown entity in value":     `<a b="1^&e;"/>`,
		"entity of HTML":              `<a>^&nbsp;</a>`,
		"ampersand":                   `<a>^& </a>`,
		"reference without ;":         `<a>^&lt</a>`,
		"reference of no digits":      `<a>^&#;</a>`,
		"reference of no hex digits":  `<a>^&#x;</a>`,
		"reference with X":            `<a>^&#X41;</a>`,
		"reference with sign":         `<a>^&#+65;</a>`,
		"reference to NUL":            `<a>^&#0;</a>`,
		"reference to a surrogate":    `<a>^&#xD800;</a>`,
		"reference to U+FFFF":         `<a>^&#xFFFF;</a>`,
		"reference beyond Unicode":    `<a>^&#x110000;</a>`,
		"reference that overflows":    `<a>^&#x100000041;</a>`,
		"second root":                 `<a/>^<b/>`,
		"trailing text":               `<a/>^x`,
		"trailing reference":          `<a/>^&#32;`,
		"trailing CDATA":              `<a/>^<![CDATA[ ]]>`,
		"leading text":                `^x<a/>`,
		"cut short":                   `<a><b></b>^`,
		"cut in a start tag":          `<a^`,
		"cut in an end tag":           `<a></a^`,
		"cut in a value":              `<a b=^"1`,
		"cut in a comment":            `<a>^<!-- `,
		"cut in CDATA":                `<a>^<![CDATA[`,
		"cut in an instruction":       `<a>^<?p `,
		"wrong end tag":               `<a>^</b>`,
		"crossed tags":                `<a><b>^</a></b>`,
		"end tag by another prefix":   `<p:a xmlns:p="u" xmlns:q="u">^</q:a>`,
		"stray end tag":               `^</a>`,
		"end tag with attribute":      `<a></a ^b="1">`,
		"space before a name":         `<^ a/>`,
		"space before the slash":      `<a></^ a>`,
		"slash apart":                 `<a^/ >`,
		"empty tag":                   `<^></>`,
		"name begins with a digit":    `<^1a/>`,
		"name begins with a dash":     `<^-a/>`,
		"name with a sign":            `<a^+b/>`,
		"name of a combining mark":    "<^\u0300/>",
		"name with a times sign":      "<a^\u00D7/>",
		"local part begins with 1":    `<p:^1a xmlns:p="u"/>`,
		"attribute without value":     `<a b^/>`,
		"attribute without quotes":    `<a b=^1/>`,
		"attribute, mixed quotes":     `<a b=^"1'/>`,
		"attributes without space":    `<a b="1"^c="2"/>`,
		"attribute of a bad name":     `<a ^1="1"/>`,
		"attribute, colon last":       `<a p:^="1" xmlns:p="u"/>`,
		"tag in an attribute":         `<a b="^<"/>`,
		"]]> in text":                 `<a>1^]]></a>`,
		"-- in a comment":             `<a><!-- ^-- --></a>`,
		"---> ends a comment":         `<a><!-- ^---></a>`,
		"CDATA in small letters":      `<a>^<![cdata[]]></a>`,
		"instruction without a name":  `<a>^<? p?></a>`,
		"instruction with a colon":    `<a>^<?p:q x?></a>`,
		"undeclared prefix":           `^<p:a/>`,
		"undeclared attr prefix":      `^<a p:b="1"/>`,
		"prefix of another branch":    `<a><b xmlns:p="u"/>^<p:c/></a>`,
		"element in xmlns":            `^<xmlns:a/>`,
		"emptied prefix":              `^<a xmlns:p=""/>`,
		"emptied prefix by space":     `<a xmlns:p="u">^<b xmlns:p=""/></a>`,
		"rebound xml":                 `^<a xmlns:xml="u"/>`,
		"stolen xml namespace":        `^<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`,
		"xml namespace by default":    `^<a xmlns="http://www.w3.org/XML/1998/namespace"/>`,
		"stolen xmlns namespace":      `^<a xmlns:p="http://www.w3.org/2000/xmlns/"/>`,
		"xmlns namespace by default":  `^<a xmlns="http://www.w3.org/2000/xmlns/"/>`,
		"declared xmlns":              `^<a xmlns:xmlns="u"/>`,
		"declaration twice":           `^<a xmlns:p="u" xmlns:p="v"/>`,
		"same declaration twice":      `^<a xmlns:p="u" xmlns:p="u"/>`,
		"xml declared twice":          `^<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xmlns:xml="http://www.w3.org/XML/1998/namespace"/>`,
		"default twice":               `^<a xmlns="u" xmlns="v"/>`,
		"attribute twice":             `^<a b="1" b="2"/>`,
		"attribute by two prefixes":   `^<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`,
		"attribute twice among many":  `^<a` + many(20, ` b%d=""`) + ` b7=""/>`,
		"two colons":                  `<p:q^:a xmlns:p="u"/>`,
		"colon first":                 `<^:a/>`,
		"colon last":                  `<p:^ xmlns:p="u"/>`,
		"too deep":                    strings.Repeat("<a>", 64) + "^<a>" + strings.Repeat("</a>", 65),
		"too many attributes":         `<a` + many(256, ` b%d=""`) + ` ^c=""/>`,
		"too many namespaces":         `<a` + many(200, ` xmlns:n%d="u"`) + `>^<b` + many(57, ` xmlns:m%d="u"`) + `/></a>`,
	} {
		t.Run(name, func(t *testing.T) {
			at := strings.LastIndexByte(marked, '^')
			doc := marked[:at] + marked[at+1:]
			e, err := xmldsig.Parse([]byte(doc))
			if err == nil || e != nil {
				t.Fatalf("got element %v, error %v, want a refusal", e, err)
			}
			if want := fmt.Sprintf("xmldsig: byte %d: ", at); !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v, want %s…", err, want)
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	values := func(n int) (list string) {
		for i := range n {
			list += fmt.Sprintf(` b%d=""`, i)
		}
		return list
	}
	for name, doc := range map[string]string{
		"plain":                  `<a/>`,
		"declaration":            `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>`,
		"declaration, no space":  `<?xml version='1.0'?><a/>`,
		"byte order mark":        "\uFEFF<a/>",
		"mark, declaration":      "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<a/>\n",
		"instruction named xml-": `<?xml-stylesheet href="s"?><a/>`,
		"instructions":           `<?p?><a><?q  r?></a><?s t?>`,
		"comments around":        `<!-- x --><a/><!-- y -->`,
		"space in tags":          "<a\r\n\tb = '1'\n></a\t>",
		"default undeclared":     `<a xmlns="u"><b xmlns=""/></a>`,
		"xml prefix":             `<a xml:lang="ru"/>`,
		"xml declared":           `<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="ru"/>`,
		"same local name":        `<a xmlns:p="u" p:b="1" b="2"/>`,
		"CDATA":                  `<a><![CDATA[<&>]]></a>`,
		"]]> by reference":       `<a>]]&gt;</a>`,
		"]]> around a comment":   `<a>]]<!-- -->></a>`,
		"> in text":              `<a>></a>`,
		"quotes in quotes":       `<a b="'" c='"'>'"</a>`,
		"depth at the limit":     strings.Repeat("<a>", 64) + strings.Repeat("</a>", 64),
		"attributes at limit":    `<a` + values(256) + `/>`,
		"namespaces again":       strings.Repeat(`<p:a xmlns:p="u" xmlns="v" xmlns:q="w" xmlns:r="x" xmlns:s="y">`, 64) + strings.Repeat("</p:a>", 64),
		"numeric characters":     `<a>&#x421;&#1091;&#x0001F600;</a>`,
		"predefined entities":    `<a b="&quot;&apos;">&lt;&amp;&gt;</a>`,
		"less-than by number":    `<a b="&#60;"/>`,
		"Cyrillic names":         `<ф:Имя xmlns:ф="u" Ид-1.2="ё"></ф:Имя>`,
		"colon in an entity":     `<a b=":"/>`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := xmldsig.Parse([]byte(doc)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestParseSize(t *testing.T) {
	doc := []byte("<a>" + strings.Repeat(" ", xmldsig.MaxSize-7) + "</a>")
	if _, err := xmldsig.Parse(doc); err != nil {
		t.Errorf("%d bytes: %v", len(doc), err)
	}
	doc = append(doc, '\n')
	if _, err := xmldsig.Parse(doc); err == nil {
		t.Errorf("%d bytes are taken", len(doc))
	}
	elements := func(n int) []byte { return []byte("<a>" + strings.Repeat("<b/>", n-1) + "</a>") }
	if e, err := xmldsig.Parse(elements(1 << 19)); err != nil || len(e.Children) != 1<<19-1 {
		t.Errorf("half a million elements: %v", err)
	}
	if e, err := xmldsig.Parse(elements(1<<19 + 1)); err == nil || e != nil {
		t.Error("one element more is taken")
	}
}

// The tree does not follow what the caller does with the bytes afterwards.
func TestParseCopies(t *testing.T) {
	doc := []byte(`<a b="1">text</a>`)
	e := parse(t, string(doc))
	other, err := xmldsig.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	for i := range doc {
		doc[i] = '<'
	}
	if got, want := string(other.Canonical()), string(e.Canonical()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLeaf(t *testing.T) {
	for doc, want := range map[string]string{
		`<a/>`:                                   "",
		`<a></a>`:                                "",
		`<a> x </a>`:                             " x ",
		`<a>12<!-- x -->34<![CDATA[56]]></a>`:    "123456",
		`<a><!-- x --></a>`:                      "",
		"<a>1\r\n2\r3\n4&#13;\n5\r\r\n6</a>":     "1\n2\n3\n4\r\n5\n\n6",
		"<a><![CDATA[1\r\n2\r&amp;]]]]>\r</a>":   "1\n2\n&amp;]]\n",
		`<a>&lt;&#x3c;&#60;&amp;lt;</a>`:         "<<<&lt;",
		"<a>&#x1F600;\u00a0&quot;&apos;&gt;</a>": "\U0001F600\u00a0\"'>",
	} {
		if got, err := parse(t, doc).Leaf(); err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", doc, got, err, want)
		}
	}
	for doc, want := range map[string]string{
		`<a>1<?p?>2</a>`:    "xmldsig: byte 0: a holds a processing instruction where text is due",
		`<a><?p?>2</a>`:     "xmldsig: byte 0: a holds a processing instruction where text is due",
		`<a>secret<b/></a>`: "xmldsig: byte 0: a holds elements where text is due",
	} {
		if got, err := parse(t, doc).Leaf(); err == nil || got != "" || err.Error() != want {
			t.Errorf("%q: got %q, %v, want %s", doc, got, err, want)
		}
	}
}

// Attribute values are normalized as in XML 1.0, section 3.3.3.
func TestAttributeValues(t *testing.T) {
	for raw, want := range map[string]string{
		"":                      "",
		"1 2":                   "1 2",
		"1\t2\n3\r4\r\n5\n\r6":  "1 2 3 4 5  6",
		"&#9;&#10;&#13;&#13;\n": "\t\n\r\r ",
		"&lt;&quot;&amp;amp;>":  "<\"&amp;>",
		"&#x20;&#x1F600; ё":     " \U0001F600 ё",
		"x\r":                   "x ",
	} {
		e := parse(t, `<a b="`+raw+`"/>`)
		if got, ok := e.Attr(xmldsig.Name{Local: "b"}); !ok || got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
	// A declaration is an attribute, too.
	if e := parse(t, "<a xmlns='urn:&#x31;\n'/>"); e.Name.Space != "urn:1 " {
		t.Errorf("got namespace %q", e.Name.Space)
	}
}

func TestSequence(t *testing.T) {
	name := func(local string) xmldsig.Name { return xmldsig.Name{Space: "u", Local: local} }
	read := func(doc string) (string, error) {
		e, err := xmldsig.Parse([]byte(doc))
		if err != nil {
			return "", err
		}
		s := e.Sequence(name("r"))
		out := s.Text(name("a")) + "|" + s.OptionalText(name("b"))
		for _, c := range s.Many(name("c")) {
			text, err := c.Leaf()
			s.Fail(err)
			out += "|" + text
		}
		return out, s.End()
	}
	for doc, want := range map[string]string{
		`<r xmlns="u"><a>1</a></r>`:                             "1|",
		"<r xmlns='u'>\n <a>1</a> <b>2</b>\n</r>":               "1|2",
		`<p:r xmlns:p="u"><p:a>1</p:a><p:c>3</p:c><p:c/></p:r>`: "1||3|",
	} {
		if got, err := read(doc); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", doc, got, err, want)
		}
	}
	for doc, want := range map[string]string{
		`<r><a>1</a></r>`:                             "xmldsig: byte 0: r where r is due",
		`<r xmlns="u"/>`:                              "xmldsig: byte 0: r has no a in its place",
		`<r xmlns="u"><b>2</b><a>1</a></r>`:           "xmldsig: byte 0: r has no a in its place",
		`<r xmlns="u"><a>1</a><a>1</a></r>`:           "xmldsig: byte 21: a is not allowed here in r",
		`<r xmlns="u"><a>1</a><d/></r>`:               "xmldsig: byte 21: d is not allowed here in r",
		`<r xmlns="u"><a><x/></a></r>`:                "xmldsig: byte 13: a holds elements where text is due",
		`<r xmlns="u">secret<a>1</a></r>`:             "xmldsig: byte 0: text beside the elements of r",
		`<r xmlns="u"><a>1</a><a xmlns="v">1</a></r>`: "xmldsig: byte 21: a is not allowed here in r",
	} {
		if _, err := read(doc); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", doc, err, want)
		}
	}
}

func TestSequenceAny(t *testing.T) {
	e := parse(t, `<r><a/><b/></r>`)
	s := e.Sequence(xmldsig.Name{Local: "r"})
	if a, b := s.Any(), s.Any(); a.Name.Local != "a" || b.Name.Local != "b" || s.End() != nil {
		t.Errorf("got %v, %v, %v", a.Name, b.Name, s.End())
	}
	if more := s.Any(); more.Name.Local != "" || s.End() == nil {
		t.Errorf("got %v, %v", more.Name, s.End())
	}
	var missing *xmldsig.Element
	s = missing.Sequence(xmldsig.Name{Local: "r"})
	if any := s.Any(); any.Name.Local != "" || s.End() == nil || s.End().Error() != "xmldsig: r is missing" {
		t.Errorf("got %v, %v", any.Name, s.End())
	}
}

// Text beside elements is found in whatever way it is written.
func TestSequenceText(t *testing.T) {
	for doc, mixed := range map[string]bool{
		"<r> \r\n\t<a/></r>": false, "<r>&#32;&#x9; &#10;<a/>&#13;</r>": false, "<r><![CDATA[ ]]><a/><![CDATA[]]></r>": false,
		"<r><!-- x --><?y z?><a/></r>": false, "<r><a>x</a></r>": false,
		"<r>x<a/></r>": true, "<r><a/>&#x78;</r>": true, "<r><a/>&#32;&amp;</r>": true, "<r><a/> &#32;x</r>": true, "<r><![CDATA[x]]><a/></r>": true, "<r>\u00a0<a/></r>": true,
	} {
		s := parse(t, doc).Sequence(xmldsig.Name{Local: "r"})
		s.Optional(xmldsig.Name{Local: "a"})
		if got := s.End() != nil; got != mixed {
			t.Errorf("%q: got %v", doc, s.End())
		}
	}
}

func TestRaw(t *testing.T) {
	e, err := xmldsig.Parse([]byte(
		`<p:a xmlns:p="u" xmlns="d" xmlns:q="v&amp;&quot;w"><p:b xmlns:q="z" p:x="1"><c q:t="p:n">ж</c></p:b></p:a>`))
	if err != nil {
		t.Fatal(err)
	}
	b := e.Children[0]
	want := `<p:b xmlns="d" xmlns:p="u" xmlns:q="z" p:x="1"><c q:t="p:n">ж</c></p:b>`
	if got := string(b.Raw()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	want = `<c xmlns="d" xmlns:p="u" xmlns:q="z" q:t="p:n">ж</c>`
	if got := string(b.Children[0].Raw()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestQName(t *testing.T) {
	e := parse(t, `<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><b xmlns:q="urn:2"><c/></b><d xmlns=""/></a>`)
	c, d := e.Children[0].Children[0], e.Children[1]
	for value, want := range map[string]xmldsig.Name{
		"p:n": {Space: "urn:p", Local: "n"}, " q:n\n": {Space: "urn:2", Local: "n"}, "n": {Space: "urn:d", Local: "n"},
		"xml:lang": {Space: "http://www.w3.org/XML/1998/namespace", Local: "lang"},
	} {
		if got, err := c.QName(value); err != nil || got != want {
			t.Errorf("%q: got %v, %v, want %v", value, got, err, want)
		}
	}
	for _, value := range []string{"", ":", "p:", ":n", "p:q:n", "nowhere:n", "1", "p:1", "xmlns:n", "a b", "secret" + "\u00a0"} {
		got, err := c.QName(value)
		if err == nil || got != (xmldsig.Name{}) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: got %v, %v", value, got, err)
		}
	}
	if got, err := d.QName("n"); err != nil || got != (xmldsig.Name{Local: "n"}) {
		t.Errorf("no default namespace: got %v, %v", got, err)
	}
	if got, err := parse(t, "<a/>").QName("n"); err != nil || got != (xmldsig.Name{Local: "n"}) {
		t.Errorf("none declared: got %v, %v", got, err)
	}
}

func TestWriter(t *testing.T) {
	var w xmldsig.Writer
	w.Open("p:a", "xmlns:p", "u", "t", "<\"&\t\n\r>")
	w.Leaf("p:b", "<&>\"\r\n")
	w.Leaf("p:c", "")
	w.OptionalLeaf("p:d", "")
	w.OptionalLeaf("p:d", "d")
	w.Open("p:e")
	w.Raw([]byte("<x/>"))
	w.Close()
	w.Close()
	got, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := `<p:a xmlns:p="u" t="&lt;&quot;&amp;&#x9;&#xA;&#xD;>"><p:b>&lt;&amp;&gt;"&#xD;` + "\n" + `</p:b><p:c/><p:d>d</p:d><p:e><x/></p:e></p:a>`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	e, err := xmldsig.Parse(got)
	if err != nil {
		t.Fatal(err)
	}
	if v, ok := e.Attr(xmldsig.Name{Local: "t"}); !ok || v != "<\"&\t\n\r>" {
		t.Errorf("attribute: got %q", v)
	}
	if v, _ := e.Children[0].Leaf(); v != "<&>\"\r\n" {
		t.Errorf("text: got %q", v)
	}
	for _, bad := range []string{"\x00", "\x1f", "\ufffe", "\xff"} {
		var w xmldsig.Writer
		w.Leaf("a", bad)
		if b, err := w.Bytes(); err == nil || b != nil {
			t.Errorf("%q: written as %q", bad, b)
		}
	}
	var open xmldsig.Writer
	open.Open("a")
	if _, err := open.Bytes(); err == nil {
		t.Error("an open element is not reported")
	}
}
