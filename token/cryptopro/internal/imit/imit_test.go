package imit_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/token/cryptopro/internal/imit"
)

// sets pairs the substitutions with those of package legacy, which is tested
// by published examples.
var sets = []struct {
	name string
	here *imit.Set
	want *legacy.ParamSet
}{
	{"Z", imit.SetZ(), legacy.ParamSetZ()},
	{"A", imit.SetA(), legacy.ParamSetA()},
}

// TestBlocks compares single blocks with the cipher of package legacy, which
// looks its substitutions up in tables.
func TestBlocks(t *testing.T) {
	source := rand.NewChaCha8([32]byte{1})
	for _, s := range sets {
		for range 200 {
			key, text := make([]byte, imit.KeySize), make([]byte, 8*imit.BlockSize)
			source.Read(key)
			source.Read(text)
			block, err := legacy.NewCipher(key, s.want)
			if err != nil {
				t.Fatal(err)
			}
			want := make([]byte, len(text))
			for i := 0; i < len(text); i += imit.BlockSize {
				block.Encrypt(want[i:], text[i:])
			}
			c := imit.New(key, s.here)
			if got := c.Encrypt(text); !bytes.Equal(got, want) {
				t.Fatalf("%s: encrypted: got %x, want %x", s.name, got, want)
			}
			if got := c.Decrypt(want); !bytes.Equal(got, text) {
				t.Fatalf("%s: decrypted: got %x, want %x", s.name, got, text)
			}
		}
	}
}

// TestMAC compares MACs with those of package legacy up to the length where
// that one changes its key, and shows that this one does not.
func TestMAC(t *testing.T) {
	source := rand.NewChaCha8([32]byte{2})
	for _, s := range sets {
		key, text := make([]byte, imit.KeySize), make([]byte, 2048)
		source.Read(key)
		source.Read(text)
		c := imit.New(key, s.here)
		for n := range len(text) {
			h, err := legacy.NewMAC(key, s.want)
			if err != nil {
				t.Fatal(err)
			}
			h.Write(text[:n])
			got, want := c.MAC(text[:n]), h.Sum(nil)
			if same := bytes.Equal(got[:], want); same != (n <= 1024) {
				t.Fatalf("%s: %d octets: got %x, legacy %x", s.name, n, got, want)
			}
		}
	}
}

func TestWipe(t *testing.T) {
	key := bytes.Repeat([]byte{7}, imit.KeySize)
	c := imit.New(key, imit.SetZ())
	c.Wipe()
	empty := imit.New(make([]byte, imit.KeySize), imit.SetZ())
	if got, want := c.MAC(nil), empty.MAC(nil); got != want || key[0] != 7 {
		t.Errorf("got %x, want %x, that of a key of zeros", got, want)
	}
}

func TestMisuse(t *testing.T) {
	for what, do := range map[string]func(){
		"short key":   func() { imit.New(make([]byte, imit.KeySize-1), imit.SetZ()) },
		"short block": func() { imit.New(make([]byte, imit.KeySize), imit.SetZ()).Encrypt(make([]byte, 9)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: got no panic", what)
				}
			}()
			do()
		}()
	}
}

func BenchmarkMAC(b *testing.B) {
	c, text := imit.New(make([]byte, imit.KeySize), imit.SetZ()), make([]byte, 2048)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		c.MAC(text)
	}
}
