package cryptopro_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
)

// A key is made in a folder of containers, with a password, and listed.
func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	carrier, err := cryptopro.Open(cryptopro.Config{Dir: dir, Password: token.FixedPIN("12345678")})
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()
	id := "c0ffee00112233445566778899aabbcc"
	if _, err := carrier.Generate(ctx, token.Spec{Algorithm: "CryptoPro-XchA", Name: "Вощёных", ID: id}); err != nil {
		log.Fatal(err)
	}
	entries, err := carrier.List(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Println(e.Info.Name, e.Info.Algorithm, e.Info.Extractable, e.Certificate)
	}
	folders, err := os.ReadDir(dir)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(folders[0].Name())
	// Output:
	// Вощёных CryptoPro-XchA true <nil>
	// c0ffee00.000
}

// A container is made, read as another program would have written it, and
// opened.
func ExampleParse() {
	key, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	made, err := cryptopro.New(key, cryptopro.Template{Name: "Вощёных", Password: []byte("12345678"), Exportable: true})
	if err != nil {
		log.Fatal(err)
	}
	c, err := cryptopro.Parse(made.Files())
	if err != nil {
		log.Fatal(err)
	}
	info := c.Primary()
	fmt.Println(c.Name(), info.Curve.Name(), info.Exportable, c.Protected(), c.Findings())
	fmt.Println(bytes.HasPrefix(key.PublicKey().Bytes(), info.Fingerprint))
	_, err = c.Open([]byte("87654321"))
	fmt.Println(err)
	opened, err := c.Open([]byte("12345678"))
	fmt.Println(opened.Equal(key), err)
	// Output:
	// Вощёных 512-A true true []
	// true
	// cryptopro: wrong password
	// true <nil>
}
