package qualified

// Numbers of the state registers as certificates bear them: digits and
// nothing else. A literal may hold anything; what Parse returns, and what
// passes Check, is well formed. All are personal data of somebody.
type (
	SNILS  string // a person's insurance number, 11 digits
	INN    string // a person's taxpayer number, 12 digits
	INNLE  string // an organisation's taxpayer number, 10 digits
	OGRN   string // an organisation's registration number, 13 digits
	OGRNIP string // a sole trader's registration number, 15 digits
)

// Check returns a *NumberError if the number is not well formed.
func (n SNILS) Check() error { return CheckSNILS(string(n)) }

// Check returns a *NumberError if the number is not well formed.
func (n INN) Check() error { return CheckINN(string(n)) }

// Check returns a *NumberError if the number is not well formed.
func (n INNLE) Check() error { return CheckINNLE(string(n)) }

// Check returns a *NumberError if the number is not well formed.
func (n OGRN) Check() error { return CheckOGRN(string(n)) }

// Check returns a *NumberError if the number is not well formed.
func (n OGRNIP) Check() error { return CheckOGRNIP(string(n)) }

// ParseSNILS reads an insurance number, as digits or as the card has it:
// 112-233-445 95. The error is a *NumberError.
func ParseSNILS(s string) (SNILS, error) {
	if len(s) == 14 && s[3] == '-' && s[7] == '-' && s[11] == ' ' {
		s = s[:3] + s[4:7] + s[8:11] + s[12:]
	}
	return parsed(SNILS(s))
}

// Printed is the number as the card has it: 112-233-445 95. A number that is
// not of 11 characters comes back as it is.
func (n SNILS) Printed() string {
	if len(n) != 11 {
		return string(n)
	}
	return string(n[:3] + "-" + n[3:6] + "-" + n[6:9] + " " + n[9:])
}

// ParseINN reads a person's taxpayer number. The error is a *NumberError.
func ParseINN(s string) (INN, error) { return parsed(INN(s)) }

// ParseINNLE reads an organisation's taxpayer number. The error is a *NumberError.
func ParseINNLE(s string) (INNLE, error) { return parsed(INNLE(s)) }

// ParseOGRN reads an organisation's registration number. The error is a
// *NumberError.
func ParseOGRN(s string) (OGRN, error) { return parsed(OGRN(s)) }

// ParseOGRNIP reads a sole trader's registration number. The error is a
// *NumberError.
func ParseOGRNIP(s string) (OGRNIP, error) { return parsed(OGRNIP(s)) }

// parsed returns a value that passes its check, and the zero value otherwise.
func parsed[T interface {
	~string
	Check() error
}](v T) (T, error) {
	if err := v.Check(); err != nil {
		return "", err
	}
	return v, nil
}

// KPP is the reason code of a taxpayer's registration: NNNNPPXXX, four
// digits, two digits or Latin capitals, three digits. It has no check digit;
// certificates of old hold it in unstructuredName.
type KPP string

// ParseKPP reads a KPP. The error is a *NumberError.
func ParseKPP(s string) (KPP, error) { return parsed(KPP(s)) }

// Check returns a *NumberError if the code is not of the form NNNNPPXXX.
func (k KPP) Check() error {
	if len(k) != 9 {
		return &NumberError{"KPP", WrongLength, "not of 9 characters"}
	}
	for i := range len(k) {
		digit := k[i] >= '0' && k[i] <= '9'
		letter := k[i] >= 'A' && k[i] <= 'Z'
		if !digit && (i != 4 && i != 5 || !letter) {
			return &NumberError{"KPP", WrongForm, "not four digits, two digits or Latin capitals, three digits"}
		}
	}
	return nil
}

// Passport is the series and number of the internal passport of a citizen of
// Russia: 4 and 6 digits. It has no check digit.
type Passport struct {
	Series string // 4 digits: region and year of the form
	Number string // 6 digits
}

// ParsePassport reads series and number, with or without spaces between and
// within them: 45 10 123456, 4510 123456, 4510123456. The error is a
// *NumberError.
func ParsePassport(s string) (Passport, error) {
	digits := squeezed(s, 2, 4)
	if err := checkDocument("passport", digits, 10); err != nil {
		return Passport{}, err
	}
	return Passport{digits[:4], digits[4:]}, nil
}

// Check returns a *NumberError if series or number are not of their digits.
func (p Passport) Check() error {
	if err := checkDocument("passport series", p.Series, 4); err != nil {
		return err
	}
	return checkDocument("passport number", p.Number, 6)
}

// ForeignPassport is the series and number of the passport with which
// citizens of Russia travel: 2 and 7 digits. It has no check digit.
type ForeignPassport struct {
	Series string // 2 digits
	Number string // 7 digits
}

// ParseForeignPassport reads series and number, with or without a space
// between them: 75 1234567. The error is a *NumberError.
func ParseForeignPassport(s string) (ForeignPassport, error) {
	digits := squeezed(s, 2)
	if err := checkDocument("foreign passport", digits, 9); err != nil {
		return ForeignPassport{}, err
	}
	return ForeignPassport{digits[:2], digits[2:]}, nil
}

// Check returns a *NumberError if series or number are not of their digits.
func (p ForeignPassport) Check() error {
	if err := checkDocument("foreign passport series", p.Series, 2); err != nil {
		return err
	}
	return checkDocument("foreign passport number", p.Number, 7)
}

// DepartmentCode is the code of the department that issued a passport:
// NNN-NNN, of which the first two digits are the region and the third, 0 to
// 3, the kind of department.
type DepartmentCode string

// ParseDepartmentCode reads the code. The error is a *NumberError.
func ParseDepartmentCode(s string) (DepartmentCode, error) { return parsed(DepartmentCode(s)) }

// Check returns a *NumberError if the code is not of its form.
func (c DepartmentCode) Check() error {
	if len(c) != 7 || c[3] != '-' || !allDigits(string(c[:3])) || !allDigits(string(c[4:])) {
		return &NumberError{"department code", WrongForm, "not three digits, a hyphen, three digits"}
	}
	if c[2] > '3' {
		return &NumberError{"department code", WrongKind, "the third digit is above 3"}
	}
	return nil
}

// squeezed removes single spaces in front of the digits at the given
// positions, which is where a document has them.
func squeezed(s string, places ...int) string {
	for _, at := range places {
		if len(s) > at && s[at] == ' ' {
			s = s[:at] + s[at+1:]
		}
	}
	return s
}

func checkDocument(name, s string, length int) error {
	if !allDigits(s) {
		return &NumberError{name, NotDigits, "a character that is not a digit"}
	}
	if len(s) != length {
		return &NumberError{name, WrongLength, "digits too few or too many"}
	}
	return nil
}
