package modes_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"errors"
	"fmt"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

func TestCTRExamples(t *testing.T) {
	var examples, more []struct {
		Source, Cipher                 string
		Key, IV, Plaintext, Ciphertext octets
		Section                        int
	}
	read(t, "gostr3413/ctr.json", &examples)
	read(t, "r1323565.1.017/ctr-acpkm.json", &more)
	examples = append(examples, more...)
	if len(examples) != 4 {
		t.Fatalf("got %d examples, want 4", len(examples))
	}
	for _, e := range examples {
		for _, pair := range [][2]octets{{e.Plaintext, e.Ciphertext}, {e.Ciphertext, e.Plaintext}} {
			got := make([]byte, len(pair[0]))
			newCTR(t, ciphers[e.Cipher], e.Key, e.IV, e.Section).XORKeyStream(got, pair[0])
			if !bytes.Equal(got, pair[1]) {
				t.Errorf("%s: %s: got %x, want %x", e.Source, e.Cipher, got, []byte(pair[1]))
			}
		}
	}
}

func newCTR(t testing.TB, c newCipher, key, iv []byte, section int) cipher.Stream {
	t.Helper()
	s, err := modes.NewCTRACPKM(c, key, iv, section)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// plainCTR encrypts one block after another, as RFC 8645 describes it.
func plainCTR(t testing.TB, c newCipher, key, iv []byte, section int, p []byte) []byte {
	t.Helper()
	b := block(t, c, key)
	n := b.BlockSize()
	out := bytes.Clone(p)
	for i := 0; i*n < len(p); i++ {
		if section > 0 && i > 0 && i*n%section == 0 {
			var next []byte
			for j := 0; j < 32; j += n {
				d := make([]byte, n)
				for k := range d {
					d[k] = byte(0x80 + j + k)
				}
				b.Encrypt(d, d)
				next = append(next, d...)
			}
			b = block(t, c, next)
		}
		counter := make([]byte, n)
		copy(counter, iv)
		for j, v := n-1, i; j >= n/2; j, v = j-1, v>>8 {
			counter[j] = byte(v)
		}
		b.Encrypt(counter, counter)
		subtle.XORBytes(out[i*n:], out[i*n:], counter)
	}
	return out
}

func TestCTRPlain(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		iv := random(1, n/2)
		for _, section := range []int{0, n, 2 * n, 3 * n, 32 * n, 512, 1024} {
			for _, size := range []int{0, 1, n - 1, n, n + 1, 500, 2000} {
				p := random(2, size)
				want := plainCTR(t, c, key, iv, section, p)
				for _, c := range []newCipher{c, oneByOne(c)} {
					got := make([]byte, size)
					newCTR(t, c, key, iv, section).XORKeyStream(got, p)
					if !bytes.Equal(got, want) {
						t.Errorf("%d octets in sections of %d: got %x, want %x", size, section, got, want)
					}
				}
			}
		}
	})
}

// Without sections it is the CTR of the standard library.
func TestCTRStandard(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		p, iv := random(1, 5000), random(2, n/2)
		got, want := bytes.Clone(p), bytes.Clone(p)
		newCTR(t, c, key, iv, 0).XORKeyStream(got, got)
		cipher.NewCTR(block(t, c, key), append(iv, make([]byte, n/2)...)).XORKeyStream(want, want)
		if !bytes.Equal(got, want) {
			t.Errorf("got %x…, want %x…", got[:32], want[:32])
		}
	})
}

func TestCTRPieces(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		p, iv := random(1, 1500), random(2, n/2)
		for _, section := range []int{0, n, 5 * n, 1024} {
			want := bytes.Clone(p)
			newCTR(t, c, key, iv, section).XORKeyStream(want, want)
			for _, pieces := range chunks(len(p)) {
				s := newCTR(t, c, key, iv, section)
				got := bytes.Clone(p)
				inPieces(got, pieces, func(p []byte) { s.XORKeyStream(p, p) })
				if !bytes.Equal(got, want) {
					t.Errorf("sections of %d, pieces %v: got another ciphertext", section, pieces)
				}
			}
		}
	})
}

func TestCTRBuffers(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		iv := random(1, n/2)
		p := random(2, 100)
		want := make([]byte, 100)
		newCTR(t, c, key, iv, 0).XORKeyStream(want, p)

		// What dst has beyond src stays.
		long := append(bytes.Clone(p), 1, 2, 3)
		newCTR(t, c, key, iv, 0).XORKeyStream(long, long[:100])
		if !bytes.Equal(long, append(bytes.Clone(want), 1, 2, 3)) {
			t.Errorf("got %x, want %x and the rest as it was", long, want)
		}
		// A change of iv or key after the constructor changes nothing.
		key2, iv2 := bytes.Clone(key), bytes.Clone(iv)
		s := newCTR(t, c, key2, iv2, 0)
		key2[0]++
		iv2[0]++
		got := make([]byte, 100)
		if s.XORKeyStream(got, p); !bytes.Equal(got, want) {
			t.Error("the stream follows a change of its arguments")
		}

		s = newCTR(t, c, key, iv, 0)
		for _, tc := range []struct {
			dst, src []byte
			want     string
		}{
			{make([]byte, 9), make([]byte, 10), "modes: CTR: output smaller than input"},
			{p[1:51], p[:50], "modes: CTR: input and output overlap in part"},
			{p[:50], p[1:51], "modes: CTR: input and output overlap in part"},
			{p[49:99], p[:50], "modes: CTR: input and output overlap in part"},
		} {
			if got := panics(func() { s.XORKeyStream(tc.dst, tc.src) }); got != tc.want {
				t.Errorf("got panic %v, want %s", got, tc.want)
			}
		}
		if got := panics(func() { s.XORKeyStream(p[50:], p[:50]); s.XORKeyStream(nil, nil) }); got != nil {
			t.Errorf("neighbours: got panic %v", got)
		}
	})
}

func TestCTRRefuses(t *testing.T) {
	key := make([]byte, 32)
	for _, tc := range []struct {
		name    string
		c       newCipher
		key, iv int
		section int
		want    string
	}{
		{"short key", kuznyechik.New, 31, 8, 0, "modes: CTR-ACPKM: key of 31 octets, want 32"},
		{"long key", magma.New, 64, 4, 0, "modes: CTR-ACPKM: key of 64 octets, want 32"},
		{"cipher", refusing(magma.New, 0), 32, 4, 0, "modes: CTR-ACPKM: no more keys"},
		{"block", func([]byte) (cipher.Block, error) { return identity(12), nil }, 32, 6, 0, "modes: CTR-ACPKM: block of 12 octets, want 8 or 16"},
		{"whole iv", kuznyechik.New, 32, 16, 0, "modes: CTR-ACPKM: initial value of 16 octets, want 8"},
		{"no iv", magma.New, 32, 0, 0, "modes: CTR-ACPKM: initial value of 0 octets, want 4"},
		{"negative section", magma.New, 32, 4, -8, "modes: CTR-ACPKM: section of -8 octets, want a multiple of 8"},
		{"broken section", kuznyechik.New, 32, 8, 24, "modes: CTR-ACPKM: section of 24 octets, want a multiple of 16"},
	} {
		s, err := modes.NewCTRACPKM(tc.c, append(key, key...)[:tc.key], make([]byte, tc.iv), tc.section)
		if s != nil || err == nil || err.Error() != tc.want {
			t.Errorf("%s: got %v, %v, want %s", tc.name, s, err, tc.want)
		}
	}
}

// The errors of a cipher can be told from others.
func TestCTRWraps(t *testing.T) {
	cause := errors.New("cause")
	_, err := modes.NewCTRACPKM(func([]byte) (cipher.Block, error) { return nil, cause }, make([]byte, 32), nil, 0)
	if !errors.Is(err, cause) {
		t.Errorf("got %v, want it to wrap the cause", err)
	}
}

// A cipher that refuses the key of a section leaves no way but a panic, and the
// stream stays without output.
func TestCTRKeyRefused(t *testing.T) {
	s := newCTR(t, refusing(kuznyechik.New, 1), make([]byte, 32), make([]byte, 8), 16)
	p := make([]byte, 16)
	s.XORKeyStream(p, p)
	for range 2 {
		if got, want := panics(func() { s.XORKeyStream(p, p) }), "modes: CTR-ACPKM: the cipher refuses a key: no more keys"; got != want {
			t.Errorf("got panic %v, want %s", got, want)
		}
	}
}

// The counter of Magma ends after 2^32 blocks; its last block is of use.
func TestCTREnds(t *testing.T) {
	key, iv := random(1, 32), random(2, 4)
	for _, section := range []int{0, 16} {
		s := newCTR(t, magma.New, key, iv, section)
		modes.SkipTo(s, 1<<32-3)
		got := make([]byte, 24)
		s.XORKeyStream(got, got)
		if section == 0 {
			last := concat(iv, []byte{0xff, 0xff, 0xff, 0xff})
			block(t, magma.New, key).Encrypt(last, last)
			if !bytes.Equal(got[16:], last) {
				t.Errorf("last block: got %x, want %x", got[16:], last)
			}
		}
		for range 2 {
			if got, want := panics(func() { s.XORKeyStream(got[:1], got[:1]) }), "modes: CTR: key stream exhausted"; got != want {
				t.Errorf("got panic %v, want %s", got, want)
			}
		}
	}
	// Kuznyechik counts on.
	s := newCTR(t, kuznyechik.New, key, concat(iv, iv), 0)
	modes.SkipTo(s, 1<<32)
	got := make([]byte, 16)
	s.XORKeyStream(got, got)
	want := concat(iv, iv, []byte{0, 0, 0, 1, 0, 0, 0, 0})
	block(t, kuznyechik.New, key).Encrypt(want, want)
	if !bytes.Equal(got, want) {
		t.Errorf("block 2^32: got %x, want %x", got, want)
	}
}

func ExampleNewCTRACPKM() {
	key := bytes.Repeat([]byte{0x42}, modes.KeySize) // never used twice with this iv
	iv := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	text := []byte("Сургуч")

	stream, err := modes.NewCTRACPKM(kuznyechik.New, key, iv, modes.KuznyechikSection)
	if err != nil {
		panic(err)
	}
	stream.XORKeyStream(text, text)
	fmt.Printf("%x\n", text)

	stream, err = modes.NewCTRACPKM(kuznyechik.New, key, iv, modes.KuznyechikSection)
	if err != nil {
		panic(err)
	}
	stream.XORKeyStream(text, text)
	fmt.Printf("%s\n", text)
	// Output:
	// 313487888c1ac24305e9bda1
	// Сургуч
}
