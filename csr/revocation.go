package csr

import (
	"errors"
	"fmt"
	"math/big"
	"time"
)

// Reason is why a certificate was revoked: CRLReason of RFC 5280, section
// 5.3.1. Its numbers are those of the standard, where 7 is not used.
type Reason uint8

// The reasons of RFC 5280, section 5.3.1.
const (
	ReasonUnspecified          Reason = 0
	ReasonKeyCompromise        Reason = 1
	ReasonCACompromise         Reason = 2
	ReasonAffiliationChanged   Reason = 3
	ReasonSuperseded           Reason = 4
	ReasonCessationOfOperation Reason = 5
	ReasonCertificateHold      Reason = 6 // may be lifted
	ReasonRemoveFromCRL        Reason = 8 // of delta CRLs only, which are not read
	ReasonPrivilegeWithdrawn   Reason = 9
	ReasonAACompromise         Reason = 10
)

// reasons holds the standard's word and the one of printed forms.
var reasons = map[Reason][2]string{
	ReasonUnspecified:          {"unspecified", "причина не указана"},
	ReasonKeyCompromise:        {"keyCompromise", "ключ электронной подписи скомпрометирован"},
	ReasonCACompromise:         {"cACompromise", "ключ удостоверяющего центра скомпрометирован"},
	ReasonAffiliationChanged:   {"affiliationChanged", "изменились сведения о владельце"},
	ReasonSuperseded:           {"superseded", "сертификат заменён новым"},
	ReasonCessationOfOperation: {"cessationOfOperation", "использование сертификата прекращено"},
	ReasonCertificateHold:      {"certificateHold", "действие сертификата приостановлено"},
	ReasonRemoveFromCRL:        {"removeFromCRL", "действие сертификата возобновлено"},
	ReasonPrivilegeWithdrawn:   {"privilegeWithdrawn", "полномочия владельца прекращены"},
	ReasonAACompromise:         {"aACompromise", "центр атрибутных сертификатов скомпрометирован"},
}

// String is the reason in the words of the standard: keyCompromise.
func (r Reason) String() string {
	if words, ok := reasons[r]; ok {
		return words[0]
	}
	return fmt.Sprintf("Reason(%d)", uint8(r))
}

// Russian is the reason as printed forms say it.
func (r Reason) Russian() string {
	if words, ok := reasons[r]; ok {
		return words[1]
	}
	return fmt.Sprintf("причина с кодом %d", uint8(r))
}

// newReason takes the number of a CRLReason that stands in a full CRL or in an
// OCSP response. In neither has removeFromCRL a meaning (RFC 5280, section
// 5.3.1), and who took it for one would call a revoked certificate good.
func newReason(code int) (Reason, bool) {
	if code < 0 || code > 10 {
		return 0, false
	}
	r := Reason(code)
	_, known := reasons[r]
	return r, known && r != ReasonRemoveFromCRL
}

// Revocation is one revoked certificate, as a CRL lists it.
type Revocation struct {
	SerialNumber   *big.Int
	RevokedAt      time.Time
	Reason         Reason    // ReasonUnspecified when the list gives none
	InvalidityDate time.Time // since when the key is suspect; zero when not said
}

// State is what an authority says of a certificate.
type State uint8

// States of a certificate. The zero State is StatusUnknown: a certificate is
// never good by default.
const (
	StatusUnknown State = iota
	StatusGood
	StatusRevoked
)

func (s State) String() string {
	switch s {
	case StatusUnknown:
		return "unknown"
	case StatusGood:
		return "good"
	case StatusRevoked:
		return "revoked"
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Russian is the state as printed forms say it.
func (s State) Russian() string {
	switch s {
	case StatusGood:
		return "действует"
	case StatusRevoked:
		return "отозван"
	}
	return "неизвестно"
}

// Status is the answer of a CRL or of an OCSP response about one certificate.
// A certificate revoked later than the time of interest is StatusRevoked all
// the same: who judges an old signature compares Revocation.RevokedAt.
type Status struct {
	State State
	// Revocation is set when State is StatusRevoked.
	Revocation Revocation
	// ThisUpdate and NextUpdate are the answer's own times; NextUpdate is
	// zero in an OCSP response that has none.
	ThisUpdate, NextUpdate time.Time
	// Responder is the certificate whose key signed an OCSP response: the
	// issuer's or a delegated one. It is nil for a CRL.
	Responder *Certificate
}

// Errors of revocation data that callers act on.
var (
	// ErrStale says that a CRL or an OCSP response is not of the time asked
	// for: a fresh one may do.
	ErrStale = errors.New("csr: revocation data is not of the time asked for")
	// ErrScope says that a CRL or an OCSP response does not speak of the
	// certificate: another one must be asked.
	ErrScope = errors.New("csr: revocation data does not cover the certificate")
)

// clockSkew is how far ahead of ours the clock of an authority may be:
// thisUpdate and producedAt are allowed to be so much later than the time
// asked for. An end of validity gets no allowance.
const clockSkew = 5 * time.Minute
