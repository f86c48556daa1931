package qualified

import (
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
)

// stringRules say in which string type each attribute is written.
var stringRules = []Rule{
	{ID: "string-ogrn", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "OGRN is not a NumericString",
		Russian: "ОГРН записан не в типе NumericString",
		check:   kind(aOGRN, csr.Numeric)},
	{ID: "string-ogrnip", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "OGRNIP is not a NumericString",
		Russian: "ОГРНИП записан не в типе NumericString",
		check:   kind(aOGRNIP, csr.Numeric)},
	{ID: "string-snils", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "SNILS is not a NumericString",
		Russian: "СНИЛС записан не в типе NumericString",
		check:   kind(aSNILS, csr.Numeric)},
	{ID: "string-inn", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "INN is not a NumericString",
		Russian: "ИНН записан не в типе NumericString",
		check:   kind(aINN, csr.Numeric)},
	{ID: "string-innle", Severity: Error, Citation: numeric, From: dayOrder795, Grade: Read, on: all,
		English: "INNLE is not a NumericString",
		Russian: "ИНН юридического лица записан не в типе NumericString",
		check:   kind(aINNLE, csr.Numeric)},
	{ID: "string-c", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "countryName is not a PrintableString",
		Russian: "страна записана не в типе PrintableString",
		check:   kind(aC, csr.Printable)},
	{ID: "string-e", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "emailAddress is not an IA5String",
		Russian: "адрес электронной почты записан не в типе IA5String",
		check:   kind(aE, csr.IA5)},
	{ID: "string-text", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "a text attribute is of a type that is no DirectoryString: NumericString, IA5String",
		Russian: "текстовый атрибут записан в типе, который для него не предусмотрен (NumericString, IA5String)",
		check:   text(csr.Numeric, csr.IA5)},
	{ID: "string-text-old", Severity: Warning, Citation: rfc5280("4.1.2.4"), From: rfc5280Day, Grade: Read, on: all,
		English: "a text attribute is a BMPString or TeletexString; new names use UTF8String",
		Russian: "текстовый атрибут записан в устаревшем типе BMPString или TeletexString вместо UTF8String",
		check:   text(csr.BMP, csr.Teletex)},
	{ID: "string-text-printable", Severity: Info, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "a text attribute is a PrintableString; 98 % of the measured ones are UTF8String",
		Russian: "текстовый атрибут записан в типе PrintableString; принято UTF8String",
		check:   text(csr.Printable, csr.Printable)},
}

// kind is broken by an attribute of another string type than the one given.
func kind(id attrID, want csr.StringKind) func(*document) {
	return func(d *document) {
		for _, a := range d.name.list {
			if a.id == id && a.Kind != want {
				d.found(attrs[id].subject)
			}
		}
	}
}

// text is broken by a text attribute of one of two string types.
func text(bad, too csr.StringKind) func(*document) {
	return func(d *document) {
		for _, a := range d.name.list {
			if (a.Kind == bad || a.Kind == too) && a.isText() {
				d.found(attrs[a.id].subject)
			}
		}
	}
}

// isText reports whether the attribute is a DirectoryString of the profile.
func (a attribute) isText() bool {
	switch a.id {
	case aCN, aSN, aG, aS, aL, aSTREET, aO, aOU, aT, aPseudonym:
		return true
	}
	return false
}

// lengthRules are the upper bounds of X.520 (RFC 5280, appendix A.1) and of
// the order. Accredited authorities exceed them, so they are warnings but for
// what nobody can mean.
var lengthRules = []Rule{
	tooLong("length-cn", aCN, 64, rfc5280("A.1"), Read, "commonName is longer than 64 characters", "CN длиннее 64 знаков"),
	tooLong("length-o", aO, 64, rfc5280("A.1"), Read, "organizationName is longer than 64 characters", "наименование организации (O) длиннее 64 знаков"),
	tooLong("length-ou", aOU, 64, rfc5280("A.1"), Read, "organizationalUnitName is longer than 64 characters", "подразделение (OU) длиннее 64 знаков"),
	tooLong("length-t", aT, 64, rfc5280("A.1"), Read, "title is longer than 64 characters", "должность (T) длиннее 64 знаков"),
	tooLong("length-s", aS, 128, rfc5280("A.1"), Read, "stateOrProvinceName is longer than 128 characters", "регион (S) длиннее 128 знаков"),
	tooLong("length-l", aL, 128, rfc5280("A.1"), Read, "localityName is longer than 128 characters", "населённый пункт (L) длиннее 128 знаков"),
	tooLong("length-street", aSTREET, 128, practice, Seen, "streetAddress is longer than 128 characters", "улица и дом (STREET) длиннее 128 знаков"),
	tooLong("length-sn", aSN, 128, practice, Seen, "surname is longer than 128 characters", "фамилия (SN) длиннее 128 знаков"),
	tooLong("length-g", aG, 128, practice, Seen, "givenName is longer than 128 characters", "имя и отчество (G) длиннее 128 знаков"),
	tooLong("length-e", aE, 255, rfc5280("A.1"), Read, "emailAddress is longer than 255 characters", "адрес электронной почты длиннее 255 знаков"),
	{ID: "length-text", Severity: Error, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "a text of more than 1024 characters",
		Russian: "текст длиннее 1024 знаков",
		check:   values(func(s string) bool { return utf8.RuneCountInString(s) > MaxText })},
}

// tooLong is a rule that an attribute of more characters breaks.
func tooLong(rule string, id attrID, most int, source Citation, grade Grade, english, russian string) Rule {
	return Rule{ID: rule, Severity: Warning, Citation: source, From: dayOrder795, Grade: grade, English: english, Russian: russian, on: all,
		check: func(d *document) {
			for _, a := range d.name.list {
				if a.id == id && len(a.Value) > most && utf8.RuneCountInString(a.Value) > most {
					d.found(attrs[id].subject)
				}
			}
		}}
}
