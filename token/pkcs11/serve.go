package pkcs11

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Serve is the main of a worker, the child process that runs a vendor's
// library for a carrier (Config.Worker). It speaks with the carrier through
// standard input and output and returns when the input ends; a program calls it
// before it does anything else with either:
//
//	if len(os.Args) == 2 && os.Args[1] == "pkcs11-worker" {
//		if err := pkcs11.Serve(); err != nil {
//			os.Exit(1)
//		}
//		return
//	}
//
// A carrier that ends takes its worker with it: the input ends then. What the
// library prints on standard output goes to standard error.
func Serve() error {
	out, err := privateOutput()
	if err != nil {
		return err
	}
	return serve(os.Stdin, out, loadModule)
}

// serve answers requests until there are no more. The first names the library.
func serve(in io.Reader, out io.Writer, load func(path string) (cryptoki.Module, error)) error {
	var m cryptoki.Module
	for {
		var q request
		if err := readFrame(in, &q); err != nil {
			if m != nil {
				m.Close()
			}
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return nil
			}
			return err
		}
		var a *response
		switch {
		case q.call == callLoad && m == nil:
			a = new(response)
			var err error
			if m, err = load(q.text); err != nil {
				m = nil
			}
			a.setErr(err)
		case m == nil:
			a = &response{code: cryptoki.NotInitialized}
		default:
			a = q.perform(context.Background(), m)
		}
		q.wipe()
		err := writeFrame(out, a)
		if errors.Is(err, errFrame) { // an answer that is too long
			err = writeFrame(out, &response{code: cryptoki.HostMemory})
		}
		if err != nil {
			return err
		}
	}
}
