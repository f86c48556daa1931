package qualified

import "fmt"

// OwnerType is whose certificate it is. The profile asks for other attributes
// of each (law 63-FZ, article 17, part 2).
type OwnerType uint8

// Types of owners.
const (
	UnknownOwner          OwnerType = iota // the zero value: to be told from the attributes
	NaturalPerson                          // a person who acts in his own name
	SoleTrader                             // an individual entrepreneur
	OrganizationPerson                     // an organisation and the person who acts for it
	OrganizationAutomatic                  // an organisation alone: automatic signing, authorities
	ForeignPerson                          // a person who is no citizen of Russia
	ForeignOrganization                    // an organisation not of Russia
)

// ownerTypes names them in the order of their constants.
var ownerTypes = [...]struct{ name, russian string }{
	{"unknown", "не определён"},
	{"person", "физическое лицо"},
	{"sole-trader", "индивидуальный предприниматель"},
	{"organization", "юридическое лицо и действующее от его имени физическое лицо"},
	{"organization-automatic", "юридическое лицо, автоматическое подписание"},
	{"foreign-person", "иностранное физическое лицо"},
	{"foreign-organization", "иностранная организация"},
}

// String is the stable name: person, sole-trader, organization,
// organization-automatic, foreign-person, foreign-organization, unknown.
func (t OwnerType) String() string {
	if int(t) < len(ownerTypes) {
		return ownerTypes[t].name
	}
	return fmt.Sprintf("OwnerType(%d)", uint8(t))
}

// Russian is the type in words.
func (t OwnerType) Russian() string {
	if int(t) < len(ownerTypes) {
		return ownerTypes[t].russian
	}
	return t.String()
}

// ParseOwnerType finds the type of a stable name; "unknown" is not one.
func ParseOwnerType(name string) (OwnerType, error) {
	for i, t := range ownerTypes {
		if i > 0 && t.name == name {
			return OwnerType(i), nil
		}
	}
	return UnknownOwner, fmt.Errorf("qualified: owner type: %q is none of person, sole-trader, organization, organization-automatic, foreign-person, foreign-organization", name)
}

// owners is a set of owner types; the empty set stands for all of them.
type owners uint8

func ownerSet(types ...OwnerType) (set owners) {
	for _, t := range types {
		set |= 1 << t
	}
	return set
}

func (s owners) has(t OwnerType) bool { return s == 0 || s&(1<<t) != 0 }

// The sets that rules speak of.
var (
	people        = ownerSet(NaturalPerson, SoleTrader)
	withPerson    = ownerSet(NaturalPerson, SoleTrader, OrganizationPerson)
	russianOrgs   = ownerSet(OrganizationPerson, OrganizationAutomatic)
	russians      = withPerson | russianOrgs
	organizations = russianOrgs | ownerSet(ForeignOrganization)
)
