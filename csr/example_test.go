package csr_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"fmt"
	"log"
	"math/big"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
)

// A request is made with any crypto.Signer and read back with possession
// verified.
func ExampleAlgorithms_Create() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	subject, err := csr.NewName(
		csr.NewAttribute(csr.SNILS, "11223344595"),
		csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"),
	)
	if err != nil {
		log.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{
		Subject:    subject,
		Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment)},
	})
	if err != nil {
		log.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Subject)
	fmt.Println(request.Algorithm.Name)
	// Output:
	// SNILS=11223344595, CN=Вощёных Ефим Ильич
	// GOST R 34.10-2012 (256)
}

// A request in whatever form it was sent: PEM under either label, bare base64
// or DER.
func ExampleAlgorithms_Parse() {
	file := exampleRequest() // os.ReadFile("request.p10")
	der, err := csr.Decode(file, csr.PEMRequest, csr.PEMRequestNew)
	if err != nil {
		log.Fatal(err)
	}
	request, err := csr.Standard().Parse(der)
	if err != nil {
		log.Fatal(err) // csr.ErrSignature: possession is not proven
	}
	csp, err := request.EnrollmentCSP()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Subject.Get(csr.CommonName))
	fmt.Println(csp.Provider)
	// Output:
	// Вощёных Ефим Ильич
	// Crypto-Pro GOST R 34.10-2012 Cryptographic Service Provider
}

// A scheme this module does not have is one literal: ECDSA over P-224, of
// which it says how keys and signatures look and how they are verified.
func ExampleAlgorithm() {
	p224 := &csr.Algorithm{
		Name:      "ECDSA P-224",
		Key:       asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1},
		Signature: asn1.ObjectIdentifier{1, 2, 840, 10045, 4, 3, 1},
		Digest:    asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 4},
		Hash:      sha256.New224,
		Options:   crypto.SHA224,
		Fits: func(pub crypto.PublicKey) bool {
			k, ok := pub.(*ecdsa.PublicKey)
			return ok && k.Curve == elliptic.P224()
		},
		ParseKey:  func(spki []byte) (crypto.PublicKey, error) { return x509.ParsePKIXPublicKey(spki) },
		EncodeKey: func(pub crypto.PublicKey) ([]byte, error) { return x509.MarshalPKIXPublicKey(pub) },
		Verify: func(pub crypto.PublicKey, digest, sig []byte) bool {
			return ecdsa.VerifyASN1(pub.(*ecdsa.PublicKey), digest, sig)
		},
	}
	as := append(csr.Standard(), p224)

	key, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{})
	if err != nil {
		log.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(request.Algorithm.Name)
	// Output: ECDSA P-224
}

// An authority issues a certificate for a request; the receiver checks that it
// is for that request and verifies its chain.
func ExampleAlgorithms_VerifyChain() {
	as := csr.Standard()
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	key, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "УЦ"))
	if err != nil {
		log.Fatal(err)
	}
	issue := func(t csr.CertificateTemplate) *csr.Certificate {
		t.Issuer, t.NotBefore, t.NotAfter = name, at.Add(-time.Hour), at.AddDate(1, 0, 0)
		der, err := as.CreateCertificate(key, &t)
		if err != nil {
			log.Fatal(err)
		}
		c, err := as.ParseCertificate(der)
		if err != nil {
			log.Fatal(err)
		}
		return c
	}
	root := issue(csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Subject: name, RawKey: spki,
		Extensions: []csr.Extension{csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign | csr.CRLSign), csr.NewSubjectKeyID(id)},
	})

	der, err := csr.Decode(exampleRequest(), csr.PEMRequest)
	if err != nil {
		log.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		log.Fatal(err)
	}
	certificate := issue(csr.CertificateTemplate{
		SerialNumber: big.NewInt(2), Subject: request.Subject, RawKey: request.RawKey,
		Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature), csr.NewAuthorityKeyID(id)},
	})

	fmt.Println("for the request:", certificate.Matches(request) == nil)
	chain, err := as.VerifyChain(certificate, csr.Chain{Anchors: []*csr.Certificate{root}, At: at})
	fmt.Println(len(chain), err)
	_, err = as.VerifyChain(certificate, csr.Chain{Anchors: []*csr.Certificate{root}, At: at.AddDate(2, 0, 0)})
	fmt.Println(err)
	// Output:
	// for the request: true
	// 2 <nil>
	// csr: chain: certificate 2: not valid at the time asked for
}

// What crypto/x509 makes of a GOST certificate is enough for software that
// wants its fields and verifies nothing.
func ExampleCertificate_X509() {
	file, err := os.ReadFile("testdata/x509-ca/roots/519c35896eba.pem")
	if err != nil {
		log.Fatal(err)
	}
	der, err := csr.Decode(file, csr.PEMCertificate)
	if err != nil {
		log.Fatal(err)
	}
	c, err := csr.Standard().ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	x, err := c.X509()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(x.IsCA, x.SerialNumber.Cmp(c.SerialNumber) == 0, x.PublicKey)
	fmt.Println(c.Algorithm.Name)
	// Output:
	// true true <nil>
	// GOST R 34.10-2012 (256)
}

// exampleRequest is a request as CryptoPro CSP makes it.
func exampleRequest() []byte {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	subject, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	csp, err := csr.EnrollmentCSP{KeySpec: 1, Provider: csr.CryptoProCSP256}.Attribute()
	if err != nil {
		log.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: subject, Attributes: []csr.RequestAttribute{csp}})
	if err != nil {
		log.Fatal(err)
	}
	return csr.EncodePEM(csr.PEMRequest, der)
}

// A name keeps the order of its attributes and the string type of each, which
// NewAttribute takes from the profile of qualified certificates.
func ExampleNewName() {
	name, err := csr.NewName(
		csr.NewAttribute(csr.INN, "500100732259"),
		csr.NewAttribute(csr.Country, "RU"),
		csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range name.Attributes() {
		fmt.Println(a, a.Kind)
	}
	_, err = csr.NewName(csr.NewAttribute(csr.INN, "500-100-732-259"))
	fmt.Println(err)
	// Output:
	// INN=500100732259 NumericString
	// C=RU PrintableString
	// CN=Вощёных Ефим Ильич UTF8String
	// csr: name: INN: a character outside NumericString
}

// Decode takes a file in any form that requests are sent in, and no other.
func ExampleDecode() {
	pem := exampleRequest()
	der, err := csr.Decode(pem, csr.PEMRequest, csr.PEMRequestNew)
	fmt.Println(len(der) > 0, err)
	_, err = csr.Decode(pem, csr.PEMCertificate)
	fmt.Println(err)
	// Output:
	// true <nil>
	// csr: PEM block of another kind: CERTIFICATE REQUEST
}

// A certificate signed by itself, with the extensions of an authority.
func ExampleAlgorithms_CreateCertificate() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "УЦ"))
	if err != nil {
		log.Fatal(err)
	}
	spki, id, err := as.EncodeKey(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	der, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2041, 1, 1, 0, 0, 0, 0, time.UTC),
		Extensions: []csr.Extension{csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign | csr.CRLSign), csr.NewSubjectKeyID(id)},
	})
	if err != nil {
		log.Fatal(err)
	}
	c, err := as.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Subject, c.IsCA, as.CheckIssued(c, c))
	// Output: CN=УЦ true <nil>
}

// Certificates of before 2020 are read and verified where the list says so.
func ExampleLegacy() {
	file, err := os.ReadFile("testdata/x509-ca/roots/58b615d2af30.pem")
	if err != nil {
		log.Fatal(err)
	}
	der, err := csr.Decode(file, csr.PEMCertificate)
	if err != nil {
		log.Fatal(err)
	}
	_, err = csr.Standard().ParseCertificate(der)
	fmt.Println(err)

	as := append(csr.Standard(), csr.Legacy()...)
	c, err := as.ParseCertificate(der)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Algorithm.Name, as.CheckIssued(c, c))
	// Output:
	// csr: certificate: public key: csr: the algorithm is not in the list: public key algorithm 1.2.643.2.2.19
	// GOST R 34.10-2001 <nil>
}

// RSA keys sign with RSASSA-PSS where the list has it first.
func ExampleRSAPSS() {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		log.Fatal(err)
	}
	as := append(csr.Algorithms{csr.RSAPSS()}, csr.Standard()...)
	a, _, err := as.Sign(key, []byte("message"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(a.Name)
	// Output: RSA-PSS SHA-256
}
