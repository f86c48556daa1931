package token_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"math/big"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
)

// A key is made, its request goes to an authority, and the certificate that
// comes back is installed.
func ExampleInstall() {
	ctx, as := context.Background(), csr.Standard()
	dir, err := os.MkdirTemp("", "carrier")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	carrier, err := file.Open(dir, as)
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()
	key, err := carrier.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"})
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	request, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := issue(as, request, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Install(ctx, carrier, key.Info().ID, as, certificate))

	another, err := carrier.Generate(ctx, token.Spec{Algorithm: "512-A"})
	if err != nil {
		log.Fatal(err)
	}
	err = token.Install(ctx, carrier, another.Info().ID, as, certificate)
	fmt.Println(errors.Is(err, token.ErrOtherKey))
	// Output:
	// <nil>
	// true
}

// issue is an authority that asks nothing.
func issue(as csr.Algorithms, request []byte, serial int64) (*csr.Certificate, error) {
	r, err := as.Parse(request)
	if err != nil {
		return nil, err
	}
	authority, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		return nil, err
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Authority"))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	der, err := as.CreateCertificate(authority, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(serial), Issuer: name, Subject: r.Subject, RawKey: r.RawKey,
		NotBefore: now, NotAfter: now.AddDate(1, 3, 0),
	})
	if err != nil {
		return nil, err
	}
	return as.ParseCertificate(der)
}
