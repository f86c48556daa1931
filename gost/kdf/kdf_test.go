package kdf_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/pbkdf2"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"testing"

	"github.com/surguch/surguch/gost/kdf"
	"github.com/surguch/surguch/gost/streebog"
)

// octets are written in hexadecimal in the files of testdata.
type octets []byte

func (b *octets) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

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

func TestHMACExamples(t *testing.T) {
	var examples []struct {
		Source             string
		Bits               int
		Key, Message, Want octets
	}
	read(t, "rfc7836/hmac.json", &examples)
	for _, e := range examples {
		h := map[int]func() hash.Hash{256: streebog.New256, 512: streebog.New512}[e.Bits]
		mac := hmac.New(h, e.Key)
		mac.Write(e.Message)
		if got := mac.Sum(nil); !bytes.Equal(got, e.Want) {
			t.Errorf("%s: got %x, want %x", e.Source, got, []byte(e.Want))
		}
	}
}

type example struct {
	Source                 string
	Key, Label, Seed, Want octets
	R                      int
}

func TestExamples(t *testing.T) {
	var examples []example
	read(t, "rfc7836/kdf.json", &examples)
	if len(examples) != 2 {
		t.Fatalf("got %d examples, want 2", len(examples))
	}
	for _, e := range examples {
		if got := kdf.Tree(e.Key, e.Label, e.Seed, e.R, len(e.Want)); !bytes.Equal(got, e.Want) {
			t.Errorf("%s: got %x, want %x", e.Source, got, []byte(e.Want))
		}
	}
	e := examples[0]
	if got := kdf.GOSTR3411_2012_256(e.Key, e.Label, e.Seed); !bytes.Equal(got, e.Want) {
		t.Errorf("%s: got %x, want %x", e.Source, got, []byte(e.Want))
	}
}

// Counters and lengths of all sizes are as in a plain formula.
func TestTree(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	label, seed := []byte("label"), []byte("seed")
	for _, tc := range []struct {
		r, octets int
		length    []byte
	}{
		{1, 1, []byte{8}},
		{1, 31, []byte{0xf8}},
		{1, 32, []byte{1, 0}},
		{1, 33, []byte{1, 8}},
		{2, 100, []byte{3, 0x20}},
		{3, 64, []byte{2, 0}},
		{4, 8191, []byte{0xff, 0xf8}},
		{1, 255 * 32, []byte{0xff, 0}},
		{2, 256 * 32, []byte{1, 0, 0}},
	} {
		var want []byte
		for i := 1; len(want) < tc.octets; i++ {
			mac := hmac.New(streebog.New256, key)
			mac.Write([]byte{0, 0, byte(i >> 8), byte(i)}[4-tc.r:])
			fmt.Fprintf(mac, "label\x00seed%s", tc.length)
			want = mac.Sum(want)
		}
		want = want[:tc.octets]
		got := kdf.Tree(key, label, seed, tc.r, tc.octets)
		if !bytes.Equal(got, want) {
			t.Errorf("%d octets with a counter of %d: got %x, want %x", tc.octets, tc.r, got, want)
		}
		if cap(got) != len(got) {
			t.Errorf("%d octets: got room for %d, want none beyond", tc.octets, cap(got))
		}
	}
}

func TestTreeRefuses(t *testing.T) {
	for _, tc := range []struct {
		r, octets int
		want      string
	}{
		{0, 32, "kdf: tree: counter of 0 octets, want 1 to 4"},
		{5, 32, "kdf: tree: counter of 5 octets, want 1 to 4"},
		{-1, 32, "kdf: tree: counter of -1 octets, want 1 to 4"},
		{1, 0, "kdf: tree: 0 octets of keys with a counter of 1 octets"},
		{1, -1, "kdf: tree: -1 octets of keys with a counter of 1 octets"},
		{1, 255*32 + 1, "kdf: tree: 8161 octets of keys with a counter of 1 octets"},
		{2, 65535*32 + 1, "kdf: tree: 2097121 octets of keys with a counter of 2 octets"},
	} {
		func() {
			defer func() {
				if got := recover(); got != tc.want {
					t.Errorf("%d octets with a counter of %d: got panic %v, want %s", tc.octets, tc.r, got, tc.want)
				}
			}()
			kdf.Tree(make([]byte, 32), nil, nil, tc.r, tc.octets)
		}()
	}
}

// The arguments are left as they are, and none of them may be absent in the
// result: each changes it.
func TestTreeUsesAll(t *testing.T) {
	key, label, seed := make([]byte, 32), []byte("ab"), []byte("cd")
	seen := map[string]bool{}
	for _, out := range [][]byte{
		kdf.Tree(key, label, seed, 1, 32),
		kdf.Tree(append([]byte{1}, key[1:]...), label, seed, 1, 32),
		kdf.Tree(key, []byte("a"), []byte("bcd"), 1, 32),
		kdf.Tree(key, []byte("abc"), []byte("d"), 1, 32),
		kdf.Tree(key, label, seed, 2, 32),
		kdf.Tree(key, label, seed, 1, 64)[:32],
	} {
		seen[string(out)] = true
	}
	if len(seen) != 6 {
		t.Errorf("got %d different keys, want 6", len(seen))
	}
	if !bytes.Equal(key, make([]byte, 32)) || string(label) != "ab" || string(seed) != "cd" {
		t.Error("an argument has changed")
	}
}

func TestPBKDF2Examples(t *testing.T) {
	var examples []struct {
		Password, Salt, Key octets
		Iterations          int
	}
	read(t, "rfc9337/pbkdf2.json", &examples)
	done := 0
	for _, e := range examples {
		if e.Iterations > 4096 && os.Getenv("SURGUCH_LONG") == "" {
			continue // it takes minutes
		}
		done++
		got, err := pbkdf2.Key(streebog.New512, string(e.Password), e.Salt, e.Iterations, len(e.Key))
		if err != nil || !bytes.Equal(got, e.Key) {
			t.Errorf("password %q, salt %q, %d iterations: got %x, %v, want %x", e.Password, e.Salt, e.Iterations, got, err, []byte(e.Key))
		}
	}
	if done < 5 {
		t.Errorf("got %d examples, want at least 5", done)
	}
}

func BenchmarkTree(b *testing.B) {
	key, seed := make([]byte, 32), make([]byte, 8)
	b.ReportAllocs()
	for b.Loop() {
		kdf.Tree(key, []byte("kdf tree"), seed, 1, 64)
	}
}

func ExampleTree() {
	key := bytes.Repeat([]byte{0x42}, 32)
	keys := kdf.Tree(key, []byte("kdf tree"), []byte{1, 2, 3, 4, 5, 6, 7, 8}, 1, 64)
	mac, enc := keys[:32], keys[32:]
	fmt.Printf("%x\n%x\n", mac, enc)
	// Output:
	// da970a438aad8f82198e4871145a2d91f075fc3d166f64399e09fcd37634a7f4
	// d51cb43422071a9fb7bcd9d7f9b14507fcbc40cf90a9ce619be77714c4215090
}

func Example() {
	key, _ := hex.DecodeString("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	label, seed := []byte{0x26, 0xbd, 0xb8, 0x78}, []byte{0xaf, 0x21, 0x43, 0x41, 0x45, 0x65, 0x63, 0x78}
	fmt.Printf("%x\n", kdf.GOSTR3411_2012_256(key, label, seed))
	// Output: a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9
}

// A key from a password: PBKDF2 with HMAC over Streebog of 512 bits.
func Example_password() {
	key, err := pbkdf2.Key(streebog.New512, "password", []byte("salt"), 4096, 32)
	if err != nil {
		panic(err)
	}
	fmt.Printf("%x\n", key)
	// Output: e52deb9a2d2aaff4e2ac9d47a41f34c20376591c67807f0477e32549dc341bc7
}
