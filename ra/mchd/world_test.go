package mchd_test

import (
	"crypto"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/mchd"
)

var (
	as    = csr.Standard()
	start = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	head  = organization(5)   // who signs for the organisation
	staff = applicant.Form(8) // whom it empowers
)

// organization is the form of an organisation that its head acts for.
func organization(seed uint64) ra.Form {
	f := applicant.Form(seed)
	f.LegalForm, f.OGRN, f.INNLE, f.KPP = ra.LegalOrganization, "1027700132195", "7707083893", "773601001"
	f.Organization, f.Position, f.ActsBy = "ООО «Печатник»", "Генеральный директор", ra.ByRegister
	return f
}

// file is a power of attorney as tests change it.
type file struct {
	number, from, until, joint, principal, representatives, powers string
}

func newFile() file {
	return file{
		number: "0f2c5a1e-8f4b-4c7e-9a35-0123456789ab", from: "2026-11-01", until: "2027-11-01", joint: "2",
		principal:       principal(&head),
		representatives: person(&staff, staff.SNILS, staff.INN),
		powers:          `<МашПолн КодПолн="TEST_CERTIFICATES" НаимПолн="Получать сертификаты"/>`,
	}
}

func principal(f *ra.Form) string {
	return fmt.Sprintf(`<РосОргДовер ЕИОУК="0" ЕИОФЛ="1" ЕИОИП="0"><СвРосОрг НаимОрг="%s" ИННЮЛ="%s" КПП="%s" ОГРН="%s"/>`+
		`<ЛицоБезДов ПолнЮЛ="1"><СвФЛ СНИЛС="%s" ИННФЛ="%s"><СведФЛ>%s</СведФЛ></СвФЛ></ЛицоБезДов></РосОргДовер>`,
		f.Organization, f.INNLE, f.KPP, f.OGRN, dashed(f.SNILS), f.INN, name(f))
}

func person(f *ra.Form, snils, inn string) string {
	return fmt.Sprintf(`<СвУпПред ТипПред="3"><Пред><СведФизЛ СНИЛС="%s" ИННФЛ="%s"><СведФЛ ДатаРожд="%s">%s</СведФЛ></СведФизЛ></Пред></СвУпПред>`,
		dashed(snils), inn, f.BirthDate, name(f))
}

func name(f *ra.Form) string {
	return fmt.Sprintf(`<ФИО Фамилия="%s" Имя="%s" Отчество="%s"/>`, f.LastName, f.FirstName, f.MiddleName)
}

func dashed(snils string) string {
	if len(snils) != 11 {
		return snils
	}
	return snils[:3] + "-" + snils[3:6] + "-" + snils[6:9] + " " + snils[9:]
}

func (f file) xml() []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<Доверенность xmlns="urn://x-artefacts/EMCHD_1" ВерсФорм="EMCHD_1" ПрЭлФорм="00000000" ИдФайл="ON_EMCHD_20261101_%s">
  <Документ КНД="1110310"><Довер>
    <СвДов ВидДовер="1" ПрПередов="1" ВнНомДовер="7" НомДовер="%[1]s" ДатаВыдДовер="%s" СрокДейст="%s"><СведСист>https://m4d.example</СведСист></СвДов>
    <СвДоверит ТипДоверит="1"><Доверит>%s</Доверит></СвДоверит>
    %s
    <СвПолн ТипПолн="1" ПрСовмПолн="%s">%s</СвПолн>
  </Довер></Документ>
</Доверенность>
`, f.number, f.from, f.until, f.principal, f.representatives, f.joint, f.powers)
}

// world is an authority that issued principals their certificates.
type world struct {
	t     testing.TB
	clock *testenv.Clock
	ca    *local.CA
	root  *csr.Certificate
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: testenv.NewClock(start)}
	key := w.key()
	cn, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Корень"))
	if err != nil {
		t.Fatal(err)
	}
	if w.root, err = local.NewRoot(as, key, cn, start); err != nil {
		t.Fatal(err)
	}
	tool := qualified.IssuerSignTool{SignTool: "tool", CATool: "tool", SignToolCert: "none", CAToolCert: "none"}
	w.ca, err = local.New(local.Config{Algorithms: as, Key: key, Certificate: w.root, IssuerTool: tool, SubjectTool: "tool", Clock: w.clock, Life: 365 * 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) key() *gost.PrivateKey {
	w.t.Helper()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return key
}

// certified makes a key and a certificate of the owner of a form.
func (w *world) certified(f *ra.Form) (crypto.Signer, *csr.Certificate) {
	w.t.Helper()
	key := w.key()
	subject, err := ra.Subject(f)
	if err != nil {
		w.t.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{Subject: subject})
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := w.ca.Submit(w.t.Context(), f.SNILS+f.OGRN, ra.Order{Request: request})
	if err != nil || out.State != ra.Issued {
		w.t.Fatalf("got %v %s, %v", out.State, out.Reason, err)
	}
	cert, err := as.ParseCertificate(out.Certificate)
	if err != nil {
		w.t.Fatal(err)
	}
	return key, cert
}

// signed signs detached as the owner of a form.
func (w *world) signed(f *ra.Form, content []byte) []byte {
	w.t.Helper()
	key, cert := w.certified(f)
	signature, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: w.clock.Now()}, content)
	if err != nil {
		w.t.Fatal(err)
	}
	return signature
}

func (w *world) verifier(change func(*mchd.Config)) *mchd.Verifier {
	w.t.Helper()
	c := mchd.Config{Algorithms: as, Anchors: []*csr.Certificate{w.root}}
	if change != nil {
		change(&c)
	}
	v, err := mchd.New(c)
	if err != nil {
		w.t.Fatal(err)
	}
	return v
}

// discreet fails the test if an error shows a datum of a person.
func discreet(t testing.TB, err error) {
	t.Helper()
	for _, f := range []ra.Form{head, staff} {
		for _, secret := range []string{f.SNILS, f.INN, f.LastName} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a person's datum: %v", err)
			}
		}
	}
}
