package xmldsig_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/smev/xmldsig"
)

func TestCanonical(t *testing.T) {
	for doc, want := range map[string]string{
		// Canonical XML 1.0, sections 3.2 to 3.4, as far as no document type
		// is needed.
		"<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>": "<doc>\n   <clean>   </clean>\n   <mixed>\n      A\n      <clean>   </clean>\n   </mixed>\n</doc>",
		`<e1   />`:                  `<e1></e1>`,
		`<e2   ></e2>`:              `<e2></e2>`,
		`<e3   name = "elem3"   />`: `<e3 name="elem3"></e3>`,
		`<e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm" xmlns:b="http://www.ietf.org" xmlns:a="http://www.w3.org" xmlns="http://example.org"/>`:                                `<e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>`,
		`<e6 xmlns="" xmlns:a="http://www.w3.org"><e7 xmlns="http://www.ietf.org"><e8 xmlns="" xmlns:a="http://www.w3.org"><e9 xmlns="" xmlns:a="http://www.ietf.org"/></e8></e7></e6>`: `<e6><e7 xmlns="http://www.ietf.org"><e8 xmlns=""><e9></e9></e8></e7></e6>`,
		"<text>First line&#x0d;&#10;Second line</text>":                                            "<text>First line&#xD;\nSecond line</text>",
		"<value>&#x32;</value>":                                                                    "<value>2</value>",
		`<value><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></value>`:                      `<value>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</value>`,
		`<compute expr='value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"'>valid</compute>`:      `<compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute>`,
		"<norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>":                                  "<norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm>",
		"<?out?><a><?in  some\r\ndata ?><?p?><!-- c --></a><!-- d -->":                             "<a><?in some\ndata ?><?p?></a>",
		`<a xmlns:z="u:1" xmlns:y="u:2" z:b="1" y:a="2" c="3"/>`:                                   `<a xmlns:y="u:2" xmlns:z="u:1" c="3" z:b="1" y:a="2"></a>`,
		"<a xmlns:p='u:1' xmlns:q='u:2'><p:b xmlns:p='u:3'><p:c xmlns:p='u:1'/></p:b></a>":         `<a><p:b xmlns:p="u:3"><p:c xmlns:p="u:1"></p:c></p:b></a>`,
		`<a xml:lang="ru" xmlns:xml="http://www.w3.org/XML/1998/namespace"><b xml:space="p"/></a>`: `<a xml:lang="ru"><b xml:space="p"></b></a>`,
		`<a xmlns="urn:1?a&amp;b&lt;&quot;&#10;"/>`:                                                `<a xmlns="urn:1?a&amp;b&lt;&quot;&#xA;"></a>`,
		"\uFEFF<a>\uFEFF\u0085\u2028\U0001F600</a>":                                                "<a>\uFEFF\u0085\u2028\U0001F600</a>",
		// Code points, not UTF-16 units: U+10400 stands behind U+FFxx.
		"<a \U00010400=\"1\" \uFF41=\"2\"/>": "<a \uFF41=\"2\" \U00010400=\"1\"></a>",
	} {
		if got := string(parse(t, doc).Canonical()); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", doc, got, want)
		}
	}
}

// Elements in a context, among them the examples of Exclusive XML
// Canonicalization 1.0, sections 2.1 and 2.2.
func TestCanonicalInContext(t *testing.T) {
	for _, c := range []struct {
		name, doc string
		inclusive []string
		want      string
	}{
		{"example of 2.2, first", `<n0:local xmlns:n0="foo:bar" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n0:local>`, nil,
			`<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>`},
		{"example of 2.2, second", `<n2:pdu xmlns:n1="http://example.com" xmlns:n2="http://foo.example" xml:lang="fr" xml:space="retain"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"/></n1:elem2></n2:pdu>`, nil,
			`<n1:elem2 xmlns:n1="http://example.net" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>`},
		{"context is declared where used", `<r xmlns="u:d" xmlns:p="u:p" xmlns:q="u:q"><b><p:c/></b></r>`, nil, `<b xmlns="u:d"><p:c xmlns:p="u:p"></p:c></b>`},
		{"nearest context", `<r xmlns:p="u:1"><s xmlns:p="u:2"><p:t/></s></r>`, nil, `<s><p:t xmlns:p="u:2"></p:t></s>`},
		{"default undeclared around", `<r xmlns="u:d"><b xmlns=""><c/></b></r>`, nil, `<b><c></c></b>`},
		{"default undeclared inside", `<r xmlns="u:d"><b><c xmlns=""><d/></c></b></r>`, nil, `<b xmlns="u:d"><c xmlns=""><d></d></c></b>`},
		{"default comes back", `<r xmlns="u:d"><b><c xmlns=""><d xmlns="u:d"/></c></b></r>`, nil, `<b xmlns="u:d"><c xmlns=""><d xmlns="u:d"></d></c></b>`},
		{"default through a prefix", `<r xmlns="u:d"><b><p:c xmlns:p="u:p" xmlns=""><d/></p:c></b></r>`, nil, `<b xmlns="u:d"><p:c xmlns:p="u:p"><d xmlns=""></d></p:c></b>`},
		{"attribute without prefix uses none", `<r xmlns="u:d" xmlns:p="u:p"><p:b x="1"/></r>`, nil, `<p:b xmlns:p="u:p" x="1"></p:b>`},
		{"attribute uses a prefix", `<r xmlns:p="u:p"><b p:x="1"><c p:y="2"/></b></r>`, nil, `<b xmlns:p="u:p" p:x="1"><c p:y="2"></c></b>`},
		{"inclusive, unused", `<r xmlns:p="u:p" xmlns:q="u:q"><b><c/></b></r>`, []string{"q"}, `<b xmlns:q="u:q"><c></c></b>`},
		{"inclusive, rebound unused", `<r xmlns:p="u:p"><b><c xmlns:p="u:2"/></b></r>`, []string{"p"}, `<b xmlns:p="u:p"><c xmlns:p="u:2"></c></b>`},
		{"inclusive, used", `<r xmlns:p="u:p"><p:b><p:c/></p:b></r>`, []string{"p"}, `<p:b xmlns:p="u:p"><p:c></p:c></p:b>`},
		{"inclusive, not in force", `<r><b><c xmlns:p="u:p"/></b></r>`, []string{"p", "xml"}, `<b><c xmlns:p="u:p"></c></b>`},
		{"inclusive default", `<r xmlns="u:d" xmlns:p="u:p"><p:b><c xmlns=""/></p:b></r>`, []string{"#default"}, `<p:b xmlns="u:d" xmlns:p="u:p"><c xmlns=""></c></p:b>`},
		{"inclusive default, none", `<r><b/></r>`, []string{"#default"}, `<b></b>`},
		{"inclusive default, undeclared unused", `<r xmlns="u:d"><b><p:c xmlns="" xmlns:p="u:p"/></b></r>`, []string{"#default"}, `<b xmlns="u:d"><p:c xmlns="" xmlns:p="u:p"></p:c></b>`},
		{"inclusive, several", `<r xmlns:c="u:c" xmlns:a="u:a" xmlns:b="u:b"><c:b/></r>`, []string{"b", "a", "b"}, `<c:b xmlns:a="u:a" xmlns:b="u:b" xmlns:c="u:c"></c:b>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := parse(t, c.doc).Children[0]
			if got := string(e.Canonical(c.inclusive...)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			cut := parse(t, string(e.Raw()))
			if got := string(cut.Canonical(c.inclusive...)); got != c.want {
				t.Errorf("cut out, got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// An element that no document has, as a failed Sequence gives, is empty.
func TestNoDocument(t *testing.T) {
	var e xmldsig.Element
	if got := e.Canonical(); got != nil {
		t.Errorf("Canonical: got %q", got)
	}
	if got := e.Raw(); got != nil {
		t.Errorf("Raw: got %q", got)
	}
	if got := xmldsig.Splice(&e, []byte("<a/>")); got != nil {
		t.Errorf("Splice: got %q", got)
	}
	if got, err := e.Transform(); err == nil {
		t.Errorf("Transform: got %q", got)
	}
	if got, err := e.Leaf(); got != "" || err != nil {
		t.Errorf("Leaf: got %q, %v", got, err)
	}
}

// Documents from a generator, whole and by element, have the canonical form
// that libxml2 gives them.
func TestCanonicalLibxml2(t *testing.T) {
	xmllint := outside.Need(t, "xmllint")
	type task struct{ doc, want []byte }
	var tasks []task
	for seed := range uint64(240) {
		g := newGenerator(seed)
		g.document()
		root, bare := parse(t, g.full.String()), parse(t, g.bare.String())
		elements, same := descendants(root), descendants(bare)
		// xmllint writes comments, so it is given the document without.
		tasks = append(tasks, task{[]byte(g.bare.String()), root.Canonical()})
		i := g.IntN(len(elements))
		tasks = append(tasks, task{same[i].Raw(), elements[i].Canonical()})
	}
	messages, err := filepath.Glob("testdata/signed/*.xml")
	if err != nil || len(messages) != 7 {
		t.Fatalf("got %d messages, %v, want 7", len(messages), err)
	}
	for _, file := range messages {
		doc := read(t, file)
		tasks = append(tasks, task{doc, parse(t, string(doc)).Canonical()})
	}
	dir := t.TempDir()
	var running sync.WaitGroup
	next := make(chan task)
	for worker := range 4 {
		file := filepath.Join(dir, string(rune('a'+worker)))
		running.Go(func() {
			for k := range next {
				if err := os.WriteFile(file, k.doc, 0o600); err != nil {
					t.Error(err)
					continue
				}
				got, err := exec.Command(xmllint, "--nonet", "--exc-c14n", file).Output()
				if err != nil {
					t.Errorf("xmllint: %v\n%s", err, k.doc)
				} else if !bytes.Equal(got, k.want) {
					t.Errorf("%q:\ngot     %q\nxmllint %q", k.doc, k.want, got)
				}
			}
		})
	}
	for _, k := range tasks {
		next <- k
	}
	close(next)
	running.Wait()
}

// descendants returns e and the elements in it in document order.
func descendants(e *xmldsig.Element) []*xmldsig.Element {
	list := []*xmldsig.Element{e}
	for _, c := range e.Children {
		list = append(list, descendants(c)...)
	}
	return list
}
