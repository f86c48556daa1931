package modes_test

import (
	"bytes"
	"encoding/hex"
	"fmt"

	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

// Text and its encrypted MAC, as CMS has them with the algorithm
// kuznyechik-ctr-acpkm-omac: the key of the content gives two, with the end of
// the user keying material as the seed, whose beginning is the initial value.
func Example() {
	key := bytes.Repeat([]byte{0x42}, modes.KeySize)
	ukm := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
	text := []byte("text")

	keys := kdf.Tree(key, []byte("kdf tree"), ukm[8:], 1, 2*modes.KeySize)
	stream, err := modes.NewCTRACPKM(kuznyechik.New, keys[:32], ukm[:8], modes.KuznyechikSection)
	if err != nil {
		panic(err)
	}
	block, err := kuznyechik.New(keys[32:])
	if err != nil {
		panic(err)
	}
	mac := modes.NewOMAC(block)
	mac.Write(text)
	both := mac.Sum(text)
	stream.XORKeyStream(both, both)
	fmt.Printf("%x %x\n", both[:len(text)], both[len(text):])
	// Output: cf476eb5 499b50e75c557a381025e48af28afbe8
}

func ExampleACPKM() {
	key, _ := hex.DecodeString("8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef")
	block, err := magma.New(key)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%x\n", modes.ACPKM(block))
	// Output: 863ea017842c3d372b18a85a28e2317d74befc107720de0c9e8ab974abd00ca0
}

func ExampleNewOMACWithTagSize() {
	key, _ := hex.DecodeString("ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
	msg, _ := hex.DecodeString("92def06b3c130a59db54c704f8189d204a98fb2e67a8024c8912409b17b57e41")
	block, err := magma.New(key)
	if err != nil {
		panic(err)
	}
	mac, err := modes.NewOMACWithTagSize(block, 4)
	if err != nil {
		panic(err)
	}
	mac.Write(msg)
	fmt.Printf("%x\n", mac.Sum(nil))
	// Output: 154e7210
}

func ExampleNewOMACACPKM() {
	key, _ := hex.DecodeString("8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef")
	msg, _ := hex.DecodeString("1122334455667700ffeeddccbbaa99880011223344556677")
	mac, err := modes.NewOMACACPKM(kuznyechik.New, key, 32, 96)
	if err != nil {
		panic(err)
	}
	mac.Write(msg)
	fmt.Printf("%x\n", mac.Sum(nil))
	// Output: b5367f47b62b995eeb2a648c5843145e
}
