package xmldsig_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/xmldsig"
)

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat("<a>", 65) + strings.Repeat("</a>", 65)
	for name, doc := range map[string]string{
		"empty":                     "",
		"blank":                     " \n",
		"not UTF-8":                 "<a>\xff</a>",
		"another encoding":          `<?xml version="1.0" encoding="windows-1251"?><a/>`,
		"document type":             `<!DOCTYPE a><a/>`,
		"entity declaration":        `<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`,
		"unknown entity":            `<a>&e;</a>`,
		"processing instruction":    `<a><?php ?></a>`,
		"late XML declaration":      ` <?xml version="1.0"?><a/>`,
		"second root":               `<a/><b/>`,
		"trailing text":             `<a/>x`,
		"leading text":              `x<a/>`,
		"cut short":                 `<a><b></b>`,
		"wrong end tag":             `<a></b>`,
		"end tag by another prefix": `<p:a xmlns:p="u" xmlns:q="u"></q:a>`,
		"stray end tag":             `</a>`,
		"undeclared prefix":         `<p:a/>`,
		"undeclared attr prefix":    `<a p:b="1"/>`,
		"emptied prefix":            `<a xmlns:p=""/>`,
		"rebound xml":               `<a xmlns:xml="u"/>`,
		"stolen xml namespace":      `<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>`,
		"declared xmlns":            `<a xmlns:xmlns="u"/>`,
		"declaration twice":         `<a xmlns:p="u" xmlns:p="v"/>`,
		"default twice":             `<a xmlns="u" xmlns="v"/>`,
		"attribute twice":           `<a b="1" b="2"/>`,
		"attribute by two prefixes": `<a xmlns:p="u" xmlns:q="u" p:b="1" q:b="2"/>`,
		"two colons":                `<p:q:a xmlns:p="u"/>`,
		"colon first":               `<:a/>`,
		"too deep":                  deep,
		"control character":         "<a>\x01</a>",
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := xmldsig.Parse([]byte(doc)); err == nil || e != nil {
				t.Fatalf("got element %v, error %v, want a refusal", e, err)
			}
		})
	}
}

func TestParseAccepts(t *testing.T) {
	for name, doc := range map[string]string{
		"plain":               `<a/>`,
		"declaration":         `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>`,
		"byte order mark":     "\uFEFF<a/>",
		"mark, declaration":   "\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\" ?>\r\n<a/>\n",
		"comments around":     `<!-- x --><a/><!-- y -->`,
		"default undeclared":  `<a xmlns="u"><b xmlns=""/></a>`,
		"xml prefix":          `<a xml:lang="ru"/>`,
		"same local name":     `<a xmlns:p="u" p:b="1" b="2"/>`,
		"CDATA":               `<a><![CDATA[<&>]]></a>`,
		"depth at the limit":  strings.Repeat("<a>", 64) + strings.Repeat("</a>", 64),
		"numeric characters":  `<a>&#x421;&#1091;</a>`,
		"predefined entities": `<a b="&quot;">&lt;&amp;&gt;</a>`,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := xmldsig.Parse([]byte(doc)); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A comment does not cut a text in two: a reader that stops at it would see
// another value than the signer did.
func TestTextAroundComment(t *testing.T) {
	e, err := xmldsig.Parse([]byte(`<a>12<!-- x -->34<![CDATA[56]]></a>`))
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := e.Leaf(); got != "123456" {
		t.Errorf("got %q, want 123456", got)
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
	if n, err := b.Children[0].QName(" q:n "); err != nil || n != (xmldsig.Name{Space: "z", Local: "n"}) {
		t.Errorf("QName: got %v, %v", n, err)
	}
	if _, err := b.QName("nowhere:n"); err == nil {
		t.Error("QName accepts an undeclared prefix")
	}
}

func TestWriter(t *testing.T) {
	var w xmldsig.Writer
	w.Open("p:a", "xmlns:p", "u", "t", "<\"&\t\n\r>")
	w.Leaf("p:b", "<&>\"\r\n")
	w.Leaf("p:c", "")
	w.OptionalLeaf("p:d", "")
	w.Open("p:e")
	w.Raw([]byte("<x/>"))
	w.Close()
	w.Close()
	got, err := w.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	want := `<p:a xmlns:p="u" t="&lt;&quot;&amp;&#x9;&#xA;&#xD;>"><p:b>&lt;&amp;&gt;"&#xD;` + "\n" + `</p:b><p:c/><p:e><x/></p:e></p:a>`
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

// FuzzParse holds the reader to two promises: what it accepts can be cut out
// and read again as the same tree, and an error never quotes the document.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`<p:a xmlns:p="u" xmlns="d"><b q="1">text</b><!-- c --><p:c/></p:a>`))
	f.Add([]byte("\uFEFF<?xml version=\"1.0\"?>\n<a xml:lang='ru'><![CDATA[<]]>&#x41;</a>"))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`))
	goldens, _ := filepath.Glob("../../client/testdata/golden/*.xml")
	for _, g := range goldens {
		doc, err := os.ReadFile(g)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(doc)
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := xmldsig.Parse(doc)
		if err != nil {
			if e != nil {
				t.Fatal("an element together with an error")
			}
			return
		}
		for _, c := range append(e.Children, e) {
			again, err := xmldsig.Parse(c.Raw())
			if err != nil {
				t.Fatalf("%q: %v", c.Raw(), err)
			}
			if !same(c, again) {
				t.Fatalf("cut out, %q reads differently", c.Raw())
			}
		}
	})
}

func same(a, b *xmldsig.Element) bool {
	if a.Name != b.Name || len(a.Attrs) != len(b.Attrs) || len(a.Children) != len(b.Children) {
		return false
	}
	for i := range a.Attrs {
		if a.Attrs[i] != b.Attrs[i] {
			return false
		}
	}
	for i := range a.Children {
		if !same(a.Children[i], b.Children[i]) {
			return false
		}
	}
	at, aerr := a.Leaf()
	bt, berr := b.Leaf()
	return at == bt && (aerr == nil) == (berr == nil)
}
