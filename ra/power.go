package ra

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// PowerVerifier reads electronic powers of attorney; package ra/mchd has one.
type PowerVerifier interface {
	// Verify reads a power and verifies the principal's signature over it. An
	// error says that the file is none, or the signature does not count; it
	// repeats no personal data.
	Verify(ctx context.Context, document, signature []byte, at time.Time) (*Power, error)
}

// PowerRegister knows which powers of attorney are in force, such as that of
// the tax service.
type PowerRegister interface {
	// Power tells how a power stands, by its number and the INN of the
	// principal. An error says that nothing is known.
	Power(ctx context.Context, number, principalINN string) (PowerState, error)
}

// PowerState is how a power stands in a register.
type PowerState string

// States of a power.
const (
	PowerInForce PowerState = "in_force"
	PowerRevoked PowerState = "revoked"
	PowerUnknown PowerState = "unknown" // there is none of this number
)

// Power is what a power of attorney says whose signature was verified.
type Power struct {
	Number          string // in the register
	Principal       Principal
	Representatives []PowerPerson
	From, Until     time.Time // it counts from From on, and before Until
	Codes           []string  // of what the representatives may do
	Joint           bool      // they may do it together only
	// Ended says that the principal's certificate has ended since he signed:
	// that it was good then rests on his word, until a register confirms it.
	Ended bool
}

// Principal is who gave a power of attorney.
type Principal struct {
	LegalForm string // LegalPerson …
	INN       string
	OGRN      string // or OGRNIP
	SNILS     string // of a person
}

// PowerPerson is a person whom a power of attorney empowers.
type PowerPerson struct {
	SNILS, INN                      string // one of them may be absent
	LastName, FirstName, MiddleName string
}

// Kinds of exhibits of an electronic power of attorney.
const (
	PowerExhibit   = "power_of_attorney"           // XML
	PowerSignature = "power_of_attorney_signature" // detached CMS over it
)

// PowerError says why a power of attorney does not count. Nothing was
// recorded.
type PowerError struct {
	Fault PowerFault
	Err   error // of the verifier; nil, where the fault says all
}

func (e *PowerError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("ra: power of attorney: %s: %v", e.Fault, e.Err)
	}
	return fmt.Sprintf("ra: power of attorney: %s", e.Fault)
}

func (e *PowerError) Unwrap() error { return e.Err }

// PowerFault is why a power of attorney does not count.
type PowerFault string

// The faults.
const (
	PowerInvalid       PowerFault = "invalid"        // the file is no power, or its signature does not count
	PowerNotYet        PowerFault = "not_yet"        // its term has not begun
	PowerExpired       PowerFault = "expired"        // its term is over
	PowerWasRevoked    PowerFault = "revoked"        // the register says so
	PowerUnregistered  PowerFault = "unregistered"   // the register has none of its number
	PowerSignerEnded   PowerFault = "signer_ended"   // the signer's certificate has ended, and no register vouches for it
	PowerJoint         PowerFault = "joint"          // its representatives may act together only
	PowerTooNarrow     PowerFault = "too_narrow"     // it gives none of Config.PowerCodes
	PowerOtherOwner    PowerFault = "other_owner"    // the principal is not the one the form is about
	PowerOtherPerson   PowerFault = "other_person"   // it empowers somebody else
	PowerNobodyAwaited PowerFault = "nobody_awaited" // nobody acts by a power of attorney here
)

// by reports whether a power is given by the applicant of a form, or by the
// organisation it is about.
func (w *Power) by(f *Form) bool {
	p := &w.Principal
	switch f.LegalForm {
	case LegalOrganization:
		return p.LegalForm == LegalOrganization && p.OGRN == f.OGRN && p.INN == f.INNLE
	case LegalSoleTrader:
		return p.LegalForm == LegalSoleTrader && p.OGRN == f.OGRNIP && p.INN == f.INN || p.LegalForm == LegalPerson && f.SNILS != "" && p.SNILS == f.SNILS
	case LegalPerson:
		return p.LegalForm == LegalPerson && f.SNILS != "" && p.SNILS == f.SNILS
	}
	return false
}

// names reports whether a power empowers the person of a SNILS.
func (w *Power) names(snils string) bool {
	return snils != "" && slices.ContainsFunc(w.Representatives, func(x PowerPerson) bool { return x.SNILS == snils })
}

// empowers reports whether a power empowers the person of a form: by every
// number that it gives, at least one, and by his name.
func (w *Power) empowers(f *Form) bool {
	return slices.ContainsFunc(w.Representatives, func(x PowerPerson) bool {
		return (x.SNILS != "" || x.INN != "") && (x.SNILS == "" || x.SNILS == f.SNILS) && (x.INN == "" || x.INN == f.INN) &&
			Normalise(x.LastName+" "+x.FirstName+" "+x.MiddleName) == Normalise(f.FullName())
	})
}
