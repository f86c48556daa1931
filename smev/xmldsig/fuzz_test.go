package xmldsig_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev/xmldsig"
)

// seed adds the vectors, some generated documents and what is given.
func seed(f *testing.F, docs ...string) {
	for _, d := range docs {
		f.Add([]byte(d))
	}
	for _, pattern := range []string{"testdata/transform/*/*.xml", "testdata/signed/*.xml", "../client/testdata/golden/*.xml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			f.Add(read(f, file))
		}
	}
	for n := range uint64(30) {
		g := newGenerator(n)
		g.signable = n%2 == 0
		g.document()
		f.Add([]byte(g.full.String()))
	}
}

// FuzzParse holds the reader to its promises: what it accepts encoding/xml
// accepts, can be cut out and read again as the same tree, and has a canonical
// form whose canonical form it is.
func FuzzParse(f *testing.F) {
	seed(f, `<p:a xmlns:p="u" xmlns="d"><b q="1">text</b><!-- c --><p:c/></p:a>`,
		"\uFEFF<?xml version=\"1.0\"?>\n<a xml:lang='ru'><![CDATA[<]]>&#x41;</a>",
		`<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>`)
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := xmldsig.Parse(doc)
		if err != nil {
			if e != nil {
				t.Fatal("an element together with an error")
			}
			return
		}
		if err := readStandard(doc); err != nil && !unusualName(err) {
			t.Fatalf("accepted, and encoding/xml says %v", err)
		}
		for _, c := range append(e.Children, e) {
			again, err := xmldsig.Parse(c.Raw())
			if err != nil {
				t.Fatalf("%q: %v", c.Raw(), err)
			}
			if !same(c, again) {
				t.Fatalf("cut out, %q reads differently", c.Raw())
			}
			canonical := c.Canonical()
			if got := again.Canonical(); !bytes.Equal(got, canonical) {
				t.Fatalf("cut out, got %q, want %q", got, canonical)
			}
			again, err = xmldsig.Parse(canonical)
			if err != nil {
				t.Fatalf("%q: %v", canonical, err)
			}
			if !same(c, again) {
				t.Fatalf("%q reads differently from %q", canonical, c.Raw())
			}
			if got := again.Canonical(); !bytes.Equal(got, canonical) {
				t.Fatalf("again, got %q, want %q", got, canonical)
			}
		}
	})
}

// FuzzTransform compares the transform with the rules followed one by one on
// the canonical form, and with itself.
func FuzzTransform(f *testing.F) {
	seed(f, `<a xmlns="urn:x">&gt;]&gt;x&#13;&gt;<b xmlns="urn:y"/></a>`)
	f.Fuzz(func(t *testing.T, doc []byte) {
		e, err := xmldsig.Parse(doc)
		if err != nil {
			return
		}
		got, err := e.Transform()
		if err != nil {
			if got != nil {
				t.Fatal("bytes together with an error")
			}
			return
		}
		canonical := e.Canonical()
		twice, err := parse(t, string(canonical)).Transform()
		if err != nil || !bytes.Equal(twice, got) {
			t.Fatalf("in two steps got %q, %v, want %q", twice, err, got)
		}
		if plain, err := plainTransform(canonical); err == nil && plain != string(got) {
			t.Fatalf("got %q, want %q", got, plain)
		} else if err != nil && !unusualName(err) {
			t.Fatal(err)
		}
		if !bytes.Contains(canonical, []byte("<?")) {
			if again, err := parse(t, string(got)).Transform(); err != nil || !bytes.Equal(again, got) {
				t.Fatalf("again, got %q, %v, want %q", again, err, got)
			}
		}
		other, _ := e.TransformIn(xmldsig.C14N)
		if again, err := parse(t, string(other)).TransformIn(xmldsig.C14N); err != nil || !bytes.Equal(again, other) {
			t.Fatalf("again, got %q, %v, want %q", again, err, other)
		}
	})
}

// FuzzVerify changes real messages: what still passes says what was signed.
func FuzzVerify(f *testing.F) {
	as := csr.Standard()
	signed := map[string]bool{}
	each := func(doc []byte, do func(got *xmldsig.Signature, target *xmldsig.Element, err error)) {
		root, err := xmldsig.Parse(doc)
		if err != nil {
			return
		}
		signatures, all := find(root, "Signature"), descendants(root)
		for _, s := range signatures[:min(3, len(signatures))] {
			for _, target := range all {
				if _, ok := target.Attr(xmldsig.Name{Local: "Id"}); ok {
					got, err := xmldsig.Verify(as, s, target)
					do(got, target, err)
				}
			}
		}
	}
	files, err := filepath.Glob("testdata/signed/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no messages: %v", err)
	}
	for _, file := range files {
		doc := []byte(compact(string(read(f, file))))
		f.Add(doc)
		each(doc, func(got *xmldsig.Signature, target *xmldsig.Element, err error) {
			if err == nil {
				bytes, _ := target.Transform()
				signed[string(got.Certificate.RawKey)+string(bytes)] = true
			}
		})
	}
	if len(signed) != 8 {
		f.Fatalf("%d signatures verify", len(signed))
	}
	f.Fuzz(func(t *testing.T, doc []byte) {
		each(doc, func(got *xmldsig.Signature, target *xmldsig.Element, err error) {
			var refused *xmldsig.VerifyError
			switch {
			case err != nil && (got != nil || !errors.As(err, &refused)):
				t.Fatalf("got %v together with %v", got, err)
			case err == nil:
				if b, _ := target.Transform(); !signed[string(got.Certificate.RawKey)+string(b)] {
					t.Fatalf("signed by nobody: %q", b)
				}
			}
		})
	})
}

// readStandard reads a document with encoding/xml.
func readStandard(doc []byte) error {
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(doc, []byte("\uFEFF"))))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// unusualName reports whether encoding/xml refuses a name: it knows those of
// the fourth edition of XML 1.0, this package those of the fifth, as libxml2.
func unusualName(err error) bool { return strings.Contains(err.Error(), "invalid XML name") }

func same(a, b *xmldsig.Element) bool {
	if a.Name != b.Name || len(a.Attrs) != len(b.Attrs) || len(a.Children) != len(b.Children) {
		return false
	}
	for _, attr := range a.Attrs {
		if value, ok := b.Attr(attr.Name); !ok || value != attr.Value {
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
