package qualified

import (
	"encoding/asn1"
	"errors"
	"time"

	"github.com/surguch/surguch/csr"
)

// Profile is the form of qualified certificates during one period: what the
// subject and the extensions hold. It is data, to be read and not changed.
type Profile struct {
	ID    string    // fsb795@2021-09-01: the order and the day the period begins
	Acts  string    // the acts it follows from
	From  time.Time // the first moment, Moscow time
	Until time.Time // the first moment after

	Attributes []AttributeRule
	Extensions []ExtensionRule
}

// Presence says whether something has to be there.
type Presence uint8

// Presences.
const (
	Forbidden Presence = iota
	Optional
	Required
)

func (p Presence) String() string {
	return [...]string{"forbidden", "optional", "required"}[min(p, Required)]
}

// AttributeRule is what a profile says of one attribute of the subject.
type AttributeRule struct {
	Type asn1.ObjectIdentifier
	Name string         // CN, SNILS, …
	Kind csr.StringKind // the string type it is written in
	Min  int            // least number of characters
	Max  int            // most characters by the standard; see MaxText
	// presence by owner type in the order of the constants from
	// NaturalPerson on: R, O or - (required, optional, forbidden).
	presence string
}

// MaxText is the most characters that are written into a text attribute.
// The limits of X.520 (AttributeRule.Max) are exceeded by accredited
// authorities themselves (CN of 113, O of 130 characters), so they are a
// warning of the linter and no fault of a builder.
const MaxText = 1024

// For says whether the attribute belongs to a certificate of the owner. For
// an unknown owner everything is optional.
func (a AttributeRule) For(owner OwnerType) Presence {
	if owner == UnknownOwner || int(owner) > len(a.presence) {
		return Optional
	}
	switch a.presence[owner-1] {
	case 'R':
		return Required
	case 'O':
		return Optional
	}
	return Forbidden
}

// ExtensionRule is what a profile says of one extension.
type ExtensionRule struct {
	ID        asn1.ObjectIdentifier
	Name      string // as RFC 5280 and the order spell it
	Critical  bool   // as it is written today
	EndEntity Presence
	Authority Presence // in certificates of authorities; roots lack those that point at an issuer
	Request   Presence // in the extensionRequest of a PKCS #10 request; what is Forbidden there is the authority's to say
}

// Attribute returns the rule of an attribute type.
func (p Profile) Attribute(id asn1.ObjectIdentifier) (AttributeRule, bool) {
	for _, a := range p.Attributes {
		if a.Type.Equal(id) {
			return a, true
		}
	}
	return AttributeRule{}, false
}

// Extension returns the rule of an extension.
func (p Profile) Extension(id asn1.ObjectIdentifier) (ExtensionRule, bool) {
	for _, e := range p.Extensions {
		if e.ID.Equal(id) {
			return e, true
		}
	}
	return ExtensionRule{}, false
}

// Errors of [ProfileAt].
var (
	// ErrNoProfile says that no form of qualified certificates existed yet.
	ErrNoProfile = errors.New("qualified: profile: none before 27.01.2012, when order 795 was registered")
	// ErrLapsed says that the last known profile has run out: order 31 is in
	// force until 01.09.2027, and what follows it is not known here.
	ErrLapsed = errors.New("qualified: profile: the last one lapsed on 01.09.2027 with FSB order 31")
)

// ProfileAt returns the profile in force at a moment. Before the first it is
// ErrNoProfile. After the last it returns the last profile together with
// ErrLapsed: a caller who must go on works by the form that was, and knows
// it; one who must not, stops at the error.
func ProfileAt(t time.Time) (Profile, error) {
	if t.Before(profiles[0].From) {
		return Profile{}, ErrNoProfile
	}
	for _, p := range profiles {
		if t.Before(p.Until) {
			return p, nil
		}
	}
	return profiles[len(profiles)-1], ErrLapsed
}

// Profiles returns all profiles, oldest first, each beginning where the one
// before it ends.
func Profiles() []Profile { return append([]Profile(nil), profiles...) }
