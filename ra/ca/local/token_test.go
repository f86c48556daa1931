package local_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// The authority's key is made on a PKCS #11 token and never leaves it. Here the
// token is one in software; with a stick or an HSM, Module and Worker stand in
// place of Driver.
func ExampleNew_token() {
	ctx, as := context.Background(), csr.Standard()
	dir, err := os.MkdirTemp("", "tokens")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	tokens, err := softtoken.Open(softtoken.Config{Dir: dir})
	if err != nil {
		log.Fatal(err)
	}
	defer tokens.Close()
	if _, err := tokens.Add(softtoken.Format{Profile: "rutoken-ecp3", Serial: "0a1b2c3d", UserPIN: "31415926"}); err != nil {
		log.Fatal(err)
	}
	carrier, err := pkcs11.Open(ctx, pkcs11.Config{Driver: tokens.Application(), PIN: token.FixedPIN("31415926")})
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()

	key, err := token.Generate(ctx, carrier, token.Spec{Algorithm: "512-A", Name: "Учебный УЦ"})
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
	if err := token.Install(ctx, carrier, key.Info().ID, as, root); err != nil {
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
	info := key.Info()
	fmt.Println(info.Device, info.Algorithm, "extractable:", info.Extractable)
	fmt.Println(outcome.State, as.CheckIssued(certificate, root))
	// Output:
	// Aktiv Co. Rutoken ECP 0a1b2c3d 512-A extractable: false
	// issued <nil>
}
