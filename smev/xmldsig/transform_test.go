package xmldsig_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/smev/xmldsig"
)

func TestTransformVectors(t *testing.T) {
	inputs, err := filepath.Glob("testdata/transform/*/*.in.xml")
	if err != nil || len(inputs) != 24 {
		t.Fatalf("got %d vectors, %v, want 24", len(inputs), err)
	}
	for _, in := range inputs {
		t.Run(strings.TrimSuffix(filepath.Base(in), ".in.xml"), func(t *testing.T) {
			e := parse(t, string(read(t, in)))
			want := string(read(t, strings.TrimSuffix(in, ".in.xml")+".out.xml"))
			got, err := e.Transform()
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != want {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			// Both steps one after the other, as the recommendations have it.
			got, err = parse(t, string(e.Canonical())).Transform()
			if err != nil || string(got) != want {
				t.Errorf("in two steps got %q, %v\nwant %q", got, err, want)
			}
		})
	}
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parse(t testing.TB, doc string) *xmldsig.Element {
	t.Helper()
	e, err := xmldsig.Parse([]byte(doc))
	if err != nil {
		t.Fatalf("%v\n%.2000q", err, doc)
	}
	return e
}

// Generated documents have the form that the rules give, followed one by one
// on the canonical form.
func TestTransformPlain(t *testing.T) {
	split := 0
	for seed := range uint64(3000) {
		g := newGenerator(seed)
		g.signable = true
		g.document()
		elements := descendants(parse(t, g.full.String()))
		e := elements[g.IntN(len(elements))]
		canonical := e.Canonical()
		want, err := plainTransform(canonical)
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.Transform()
		if err != nil || string(got) != want {
			t.Fatalf("%q:\ngot  %q, %v\nwant %q", e.Raw(), got, err, want)
		}
		// What is transformed already stays as it is, unless an instruction
		// had split its text.
		if strings.Contains(string(canonical), "<?") {
			split++
			continue
		}
		again, err := parse(t, want).Transform()
		if err != nil || string(again) != want {
			t.Fatalf("again, got %q, %v\nwant %q", again, err, want)
		}
	}
	if split < 500 || split > 2500 {
		t.Errorf("%d of 3000 documents have instructions", split)
	}
}

// Text of all lengths around the limits of Woodstox, with every character that
// it treats by what stands before.
func TestTransformBoundaries(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for length := range 40 {
		for _, base := range []int{0, 500, 1010, 16380} {
			for range 8 {
				text := ""
				for range length {
					text += pick(&generator{Rand: r}, []string{"x", "&gt;", ">", "]", "&lt;", "&amp;", "&#13;", "ж", "\u20ac", "\U0001F600", "<!-- -->", "<![CDATA[>]]>"})
				}
				text = strings.ReplaceAll(strings.Repeat("y", base)+text+"&gt;", "]]>", "]]&gt;")
				text = strings.ReplaceAll(text, "[>]]&gt;", "[>]]>")
				e := parse(t, `<a xmlns="urn:x">`+text+`</a>`)
				want, err := plainTransform(e.Canonical())
				if err != nil {
					t.Fatal(err)
				}
				if got, err := e.Transform(); err != nil || string(got) != want {
					t.Fatalf("%q:\ngot  %q, %v\nwant %q", text, got, err, want)
				}
			}
		}
	}
}

// The digest is of the same bytes, though they never stand together.
func TestDigest(t *testing.T) {
	big := `<a xmlns="urn:x"><b>` + strings.Repeat("&gt;ж] ", 9000) + `</b><c>` + strings.Repeat("Base64\r\n", 9000) + "</c><d>\r\n" +
		strings.Repeat(" ", 50000) + "</d>" + strings.Repeat(`<e f="1"/>`, 5000) + `</a>`
	docs := []string{big, `<a xmlns="urn:x"/>`, "<a xmlns='urn:x' b='&#10;'>&#13;</a>"}
	for seed := range uint64(300) {
		g := newGenerator(seed)
		g.signable = true
		g.document()
		docs = append(docs, g.full.String())
	}
	for _, doc := range docs {
		e := parse(t, doc)
		for _, escaping := range []xmldsig.Escaping{xmldsig.Woodstox, xmldsig.C14N} {
			whole, err := e.TransformIn(escaping)
			if err != nil {
				t.Fatal(err)
			}
			want := sha256.Sum256(whole)
			got, _, err := e.Digest(sha256.New(), escaping)
			if err != nil || !bytes.Equal(got, want[:]) {
				t.Fatalf("%.200q: got %x, %v, want %x", doc, got, err, want)
			}
		}
	}
}

// The second form is what canonicalization would make of the first, and is
// asked for where the forms differ.
func TestTransformC14N(t *testing.T) {
	for doc, want := range map[string]string{
		`<a xmlns="urn:x" b="1&#10;&#13;&#9;>">x&gt;y&#13;</a>`: `<ns1:a xmlns:ns1="urn:x" b="1&#xA;&#xD;&#x9;>">x&gt;y&#xD;</ns1:a>`,
		`<a xmlns="urn:x">x<?p?>&gt;</a>`:                       `<ns1:a xmlns:ns1="urn:x">x&gt;</ns1:a>`,
		`<a xmlns="urn:x"> &#13; </a>`:                          `<ns1:a xmlns:ns1="urn:x"></ns1:a>`,
		`<a xmlns="urn:x" b="&gt;&quot;">&amp;&lt;</a>`:         `<ns1:a xmlns:ns1="urn:x" b=">&quot;">&amp;&lt;</ns1:a>`,
	} {
		got, err := parse(t, doc).TransformIn(xmldsig.C14N)
		if err != nil || string(got) != want {
			t.Errorf("%s:\ngot  %s, %v\nwant %s", doc, got, err, want)
		}
	}
	for seed := range uint64(500) {
		g := newGenerator(seed)
		g.signable = true
		g.document()
		e := parse(t, g.full.String())
		first, _ := e.TransformIn(xmldsig.Woodstox)
		second, _ := e.TransformIn(xmldsig.C14N)
		_, loose, err := e.Digest(sha256.New(), xmldsig.Woodstox)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, second) && !loose {
			t.Fatalf("%q: the forms differ and nobody says so", g.full.String())
		}
		again, err := parse(t, string(second)).TransformIn(xmldsig.C14N)
		if err != nil || !bytes.Equal(again, second) {
			t.Fatalf("%q: again, got %q, %v\nwant %q", g.full.String(), again, err, second)
		}
	}
}

func TestTransformRefuses(t *testing.T) {
	for doc, want := range map[string]string{
		`<a/>`:                                           "xmldsig: byte 0: a: an element without a namespace",
		`<a xmlns="urn:x"><b xmlns=""/></a>`:             "xmldsig: byte 17: b: an element without a namespace",
		`<a xmlns="urn:x" xml:lang="ru"/>`:               "xmldsig: byte 0: a: a name with the prefix xml",
		`<a xmlns="urn:x"><b xml:space="preserve"/></a>`: "xmldsig: byte 17: b: a name with the prefix xml",
		`<xml:a/>`:                                       "xmldsig: byte 0: a: a name with the prefix xml",
		`<a xmlns="x"/>`:                                 "xmldsig: byte 0: a: a relative namespace name",
		`<a xmlns="../x:y"/>`:                            "xmldsig: byte 0: a: a relative namespace name",
		`<a xmlns="1x:y"/>`:                              "xmldsig: byte 0: a: a relative namespace name",
		`<a xmlns="a,b:y"/>`:                             "xmldsig: byte 0: a: a relative namespace name",
		`<a xmlns=":x"/>`:                                "xmldsig: byte 0: a: a relative namespace name",
		`<a xmlns="urn:x" xmlns:p="x" p:b=""/>`:          "xmldsig: byte 0: a: a relative namespace name",
	} {
		got, err := parse(t, doc).Transform()
		var refused *xmldsig.TransformError
		if !errors.As(err, &refused) || got != nil || err.Error() != want {
			t.Errorf("%s: got %q, %v, want %s", doc, got, err, want)
		}
	}
	for _, space := range []string{"urn:x", "HTTP://x", "a+b-c.1:"} {
		if _, err := parse(t, `<a xmlns="`+space+`"/>`).Transform(); err != nil {
			t.Errorf("%s: %v", space, err)
		}
	}
	// What is declared and not used does not matter.
	if _, err := parse(t, `<a xmlns="urn:x" xmlns:p="x" xml="1"/>`).Transform(); err != nil {
		t.Error(err)
	}
}

// Attributes stand in the order of Java's strings: U+10400, surrogates, before
// U+FF41.
func TestTransformOrder(t *testing.T) {
	got, err := parse(t, "<a xmlns='urn:x' \uFF41='1' \U00010400='2' xmlns:p='urn:\uFF41' xmlns:q='urn:\U00010400' p:z='3' q:z='4' q:a='5'/>").Transform()
	want := "<ns1:a xmlns:ns1=\"urn:x\" xmlns:ns2=\"urn:\U00010400\" xmlns:ns3=\"urn:\uFF41\"" +
		" ns2:a=\"5\" ns2:z=\"4\" ns3:z=\"3\" \U00010400=\"2\" \uFF41=\"1\"></ns1:a>"
	if err != nil || string(got) != want {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
}

func TestCompareUTF16(t *testing.T) {
	words := []string{"", "a", "ab", "b", "\u00e9", "\u0416", "\ud7ff", "\ue000", "\uf900", "\uffee", "\U00010000", "\U0010fffd",
		"x\ue000", "x\U00010000", "x\U00010000a", "\ue000\U00010000", "\U00010000\ue000"}
	for _, a := range words {
		for _, b := range words {
			if got, want := xmldsig.CompareUTF16(a, b), slices.Compare(units(a), units(b)); got != want {
				t.Errorf("%+q, %+q: got %d, want %d", a, b, got, want)
			}
		}
	}
}
