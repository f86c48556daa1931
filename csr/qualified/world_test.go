package qualified_test

import (
	"bytes"
	"encoding/asn1"
	"math/big"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// world is a certificate or a request before it is made: everything in it can
// be made wrong, which csr's own constructors would refuse.
type world struct {
	request     bool
	subject     []csr.Attribute
	multivalued bool // the first two attributes of the subject share a SET
	issuer      []csr.Attribute
	extensions  []csr.Extension
	version     int
	serial      *big.Int
	from, to    time.Time
	isCA        bool
	key         asn1.ObjectIdentifier // of the public key
	curve       asn1.ObjectIdentifier
	digest      asn1.ObjectIdentifier // digestParamSet, nil: left out
	signature   asn1.ObjectIdentifier
	parameters  []byte // of the signature algorithm
	deviations  []csr.Deviation
	options     qualified.Options
}

var (
	begin      = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	subjectKey = bytes.Repeat([]byte{1}, 20)
	issuerKey  = bytes.Repeat([]byte{2}, 20)
)

// good makes a faultless world: of an owner type by its name, or
// "authority", "root" or "request" (of a natural person).
func good(t testing.TB, name string) *world {
	t.Helper()
	w := &world{
		issuer:  authority("ООО «Печать»"),
		version: 3, serial: big.NewInt(1 << 60), from: begin, to: begin.AddDate(1, 0, 0),
		key: oid.GOST3410_256, curve: oid.CurveCryptoProA, digest: oid.Streebog256, signature: oid.GOSTSign256,
	}
	tool, err := qualified.NewSubjectSignTool("СКЗИ «Сургуч», версия 1")
	tool = must(t, tool, err)
	issuerTool, err := qualified.IssuerSignTool{
		SignTool: "ПАКМ «Печать»", CATool: "ПАК «Удостоверяющий центр»",
		SignToolCert: "Заключение № 1 от 01.02.2025", CAToolCert: "Заключение № 2 от 01.02.2025",
	}.Extension()
	issuerTool = must(t, issuerTool, err)
	lists, err := csr.NewCRLDistributionPoints("http://ca.example/1.crl")
	lists = must(t, lists, err)
	access, err := csr.NewAuthorityInfoAccess(
		csr.AccessDescription{Method: csr.AccessCAIssuers, URL: "http://ca.example/1.crt"},
		csr.AccessDescription{Method: csr.AccessOCSP, URL: "http://ocsp.example/"})
	access = must(t, access, err)
	wanted, err := qualified.Wanted{SignTool: "СКЗИ «Сургуч», версия 1", Class: qualified.KC2}.Extensions()
	if err != nil {
		t.Fatal(err)
	}
	policies := csr.NewCertificatePolicies(qualified.KC2.Policies()...)
	period := qualified.NewPrivateKeyUsagePeriod(w.from, w.to)
	ski, aki := csr.NewSubjectKeyID(subjectKey), csr.NewAuthorityKeyID(issuerKey)

	switch name {
	case "authority":
		w.subject, w.isCA, w.to = authority("ООО «Сургуч»"), true, begin.AddDate(15, 0, 0)
		w.extensions = []csr.Extension{csr.NewKeyUsage(csr.KeyCertSign | csr.CRLSign), csr.NewBasicConstraints(true, 0), tool, issuerTool, policies,
			qualified.NewIdentificationKind(qualified.InPerson), qualified.NewPrivateKeyUsagePeriod(w.from, w.from.AddDate(3, 0, 0)), ski, aki, lists, access}
		return w
	case "root":
		w.subject, w.issuer = authority("ООО «Корень»"), authority("ООО «Корень»")
		w.isCA, w.to = true, begin.AddDate(18, 0, 0)
		w.extensions = []csr.Extension{csr.NewKeyUsage(csr.KeyCertSign | csr.CRLSign), csr.NewBasicConstraints(true, -1), tool, policies,
			qualified.NewPrivateKeyUsagePeriod(w.from, w.from.AddDate(8, 0, 0)), ski}
		return w
	case "request":
		w.request = true
		w.subject = owner("person").attributes(t)
		w.extensions = wanted
		return w
	}
	w.subject = owner(name).attributes(t)
	w.extensions = append(wanted, issuerTool, period, ski, aki, lists, access)
	return w
}

// namedOwner is an invented owner.
type namedOwner qualified.Owner

// owner returns the owner of a type's name. All numbers are invented and have
// right check digits.
func owner(name string) namedOwner {
	typ, err := qualified.ParseOwnerType(name)
	if err != nil {
		panic(err)
	}
	person := qualified.Owner{
		Type: typ, Surname: "Сургучёва", GivenName: "Ксения Ильинична",
		SNILS: "11223344595", INN: "500100732259", Email: "k@example.org",
		Region: "77 г. Москва", Locality: "Москва", Street: "ул. Сургучная, д. 1",
	}
	organization := qualified.Owner{
		Type: typ, Organization: "ООО «Сургуч»", OGRN: "1027700132195", INNLE: "7707083893",
		Region: person.Region, Locality: person.Locality, Street: person.Street, Email: "info@example.org",
	}
	switch typ {
	case qualified.SoleTrader:
		person.OGRNIP = "304500116000157"
	case qualified.OrganizationPerson:
		o := organization
		o.Surname, o.GivenName, o.SNILS, o.INN = person.Surname, person.GivenName, person.SNILS, person.INN
		o.Title, o.Unit = "Директор", "Управление"
		return namedOwner(o)
	case qualified.OrganizationAutomatic:
		return namedOwner(organization)
	case qualified.ForeignPerson:
		person.Country, person.Region, person.INN = "BY", "Минская область", ""
	case qualified.ForeignOrganization:
		organization.Country, organization.Region, organization.OGRN = "KZ", "Астана", ""
		return namedOwner(organization)
	}
	return namedOwner(person)
}

func (o namedOwner) attributes(t testing.TB) []csr.Attribute {
	t.Helper()
	p, err := qualified.ProfileAt(begin)
	if err != nil {
		t.Fatal(err)
	}
	name, err := qualified.NewSubject(p, qualified.Owner(o))
	if err != nil {
		t.Fatal(err)
	}
	return name.Attributes()
}

func authority(name string) []csr.Attribute {
	return []csr.Attribute{
		csr.NewAttribute(oid.OGRN, "1027700132195"), csr.NewAttribute(oid.INNLE, "7707083893"),
		csr.NewAttribute(oid.Country, "RU"), csr.NewAttribute(oid.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(oid.Locality, "Москва"), csr.NewAttribute(oid.StreetAddress, "ул. Печатная, д. 2"),
		csr.NewAttribute(oid.Organization, name), csr.NewAttribute(oid.CommonName, name),
	}
}

// set puts a value into an attribute of the subject, or adds one.
func (w *world) set(id asn1.ObjectIdentifier, value string) { w.put(csr.NewAttribute(id, value)) }

func (w *world) put(a csr.Attribute) {
	for i := range w.subject {
		if w.subject[i].Type.Equal(a.Type) {
			w.subject[i] = a
			return
		}
	}
	w.subject = append(w.subject, a)
}

// kind rewrites an attribute in another string type.
func (w *world) kind(id asn1.ObjectIdentifier, kind csr.StringKind) {
	for i := range w.subject {
		if w.subject[i].Type.Equal(id) {
			w.subject[i].Kind = kind
			return
		}
	}
	panic("no such attribute")
}

// remove takes an attribute out of the subject.
func (w *world) remove(ids ...asn1.ObjectIdentifier) {
	for _, id := range ids {
		var left []csr.Attribute
		for _, a := range w.subject {
			if !a.Type.Equal(id) {
				left = append(left, a)
			}
		}
		w.subject = left
	}
}

// extend puts an extension in, in the place of its like.
func (w *world) extend(e csr.Extension) {
	for i := range w.extensions {
		if w.extensions[i].ID.Equal(e.ID) {
			w.extensions[i] = e
			return
		}
	}
	w.extensions = append(w.extensions, e)
}

// drop takes an extension out.
func (w *world) drop(id asn1.ObjectIdentifier) {
	var left []csr.Extension
	for _, e := range w.extensions {
		if !e.ID.Equal(id) {
			left = append(left, e)
		}
	}
	w.extensions = left
}

// turn changes whether an extension is critical.
func (w *world) turn(id asn1.ObjectIdentifier) {
	for i := range w.extensions {
		if w.extensions[i].ID.Equal(id) {
			w.extensions[i].Critical = !w.extensions[i].Critical
			return
		}
	}
	panic("no such extension")
}

// lint makes the certificate or request and lints it.
func (w *world) lint(t testing.TB) []qualified.Finding {
	t.Helper()
	if w.request {
		return qualified.LintRequest(w.makeRequest(t), w.options)
	}
	return qualified.LintCertificate(w.makeCertificate(t), w.options)
}

func (w *world) makeRequest(t testing.TB) *csr.Request {
	t.Helper()
	subject := w.name(t, w.subject, w.multivalued)
	return &csr.Request{
		RawSubject: subject.Raw(), Subject: subject, RawKey: w.spki(), RawSignatureAlgorithm: w.algorithm(),
		Extensions: w.extensions, Deviations: w.deviations,
	}
}

func (w *world) makeCertificate(t testing.TB) *csr.Certificate {
	t.Helper()
	subject, issuer := w.name(t, w.subject, w.multivalued), w.name(t, w.issuer, false)
	return &csr.Certificate{
		RawSubject: subject.Raw(), Subject: subject, RawIssuer: issuer.Raw(), Issuer: issuer,
		RawKey: w.spki(), RawSignatureAlgorithm: w.algorithm(),
		Version: w.version, SerialNumber: w.serial, NotBefore: w.from, NotAfter: w.to,
		Extensions: w.extensions, IsCA: w.isCA, Deviations: w.deviations,
	}
}

func (w *world) name(t testing.TB, attributes []csr.Attribute, multivalued bool) csr.Name {
	t.Helper()
	raw := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			if multivalued {
				b.AddASN1(der.Set, func(b *der.Builder) {
					b.AddBytes(attributes[0].DER())
					b.AddBytes(attributes[1].DER())
				})
				attributes = attributes[2:]
			}
			for _, a := range attributes {
				b.AddASN1(der.Set, func(b *der.Builder) { b.AddBytes(a.DER()) })
			}
		})
	})
	name, err := csr.ParseName(raw)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func (w *world) spki() []byte {
	return der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1ObjectIdentifier(w.key)
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1ObjectIdentifier(w.curve)
					if w.digest != nil {
						b.AddASN1ObjectIdentifier(w.digest)
					}
				})
			})
			b.AddASN1BitString(make([]byte, 66))
		})
	})
}

func (w *world) algorithm() []byte {
	return der.Marshal(der.AlgorithmIdentifier{OID: w.signature, Params: w.parameters}.Add)
}
