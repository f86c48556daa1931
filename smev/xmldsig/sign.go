package xmldsig

import (
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/csr"
)

// Signer signs elements of documents in the form of SMEV 3. It is safe for
// concurrent use if its key is.
type Signer struct {
	as          csr.Algorithms // the one scheme of the key
	method      *method
	key         crypto.Signer
	certificate string // in Base64
}

// NewSigner returns a signer with a key and the certificate of that key, which
// goes into every signature. The scheme is the first of the list that fits the
// key and that XML signatures have a name for: GOST R 34.10-2012 of 256 or 512
// bits, RSA with SHA-256, ECDSA over P-256 with SHA-256 or over P-384 with
// SHA-384. Without one the error is csr.ErrUnknownAlgorithm. Whether the
// certificate is valid, and for this use, is the caller's to know.
func NewSigner(as csr.Algorithms, key crypto.Signer, certificate *csr.Certificate) (*Signer, error) {
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(certificate.PublicKey) {
		return nil, errors.New("xmldsig: the certificate is of another key")
	}
	for _, a := range as {
		for _, m := range methods {
			if m.among(csr.Algorithms{a}, key.Public()) != nil {
				return &Signer{csr.Algorithms{a}, m, key, base64.StdEncoding.EncodeToString(certificate.Raw)}, nil
			}
		}
	}
	return nil, fmt.Errorf("xmldsig: %w: no signature method for a key of type %T", csr.ErrUnknownAlgorithm, key.Public())
}

// Sign signs an element and returns the ds:Signature, for [Splice] to put into
// its place. The element carries an attribute Id, without a prefix, which is an
// NCName and whose value no other attribute called Id, ID, id or xml:id in the
// document has.
//
// Beyond what [Element.Transform] refuses, Sign refuses content of which
// implementations of the transform are known to make different bytes: '>' and
// CR in text, tabs and line ends in attributes, and processing instructions,
// which are not covered at all. The error is a *TransformError.
//
// SignatureValue is verified before it is returned.
func (s *Signer) Sign(target *Element) ([]byte, error) {
	id, err := target.signedID()
	if err != nil {
		return nil, err
	}
	t := transformer{to: s.as[0].Hash()}
	digest, err := t.digest(target)
	if err != nil {
		return nil, err
	}
	if t.loose != nil {
		return nil, t.loose
	}
	var w Writer
	w.Open("ds:Signature", "xmlns:ds", dsNamespace)
	s.writeInfo(&w, id, digest)
	w.Close()
	draft, err := w.Bytes()
	if err != nil {
		return nil, err
	}
	unsigned, err := Parse(draft)
	if err != nil {
		return nil, err
	}
	_, sig, err := s.as.Sign(s.key, unsigned.Children[0].Canonical())
	if err != nil {
		return nil, fmt.Errorf("xmldsig: %w", err)
	}
	value, ok := s.method.encode(sig)
	if !ok {
		return nil, errors.New("xmldsig: the key's signature has no SignatureValue")
	}
	return Splice(unsigned, s.rest(value)), nil
}

// writeInfo writes ds:SignedInfo as the messages of SMEV have it.
func (s *Signer) writeInfo(w *Writer, id string, digest []byte) {
	algorithm := func(name, uri string) { w.Leaf(name, "", "Algorithm", uri) }
	w.Open("ds:SignedInfo")
	algorithm("ds:CanonicalizationMethod", excC14N)
	algorithm("ds:SignatureMethod", s.method.signature[0])
	w.Open("ds:Reference", "URI", "#"+id)
	w.Open("ds:Transforms")
	algorithm("ds:Transform", excC14N)
	algorithm("ds:Transform", smevURN)
	w.Close()
	algorithm("ds:DigestMethod", s.method.digest[0])
	w.Leaf("ds:DigestValue", base64.StdEncoding.EncodeToString(digest))
	w.Close()
	w.Close()
}

// rest is what follows ds:SignedInfo.
func (s *Signer) rest(value []byte) []byte {
	return []byte("<ds:SignatureValue>" + base64.StdEncoding.EncodeToString(value) + "</ds:SignatureValue>" +
		"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>" + s.certificate + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>")
}

// Splice returns the document that the container stands in, with content put
// in as the last thing inside the container and not a byte changed elsewhere:
// what was signed stays as it was signed. An empty-element tag <a/> becomes
// <a> and </a>. content is well-formed and declares its prefixes itself; that
// is not checked. A container that is not of a parsed document gives nil.
func Splice(container *Element, content []byte) []byte {
	if container.doc == nil {
		return nil
	}
	text := container.doc.text
	out := make([]byte, 0, len(text)+len(content)+container.inner-container.begin)
	if inner := text[container.begin:container.inner]; container.innerEnd == container.end {
		out = append(append(out, text[:container.inner-len("/>")]...), '>')
		out = append(append(append(out, content...), "</"...), inner[len("<"):container.nameEnd()]...)
		return append(append(out, '>'), text[container.end:]...)
	}
	out = append(append(out, text[:container.innerEnd]...), content...)
	return append(out, text[container.innerEnd:]...)
}

// signedID returns the value of the attribute Id by which e is referred to.
func (e *Element) signedID() (string, error) {
	id, ok := e.Attr(Name{Local: "Id"})
	switch {
	case e.doc == nil || !ok:
		return "", fmt.Errorf("xmldsig: byte %d: %s has no attribute Id", e.begin, e.label())
	case !isNCName(id):
		return "", fmt.Errorf("xmldsig: byte %d: the Id of %s is not an NCName", e.begin, e.label())
	case e.doc.root.countID(id) != 1:
		return "", fmt.Errorf("xmldsig: byte %d: the Id of %s stands more than once in the document", e.begin, e.label())
	}
	return id, nil
}

// countID counts the attributes in e and beneath it that a reader might take
// for the identifier id: called Id in whatever case and namespace, and equal
// to it without the white space around, which validating readers drop.
func (e *Element) countID(id string) (n int) {
	for _, a := range e.Attrs {
		if strings.EqualFold(a.Name.Local, "id") && strings.Trim(a.Value, blanks) == id {
			n++
		}
	}
	for _, c := range e.Children {
		n += c.countID(id)
	}
	return n
}
