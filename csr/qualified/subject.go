package qualified

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// Owner is what the subject of a certificate says of its owner. What does not
// belong to the type of owner, or is not known, stays empty. Required: Type;
// the profile says what else (section Attributes of [Profile]).
type Owner struct {
	Type OwnerType

	Surname    string
	GivenName  string // first name and patronymic in one value
	CommonName string // empty: surname and given name of a person, Organization of an organisation

	SNILS  SNILS
	INN    INN // of the person
	INNLE  INNLE
	OGRN   OGRN
	OGRNIP OGRNIP

	Country  string // two letters of ISO 3166-1; empty: RU, unless the owner is foreign
	Region   string // code and name: 77 г. Москва
	Locality string
	Street   string // street, house, flat
	Email    string // ASCII

	Organization string
	Unit         string
	Title        string // position of the person who acts for the organisation
}

// OwnerFault is one thing wrong with an Owner. It does not repeat values.
type OwnerFault struct {
	Attribute string // CN, SNILS, …
	Reason    string
}

// OwnerError lists everything wrong with an Owner.
type OwnerError struct{ Faults []OwnerFault }

func (e *OwnerError) Error() string {
	list := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		list[i] = f.Attribute + ": " + f.Reason
	}
	return "qualified: owner: " + strings.Join(list, "; ")
}

// NewSubject makes the subject of a certificate or request by the profile.
// The order of attributes is that of the practice: OGRN, OGRNIP, SNILS,
// INNLE, INN, E, C, S, L, STREET, O, OU, T, CN, G, SN; no act prescribes one.
// An error is an *OwnerError with every fault.
func NewSubject(p Profile, o Owner) (csr.Name, error) {
	list := o.attributes()
	var e OwnerError
	fault := func(attribute, reason string) { e.Faults = append(e.Faults, OwnerFault{attribute, reason}) }
	if o.Type == UnknownOwner || int(o.Type) >= len(ownerTypes) {
		fault("owner", "the type is not given")
	}
	for _, a := range list {
		name := oid.Short(a.Type)
		rule, known := p.Attribute(a.Type)
		switch presence := rule.For(o.Type); {
		case a.Value == "" && presence == Required && known:
			fault(name, "missing")
		case a.Value == "":
		case presence == Forbidden || !known:
			fault(name, "not in the certificate of such an owner")
		default:
			if reason := o.fault(a, rule); reason != "" {
				fault(name, reason)
			}
		}
	}
	if len(e.Faults) > 0 {
		return csr.Name{}, &e
	}
	written := list[:0]
	for _, a := range list {
		if a.Value != "" {
			written = append(written, a)
		}
	}
	return csr.NewName(written...)
}

// attributes are all attributes in their order, the empty ones too.
func (o Owner) attributes() []csr.Attribute {
	cn, country := o.CommonName, o.Country
	switch o.Type {
	case OrganizationPerson, OrganizationAutomatic, ForeignOrganization:
		if cn == "" {
			cn = o.Organization
		}
	default:
		if cn == "" {
			cn = strings.TrimSpace(o.Surname + " " + o.GivenName)
		}
	}
	if country == "" && russians.has(o.Type) {
		country = "RU"
	}
	return []csr.Attribute{
		csr.NewAttribute(oid.OGRN, string(o.OGRN)),
		csr.NewAttribute(oid.OGRNIP, string(o.OGRNIP)),
		csr.NewAttribute(oid.SNILS, string(o.SNILS)),
		csr.NewAttribute(oid.INNLE, string(o.INNLE)),
		csr.NewAttribute(oid.INN, string(o.INN)),
		csr.NewAttribute(oid.EmailAddress, o.Email),
		csr.NewAttribute(oid.Country, country),
		csr.NewAttribute(oid.StateOrProvince, o.Region),
		csr.NewAttribute(oid.Locality, o.Locality),
		csr.NewAttribute(oid.StreetAddress, o.Street),
		csr.NewAttribute(oid.Organization, o.Organization),
		csr.NewAttribute(oid.OrganizationalUnit, o.Unit),
		csr.NewAttribute(oid.Title, o.Title),
		csr.NewAttribute(oid.CommonName, cn),
		csr.NewAttribute(oid.GivenName, o.GivenName),
		csr.NewAttribute(oid.Surname, o.Surname),
	}
}

// fault says what is wrong with the value of one attribute, or "".
func (o Owner) fault(a csr.Attribute, rule AttributeRule) string {
	switch rule.Name {
	case "SNILS":
		return brokenRule(o.SNILS.Check())
	case "INN":
		// Before order 31 this attribute bore an organisation's number too.
		if russianOrgs.has(o.Type) && o.INNLE == "" && strings.HasPrefix(a.Value, "00") {
			return brokenRule(CheckLegacyINN(a.Value))
		}
		return brokenRule(o.INN.Check())
	case "INNLE":
		return brokenRule(o.INNLE.Check())
	case "OGRN":
		return brokenRule(o.OGRN.Check())
	case "OGRNIP":
		return brokenRule(o.OGRNIP.Check())
	case "C":
		switch {
		case !isCountry(a.Value):
			return "not two capital letters"
		case russians.has(o.Type) && a.Value != "RU":
			return "not RU for an owner of Russia"
		}
		return ""
	case "S":
		if a.Value != "" && o.isRU() && !isRegion(a.Value) {
			return "not a region's code of two digits, a space and its name"
		}
	case "E":
		if !isEmail(a.Value) {
			return "not an address of ASCII"
		}
		if len(a.Value) > rule.Max {
			return "longer than 255 characters"
		}
	}
	return textFault(a.Value)
}

func (o Owner) isRU() bool { return o.Country == "RU" || o.Country == "" && russians.has(o.Type) }

// brokenRule is the rule that a *NumberError names.
func brokenRule(err error) string {
	if e, ok := err.(*NumberError); ok {
		return e.Rule
	}
	return ""
}

// textFault says why a text is not written into a certificate, or "".
func textFault(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "not UTF-8"
	case utf8.RuneCountInString(s) > MaxText:
		return "longer than 1024 characters"
	case strings.TrimSpace(s) != s:
		return "a space at the beginning or the end"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "a control character"
	}
	return ""
}

// isCountry reports whether s is two Latin capitals.
func isCountry(s string) bool {
	return len(s) == 2 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'A' && s[1] <= 'Z'
}

// isRegion reports whether s begins with a region's code of two digits, a
// space and the name, as all of Russia writes it: 77 г. Москва.
func isRegion(s string) bool {
	return len(s) > 3 && allDigits(s[:2]) && s[2] == ' ' && s[3] != ' '
}

// isEmail reports whether s is ASCII with one @ that has something on both
// sides, and no space or control character.
func isEmail(s string) bool {
	at := -1
	for i := range len(s) {
		switch {
		case s[i] <= ' ' || s[i] >= 0x7f, s[i] == '@' && at >= 0:
			return false
		case s[i] == '@':
			at = i
		}
	}
	return at > 0 && at < len(s)-1
}
