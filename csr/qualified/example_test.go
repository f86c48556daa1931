package qualified_test

import (
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

func ExampleCheckSNILS() {
	fmt.Println(qualified.CheckSNILS("11223344595"))

	err := qualified.CheckSNILS("11223344596")
	var wrong *qualified.NumberError
	if errors.As(err, &wrong) && wrong.Reason == qualified.WrongChecksum {
		fmt.Println("a digit is mistyped")
	}
	fmt.Println(err)
	// Output:
	// <nil>
	// a digit is mistyped
	// qualified: SNILS: the check number is not the weighted sum (9 8 7 6 5 4 3 2 1) modulo 101 modulo 100
}

func ExampleNewIdentificationKind() {
	extension := qualified.NewIdentificationKind(qualified.ByCertificate)
	fmt.Printf("%v %x\n", extension.ID, extension.Value)

	kind, err := qualified.ParseIdentificationKind(extension.Value)
	fmt.Println(kind, err)
	// Output:
	// 1.2.643.100.114 020101
	// с использованием квалифицированного сертификата без личного присутствия <nil>
}

func ExampleIssuerSignTool_Extension() {
	extension, err := qualified.IssuerSignTool{
		SignTool: "ПАКМ «КриптоПро HSM» версии 2.0", CATool: "ПАК «Головной удостоверяющий центр»",
		SignToolCert: "Заключение № 149/3/2/2/23 от 02.03.2018", CAToolCert: "Заключение № 149/7/6-449 от 30.12.2021",
	}.Extension()
	if err != nil {
		log.Fatal(err)
	}
	tools, err := qualified.ParseIssuerSignTool(extension.Value)
	fmt.Println(tools.SignTool, err)
	// Output: ПАКМ «КриптоПро HSM» версии 2.0 <nil>
}

func ExampleParseSNILS() {
	number, err := qualified.ParseSNILS("112-233-445 95")
	fmt.Println(string(number), number.Printed(), err)
	// Output: 11223344595 112-233-445 95 <nil>
}

func ExampleProfileAt() {
	profile, err := qualified.ProfileAt(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(profile.ID)
	number, _ := profile.Attribute(csr.OGRNIP)
	fmt.Println(number.Name, number.Kind, number.For(qualified.SoleTrader), number.For(qualified.NaturalPerson))

	profile, err = qualified.ProfileAt(time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC))
	fmt.Println(profile.ID, errors.Is(err, qualified.ErrLapsed))
	// Output:
	// fsb795@2024-09-01
	// OGRNIP NumericString required forbidden
	// fsb795@2024-09-01 true
}

func ExampleProfiles() {
	for _, p := range qualified.Profiles() {
		fmt.Println(p.ID, len(p.Attributes), len(p.Extensions))
	}
	// Output:
	// fsb795@2012-01-27 18 14
	// fsb795@2021-09-01 19 15
	// fsb795@2024-09-01 19 15
}

func ExampleNewSubject() {
	profile, err := qualified.ProfileAt(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		log.Fatal(err)
	}
	owner := qualified.Owner{
		Type: qualified.SoleTrader, Surname: "Сургучёва", GivenName: "Ксения Ильинична",
		SNILS: "11223344595", INN: "500100732259", OGRNIP: "304500116000157",
		Region: "77 г. Москва", Locality: "Москва",
	}
	name, err := qualified.NewSubject(profile, owner)
	fmt.Println(name, err)

	owner.INN, owner.OGRN = "500100732258", "1027700132195"
	_, err = qualified.NewSubject(profile, owner)
	fmt.Println(err)
	// Output:
	// OGRNIP=304500116000157, SNILS=11223344595, INN=500100732259, C=RU, S=77 г. Москва, L=Москва, CN=Сургучёва Ксения Ильинична, G=Ксения Ильинична, SN=Сургучёва <nil>
	// qualified: owner: OGRN: not in the certificate of such an owner; INN: the 12th digit is not the weighted sum (3 7 2 4 10 3 5 9 4 6 8) modulo 11 modulo 10
}

func ExampleDetectOwner() {
	name, err := csr.NewName(csr.NewAttribute(csr.OGRN, "1027700132195"), csr.NewAttribute(csr.Surname, "Сургучёва"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(qualified.DetectOwner(name))
	// Output: organization
}

func ExampleWanted_Extensions() {
	extensions, err := qualified.Wanted{SignTool: "СКЗИ «Сургуч», версия 1", Class: qualified.KC2}.Extensions()
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range extensions {
		fmt.Printf("%v critical %v\n", e.ID, e.Critical)
	}
	// Output:
	// 2.5.29.15 critical true
	// 2.5.29.37 critical false
	// 1.2.643.100.111 critical false
	// 1.2.643.100.114 critical false
	// 2.5.29.32 critical false
}

func ExampleLintCertificate() {
	file, err := os.ReadFile("../testdata/x509-ca/7d42dc014ff3.pem")
	if err != nil {
		log.Fatal(err)
	}
	raw, err := csr.Decode(file, csr.PEMCertificate)
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := csr.Standard().ParseCertificate(raw)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range qualified.LintCertificate(certificate, qualified.Options{}) {
		fmt.Printf("%s %s: %s [%v]\n", f.Severity, f.Rule, f.Russian, f.Citation)
	}
	// Output:
	// warning usage-not-critical: расширение keyUsage не отмечено как критическое [RFC 5280, section 4.2.1.3]
	// warning authority-usage-other: в keyUsage удостоверяющего центра есть лишние биты (кроме digitalSignature, contentCommitment, keyCertSign, cRLSign) [practice of accredited authorities, 2 403 certificates]
}

func ExampleLintRequest() {
	name, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344596"), csr.NewAttribute(csr.CommonName, "Сургучёва Ксения Ильинична"))
	if err != nil {
		log.Fatal(err)
	}
	request := &csr.Request{Subject: name, RawSubject: name.Raw()} // a real one comes from csr.Algorithms.Parse
	for _, f := range qualified.LintRequest(request, qualified.Options{Owner: qualified.NaturalPerson}) {
		if f.Severity == qualified.Error {
			fmt.Printf("%s at %s: %s\n", f.Rule, f.Where, f.English)
		}
	}
	// Output:
	// number-snils-check at subject SNILS: SNILS: the check number is wrong
	// signature-not-gost at signatureAlgorithm: the signature is not by GOST R 34.10
	// key-not-gost at public key: the public key is not of GOST R 34.10
}

func ExampleRules() {
	for _, r := range qualified.Rules() {
		if r.ID == "period-missing" {
			fmt.Println(r.Severity, r.Grade, r.Citation, r.From.Format(time.RFC3339))
			fmt.Println(r.Russian)
		}
	}
	// Output:
	// error measured 457-FZ 2024-08-31T21:00:00Z
	// нет расширения privateKeyUsagePeriod: с 01.09.2024 срок действия ключа указан в каждом сертификате
}

func ExamplePurposeName() {
	name, known := qualified.PurposeName([]int{1, 2, 643, 100, 2, 1})
	fmt.Println(name, known)
	// Output: Доступ к СМЭВ (физическое лицо) true
}

// Numbers of a form are checked to the last digit; the error names the rule
// and never the number.
func ExampleParseINN() {
	_, err := qualified.ParseINN("500100732259")
	fmt.Println(err)
	_, err = qualified.ParseINN("500100732258")
	fmt.Println(err)
	// Output:
	// <nil>
	// qualified: INN: the 12th digit is not the weighted sum (3 7 2 4 10 3 5 9 4 6 8) modulo 11 modulo 10
}

func ExampleParseOGRN() {
	_, err := qualified.ParseOGRN("1027700132195")
	fmt.Println(err)
	_, err = qualified.ParseOGRN("2027700132195")
	fmt.Println(err)
	// Output:
	// <nil>
	// qualified: OGRN: the first digit is neither 1 nor 5
}

func ExampleParsePassport() {
	p, err := qualified.ParsePassport("4510 123456")
	fmt.Println(p.Series, p.Number, err)
	// Output: 4510 123456 <nil>
}
