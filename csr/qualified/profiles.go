package qualified

import (
	"slices"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/oid"
)

// moscow is the time zone in which acts of Russia come into force.
var moscow = time.FixedZone("MSK", 3*60*60)

// day is the beginning of a day in Moscow, when an act comes into force.
func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, moscow).UTC()
}

// Days on which the form changed.
var (
	// dayOrder795: the Ministry of Justice registered FSB order 795 of
	// 27.12.2011 under number 23041.
	dayOrder795 = day(2012, 1, 27)
	// dayOrder31: FSB order 31 of 29.01.2021 came into force (its point 2).
	dayOrder31 = day(2021, 9, 1)
	// dayMeasured2022: from here on every certificate of the state root bears
	// identificationKind (214 of 214) and INNLE; none did in 2021.
	dayMeasured2022 = day(2022, 1, 1)
	// dayKeyPeriod: law 457-FZ of 04.08.2023 asks for the validity period of
	// the signature key. The order that says from when was not found; every
	// certificate of the state root since 28.08.2024 bears
	// privateKeyUsagePeriod, which dates it to this day.
	dayKeyPeriod = day(2024, 9, 1)
	// dayLapse: order 31 is in force until here (its point 2).
	dayLapse = day(2027, 9, 1)
)

// profiles, oldest first. What the later two share stands once.
var profiles = []Profile{
	{
		ID: "fsb795@2012-01-27", From: dayOrder795, Until: dayOrder31,
		Acts: "FSB order 795 of 27.12.2011",
		// The taxpayer number of an organisation is INN: 00 and ten digits.
		Attributes: slices.Concat(commonAttributes, []AttributeRule{
			{oid.INN, "INN", csr.Numeric, 12, 12, "OORROO"},
		}),
		Extensions: slices.Concat(commonExtensions, []ExtensionRule{
			{oid.PrivateKeyUsagePeriod, "privateKeyUsagePeriod", false, Optional, Optional, Optional},
		}),
	},
	{
		ID: "fsb795@2021-09-01", From: dayOrder31, Until: dayKeyPeriod,
		Acts:       "FSB order 795 of 27.12.2011 as amended by order 31 of 29.01.2021",
		Attributes: slices.Concat(commonAttributes, numbersOrder31),
		Extensions: slices.Concat(commonExtensions, []ExtensionRule{
			{oid.IdentificationKind, "identificationKind", false, Required, Required, Optional},
			{oid.PrivateKeyUsagePeriod, "privateKeyUsagePeriod", false, Optional, Optional, Optional},
		}),
	},
	{
		ID: "fsb795@2024-09-01", From: dayKeyPeriod, Until: dayLapse,
		Acts:       "FSB order 795 of 27.12.2011 as amended by order 31 of 29.01.2021; law 457-FZ of 04.08.2023",
		Attributes: slices.Concat(commonAttributes, numbersOrder31),
		Extensions: slices.Concat(commonExtensions, []ExtensionRule{
			{oid.IdentificationKind, "identificationKind", false, Required, Required, Optional},
			{oid.PrivateKeyUsagePeriod, "privateKeyUsagePeriod", false, Required, Required, Optional},
		}),
	},
}

// commonAttributes are those that all profiles have alike. Columns of the
// last field: natural person, sole trader, organisation with a person,
// organisation alone, foreign person, foreign organisation.
var commonAttributes = []AttributeRule{
	{oid.CommonName, "CN", csr.UTF8, 1, 64, "RRRRRR"},
	{oid.Surname, "SN", csr.UTF8, 1, 128, "RRR-RO"},
	{oid.GivenName, "G", csr.UTF8, 1, 128, "RRR-OO"},
	{oid.Country, "C", csr.Printable, 2, 2, "RRRRRR"},
	{oid.StateOrProvince, "S", csr.UTF8, 1, 128, "OORROR"},
	{oid.Locality, "L", csr.UTF8, 1, 128, "OORROR"},
	{oid.StreetAddress, "STREET", csr.UTF8, 1, 128, "OORROR"},
	{oid.Organization, "O", csr.UTF8, 1, 64, "--RR-R"},
	{oid.OrganizationalUnit, "OU", csr.UTF8, 1, 64, "O-O--O"},
	{oid.Title, "T", csr.UTF8, 1, 64, "--R--O"},
	{oid.OGRN, "OGRN", csr.Numeric, 13, 13, "--RR--"},
	{oid.OGRNIP, "OGRNIP", csr.Numeric, 15, 15, "-R----"},
	{oid.SNILS, "SNILS", csr.Numeric, 11, 11, "RRR-OO"},
	{oid.EmailAddress, "E", csr.IA5, 1, 255, "OOOOOO"},
	{oid.Pseudonym, "pseudonym", csr.UTF8, 1, 128, "------"},
	{oid.UnstructuredName, "unstructuredName", csr.UTF8, 1, 255, "OOOOOO"},
	{oid.SerialNumber, "serialNumber", csr.Printable, 1, 64, "---O-O"},
}

// numbersOrder31 are the taxpayer numbers since order 31: INN of a person,
// INNLE of an organisation.
var numbersOrder31 = []AttributeRule{
	{oid.INN, "INN", csr.Numeric, 12, 12, "RRR-OO"},
	{oid.INNLE, "INNLE", csr.Numeric, 10, 10, "--RR-O"},
}

// commonExtensions are those that all profiles have alike: name, critical,
// in end entities, in authorities, in requests.
var commonExtensions = []ExtensionRule{
	{oid.KeyUsage, "keyUsage", true, Required, Required, Optional},
	{oid.ExtendedKeyUsage, "extKeyUsage", false, Optional, Optional, Optional},
	{oid.CertificatePolicies, "certificatePolicies", false, Required, Required, Optional},
	{oid.SubjectSignTool, "subjectSignTool", false, Required, Required, Optional},
	{oid.IssuerSignTool, "issuerSignTool", false, Required, Required, Forbidden},
	{oid.AuthorityKeyID, "authorityKeyIdentifier", false, Required, Required, Forbidden},
	{oid.SubjectKeyID, "subjectKeyIdentifier", false, Required, Required, Optional},
	{oid.CRLDistributionPoints, "cRLDistributionPoints", false, Required, Required, Forbidden},
	{oid.AuthorityInfoAccess, "authorityInfoAccess", false, Required, Required, Forbidden},
	{oid.BasicConstraints, "basicConstraints", true, Optional, Required, Optional},
	{oid.CertificateTemplate, "certificateTemplate", false, Optional, Optional, Optional},
	{oid.EmbeddedLicence, "embeddedLicence", false, Optional, Optional, Optional},
	{oid.CRLMatching, "certAndCrlMatchingTechnique", false, Optional, Optional, Optional},
}
