package magma_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// octets are written in hexadecimal in the files of testdata.
type octets []byte

func (b *octets) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

type example struct{ Key, Plaintext, Ciphertext octets }

func read(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}

// multi is what a block of this package is.
type multi interface {
	cipher.Block
	EncryptBlocks(dst, src []byte)
}

func newBlock(t testing.TB, key []byte) multi {
	t.Helper()
	block, err := magma.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return block.(multi)
}

// The plain cipher, which the fast one is compared with, goes through the
// steps of RFC 8891.
func TestPlain(tt *testing.T) {
	var v struct {
		T []octets
		G []struct{ K, A, Want octets }
		example
	}
	read(tt, "rfc8891/vectors.json", &v)
	word := binary.BigEndian.Uint32
	for i, from := range v.T[:4] {
		if got, want := t(word(from)), word(v.T[i+1]); got != want {
			tt.Errorf("t of %x: got %08x, want %08x", []byte(from), got, want)
		}
	}
	for _, e := range v.G {
		if got, want := g(word(e.K), word(e.A)), word(e.Want); got != want {
			tt.Errorf("g[%x] of %x: got %08x, want %08x", []byte(e.K), []byte(e.A), got, want)
		}
	}
	k := newPlain(v.Key)
	if got := k.encrypt([8]byte(v.Plaintext)); !bytes.Equal(got[:], v.Ciphertext) {
		tt.Errorf("encrypt: got %x, want %x", got, []byte(v.Ciphertext))
	}
	if got := k.decrypt([8]byte(v.Ciphertext)); !bytes.Equal(got[:], v.Plaintext) {
		tt.Errorf("decrypt: got %x, want %x", got, []byte(v.Plaintext))
	}
}

func TestExamples(t *testing.T) {
	for _, name := range []string{"rfc8891/vectors.json", "gostr3413/ecb.json"} {
		var v example
		read(t, name, &v)
		block := newBlock(t, v.Key)
		if block.BlockSize() != magma.BlockSize {
			t.Errorf("BlockSize: got %d, want %d", block.BlockSize(), magma.BlockSize)
		}
		got := make([]byte, len(v.Plaintext))
		if block.EncryptBlocks(got, v.Plaintext); !bytes.Equal(got, v.Ciphertext) {
			t.Errorf("%s: encrypt blocks: got %x, want %x", name, got, []byte(v.Ciphertext))
		}
		for i := 0; i < len(v.Plaintext); i += magma.BlockSize {
			p, c := v.Plaintext[i:i+8:i+8], v.Ciphertext[i:i+8:i+8]
			got := make([]byte, magma.BlockSize)
			if block.Encrypt(got, p); !bytes.Equal(got, c) {
				t.Errorf("%s: encrypt %x: got %x, want %x", name, []byte(p), got, []byte(c))
			}
			if block.Decrypt(got, c); !bytes.Equal(got, p) {
				t.Errorf("%s: decrypt %x: got %x, want %x", name, []byte(c), got, []byte(p))
			}
		}
	}
}

// compare encrypts and decrypts the blocks of p with the tables and without.
func compare(t *testing.T, key, p []byte) {
	t.Helper()
	block, slow := newBlock(t, key), newPlain(key)
	var encrypted, decrypted []byte
	for b := range slices.Chunk(p, magma.BlockSize) {
		c := slow.encrypt([8]byte(b))
		encrypted = append(encrypted, c[:]...)
		c = slow.decrypt([8]byte(b))
		decrypted = append(decrypted, c[:]...)
	}
	each := func(f func(dst, src []byte)) []byte {
		got := bytes.Clone(p)
		for b := range slices.Chunk(got, magma.BlockSize) {
			f(b, b)
		}
		return got
	}
	if got := each(block.Encrypt); !bytes.Equal(got, encrypted) {
		t.Errorf("encrypt %x with %x: got %x, want %x", p, key, got, encrypted)
	}
	if got := each(block.Decrypt); !bytes.Equal(got, decrypted) {
		t.Errorf("decrypt %x with %x: got %x, want %x", p, key, got, decrypted)
	}
	got := bytes.Clone(p)
	if block.EncryptBlocks(got, got); !bytes.Equal(got, encrypted) {
		t.Errorf("encrypt blocks %x with %x: got %x, want %x", p, key, got, encrypted)
	}
}

func TestPlainAgrees(t *testing.T) {
	for i := range 40 * 8 {
		b := make([]byte, 40)
		b[i/8] = 1 << (i % 8)
		compare(t, b[:32], b[32:])
	}
	random := rand.NewChaCha8([32]byte{})
	for n := range 300 {
		b := make([]byte, 32+n%12*magma.BlockSize)
		random.Read(b)
		compare(t, b[:32], b[32:])
	}
}

func FuzzPlainAgrees(f *testing.F) {
	var v example
	read(f, "gostr3413/ecb.json", &v)
	f.Add([]byte(v.Key), []byte(v.Plaintext))
	f.Fuzz(func(t *testing.T, key, p []byte) {
		if len(key) == magma.KeySize {
			compare(t, key, p[:len(p)-len(p)%magma.BlockSize])
		}
	})
}

func TestKeySize(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 64} {
		block, err := magma.New(make([]byte, n))
		want := fmt.Sprintf("magma: new cipher: key of %d octets, want 32", n)
		if block != nil || err == nil || err.Error() != want {
			t.Errorf("New with %d octets: got %v, %v, want %s", n, block, err, want)
		}
	}
}

// New does not keep the key.
func TestKeyCopied(t *testing.T) {
	key := make([]byte, magma.KeySize)
	block := newBlock(t, key)
	before, after := make([]byte, 8), make([]byte, 8)
	block.Encrypt(before, make([]byte, 8))
	key[0] = 1
	block.Encrypt(after, make([]byte, 8))
	if !bytes.Equal(before, after) {
		t.Error("a change of the key after New changes the cipher")
	}
}

func TestBuffers(t *testing.T) {
	block := newBlock(t, make([]byte, magma.KeySize))
	full, short := make([]byte, 8), make([]byte, 7)
	const input, output = "magma: input not full block", "magma: output not full block"
	for _, tc := range []struct {
		f        func(dst, src []byte)
		dst, src []byte
		want     string
	}{
		{block.Encrypt, full, short, input},
		{block.Encrypt, short, full, output},
		{block.Decrypt, full, short, input},
		{block.Decrypt, short, full, output},
		{block.EncryptBlocks, full, short, "magma: input not full blocks"},
		{block.EncryptBlocks, full, make([]byte, 16), output},
	} {
		func() {
			defer func() {
				if got := recover(); got != tc.want {
					t.Errorf("got panic %v, want %s", got, tc.want)
				}
			}()
			tc.f(tc.dst, tc.src)
		}()
	}
	for _, f := range []func(dst, src []byte){block.Encrypt, block.Decrypt} {
		// One block, whatever more there is.
		want, long := make([]byte, 8), bytes.Repeat([]byte{0xaa}, 12)
		f(want, long)
		f(long, long)
		if !bytes.Equal(long[:8], want) || !bytes.Equal(long[8:], []byte{0xaa, 0xaa, 0xaa, 0xaa}) {
			t.Errorf("got %x, want %x and the rest as it was", long, want)
		}
		// Overlap of any kind.
		shifted := append([]byte{1, 2}, want...)
		f(want, shifted[2:])
		f(shifted, shifted[2:])
		if !bytes.Equal(shifted[:8], want) {
			t.Errorf("dst before src: got %x, want %x", shifted[:8], want)
		}
	}
	block.EncryptBlocks(nil, nil)
}

func TestAllocations(t *testing.T) {
	block := newBlock(t, make([]byte, magma.KeySize))
	b := make([]byte, 8*magma.BlockSize)
	if n := testing.AllocsPerRun(10, func() { block.Encrypt(b, b); block.Decrypt(b, b); block.EncryptBlocks(b, b) }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func TestOpenSSL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	random := rand.NewChaCha8([32]byte{1})
	key, iv, p := make([]byte, 32), make([]byte, 8), make([]byte, 4096)
	random.Read(key)
	random.Read(iv)
	random.Read(p)
	out := outside.File(t, "out", nil)
	openssl.Run("enc", "-magma-cbc", "-nopad", "-K", hex.EncodeToString(key), "-iv", hex.EncodeToString(iv),
		"-in", outside.File(t, "in", p), "-out", out)
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(p))
	if cipher.NewCBCEncrypter(newBlock(t, key), iv).CryptBlocks(got, p); !bytes.Equal(got, want) {
		t.Errorf("magma-cbc: got %x…, OpenSSL has %x…", got[:32], want[:32])
	}
}

func BenchmarkMagma(b *testing.B) {
	block := newBlock(b, make([]byte, magma.KeySize))
	buf := make([]byte, 16<<10)
	each := func(f func(dst, src []byte)) func() {
		return func() {
			for i := 0; i < len(buf); i += magma.BlockSize {
				f(buf[i:], buf[i:])
			}
		}
	}
	for _, bm := range []struct {
		name string
		f    func()
	}{
		{"Encrypt", each(block.Encrypt)},
		{"EncryptBlocks", func() { block.EncryptBlocks(buf, buf) }},
		{"Decrypt", each(block.Decrypt)},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				bm.f()
			}
		})
	}
}

func Example() {
	key, _ := hex.DecodeString("ffeeddccbbaa99887766554433221100f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
	block, err := magma.New(key)
	if err != nil {
		panic(err)
	}
	p, _ := hex.DecodeString("fedcba9876543210")
	c := make([]byte, magma.BlockSize)
	block.Encrypt(c, p)
	fmt.Printf("%x\n", c)
	// Output: 4ee901e5c2d8ca3d
}
