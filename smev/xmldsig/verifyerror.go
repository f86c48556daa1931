package xmldsig

import (
	"fmt"
	"strings"
)

// Reason is why a signature was refused.
type Reason int

const (
	// ReasonNoSignature: there is no element ds:Signature.
	ReasonNoSignature Reason = iota + 1
	// ReasonFormat: it has not the shape that SMEV 3 gives signatures.
	ReasonFormat
	// ReasonTarget: it is of something else than the element given, or one
	// cannot tell of which element it is.
	ReasonTarget
	// ReasonAlgorithm: it names an algorithm that is not in the caller's
	// list, that does not go with another, or that nobody uses in SMEV 3.
	ReasonAlgorithm
	// ReasonCertificate: there is not exactly one certificate, or it does
	// not parse.
	ReasonCertificate
	// ReasonDigest: DigestValue is not the digest of the element, or the
	// element has no transformed form.
	ReasonDigest
	// ReasonValue: SignatureValue is not of the certificate's key over
	// SignedInfo.
	ReasonValue
)

// FaultCode returns the code by which SMEV tells the reason in a
// SignatureVerificationFault (schema of faults 1.1 to 1.3): NoSignatureFound,
// IncorrectSignatureTarget, CertificateIsNotFound or, for a wrong structure as
// well as a wrong value, SignatureIsInvalid. CertificateIsExpired and
// PoorSOAPEnvelopeFormat are for what this package does not check: validity
// and the envelope.
func (r Reason) FaultCode() string {
	switch r {
	case ReasonNoSignature:
		return "NoSignatureFound"
	case ReasonTarget:
		return "IncorrectSignatureTarget"
	case ReasonCertificate:
		return "CertificateIsNotFound"
	}
	return "SignatureIsInvalid"
}

// VerifyError says why [Verify] refuses a signature.
type VerifyError struct {
	Reason Reason
	Offset int // of the element at fault, in bytes of the document

	// SignedInfoVerified says that SignatureValue is right: the owner of the
	// certificate signed this SignedInfo, and it is the element that is not
	// the one signed. Only with ReasonDigest.
	SignedInfoVerified bool

	// MissingParts are the references of the xop:Include elements in the
	// element: parts of the MIME message that belong there in Base64, in one
	// line, before anything is verified. Only with ReasonDigest.
	MissingParts []string

	err error
}

func (e *VerifyError) Error() string {
	text := fmt.Sprintf("xmldsig: byte %d: signature: %s", e.Offset, strings.TrimPrefix(e.err.Error(), "xmldsig: "))
	if len(e.MissingParts) == 0 {
		return text
	}
	const most = 8
	parts := make([]string, 0, most)
	for _, p := range e.MissingParts[:min(len(e.MissingParts), most)] {
		parts = append(parts, fmt.Sprintf("%q", label(p)))
	}
	return fmt.Sprintf("%s: %d MIME parts are not in their places: %s", text, len(e.MissingParts), strings.Join(parts, ", "))
}

// Unwrap returns what lies beneath: a *TransformError, or an error of package
// csr.
func (e *VerifyError) Unwrap() error { return e.err }
