package gost_test

import (
	"encoding/hex"
	"fmt"
	"log"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
)

func Example() {
	key, err := gost.GenerateKey(gost.TC26A256(), nil)
	if err != nil {
		log.Fatal(err)
	}
	msg := []byte("the quick brown fox")
	sig, err := key.SignMessage(nil, msg, nil)
	if err != nil {
		log.Fatal(err)
	}
	digest := streebog.Sum256(msg)
	fmt.Println(gost.Verify(key.PublicKey(), digest[:], sig))
	// Output: true
}

func ExampleCurveByName() {
	curve, err := gost.CurveByName("512-C")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(curve.OID(), curve.Size())

	_, err = gost.CurveByName("P-256")
	fmt.Println(err)
	// Output:
	// 1.2.643.7.1.2.1.2.3 64
	// gost: unknown curve "P-256": have 256-A, 256-B, 256-C, 256-D, 512-A, 512-B, 512-C, CryptoPro-A, CryptoPro-B, CryptoPro-C, CryptoPro-XchA, CryptoPro-XchB
}

// The private key 1 has the generator of the set as its public key.
func ExampleNewPrivateKey() {
	raw := make([]byte, 32)
	raw[0] = 1 // little-endian
	key, err := gost.NewPrivateKey(gost.CryptoProA(), raw)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(key)
	fmt.Printf("%x\n", key.PublicKey().Bytes()[:32])
	// Output:
	// gost.PrivateKey(CryptoPro-A)
	// 0100000000000000000000000000000000000000000000000000000000000000
}

func ExampleNewPublicKey() {
	_, err := gost.NewPublicKey(gost.TC26A256(), make([]byte, 64))
	fmt.Println(err)
	// Output: gost: public key: not a point on curve 256-A
}

// A digest that is at hand is signed as it is.
func ExamplePrivateKey_Sign() {
	key, err := gost.GenerateKey(gost.TC26C512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	digest := streebog.Sum512([]byte("a long document"))
	sig, err := key.Sign(nil, digest[:], nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(sig), gost.Verify(key.PublicKey(), digest[:], sig))
	digest[0] ^= 1
	fmt.Println(gost.Verify(key.PublicKey(), digest[:], sig))
	// Output:
	// 128 true
	// false
}

func ExampleParsePKIXPublicKey() {
	// From the certificate of RFC 9215, appendix D.2.
	info, err := hex.DecodeString("305e301706082a85030701010101300b06092a8503070102010101034300" +
		"0440742795d4bee884ddf2850fec03ea3faf1844e01d9da60b645093a55e26dfc399" +
		"78f596cf4d4d0c6cf1d18943d94493d16b9ec0a16d512d2e127cc4691a6318e2")
	if err != nil {
		log.Fatal(err)
	}
	pub, err := gost.ParsePKIXPublicKey(info)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pub.Curve().Name())

	_, err = gost.ParsePKIXPublicKey(info, gost.CryptoProA())
	fmt.Println(err)
	// Output:
	// 256-A
	// gost: parse public key: unknown parameter set 1.2.643.7.1.2.1.1.1 for a key of 256 bits
}

func ExampleParsePKCS8PrivateKey() {
	key, err := gost.GenerateKey(gost.TC26A512(), nil)
	if err != nil {
		log.Fatal(err)
	}
	again, err := gost.ParsePKCS8PrivateKey(gost.MarshalPKCS8PrivateKey(key))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(again, again.Equal(key))
	// Output: gost.PrivateKey(512-A) true
}
