package goskey_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/ra/goskey"
)

// A document goes to a person's phone, is signed there, and the signature is
// verified.
func Example() {
	ctx, as := context.Background(), csr.Standard()
	authority, root, err := newAuthority(as, time.Now(), nil)
	if err != nil {
		log.Fatal(err)
	}
	emulator, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: authority})
	if err != nil {
		log.Fatal(err)
	}
	subject, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	phone, err := emulator.Enrol(ctx, "11223344595", subject)
	if err != nil {
		log.Fatal(err)
	}

	document := []byte("Заявление")
	id, err := emulator.Submit(ctx, ra.SignRequest{
		Key: "request-1/application", SNILS: "11223344595", Title: "Заявление", Deadline: time.Now().Add(time.Hour),
		Documents: []ra.SignDocument{{Name: "application.txt", Media: "text/plain", Data: document}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range phone.Packages() {
		fmt.Println(p.Title, phone.View(p.ID), phone.Sign(p.ID, false))
	}
	operation, err := emulator.Status(ctx, id)
	if err != nil {
		log.Fatal(err)
	}
	message, err := cms.Parse(as, operation.Signatures[0])
	if err != nil {
		log.Fatal(err)
	}
	signers, err := message.Verify(document, csr.Chain{Anchors: []*csr.Certificate{root}, At: time.Now()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(operation.State, "by", signers[0].Certificate.Subject)
	// Output:
	// Заявление <nil> <nil>
	// signed by SNILS=11223344595, CN=Вощёных Ефим Ильич
}

// A person sets the application up, from the download to both certificates, in
// the steps of seeds 000 and 001.
func Example_life() {
	ctx, as := context.Background(), csr.Standard()
	authority, _, err := newAuthority(as, time.Now(), nil)
	if err != nil {
		log.Fatal(err)
	}
	emulator, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: authority})
	if err != nil {
		log.Fatal(err)
	}
	subject, err := csr.NewName(csr.NewAttribute(csr.SNILS, "11223344595"), csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	err = emulator.AddAccount(goskey.Account{
		SNILS: "11223344595", Subject: subject, Login: "efim", Password: "портал", Phone: "+79160000001", Confirmed: true,
		ChipPassport: "750000001",
	})
	if err != nil {
		log.Fatal(err)
	}
	phone := emulator.NewPhone()
	for _, step := range []func() error{
		func() error { return phone.LogIn("efim", "портал", true) },
		func() error { return phone.EnterCode(emulator.SMS("+79160000001")[0].Code) },
		phone.AcceptLicence,
		func() error { return phone.SetPassword("не забыть бы") },
		func() error {
			for i := range goskey.Touches {
				if _, err := phone.Touch(i, i*i); err != nil {
					return err
				}
			}
			return nil
		},
		func() error { return phone.ConfirmUNEP(ctx) },
		func() error { return phone.Identify(qualified.ByChipPassport, "750000001") },
		func() error { return phone.ConfirmUKEP(ctx) },
	} {
		fmt.Println(phone.Stage().Title())
		if err := step(); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(phone.Stage().Title())
	for _, e := range phone.Events() {
		fmt.Println("—", e.Title)
	}
	// Output:
	// Введите логин и пароль портала Госуслуг и подтвердите передачу данных
	// Введите код из СМС, полученного на номер, указанный в учётной записи Госуслуг
	// Примите условия лицензионного соглашения
	// Установите пароль
	// Сгенерируйте случайные числа для работы приложения
	// Подтвердите получение сертификата УНЭП ФЛ
	// Пройдите идентификацию одним из способов
	// Подтвердите получение сертификата УКЭП
	// Приложение готово к подписанию
	// — Получен сертификат УНЭП
	// — Получен сертификат УКЭП
}

// newAuthority makes the authority that issues persons their certificates.
// Without a clock it goes by the machine's.
func newAuthority(as csr.Algorithms, now time.Time, clock interface{ Now() time.Time }) (*local.CA, *csr.Certificate, error) {
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		return nil, nil, err
	}
	name, err := csr.NewName(csr.NewAttribute(csr.StateOrProvince, "77 г. Москва"), csr.NewAttribute(csr.CommonName, "Учебный УЦ"))
	if err != nil {
		return nil, nil, err
	}
	root, err := local.NewRoot(as, key, name, now)
	if err != nil {
		return nil, nil, err
	}
	ca, err := local.New(local.Config{
		Algorithms: as, Key: key, Certificate: root, Clock: clock, SubjectTool: "приложение",
		IssuerTool: qualified.IssuerSignTool{
			SignTool: "средство УЦ", CATool: "учебный УЦ", SignToolCert: "не сертифицировано", CAToolCert: "не сертифицирован",
		},
	})
	return ca, root, err
}
