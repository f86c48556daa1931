package modes_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

type kexp15Example struct {
	Source, Cipher               string
	KMAC, KENC, IV, Key, Wrapped octets
}

func kexp15Examples(t testing.TB) (examples []kexp15Example) {
	t.Helper()
	read(t, "r1323565.1.017/kexp15.json", &examples)
	if len(examples) != 2 {
		t.Fatalf("got %d examples, want 2", len(examples))
	}
	return examples
}

func TestKExp15Examples(t *testing.T) {
	for _, e := range kexp15Examples(t) {
		c := ciphers[e.Cipher]
		got, err := modes.KExp15(c, e.KMAC, e.KENC, e.IV, e.Key)
		if err != nil || !bytes.Equal(got, e.Wrapped) {
			t.Errorf("%s: got %x, %v, want %x", e.Source, got, err, []byte(e.Wrapped))
		}
		got, err = modes.KImp15(c, e.KMAC, e.KENC, e.IV, e.Wrapped)
		if err != nil || !bytes.Equal(got, e.Key) {
			t.Errorf("%s: unwrap: got %x, %v, want %x", e.Source, got, err, []byte(e.Key))
		}
	}
}

// By the formula, with keys of all sizes.
func TestKExp15(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, kmac []byte, n int) {
		kenc, iv := random(1, 32), random(2, n/2)
		for size := 1; size < 70; size++ {
			key := random(3, size)
			mac := modes.NewOMAC(block(t, c, kmac))
			mac.Write(concat(iv, key))
			want := mac.Sum(bytes.Clone(key))
			newCTR(t, c, kenc, iv, 0).XORKeyStream(want, want)

			wrapped, err := modes.KExp15(c, kmac, kenc, iv, key)
			if err != nil || !bytes.Equal(wrapped, want) {
				t.Errorf("key of %d octets: got %x, %v, want %x", size, wrapped, err, want)
			}
			got, err := modes.KImp15(c, kmac, kenc, iv, wrapped)
			if err != nil || !bytes.Equal(got, key) {
				t.Errorf("key of %d octets: unwrap: got %x, %v, want %x", size, got, err, key)
			}
			if cap(got) != size || !bytes.Equal(wrapped, want) || !bytes.Equal(key, random(3, size)) {
				t.Errorf("key of %d octets: an argument has changed, or the key has something behind it", size)
			}
		}
	})
}

func TestKImp15Forged(t *testing.T) {
	const want = "modes: KImp15: the wrapped key is not authentic"
	for _, e := range kexp15Examples(t) {
		c := ciphers[e.Cipher]
		arguments := [][]byte{e.KMAC, e.KENC, e.IV, e.Wrapped}
		for i := range arguments {
			for bit := range 8 * len(arguments[i]) {
				forged := [4][]byte(arguments)
				forged[i] = bytes.Clone(forged[i])
				forged[i][bit/8] ^= 1 << (bit % 8)
				got, err := modes.KImp15(c, forged[0], forged[1], forged[2], forged[3])
				if got != nil || err == nil || err.Error() != want {
					t.Errorf("%s: bit %d of argument %d: got %x, %v, want %s", e.Source, bit, i+1, got, err, want)
				}
			}
		}
	}
}

func TestKExp15Refuses(t *testing.T) {
	key := make([]byte, 64)
	for _, tc := range []struct {
		name                  string
		c                     newCipher
		kmac, kenc, iv, input int
		wrap, unwrap          string
	}{
		{"kmac", kuznyechik.New, 31, 32, 8, 64, "key of the MAC of 31 octets, want 32", "key of the MAC of 31 octets, want 32"},
		{"kenc", kuznyechik.New, 32, 33, 8, 64, "key of 33 octets, want 32", "key of 33 octets, want 32"},
		{"iv", magma.New, 32, 32, 8, 64, "initial value of 8 octets, want 4", "initial value of 8 octets, want 4"},
		{"cipher", refusing(magma.New, 0), 32, 32, 4, 64, "no more keys", "no more keys"},
		{"cipher", refusing(magma.New, 1), 32, 32, 4, 64, "no more keys", "no more keys"},
		{"nothing", magma.New, 32, 32, 4, 0, "the key is empty", "wrapped key of 0 octets, want more than 8"},
		{"empty", kuznyechik.New, 32, 32, 8, 16, "", "wrapped key of 16 octets, want more than 16"},
	} {
		got, err := modes.KExp15(tc.c, key[:tc.kmac], key[:tc.kenc], key[:tc.iv], key[:tc.input])
		if want := "modes: KExp15: " + tc.wrap; tc.wrap != "" && (got != nil || err == nil || err.Error() != want) {
			t.Errorf("%s: wrap: got %x, %v, want %s", tc.name, got, err, want)
		}
		got, err = modes.KImp15(tc.c, key[:tc.kmac], key[:tc.kenc], key[:tc.iv], key[:tc.input])
		if want := "modes: KImp15: " + tc.unwrap; got != nil || err == nil || err.Error() != want {
			t.Errorf("%s: unwrap: got %x, %v, want %s", tc.name, got, err, want)
		}
	}
}

func FuzzKImp15(f *testing.F) {
	for _, e := range kexp15Examples(f) {
		f.Add([]byte(e.KMAC), []byte(e.KENC), []byte(e.IV), []byte(e.Wrapped))
	}
	f.Fuzz(func(t *testing.T, kmac, kenc, iv, wrapped []byte) {
		for name, c := range ciphers {
			key, err := modes.KImp15(c, kmac, kenc, iv, wrapped)
			if err == nil {
				again, err := modes.KExp15(c, kmac, kenc, iv, key)
				if err != nil || !bytes.Equal(again, wrapped) {
					t.Errorf("%s: wrap what is unwrapped of %x: got %x, %v", name, wrapped, again, err)
				}
			} else if key != nil {
				t.Errorf("%s: got a key and the error %v", name, err)
			}
			again, err := modes.KExp15(c, kmac, kenc, iv, wrapped)
			if err != nil {
				continue
			}
			key, err = modes.KImp15(c, kmac, kenc, iv, again)
			if err != nil || !bytes.Equal(key, wrapped) {
				t.Errorf("%s: unwrap what is wrapped: got %x, %v, want %x", name, key, err, wrapped)
			}
		}
	})
}

func ExampleKExp15() {
	// In CMS, KEG makes kmac and kenc, and iv is the end of the user keying
	// material.
	kmac, kenc := bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32)
	iv := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	key := bytes.Repeat([]byte{0x42}, 32)

	wrapped, err := modes.KExp15(kuznyechik.New, kmac, kenc, iv, key)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(wrapped))

	got, err := modes.KImp15(kuznyechik.New, kmac, kenc, iv, wrapped)
	fmt.Println(bytes.Equal(got, key), err)
	wrapped[0] ^= 1
	_, err = modes.KImp15(kuznyechik.New, kmac, kenc, iv, wrapped)
	fmt.Println(err)
	// Output:
	// 48
	// true <nil>
	// modes: KImp15: the wrapped key is not authentic
}
