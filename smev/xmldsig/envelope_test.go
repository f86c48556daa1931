package xmldsig_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"encoding/asn1"
	"encoding/base64"
	"math/big"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev/xmldsig"
)

// certify makes a self-signed certificate.
func certify(t testing.TB, as csr.Algorithms, key crypto.Signer) *csr.Certificate {
	t.Helper()
	c, err := selfSigned(as, key)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// gostKey is the key most tests sign with, and its certificate.
func gostKey(t testing.TB) (crypto.Signer, *csr.Certificate) {
	t.Helper()
	key := oneKey()
	return key, certify(t, csr.Standard(), key)
}

var oneKey = sync.OnceValue(func() crypto.Signer {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		panic(err)
	}
	return key
})

func newSigner(t testing.TB, key crypto.Signer) *xmldsig.Signer {
	t.Helper()
	s, err := xmldsig.NewSigner(csr.Standard(), key, certify(t, csr.Standard(), key))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// envelope is a request with content and an empty place for its signature.
func envelope(content string) string {
	return `<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header/><soap:Body>` +
		`<t:SendRequestRequest xmlns:t="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2" xmlns:b="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2">` +
		`<t:SenderProvidedRequestData Id="SIGNED_BY_CONSUMER"><t:MessageID>39f52a38-9a54-11ea-b23a-3316e2108089</t:MessageID>` +
		`<b:MessagePrimaryContent>` + content + `</b:MessagePrimaryContent></t:SenderProvidedRequestData>` +
		`<t:CallerInformationSystemSignature></t:CallerInformationSystemSignature></t:SendRequestRequest></soap:Body></soap:Envelope>`
}

const business = `<q:Запрос xmlns:q="urn://example/1.0" Ид="1"><q:ФИО>Вощёных Ефим Ильич</q:ФИО><q:СНИЛС>11223344595</q:СНИЛС></q:Запрос>`

// receive does with a request what a careful receiver does: it reads it, finds
// the signed element and its signature where the schema has them, and
// verifies.
func receive(doc string) (*xmldsig.Signature, error) {
	root, err := xmldsig.Parse([]byte(doc))
	if err != nil {
		return nil, err
	}
	const types = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
	soap := func(local string) xmldsig.Name {
		return xmldsig.Name{Space: "http://schemas.xmlsoap.org/soap/envelope/", Local: local}
	}
	name := func(local string) xmldsig.Name { return xmldsig.Name{Space: types, Local: local} }
	q := root.Sequence(soap("Envelope"))
	q.Optional(soap("Header"))
	body := q.One(soap("Body"))
	if err := q.End(); err != nil {
		return nil, err
	}
	q = body.Sequence(soap("Body"))
	request := q.One(name("SendRequestRequest"))
	if err := q.End(); err != nil {
		return nil, err
	}
	q = request.Sequence(name("SendRequestRequest"))
	target, container := q.One(name("SenderProvidedRequestData")), q.One(name("CallerInformationSystemSignature"))
	if err := q.End(); err != nil {
		return nil, err
	}
	q = container.Sequence(name("CallerInformationSystemSignature"))
	signature := q.Optional(xmldsig.Name{Space: dsNamespace, Local: "Signature"})
	if err := q.End(); err != nil {
		return nil, err
	}
	return xmldsig.Verify(csr.Standard(), signature, target)
}

// forger makes signatures of SMEV's form without asking what makes sense: with
// a good key and as many hands on the text as there are fields.
type forger struct {
	content     string                               // in place of business
	before      func(doc string) string              // on the envelope, before the digest
	digest      func(target *xmldsig.Element) []byte // in place of Streebog over Transform
	info        func(info string) string             // on SignedInfo, before it is signed
	key         crypto.Signer                        // in place of the GOST key
	certificate *csr.Certificate
	method      [2]string                     // of signature and digest, in place of GOST's
	value       func(sig []byte) []byte       // on SignatureValue
	signature   func(signature string) string // on ds:Signature
	after       func(doc string) string       // on the finished envelope
}

const (
	gost256     = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256"
	streebogURN = "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256"
	excC14N     = "http://www.w3.org/2001/10/xml-exc-c14n#"
	smevURN     = "urn://smev-gov-ru/xmldsig/transform"
)

func apply(f func(string) string, s string) string {
	if f == nil {
		return s
	}
	return f(s)
}

func (f forger) make(t testing.TB) string {
	t.Helper()
	as := csr.Standard()
	if f.content == "" {
		f.content = business
	}
	if f.key == nil {
		f.key, f.certificate = gostKey(t)
	}
	if f.certificate == nil {
		f.certificate = certify(t, as, f.key)
	}
	method := f.method
	if method[0] == "" {
		method = [2]string{gost256, streebogURN}
	}
	a, err := as.ForKey(f.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	doc := apply(f.before, envelope(f.content))
	target := find(parse(t, doc), "SenderProvidedRequestData")[0]
	if f.digest == nil {
		f.digest = func(target *xmldsig.Element) []byte {
			bytes, err := target.Transform()
			if err != nil {
				t.Fatal(err)
			}
			return a.Sum(bytes)
		}
	}
	info := apply(f.info, `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="`+excC14N+`"/><ds:SignatureMethod Algorithm="`+method[0]+`"/>`+
		`<ds:Reference URI="#SIGNED_BY_CONSUMER"><ds:Transforms><ds:Transform Algorithm="`+excC14N+`"/><ds:Transform Algorithm="`+smevURN+`"/></ds:Transforms>`+
		`<ds:DigestMethod Algorithm="`+method[1]+`"/><ds:DigestValue>`+base64.StdEncoding.EncodeToString(f.digest(target))+`</ds:DigestValue></ds:Reference></ds:SignedInfo>`)
	signature := `<ds:Signature xmlns:ds="` + dsNamespace + `">` + info + `</ds:Signature>`
	var inclusive []string
	if c14n := find(parse(t, signature), "CanonicalizationMethod"); len(c14n) > 0 && len(c14n[0].Children) > 0 {
		list, _ := c14n[0].Children[0].Attr(xmldsig.Name{Local: "PrefixList"})
		inclusive = strings.Fields(list)
	}
	// In its place, for InclusiveNamespaces look at what is around.
	placed := place(doc, signature)
	_, sig, err := as.Sign(f.key, find(parse(t, placed), "SignedInfo")[0].Canonical(inclusive...))
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := f.key.Public().(*ecdsa.PublicKey); ok {
		sig = rawECDSA(t, sig, (k.Curve.Params().BitSize+7)/8)
	}
	if f.value != nil {
		sig = f.value(sig)
	}
	signature = strings.TrimSuffix(signature, "</ds:Signature>") +
		"<ds:SignatureValue>" + base64.StdEncoding.EncodeToString(sig) + "</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>" +
		base64.StdEncoding.EncodeToString(f.certificate.Raw) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>"
	return apply(f.after, place(doc, apply(f.signature, signature)))
}

// place puts a signature into the envelope.
func place(doc, signature string) string {
	const end = "</t:CallerInformationSystemSignature>"
	return strings.Replace(doc, end, signature+end, 1)
}

// rawECDSA is r || s of a signature in DER.
func rawECDSA(t testing.TB, sig []byte, size int) []byte {
	t.Helper()
	var n struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(sig, &n); err != nil || len(rest) != 0 {
		t.Fatal("not a DER signature")
	}
	return bytes.Join([][]byte{n.R.FillBytes(make([]byte, size)), n.S.FillBytes(make([]byte, size))}, nil)
}
