package qualified

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// Class is the class of a signature tool or of an authority's tool.
type Class uint8

// Classes, weakest first.
const (
	KC1 Class = iota + 1
	KC2
	KC3
	KB1
	KB2
	KA1
)

// classPolicies in the order of the constants (RFC 9215, section 5: arc
// 1.2.643.100.113).
var classPolicies = []asn1.ObjectIdentifier{oid.PolicyKC1, oid.PolicyKC2, oid.PolicyKC3, oid.PolicyKB1, oid.PolicyKB2, oid.PolicyKA1}

// String is the class as Russian documents write it.
func (c Class) String() string {
	if c < KC1 || c > KA1 {
		return fmt.Sprintf("Class(%d)", uint8(c))
	}
	return [...]string{"КС1", "КС2", "КС3", "КВ1", "КВ2", "КА1"}[c-1]
}

// Policies lists the policies of a certificate whose tool is of the class:
// every class from KC1 up to it. It is empty for what is no class.
func (c Class) Policies() []asn1.ObjectIdentifier {
	if c < KC1 || c > KA1 {
		return nil
	}
	return append([]asn1.ObjectIdentifier(nil), classPolicies[:c]...)
}

// Wanted is what a request asks of the authority beside the subject. The
// authority has the last word on each. Required: SignTool and Class.
type Wanted struct {
	// Usage is keyUsage; zero: digitalSignature, contentCommitment,
	// keyEncipherment, dataEncipherment, keyAgreement (0xF8), which serves
	// signing as well as key agreement by GOST (RFC 9215, section 4.4).
	Usage csr.KeyUsage
	// Purposes is extKeyUsage; empty: clientAuth and emailProtection.
	Purposes []asn1.ObjectIdentifier
	// SignTool names the owner's signature tool, 1 to 200 characters:
	// "КриптоПро CSP" (версия 5.0).
	SignTool string
	// Class is the class of the tool.
	Class Class
	// Identification is how the owner is going to be identified; the zero
	// value is InPerson.
	Identification Identification
}

// Extensions returns what goes into the extensionRequest attribute:
// keyUsage, critical; extKeyUsage, subjectSignTool, identificationKind and
// certificatePolicies, not critical. The error joins every fault.
func (w Wanted) Extensions() ([]csr.Extension, error) {
	if w.Usage == 0 {
		w.Usage = csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment | csr.KeyAgreement
	}
	if len(w.Purposes) == 0 {
		w.Purposes = []asn1.ObjectIdentifier{oid.PurposeClientAuth, oid.PurposeEmailProtection}
	}
	var faults []error
	if w.Usage&(csr.DigitalSignature|csr.ContentCommitment) != csr.DigitalSignature|csr.ContentCommitment {
		faults = append(faults, errors.New("qualified: keyUsage: without digitalSignature or contentCommitment"))
	}
	if w.Usage&(csr.KeyCertSign|csr.CRLSign) != 0 {
		faults = append(faults, errors.New("qualified: keyUsage: bits of an authority"))
	}
	tool, err := NewSubjectSignTool(w.SignTool)
	faults = append(faults, err)
	if w.Class < KC1 || w.Class > KA1 {
		faults = append(faults, errors.New("qualified: certificatePolicies: the class is not given"))
	}
	if w.Identification < InPerson || w.Identification > ByBiometrics {
		faults = append(faults, errors.New("qualified: identificationKind: not one of 0 to 3"))
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return []csr.Extension{
		csr.NewKeyUsage(w.Usage),
		csr.NewExtendedKeyUsage(w.Purposes...),
		tool,
		NewIdentificationKind(w.Identification),
		csr.NewCertificatePolicies(w.Class.Policies()...),
	}, nil
}
