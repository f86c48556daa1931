package ra

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"reflect"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/csr/qualified"
)

// Form is what the applicant states about himself. Letter case is kept as
// typed. JSON names are those of the vendor form that seeds 001 and 004
// describe; dates are written 2006-01-02.
type Form struct {
	LegalForm  string `json:"legalForm"`                 // "person": a natural person
	Email      string `json:"email"`                     // receives the individual link; goes into the certificate
	Phone      string `json:"phone,omitempty"`           // +7 and 10 digits
	SNILS      string `json:"SNILS,omitempty"`           // 11 digits
	INN        string `json:"INNFL,omitempty"`           // 12 digits
	LastName   string `json:"ownerLastName,omitempty"`   //
	FirstName  string `json:"ownerFirstName,omitempty"`  //
	MiddleName string `json:"ownerMiddleName,omitempty"` // may be absent
	Gender     string `json:"ownerGender,omitempty"`     // "1" male, "2" female
	BirthDate  string `json:"ownerBirthDate,omitempty"`
	BirthPlace string `json:"ownerBirthPlace,omitempty"`
	Country    string `json:"ownerCountry,omitempty"` // two letters, ISO 3166-1

	PassportSeries  string `json:"passportSeries,omitempty"` // 4 digits
	PassportNumber  string `json:"passportNumber,omitempty"` // 6 digits
	PassportDate    string `json:"passportDate,omitempty"`
	PassportIssuer  string `json:"passportIssuer,omitempty"`
	PassportDivCode string `json:"ownerPassportDeptCode,omitempty"` // 000-000

	Region     string `json:"region,omitempty"` // code and name: 77 г. Москва
	City       string `json:"city,omitempty"`
	Street     string `json:"street,omitempty"`     // street, house, flat; may be absent
	PostalCode string `json:"postalCode,omitempty"` // 6 digits; may be absent
}

// Application is a form together with the process it enters: the JSON file
// that examples/quickstart takes.
type Application struct {
	Process string `json:"process"`
	Form
}

// Fault is one thing wrong with a form. Field is its JSON name, Code is
// stable, Text is a Russian sentence for the person; none repeats the value.
type Fault struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Text  string `json:"text"`
}

// FormError lists everything wrong with a form at once.
type FormError struct{ Faults []Fault }

func (e *FormError) Error() string {
	var list []string
	for _, f := range e.Faults {
		list = append(list, f.Field+": "+f.Code)
	}
	return "ra: form: " + strings.Join(list, "; ")
}

// ParseApplication reads an application from JSON, strictly: an unknown or a
// repeated field is a fault. The values are not yet checked, see [Form.Check].
func ParseApplication(data []byte) (*Application, error) {
	if fault := checkFields(data); fault != nil {
		return nil, &FormError{[]Fault{*fault}}
	}
	var a Application
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&a); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			return nil, &FormError{[]Fault{{typ.Field, "type", "значение должно быть строкой"}}}
		}
		return nil, &FormError{[]Fault{{"application", "json", "файл заявки не читается как JSON"}}}
	}
	return &a, nil
}

// checkFields finds names that the form does not have, or has twice, which
// encoding/json would let pass or report without a usable name.
func checkFields(data []byte) *Fault {
	known := map[string]bool{"process": true}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Form]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		known[name] = true
	}
	broken := &Fault{"application", "json", "файл заявки не читается как JSON"}
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return broken
	}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		var value json.RawMessage
		if err != nil || !ok || d.Decode(&value) != nil {
			return broken
		}
		if !known[name] {
			return &Fault{name, "unknown", "такого поля в заявке нет"}
		}
		if seen[name] {
			return &Fault{name, "twice", "поле указано дважды"}
		}
		seen[name] = true
	}
	if _, err := d.Token(); err != nil {
		return broken
	}
	if _, err := d.Token(); err != io.EOF {
		return broken
	}
	return nil
}

var (
	// namePattern is the type rus-100 of the registers' schemas
	// (smev-supplementary-commons-1.2.xsd), without line breaks.
	namePattern    = regexp.MustCompile(`^[а-яА-ЯёЁ\- ,.]{1,100}$`)
	phonePattern   = regexp.MustCompile(`^\+7\d{10}$`)
	divCodePattern = regexp.MustCompile(`^\d{3}-\d{3}$`)
	regionPattern  = regexp.MustCompile(`^\d{2} \S.*$`)
)

// Check returns every fault of a complete form, in the order of its fields;
// now is the day the check is made. No fault: an empty list.
func (f *Form) Check(now time.Time) []Fault {
	var faults []Fault
	fault := func(field, code, text string) { faults = append(faults, Fault{field, code, text}) }
	text := func(field, value string, required bool) {
		switch {
		case value == "" && required:
			fault(field, "missing", "поле не заполнено")
		case !utf8.ValidString(value) || strings.TrimSpace(value) != value || strings.ContainsFunc(value, unicode.IsControl):
			fault(field, "text", "лишние пробелы или недопустимые знаки")
		case utf8.RuneCountInString(value) > 128:
			fault(field, "long", "длиннее 128 знаков")
		case strings.ContainsFunc(value, func(r rune) bool { return !writable(r) }):
			fault(field, "letters", "пишется русскими или латинскими буквами, цифрами и знаками препинания")
		}
	}
	name := func(field, value string, required bool) {
		if value == "" || namePattern.MatchString(value) {
			text(field, value, required)
			return
		}
		fault(field, "cyrillic", "пишется как в паспорте: русскими буквами, через дефис или пробел")
	}
	digits := func(field, value string, n int) {
		switch {
		case value == "":
			fault(field, "missing", "поле не заполнено")
		case len(value) != n || strings.ContainsFunc(value, func(r rune) bool { return r < '0' || r > '9' }):
			fault(field, "digits", fmt.Sprintf("должно быть ровно %d цифр без пробелов", n))
		}
	}
	if f.LegalForm != "person" {
		fault("legalForm", "legal_form", "эта форма заполняется на физическое лицо: person")
	}
	if f.checkEmail() != nil {
		faults = append(faults, *f.checkEmail())
	}
	if !phonePattern.MatchString(f.Phone) {
		fault("phone", "phone", "телефон пишется как +7 и десять цифр")
	}
	if text := numberFault(qualified.CheckSNILS(f.SNILS), "СНИЛС", 11); text != nil {
		fault("SNILS", text[0], text[1])
	}
	if text := numberFault(qualified.CheckINN(f.INN), "ИНН", 12); text != nil {
		fault("INNFL", text[0], text[1])
	}
	name("ownerLastName", f.LastName, true)
	name("ownerFirstName", f.FirstName, true)
	name("ownerMiddleName", f.MiddleName, false)
	if f.Gender != "1" && f.Gender != "2" {
		fault("ownerGender", "gender", "пол: 1 — мужской, 2 — женский")
	}
	born := parseDate(f.BirthDate)
	if born.IsZero() || born.After(now) || born.Year() < 1900 {
		fault("ownerBirthDate", "date", "дата пишется как 1990-05-17 и не может быть в будущем")
	}
	text("ownerBirthPlace", f.BirthPlace, true)
	if f.Country != "RU" {
		fault("ownerCountry", "country", "поддерживаются граждане России: RU")
	}
	digits("passportSeries", f.PassportSeries, 4)
	digits("passportNumber", f.PassportNumber, 6)
	issued := parseDate(f.PassportDate)
	switch {
	case issued.IsZero() || issued.After(now):
		fault("passportDate", "date", "дата пишется как 2010-05-17 и не может быть в будущем")
	case !born.IsZero() && issued.Before(born.AddDate(14, 0, 0)):
		fault("passportDate", "early", "паспорт не мог быть выдан до четырнадцатилетия")
	}
	text("passportIssuer", f.PassportIssuer, true)
	if !divCodePattern.MatchString(f.PassportDivCode) {
		fault("ownerPassportDeptCode", "code", "код подразделения пишется как 770-001")
	}
	if !regionPattern.MatchString(f.Region) {
		fault("region", "region", "регион пишется с кодом: 77 г. Москва")
	}
	text("region", f.Region, false)
	text("city", f.City, true)
	text("street", f.Street, false)
	if f.PostalCode != "" {
		digits("postalCode", f.PostalCode, 6)
	}
	return faults
}

// writable reports whether a character may stand in an address or a place:
// what registers take and printed forms can show.
func writable(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 'Ѐ' && r <= 'џ' || strings.ContainsRune("№«»„“”–—…§°", r)
}

// checkEmail checks the one field a request needs to begin: the address that
// the individual link goes to.
func (f *Form) checkEmail() *Fault {
	a, err := mail.ParseAddress(f.Email)
	if err != nil || a.Address != f.Email || strings.ContainsFunc(f.Email, func(r rune) bool { return r > 0x7f }) || len(f.Email) > 255 {
		return &Fault{"email", "email", "адрес электронной почты записан неверно"}
	}
	return nil
}

// numberFault puts the fault of a register number into words: code and text.
func numberFault(err error, name string, digits int) []string {
	var n *qualified.NumberError
	if !errors.As(err, &n) {
		return nil
	}
	text := map[qualified.NumberFault]string{
		qualified.WrongLength:   fmt.Sprintf("%s состоит из %d цифр", name, digits),
		qualified.NotDigits:     name + " пишется одними цифрами, без пробелов и дефисов",
		qualified.WrongChecksum: "неверная контрольная сумма " + name,
		qualified.AllZero:       name + " не может состоять из нулей",
	}[n.Reason]
	return []string{string(n.Reason), text}
}

// parseDate reads 2006-01-02; the zero time if it is none.
func parseDate(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// FullName is the owner's name as it stands in commonName.
func (f *Form) FullName() string {
	return strings.TrimSpace(f.LastName + " " + f.GivenName())
}

// GivenName is first name and patronymic in one value, as qualified
// certificates bear them.
func (f *Form) GivenName() string {
	return strings.TrimSpace(f.FirstName + " " + f.MiddleName)
}
