package modes_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/subtle"
	"fmt"
	"hash"
	"math/big"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

func TestOMACExamples(t *testing.T) {
	var examples []struct {
		Source, Cipher    string
		Key, Message, Tag octets
	}
	read(t, "gostr3413/omac.json", &examples)
	if len(examples) != 2 {
		t.Fatalf("got %d examples, want 2", len(examples))
	}
	for _, e := range examples {
		mac, err := modes.NewOMACWithTagSize(block(t, ciphers[e.Cipher], e.Key), len(e.Tag))
		if err != nil {
			t.Fatal(err)
		}
		mac.Write(e.Message)
		if got := mac.Sum(nil); !bytes.Equal(got, e.Tag) {
			t.Errorf("%s: got %x, want %x", e.Source, got, []byte(e.Tag))
		}
	}
}

type acpkmExample struct {
	Source, Cipher         string
	Key, Message, Tag      octets
	Section, MasterSection int
}

func TestOMACACPKMExamples(t *testing.T) {
	var examples []acpkmExample
	read(t, "r1323565.1.017/omac-acpkm.json", &examples)
	if len(examples) != 4 {
		t.Fatalf("got %d examples, want 4", len(examples))
	}
	for _, e := range examples {
		mac := newOMACACPKM(t, ciphers[e.Cipher], e.Key, e.Section, e.MasterSection)
		mac.Write(e.Message)
		if got := mac.Sum(nil); !bytes.Equal(got, e.Tag) {
			t.Errorf("%s: got %x, want %x", e.Source, got, []byte(e.Tag))
		}
	}
}

func newOMACACPKM(t testing.TB, c newCipher, key []byte, section, masterSection int) hash.Hash {
	t.Helper()
	mac, err := modes.NewOMACACPKM(c, key, section, masterSection)
	if err != nil {
		t.Fatal(err)
	}
	return mac
}

// plainOMAC computes a tag from the whole message, with a cipher and K_1 for
// each block.
func plainOMAC(n int, msg []byte, keys func(blocks int) (cipher.Block, *big.Int)) []byte {
	state := make([]byte, n)
	i := 0
	for ; len(msg) > n; i++ {
		b, _ := keys(i)
		subtle.XORBytes(state, state, msg[:n])
		b.Encrypt(state, state)
		msg = msg[n:]
	}
	b, k := keys(i)
	last := bytes.Clone(msg)
	if len(msg) < n {
		k = times(k, big.NewInt(2), n)
		last = append(last, 0x80)
		last = append(last, make([]byte, n-len(last))...)
	}
	subtle.XORBytes(state, state, last)
	subtle.XORBytes(state, state, k.FillBytes(make([]byte, n)))
	b.Encrypt(state, state)
	return state
}

// times multiplies polynomials modulo that of blocks of n octets.
func times(a, b *big.Int, n int) *big.Int {
	modulus := map[int]*big.Int{8: big.NewInt(0x1b), 16: big.NewInt(0x87)}[n]
	modulus = new(big.Int).SetBit(modulus, 8*n, 1)
	p := new(big.Int)
	for i := range b.BitLen() {
		if b.Bit(i) == 1 {
			p.Xor(p, new(big.Int).Lsh(a, uint(i)))
		}
	}
	for p.BitLen() > 8*n {
		p.Xor(p, new(big.Int).Lsh(modulus, uint(p.BitLen()-8*n-1)))
	}
	return p
}

func number(b []byte) *big.Int { return new(big.Int).SetBytes(b) }

// macs are the hashes under test, each with its plain counterpart.
func macs(t *testing.T, c newCipher, key []byte, n int) map[string]struct {
	hash  hash.Hash
	plain func(msg []byte) []byte
} {
	b := block(t, c, key)
	zero := make([]byte, n)
	b.Encrypt(zero, zero)
	k1 := times(number(zero), big.NewInt(2), n)
	// Section keys come from the key stream over zeros, with sections of
	// five blocks, that is not of a whole number of keys.
	material := plainCTR(t, c, key, bytes.Repeat([]byte{0xff}, n/2), 5*n, make([]byte, 4000))
	return map[string]struct {
		hash  hash.Hash
		plain func(msg []byte) []byte
	}{
		"OMAC": {modes.NewOMAC(b), func(msg []byte) []byte {
			return plainOMAC(n, msg, func(int) (cipher.Block, *big.Int) { return b, k1 })
		}},
		"OMAC-ACPKM": {newOMACACPKM(t, c, key, 3*n, 5*n), func(msg []byte) []byte {
			return plainOMAC(n, msg, func(i int) (cipher.Block, *big.Int) {
				m := material[i/3*(32+n):]
				return block(t, c, m[:32]), number(m[32 : 32+n])
			})
		}},
	}
}

func TestOMACPlain(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		for name, mac := range macs(t, c, key, n) {
			for size := range 10 * n {
				msg := random(3, size)
				mac.hash.Reset()
				mac.hash.Write(msg)
				if got, want := mac.hash.Sum(nil), mac.plain(msg); !bytes.Equal(got, want) {
					t.Errorf("%s of %d octets: got %x, want %x", name, size, got, want)
				}
			}
			// Both values of the carry, for keys that have it.
			for i := range 20 {
				key := random(i, 32)
				mac := macs(t, c, key, n)[name]
				mac.hash.Write([]byte("short"))
				if got, want := mac.hash.Sum(nil), mac.plain([]byte("short")); !bytes.Equal(got, want) {
					t.Errorf("%s under %x: got %x, want %x", name, key, got, want)
				}
			}
		}
	})
}

func TestOMACPieces(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		for name, mac := range macs(t, c, key, n) {
			msg := random(1, 700)
			want := mac.plain(msg)
			for _, pieces := range chunks(len(msg)) {
				mac.hash.Reset()
				inPieces(msg, pieces, func(p []byte) {
					before := bytes.Clone(p)
					if wrote, err := mac.hash.Write(p); wrote != len(p) || err != nil {
						t.Fatalf("Write: got %d, %v, want %d, nil", wrote, err, len(p))
					}
					if !bytes.Equal(p, before) {
						t.Fatal("Write changes its argument")
					}
					mac.hash.Sum(nil) // leaves the state alone
				})
				if got := mac.hash.Sum([]byte("prefix")); !bytes.Equal(got, concat([]byte("prefix"), want)) {
					t.Errorf("%s in pieces %v: got %x, want %x after a prefix", name, pieces, got, want)
				}
			}
			if mac.hash.Size() != n || mac.hash.BlockSize() != n {
				t.Errorf("%s: Size, BlockSize: got %d, %d, want %d", name, mac.hash.Size(), mac.hash.BlockSize(), n)
			}
		}
	})
}

func TestOMACTagSize(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		b := block(t, c, key)
		full := modes.NewOMAC(b)
		full.Write([]byte("message"))
		want := full.Sum(nil)
		for size := 1; size <= n; size++ {
			mac, err := modes.NewOMACWithTagSize(b, size)
			if err != nil {
				t.Fatal(err)
			}
			mac.Write([]byte("message"))
			if got := mac.Sum(nil); mac.Size() != size || !bytes.Equal(got, want[:size]) {
				t.Errorf("size %d: got %x of size %d, want %x", size, got, mac.Size(), want[:size])
			}
		}
		for _, size := range []int{-1, 0, n + 1} {
			mac, err := modes.NewOMACWithTagSize(b, size)
			if want := fmt.Sprintf("modes: OMAC: tag of %d octets, want 1 to %d", size, n); mac != nil || err == nil || err.Error() != want {
				t.Errorf("size %d: got %v, %v, want %s", size, mac, err, want)
			}
		}
	})
}

func TestOMACRefuses(t *testing.T) {
	const want = "modes: OMAC: block of 12 octets, want 8 or 16"
	if got := panics(func() { modes.NewOMAC(identity(12)) }); got != want {
		t.Errorf("NewOMAC: got panic %v, want %s", got, want)
	}
	if mac, err := modes.NewOMACWithTagSize(identity(12), 4); mac != nil || err == nil || err.Error() != want {
		t.Errorf("NewOMACWithTagSize: got %v, %v, want %s", mac, err, want)
	}
	for _, tc := range []struct {
		name            string
		c               newCipher
		key             int
		section, master int
		want            string
	}{
		{"key", magma.New, 31, 8, 8, "modes: OMAC-ACPKM: key of 31 octets, want 32"},
		{"cipher", refusing(magma.New, 0), 32, 8, 8, "modes: OMAC-ACPKM: no more keys"},
		{"block", func([]byte) (cipher.Block, error) { return identity(12), nil }, 32, 12, 12, "modes: OMAC-ACPKM: block of 12 octets, want 8 or 16"},
		{"no section", magma.New, 32, 0, 8, "modes: OMAC-ACPKM: section of 0 octets"},
		{"section", kuznyechik.New, 32, 8, 16, "modes: OMAC-ACPKM: section of 8 octets, want a multiple of 16"},
		{"no master section", magma.New, 32, 8, 0, "modes: OMAC-ACPKM: section of 0 octets"},
		{"master section", magma.New, 32, 8, -8, "modes: OMAC-ACPKM: master key: section of -8 octets, want a multiple of 8"},
	} {
		mac, err := modes.NewOMACACPKM(tc.c, make([]byte, tc.key), tc.section, tc.master)
		if mac != nil || err == nil || err.Error() != tc.want {
			t.Errorf("%s: got %v, %v, want %s", tc.name, mac, err, tc.want)
		}
	}
	// A key of a later section that is refused.
	mac := newOMACACPKM(t, refusing(magma.New, 3), make([]byte, 32), 8, 800)
	if got, want := panics(func() { mac.Write(make([]byte, 17)) }), "modes: OMAC-ACPKM: the cipher refuses a key: no more keys"; got != want {
		t.Errorf("got panic %v, want %s", got, want)
	}
	if got, want := panics(mac.Reset), "modes: OMAC-ACPKM: the cipher refuses a key: no more keys"; got != want {
		t.Errorf("Reset: got panic %v, want %s", got, want)
	}
}

func ExampleNewOMAC() {
	block, err := kuznyechik.New(bytes.Repeat([]byte{0x42}, kuznyechik.KeySize))
	if err != nil {
		panic(err)
	}
	mac := modes.NewOMAC(block)
	mac.Write([]byte("message"))
	tag := mac.Sum(nil)

	mac.Reset()
	mac.Write([]byte("massage"))
	fmt.Println(hmac.Equal(mac.Sum(nil), tag))
	// Output: false
}
