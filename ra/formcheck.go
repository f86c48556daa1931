package ra

import (
	"errors"
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/surguch/surguch/csr/qualified"
)

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
		if f := textFault(field, value, required); f != nil {
			faults = append(faults, *f)
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
	switch f.LegalForm {
	case LegalPerson, LegalSoleTrader, LegalOrganization:
	default:
		fault("legalForm", "legal_form", "владелец: person — физическое лицо, individual — предприниматель, legal — организация")
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
	number := func(field, name string, size int, err error) {
		if text := numberFault(err, name, size); text != nil {
			fault(field, text[0], text[1])
		}
	}
	if f.LegalForm == LegalSoleTrader {
		number("OGRNIP", "ОГРНИП", 15, qualified.CheckOGRNIP(f.OGRNIP))
	}
	if f.LegalForm == LegalOrganization {
		number("OGRN", "ОГРН", 13, qualified.CheckOGRN(f.OGRN))
		number("INN", "ИНН организации", 10, qualified.CheckINNLE(f.INNLE))
		if _, err := qualified.ParseKPP(f.KPP); f.KPP != "" && err != nil {
			fault("KPP", "kpp", "КПП состоит из 9 знаков")
		}
		text("organizationShortName", f.Organization, true)
		text("departmentName", f.Department, false)
		text("ownerPosition", f.Position, true)
		if f.ActsBy != ByRegister && f.ActsBy != ByPower {
			fault("authorityDocument", "authority", "полномочия: egrul — по ЕГРЮЛ без доверенности, power — по доверенности")
		}
	}
	faults = append(faults, f.strangers()...)
	faults = append(faults, f.checkCertificate(now)...)
	for _, x := range []struct{ field, value string }{{"alias", f.Alias}, {"use", f.Use}, {"support", f.Support}} {
		text(x.field, x.value, false)
	}
	for _, x := range []struct{ field, value string }{{"embededCP", f.Licence}, {"expedited", f.Expedited}} {
		if x.value != "" && x.value != "1" {
			fault(x.field, "flag", "1 — да; иначе поле не заполняется")
		}
	}
	return faults
}

// textFault is what is wrong with a line of text; nil, if nothing is.
func textFault(field, value string, required bool) *Fault {
	switch {
	case value == "" && required:
		return &Fault{field, "missing", "поле не заполнено"}
	case !utf8.ValidString(value) || strings.TrimSpace(value) != value || strings.ContainsFunc(value, unicode.IsControl):
		return &Fault{field, "text", "лишние пробелы или недопустимые знаки"}
	case utf8.RuneCountInString(value) > 128:
		return &Fault{field, "long", "длиннее 128 знаков"}
	case strings.ContainsFunc(value, func(r rune) bool { return !writable(r) }):
		return &Fault{field, "letters", "пишется русскими или латинскими буквами, цифрами и знаками препинания"}
	}
	return nil
}

// strangers are the fields that a form of this kind does not have.
func (f *Form) strangers() (faults []Fault) {
	of := map[string]map[string]string{
		LegalSoleTrader: {"OGRNIP": f.OGRNIP},
		LegalOrganization: {
			"OGRN": f.OGRN, "INN": f.INNLE, "KPP": f.KPP, "organizationShortName": f.Organization,
			"departmentName": f.Department, "ownerPosition": f.Position, "authorityDocument": f.ActsBy,
		},
	}
	for kind, fields := range of {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if kind != f.LegalForm && fields[name] != "" {
				faults = append(faults, Fault{name, "stranger", "у такого владельца этого поля нет"})
			}
		}
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
