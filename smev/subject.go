package smev

import "time"

// Subject is what an inquiry is about: a person, spelled as in the passport,
// and what belongs to the person. Every check needs some of the fields; the
// constructors of the kinds name them. It prints as a fixed word, for it is
// personal data.
type Subject struct {
	LastName, FirstName string
	MiddleName          string // empty if the person has none
	Gender              Gender
	BirthDate           time.Time // only the date counts
	SNILS               string    // 11 digits; separators are ignored
	INN                 string    // 12 digits
	Passport            Passport

	BirthPlace   string       // as in the passport
	OGRNIP       string       // 15 digits, of a sole trader
	Organization Organization // that the person acts for
	Certificate  Certificate  // that was issued to the person
}

// Gender is the sex of a person as GenderType of the SMEV schemas has it.
type Gender string

// The values of Gender.
const (
	Male   Gender = "Male"
	Female Gender = "Female"
)

// Passport is the internal passport of the Russian Federation.
type Passport struct {
	Series     string    // 4 digits
	Number     string    // 6 digits
	Issued     time.Time // only the date counts
	IssuerCode string    // department code, 6 digits; "770-001" and "770001" are the same
	Issuer     string    // the department as the passport names it
}

// Organization is a legal person of the Russian Federation.
type Organization struct {
	OGRN string // 13 digits
	INN  string // 10 digits
	KPP  string // 9 characters
	Name string // short or full
}

// Certificate is an issued qualified certificate as ESIA is told of it.
type Certificate struct {
	SerialNumber        string // hexadecimal, 1 to 20 octets, no separators
	IssuerOrganization  string // name of the certification authority, from the issuer's distinguished name
	NotBefore, NotAfter time.Time
	Owner               Owner
}

// Owner is the kind of a certificate's owner, ownertypeType of
// rg_services_type.xsd 1.4.1.
type Owner string

// The values of Owner.
const (
	OwnerPerson     Owner = "PSO" // a natural person
	OwnerOfficial   Owner = "ORG" // an official of an organisation
	OwnerSoleTrader Owner = "IB"  // a sole trader
	OwnerSystem     Owner = "SYS" // an information system of an organisation
)

// Equal reports whether s and o hold the same data. Times are equal if they
// are the same instant, in whatever location, for a store may bring them back
// in another; where only the date counts, the same date is enough.
func (s Subject) Equal(o Subject) bool {
	times := sameDate(s.BirthDate, o.BirthDate) && sameDate(s.Passport.Issued, o.Passport.Issued) &&
		s.Certificate.NotBefore.Equal(o.Certificate.NotBefore) && s.Certificate.NotAfter.Equal(o.Certificate.NotAfter)
	return times && s.timeless() == o.timeless()
}

// timeless returns s without its times, so that == compares the rest.
func (s Subject) timeless() Subject {
	s.BirthDate, s.Passport.Issued = time.Time{}, time.Time{}
	s.Certificate.NotBefore, s.Certificate.NotAfter = time.Time{}, time.Time{}
	return s
}

func sameDate(a, b time.Time) bool { return a.Equal(b) || date(a) == date(b) }

// String returns "smev.Subject(hidden)".
func (Subject) String() string { return "smev.Subject(hidden)" }

// GoString returns what String does, for the %#v verb.
func (s Subject) GoString() string { return s.String() }

// String returns "smev.Passport(hidden)".
func (Passport) String() string { return "smev.Passport(hidden)" }

// GoString returns what String does, for the %#v verb.
func (p Passport) GoString() string { return p.String() }

// String returns "smev.Organization(hidden)".
func (Organization) String() string { return "smev.Organization(hidden)" }

// GoString returns what String does, for the %#v verb.
func (o Organization) GoString() string { return o.String() }

// String returns "smev.Certificate(hidden)".
func (Certificate) String() string { return "smev.Certificate(hidden)" }

// GoString returns what String does, for the %#v verb.
func (c Certificate) GoString() string { return c.String() }
