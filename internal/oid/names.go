package oid

import "encoding/asn1"

// entry describes an attribute of a name for print.
type entry struct {
	oid     asn1.ObjectIdentifier
	short   string // as in RFC 4514 and in the practice of Russian authorities
	russian string
}

var attributes = []entry{
	{CommonName, "CN", "Общее имя"},
	{Surname, "SN", "Фамилия"},
	{GivenName, "G", "Имя и отчество"},
	{SerialNumber, "serialNumber", "Серийный номер владельца"},
	{Country, "C", "Страна"},
	{StateOrProvince, "S", "Субъект Российской Федерации"},
	{Locality, "L", "Населённый пункт"},
	{StreetAddress, "STREET", "Улица, дом"},
	{Organization, "O", "Организация"},
	{OrganizationalUnit, "OU", "Подразделение"},
	{Title, "T", "Должность"},
	{Pseudonym, "pseudonym", "Псевдоним"},
	{UnstructuredName, "unstructuredName", "Неструктурированное имя"},
	{EmailAddress, "E", "Адрес электронной почты"},
	{OGRN, "OGRN", "ОГРН"},
	{OGRNIP, "OGRNIP", "ОГРНИП"},
	{SNILS, "SNILS", "СНИЛС"},
	{INN, "INN", "ИНН"},
	{INNLE, "INNLE", "ИНН юридического лица"},
}

func find(o asn1.ObjectIdentifier) (entry, bool) {
	for _, e := range attributes {
		if e.oid.Equal(o) {
			return e, true
		}
	}
	return entry{}, false
}

// Short returns the short name of a name attribute, or the dotted number.
func Short(o asn1.ObjectIdentifier) string {
	if e, ok := find(o); ok {
		return e.short
	}
	return o.String()
}

// Russian returns the Russian name of a name attribute, or the dotted number.
func Russian(o asn1.ObjectIdentifier) string {
	if e, ok := find(o); ok {
		return e.russian
	}
	return o.String()
}
