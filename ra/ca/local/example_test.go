package local_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
)

func ExampleNew() {
	ctx, as := context.Background(), csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
	if err != nil {
		log.Fatal(err)
	}
	root, err := local.NewRoot(as, key, name, time.Now())
	if err != nil {
		log.Fatal(err)
	}
	authority, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, SubjectTool: "средство владельца",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	request, err := newRequest(as)
	if err != nil {
		log.Fatal(err)
	}
	outcome, err := authority.Submit(ctx, "order-1", ra.Order{Request: request, Identification: qualified.InPerson})
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := as.ParseCertificate(outcome.Certificate)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.State, certificate.Subject, "by", certificate.Issuer)
	fmt.Println(certificate.Matches(request), as.CheckIssued(certificate, root))
	// Output:
	// issued SNILS=11223344595, CN=Вощёных Ефим Ильич by CN=Учебный УЦ
	// <nil> <nil>
}

// newRequest is what the applicant's side does.
func newRequest(as csr.Algorithms) (*csr.Request, error) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return nil, err
	}
	name, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		return nil, err
	}
	der, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		return nil, err
	}
	return as.Parse(der)
}
