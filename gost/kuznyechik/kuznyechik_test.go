package kuznyechik_test

import (
	"bytes"
	"crypto/cipher"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// bytesOfHex is written in hexadecimal in the files of testdata.
type bytesOfHex []byte

func (b *bytesOfHex) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

type example struct{ Key, Plaintext, Ciphertext bytesOfHex }

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

func newBlock(t testing.TB, key []byte) cipher.Block {
	t.Helper()
	block, err := kuznyechik.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return block
}

// The plain cipher, which the fast one is compared with, goes through the
// steps of RFC 7801.
func TestPlain(t *testing.T) {
	var v struct {
		S, R, L, RoundKeys []bytesOfHex
		example
	}
	read(t, "rfc7801/vectors.json", &v)
	for _, step := range []struct {
		name         string
		chain        []bytesOfHex
		does, undoes func(octets) octets
	}{
		{"S", v.S, plainS, inverseS},
		{"R", v.R, plainR, inverseR},
		{"L", v.L, plainL, inverseL},
	} {
		for i, from := range step.chain[:4] {
			to := step.chain[i+1]
			if got := step.does(octets(from)); !bytes.Equal(got[:], to) {
				t.Errorf("%s of %x: got %x, want %x", step.name, []byte(from), got, []byte(to))
			}
			if got := step.undoes(octets(to)); !bytes.Equal(got[:], from) {
				t.Errorf("inverse %s of %x: got %x, want %x", step.name, []byte(to), got, []byte(from))
			}
		}
	}
	k := newPlain(v.Key)
	for i, want := range v.RoundKeys {
		if !bytes.Equal(k[i][:], want) {
			t.Errorf("K_%d: got %x, want %x", i+1, k[i], []byte(want))
		}
	}
	if got := k.encrypt(octets(v.Plaintext)); !bytes.Equal(got[:], v.Ciphertext) {
		t.Errorf("encrypt: got %x, want %x", got, []byte(v.Ciphertext))
	}
	if got := k.decrypt(octets(v.Ciphertext)); !bytes.Equal(got[:], v.Plaintext) {
		t.Errorf("decrypt: got %x, want %x", got, []byte(v.Plaintext))
	}
}

func TestExamples(t *testing.T) {
	for _, name := range []string{"rfc7801/vectors.json", "gostr3413/ecb.json"} {
		var v example
		read(t, name, &v)
		block := newBlock(t, v.Key)
		if block.BlockSize() != kuznyechik.BlockSize {
			t.Errorf("BlockSize: got %d, want %d", block.BlockSize(), kuznyechik.BlockSize)
		}
		for i := 0; i < len(v.Plaintext); i += kuznyechik.BlockSize {
			p, c := v.Plaintext[i:i+16:i+16], v.Ciphertext[i:i+16:i+16]
			got := make([]byte, kuznyechik.BlockSize)
			if block.Encrypt(got, p); !bytes.Equal(got, c) {
				t.Errorf("%s: encrypt %x: got %x, want %x", name, []byte(p), got, []byte(c))
			}
			if block.Decrypt(got, c); !bytes.Equal(got, p) {
				t.Errorf("%s: decrypt %x: got %x, want %x", name, []byte(c), got, []byte(p))
			}
		}
	}
}

// compare encrypts and decrypts a block with the tables and without.
func compare(t *testing.T, key, p []byte) {
	t.Helper()
	block, slow := newBlock(t, key), newPlain(key)
	got := bytes.Clone(p)
	block.Encrypt(got, got)
	if want := slow.encrypt(octets(p)); !bytes.Equal(got, want[:]) {
		t.Errorf("encrypt %x with %x: got %x, want %x", p, key, got, want)
	}
	block.Decrypt(got, got)
	if !bytes.Equal(got, p) {
		t.Errorf("decrypt what %x of %x is: got %x", key, p, got)
	}
	block.Decrypt(got, p)
	if want := slow.decrypt(octets(p)); !bytes.Equal(got, want[:]) {
		t.Errorf("decrypt %x with %x: got %x, want %x", p, key, got, want)
	}
}

func TestPlainAgrees(t *testing.T) {
	// Every value at every place of a block, under keys and texts of one bit
	// and of all kinds.
	for i := range 48 * 8 {
		b := make([]byte, 48)
		b[i/8] = 1 << (i % 8)
		compare(t, b[:32], b[32:])
	}
	random := rand.NewChaCha8([32]byte{})
	for range 300 {
		b := make([]byte, 48)
		random.Read(b)
		compare(t, b[:32], b[32:])
	}
}

func FuzzPlainAgrees(f *testing.F) {
	var v example
	read(f, "rfc7801/vectors.json", &v)
	f.Add([]byte(v.Key), []byte(v.Plaintext))
	f.Fuzz(func(t *testing.T, key, p []byte) {
		if len(key) != kuznyechik.KeySize || len(p) != kuznyechik.BlockSize {
			return
		}
		compare(t, key, p)
	})
}

func TestKeySize(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33, 64} {
		block, err := kuznyechik.New(make([]byte, n))
		want := fmt.Sprintf("kuznyechik: new cipher: key of %d octets, want 32", n)
		if block != nil || err == nil || err.Error() != want {
			t.Errorf("New with %d octets: got %v, %v, want %s", n, block, err, want)
		}
	}
}

// New does not keep the key.
func TestKeyCopied(t *testing.T) {
	key := make([]byte, kuznyechik.KeySize)
	block := newBlock(t, key)
	before, after := make([]byte, 16), make([]byte, 16)
	block.Encrypt(before, make([]byte, 16))
	key[0] = 1
	block.Encrypt(after, make([]byte, 16))
	if !bytes.Equal(before, after) {
		t.Error("a change of the key after New changes the cipher")
	}
}

func TestBuffers(t *testing.T) {
	block := newBlock(t, make([]byte, kuznyechik.KeySize))
	full, short, long := make([]byte, 16), make([]byte, 15), bytes.Repeat([]byte{0xaa}, 20)
	for _, f := range []func(dst, src []byte){block.Encrypt, block.Decrypt} {
		for _, tc := range []struct {
			dst, src []byte
			want     string
		}{
			{full, short, "kuznyechik: input not full block"},
			{short, full, "kuznyechik: output not full block"},
		} {
			func() {
				defer func() {
					if got := recover(); got != tc.want {
						t.Errorf("got panic %v, want %s", got, tc.want)
					}
				}()
				f(tc.dst, tc.src)
			}()
		}
		// One block, whatever more there is.
		want := make([]byte, 16)
		f(want, long)
		f(long, long)
		if !bytes.Equal(long[:16], want) || !bytes.Equal(long[16:], []byte{0xaa, 0xaa, 0xaa, 0xaa}) {
			t.Errorf("got %x, want %x and the rest as it was", long, want)
		}
		// Overlap of any kind.
		shifted := append([]byte{1, 2}, want...)
		f(want, shifted[2:])
		f(shifted, shifted[2:])
		if !bytes.Equal(shifted[:16], want) {
			t.Errorf("dst before src: got %x, want %x", shifted[:16], want)
		}
		long = bytes.Repeat([]byte{0xaa}, 20)
	}
}

func TestAllocations(t *testing.T) {
	block := newBlock(t, make([]byte, kuznyechik.KeySize))
	b := make([]byte, kuznyechik.BlockSize)
	if n := testing.AllocsPerRun(10, func() { block.Encrypt(b, b); block.Decrypt(b, b) }); n != 0 {
		t.Errorf("got %v allocations, want 0", n)
	}
}

func TestOpenSSL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	random := rand.NewChaCha8([32]byte{1})
	key, iv, p := make([]byte, 32), make([]byte, 16), make([]byte, 4096)
	random.Read(key)
	random.Read(iv)
	random.Read(p)
	block := newBlock(t, key)
	in := outside.File(t, "in", p)
	for _, mode := range []struct {
		name    string
		encrypt cipher.BlockMode
	}{
		{"kuznyechik-ecb", ecb{block}},
		{"kuznyechik-cbc", cipher.NewCBCEncrypter(block, iv)},
	} {
		out := outside.File(t, "out", nil)
		openssl.Run("enc", "-"+mode.name, "-nopad", "-K", hex.EncodeToString(key), "-iv", hex.EncodeToString(iv), "-in", in, "-out", out)
		want, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(p))
		if mode.encrypt.CryptBlocks(got, p); !bytes.Equal(got, want) {
			t.Errorf("%s: got %s…, OpenSSL has %s…", mode.name, hex.EncodeToString(got[:32]), hex.EncodeToString(want[:32]))
		}
	}
}

// ecb encrypts each block on its own.
type ecb struct{ cipher.Block }

func (e ecb) CryptBlocks(dst, src []byte) {
	for i := 0; i < len(src); i += e.BlockSize() {
		e.Encrypt(dst[i:], src[i:])
	}
}

func BenchmarkKuznyechik(b *testing.B) {
	block := newBlock(b, make([]byte, kuznyechik.KeySize))
	buf := make([]byte, 16<<10)
	for _, bm := range []struct {
		name string
		f    func(dst, src []byte)
	}{{"Encrypt", block.Encrypt}, {"Decrypt", block.Decrypt}} {
		b.Run(bm.name, func(b *testing.B) {
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				for i := 0; i < len(buf); i += kuznyechik.BlockSize {
					bm.f(buf[i:], buf[i:])
				}
			}
		})
	}
	b.Run("New", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			newBlock(b, buf[:kuznyechik.KeySize])
		}
	})
}

func Example() {
	key, _ := hex.DecodeString("8899aabbccddeeff0011223344556677fedcba98765432100123456789abcdef")
	block, err := kuznyechik.New(key)
	if err != nil {
		panic(err)
	}
	p, _ := hex.DecodeString("1122334455667700ffeeddccbbaa9988")
	c := make([]byte, kuznyechik.BlockSize)
	block.Encrypt(c, p)
	fmt.Printf("%x\n", c)
	// Output: 7f679d90bebc24305a468d42b9d4edcd
}
