package pkcs11_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// A key is made on a token and signs a request. Here the token is one in
// software; with a stick, Module and Worker stand in place of Driver.
func ExampleOpen() {
	ctx := context.Background()
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
	if _, err := tokens.Add(softtoken.Format{Profile: "rutoken-ecp3", Label: "Вощёных", Serial: "0a1b2c3d", UserPIN: "31415926"}); err != nil {
		log.Fatal(err)
	}
	uri, err := pkcs11.ParseURI("pkcs11:serial=0a1b2c3d")
	if err != nil {
		log.Fatal(err)
	}
	carrier, err := pkcs11.Open(ctx, pkcs11.Config{Driver: tokens.Application(), URI: uri, PIN: token.FixedPIN("31415926")})
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()

	key, err := token.Generate(ctx, carrier, token.Spec{Algorithm: "CryptoPro-XchA", Name: "Вощёных"})
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	der, err := csr.Standard().Create(key, &csr.Template{Subject: name})
	if err != nil {
		log.Fatal(err)
	}
	request, err := csr.Standard().Parse(der)
	if err != nil {
		log.Fatal(err)
	}
	info := key.Info()
	fmt.Println(info.Device, info.Algorithm, info.Extractable)
	fmt.Println(request.Subject.Get(csr.CommonName))
	// Output:
	// Aktiv Co. Rutoken ECP 0a1b2c3d CryptoPro-XchA false
	// Вощёных Ефим Ильич
}

// A wrong PIN is told with the tries that are left, and what to do about it.
func ExampleCarrier_CheckPIN() {
	ctx := context.Background()
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
	if _, err := tokens.Add(softtoken.Format{Serial: "0a1b2c3d", UserPIN: "31415926"}); err != nil {
		log.Fatal(err)
	}
	carrier, err := pkcs11.Open(ctx, pkcs11.Config{Driver: tokens.Application(), PIN: token.FixedPIN("00000000")})
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()
	err = carrier.CheckPIN(ctx)
	var wrong *token.Error
	if errors.As(err, &wrong) && wrong.Fault == token.WrongPIN {
		_, hint := wrong.Hint()
		fmt.Println(hint)
	}
	// Output: Wrong PIN or password. It is never repeated by itself: check the keyboard layout and enter it again. Tries left: 9.
}
