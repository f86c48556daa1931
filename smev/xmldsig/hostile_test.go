package xmldsig_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
	"github.com/surguch/surguch/smev/xmldsig"
)

// unread stands for a document that the reader or the receiver's own look at
// the schema refuses, before anything is verified.
const unread xmldsig.Reason = 0

const (
	transforms = `<ds:Transform Algorithm="` + excC14N + `"/><ds:Transform Algorithm="` + smevURN + `"/>`
	target     = `<t:SenderProvidedRequestData Id="SIGNED_BY_CONSUMER">`
	targetEnd  = `</t:SenderProvidedRequestData>`
)

// replace returns an edit that must find what it replaces.
func replace(pairs ...string) func(string) string {
	return func(s string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(s, pairs[i]) {
				panic("the attack does not find " + pairs[i])
			}
			s = strings.Replace(s, pairs[i], pairs[i+1], 1)
		}
		return s
	}
}

// inBase64 edits the text of a leaf of ds:Signature.
func inBase64(leaf string, edit func(string) string) func(string) string {
	return func(s string) string {
		return regexp.MustCompile(`(<ds:`+leaf+`>)([^<]*)`).ReplaceAllStringFunc(s, func(found string) string {
			begin := strings.IndexByte(found, '>') + 1
			return found[:begin] + edit(found[begin:])
		})
	}
}

// honest returns the envelope that the attacks begin with, and its signed
// element.
func honest(t testing.TB) (doc, element string) {
	doc = forger{}.make(t)
	begin, end := strings.Index(doc, target), strings.Index(doc, targetEnd)+len(targetEnd)
	return doc, doc[begin:end]
}

type attack struct {
	name string
	want xmldsig.Reason
	doc  string
}

// attacks are envelopes of which none may pass. Where it matters SignedInfo is
// signed with a good key, so that nothing but the fault itself can refuse them.
func attacks(t testing.TB) []attack {
	good, element := honest(t)
	forged := strings.Replace(element, "11223344595", "08765430300", 1)
	wrapper := func(inner string) string {
		return `<w:Wrapper xmlns:w="urn:w" xmlns:t="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"` +
			` xmlns:b="urn://x-artefacts-smev-gov-ru/services/message-exchange/types/basic/1.2">` + inner + `</w:Wrapper>`
	}
	signature := good[strings.Index(good, "<ds:Signature "):strings.Index(good, "</t:CallerInformationSystemSignature>")]
	info := func(pairs ...string) string { return forger{info: replace(pairs...)}.make(t) }
	dressed := func(pairs ...string) string { return forger{signature: replace(pairs...)}.make(t) }
	edited := func(pairs ...string) string { return replace(pairs...)(good) }
	leaf := func(name string, edit func(string) string) string {
		return forger{signature: inBase64(name, edit)}.make(t)
	}
	rsaKey := made(rsa.GenerateKey(rand.Reader, 2048))
	ecdsaKey := made(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))
	ecdsaMethod := [2]string{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"}
	stranger := made(gost.GenerateKey(gost.CryptoProA(), nil))
	certificate := func(s string) string {
		return s[strings.Index(s, "<ds:X509Certificate>"):strings.Index(s, "</ds:X509Data>")]
	}

	return []attack{
		// Content other than what was signed.
		{"content changed", xmldsig.ReasonDigest, edited("11223344595", "08765430300")},
		{"element added", xmldsig.ReasonDigest, edited("</q:ФИО>", "</q:ФИО><q:ИНН/>")},
		{"attribute added", xmldsig.ReasonDigest, edited("<q:ФИО>", `<q:ФИО a="">`)},
		{"attribute by default, as a document type would add", unread, `<!DOCTYPE q [<!ATTLIST q:ФИО a CDATA "1">]>` + good},
		{"namespace changed", xmldsig.ReasonDigest, edited("urn://example/1.0", "urn://example/1.1")},
		{"namespace of a prefix changed from outside", xmldsig.ReasonDigest, edited("types/basic/1.2", "types/basic/1.1")},
		{"default namespace slipped in", xmldsig.ReasonDigest, forger{content: `<a xmlns="urn://a"/>`, after: replace(`<a xmlns="urn://a"/>`, `<a xmlns="urn://b"/>`)}.make(t)},
		{"text split by elements", xmldsig.ReasonDigest, edited("11223344595", "112233<q:x/>44595")},
		{"CDATA that says more", xmldsig.ReasonDigest, edited("11223344595", "<![CDATA[11223344595<]]>")},
		{"white space made text", xmldsig.ReasonDigest, edited("</q:ФИО><q:СНИЛС>", "</q:ФИО>\u00a0<q:СНИЛС>")},
		{"text by entity", unread, `<!DOCTYPE e [<!ENTITY e "08765430300">]>` + edited("11223344595", "&e;")},

		// Another element than the one signed.
		{"moved to the header, forged in place", xmldsig.ReasonTarget, edited(element, forged, "<soap:Header/>", "<soap:Header>"+wrapper(element)+"</soap:Header>")},
		{"moved to the header, forged in place, other Id", xmldsig.ReasonTarget,
			edited(element, strings.Replace(forged, "SIGNED_BY_CONSUMER", "OTHER", 1), "<soap:Header/>", "<soap:Header>"+wrapper(element)+"</soap:Header>")},
		{"moved to the header, forged in place, no Id", xmldsig.ReasonTarget,
			edited(element, strings.Replace(forged, ` Id="SIGNED_BY_CONSUMER"`, "", 1), "<soap:Header/>", "<soap:Header>"+wrapper(element)+"</soap:Header>")},
		{"moved to another message in the body", unread, edited("<soap:Body>", "<soap:Body>"+wrapper(element))},
		{"wrapped in itself", xmldsig.ReasonTarget, edited(element, target+element+targetEnd)},
		{"moved into the signature", xmldsig.ReasonFormat, edited(element, forged, "</ds:Signature>", "<ds:Object>"+element+"</ds:Object></ds:Signature>")},
		{"moved into the signature, alone", xmldsig.ReasonFormat, edited(element, strings.Replace(forged, "SIGNED_BY_CONSUMER", "OTHER", 1), "</ds:Signature>", "<ds:Object>"+strings.Replace(element, "SIGNED_BY_CONSUMER", "SIGNED", 1)+"</ds:Object></ds:Signature>", "#SIGNED_BY_CONSUMER", "#OTHER")},
		{"moved behind the signature", unread, edited(element, forged, "</ds:Signature>", "</ds:Signature>"+element)},
		{"second element with the Id", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x Id="SIGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second element with the ID", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x ID="SIGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second element with the id", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x id="SIGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second element with the xml:id", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x xml:id="SIGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second element with the wsu:Id", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x xmlns:wsu="urn:wsu" wsu:Id="SIGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second element with the Id in space", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x Id=" SIGNED_BY_CONSUMER&#10;"/></soap:Header>`)},
		{"second element with the Id by references", xmldsig.ReasonTarget, edited("<soap:Header/>", `<soap:Header><x Id="&#83;IGNED_BY_CONSUMER"/></soap:Header>`)},
		{"second Id on the signature", xmldsig.ReasonTarget, edited("<ds:Signature ", `<ds:Signature Id="SIGNED_BY_CONSUMER" `)},
		{"second Id on the element", xmldsig.ReasonTarget, edited(target, strings.TrimSuffix(target, ">")+` id="SIGNED_BY_CONSUMER">`)},
		{"Id twice in one tag", unread, edited(target, strings.TrimSuffix(target, ">")+` Id="SIGNED_BY_CONSUMER">`)},
		{"Id by document type", unread, `<!DOCTYPE x [<!ATTLIST x name ID #REQUIRED>]>` + good},
		{"Id only with a prefix", xmldsig.ReasonTarget, edited(` Id="SIGNED_BY_CONSUMER"`, ` t:Id="SIGNED_BY_CONSUMER"`)},
		{"Id only as ID", xmldsig.ReasonTarget, edited(` Id="SIGNED_BY_CONSUMER"`, ` ID="SIGNED_BY_CONSUMER"`)},
		{"Id in other letters", xmldsig.ReasonTarget, edited(` Id="SIGNED_BY_CONSUMER"`, ` Id="Signed_By_Consumer"`)},
		{"Id of another alphabet", xmldsig.ReasonTarget, edited(` Id="SIGNED_BY_CONSUMER"`, ` Id="SIGNED_BY_СONSUMER"`)},
		{"signature by the same key over another element", xmldsig.ReasonTarget, strings.Replace(good, signature, signatureOver(t, `<o:o xmlns:o="urn:o" Id="OTHER">1</o:o>`), 1)},
		{"signature by the same key over another element of the Id", xmldsig.ReasonDigest, strings.Replace(good, signature, signatureOver(t, `<o:o xmlns:o="urn:o" Id="SIGNED_BY_CONSUMER">1</o:o>`), 1)},
		{"signature inside the element", xmldsig.ReasonNoSignature, signedInside(t)},

		// A Reference that two readers may follow to different places.
		{"empty URI", xmldsig.ReasonTarget, info(`URI="#SIGNED_BY_CONSUMER"`, `URI=""`)},
		{"no URI", xmldsig.ReasonTarget, info(` URI="#SIGNED_BY_CONSUMER"`, ``)},
		{"URI of an empty fragment", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `#`)},
		{"URI without #", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `SIGNED_BY_CONSUMER`)},
		{"URI with xpointer", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `#xpointer(id('SIGNED_BY_CONSUMER'))`)},
		{"URI with xpointer to the root", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `#xpointer(/)`)},
		{"URI with space", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, ` #SIGNED_BY_CONSUMER`)},
		{"URI with space inside", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `# SIGNED_BY_CONSUMER`)},
		{"URI with percent", xmldsig.ReasonTarget, info(`#SIGNED_BY`, `#SIGNED%5FBY`)},
		{"URI of a file", xmldsig.ReasonTarget, info(`#SIGNED_BY_CONSUMER`, `http://example.org/#SIGNED_BY_CONSUMER`)},
		{"URI with a prefix", xmldsig.ReasonFormat, info(`URI=`, `ds:URI=`)},
		{"Type on the Reference", xmldsig.ReasonFormat, info(`URI=`, `Type="http://www.w3.org/2000/09/xmldsig#Object" URI=`)},
		{"two References", xmldsig.ReasonFormat, forger{info: twoReferences}.make(t)},
		{"Reference to a Manifest", xmldsig.ReasonFormat, info("<ds:Reference", "<ds:Manifest><ds:Reference", "</ds:Reference>", "</ds:Reference></ds:Manifest>")},
		{"no Reference", xmldsig.ReasonFormat, forger{info: func(s string) string {
			return regexp.MustCompile(`<ds:Reference.*</ds:Reference>`).ReplaceAllString(s, "")
		}}.make(t)},

		// Transforms.
		{"no transforms", xmldsig.ReasonFormat, info(`<ds:Transforms>`+transforms+`</ds:Transforms>`, ``)},
		{"empty transforms", xmldsig.ReasonFormat, info(transforms, ``)},
		{"only canonicalization", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+smevURN+`"/>`, ``)},
		{"only SMEV's transform", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+excC14N+`"/><ds:Transform`, `<ds:Transform`)},
		{"transforms in the other order", xmldsig.ReasonAlgorithm, info(transforms, `<ds:Transform Algorithm="`+smevURN+`"/><ds:Transform Algorithm="`+excC14N+`"/>`)},
		{"canonicalization twice", xmldsig.ReasonAlgorithm, info(smevURN, excC14N)},
		{"SMEV's transform twice", xmldsig.ReasonFormat, info(transforms, transforms+`<ds:Transform Algorithm="`+smevURN+`"/>`)},
		{"enveloped signature before", xmldsig.ReasonAlgorithm, info(excC14N+`"/><ds:Transform `, dsNamespace+`enveloped-signature"/><ds:Transform `)},
		{"enveloped signature behind", xmldsig.ReasonFormat, info(transforms, transforms+`<ds:Transform Algorithm="`+dsNamespace+`enveloped-signature"/>`)},
		{"inclusive canonicalization", xmldsig.ReasonAlgorithm, info(excC14N+`"/><ds:Transform `, `http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/><ds:Transform `)},
		{"canonicalization with comments", xmldsig.ReasonAlgorithm, info(excC14N+`"/><ds:Transform `, excC14N+`WithComments"/><ds:Transform `)},
		{"XPath filter", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+smevURN+`"/>`, `<ds:Transform Algorithm="`+smevURN+`"><ds:XPath>not(//q:СНИЛС)</ds:XPath></ds:Transform>`)},
		{"XSLT", xmldsig.ReasonAlgorithm, info(smevURN, "http://www.w3.org/TR/1999/REC-xslt-19991116")},
		{"unknown transform", xmldsig.ReasonAlgorithm, info(smevURN, smevURN+"/")},
		{"transform in other letters", xmldsig.ReasonAlgorithm, info("urn://smev-gov-ru", "URN://smev-gov-ru")},
		{"Algorithm with a prefix", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+smevURN, `<ds:Transform ds:Algorithm="`+smevURN)},

		{"inclusive namespaces of something else", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+excC14N+`"/>`, `<ds:Transform Algorithm="`+excC14N+`"><ds:InclusiveNamespaces PrefixList="soap"/></ds:Transform>`)},
		{"inclusive namespaces with content", xmldsig.ReasonFormat, info(`<ds:Transform Algorithm="`+excC14N+`"/>`, `<ds:Transform Algorithm="`+excC14N+`"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="soap">t</ec:InclusiveNamespaces></ds:Transform>`)},
		{"prefixes without number", xmldsig.ReasonFormat, info(`<ds:CanonicalizationMethod Algorithm="`+excC14N+`"/>`, `<ds:CanonicalizationMethod Algorithm="`+excC14N+`"><ec:InclusiveNamespaces xmlns:ec="`+excC14N+`" PrefixList="`+strings.Repeat("t ", 10000)+`"/></ds:CanonicalizationMethod>`)},

		// Methods.
		{"SignedInfo canonicalized inclusively", xmldsig.ReasonAlgorithm, info(`<ds:CanonicalizationMethod Algorithm="`+excC14N, `<ds:CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315`)},
		{"SignedInfo canonicalized with comments", xmldsig.ReasonAlgorithm, info(`<ds:CanonicalizationMethod Algorithm="`+excC14N, `<ds:CanonicalizationMethod Algorithm="`+excC14N+"WithComments")},
		{"SignedInfo not canonicalized", xmldsig.ReasonFormat, info(`<ds:CanonicalizationMethod Algorithm="`+excC14N+`"/>`, ``)},
		{"digest SHA-1", xmldsig.ReasonAlgorithm, forger{method: [2]string{gost256, "http://www.w3.org/2000/09/xmldsig#sha1"}, digest: sumOf(func(b []byte) []byte { s := sha1.Sum(b); return s[:] })}.make(t)},
		{"digest MD5", xmldsig.ReasonAlgorithm, forger{method: [2]string{gost256, "http://www.w3.org/2001/04/xmldsig-more#md5"}}.make(t)},
		{"digest of another family", xmldsig.ReasonAlgorithm, forger{method: [2]string{gost256, "http://www.w3.org/2001/04/xmlenc#sha256"}, digest: sumOf(func(b []byte) []byte { s := sha256.Sum256(b); return s[:] })}.make(t)},
		{"digest of the other size", xmldsig.ReasonAlgorithm, forger{method: [2]string{gost256, strings.Replace(streebogURN, "256", "512", 1)}, digest: sumOf(func(b []byte) []byte { s := streebog.Sum512(b); return s[:] })}.make(t)},
		{"HMAC", xmldsig.ReasonAlgorithm, info(gost256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1")},
		{"HMAC of GOST", xmldsig.ReasonAlgorithm, info(gost256, "urn:ietf:params:xml:ns:cpxmlsec:algorithms:hmac-gostr3411")},
		{"HMACOutputLength", xmldsig.ReasonFormat, info(gost256+`"/>`, gost256+`"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>`)},
		{"RSA with SHA-1", xmldsig.ReasonAlgorithm, forger{key: rsaKey, method: [2]string{"http://www.w3.org/2000/09/xmldsig#rsa-sha1", "http://www.w3.org/2001/04/xmlenc#sha256"}}.make(t)},
		{"method of another key, RSA", xmldsig.ReasonAlgorithm, forger{key: rsaKey}.make(t)},
		{"method of another key, ECDSA", xmldsig.ReasonAlgorithm, forger{key: rsaKey, method: ecdsaMethod}.make(t)},
		{"method of another size", xmldsig.ReasonAlgorithm, forger{key: ecdsaKey, method: [2]string{"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", "http://www.w3.org/2001/04/xmldsig-more#sha384"}}.make(t)},
		{"GOST R 34.10-2001", xmldsig.ReasonAlgorithm, forger{method: [2]string{"http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411", "http://www.w3.org/2001/04/xmldsig-more#gostr3411"}}.make(t)},
		{"GOST R 34.10-2001 by its other name", xmldsig.ReasonAlgorithm, info("gostr34102012-gostr34112012-256", "gostr34102001-gostr3411")},
		{"no digest method", xmldsig.ReasonAlgorithm, info(` Algorithm="`+streebogURN+`"`, ``)},
		{"child of the digest method", xmldsig.ReasonFormat, info(streebogURN+`"/>`, streebogURN+`"><ds:x/></ds:DigestMethod>`)},
		{"element without a namespace in the content", xmldsig.ReasonDigest, edited("</q:ФИО>", `</q:ФИО><x/>`)},
		{"no method", xmldsig.ReasonAlgorithm, info(` Algorithm="`+gost256+`"`, ``)},

		// SignatureValue and DigestValue.
		{"value of another message", xmldsig.ReasonValue, leaf("SignatureValue", func(string) string { return base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{1}, 64)) })},
		{"r and s swapped", xmldsig.ReasonValue, forger{value: func(sig []byte) []byte { return append(slices.Clone(sig[32:]), sig[:32]...) }}.make(t)},
		{"r = 0", xmldsig.ReasonValue, forger{value: func(sig []byte) []byte { return append(slices.Clone(sig[:32]), make([]byte, 32)...) }}.make(t)},
		{"s = 0", xmldsig.ReasonValue, forger{value: func(sig []byte) []byte { return append(make([]byte, 32), sig[32:]...) }}.make(t)},
		{"r = s = 0", xmldsig.ReasonValue, forger{value: func([]byte) []byte { return make([]byte, 64) }}.make(t)},
		{"r = s = 0, ECDSA", xmldsig.ReasonValue, forger{key: ecdsaKey, method: ecdsaMethod, value: func([]byte) []byte { return make([]byte, 64) }}.make(t)},
		{"value too short", xmldsig.ReasonValue, forger{value: func(sig []byte) []byte { return sig[:63] }}.make(t)},
		{"value too long", xmldsig.ReasonValue, forger{value: func(sig []byte) []byte { return append(sig, 0) }}.make(t)},
		{"value too long, ECDSA", xmldsig.ReasonValue, forger{key: ecdsaKey, method: ecdsaMethod, value: func(sig []byte) []byte { return append(make([]byte, 1), sig...) }}.make(t)},
		{"zero before s, ECDSA", xmldsig.ReasonValue, forger{key: ecdsaKey, method: ecdsaMethod, value: func(sig []byte) []byte { return slices.Insert(sig, 32, 0) }}.make(t)},
		{"value in DER, ECDSA", xmldsig.ReasonValue, forger{key: ecdsaKey, method: ecdsaMethod, value: func(sig []byte) []byte { return append([]byte{0x30, 68, 2, 32}, sig...) }}.make(t)},
		{"value empty", xmldsig.ReasonValue, forger{value: func([]byte) []byte { return nil }}.make(t)},
		{"value of a stranger", xmldsig.ReasonValue, strangerSigns(t)},
		{"no value", xmldsig.ReasonFormat, forger{signature: func(s string) string {
			return regexp.MustCompile(`<ds:SignatureValue>.*</ds:SignatureValue>`).ReplaceAllString(s, "")
		}}.make(t)},
		{"value twice", xmldsig.ReasonFormat, dressed("<ds:KeyInfo>", "<ds:SignatureValue>AAAA</ds:SignatureValue><ds:KeyInfo>")},
		{"SignedInfo changed", xmldsig.ReasonValue, edited("<ds:SignedInfo>", "<ds:SignedInfo> ")},
		{"SignedInfo twice", xmldsig.ReasonFormat, dressed("<ds:SignedInfo>", `<ds:SignedInfo Id="x"/><ds:SignedInfo>`)},
		{"digest changed", xmldsig.ReasonValue, leaf("DigestValue", func(string) string { return base64.StdEncoding.EncodeToString(make([]byte, 32)) })},
		{"digest of something else", xmldsig.ReasonDigest, forger{digest: func(*xmldsig.Element) []byte { return make([]byte, 32) }}.make(t)},
		{"digest empty", xmldsig.ReasonDigest, forger{digest: func(*xmldsig.Element) []byte { return nil }}.make(t)},
		{"digest cut", xmldsig.ReasonDigest, forger{digest: sumOf(func(b []byte) []byte { s := streebog.Sum256(b); return s[:31] })}.make(t)},
		{"digest of the bytes as they stand", xmldsig.ReasonDigest, forger{digest: func(e *xmldsig.Element) []byte { s := streebog.Sum256(e.Raw()); return s[:] }}.make(t)},
		{"digest of the canonical form only", xmldsig.ReasonDigest, forger{digest: func(e *xmldsig.Element) []byte { s := streebog.Sum256(e.Canonical()); return s[:] }}.make(t)},
		{"digest twice", xmldsig.ReasonFormat, info("<ds:DigestValue>", "<ds:DigestValue>AAAA</ds:DigestValue><ds:DigestValue>")},
		{"comment in the digest", xmldsig.ReasonFormat, leaf("DigestValue", func(s string) string { return s[:4] + "<!-- -->" + s[4:] })},
		{"comment in the value", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return s[:4] + "<!-- -->" + s[4:] })},
		{"comment in the certificate", xmldsig.ReasonFormat, leaf("X509Certificate", func(s string) string { return s[:4] + "<!-- -->" + s[4:] })},
		{"comment between", xmldsig.ReasonFormat, dressed("<ds:KeyInfo>", "<!-- --><ds:KeyInfo>")},
		{"instruction in the digest", xmldsig.ReasonFormat, leaf("DigestValue", func(s string) string { return s[:4] + "<?p?>" + s[4:] })},
		{"instruction in SignedInfo", xmldsig.ReasonFormat, info("<ds:Reference", "<?p?><ds:Reference")},
		{"CDATA in the digest", xmldsig.ReasonFormat, leaf("DigestValue", func(s string) string { return "<![CDATA[" + s + "]]>" })},
		{"CDATA in the value", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return "<![CDATA[" + s + "]]>" })},
		{"element in the digest", xmldsig.ReasonFormat, leaf("DigestValue", func(s string) string { return s[:4] + "<x/>" + s[4:] })},
		{"sign outside Base64", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return s[:4] + "*" + s[4:] })},
		{"no-break space in Base64", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return s[:4] + "\u00a0" + s[4:] })},
		{"Base64 without padding", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return strings.TrimRight(s, "=") })},
		{"Base64 with bits left over", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return s[:len(s)-3] + string(s[len(s)-3]+1) + "==" })},
		{"Base64 behind its end", xmldsig.ReasonFormat, leaf("SignatureValue", func(s string) string { return s + "AAAA" })},

		// KeyInfo.
		{"no KeyInfo", xmldsig.ReasonCertificate, forger{signature: func(s string) string {
			return regexp.MustCompile(`<ds:KeyInfo>.*</ds:KeyInfo>`).ReplaceAllString(s, "")
		}}.make(t)},
		{"KeyValue in place of the certificate", xmldsig.ReasonCertificate, forger{signature: func(s string) string {
			return regexp.MustCompile(`<ds:X509Data>.*</ds:X509Data>`).ReplaceAllString(s, "<ds:KeyValue/>")
		}}.make(t)},
		{"KeyValue beside the certificate", xmldsig.ReasonCertificate, dressed("<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>")},
		{"KeyName beside the certificate", xmldsig.ReasonCertificate, dressed("</ds:X509Data>", "</ds:X509Data><ds:KeyName>key</ds:KeyName>")},
		{"RetrievalMethod", xmldsig.ReasonCertificate, dressed("<ds:X509Data>", `<ds:RetrievalMethod URI="http://example.org"/><ds:X509Data>`)},
		{"two certificates", xmldsig.ReasonCertificate, forger{signature: func(s string) string { return replace(certificate(s), certificate(s)+certificate(s))(s) }}.make(t)},
		{"two X509Data", xmldsig.ReasonCertificate, forger{signature: func(s string) string {
			return replace("</ds:X509Data>", "</ds:X509Data><ds:X509Data>"+certificate(s)+"</ds:X509Data>")(s)
		}}.make(t)},
		{"X509SubjectName beside the certificate", xmldsig.ReasonCertificate, dressed("<ds:X509Certificate>", "<ds:X509SubjectName>CN=x</ds:X509SubjectName><ds:X509Certificate>")},
		{"empty certificate", xmldsig.ReasonCertificate, leaf("X509Certificate", func(string) string { return "" })},
		{"not a certificate", xmldsig.ReasonCertificate, leaf("X509Certificate", func(string) string { return "AAAA" })},
		{"certificate with a tail", xmldsig.ReasonCertificate, leaf("X509Certificate", func(s string) string { return base64.StdEncoding.EncodeToString(append(decode(s), 0)) })},
		{"PEM in place of the certificate", xmldsig.ReasonCertificate, leaf("X509Certificate", func(s string) string {
			return "-----BEGIN CERTIFICATE-----\n" + s + "\n-----END CERTIFICATE-----"
		})},
		{"certificate of another", xmldsig.ReasonValue, forger{signature: replaceCertificate(certify(t, csr.Standard(), stranger))}.make(t)},
		{"Object in the signature", xmldsig.ReasonFormat, dressed("</ds:Signature>", "<ds:Object/></ds:Signature>")},
		{"text in the signature", xmldsig.ReasonFormat, dressed("<ds:KeyInfo>", "x<ds:KeyInfo>")},
		{"foreign attribute on the signature", xmldsig.ReasonFormat, dressed("<ds:Signature ", `<ds:Signature x="1" `)},

		// No signature, or something in its shape.
		{"no signature", xmldsig.ReasonNoSignature, edited(signature, "")},
		{"signature of another namespace", unread, edited(dsNamespace, "http://www.w3.org/2000/09/xmldsig")},
		{"two signatures", unread, edited(signature, signature+signature)},
		{"ds shadowed inside", xmldsig.ReasonFormat, dressed("<ds:SignatureValue>", `<ds:SignatureValue xmlns:ds="urn:x">`)},
		{"ds shadowed on SignedInfo", xmldsig.ReasonFormat, info("<ds:SignedInfo>", `<ds:SignedInfo xmlns:ds="urn:x">`)},
		{"signature in a comment", xmldsig.ReasonNoSignature, edited(signature, "<!-- "+strings.ReplaceAll(signature, "--", "")+" -->")},

		// Documents that are not what they seem.
		{"document type", unread, "<!DOCTYPE x>" + good},
		{"undeclared prefix", unread, edited("<q:СНИЛС>", "<z:x/><q:СНИЛС>")},
		{"prefix undeclared by emptying", unread, edited("<q:СНИЛС>", `<q:x xmlns:t=""/><q:СНИЛС>`)},
		{"attribute twice", unread, edited(`Ид="1"`, `Ид="1" Ид="2"`)},
		{"attribute twice by two prefixes", unread, edited(`Ид="1"`, `xmlns:y="urn:y" xmlns:z="urn:y" y:Ид="1" z:Ид="2"`)},
		{"truncated", unread, strings.TrimSuffix(good, "</soap:Envelope>")},
		{"content behind", unread, good + element},
		{"text behind", unread, good + "x"},
		{"two envelopes", unread, good + good},
		{"depth", unread, edited("<q:СНИЛС>", strings.Repeat("<q:x>", 100)+strings.Repeat("</q:x>", 100)+"<q:СНИЛС>")},
		{"attributes without number", unread, edited(`Ид="1"`, manyAttributes(10000))},
		{"overlong UTF-8", unread, edited("Ефим", "\xc0\xbcq:x/\xc0\xbe")},
		{"UTF-16 declared", unread, `<?xml version="1.0" encoding="UTF-16"?>` + good},
		{"windows-1251 declared", unread, `<?xml version="1.0" encoding="windows-1251"?>` + good},
		{"XML 1.1", unread, `<?xml version="1.1"?>` + good},
		{"NUL", unread, edited("Ефим", "Ефим\x00")},
		{"reference to NUL", unread, edited("Ефим", "Ефим&#0;")},
		{"unknown entity", unread, edited("Ефим", "&Ефим;")},
		{"more than fits", unread, edited("Ефим", strings.Repeat("x", xmldsig.MaxSize))},
		{"empty", unread, ""},
	}
}

func TestHostile(t *testing.T) {
	list := attacks(t)
	if len(list) < 120 {
		t.Errorf("got %d attacks", len(list))
	}
	seen := map[string]bool{}
	for _, a := range list {
		if seen[a.name] {
			t.Errorf("%s stands twice", a.name)
		}
		seen[a.name] = true
		t.Run(a.name, func(t *testing.T) {
			got, err := receive(a.doc)
			if err == nil || got != nil {
				t.Fatalf("passed:\n%.3000s", a.doc)
			}
			if reason(err) != a.want {
				t.Errorf("got reason %d (%v), want %d", reason(err), err, a.want)
			}
			if strings.Contains(err.Error(), "Ефим") || strings.Contains(err.Error(), "11223344595") || len(err.Error()) > 300 {
				t.Errorf("the error quotes the document: %v", err)
			}
		})
	}
}

// Parts of how the attacks are made.

func sumOf(sum func([]byte) []byte) func(*xmldsig.Element) []byte {
	return func(e *xmldsig.Element) []byte {
		b, err := e.Transform()
		if err != nil {
			panic(err)
		}
		return sum(b)
	}
}

func twoReferences(info string) string {
	begin, end := strings.Index(info, "<ds:Reference"), strings.Index(info, "</ds:SignedInfo>")
	return info[:end] + info[begin:end] + info[end:]
}

func manyAttributes(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, ` a%d=""`, i)
	}
	return b.String()
}

func decode(s string) []byte {
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func sign(t testing.TB, s *xmldsig.Signer, doc string) []byte {
	t.Helper()
	signature, err := s.Sign(find(parse(t, doc), "SenderProvidedRequestData")[0])
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// signatureOver is a good signature over a document of its own.
func signatureOver(t testing.TB, doc string) string {
	key, _ := gostKey(t)
	signature, err := newSigner(t, key).Sign(parse(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	return string(signature)
}

// signedInside is an envelope whose signature stands in the element it signs.
func signedInside(t testing.TB) string {
	doc := envelope(business)
	key, _ := gostKey(t)
	signature := sign(t, newSigner(t, key), doc)
	return string(xmldsig.Splice(one(t, parse(t, doc), "MessagePrimaryContent"), signature))
}

// strangerSigns is an envelope with the certificate of one and the signature of
// another.
func strangerSigns(t testing.TB) string {
	_, certificate := gostKey(t)
	return forger{key: made(gost.GenerateKey(gost.CryptoProA(), nil)), certificate: certificate}.make(t)
}

func replaceCertificate(c *csr.Certificate) func(string) string {
	return inBase64("X509Certificate", func(string) string { return base64.StdEncoding.EncodeToString(c.Raw) })
}

// defaultNamespace writes ds:Signature without a prefix.
func defaultNamespace(doc string) string {
	return strings.NewReplacer("<ds:", "<", "</ds:", "</", "xmlns:ds=", "xmlns=").Replace(doc)
}
