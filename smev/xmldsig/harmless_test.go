package xmldsig_test

import (
	"encoding/base64"
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/smev/xmldsig"
)

// What looks as odd and is right passes, or the refusals would mean nothing.
func TestHarmless(t *testing.T) {
	good, _ := honest(t)
	info := func(pairs ...string) string { return forger{info: replace(pairs...)}.make(t) }
	dressed := func(pairs ...string) string { return forger{signature: replace(pairs...)}.make(t) }
	edited := func(pairs ...string) string { return replace(pairs...)(good) }
	lines := func(s string) string {
		return regexp.MustCompile(`.{64}`).ReplaceAllString(s, "$0\n")
	}
	for name, doc := range map[string]string{
		"as it is":                       good,
		"byte order mark":                "\uFEFF" + good,
		"declaration":                    `<?xml version="1.0" encoding="UTF-8"?>` + "\r\n" + good,
		"other prefixes in the content":  edited(`<q:Запрос xmlns:q=`, `<y:Запрос xmlns:q="urn://other" xmlns:y=`, "</q:Запрос>", "</y:Запрос>", "<q:ФИО>", `<ФИО xmlns="urn://example/1.0">`, "</q:ФИО>", "</ФИО>", "<q:СНИЛС>", "<y:СНИЛС>", "</q:СНИЛС>", "</y:СНИЛС>"),
		"white space in the content":     edited("<q:ФИО>", "\n\t<q:ФИО>", "</q:Запрос>", "\n</q:Запрос>"),
		"comment in the content":         edited("<q:ФИО>", "<!-- --><q:ФИО>", "11223344595", "112233<!-- -->44595"),
		"CDATA in the content":           edited("11223344595", "<![CDATA[11223]]>344595"),
		"references in the content":      edited("11223344595", "&#49;1223344595"),
		"empty-element tag":              forger{content: `<q:a xmlns:q="urn:q"></q:a>`, after: replace("></q:a>", "/>")}.make(t),
		"quotes and order in tags":       forger{content: `<q:a xmlns:q="urn:q" b="1" c="2"/>`, after: replace(`b="1" c="2"`, "\n c = '2'\tb='1' ")}.make(t),
		"other Ids":                      edited("<soap:Header/>", `<soap:Header><x Id="SIGNED_BY_SMEV" id="SIGNED_BY" xml:id="SIGNED_BY_CONSUMER1"/></soap:Header>`),
		"the id as another attribute":    edited("<soap:Header/>", `<soap:Header><x name="SIGNED_BY_CONSUMER">SIGNED_BY_CONSUMER</x></soap:Header>`),
		"Ids in the signature":           forger{info: replace("<ds:SignedInfo>", `<ds:SignedInfo Id="a">`, "<ds:Reference", `<ds:Reference Id="b"`), signature: replace("<ds:Signature ", `<ds:Signature Id="c" `, "<ds:SignatureValue>", `<ds:SignatureValue Id="d">`, "<ds:KeyInfo>", `<ds:KeyInfo Id="e">`)}.make(t),
		"lines in Base64":                forger{signature: func(s string) string { return inBase64("X509Certificate", lines)(inBase64("SignatureValue", lines)(s)) }}.make(t),
		"CR LF in Base64":                forger{signature: inBase64("X509Certificate", func(s string) string { return strings.ReplaceAll(lines(s), "\n", "&#13;\n") })}.make(t),
		"white space outside SignedInfo": dressed("<ds:SignatureValue>", "\n <ds:SignatureValue>", "<ds:KeyInfo>", "<ds:KeyInfo>\n"),
		"white space in SignedInfo":      info("<ds:Reference", "\n  <ds:Reference", "<ds:Transforms>", "<ds:Transforms>\n\t"),
		"PrefixList before SMEV's":       info(`<ds:Transform Algorithm="`+excC14N+`"/>`, `<ds:Transform Algorithm="`+excC14N+`"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="soap #default"/></ds:Transform>`),
		"PrefixList for SignedInfo":      info(`<ds:CanonicalizationMethod Algorithm="`+excC14N+`"/>`, `<ds:CanonicalizationMethod Algorithm="`+excC14N+`"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="soap t"/></ds:CanonicalizationMethod>`),
		"signature moved to the left":    edited("<soap:Body>", "\n<soap:Body>"),
		"'>' in the content":             forger{content: `<q:a xmlns:q="urn:q">1 &gt; 0</q:a>`}.make(t),
		"instruction in the content":     forger{content: `<q:a xmlns:q="urn:q">1<?p?>2</q:a>`}.make(t),
		"supplementary characters":       forger{content: "<q:a xmlns:q='urn:q'>\U0001F600</q:a>"}.make(t),
		"1 MiB":                          forger{content: "<q:a xmlns:q='urn:q'>" + strings.Repeat("QUJD", 1<<18) + "</q:a>"}.make(t),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := receive(doc)
			if err != nil {
				t.Fatalf("%v\n%.3000s", err, doc)
			}
			if got.Escaping != xmldsig.Woodstox {
				t.Errorf("got %v", got.Escaping)
			}
		})
	}
	if other := defaultNamespace(forger{}.make(t)); reason(second(receive(other))) != xmldsig.ReasonValue {
		t.Error("prefixes in SignedInfo are part of what is signed")
	}
}

func second[A, B any](_ A, b B) B { return b }

// A signature in the default namespace, made so.
func TestDefaultNamespace(t *testing.T) {
	key, _ := gostKey(t)
	doc := envelope(business)
	signed := defaultNamespace(place(doc, string(sign(t, newSigner(t, key), doc))))
	root := parse(t, signed)
	_, sig, err := csr.Standard().Sign(key, one(t, root, "SignedInfo").Canonical())
	if err != nil {
		t.Fatal(err)
	}
	signed = regexp.MustCompile(`<SignatureValue>[^<]*`).ReplaceAllString(signed, "<SignatureValue>"+base64.StdEncoding.EncodeToString(sig))
	if _, err := receive(signed); err != nil {
		t.Error(err)
	}
}

// An implementation that writes '>' in its own way is believed, and named.
func TestOtherEscaping(t *testing.T) {
	c14n := func(e *xmldsig.Element) []byte {
		b, err := e.TransformIn(xmldsig.C14N)
		if err != nil {
			t.Fatal(err)
		}
		sum := streebog.Sum256(b)
		return sum[:]
	}
	for _, content := range []string{"1 &gt; 0", "1&#13;", "<q:b c='&#10;'/>"} {
		doc := forger{content: `<q:a xmlns:q="urn:q">` + content + `</q:a>`, digest: c14n}.make(t)
		got, err := receive(doc)
		if err != nil || got.Escaping != xmldsig.C14N {
			t.Errorf("%s: got %v, %v", content, got, err)
		}
		if _, err := receive(strings.Replace(doc, "39f52a38", "39f52a39", 1)); reason(err) != xmldsig.ReasonDigest {
			t.Errorf("%s, changed: got %v", content, err)
		}
	}
	for e, want := range map[xmldsig.Escaping]string{xmldsig.Woodstox: "Woodstox", xmldsig.C14N: "C14N", 7: "unknown escaping"} {
		if e.String() != want {
			t.Errorf("got %s, want %s", e, want)
		}
	}
}

// Verify is told which elements it is about, and takes no others.
func TestVerifyElements(t *testing.T) {
	good, _ := honest(t)
	root, other := parse(t, good), parse(t, good)
	signature, target := one(t, root, "Signature"), one(t, root, "SenderProvidedRequestData")
	for name, c := range map[string]struct {
		signature, target *xmldsig.Element
		want              xmldsig.Reason
	}{
		"both":                  {signature, target, 0},
		"no signature":          {nil, target, xmldsig.ReasonNoSignature},
		"empty signature":       {&xmldsig.Element{Name: signature.Name}, target, xmldsig.ReasonNoSignature},
		"the container":         {one(t, root, "CallerInformationSystemSignature"), target, xmldsig.ReasonNoSignature},
		"no target":             {signature, nil, xmldsig.ReasonTarget},
		"empty target":          {signature, &xmldsig.Element{}, xmldsig.ReasonTarget},
		"parent of the target":  {signature, one(t, root, "Body"), xmldsig.ReasonTarget},
		"child of the target":   {signature, one(t, root, "MessagePrimaryContent"), xmldsig.ReasonTarget},
		"part of the signature": {signature, one(t, root, "SignedInfo"), xmldsig.ReasonTarget},
		"the signature itself":  {signature, signature, xmldsig.ReasonTarget},
		"of another document":   {signature, one(t, other, "SenderProvidedRequestData"), xmldsig.ReasonTarget},
	} {
		got, err := xmldsig.Verify(csr.Standard(), c.signature, c.target)
		if reason(err) != c.want || (got == nil) != (c.want != 0) {
			t.Errorf("%s: got %v, %v, want reason %d", name, got, err, c.want)
		}
	}
	inside := parse(t, signedInside(t))
	if _, err := verify(t, inside, "MessagePrimaryContent", "SenderProvidedRequestData"); reason(err) != xmldsig.ReasonTarget {
		t.Errorf("signature inside the target: got %v", err)
	}
	key := parse(t, forger{info: replace("#SIGNED_BY_CONSUMER", "#key"), signature: replace("<ds:KeyInfo>", `<ds:KeyInfo Id="key">`)}.make(t))
	if _, err := xmldsig.Verify(csr.Standard(), one(t, key, "Signature"), one(t, key, "KeyInfo")); reason(err) != xmldsig.ReasonTarget {
		t.Errorf("KeyInfo of the signature: got %v", err)
	}
	if _, err := xmldsig.Verify(nil, signature, target); reason(err) != xmldsig.ReasonAlgorithm {
		t.Errorf("empty list: got %v", err)
	}
	// What lies beneath can be asked for.
	if _, err := receive(strings.Replace(good, "<ds:SignedInfo>", "<ds:SignedInfo> ", 1)); !errors.Is(err, csr.ErrSignature) {
		t.Errorf("wrong value: got %v, want csr.ErrSignature beneath", err)
	}
	var beneath *xmldsig.TransformError
	if _, err := receive(strings.Replace(good, "</q:ФИО>", "</q:ФИО><x/>", 1)); !errors.As(err, &beneath) || beneath.Element != "x" {
		t.Errorf("no namespace: got %v, want a *TransformError beneath", err)
	}
	// With the old scheme in the list it is the certificate that fails to fit.
	old := strings.NewReplacer(gost256, "http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411", streebogURN, "http://www.w3.org/2001/04/xmldsig-more#gostr3411")
	root = parse(t, old.Replace(good))
	as := append(csr.Standard(), csr.Legacy()...)
	_, err := xmldsig.Verify(as, one(t, root, "Signature"), one(t, root, "SenderProvidedRequestData"))
	if reason(err) != xmldsig.ReasonAlgorithm || !strings.Contains(err.Error(), "not for the key") {
		t.Errorf("old scheme in the list: got %v", err)
	}
}

func TestFaultCode(t *testing.T) {
	for reason, want := range map[xmldsig.Reason]string{
		xmldsig.ReasonNoSignature: "NoSignatureFound", xmldsig.ReasonFormat: "SignatureIsInvalid", xmldsig.ReasonTarget: "IncorrectSignatureTarget",
		xmldsig.ReasonAlgorithm: "SignatureIsInvalid", xmldsig.ReasonCertificate: "CertificateIsNotFound",
		xmldsig.ReasonDigest: "SignatureIsInvalid", xmldsig.ReasonValue: "SignatureIsInvalid",
	} {
		if got := reason.FaultCode(); got != want {
			t.Errorf("%d: got %s, want %s", reason, got, want)
		}
	}
}
