package xmldsig

import (
	"bytes"
	"errors"

	"github.com/surguch/surguch/csr"
)

// Signature is a signature that was verified.
type Signature struct {
	Certificate *csr.Certificate
	Algorithm   *csr.Algorithm
	Escaping    Escaping // of the transform that gave the digest
}

// Verify checks that signature, a ds:Signature, is a signature of target by
// the certificate in it, with a scheme of the list. Both are elements of one
// parsed document, and the caller has found both in the places that the schema
// of the message gives them: it is this very element that counts, and not any
// element that carries the right Id.
//
// The shape is the one of SMEV 3 and nothing else: one Reference "#id" with
// exclusive canonicalization and then SMEV's transform, a digest of the family
// of the signature method, one X509Certificate. The id is that of the target,
// and no other attribute called Id, ID, id or xml:id, in any namespace, has the
// value. Neither of the elements stands inside the other. SignedInfo is
// canonicalized exclusively, without comments; InclusiveNamespaces are
// heeded there, and have no effect before SMEV's transform. Comments, CDATA
// and processing instructions have no place in the signature. Prefixes are
// free, and attributes Id may stand where XML Signature allows them.
//
// First SignatureValue is verified, then the digest. If the digest differs and
// implementations differ in how they write the element, it is taken once more
// as [C14N] writes it.
//
// Nothing is said about the certificate but that its key signed. It is not
// covered by the signature itself, so anybody can put another of the same key
// there: its chain, its validity at the time of signing and whose it is are the
// caller's to check. GOST R 34.10-2001 is refused unless the list has
// csr.Legacy.
//
// The error is a *VerifyError.
func Verify(as csr.Algorithms, signature, target *Element) (*Signature, error) {
	s, err := readSignature(as, signature, target)
	if err != nil {
		return nil, err
	}
	if err := s.verifyValue(); err != nil {
		return nil, err
	}
	return s.verifyDigest()
}

// verifyValue verifies SignatureValue over SignedInfo.
func (s *signature) verifyValue() error {
	sig, ok := s.method.decode(s.value)
	if !ok || !s.algorithm.VerifyMessage(s.certificate.PublicKey, s.info.Canonical(s.inclusive...), sig) {
		return refuse(ReasonValue, s.info, csr.ErrSignature)
	}
	return nil
}

// verifyDigest compares DigestValue with the digest of the target.
func (s *signature) verifyDigest() (*Signature, error) {
	for _, escaping := range []Escaping{Woodstox, C14N} {
		t := transformer{escaping: escaping, to: s.algorithm.Hash()}
		digest, err := t.digest(s.target)
		if err != nil {
			return nil, s.refuseDigest(err)
		}
		if bytes.Equal(digest, s.digest) {
			return &Signature{s.certificate, s.algorithm, escaping}, nil
		}
		if t.loose == nil {
			break
		}
	}
	return nil, s.refuseDigest(errors.New("the element is not the one signed: its digest differs"))
}

func (s *signature) refuseDigest(err error) error {
	e := refuse(ReasonDigest, s.target, err)
	e.SignedInfoVerified = true
	e.MissingParts = s.target.missingParts()
	return e
}

// missingParts returns the references of xop:Include elements in e (XOP 1.0,
// section 2.1).
func (e *Element) missingParts() (refs []string) {
	for _, c := range e.Children {
		if c.Name == (Name{xopNamespace, "Include"}) {
			href, _ := c.Attr(Name{Local: "href"})
			refs = append(refs, href)
		}
		refs = append(refs, c.missingParts()...)
	}
	return refs
}

// refuse makes the error about an element.
func refuse(r Reason, e *Element, err error) *VerifyError {
	return &VerifyError{Reason: r, Offset: e.begin, err: err}
}
