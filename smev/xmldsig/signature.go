package xmldsig

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/csr"
)

// signature is what a ds:Signature says, read and found to be in the shape of
// SMEV 3 and of the target, and not yet verified.
type signature struct {
	target      *Element
	info        *Element // SignedInfo
	inclusive   []string // PrefixList of its canonicalization
	method      *method
	algorithm   *csr.Algorithm
	certificate *csr.Certificate
	digest      []byte
	value       []byte
}

func ds(local string) Name { return Name{dsNamespace, local} }

// readSignature reads e as a signature of target.
func readSignature(as csr.Algorithms, e, target *Element) (*signature, error) {
	switch {
	case e == nil || e.doc == nil || e.Name != ds("Signature"):
		return nil, &VerifyError{Reason: ReasonNoSignature, err: errors.New("no ds:Signature")}
	case target == nil || target.doc == nil:
		return nil, refuse(ReasonTarget, e, errors.New("no element to be signed"))
	case e.doc != target.doc:
		return nil, refuse(ReasonTarget, e, errors.New("the element to be signed is of another document"))
	case e.inside(target) || target.inside(e):
		return nil, refuse(ReasonTarget, e, errors.New("the signature and the element to be signed overlap"))
	}
	if text := e.doc.text[e.begin:e.end]; strings.Contains(text, "<!") || strings.Contains(text, "<?") {
		return nil, refuse(ReasonFormat, e, errors.New("a comment, a CDATA section or a processing instruction in the signature"))
	}
	s := &signature{target: target}
	q := e.Sequence(ds("Signature"))
	s.info = q.One(ds("SignedInfo"))
	value, keyInfo := q.One(ds("SignatureValue")), q.Optional(ds("KeyInfo"))
	if err := firstOf(q.End(), e.allow("Id"), value.allow("Id")); err != nil {
		return nil, refuse(ReasonFormat, e, err)
	}
	if keyInfo == nil {
		return nil, refuse(ReasonCertificate, e, errors.New("no KeyInfo"))
	}
	if err := s.readInfo(as); err != nil {
		return nil, err
	}
	if err := s.readCertificate(as, keyInfo); err != nil {
		return nil, err
	}
	if s.algorithm = s.method.among(as, s.certificate.PublicKey); s.algorithm == nil {
		return nil, refuse(ReasonAlgorithm, s.info, errors.New("the signature method is not for the key of the certificate"))
	}
	var err error
	if s.value, err = value.base64(); err != nil {
		return nil, refuse(ReasonFormat, value, err)
	}
	return s, nil
}

// readInfo reads SignedInfo (RFC 3275, section 4.3).
func (s *signature) readInfo(as csr.Algorithms) error {
	q := s.info.Sequence(ds("SignedInfo"))
	canonicalization, signing, reference := q.One(ds("CanonicalizationMethod")), q.One(ds("SignatureMethod")), q.One(ds("Reference"))
	if err := firstOf(q.End(), s.info.allow("Id"), reference.allow("Id", "URI")); err != nil {
		return refuse(ReasonFormat, s.info, err)
	}
	if err := s.refersTo(reference); err != nil {
		return err
	}
	var err error
	if s.inclusive, err = canonicalization.exclusive(); err != nil {
		return err
	}
	q = reference.Sequence(ds("Reference"))
	transforms, digesting, digest := q.One(ds("Transforms")), q.One(ds("DigestMethod")), q.One(ds("DigestValue"))
	if err := firstOf(q.End(), transforms.allow(), digest.allow()); err != nil {
		return refuse(ReasonFormat, reference, err)
	}
	if err := transforms.smev(); err != nil {
		return err
	}
	if err := s.readMethods(as, signing, digesting); err != nil {
		return err
	}
	if s.digest, err = digest.base64(); err != nil {
		return refuse(ReasonFormat, digest, err)
	}
	return nil
}

// refersTo checks that the Reference is to the target and cannot be taken for
// one to something else.
func (s *signature) refersTo(reference *Element) error {
	id, err := s.target.signedID()
	if err != nil {
		return refuse(ReasonTarget, s.target, err)
	}
	if uri, _ := reference.Attr(Name{Local: "URI"}); uri != "#"+id {
		return refuse(ReasonTarget, reference, errors.New("the Reference is to something else than the element to be signed"))
	}
	return nil
}

// readMethods reads SignatureMethod and DigestMethod. The first comes first:
// who sees an old method refused need not wonder about its certificate.
func (s *signature) readMethods(as csr.Algorithms, signing, digesting *Element) error {
	name, err := signing.algorithm()
	if err != nil {
		return err
	}
	s.method = methodNamed(name)
	switch {
	case s.method == nil:
		return refuse(ReasonAlgorithm, signing, errors.New("a signature method that SMEV 3 does not use"))
	case !s.method.known(as):
		return refuse(ReasonAlgorithm, signing, fmt.Errorf("%w: signature method %s", csr.ErrUnknownAlgorithm, s.method.signature[0]))
	}
	if name, err = digesting.algorithm(); err != nil {
		return err
	}
	if !slices.Contains(s.method.digest, name) {
		return refuse(ReasonAlgorithm, digesting, errors.New("a digest method that does not go with the signature method"))
	}
	return nil
}

// readCertificate reads KeyInfo, which is one certificate.
func (s *signature) readCertificate(as csr.Algorithms, keyInfo *Element) error {
	q := keyInfo.Sequence(ds("KeyInfo"))
	data := q.One(ds("X509Data"))
	if err := firstOf(q.End(), keyInfo.allow("Id"), data.allow()); err != nil {
		return refuse(ReasonCertificate, keyInfo, err)
	}
	q = data.Sequence(ds("X509Data"))
	certificate := q.One(ds("X509Certificate"))
	if err := firstOf(q.End(), certificate.allow()); err != nil {
		return refuse(ReasonCertificate, data, err)
	}
	der, err := certificate.base64()
	if err != nil {
		return refuse(ReasonCertificate, certificate, err)
	}
	if s.certificate, err = as.ParseCertificate(der); err != nil {
		return refuse(ReasonCertificate, certificate, err)
	}
	return nil
}

// smev checks that e, ds:Transforms, is exclusive canonicalization and then
// SMEV's transform.
func (e *Element) smev() error {
	q := e.Sequence(ds("Transforms"))
	first, second := q.One(ds("Transform")), q.One(ds("Transform"))
	if err := q.End(); err != nil {
		return refuse(ReasonFormat, e, err)
	}
	if _, err := first.exclusive(); err != nil {
		return err
	}
	if name, err := second.algorithm(); err != nil {
		return err
	} else if name != smevURN {
		return refuse(ReasonAlgorithm, second, errors.New("the second transform is not that of SMEV"))
	}
	return nil
}

// exclusive checks that e names exclusive canonicalization without comments,
// and returns the PrefixList of InclusiveNamespaces, if there is one (RFC 3741,
// section 4).
func (e *Element) exclusive() (prefixes []string, err error) {
	if name, _ := e.Attr(Name{Local: "Algorithm"}); name != excC14N {
		return nil, refuse(ReasonAlgorithm, e, fmt.Errorf("%s is not exclusive canonicalization", e.label()))
	}
	q := e.Sequence(e.Name)
	list := q.Optional(Name{excC14N, "InclusiveNamespaces"})
	if err := firstOf(q.End(), e.allow("Algorithm")); err != nil {
		return nil, refuse(ReasonFormat, e, err)
	}
	if list == nil {
		return nil, nil
	}
	if err := firstOf(list.Sequence(list.Name).End(), list.allow("PrefixList")); err != nil {
		return nil, refuse(ReasonFormat, list, err)
	}
	value, _ := list.Attr(Name{Local: "PrefixList"})
	prefixes = strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(blanks, r) })
	if len(prefixes) > maxBindings {
		return nil, refuse(ReasonFormat, list, errors.New("too many prefixes"))
	}
	return prefixes, nil
}

// algorithm returns the Algorithm of an element that says nothing else.
func (e *Element) algorithm() (string, error) {
	if err := firstOf(e.Sequence(e.Name).End(), e.allow("Algorithm")); err != nil {
		return "", refuse(ReasonFormat, e, err)
	}
	name, _ := e.Attr(Name{Local: "Algorithm"})
	return name, nil
}

// allow checks that e has no attributes but those, without a namespace.
func (e *Element) allow(local ...string) error {
	for _, a := range e.Attrs {
		if a.Name.Space != "" || !slices.Contains(local, a.Name.Local) {
			return fmt.Errorf("xmldsig: byte %d: an attribute that does not belong in %s", e.begin, e.label())
		}
	}
	return nil
}

// base64 returns the octets of a leaf in Base64 (RFC 4648, section 4), with
// white space wherever it pleases, as some write it.
func (e *Element) base64() ([]byte, error) {
	text, err := e.Leaf()
	if err != nil {
		return nil, err
	}
	text = strings.Map(func(r rune) rune {
		if strings.ContainsRune(blanks, r) {
			return -1
		}
		return r
	}, text)
	octets, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("xmldsig: byte %d: %s is not Base64", e.begin, e.label())
	}
	return octets, nil
}

// inside reports whether e is outer or stands inside it.
func (e *Element) inside(outer *Element) bool {
	return outer.begin <= e.begin && e.end <= outer.end
}

// firstOf returns the first error that is one.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
