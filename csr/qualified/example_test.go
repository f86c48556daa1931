package qualified_test

import (
	"errors"
	"fmt"
	"log"

	"github.com/surguch/surguch/csr/qualified"
)

func ExampleCheckSNILS() {
	fmt.Println(qualified.CheckSNILS("11223344595"))

	err := qualified.CheckSNILS("11223344596")
	var wrong *qualified.NumberError
	if errors.As(err, &wrong) && wrong.Reason == qualified.WrongChecksum {
		fmt.Println("a digit is mistyped")
	}
	fmt.Println(err)
	// Output:
	// <nil>
	// a digit is mistyped
	// qualified: SNILS: wrong checksum
}

func ExampleNewIdentificationKind() {
	extension := qualified.NewIdentificationKind(qualified.ByCertificate)
	fmt.Printf("%v %x\n", extension.ID, extension.Value)

	kind, err := qualified.ParseIdentificationKind(extension.Value)
	fmt.Println(kind, err)
	// Output:
	// 1.2.643.100.114 020101
	// с использованием квалифицированного сертификата без личного присутствия <nil>
}

func ExampleIssuerSignTool_Extension() {
	extension, err := qualified.IssuerSignTool{
		SignTool: "ПАКМ «КриптоПро HSM» версии 2.0", CATool: "ПАК «Головной удостоверяющий центр»",
		SignToolCert: "Заключение № 149/3/2/2/23 от 02.03.2018", CAToolCert: "Заключение № 149/7/6-449 от 30.12.2021",
	}.Extension()
	if err != nil {
		log.Fatal(err)
	}
	tools, err := qualified.ParseIssuerSignTool(extension.Value)
	fmt.Println(tools.SignTool, err)
	// Output: ПАКМ «КриптоПро HSM» версии 2.0 <nil>
}
