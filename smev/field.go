package smev

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/smev/xmldsig"
)

// Names of the fields in the vendor's form. The certificate is in no form; its
// fields bear the names of the ESIA schema.
const (
	fieldLastName   = "ownerLastName"
	fieldFirstName  = "ownerFirstName"
	fieldMiddleName = "ownerMiddleName"
	fieldGender     = "ownerGender"
	fieldBirthDate  = "ownerBirthDate"
	fieldBirthPlace = "ownerBirthPlace"
	fieldSNILS      = "SNILS"
	fieldINN        = "INNFL"
	fieldSeries     = "passportSeries"
	fieldNumber     = "passportNumber"
	fieldIssued     = "passportDate"
	fieldIssuer     = "passportIssuer"
	fieldIssuerCode = "ownerPassportDeptCode"
	fieldPosition   = "ownerPosition"
	fieldOGRN       = "OGRN"
	fieldOrgINN     = "INN"
	fieldKPP        = "KPP"
	fieldOrgName    = "organizationShortName"
	fieldOGRNIP     = "OGRNIP"

	fieldSerial    = "serialNumber"
	fieldAuthority = "issuerOrgName"
	fieldNotBefore = "startDate"
	fieldNotAfter  = "expiryDate"
	fieldOwner     = "ownerType"
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
		fieldBirthPlace: s.BirthPlace,
		fieldSNILS:      digitsOf(s.SNILS),
		fieldINN:        s.INN,
		fieldSeries:     s.Passport.Series,
		fieldNumber:     s.Passport.Number,
		fieldIssued:     date(s.Passport.Issued),
		fieldIssuer:     s.Passport.Issuer,
		fieldIssuerCode: digitsOf(s.Passport.IssuerCode),
		fieldOGRN:       s.Organization.OGRN,
		fieldOrgINN:     s.Organization.INN,
		fieldKPP:        s.Organization.KPP,
		fieldOrgName:    s.Organization.Name,
		fieldOGRNIP:     s.OGRNIP,
		fieldSerial:     strings.ToUpper(s.Certificate.SerialNumber),
		fieldAuthority:  s.Certificate.IssuerOrganization,
		fieldNotBefore:  date(s.Certificate.NotBefore.UTC()),
		fieldNotAfter:   date(s.Certificate.NotAfter.UTC()),
		fieldOwner:      string(s.Certificate.Owner),
	}
}

// pattern is a simple type of a schema and its meaning in words.
type pattern struct {
	expr     *regexp.Regexp
	need     string
	most     int               // characters; 0 if expr limits them
	digits   func(string) bool // checks the control digits; nil if there are none
	optional bool              // an empty value fits
}

// orEmpty is the type of an element that may be left out.
func (p pattern) orEmpty() pattern {
	p.optional = true
	return p
}

// refuse says what value lacks to fit p, or "".
func (p pattern) refuse(value string) string {
	switch {
	case value == "" && p.optional:
		return ""
	case !p.expr.MatchString(value) || p.most > 0 && utf8.RuneCountInString(value) > p.most || !xmldsig.Writable(value):
		return p.need
	case p.digits != nil && !p.digits(value):
		return "a number with right control digits"
	}
	return ""
}

func typed(expr, need string) pattern {
	return pattern{expr: regexp.MustCompile("^(?s:" + expr + ")$"), need: need}
}

func text(most int) pattern {
	p := typed(`.+`, "1 to "+strconv.Itoa(most)+" characters")
	p.most = most
	return p
}

func number(expr, need string, digits func(string) bool) pattern {
	p := typed(expr, need)
	p.digits = digits
	return p
}

// The types of several schemas. rus100 is of smev-supplementary-commons-1.2.xsd,
// rusName of version 1.0.1 of it, name60 of the tax service's schemas.
var (
	rus100   = typed(`[а-яА-ЯёЁ\- \t\r\n,.]{1,100}`, "1 to 100 Russian letters")
	rusName  = typed(`[а-яА-ЯёЁ\-0-9][а-яА-ЯёЁ\- \t\r\n',.]{0,99}`, "1 to 100 Russian letters, the first no space")
	name60   = text(60)
	digits4  = typed(`[0-9]{4}`, "4 digits")
	digits6  = typed(`[0-9]{6}`, "6 digits")
	day      = typed(`[12][0-9]{3}-[0-9]{2}-[0-9]{2}`, "a date")
	gender   = typed(`Male|Female`, "Male or Female")
	snils    = number(`[0-9]{11}`, "11 digits", rightSNILS)
	inn12    = number(`(0[1-9]|[1-9][0-9])[0-9]{10}`, "12 digits", rightINN)
	inn10    = number(`(0[1-9]|[1-9][0-9])[0-9]{8}`, "10 digits", rightINN)
	ogrn13   = number(`[15][0-9]{12}`, "13 digits, the first 1 or 5", rightOGRN)
	ogrnip15 = number(`3[0-9]{14}`, "15 digits, the first 3", rightOGRN)
)

// need is a field that an inquiry takes and its type in the inquiry's schema.
type need struct {
	field string
	pattern
}

// require returns the values of s if those needed fit their types.
func (s Subject) require(check Check, needs ...need) (map[string]string, error) {
	values := s.values()
	for _, n := range needs {
		if lack := n.refuse(values[n.field]); lack != "" {
			return nil, &SubjectError{check, n.field, lack}
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
