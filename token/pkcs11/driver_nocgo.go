//go:build !cgo

package pkcs11

import (
	"fmt"
	"os"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// loadModule cannot load anything: libraries of PKCS #11 are C.
func loadModule(path string) (cryptoki.Module, error) {
	return nil, &token.Error{
		Fault: token.Unsupported, Op: "open", Tries: -1,
		Detail: fmt.Sprintf("this program was built without cgo and cannot load %s: build it with CGO_ENABLED=1 and a C compiler, or name a worker that was", path),
	}
}

// privateOutput is standard output: without a library nobody else prints.
func privateOutput() (*os.File, error) { return os.Stdout, nil }
