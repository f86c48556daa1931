package file_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
)

func ExampleOpen() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "carrier")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	carrier, err := file.Open(dir, csr.Standard())
	if err != nil {
		log.Fatal(err)
	}
	defer carrier.Close()
	if _, err := carrier.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"}); err != nil {
		log.Fatal(err)
	}
	entries, err := carrier.List(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range entries {
		fmt.Println(e.Info.Name, e.Info.Algorithm, e.Info.Extractable, e.Certificate)
	}
	// Output: Вощёных CryptoPro-A true <nil>
}
