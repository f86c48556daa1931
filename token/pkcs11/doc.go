// Package pkcs11 is a carrier on a PKCS #11 token: Rutoken, JaCarta, ESMART,
// SoftHSM, the token in software of package softtoken, or whatever else has a
// library of OASIS PKCS #11 (Cryptoki).
//
//	carrier, err := pkcs11.Open(ctx, pkcs11.Config{
//		Module: "/usr/lib/librtpkcs11ecp.so",
//		URI:    uri, // of pkcs11.ParseURI("pkcs11:serial=0a1b2c3d")
//		PIN:    ask,
//		Worker: []string{os.Args[0], "pkcs11-worker"}, // whose main calls pkcs11.Serve
//	})
//
// A token is known by manufacturer, model and serial number, never by the
// number of its slot or the name of its reader, which change from one
// connection to the next. Keys are made by the token itself, sensitive and
// never extractable, and this is read back; each is tried with a signature that
// is verified in software before its name is told to anyone.
//
// # Libraries of vendors
//
// A library that crashes takes its process with it, and one that hangs cannot
// be interrupted. So it runs in a child process where Config.Worker names one:
// a crash or a call past its deadline is then an error, and the next call
// starts the child anew. Without a worker the library runs in this process,
// which then shares its fate; that suits tests and libraries one trusts.
//
// Libraries are loaded through github.com/miekg/pkcs11, which needs cgo.
// Without cgo the package builds, runs whatever Config.Driver gives it, and
// answers Unsupported to everything that would have to load a library.
//
// # PINs
//
// A PIN is asked for when the token wants one, given to it once, wiped, and
// never repeated: a session that was lost is opened again and the person asked
// again. Before the last try the question says so, and without an explicit yes
// the token is not touched.
package pkcs11
