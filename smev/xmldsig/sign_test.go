package xmldsig_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev/xmldsig"
)

// made returns the key or ends the test.
func made[K crypto.Signer](key K, err error) crypto.Signer {
	if err != nil {
		panic(err)
	}
	return key
}

// What is signed verifies, with every method, and is spliced in without a
// change to anything else.
func TestSignVerify(t *testing.T) {
	for name, c := range map[string]struct {
		key    crypto.Signer
		method string
		value  int // octets of SignatureValue
	}{
		"GOST 256":    {made(gost.GenerateKey(gost.CryptoProA(), nil)), gost256, 64},
		"GOST 512":    {made(gost.GenerateKey(gost.TC26A512(), nil)), "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512", 128},
		"RSA":         {made(rsa.GenerateKey(rand.Reader, 2048)), "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", 256},
		"ECDSA P-256": {made(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)), "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", 64},
		"ECDSA P-384": {made(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", 96},
	} {
		t.Run(name, func(t *testing.T) {
			doc := envelope(business)
			root := parse(t, doc)
			signature, err := newSigner(t, c.key).Sign(one(t, root, "SenderProvidedRequestData"))
			if err != nil {
				t.Fatal(err)
			}
			signed := string(xmldsig.Splice(one(t, root, "CallerInformationSystemSignature"), signature))
			if want := place(doc, string(signature)); signed != want {
				t.Fatalf("got  %s\nwant %s", signed, want)
			}
			got, err := receive(signed)
			if err != nil {
				t.Fatal(err)
			}
			if k := c.key.Public().(interface{ Equal(crypto.PublicKey) bool }); !k.Equal(got.Certificate.PublicKey) || got.Escaping != xmldsig.Woodstox {
				t.Errorf("got another certificate, or %v", got.Escaping)
			}
			if !strings.Contains(signed, `<ds:SignatureMethod Algorithm="`+c.method+`"/>`) {
				t.Errorf("the method is not %s: %s", c.method, signature)
			}
			value, err := one(t, parse(t, string(signature)), "SignatureValue").Leaf()
			if err != nil || len(value) != (c.value+2)/3*4 {
				t.Errorf("SignatureValue of %d characters for %d octets", len(value), c.value)
			}
			// The other direction: one character of the content.
			if _, err := receive(strings.Replace(signed, "Ефим", "Ефин", 1)); reason(err) != xmldsig.ReasonDigest {
				t.Errorf("changed, got %v, want the digest refused", err)
			}
		})
	}
}

// The signature has the form of SMEV's own.
func TestSignForm(t *testing.T) {
	real := string(read(t, "testdata/signed/gosha20777-rr-02-SendRequestResponse.xml"))
	real = real[strings.Index(real, "<ds:Signature"):]
	real = real[:strings.Index(real, "</ds:Signature>")+len("</ds:Signature>")]
	root := parse(t, strings.ReplaceAll(envelope(business), "SIGNED_BY_CONSUMER", "SIGNED_BY_SMEV"))
	key, _ := gostKey(t)
	got, err := newSigner(t, key).Sign(one(t, root, "SenderProvidedRequestData"))
	if err != nil {
		t.Fatal(err)
	}
	values := regexp.MustCompile(`>[A-Za-z0-9+/]{40,}=*<`)
	if got, want := values.ReplaceAllString(string(got), ">…<"), values.ReplaceAllString(real, ">…<"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A signature inside what is signed next is covered by the next.
func TestSignNested(t *testing.T) {
	key, _ := gostKey(t)
	s := newSigner(t, key)
	doc := strings.Replace(envelope(strings.Replace(business, `Ид="1"`, `Id="PERSONAL_SIGNATURE"`, 1)),
		"</b:MessagePrimaryContent>", "</b:MessagePrimaryContent><t:PersonalSignature/>", 1)
	root := parse(t, doc)
	inner, err := s.Sign(one(t, root, "Запрос"))
	if err != nil {
		t.Fatal(err)
	}
	root = parse(t, string(xmldsig.Splice(one(t, root, "PersonalSignature"), inner)))
	outer, err := s.Sign(one(t, root, "SenderProvidedRequestData"))
	if err != nil {
		t.Fatal(err)
	}
	doc = string(xmldsig.Splice(one(t, root, "CallerInformationSystemSignature"), outer))
	if _, err := receive(doc); err != nil {
		t.Error(err)
	}
	if _, err := verify(t, parse(t, doc), "PersonalSignature", "Запрос"); err != nil {
		t.Error(err)
	}
	if _, err := receive(strings.Replace(doc, "</t:PersonalSignature>", "<t:x/></t:PersonalSignature>", 1)); reason(err) != xmldsig.ReasonDigest {
		t.Errorf("got %v, want the outer digest refused", err)
	}
}

func TestNewSignerRefuses(t *testing.T) {
	key, certificate := gostKey(t)
	other := made(gost.GenerateKey(gost.CryptoProA(), nil))
	if _, err := xmldsig.NewSigner(csr.Standard(), other, certificate); err == nil || err.Error() != "xmldsig: the certificate is of another key" {
		t.Errorf("another key: got %v", err)
	}
	if _, err := xmldsig.NewSigner(nil, key, certificate); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("empty list: got %v", err)
	}
	pss := made(rsa.GenerateKey(rand.Reader, 2048))
	if _, err := xmldsig.NewSigner(csr.Algorithms{csr.RSAPSS()}, pss, certify(t, csr.Standard(), pss)); !errors.Is(err, csr.ErrUnknownAlgorithm) {
		t.Errorf("RSA-PSS: got %v", err)
	}
	// RSA with PKCS #1 is there as well: it is taken.
	if _, err := xmldsig.NewSigner(append(csr.Algorithms{csr.RSAPSS()}, csr.Standard()...), pss, certify(t, csr.Standard(), pss)); err != nil {
		t.Errorf("RSA behind RSA-PSS: %v", err)
	}
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	for name, key := range map[string]crypto.Signer{
		"P-521":   made(ecdsa.GenerateKey(elliptic.P521(), rand.Reader)),
		"Ed25519": made(ed, err),
	} {
		if _, err := xmldsig.NewSigner(csr.Standard(), key, certify(t, csr.Standard(), key)); !errors.Is(err, csr.ErrUnknownAlgorithm) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// A key that signs something else than it is asked to is found out.
func TestSignerThatLies(t *testing.T) {
	key, certificate := gostKey(t)
	s, err := xmldsig.NewSigner(csr.Standard(), liar{key}, certificate)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Sign(one(t, parse(t, envelope(business)), "SenderProvidedRequestData"))
	if !errors.Is(err, csr.ErrSignature) || got != nil {
		t.Errorf("got %s, %v", got, err)
	}
}

type liar struct{ crypto.Signer }

func (l liar) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	digest[0]++
	return l.Signer.Sign(rand.Reader, digest, opts)
}

// What Sign does not sign: content that implementations transform differently,
// and identifiers that do not identify.
func TestSignRefuses(t *testing.T) {
	key, _ := gostKey(t)
	s := newSigner(t, key)
	for content, want := range map[string]string{
		`<q:a xmlns:q="urn:q">x&gt;y</q:a>`:          "a: '>' or a carriage return in text",
		`<q:a xmlns:q="urn:q">&gt;</q:a>`:            "a: '>' or a carriage return in text",
		`<q:a xmlns:q="urn:q">x<!-- -->></q:a>`:      "a: '>' or a carriage return in text",
		`<q:a xmlns:q="urn:q"><![CDATA[>]]></q:a>`:   "a: '>' or a carriage return in text",
		`<q:a xmlns:q="urn:q">x&#13;</q:a>`:          "a: '>' or a carriage return in text",
		`<q:a xmlns:q="urn:q" b="&#10;"/>`:           "a: a tab or line end in an attribute",
		`<q:a xmlns:q="urn:q"><q:b c="&#9;"/></q:a>`: "b: a tab or line end in an attribute",
		`<q:a xmlns:q="urn:q"><?p?></q:a>`:           "a: a processing instruction, which the signature does not cover",
		`<a/>`:                                       "a: an element without a namespace",
		`<q:a xmlns:q="urn:q" xml:lang="ru"/>`:       "a: a name with the prefix xml",
	} {
		got, err := s.Sign(one(t, parse(t, envelope(content)), "SenderProvidedRequestData"))
		var refused *xmldsig.TransformError
		if !errors.As(err, &refused) || got != nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: got %s, %v, want %s", content, got, err, want)
		}
	}
	for content, taken := range map[string]bool{
		"<q:a xmlns:q='urn:q' b='>'>\r\n&#13; &#9;\n<q:c>x\r\ny &lt;</q:c></q:a>": true,
		`<q:a xmlns:q="urn:q" id="other"/>`:                                       true,
		`<q:a xmlns:q="urn:q" Id="SIGNED_BY_CONSUMER"/>`:                          false,
		`<q:a xmlns:q="urn:q" ID="SIGNED_BY_CONSUMER"/>`:                          false,
		`<q:a xmlns:q="urn:q" iD=" SIGNED_BY_CONSUMER"/>`:                         false,
		`<q:a xmlns:q="urn:q" q:id="SIGNED_BY_CONSUMER&#10;"/>`:                   false,
	} {
		root := parse(t, envelope(content))
		if got, err := s.Sign(one(t, root, "SenderProvidedRequestData")); (err == nil) != taken || err != nil && got != nil {
			t.Errorf("%s: got %s, %v", content, got, err)
		}
	}
	for _, id := range []string{`Id=""`, `Id="1"`, `Id="a b"`, `Id=" a"`, `Id="a:b"`, `Id="xpointer(/)"`, `ID="a"`, `xml:id="a"`, `t:Id="a"`, ``} {
		root := parse(t, strings.Replace(envelope(business), `Id="SIGNED_BY_CONSUMER"`, id, 1))
		if got, err := s.Sign(one(t, root, "SenderProvidedRequestData")); err == nil {
			t.Errorf("%s: signed as %s", id, got)
		}
	}
	if got, err := s.Sign(&xmldsig.Element{}); err == nil {
		t.Errorf("no element: signed as %s", got)
	}
}

func TestSplice(t *testing.T) {
	for _, c := range []struct{ doc, want string }{
		{`<r><c/></r>`, `<r><c>+</c></r>`},
		{"<r><c\n a='/>' /></r>", "<r><c\n a='/>' >+</c></r>"},
		{`<r><c></c></r>`, `<r><c>+</c></r>`},
		{"<r><c>1<d/> </c\n></r>", "<r><c>1<d/> +</c\n></r>"},
		{"\uFEFF<?xml version=\"1.0\"?>\r\n<!-- --><r>\r\n<п:c xmlns:п='u'/>ж</r>\r\n", "\uFEFF<?xml version=\"1.0\"?>\r\n<!-- --><r>\r\n<п:c xmlns:п='u'>+</п:c>ж</r>\r\n"},
	} {
		if got := string(xmldsig.Splice(one(t, parse(t, c.doc), "c"), []byte("+"))); got != c.want {
			t.Errorf("%q: got %q, want %q", c.doc, got, c.want)
		}
	}
	root := parse(t, "<r/>")
	if got := string(xmldsig.Splice(root, []byte("<a/>"))); got != "<r><a/></r>" {
		t.Errorf("root: got %s", got)
	}
	if got := string(root.Raw()); got != "<r/>" {
		t.Errorf("the tree has changed: %s", got)
	}
}
