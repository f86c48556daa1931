package modes_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

// newCipher makes a cipher.
type newCipher = func(key []byte) (cipher.Block, error)

// ciphers are the two, by the names that the files of testdata have.
var ciphers = map[string]newCipher{"kuznyechik": kuznyechik.New, "magma": magma.New}

// eachCipher runs a test for either, with a key and the size of a block.
func eachCipher(t *testing.T, f func(t *testing.T, c newCipher, key []byte, n int)) {
	for _, name := range []string{"kuznyechik", "magma"} {
		t.Run(name, func(t *testing.T) {
			key := random(len(name), modes.KeySize)
			f(t, ciphers[name], key, block(t, ciphers[name], key).BlockSize())
		})
	}
}

func block(t testing.TB, c newCipher, key []byte) cipher.Block {
	t.Helper()
	b, err := c(key)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// random returns the same octets for the same arguments.
func random(seed, n int) []byte {
	p := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed), byte(n), byte(n >> 8)}).Read(p)
	return p
}

// octets are written in hexadecimal in the files of testdata.
type octets []byte

func (b *octets) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

func read(t testing.TB, name string, v any) {
	t.Helper()
	if err := json.Unmarshal(readFile(t, "testdata/"+name), v); err != nil {
		t.Fatal(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// panics tells with what f panics.
func panics(f func()) (with any) {
	defer func() { with = recover() }()
	f()
	return nil
}

// identity is a cipher that changes nothing, with blocks of so many octets.
type identity int

func (n identity) BlockSize() int          { return int(n) }
func (n identity) Encrypt(dst, src []byte) { copy(dst[:n], src) }
func (n identity) Decrypt(dst, src []byte) { copy(dst[:n], src) }

// refusing makes a cipher that takes so many keys, and then no more.
func refusing(c newCipher, keys int) newCipher {
	return func(key []byte) (cipher.Block, error) {
		if keys--; keys < 0 {
			return nil, errors.New("no more keys")
		}
		return c(key)
	}
}

// oneByOne hides all methods of a cipher but those of cipher.Block.
func oneByOne(c newCipher) newCipher {
	return func(key []byte) (cipher.Block, error) {
		b, err := c(key)
		return struct{ cipher.Block }{b}, err
	}
}

func TestACPKM(t *testing.T) {
	var example struct {
		Source, Cipher string
		Keys           []octets
	}
	read(t, "r1323565.1.017/acpkm.json", &example)
	for i, key := range example.Keys[:3] {
		if got, want := modes.ACPKM(block(t, ciphers[example.Cipher], key)), []byte(example.Keys[i+1]); !bytes.Equal(got, want) {
			t.Errorf("%s: key after %x: got %x, want %x", example.Source, []byte(key), got, want)
		}
	}
}

// chunks cuts n octets into pieces of all kinds of sizes.
func chunks(n int) (cuts [][]int) {
	for _, size := range []int{1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 512, 513, n} {
		var pieces []int
		for rest := n; rest > 0; rest -= size {
			pieces = append(pieces, min(size, rest))
		}
		cuts = append(cuts, pieces)
	}
	r := rand.New(rand.NewPCG(1, uint64(n)))
	for range 20 {
		var pieces []int
		for rest := n; rest > 0; {
			size := r.IntN(min(rest, 600) + 1)
			pieces = append(pieces, size)
			rest -= size
		}
		cuts = append(cuts, pieces)
	}
	return cuts
}

// inPieces calls f with the pieces of p, one after another.
func inPieces(p []byte, pieces []int, f func(p []byte)) {
	for _, n := range pieces {
		f(p[:n:n])
		p = p[n:]
	}
}

func concat(p ...[]byte) []byte { return slices.Concat(p...) }
