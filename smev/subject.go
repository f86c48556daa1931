package smev

import (
	"regexp"
	"strings"
	"time"
)

// Gender is the sex of a person as GenderType of the SMEV schemas has it.
type Gender string

// The values of Gender.
const (
	Male   Gender = "Male"
	Female Gender = "Female"
)

// Subject is the person an inquiry is about, spelled as in the passport. It
// prints as a fixed word, for it is personal data.
type Subject struct {
	LastName, FirstName string
	MiddleName          string // empty if the person has none
	Gender              Gender
	BirthDate           time.Time // only the date counts
	SNILS               string    // 11 digits; separators are ignored
	INN                 string    // 12 digits
	Passport            Passport
}

// Passport is the internal passport of the Russian Federation.
type Passport struct {
	Series     string    // 4 digits
	Number     string    // 6 digits
	Issued     time.Time // only the date counts
	IssuerCode string    // department code, 6 digits; "770-001" and "770001" are the same
}

// String returns "smev.Subject(hidden)".
func (Subject) String() string { return "smev.Subject(hidden)" }

// GoString returns what String does, for the %#v verb.
func (s Subject) GoString() string { return s.String() }

// String returns "smev.Passport(hidden)".
func (Passport) String() string { return "smev.Passport(hidden)" }

// GoString returns what String does, for the %#v verb.
func (p Passport) GoString() string { return p.String() }

// Names of the fields in the vendor's form.
const (
	fieldLastName   = "ownerLastName"
	fieldFirstName  = "ownerFirstName"
	fieldMiddleName = "ownerMiddleName"
	fieldGender     = "ownerGender"
	fieldBirthDate  = "ownerBirthDate"
	fieldSNILS      = "SNILS"
	fieldINN        = "INNFL"
	fieldSeries     = "passportSeries"
	fieldNumber     = "passportNumber"
	fieldIssued     = "passportDate"
	fieldIssuerCode = "ownerPassportDeptCode"
)

// values gives the subject's fields in the form the schemas want, by form
// field; a missing date is empty.
func (s Subject) values() map[string]string {
	return map[string]string{
		fieldLastName:   s.LastName,
		fieldFirstName:  s.FirstName,
		fieldMiddleName: s.MiddleName,
		fieldGender:     string(s.Gender),
		fieldBirthDate:  date(s.BirthDate),
		fieldSNILS:      digitsOf(s.SNILS),
		fieldINN:        s.INN,
		fieldSeries:     s.Passport.Series,
		fieldNumber:     s.Passport.Number,
		fieldIssued:     date(s.Passport.Issued),
		fieldIssuerCode: digitsOf(s.Passport.IssuerCode),
	}
}

// pattern is a simple type of a schema and its meaning in words.
type pattern struct {
	expr *regexp.Regexp
	need string
}

// Types rus-100 and digits-N are those of smev-supplementary-commons-1.2.xsd.
var (
	rus100   = pattern{regexp.MustCompile(`^[а-яА-ЯёЁ\- \t\r\n,.]{1,100}$`), "1 to 100 Russian letters"}
	rus100ge = pattern{regexp.MustCompile(`^[а-яА-ЯёЁ\- \t\r\n,.]{0,100}$`), "up to 100 Russian letters"}
	digits4  = pattern{regexp.MustCompile(`^[0-9]{4}$`), "4 digits"}
	digits6  = pattern{regexp.MustCompile(`^[0-9]{6}$`), "6 digits"}
	digits11 = pattern{regexp.MustCompile(`^[0-9]{11}$`), "11 digits"}
	digits12 = pattern{regexp.MustCompile(`^[0-9]{12}$`), "12 digits"}
	gender   = pattern{regexp.MustCompile(`^(Male|Female)$`), "Male or Female"}
	someDate = pattern{regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`), "a date"}
)

// shape is the type of every field wherever it is used.
var shape = map[string]pattern{
	fieldLastName:   rus100,
	fieldFirstName:  rus100,
	fieldMiddleName: rus100ge,
	fieldGender:     gender,
	fieldBirthDate:  someDate,
	fieldSNILS:      digits11,
	fieldINN:        digits12,
	fieldSeries:     digits4,
	fieldNumber:     digits6,
	fieldIssued:     someDate,
	fieldIssuerCode: digits6,
}

// require returns the values of s if the named fields fit their types.
func (s Subject) require(check Check, fields ...string) (map[string]string, error) {
	values := s.values()
	for _, f := range fields {
		if p := shape[f]; !p.expr.MatchString(values[f]) {
			return nil, &SubjectError{check, f, p.need}
		}
	}
	return values, nil
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// parseDate reads an xs:date; a time zone, which Java services add, is
// dropped, for the date is meant as written.
func parseDate(s string) (time.Time, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{time.DateOnly, "2006-01-02Z07:00"} {
		if t, err := time.Parse(layout, s); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
		}
	}
	return time.Time{}, false
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, s)
}
