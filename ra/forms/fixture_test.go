package forms_test

import (
	"crypto"
	"encoding/asn1"
	"encoding/hex"
	"flag"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/oid"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/workflow"
)

var remake = flag.Bool("fixtures", false, "make request.der and certificate.der in testdata anew")

var kinds = []ra.DocumentKind{
	ra.ApplicationForm, ra.RequestForm, ra.CertificateSheet, ra.InvoiceForm, ra.DocumentListForm, ra.QuestionnaireForm, ra.PowersForm,
	ra.MarkerForm, ra.HandoverAct, ra.SafetyMemo, ra.ConsentForm, ra.RevocationApplication, ra.OriginalsRegister,
	ra.InstructionScans, ra.InstructionRequest, ra.InstructionVisit,
}

func authority() forms.Authority {
	return forms.Authority{
		Name: "АО «Удостоверяющий центр „Сургуч“»", HeadTitle: "Генеральному директору", HeadName: "П. И. Печатникову",
		Address:    "109000, г. Москва, ул. Сургучная, д. 1",
		RulesTitle: "Порядок реализации функций удостоверяющего центра АО «УЦ Сургуч»",
		RulesDate:  time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), RulesURL: "https://ca.example.org/documents/rules.pdf",
	}
}

// invoice is that of an invented seller.
func invoice() *forms.Invoice {
	return &forms.Invoice{
		Seller: forms.Seller{
			Name: "ООО «Сервисный центр „Оттиск“»", Address: "109000, г. Москва, ул. Сургучная, д. 3",
			INN: "9977000010", KPP: "770001001", Bank: "ПАО «Банк Печатный»", BIC: "044525999",
			Account: "40702810900000000001", Correspondent: "30101810400000000999",
			HeadTitle: "Генеральный директор", HeadName: "Г. С. Оттискин",
		},
		Items: []forms.Item{
			{Name: "Изготовление квалифицированного сертификата физического лица", Price: 1_800_00},
			{Name: "Ключевой носитель", Quantity: 2, Price: 1_640_50},
		},
		VAT: 22,
	}
}

// config is a configuration that can print everything.
func config() forms.Config {
	return forms.Config{Authority: authority(), Invoice: invoice(), Workplace: "https://ra.example.org/marker"}
}

func newPrinter(t testing.TB) *forms.Printer {
	t.Helper()
	p, err := forms.New(config())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func requestOf(f ra.Form) *ra.Request {
	return &ra.Request{
		ID: "01970c8f2c5a4b7d9e0f112233445566", Form: f,
		Created:  time.Date(2025, 11, 20, 22, 15, 0, 0, time.UTC), // in Moscow the day after
		Updated:  time.Date(2025, 11, 22, 10, 30, 0, 0, time.UTC),
		Exhibits: []ra.Exhibit{{Kind: "passport_scan"}, {Kind: "snils_scan"}, {Kind: "passport_scan"}, {Kind: "owner_photo"}, {Kind: "certificate"}},
		Held:     []ra.Held{{Evidence: workflow.MarkerReceipt}},
	}
}

// newPKCS10 makes a request for the owner of a form.
func newPKCS10(t testing.TB, key crypto.Signer, f *ra.Form, more ...csr.Extension) []byte {
	t.Helper()
	subject, err := ra.Subject(f)
	if err != nil {
		t.Fatal(err)
	}
	tool, err := qualified.NewSubjectSignTool("СКЗИ «Сургуч», версия 1")
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: subject, Extensions: append([]csr.Extension{
		csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment | csr.KeyEncipherment | csr.DataEncipherment),
		csr.NewExtendedKeyUsage(oid.PurposeClientAuth, oid.PurposeEmailProtection),
		tool,
		qualified.NewIdentificationKind(qualified.ByCertificate),
	}, more...)})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var serialNumber = []byte{0x01, 0xd9, 0x5c, 0x00, 0x7a, 0xb1, 0x00, 0x02, 0x44, 0x0f, 0x51, 0x6e, 0x80, 0x2c, 0x93, 0xee}

// newCertificate makes a qualified certificate for a request.
func newCertificate(t testing.TB, issuer crypto.Signer, pkcs10 []byte) []byte {
	t.Helper()
	as := csr.Standard()
	r, err := as.Parse(pkcs10)
	if err != nil {
		t.Fatal(err)
	}
	name, err := csr.NewName(
		csr.NewAttribute(csr.OGRN, "1027700132195"), csr.NewAttribute(csr.INNLE, "7707083893"),
		csr.NewAttribute(csr.Country, "RU"), csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"),
		csr.NewAttribute(csr.Organization, "АО «УЦ Сургуч»"), csr.NewAttribute(csr.CommonName, "АО «УЦ Сургуч»"),
	)
	if err != nil {
		t.Fatal(err)
	}
	tools, err := qualified.IssuerSignTool{
		SignTool: "СКЗИ «Сургуч»", CATool: "ПАК «УЦ Сургуч»", SignToolCert: "№ СФ/124-0001 от 01.02.2025", CAToolCert: "№ СФ/128-0002 от 01.02.2025",
	}.Extension()
	if err != nil {
		t.Fatal(err)
	}
	_, issuerID, err := as.EncodeKey(issuer.Public())
	if err != nil {
		t.Fatal(err)
	}
	_, subjectID, err := as.EncodeKey(r.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	der, err := as.CreateCertificate(issuer, &csr.CertificateTemplate{
		SerialNumber: new(big.Int).SetBytes(serialNumber), Issuer: name, Subject: r.Subject, RawKey: r.RawKey,
		NotBefore: time.Date(2025, 11, 22, 10, 0, 0, 0, time.UTC), NotAfter: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
		Extensions: append(r.Extensions,
			csr.NewSubjectKeyID(subjectID), csr.NewAuthorityKeyID(issuerID),
			csr.NewCertificatePolicies(oid.PolicyKC1, oid.PolicyKC2), tools),
	})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func newKey(t testing.TB, c *gost.Curve) *gost.PrivateKey {
	t.Helper()
	key, err := gost.GenerateKey(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// fixed is the document that the texts in testdata are of.
func fixed(t testing.TB, kind ra.DocumentKind) ra.Document {
	t.Helper()
	read := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	return document(kind, applicant.Form(7), read("request.der"), read("certificate.der"))
}

// markerCode is one that ra.ParseMarker takes.
const markerCode = "0123Q-45678-9ABCD-EFGHJ-KMNP2"

// document has all that any form needs.
func document(kind ra.DocumentKind, f ra.Form, pkcs10, certificate []byte) ra.Document {
	second := requestOf(applicant.Form(8))
	second.ID = "01970c8f2c5a4b7d9e0f778899aabbcc"
	second.Held = []ra.Held{{Evidence: workflow.StampNumber}}
	first := requestOf(f)
	return ra.Document{
		Kind: kind, Request: first, PKCS10: pkcs10, Certificate: certificate,
		Required:   []string{"application_scan", "passport_scan", "snils_scan", "owner_photo"},
		Marker:     &ra.MarkerPaper{Code: markerCode, Expires: time.Date(2025, 11, 29, 22, 30, 0, 0, time.UTC)},
		Carrier:    &ra.CarrierPaper{Model: "Рутокен ЭЦП 3.0", Serial: "0912345678"},
		Revocation: &ra.Revocation{Action: ra.ActRevoke, Reason: csr.ReasonKeyCompromise},
		Requests:   []*ra.Request{first, second},
	}
}

// TestFixtures makes the fixtures, or sees that they are of the people they
// are meant to be of.
func TestFixtures(t *testing.T) {
	f := applicant.Form(7)
	if *remake {
		request := newPKCS10(t, newKey(t, gost.TC26A256()), &f)
		certificate := newCertificate(t, newKey(t, gost.TC26A512()), request)
		for name, data := range map[string][]byte{"request.der": request, "certificate.der": certificate} {
			if err := os.WriteFile(filepath.Join("testdata", name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	d := fixed(t, ra.RequestForm)
	r, err := csr.Standard().Parse(d.PKCS10)
	if err != nil {
		t.Fatal(err)
	}
	c, err := csr.Standard().ParseCertificate(d.Certificate)
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Subject.Get(csr.SNILS); got != f.SNILS {
		t.Errorf("SNILS of request.der: got %s, want %s", got, f.SNILS)
	}
	if err := c.Matches(r); err != nil {
		t.Error(err)
	}
}

// containsHex reports whether a text has octets as hexadecimal digits,
// however grouped and broken.
func containsHex(text string, raw []byte) bool {
	return strings.Contains(strings.Join(strings.Fields(text), ""), hex.EncodeToString(raw))
}

// unknownExtension is an extension that forms know nothing of.
func unknownExtension(value []byte) csr.Extension {
	return csr.Extension{ID: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 7}, Value: value}
}
