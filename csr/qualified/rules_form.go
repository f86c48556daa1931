package qualified

import (
	"strings"
	"unicode"

	"github.com/surguch/surguch/internal/der"
)

// formRules say how the subject as a whole and the values of its attributes
// are to look.
var formRules = []Rule{
	{ID: "subject-attribute-twice", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "the attribute stands more than once",
		Russian: "атрибут указан более одного раза",
		check: func(d *document) {
			for id := aCN; id < attrCount; id++ {
				if d.name.count[id] > 1 {
					d.found(attrs[id].subject)
				}
			}
		}},
	{ID: "subject-rdn-multivalued", Severity: Warning, Citation: measured, From: dayOrder795, Grade: Measured, on: all,
		English: "several attributes in one RelativeDistinguishedName; authorities write one in each",
		Russian: "несколько атрибутов в одном RelativeDistinguishedName: пишут по одному",
		check: func(d *document) {
			rdns, _ := der.ReadWhole(d.raw, der.Sequence)
			for !rdns.Empty() {
				var set, first der.String
				if !rdns.ReadASN1(&set, der.Set) || !set.ReadASN1(&first, der.Sequence) {
					return
				}
				if !set.Empty() {
					d.found("subject")
					return
				}
			}
		}},
	{ID: "subject-value-empty", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "the value is empty",
		Russian: "значение атрибута пустое",
		check:   values(func(s string) bool { return s == "" })},
	{ID: "subject-value-spaces", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "a space at the beginning or the end of the value, or two in a row",
		Russian: "пробел в начале или в конце значения либо два пробела подряд",
		check: values(func(s string) bool {
			return s != "" && (s[0] == ' ' || s[len(s)-1] == ' ' || strings.Contains(s, "  "))
		})},
	{ID: "subject-value-control", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "a control character in the value: a line break, a tabulator",
		Russian: "управляющий знак в значении: перевод строки, табуляция",
		check:   values(func(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) })},
	{ID: "subject-c-form", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "countryName is not two capital Latin letters",
		Russian: "страна записана не двумя заглавными латинскими буквами",
		check: func(d *document) {
			if d.name.has(aC) && !isCountry(d.name.get(aC)) {
				d.found("subject C")
			}
		}},
	{ID: "subject-c-not-ru", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: all, owners: russians,
		English: "countryName of an owner of Russia is not RU",
		Russian: "страна российского владельца указана не как RU",
		check: func(d *document) {
			if d.name.has(aC) && d.name.get(aC) != "RU" {
				d.found("subject C")
			}
		}},
	{ID: "subject-s-form", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: all,
		English: "the region is not written as its code of two digits, a space and its name",
		Russian: "регион записан не так: две цифры кода, пробел, название (50 Московская область)",
		check: func(d *document) {
			if d.name.has(aS) && d.name.get(aC) == "RU" && !isRegion(d.name.get(aS)) {
				d.found("subject S")
			}
		}},
	{ID: "subject-e-form", Severity: Warning, Citation: order795, From: dayOrder795, Grade: Reasoned, on: all,
		English: "the e-mail address is not one address with an @",
		Russian: "адрес электронной почты не похож на один адрес с «@»",
		check: func(d *document) {
			if v := d.name.get(aE); v != "" && isASCII(v) && !isEmail(v) {
				d.found("subject E")
			}
		}},
	{ID: "subject-e-ascii", Severity: Error, Citation: rfc5280("A.1"), From: rfc5280Day, Grade: Read, on: all,
		English: "the e-mail address is not ASCII; a domain in Cyrillic is written in Punycode",
		Russian: "адрес электронной почты не в ASCII: кириллический домен пишется в Punycode",
		check: func(d *document) {
			if !isASCII(d.name.get(aE)) {
				d.found("subject E")
			}
		}},
	{ID: "subject-cn-not-name", Severity: Warning, Citation: practice, From: dayOrder795, Grade: Seen, on: leaves,
		owners:  people | ownerSet(ForeignPerson),
		English: "commonName of a person is not surname and givenName with a space between",
		Russian: "CN физического лица не равен фамилии (SN), имени и отчеству (G) через пробел",
		check: func(d *document) {
			cn, sn, g := d.name.get(aCN), d.name.get(aSN), d.name.get(aG)
			if cn == "" || sn == "" || g == "" {
				return
			}
			if len(cn) != len(sn)+1+len(g) || cn[:len(sn)] != sn || cn[len(sn)] != ' ' || cn[len(sn)+1:] != g {
				d.found("subject CN")
			}
		}},
	{ID: "subject-cn-not-organization", Severity: Info, Citation: practice, From: dayOrder795, Grade: Seen, on: leaves,
		owners:  ownerSet(OrganizationPerson),
		English: "commonName is not the organisation's name: it differs from organizationName",
		Russian: "CN отличается от наименования организации (O)",
		check: func(d *document) {
			if d.name.has(aCN) && d.name.has(aO) && d.name.get(aCN) != d.name.get(aO) {
				d.found("subject CN")
			}
		}},
}

// values is broken by every attribute of the subject whose value is bad.
func values(bad func(string) bool) func(*document) {
	return func(d *document) {
		for _, a := range d.name.list {
			if bad(a.Value) {
				d.found(a.where())
			}
		}
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
