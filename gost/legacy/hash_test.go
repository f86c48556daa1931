package legacy_test

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/internal/testenv/outside"
)

func TestHash94(t *testing.T) {
	var vectors []struct {
		Source, Set, Message string
		Digest               octets
	}
	readJSON(t, "testdata/rfc5831/vectors.json", &vectors)
	for _, v := range vectors {
		h := map[string]func() hash.Hash{"test": legacy.NewTest94, "CryptoPro": legacy.New94}[v.Set]()
		h.Write([]byte(v.Message))
		if got := h.Sum(nil); !bytes.Equal(got, v.Digest) {
			t.Errorf("%s, %q: got %x, want %x", v.Source, v.Message, got, v.Digest)
		}
		if got := legacy.Sum94([]byte(v.Message)); v.Set == "CryptoPro" && !bytes.Equal(got[:], v.Digest) {
			t.Errorf("%s, Sum94 of %q: got %x, want %x", v.Source, v.Message, got, v.Digest)
		}
	}
}

func TestHash94Lengths(t *testing.T) {
	var vectors []struct {
		Length int
		Digest octets
	}
	readJSON(t, "testdata/openssl/hash.json", &vectors)
	for _, v := range vectors {
		if got := legacy.Sum94(message(v.Length)); !bytes.Equal(got[:], v.Digest) {
			t.Errorf("%d octets: got %x, want %x", v.Length, got, v.Digest)
		}
	}
}

// checkHash checks what any hash.Hash does: the result does not depend on how
// the message is cut, Sum appends and leaves the state alone, and Reset begins
// again.
func checkHash(t *testing.T, h hash.Hash, size, blockSize int, msg []byte, cuts ...int) {
	t.Helper()
	if h.Size() != size || h.BlockSize() != blockSize {
		t.Errorf("Size, BlockSize: got %d, %d, want %d, %d", h.Size(), h.BlockSize(), size, blockSize)
	}
	h.Reset()
	h.Write(msg)
	want := h.Sum(nil)
	for _, cut := range cuts {
		h.Reset()
		for rest := msg; len(rest) > 0; {
			n := min(cut, len(rest))
			if c, err := h.Write(rest[:n]); c != n || err != nil {
				t.Fatalf("Write: got %d, %v, want %d, nil", c, err, n)
			}
			h.Sum(nil)
			rest = rest[n:]
		}
		if got := h.Sum([]byte("prefix")); !bytes.Equal(got, append([]byte("prefix"), want...)) {
			t.Errorf("%d octets, %d at a time: got %x, want %x after a prefix", len(msg), cut, got, want)
		}
	}
}

func TestHash94Interface(t *testing.T) {
	for _, n := range []int{0, 1, 31, 32, 33, 64, 500} {
		checkHash(t, legacy.New94(), legacy.Size94, legacy.BlockSize94, message(n), 1, 7, 31, 32, 33, 500)
	}
}

func FuzzHash94(f *testing.F) {
	for _, n := range []int{0, 1, 32, 33, 100} {
		f.Add(message(n), uint(n/3))
	}
	f.Fuzz(func(t *testing.T, msg []byte, cut uint) {
		i := cut % uint(len(msg)+1)
		h := legacy.New94()
		h.Write(msg[:i])
		h.Sum(nil)
		h.Write(msg[i:])
		if got, want := h.Sum(nil), legacy.Sum94(msg); !bytes.Equal(got, want[:]) {
			t.Errorf("%x cut at %d: got %x, want %x", msg, i, got, want)
		}
	})
}

// Digests agree with those of OpenSSL at all lengths around the ends of
// blocks. The empty message is another matter: see finish.
func TestOpenSSLHash94(t *testing.T) {
	o := outside.NewOpenSSL(t)
	dir := t.TempDir()
	args := []string{"dgst", "-r", "-md_gost94"}
	for n := 1; n < 140; n++ {
		name := filepath.Join(dir, fmt.Sprint(n))
		if err := os.WriteFile(name, message(n + 1)[1:], 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, name)
	}
	lines := strings.Split(strings.TrimSpace(o.Run(args...)), "\n")
	if len(lines) != 139 {
		t.Fatalf("got %d lines, want 139", len(lines))
	}
	for i, line := range lines {
		want, _, _ := strings.Cut(line, " ")
		if got := legacy.Sum94(message(i + 2)[1:]); hex.EncodeToString(got[:]) != want {
			t.Errorf("%d octets: got %x, want %s", i+1, got, want)
		}
	}
}

// HMAC is crypto/hmac over the hash, as in password-based encryption of old.
func TestOpenSSLHMAC94(t *testing.T) {
	o := outside.NewOpenSSL(t)
	for _, n := range []int{1, 32, 100} {
		key, msg := random(byte(n), n), random(byte(n+1), 2*n)
		out := o.Run("dgst", "-md_gost94", "-mac", "hmac", "-macopt", fmt.Sprintf("hexkey:%x", key), outside.File(t, "msg", msg))
		_, want, _ := strings.Cut(strings.TrimSpace(out), "= ")
		mac := hmac.New(legacy.New94, key)
		mac.Write(msg)
		if got := fmt.Sprintf("%x", mac.Sum(nil)); got != want {
			t.Errorf("key of %d octets: got %s, want %s", n, got, want)
		}
	}
}

func BenchmarkHash94(b *testing.B) {
	msg := message(16 << 10)
	b.SetBytes(int64(len(msg)))
	b.ReportAllocs()
	for b.Loop() {
		legacy.Sum94(msg)
	}
}

func ExampleSum94() {
	fmt.Printf("%x\n", legacy.Sum94([]byte("abc")))
	// Output: b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c
}

func ExampleNew94() {
	h := legacy.New94()
	h.Write([]byte("a"))
	h.Write([]byte("bc"))
	fmt.Printf("%x\n", h.Sum(nil))
	// Output: b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c
}
