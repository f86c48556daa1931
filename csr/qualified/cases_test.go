package qualified_test

import (
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/oid"
)

// breaking is one way to break one rule.
type breaking struct {
	rule   string
	world  string
	change func(*world)
	also   []string // rules that cannot but break with it
}

func without(ids ...asn1.ObjectIdentifier) func(*world) {
	return func(w *world) { w.remove(ids...) }
}

func with(id asn1.ObjectIdentifier, value string) func(*world) {
	return func(w *world) { w.set(id, value) }
}

func written(id asn1.ObjectIdentifier, kind csr.StringKind) func(*world) {
	return func(w *world) { w.kind(id, kind) }
}

func dropped(id asn1.ObjectIdentifier) func(*world) { return func(w *world) { w.drop(id) } }

func turned(id asn1.ObjectIdentifier) func(*world) { return func(w *world) { w.turn(id) } }

func replaced(e csr.Extension) func(*world) { return func(w *world) { w.extend(e) } }

func deviating(code csr.DeviationCode) func(*world) {
	return func(w *world) { w.deviations = []csr.Deviation{{Code: code, Where: "somewhere"}} }
}

func usageOf(u csr.KeyUsage) func(*world) { return replaced(csr.NewKeyUsage(u)) }

func long(n int) string { return strings.Repeat("ж", n) }

// on makes a change and has it looked at by the rules of a day.
func on(year int, month time.Month, day int, change func(*world)) func(*world) {
	return func(w *world) {
		change(w)
		w.options.At = time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
	}
}

// both makes two changes.
func both(changes ...func(*world)) func(*world) {
	return func(w *world) {
		for _, c := range changes {
			c(w)
		}
	}
}

const (
	signing = csr.DigitalSignature | csr.ContentCommitment
	legacy  = "007707083893" // an organisation's number behind 00
)

// strange is an extension nobody knows.
var strange = csr.Extension{ID: asn1.ObjectIdentifier{1, 2, 643, 9, 9}, Value: []byte{5, 0}}

// issuerTools is an issuerSignTool of one text in all fields.
func issuerTools(text string) csr.Extension {
	e, err := qualified.IssuerSignTool{SignTool: "А", CATool: "Б", SignToolCert: text, CAToolCert: text}.Extension()
	if err != nil {
		panic(err)
	}
	return e
}

// utf8String is a UTF8String in DER.
func utf8String(s string) []byte {
	value, err := asn1.MarshalWithParams(s, "utf8")
	if err != nil {
		panic(err)
	}
	return value
}

// places puts in an extension that a constructor makes.
func places(change func() (csr.Extension, error)) func(*world) {
	e, err := change()
	if err != nil {
		panic(err)
	}
	return replaced(e)
}

var cases = []breaking{
	{"subject-empty", "authority", func(w *world) { w.subject = nil }, []string{"subject-cn-missing", "subject-c-missing", "subject-place-missing",
		"subject-s-missing", "subject-l-missing", "subject-street-missing", "subject-o-missing", "subject-ogrn-missing", "subject-innle-missing"}},
	{"subject-cn-missing", "person", without(oid.CommonName), nil},
	{"subject-sn-missing", "person", without(oid.Surname), nil},
	{"subject-sn-missing", "foreign-person", without(oid.Surname), nil},
	{"subject-g-missing", "organization", without(oid.GivenName), nil},
	{"subject-c-missing", "organization", without(oid.Country), nil},
	{"subject-place-missing", "organization", without(oid.StateOrProvince, oid.Locality, oid.StreetAddress),
		[]string{"subject-s-missing", "subject-l-missing", "subject-street-missing"}},
	{"subject-s-missing", "authority", without(oid.StateOrProvince), nil},
	{"subject-l-missing", "foreign-organization", without(oid.Locality), nil},
	{"subject-street-missing", "organization-automatic", without(oid.StreetAddress), nil},
	{"subject-o-missing", "organization", without(oid.Organization), nil},
	{"subject-t-missing", "organization", without(oid.Title), nil},
	{"subject-ogrn-missing", "organization", without(oid.OGRN), nil},
	{"subject-ogrnip-missing", "sole-trader", func(w *world) {
		w.remove(oid.OGRNIP)
		w.options.Owner = qualified.SoleTrader
	}, nil},
	{"subject-snils-missing", "person", without(oid.SNILS), nil},
	{"subject-snils-person-missing", "organization", without(oid.SNILS), nil},
	{"subject-inn-missing", "request", without(oid.INN), nil},
	{"subject-innle-missing", "organization-automatic", without(oid.INNLE), nil},
	{"subject-o-unexpected", "sole-trader", with(oid.Organization, "ИП"), nil},
	{"subject-ou-unexpected", "sole-trader", with(oid.OrganizationalUnit, "Отдел"), nil},
	{"subject-t-unexpected", "person", with(oid.Title, "Директор"), nil},
	{"subject-ogrn-unexpected", "foreign-organization", func(w *world) {
		w.set(oid.OGRN, "1027700132195")
		w.options.Owner = qualified.ForeignOrganization
	}, nil},
	{"subject-ogrnip-unexpected", "organization", with(oid.OGRNIP, "304500116000157"), nil},
	{"subject-innle-unexpected", "person", func(w *world) {
		w.set(oid.INNLE, "7707083893")
		w.options.Owner = qualified.NaturalPerson
	}, nil},
	{"subject-person-unexpected", "organization-automatic", func(w *world) {
		w.set(oid.SNILS, "11223344595")
		w.set(oid.INN, "500100732259")
		w.options.Owner = qualified.OrganizationAutomatic
	}, nil},
	{"subject-pseudonym", "person", with(oid.Pseudonym, "Сургуч"), nil},
	{"subject-serialnumber", "person", with(oid.SerialNumber, "1"), nil},
	{"subject-unstructuredname", "organization", with(oid.UnstructuredName, "KPP=770701001"), nil},
	{"subject-attribute-unknown", "person", with(asn1.ObjectIdentifier{2, 5, 4, 20}, "1"), nil},

	{"subject-attribute-twice", "organization", func(w *world) {
		w.subject = append(w.subject, csr.NewAttribute(oid.OrganizationalUnit, "Отдел"))
	}, nil},
	{"subject-rdn-multivalued", "person", func(w *world) { w.multivalued = true }, nil},
	{"subject-value-empty", "person", with(oid.Locality, ""), nil},
	{"subject-value-spaces", "person", with(oid.Locality, "Москва "), nil},
	{"subject-value-spaces", "person", with(oid.StreetAddress, "ул.  Сургучная"), nil},
	{"subject-value-control", "person", with(oid.StreetAddress, "ул.\tСургучная"), nil},
	{"subject-c-form", "person", func(w *world) {
		w.set(oid.Country, "ru")
		w.options.Owner = qualified.NaturalPerson
	}, []string{"subject-c-not-ru"}},
	{"subject-c-not-ru", "person", func(w *world) {
		w.set(oid.Country, "BY")
		w.options.Owner = qualified.NaturalPerson
	}, nil},
	{"subject-s-form", "person", with(oid.StateOrProvince, "Москва"), nil},
	{"subject-e-form", "person", with(oid.EmailAddress, "k.example.org"), nil},
	{"subject-e-form", "person", with(oid.EmailAddress, "k@example.org, s@example.org"), nil},
	{"subject-e-ascii", "person", func(w *world) {
		w.put(csr.Attribute{Type: oid.EmailAddress, Kind: csr.UTF8, Value: "почта@пример.рф"})
	}, []string{"string-e"}},
	{"subject-cn-not-name", "person", with(oid.CommonName, "Ксения Ильинична Сургучёва"), nil},
	{"subject-cn-not-organization", "organization", with(oid.CommonName, "Сургуч"), nil},

	{"string-ogrn", "authority", written(oid.OGRN, csr.UTF8), nil},
	{"string-ogrnip", "sole-trader", written(oid.OGRNIP, csr.Printable), nil},
	{"string-snils", "person", written(oid.SNILS, csr.UTF8), nil},
	{"string-inn", "request", written(oid.INN, csr.Printable), nil},
	{"string-innle", "organization", written(oid.INNLE, csr.UTF8), nil},
	{"string-c", "person", written(oid.Country, csr.UTF8), nil},
	{"string-e", "person", written(oid.EmailAddress, csr.UTF8), nil},
	{"string-text", "person", func(w *world) { w.put(csr.Attribute{Type: oid.StreetAddress, Kind: csr.IA5, Value: "1"}) }, nil},
	{"string-text-old", "person", written(oid.Locality, csr.BMP), nil},
	{"string-text-printable", "person", func(w *world) { w.put(csr.Attribute{Type: oid.Locality, Kind: csr.Printable, Value: "Moskva"}) }, nil},

	{"length-cn", "authority", with(oid.CommonName, long(65)), nil},
	{"length-o", "authority", with(oid.Organization, long(65)), nil},
	{"length-ou", "organization", with(oid.OrganizationalUnit, long(65)), nil},
	{"length-t", "organization", with(oid.Title, long(65)), nil},
	{"length-s", "person", with(oid.StateOrProvince, "77 "+long(126)), nil},
	{"length-l", "person", with(oid.Locality, long(129)), nil},
	{"length-street", "person", with(oid.StreetAddress, long(129)), nil},
	{"length-sn", "organization", with(oid.Surname, long(129)), nil},
	{"length-g", "organization", with(oid.GivenName, long(129)), nil},
	{"length-e", "person", with(oid.EmailAddress, strings.Repeat("k", 255)+"@a"), nil},
	{"length-text", "authority", with(oid.Organization, long(1025)), []string{"length-o"}},

	{"number-ogrn-length", "authority", with(oid.OGRN, "102770013219"), nil},
	{"number-ogrn-length", "authority", func(w *world) { w.put(csr.Attribute{Type: oid.OGRN, Kind: csr.Numeric, Value: "1027700 32195"}) }, nil},
	{"number-ogrn-check", "authority", with(oid.OGRN, "1027700132196"), nil},
	{"number-ogrn-check", "authority", with(oid.OGRN, "0000000000000"), nil},
	{"number-ogrn-kind", "authority", with(oid.OGRN, "2027700132195"), nil},
	{"number-ogrnip-length", "sole-trader", with(oid.OGRNIP, "30450011600015"), nil},
	{"number-ogrnip-check", "sole-trader", with(oid.OGRNIP, "304500116000158"), nil},
	{"number-ogrnip-kind", "sole-trader", with(oid.OGRNIP, "404500116000157"), nil},
	{"number-snils-length", "person", with(oid.SNILS, "1122334459"), nil},
	{"number-snils-check", "person", with(oid.SNILS, "11223344596"), nil},
	{"number-inn-length", "person", with(oid.INN, "7707083893"), nil},
	{"number-inn-check", "person", with(oid.INN, "500100732258"), nil},
	{"number-inn-check", "organization", with(oid.INN, "500100732258"), nil},
	{"number-inn-legacy-check", "authority", on(2020, 1, 1, both(without(oid.INNLE), with(oid.INN, "007707083892"))), []string{"identification-early"}},
	{"number-inn-legacy-late", "authority", on(2021, 10, 1, both(without(oid.INNLE), with(oid.INN, legacy))), nil},
	{"number-inn-legacy-2022", "authority", both(without(oid.INNLE), with(oid.INN, legacy)), nil},
	{"number-innle-length", "organization", with(oid.INNLE, "007707083893"), nil},
	{"number-innle-nine", "organization", with(oid.INNLE, "707083893"), nil},
	{"number-innle-check", "organization", with(oid.INNLE, "7707083892"), nil},
	{"number-innle-early", "authority", on(2020, 1, 1, dropped(oid.IdentificationKind)), nil},

	{"usage-missing", "person", dropped(oid.KeyUsage), nil},
	{"usage-not-critical", "person", turned(oid.KeyUsage), nil},
	{"usage-empty", "person", replaced(csr.Extension{ID: oid.KeyUsage, Critical: true, Value: []byte{3, 1, 0}}), nil},
	{"usage-signature", "person", usageOf(csr.DigitalSignature), nil},
	{"usage-signature", "request", usageOf(csr.ContentCommitment), nil},
	{"usage-certsign", "person", usageOf(signing | csr.KeyCertSign), nil},
	{"usage-agreement", "person", usageOf(signing | csr.KeyEncipherment | csr.DataEncipherment), nil},
	{"usage-only", "person", usageOf(signing | csr.EncipherOnly), nil},
	{"purpose-missing", "person", dropped(oid.ExtendedKeyUsage), nil},
	{"purpose-critical", "person", turned(oid.ExtendedKeyUsage), nil},
	{"purpose-twice", "person", replaced(csr.NewExtendedKeyUsage(oid.PurposeClientAuth, oid.PurposeClientAuth, oid.PurposeClientAuth)), nil},
	{"purpose-unknown", "person", replaced(csr.NewExtendedKeyUsage(asn1.ObjectIdentifier{1, 2, 643, 9, 9})), nil},
	{"policy-missing", "person", dropped(oid.CertificatePolicies), nil},
	{"policy-critical", "authority", turned(oid.CertificatePolicies), nil},
	{"policy-class", "authority", replaced(csr.NewCertificatePolicies(oid.AnyPolicy)), nil},
	{"policy-gap", "person", replaced(csr.NewCertificatePolicies(oid.PolicyKC1, oid.PolicyKC3)), nil},
	{"policy-gap", "person", replaced(csr.NewCertificatePolicies(oid.PolicyKC2)), nil},
	{"policy-any", "person", replaced(csr.NewCertificatePolicies(oid.AnyPolicy, oid.PolicyKC1)), nil},
	{"policy-twice", "person", replaced(csr.NewCertificatePolicies(oid.PolicyKC1, oid.PolicyKC1)), nil},
	{"policy-unknown", "person", replaced(csr.NewCertificatePolicies(oid.PolicyKC1, asn1.ObjectIdentifier{1, 2, 643, 9, 9})), nil},

	{"subjecttool-missing", "person", dropped(oid.SubjectSignTool), nil},
	{"subjecttool-critical", "person", turned(oid.SubjectSignTool), nil},
	{"subjecttool-length", "person", replaced(csr.Extension{ID: oid.SubjectSignTool, Value: utf8String(long(201))}), nil},
	{"issuertool-missing", "authority", dropped(oid.IssuerSignTool), nil},
	{"issuertool-critical", "authority", turned(oid.IssuerSignTool), nil},
	{"issuertool-length", "person", replaced(csr.Extension{ID: oid.IssuerSignTool, Value: []byte("\x30\x11\x0c\x00\x0c\x01A\x0c\x04\xe2\x84\x961\x0c\x04\xe2\x84\x962")}), nil},
	{"issuertool-documents", "person", replaced(issuerTools("нет")), nil},
	{"identification-missing", "person", dropped(oid.IdentificationKind), nil},
	{"identification-missing-2021", "person", on(2021, 10, 1, dropped(oid.IdentificationKind)), nil},
	{"identification-critical", "person", turned(oid.IdentificationKind), nil},
	{"identification-early", "person", on(2020, 1, 1, func(*world) {}), nil},
	{"period-missing", "person", dropped(oid.PrivateKeyUsagePeriod), nil},
	{"period-missing", "root", dropped(oid.PrivateKeyUsagePeriod), nil},
	{"period-critical", "person", turned(oid.PrivateKeyUsagePeriod), nil},
	{"period-one-end", "person", replaced(qualified.NewPrivateKeyUsagePeriod(time.Time{}, begin.AddDate(1, 0, 0))), nil},
	{"period-order", "person", replaced(qualified.NewPrivateKeyUsagePeriod(begin, begin)), nil},
	{"period-long", "person", func(w *world) {
		w.to = begin.AddDate(0, 15, 0)
		w.extend(qualified.NewPrivateKeyUsagePeriod(begin.AddDate(0, -1, 0), w.to))
	}, nil},
	{"period-long-authority", "authority", replaced(qualified.NewPrivateKeyUsagePeriod(begin, begin.AddDate(4, 0, 0))), nil},
	{"period-outside", "person", replaced(qualified.NewPrivateKeyUsagePeriod(begin, begin.AddDate(1, 1, 0))), nil},
	{"period-fraction", "person", replaced(csr.Extension{ID: oid.PrivateKeyUsagePeriod,
		Value: []byte("\x30\x26\x80\x1320260302090000.876Z\x81\x0f20270302090000Z")}), nil},
	{"extension-malformed", "person", replaced(csr.Extension{ID: oid.IdentificationKind, Value: []byte{2, 1, 4}}), nil},
	{"extension-malformed", "request", replaced(csr.Extension{ID: oid.SubjectSignTool, Value: []byte{0x13, 1, 'A'}}), nil},
	{"extension-critical-unknown", "person", replaced(csr.Extension{ID: strange.ID, Critical: true, Value: strange.Value}), nil},
	{"extension-unknown", "person", replaced(strange), nil},

	{"ski-missing", "person", dropped(oid.SubjectKeyID), nil},
	{"ski-missing-authority", "authority", dropped(oid.SubjectKeyID), nil},
	{"ski-critical", "person", turned(oid.SubjectKeyID), nil},
	{"ski-length", "person", replaced(csr.NewSubjectKeyID(make([]byte, 8))), nil},
	{"aki-missing", "person", dropped(oid.AuthorityKeyID), nil},
	{"aki-key", "person", replaced(csr.Extension{ID: oid.AuthorityKeyID, Value: []byte{0x30, 0}}), nil},
	{"aki-critical", "authority", turned(oid.AuthorityKeyID), nil},
	{"crl-missing", "person", dropped(oid.CRLDistributionPoints), nil},
	{"crl-missing-authority", "authority", dropped(oid.CRLDistributionPoints), nil},
	{"crl-http", "person", places(func() (csr.Extension, error) { return csr.NewCRLDistributionPoints("ldap://ca.example/1") }), nil},
	{"crl-critical", "person", turned(oid.CRLDistributionPoints), nil},
	{"access-missing", "person", dropped(oid.AuthorityInfoAccess), nil},
	{"access-missing-authority", "authority", dropped(oid.AuthorityInfoAccess), nil},
	{"access-issuers", "person", places(func() (csr.Extension, error) {
		return csr.NewAuthorityInfoAccess(csr.AccessDescription{Method: csr.AccessOCSP, URL: "http://ocsp.example/"})
	}), nil},
	{"access-ocsp", "person", places(func() (csr.Extension, error) {
		return csr.NewAuthorityInfoAccess(csr.AccessDescription{Method: csr.AccessCAIssuers, URL: "http://ca.example/1.crt"})
	}), nil},
	{"access-critical", "person", turned(oid.AuthorityInfoAccess), nil},

	{"signature-not-gost", "person", func(w *world) { w.signature = oid.RSAWithSHA256 }, nil},
	{"signature-2001", "authority", func(w *world) { w.signature, w.key, w.digest = oid.GOSTSign2001, oid.GOST3410_2001, oid.GOST3411_94 }, nil},
	{"signature-parameters", "person", func(w *world) { w.parameters = []byte{5, 0} }, nil},
	{"key-not-gost", "person", func(w *world) { w.key = oid.RSA }, nil},
	{"key-test-curve", "person", func(w *world) { w.curve = oid.CurveTest256 }, nil},
	{"key-digest-missing", "person", func(w *world) { w.digest = nil }, nil},
	{"key-digest-forbidden", "person", func(w *world) { w.curve = oid.CurveTC26_256B }, nil},
	{"key-digest-needless", "request", func(w *world) { w.curve = oid.CurveTC26_256A }, nil},
	{"key-digest-wrong", "person", func(w *world) { w.digest = oid.GOST3411_94 }, nil},

	{"encoding-default", "person", deviating(csr.ExplicitDefault), nil},
	{"encoding-time", "person", deviating(csr.TimeForm), nil},
	{"encoding-set-order", "request", deviating(csr.SetOrder), nil},
	{"encoding-bits", "person", deviating(csr.BitsLeftOver), nil},
	{"encoding-attributes", "request", deviating(csr.AttributesLeftOut), nil},
	{"encoding-other", "person", deviating("another"), nil},

	{"version", "person", func(w *world) { w.version = 1 }, nil},
	{"serial-not-positive", "person", func(w *world) { w.serial = new(big.Int) }, nil},
	{"serial-long", "person", func(w *world) { w.serial = new(big.Int).Lsh(big.NewInt(1), 159) }, nil},
	{"validity-order", "person", func(w *world) { w.to = w.from }, []string{"period-outside"}},
	{"validity-long", "person", func(w *world) { w.to = w.from.AddDate(2, 0, 0) }, nil},
	{"validity-long-authority", "authority", func(w *world) { w.to = w.from.AddDate(16, 0, 0) }, nil},
	{"profile-lapsed", "person", on(2027, 9, 1, func(*world) {}), nil},
	{"profile-lapsed", "request", on(2027, 9, 1, func(*world) {}), nil},
	{"issuer-empty", "root", func(w *world) { w.issuer = nil }, []string{"issuer-name", "issuer-place", "issuer-ogrn", "issuer-inn",
		"aki-missing", "crl-missing-authority", "access-missing-authority", "identification-missing", "issuertool-missing", "period-long-authority", "validity-long-authority"}},
	{"issuer-name", "person", func(w *world) { w.issuer = w.issuer[:6] }, nil},
	{"issuer-place", "person", func(w *world) { w.issuer = append(w.issuer[:3:3], w.issuer[6:]...) }, nil},
	{"issuer-ogrn", "person", func(w *world) { w.issuer = w.issuer[1:] }, nil},
	{"issuer-inn", "person", func(w *world) { w.issuer = append(w.issuer[:1:1], w.issuer[2:]...) }, nil},
	{"issuer-number", "authority", func(w *world) { w.issuer[1].Value = "770708389" }, nil},

	{"authority-constraints-critical", "authority", turned(oid.BasicConstraints), nil},
	{"authority-usage-missing", "authority", dropped(oid.KeyUsage), nil},
	{"authority-usage-certsign", "authority", usageOf(csr.CRLSign), nil},
	{"authority-usage-crlsign", "root", usageOf(csr.KeyCertSign), nil},
	{"authority-usage-other", "authority", usageOf(csr.KeyCertSign | csr.CRLSign | csr.KeyEncipherment), nil},

	{"request-authority", "request", replaced(csr.NewBasicConstraints(true, -1)), nil},
	{"request-issuer-extension", "request", replaced(issuerTools("Заключение № 1")), nil},
	{"request-usage-missing", "request", dropped(oid.KeyUsage), nil},
	{"request-tool-missing", "request", dropped(oid.SubjectSignTool), nil},
	{"request-identification-missing", "request", dropped(oid.IdentificationKind), nil},
	{"request-policy-missing", "request", dropped(oid.CertificatePolicies), nil},
}
