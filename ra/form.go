package ra

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
)

// Form is what the applicant states about himself. Letter case is kept as
// typed. JSON names are those of the vendor form that seeds 001 and 004
// describe; dates are written 2006-01-02.
type Form struct {
	LegalForm  string `json:"legalForm"`                 // whose certificate it is: LegalPerson …
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

	OGRNIP string `json:"OGRNIP,omitempty"` // of a sole trader: 15 digits

	// Of an organisation and of the person who acts for it, the owner above.
	OGRN         string `json:"OGRN,omitempty"`                  // 13 digits
	INNLE        string `json:"INN,omitempty"`                   // 10 digits
	KPP          string `json:"KPP,omitempty"`                   // 9 characters; may be absent
	Organization string `json:"organizationShortName,omitempty"` // as in EGRUL
	Department   string `json:"departmentName,omitempty"`        // may be absent
	Position     string `json:"ownerPosition,omitempty"`
	ActsBy       string `json:"authorityDocument,omitempty"` // why he may act: ByRegister …

	// Of a request about a certificate that exists: its renewal, revocation,
	// suspension.
	Certificate  string `json:"certificate,omitempty"`      // serial number as the sheet shows it: hexadecimal, spaces do not count
	Reason       string `json:"revocationReason,omitempty"` // why it ends, as RFC 5280 names it: keyCompromise; see RevocationReasons
	InvalidSince string `json:"invalidityDate,omitempty"`   // since when the key is suspect; may be absent

	// What the applicant chooses.
	Alias     string `json:"alias,omitempty"`     // by which he finds the request again
	Use       string `json:"use,omitempty"`       // what the certificate is for, by Config.Uses; may be absent
	Licence   string `json:"embededCP,omitempty"` // "1": a licence of the signature tool is in the certificate
	Expedited string `json:"expedited,omitempty"` // "1": ahead of others
	Support   string `json:"support,omitempty"`   // number of a case at the help desk; may be absent
}

// Whose certificate it is: Form.LegalForm.
const (
	LegalPerson       = "person"     // a natural person
	LegalSoleTrader   = "individual" // an individual entrepreneur
	LegalOrganization = "legal"      // an organisation, and the person who acts for it
)

// Why a person may act for an organisation: Form.ActsBy.
const (
	ByRegister = "egrul" // EGRUL names him as acting without a power of attorney
	ByPower    = "power" // a power of attorney on paper, or one in XML with a signature
)

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

// FullName is the owner's name as it stands in commonName.
func (f *Form) FullName() string {
	return strings.TrimSpace(f.LastName + " " + f.GivenName())
}

// GivenName is first name and patronymic in one value, as qualified
// certificates bear them.
func (f *Form) GivenName() string {
	return strings.TrimSpace(f.FirstName + " " + f.MiddleName)
}
