package cms_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
)

func ExampleEncrypt() {
	key, cert := recipient(&testing.T{}, gost.TC26A256())
	raw, err := cms.Encrypt(cms.EncryptOptions{}, []byte("a letter"), cert)
	if err != nil {
		fmt.Println(err)
		return
	}

	message, err := cms.ParseEnveloped(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	content, err := message.Decrypt(key, cert)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s, authenticated: %t\n", content, message.Authenticated)
	// Output: a letter, authenticated: true
}

func ExampleEncryptWithKey() {
	key := make([]byte, 32)
	rand.Read(key)
	raw, err := cms.EncryptWithKey(cms.EncryptOptions{Cipher: cms.Magma}, key, []byte("a record"))
	if err != nil {
		fmt.Println(err)
		return
	}

	message, err := cms.ParseEncrypted(raw)
	if err != nil {
		fmt.Println(err)
		return
	}
	content, err := message.Decrypt(key)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n", content)
	key[0] ^= 1
	_, err = message.Decrypt(key)
	fmt.Println(err)
	// Output:
	// a record
	// cms: the message does not decrypt
}

func ExampleDigest() {
	as := csr.Standard() // GOST R 34.11-2012 of 256 bits is the hash of the first
	message, err := cms.ParseDigested(as, cms.Digest(as[0], []byte("a file")))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(message.Verify(nil), len(message.Digest))
	// Output: <nil> 32
}
