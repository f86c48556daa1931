package cms_test

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"log"
	"math/big"
	"os"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
)

// exampleSigner makes a key and a self-signed certificate, which real signers
// have from an authority.
func exampleSigner(as csr.Algorithms, who string) (*gost.PrivateKey, *csr.Certificate) {
	key, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, who))
	if err != nil {
		log.Fatal(err)
	}
	spki, _, err := as.EncodeKey(key.Public())
	if err != nil {
		log.Fatal(err)
	}
	raw, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature | csr.ContentCommitment)},
	})
	if err != nil {
		log.Fatal(err)
	}
	cert, err := as.ParseCertificate(raw)
	if err != nil {
		log.Fatal(err)
	}
	return key, cert
}

// A document is signed, the signature kept beside it, and checked.
func ExampleSign() {
	as := csr.Standard()
	key, cert := exampleSigner(as, "Вощёных Ефим Ильич")
	document := []byte("Заявление на изготовление сертификата\n")

	p7s, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
	if err != nil {
		log.Fatal(err)
	}
	sd, err := cms.Parse(as, p7s)
	if err != nil {
		log.Fatal(err)
	}
	signers, err := sd.Verify(document, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(signers[0].Certificate.Subject, "by", signers[0].Algorithm.Name)
	// Output: CN=Вощёных Ефим Ильич by GOST R 34.10-2012 (256)
}

// A message that carries its content is checked against nothing else.
func ExampleSignedData_Verify() {
	as := csr.Standard()
	key, cert := exampleSigner(as, "Вощёных Ефим Ильич")
	p7m, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, []byte("Согласен"))
	if err != nil {
		log.Fatal(err)
	}

	sd, err := cms.Parse(as, p7m)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := sd.Verify(nil, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", sd.Content)
	// Output: Согласен
}

// A large file is read once, in pieces, by each side.
func ExampleSignReader() {
	as := csr.Standard()
	key, cert := exampleSigner(as, "Вощёных Ефим Ильич")
	file := func() *strings.Reader { return strings.NewReader(strings.Repeat("строка архива\n", 1000)) }

	p7s, err := cms.SignReader(as, key, cert, cms.Options{At: time.Now()}, file())
	if err != nil {
		log.Fatal(err)
	}
	sd, err := cms.Parse(as, p7s)
	if err != nil {
		log.Fatal(err)
	}
	signers, err := sd.VerifyReader(file(), csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
	fmt.Println(len(signers), err)
	// Output: 1 <nil>
}

// The operator signs what the applicant has signed.
func ExampleSignedData_Cosign() {
	as := csr.Standard()
	applicant, first := exampleSigner(as, "Вощёных Ефим Ильич")
	operator, second := exampleSigner(as, "Оператор")
	document := []byte("Заявление на изготовление сертификата\n")
	o := cms.Options{Detached: true, At: time.Now()}
	p7s, err := cms.Sign(as, applicant, first, o, document)
	if err != nil {
		log.Fatal(err)
	}

	sd, err := cms.Parse(as, p7s)
	if err != nil {
		log.Fatal(err)
	}
	both, err := sd.Cosign(operator, second, o, document)
	if err != nil {
		log.Fatal(err)
	}
	if sd, err = cms.Parse(as, both); err != nil {
		log.Fatal(err)
	}
	signers, err := sd.Verify(document, csr.Chain{Anchors: []*csr.Certificate{first, second}, At: time.Now()})
	fmt.Println(len(signers), err)
	// Output: 2 <nil>
}

// An attribute that nobody signs joins a signature that is there already.
func ExampleAddUnsigned() {
	as := csr.Standard()
	key, cert := exampleSigner(as, "Вощёных Ефим Ильич")
	p7m, err := cms.Sign(as, key, cert, cms.Options{At: time.Now()}, []byte("Согласен"))
	if err != nil {
		log.Fatal(err)
	}

	note := cms.Attribute{Type: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 1}, Values: []byte{0x05, 0x00}}
	if p7m, err = cms.AddUnsigned(p7m, 0, note); err != nil {
		log.Fatal(err)
	}
	sd, err := cms.Parse(as, p7m)
	if err != nil {
		log.Fatal(err)
	}
	signers, err := sd.Verify(nil, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range signers[0].Unsigned {
		fmt.Println(a.Type)
	}
	// Output: 1.3.6.1.4.1.99999.1
}

// A file .p7b, armoured as other tools write it.
func ExampleBundle() {
	as := csr.Standard()
	_, first := exampleSigner(as, "Вощёных Ефим Ильич")
	_, second := exampleSigner(as, "Оператор")
	file := csr.EncodePEM(cms.PEMPKCS7, cms.Bundle(first, second))
	os.Stdout.Write(file[:bytes.IndexByte(file, '\n')])
	// Output: -----BEGIN PKCS7-----
}

// The certificates of a file .p7b, whether PEM or DER.
func ExampleParseBundle() {
	as := csr.Standard()
	_, cert := exampleSigner(as, "Вощёных Ефим Ильич")
	file := csr.EncodePEM(cms.PEMPKCS7, cms.Bundle(cert))

	raw, err := csr.Decode(file, cms.PEM, cms.PEMPKCS7)
	if err != nil {
		log.Fatal(err)
	}
	list, err := cms.ParseBundle(as, raw)
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range list {
		fmt.Println(c.Subject)
	}
	// Output: CN=Вощёных Ефим Ильич
}
