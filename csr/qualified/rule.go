package qualified

import (
	"fmt"
	"slices"
	"time"
)

// Severity is how bad it is when a rule is broken.
type Severity uint8

// Severities.
const (
	Info    Severity = iota // worth knowing; nothing is wrong
	Warning                 // against practice, or against a rule whose text is not at hand
	Error                   // against an act or a standard, or against every certificate measured
)

func (s Severity) String() string { return [...]string{"info", "warning", "error"}[min(s, Error)] }

// MarshalText writes the severity as a word.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word.
func (s *Severity) UnmarshalText(text []byte) error {
	for v := Info; v <= Error; v++ {
		if v.String() == string(text) {
			*s = v
			return nil
		}
	}
	return fmt.Errorf("qualified: severity: %q is none of info, warning, error", text)
}

// Grade is how it is known that a rule holds.
type Grade uint8

// Grades. A rule that is only recalled is a warning at most.
const (
	Read     Grade = iota // in the text of the act or standard cited
	Measured              // on 2 403 certificates of accredited authorities, 2012 to 2026
	Seen                  // in public code, a vendor's interface or form
	Recalled              // of an act whose text was not at hand
	Reasoned              // by us, from the other rules
)

func (g Grade) String() string {
	return [...]string{"read", "measured", "seen", "recalled", "reasoned"}[min(g, Reasoned)]
}

// Citation is where a rule comes from. Section is empty where the place in
// the act is not known for certain: none is invented.
type Citation struct {
	Act     string `json:"act"`
	Section string `json:"section,omitempty"`
	Russian string `json:"russian"` // act and section in Russian
}

func (c Citation) String() string {
	if c.Section == "" {
		return c.Act
	}
	return c.Act + ", " + c.Section
}

// Rule is one rule of the linter, in the manner of zlint: what it is, where
// it stands, from when until when it is in force, how it is known.
type Rule struct {
	ID       string // stable: part-attribute-fault
	Severity Severity
	Citation Citation
	From     time.Time // in force for what is dated From or later
	Until    time.Time // and before Until; zero: still in force
	Grade    Grade
	English  string
	Russian  string

	on     scope
	owners owners // empty: all
	check  func(*document)
}

// inForce reports whether the rule is in force for something of this date.
func (r *Rule) inForce(t time.Time) bool {
	return !t.Before(r.From) && (r.Until.IsZero() || t.Before(r.Until))
}

// scope is a set of what may be linted; a rule applies to some of it.
type scope uint8

const (
	leaf    scope = 1 << iota // certificates of end entities
	subCA                     // certificates of authorities that another issued
	root                      // self-signed certificates of authorities
	request                   // PKCS #10 requests
	certs   = leaf | subCA | root
	issued  = leaf | subCA
	cas     = subCA | root
	all     = certs | request
	leaves  = leaf | request
)

// Sources of the rules, with the day each is in force from: for an RFC the
// first day of the month it was published in.
var (
	law63     = Citation{"63-FZ", "", "63-ФЗ"}
	law17     = Citation{"63-FZ", "article 17, part 2, item 2 (as of 06.04.2011)", "63-ФЗ, ст. 17, ч. 2, п. 2 (в ред. от 06.04.2011)"}
	law17num  = Citation{"63-FZ", "article 17, part 2, item 3 (as of 06.04.2011)", "63-ФЗ, ст. 17, ч. 2, п. 3 (в ред. от 06.04.2011)"}
	law17tool = Citation{"63-FZ", "article 17, part 2, item 5 (as of 06.04.2011)", "63-ФЗ, ст. 17, ч. 2, п. 5 (в ред. от 06.04.2011)"}
	law17ca   = Citation{"63-FZ", "article 17, part 2, item 6 (as of 06.04.2011)", "63-ФЗ, ст. 17, ч. 2, п. 6 (в ред. от 06.04.2011)"}
	law457    = Citation{"457-FZ", "", "457-ФЗ от 04.08.2023"}
	order795  = Citation{"FSB order 795", "", "приказ ФСБ № 795"}
	order31   = Citation{"FSB order 795 as amended by order 31", "", "приказ ФСБ № 795 в ред. приказа № 31"}
	order31in = Citation{"FSB order 31", "point 2", "приказ ФСБ № 31, п. 2"}
	// numeric: the string types and lengths of the order's attributes.
	numeric    = Citation{"FSB order 795", "as given in RFC 9215, section 5", "приказ ФСБ № 795 (по RFC 9215, раздел 5)"}
	checkDigit = Citation{"rules of the state registers for check digits", "", "правила расчёта контрольных цифр"}
	measured   = Citation{"practice of accredited authorities, 2 403 certificates", "", "практика аккредитованных УЦ, 2 403 сертификата"}
	practice   = Citation{"practice of accredited authorities", "", "практика аккредитованных УЦ"}
	transition = Citation{"transition to GOST R 34.10-2012", "", "переход на ГОСТ Р 34.10-2012"}
	noParams   = Citation{"RFC 9215", "section 2 (before it RFC 4491, section 2.2)", "RFC 9215, раздел 2 (ранее RFC 4491, раздел 2.2)"}
	der690     = Citation{"X.690", "", "X.690"}

	rfc5280Day = time.Date(2008, 5, 1, 0, 0, 0, 0, time.UTC)
	rfc4491Day = time.Date(2006, 5, 1, 0, 0, 0, 0, time.UTC)
	rfc9215Day = time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)
	// dayAlways2018: since 2018 the extensions of the order stand in every
	// certificate measured.
	dayAlways2018 = day(2018, 1, 1)
)

func rfc5280(section string) Citation { return standard("RFC 5280", section) }
func rfc9215(section string) Citation { return standard("RFC 9215", section) }

// standard cites a section, or an appendix, which begins with a letter.
func standard(act, section string) Citation {
	if section[0] >= 'A' {
		return Citation{act, "appendix " + section, act + ", приложение " + section}
	}
	return Citation{act, "section " + section, act + ", раздел " + section}
}

// rules are all rules, in the order in which their findings appear.
var rules = slices.Concat(presenceRules, formRules, stringRules, lengthRules, numberRules,
	usageRules, extensionRules, pointerRules, algorithmRules, encodingRules, validityRules, authorityRules, requestRules)

// Rules returns every rule of the linter.
func Rules() []Rule { return slices.Clone(rules) }
