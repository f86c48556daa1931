// Package workplace is what programs at a workplace share: where keys are, as
// a command line names it, how that becomes a carrier, and who is asked for the
// PIN.
//
//	place, err := workplace.ParsePlace("pkcs11:serial=0a1b2c3d")
//	worker, err := workplace.Worker()
//	carrier, err := workplace.Open(ctx, place, workplace.Config{
//		PIN:    workplace.Sources{File: place.URI.PINSource, Variable: workplace.PINVariable, Person: person.PIN}.PIN(),
//		Worker: worker,
//	})
//
// A program is its own worker, the child process in which the library of a
// token's vendor runs: its main begins with
//
//	if workplace.IsWorker(os.Args) {
//		os.Exit(workplace.Work())
//	}
//
// # Places
//
// A place is one of
//
//	file:DIR        a folder of keys, unencrypted (package token/file)
//	pfx:FILE        a PKCS #12 file (package token/pfx)
//	cryptopro:DIR   containers of CryptoPro CSP (package token/cryptopro)
//	soft:DIR        a token in software, for development (package token/softtoken)
//	pkcs11:URI      a PKCS #11 token, by RFC 7512 (package token/pkcs11)
//
// Nothing is made where nobody asked for it: a folder that is missing is a
// carrier that was pulled out, unless Config.Make says otherwise.
//
// # PINs
//
// A PIN comes from one source, which is asked once for each question: a file,
// a variable of the environment, or a [Person] at a terminal. Only a person can
// allow the last try. No PIN is an argument of a command, and none is printed.
//
// Without cgo everything works but the libraries of vendors.
package workplace
