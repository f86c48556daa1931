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
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
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
	// issued SNILS=11223344595, CN=Вощёных Ефим Ильич by S=77 г. Москва, CN=Учебный УЦ
	// <nil> <nil>
}

// A certificate that breaks the form is refused before it is signed, and the
// refusal says which rule it breaks.
func ExampleCA_Submit() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "УЦ без адреса"))
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
	outcome, err := authority.Submit(context.Background(), "order-1", ra.Order{Request: request})
	fmt.Println(outcome.State, outcome.Code, err)
	fmt.Println(outcome.Reason)
	// Output:
	// refused lint <nil>
	// issuer-place: нет места нахождения издателя: ни S, ни L, ни STREET
}

// The list of revoked certificates, and the OCSP responder, say what became of
// a certificate.
func ExampleCA_CRL() {
	ctx, as := context.Background(), csr.Standard()
	authority, root, err := newAuthority(as)
	if err != nil {
		log.Fatal(err)
	}
	request, err := newRequest(as)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := authority.Submit(ctx, "order-1", ra.Order{Request: request}); err != nil {
		log.Fatal(err)
	}
	outcome, err := authority.Revoke(ctx, "order-1", ra.Revocation{Reason: csr.ReasonKeyCompromise})
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := as.ParseCertificate(outcome.Certificate)
	if err != nil {
		log.Fatal(err)
	}

	der, err := authority.CRL()
	if err != nil {
		log.Fatal(err)
	}
	list, err := csr.ParseCRL(der)
	if err != nil {
		log.Fatal(err)
	}
	status, err := list.Status(certificate)
	fmt.Println("list", list.Number, status.State, status.Revocation.Reason, err)

	question, err := csr.NewOCSPRequest(certificate, root, csr.OCSPOptions{})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := as.ParseOCSPResponse(authority.OCSP(question.Raw))
	if err != nil {
		log.Fatal(err)
	}
	status, err = as.CheckOCSP(answer, csr.OCSPCheck{Certificate: certificate, Issuer: root, At: time.Now(), Nonce: question.Nonce})
	fmt.Println("responder", status.State, status.Revocation.Reason, err)
	// Output:
	// list 1 revoked keyCompromise <nil>
	// responder revoked keyCompromise <nil>
}

// newAuthority makes one with a key and a root of its own.
func newAuthority(as csr.Algorithms) (*local.CA, *csr.Certificate, error) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return nil, nil, err
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
	if err != nil {
		return nil, nil, err
	}
	root, err := local.NewRoot(as, key, name, time.Now())
	if err != nil {
		return nil, nil, err
	}
	ca, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, SubjectTool: "средство владельца",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	return ca, root, err
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
