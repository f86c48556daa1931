package folder_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/folder"
)

// An operator answers with a file what came to him as one.
func ExampleNew() {
	ctx, as := context.Background(), csr.Standard()
	dir, err := os.MkdirTemp("", "exchange")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	authority, err := folder.New(folder.Config{Dir: dir, Algorithms: as})
	if err != nil {
		log.Fatal(err)
	}
	key, err := gost.GenerateKey(gost.CryptoProA(), nil)
	if err != nil {
		log.Fatal(err)
	}
	name, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err != nil {
		log.Fatal(err)
	}
	der, err := as.Create(key, &csr.Template{Subject: name})
	if err != nil {
		log.Fatal(err)
	}
	request, err := as.Parse(der)
	if err != nil {
		log.Fatal(err)
	}

	outcome, err := authority.Submit(ctx, "order-1", ra.Order{Request: request, Identification: qualified.InPerson})
	if err != nil {
		log.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "out", "*.p10"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.State, len(files))

	answer := filepath.Join(dir, "in", folder.Name("order-1")+".refused")
	if err := os.WriteFile(answer, []byte("code: 17\nreason: В заявлении нет подписи.\nend\n"), 0o600); err != nil {
		log.Fatal(err)
	}
	outcome, err = authority.Find(ctx, "order-1")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(outcome.State, outcome.Code, outcome.Reason)
	// Output:
	// pending 1
	// refused 17 В заявлении нет подписи.
}
