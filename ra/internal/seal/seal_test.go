package seal_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"

	"github.com/surguch/surguch/ra/internal/seal"
)

const chunk = 64 << 10

// TestSealOpen seals data of every size around the borders of chunks.
func TestSealOpen(t *testing.T) {
	key := seal.NewKey()
	for _, size := range []int{0, 1, 15, 16, 17, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 3*chunk + 7} {
		data := make([]byte, size)
		rand.Read(data)
		sealed := seal.Seal(key, "name", data)
		got, err := seal.Open(key, "name", sealed)
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("%d octets: got %d, %v", size, len(got), err)
		}
		if bytes.Equal(seal.Seal(key, "name", data), sealed) {
			t.Errorf("%d octets: sealed twice it is the same", size)
		}
		if size > 16 && bytes.Contains(sealed, data[:16]) {
			t.Errorf("%d octets: the data shows", size)
		}
	}
}

// TestOpenRefuses changes what was sealed in every way and opens it.
func TestOpenRefuses(t *testing.T) {
	key := seal.NewKey()
	data := bytes.Repeat([]byte("0123456789abcdef"), 2*chunk/16+1)
	sealed := seal.Seal(key, "name", data)
	first, second := sealed[:12+chunk+16], sealed[12+chunk+16:]
	for what, c := range map[string]struct {
		key    []byte
		name   string
		sealed []byte
	}{
		"another key":       {seal.NewKey(), "name", sealed},
		"another name":      {key, "other", sealed},
		"nothing":           {key, "name", nil},
		"header only":       {key, "name", sealed[:12]},
		"last chunk gone":   {key, "name", sealed[:12+2*(chunk+16)]},
		"first chunk only":  {key, "name", first},
		"first chunk gone":  {key, "name", append(bytes.Clone(sealed[:12]), second...)},
		"chunks exchanged":  {key, "name", append(append(append(bytes.Clone(sealed[:12]), second[:chunk+16]...), first[12:]...), second[chunk+16:]...)},
		"something behind":  {key, "name", append(bytes.Clone(sealed), 0)},
		"one octet missing": {key, "name", sealed[:len(sealed)-1]},
		"another version":   {key, "name", append([]byte{2}, sealed[1:]...)},
		"a forbidden nonce": {key, "name", append([]byte{1, sealed[1] | 0x80}, sealed[2:]...)},
	} {
		if got, err := seal.Open(c.key, c.name, c.sealed); !errors.Is(err, seal.ErrOpen) || got != nil {
			t.Errorf("%s: got %d octets, %v; want ErrOpen", what, len(got), err)
		}
	}
	for i := 0; i < len(sealed); i += 997 {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		if _, err := seal.Open(key, "name", changed); !errors.Is(err, seal.ErrOpen) {
			t.Errorf("octet %d changed: got %v, want ErrOpen", i, err)
		}
	}
}

func TestCommit(t *testing.T) {
	a := seal.Commit([]byte("salt of 16 bytes"), []byte("data"))
	if len(a) != 32 || bytes.Equal(a, seal.Commit([]byte("salt of 16 bytez"), []byte("data"))) ||
		bytes.Equal(a, seal.Commit([]byte("salt of 16 bytes"), []byte("date"))) {
		t.Error("the commitment does not depend on salt and data")
	}
	if len(seal.NewSalt()) != seal.SaltSize || bytes.Equal(seal.NewSalt(), seal.NewSalt()) {
		t.Error("salts are not random")
	}
}

func FuzzOpen(f *testing.F) {
	key := make([]byte, seal.KeySize)
	f.Add(seal.Seal(key, "name", []byte("data")))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if got, err := seal.Open(key, "name", sealed); (got == nil) != (err != nil) {
			t.Fatalf("got %x with error %v", got, err)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	key := seal.NewKey()
	for name, size := range map[string]int{"4K": 4 << 10, "1M": 1 << 20} {
		data := make([]byte, size)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				seal.Seal(key, "name", data)
			}
		})
	}
}
