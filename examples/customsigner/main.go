// Customsigner makes a PKCS #10 request with a key it never sees: OpenSSL keeps
// it and signs in a process of its own, as an HSM, a token or a cloud would.
//
//	openssl genpkey -engine gost -algorithm gost2012_256 -pkeyopt paramset:A -out key.pem
//	go run ./examples/customsigner key.pem > request.pem
//
// For a GOST key, OPENSSL_CONF names a file that loads the engine.
//
// Another library fits in the same way. With gogost, which is under the GPL and
// not needed here, the key is
//
//	type gogostKey struct{ mu sync.Mutex; prv *gost3410.PrivateKey; pub *gost.PublicKey }
//	func (k *gogostKey) Public() crypto.PublicKey { return k.pub }
//	func (k *gogostKey) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
//		k.mu.Lock(); defer k.mu.Unlock() // its curves are not safe for concurrent use
//		return k.prv.Sign(r, digest, o)
//	}
package main

import (
	"bytes"
	"crypto"
	"errors"
	"io"
	"log"
	"os"
	"os/exec"

	"github.com/surguch/surguch/csr"
)

// key is a crypto.Signer: the public half, and the file of the private one.
type key struct {
	pub  crypto.PublicKey
	file string
}

func (k key) Public() crypto.PublicKey { return k.pub }

// Sign signs a digest. The hash has a name for RSA, which writes it down.
func (k key) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	cmd := exec.Command("openssl", "pkeyutl", "-sign", "-inkey", k.file)
	if h := opts.HashFunc(); h != 0 {
		cmd.Args = append(cmd.Args, "-pkeyopt", "digest:"+h.String())
	}
	cmd.Stdin = bytes.NewReader(digest)
	return cmd.Output()
}

// request returns a request in PEM; Create verifies what OpenSSL has signed.
func request(file string) ([]byte, error) {
	spki, err := exec.Command("openssl", "pkey", "-in", file, "-pubout", "-outform", "DER").Output()
	pub, err2 := csr.Standard().ParseKey(spki)
	subject, err3 := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	der, err := csr.Standard().Create(key{pub, file}, &csr.Template{Subject: subject})
	return csr.EncodePEM(csr.PEMRequest, der), err
}

func main() {
	pem, err := request(os.Args[len(os.Args)-1])
	if err != nil {
		log.Fatal("customsigner: ", err)
	}
	os.Stdout.Write(pem)
}
