package ra

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// discreetError is an error without what it says of a person.
type discreetError struct {
	text string
	err  error
}

func (e *discreetError) Error() string { return e.text }
func (e *discreetError) Unwrap() error { return e.err }

// discreet takes the applicant's data, and further secrets, out of the text of
// an error. Outside services repeat in their errors what they were given: a
// mail server the address, a register the name. Such texts go to the log and
// to the store, where neither the case's key nor erasing reaches them.
func (r *Request) discreet(err error, secrets ...string) error {
	if err == nil {
		return nil
	}
	words := append(r.Form.words(), secrets...)
	words = slices.DeleteFunc(words, func(w string) bool { return len(w) < 3 })
	if len(words) == 0 {
		return err
	}
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) }) // the longest that fits
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	text := regexp.MustCompile("(?i)"+strings.Join(words, "|")).ReplaceAllLiteralString(err.Error(), "…")
	if text == err.Error() {
		return err
	}
	return &discreetError{text, err}
}

// words are the values of the form that tell who somebody is, in the ways in
// which they are written.
func (f *Form) words() []string {
	_, region, _ := strings.Cut(f.Region, " ")
	words := []string{
		f.Email, f.Phone, strings.TrimPrefix(f.Phone, "+7"), f.SNILS, f.INN, f.LastName, f.FirstName, f.MiddleName,
		f.BirthDate, f.BirthPlace, f.PassportSeries, f.PassportNumber, f.PassportDate, f.PassportIssuer, f.PassportDivCode,
		digitsOf(f.PassportDivCode), region, f.City, f.Street, f.PostalCode,
		f.OGRNIP, f.OGRN, f.INNLE, f.KPP, f.Organization, f.Department, f.Position, f.Alias, f.Support, f.Certificate,
	}
	if n, ok := parseSerial(f.Certificate); ok {
		words = append(words, n.Text(16), n.Text(10))
	}
	if len(f.SNILS) == 11 {
		grouped := f.SNILS[:3] + "-" + f.SNILS[3:6] + "-" + f.SNILS[6:9]
		words = append(words, grouped, grouped+" "+f.SNILS[9:], grouped+"-"+f.SNILS[9:])
	}
	for _, date := range []time.Time{parseDate(f.BirthDate), parseDate(f.PassportDate)} {
		if !date.IsZero() {
			words = append(words, date.Format("02.01.2006"), date.Format("20060102"))
		}
	}
	return words
}
