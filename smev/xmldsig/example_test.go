package xmldsig_test

import (
	"crypto"
	"fmt"
	"log"
	"math/big"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev/xmldsig"
)

// A request is signed once; the signature goes into its place, and not a byte
// of the rest is written anew. The receiver finds both elements where the
// schema has them, and verifies.
func Example() {
	as := csr.Standard()
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	certificate, err := selfSigned(as, key)
	if err != nil {
		log.Fatal(err)
	}
	signer, err := xmldsig.NewSigner(as, key, certificate)
	if err != nil {
		log.Fatal(err)
	}

	const types = "urn://x-artefacts-smev-gov-ru/services/message-exchange/types/1.2"
	name := func(local string) xmldsig.Name { return xmldsig.Name{Space: types, Local: local} }
	var w xmldsig.Writer
	w.Open("t:AckRequest", "xmlns:t", types)
	w.Leaf("t:AckTargetMessage", "c0938f39-9a55-11ea-8ec7-2dd0b486eb66", "Id", "SIGNED_BY_CALLER", "accepted", "true")
	w.Leaf("t:CallerInformationSystemSignature", "")
	w.Close()
	draft, err := w.Bytes()
	if err != nil {
		log.Fatal(err)
	}
	root, err := xmldsig.Parse(draft)
	if err != nil {
		log.Fatal(err)
	}
	message, container := root.Children[0], root.Children[1]
	signature, err := signer.Sign(message)
	if err != nil {
		log.Fatal(err)
	}
	sent := xmldsig.Splice(container, signature)

	read := func(doc []byte) (*xmldsig.Signature, error) {
		root, err := xmldsig.Parse(doc)
		if err != nil {
			return nil, err
		}
		s := root.Sequence(name("AckRequest"))
		message, container := s.One(name("AckTargetMessage")), s.One(name("CallerInformationSystemSignature"))
		if err := s.End(); err != nil {
			return nil, err
		}
		s = container.Sequence(name("CallerInformationSystemSignature"))
		signature := s.Optional(xmldsig.Name{Space: "http://www.w3.org/2000/09/xmldsig#", Local: "Signature"})
		if err := s.End(); err != nil {
			return nil, err
		}
		return xmldsig.Verify(as, signature, message)
	}
	verified, err := read(sent)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(verified.Certificate.Subject, "by", verified.Algorithm.Name)

	_, err = read([]byte(strings.Replace(string(sent), `"true"`, `"false"`, 1)))
	fmt.Println(err)
	// Output:
	// CN=ИС УЦ by GOST R 34.10-2012 (256)
	// xmldsig: byte 90: signature: the element is not the one signed: its digest differs
}

// Bytes of which SMEV takes the digest.
func ExampleElement_Transform() {
	doc := `<a xmlns="urn:1" xmlns:x="urn:2"><!-- dropped -->
		<x:b z="1" x:y="2"/>
		<x:c>text</x:c>
	</a>`
	root, err := xmldsig.Parse([]byte(doc))
	if err != nil {
		log.Fatal(err)
	}
	transformed, err := root.Transform()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(transformed))
	// Output:
	// <ns1:a xmlns:ns1="urn:1"><ns2:b xmlns:ns2="urn:2" ns2:y="2" z="1"></ns2:b><ns3:c xmlns:ns3="urn:2">text</ns3:c></ns1:a>
}

// The canonical form of an element, apart from what is around it.
func ExampleElement_Canonical() {
	root, err := xmldsig.Parse([]byte(`<a xmlns="urn:1" xmlns:x="urn:2" xmlns:y="urn:3"><x:b z='1' c='2'/></a>`))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(root.Children[0].Canonical()))
	fmt.Println(string(root.Children[0].Canonical("y")))
	// Output:
	// <x:b xmlns:x="urn:2" c="2" z="1"></x:b>
	// <x:b xmlns:x="urn:2" xmlns:y="urn:3" c="2" z="1"></x:b>
}

// selfSigned makes a certificate such as a test contour may know.
func selfSigned(as csr.Algorithms, key crypto.Signer) (*csr.Certificate, error) {
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "ИС УЦ"))
	if err != nil {
		return nil, err
	}
	spki, _, err := as.EncodeKey(key.Public())
	if err != nil {
		return nil, err
	}
	der, err := as.CreateCertificate(key, &csr.CertificateTemplate{
		SerialNumber: big.NewInt(1), Issuer: name, Subject: name, RawKey: spki,
		NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	if err != nil {
		return nil, err
	}
	return as.ParseCertificate(der)
}
