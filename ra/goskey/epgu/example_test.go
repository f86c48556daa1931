package epgu_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// A document goes through the state portal to a person's phone and comes back
// signed. The portal and the phone are emulated.
func Example() {
	ctx := context.Background()
	clock := testenv.NewClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	authority, root := exampleAuthority(clock)
	phones, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: authority, Clock: clock})
	check(err)
	person, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	check(err)
	phone, err := phones.Enrol(ctx, "11223344595", person)
	check(err)
	portal, err := epgutest.New(epgutest.Config{Phones: phones, APIKey: "key", Senders: []*csr.Certificate{root}, Clock: clock})
	check(err)
	server := httptest.NewServer(portal)
	defer server.Close()

	key, certificate := exampleSender(authority)
	client, err := epgu.New(epgu.Config{
		ESIA: server.URL, EPGU: server.URL, APIKey: "key", Region: "77", OrgName: "ООО «Сургуч»", OrgINN: "7707083893",
		Key: key, Certificate: certificate, Anchors: []*csr.Certificate{root}, Clock: clock,
	})
	check(err)
	id, err := client.Submit(ctx, ra.SignRequest{
		Key: "request-1/application", SNILS: "11223344595", Title: "Заявление", Deadline: clock.Now().Add(24 * time.Hour),
		Documents: []ra.SignDocument{{Name: "application.txt", Media: "text/plain", Data: []byte("Прошу выдать сертификат")}},
	})
	check(err)
	operation, err := client.Status(ctx, id) // sends it
	check(err)
	fmt.Println(operation.State)

	for _, p := range phone.Packages() {
		fmt.Println(p.Title)
		check(errors.Join(phone.View(p.ID), phone.Sign(p.ID, true)))
	}
	clock.Advance(15 * time.Second)
	operation, err = client.Status(ctx, id)
	check(err)
	fmt.Println(operation.State, len(operation.Signatures))
	// Output:
	// awaiting_user
	// Заявление
	// signed 1
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// exampleAuthority issues to persons and to the sender.
func exampleAuthority(clock *testenv.Clock) (*local.CA, *csr.Certificate) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	check(err)
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
	check(err)
	root, err := local.NewRoot(as, key, name, clock.Now())
	check(err)
	authority, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, Clock: clock, SubjectTool: "приложение",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	check(err)
	return authority, root
}

// exampleSender is who asks for signatures: a key and its certificate.
func exampleSender(authority ra.CA) (*gost.PrivateKey, *csr.Certificate) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	check(err)
	name, err := csr.NewName(csr.NewAttribute(csr.SNILS, "08765430300"), csr.NewAttribute(csr.CommonName, "ООО «Сургуч»"))
	check(err)
	der, err := as.Create(key, &csr.Template{Subject: name})
	check(err)
	request, err := as.Parse(der)
	check(err)
	outcome, err := authority.Submit(context.Background(), "sender", ra.Order{Request: request})
	check(err)
	certificate, err := as.ParseCertificate(outcome.Certificate)
	check(err)
	return key, certificate
}
