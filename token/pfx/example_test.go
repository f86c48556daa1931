package pfx_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pfx"
)

// A key is made in a file that can be copied, and listed by whoever knows the
// password.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "pfx")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	c, err := pfx.Open(pfx.Config{
		Path: filepath.Join(dir, "key.pfx"), Algorithms: csr.Standard(), PIN: token.FixedPIN("сургуч и печать"),
	})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	if _, err := token.Generate(context.Background(), c, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"}); err != nil {
		log.Fatal(err)
	}
	entries, err := c.List(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Println(e.Info.Name, e.Info.Algorithm, e.Info.Device)
	}
	// Output: Вощёных CryptoPro-A surguch PFX key.pfx
}

// A key is written to a file in the form of RFC 9548, and read.
func ExampleMarshal() {
	key, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	file, err := pfx.Marshal(&pfx.Contents{Keys: []pfx.Key{{Private: key, Name: "Вощёных"}}}, []byte("сургуч и печать"), pfx.Options{})
	if err != nil {
		log.Fatal(err)
	}
	contents, err := pfx.Parse(file, []byte("сургуч и печать"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(contents.Keys[0].Name, key.Equal(contents.Keys[0].Private))
	// Output: Вощёных true
}
