package csr

import "github.com/surguch/surguch/internal/oid"

// Types of name attributes, for [NewAttribute] and [Name.Get]: X.520, PKCS #9
// (the e-mail address), and those of Russian qualified certificates (FSB
// order 795 as amended by order 31 of 29.01.2021; RFC 9215, section 5). They
// are shared and must not be changed.
var (
	CommonName         = oid.CommonName
	Surname            = oid.Surname
	GivenName          = oid.GivenName // first name and patronymic in one value
	Country            = oid.Country
	StateOrProvince    = oid.StateOrProvince
	Locality           = oid.Locality
	StreetAddress      = oid.StreetAddress
	Organization       = oid.Organization
	OrganizationalUnit = oid.OrganizationalUnit
	Title              = oid.Title
	EmailAddress       = oid.EmailAddress
	SNILS              = oid.SNILS  // 11 digits
	INN                = oid.INN    // 12 digits, of a person
	INNLE              = oid.INNLE  // 10 digits, of an organisation
	OGRN               = oid.OGRN   // 13 digits
	OGRNIP             = oid.OGRNIP // 15 digits
)
