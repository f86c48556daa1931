package legacy_test

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"log"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"github.com/surguch/surguch/gost/legacy"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// random returns n octets that are the same in every run.
func random(seed byte, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func TestParamSets(t *testing.T) {
	var got []string
	for _, s := range legacy.ParamSets() {
		got = append(got, fmt.Sprint(s.Name(), " ", s.OID()))
		if found := legacy.ParamSetByOID(s.OID()); found != s {
			t.Errorf("%v: got another set", s.OID())
		}
		s.OID()[0] = 9 // a copy
	}
	want := []string{
		"CryptoPro-A 1.2.643.2.2.31.1", "CryptoPro-B 1.2.643.2.2.31.2", "CryptoPro-C 1.2.643.2.2.31.3",
		"CryptoPro-D 1.2.643.2.2.31.4", "tc26-Z 1.2.643.7.1.2.5.1.1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, id := range []asn1.ObjectIdentifier{nil, {1, 2, 643, 2, 2, 31, 0}} {
		if s := legacy.ParamSetByOID(id); s != nil {
			t.Errorf("%v: got %s, want none", id, s.Name())
		}
	}
}

// With tc26-Z the cipher is Magma, whose octets are in the other order: those
// of a block, and those of each word of a key.
func TestMagma(t *testing.T) {
	for seed := range byte(20) {
		key, want := random(seed, legacy.KeySize), random(seed+100, legacy.BlockSize)
		c, err := legacy.NewCipher(key, legacy.ParamSetZ())
		if err != nil {
			t.Fatal(err)
		}
		for word := range slices.Chunk(key, 4) {
			slices.Reverse(word)
		}
		m, err := magma.New(key)
		if err != nil {
			t.Fatal(err)
		}
		got := bytes.Clone(want)
		slices.Reverse(got)
		c.Encrypt(got, got)
		slices.Reverse(got)
		m.Encrypt(want, want)
		if !bytes.Equal(got, want) {
			t.Errorf("key %x: got %x, want %x", key, got, want)
		}
	}
}

func TestCipher(t *testing.T) {
	key := random(1, legacy.KeySize)
	for _, s := range allSets() {
		c, err := legacy.NewCipher(key, s)
		if err != nil {
			t.Fatal(err)
		}
		if c.BlockSize() != legacy.BlockSize {
			t.Errorf("BlockSize: got %d, want %d", c.BlockSize(), legacy.BlockSize)
		}
		src := random(2, 20)
		before, dst := bytes.Clone(src), make([]byte, 10)
		c.Encrypt(dst, src)
		if !bytes.Equal(src, before) || !bytes.Equal(dst[8:], make([]byte, 2)) {
			t.Errorf("%s: Encrypt writes where it should not", s.Name())
		}
		back := make([]byte, 8)
		c.Decrypt(back, dst)
		if !bytes.Equal(back, src[:8]) {
			t.Errorf("%s: Decrypt: got %x, want %x", s.Name(), back, src[:8])
		}
		// Source and destination may overlap in any way.
		for shift := range 9 {
			buf := bytes.Clone(src)
			c.Encrypt(buf[shift:], buf)
			if !bytes.Equal(buf[shift:shift+8], dst[:8]) {
				t.Errorf("%s: Encrypt %d octets further: got %x, want %x", s.Name(), shift, buf[shift:shift+8], dst[:8])
			}
		}
	}
}

func TestCipherMisuse(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		want := fmt.Sprintf("legacy: GOST 28147-89: key of %d octets, want 32", n)
		if c, err := legacy.NewCipher(make([]byte, n), legacy.ParamSetA()); err == nil || err.Error() != want {
			t.Errorf("NewCipher: got %v, %v, want error %q", c, err, want)
		}
		if c, err := legacy.NewMAC(make([]byte, n), legacy.ParamSetA()); c != nil || err == nil || err.Error() != want {
			t.Errorf("NewMAC: got %v, %v, want error %q", c, err, want)
		}
		if c, err := legacy.NewCFBDecrypter(make([]byte, n), make([]byte, 8), legacy.ParamSetA()); c != nil || err == nil || err.Error() != want {
			t.Errorf("NewCFBDecrypter: got %v, %v, want error %q", c, err, want)
		}
	}
	c, err := legacy.NewCipher(make([]byte, 32), legacy.ParamSetA())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := legacy.NewCFBDecrypter(make([]byte, 32), make([]byte, 8), legacy.ParamSetA())
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]func(dst, src []byte){"Encrypt": c.Encrypt, "Decrypt": c.Decrypt} {
		mustPanic(t, name, "legacy: input not full block", func() { f(make([]byte, 8), make([]byte, 7)) })
		mustPanic(t, name, "legacy: output not full block", func() { f(make([]byte, 7), make([]byte, 8)) })
	}
	mustPanic(t, "XORKeyStream", "legacy: output smaller than input", func() { stream.XORKeyStream(make([]byte, 7), make([]byte, 8)) })
}

func mustPanic(t *testing.T, name, want string, f func()) {
	t.Helper()
	defer func() {
		if got := recover(); got != want {
			t.Errorf("%s: got panic %v, want %q", name, got, want)
		}
	}()
	f()
}

// differ returns the index of the first octet in which two messages differ.
func differ(a, b []byte) int {
	for i := range a {
		if a[i] != b[i] {
			return i
		}
	}
	return len(a)
}

func TestCFB(t *testing.T) {
	var vectors []struct {
		Set                string
		Key, IV, Encrypted octets
	}
	readJSON(t, "testdata/openssl/cfb.json", &vectors)
	if len(vectors) != len(allSets()) {
		t.Errorf("got %d vectors, want one for each of %d sets", len(vectors), len(allSets()))
	}
	for _, v := range vectors {
		want := message(len(v.Encrypted))
		for _, cut := range []int{1, 7, 8, 9, 1023, 1024, 1025, len(want)} {
			stream, err := legacy.NewCFBDecrypter(v.Key, v.IV, setNamed(t, v.Set))
			if err != nil {
				t.Fatal(err)
			}
			got := bytes.Clone(v.Encrypted)
			for part := range slices.Chunk(got, cut) {
				stream.XORKeyStream(part, part)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s, %d octets at a time: octet %d and others differ from the message", v.Set, cut, differ(got, want))
			}
		}
	}
	for _, n := range []int{0, 7, 9, 16} {
		want := fmt.Sprintf("legacy: CFB: initial value of %d octets, want 8", n)
		if s, err := legacy.NewCFBDecrypter(make([]byte, 32), make([]byte, n), legacy.ParamSetA()); s != nil || err == nil || err.Error() != want {
			t.Errorf("got %v, %v, want error %q", s, err, want)
		}
	}
}

// Neither the key nor the initial value is kept, and source and destination
// may be apart.
func TestCFBKeepsNothing(t *testing.T) {
	key, iv, src := random(1, 32), random(2, 8), random(3, 3000)
	before := bytes.Clone(src)
	a, err := legacy.NewCFBDecrypter(key, iv, legacy.ParamSetD())
	if err != nil {
		t.Fatal(err)
	}
	b, err := legacy.NewCFBDecrypter(key, iv, legacy.ParamSetD())
	if err != nil {
		t.Fatal(err)
	}
	clear(key)
	clear(iv)
	apart := make([]byte, len(src)+1)
	a.XORKeyStream(apart, src)
	if !bytes.Equal(src, before) || apart[len(src)] != 0 {
		t.Error("XORKeyStream writes where it should not")
	}
	b.XORKeyStream(src, src)
	if !bytes.Equal(src, apart[:len(src)]) {
		t.Error("the result depends on where it goes")
	}
}

// A stream does not depend on how the message is cut.
func FuzzCFB(f *testing.F) {
	f.Add(message(32), message(8), message(1100), uint(100), uint(1))
	f.Add(message(32), message(8), message(30), uint(8), uint(4))
	f.Fuzz(func(t *testing.T, key, iv, msg []byte, cut, set uint) {
		s := allSets()[set%6]
		a, err := legacy.NewCFBDecrypter(key, iv, s)
		if (err == nil) != (len(key) == legacy.KeySize && len(iv) == legacy.BlockSize) {
			t.Fatalf("key of %d, initial value of %d octets: got %v", len(key), len(iv), err)
		}
		if err != nil {
			return
		}
		b, err := legacy.NewCFBDecrypter(key, iv, s)
		if err != nil {
			t.Fatal(err)
		}
		i := cut % uint(len(msg)+1)
		got, want := make([]byte, len(msg)), make([]byte, len(msg))
		a.XORKeyStream(want, msg)
		b.XORKeyStream(got[:i], msg[:i])
		b.XORKeyStream(got[i:], msg[i:])
		if !bytes.Equal(got, want) {
			t.Errorf("cut at %d: got %x, want %x", i, got, want)
		}
	})
}

// What OpenSSL encrypts with keys and messages of this run is decrypted.
func TestOpenSSLCFB(t *testing.T) {
	o := outside.NewOpenSSL(t)
	names := map[string]string{
		"CryptoPro-A": "id-Gost28147-89-CryptoPro-A-ParamSet", "CryptoPro-B": "id-Gost28147-89-CryptoPro-B-ParamSet",
		"CryptoPro-C": "id-Gost28147-89-CryptoPro-C-ParamSet", "CryptoPro-D": "id-Gost28147-89-CryptoPro-D-ParamSet",
		"tc26-Z": "id-tc26-gost-28147-param-Z", "test": "id-Gost28147-89-TestParamSet",
	}
	for i, s := range allSets() {
		t.Setenv("CRYPT_PARAMS", names[s.Name()])
		key, iv, want := random(byte(i), 32), random(byte(i+10), 8), random(byte(i+20), 5000+i)
		out := filepath.Join(t.TempDir(), "out")
		o.Run("enc", "-gost89", "-K", fmt.Sprintf("%x", key), "-iv", fmt.Sprintf("%x", iv),
			"-in", outside.File(t, "in", want), "-out", out)
		got := readFile(t, out)
		stream, err := legacy.NewCFBDecrypter(key, iv, s)
		if err != nil {
			t.Fatal(err)
		}
		stream.XORKeyStream(got, got)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: octet %d and others differ from what OpenSSL encrypted", s.Name(), differ(got, want))
		}
	}
}

func BenchmarkCFB(b *testing.B) {
	stream, err := legacy.NewCFBDecrypter(make([]byte, 32), make([]byte, 8), legacy.ParamSetZ())
	if err != nil {
		b.Fatal(err)
	}
	msg := message(16 << 10)
	b.SetBytes(int64(len(msg)))
	for b.Loop() {
		stream.XORKeyStream(msg, msg)
	}
}

func ExampleNewCipher() {
	key := make([]byte, legacy.KeySize)
	c, err := legacy.NewCipher(key, legacy.ParamSetZ())
	if err != nil {
		log.Fatal(err)
	}
	text := make([]byte, legacy.BlockSize)
	c.Decrypt(text, text)
	fmt.Printf("%x\n", text)
	// Output: 596672814abdb678
}

func ExampleNewCFBDecrypter() {
	key := []byte("thirty-two octets of a session k")
	iv := []byte("8 octets")
	stream, err := legacy.NewCFBDecrypter(key, iv, legacy.ParamSetA())
	if err != nil {
		log.Fatal(err)
	}
	text, err := hex.DecodeString("b1f99c4b4a5328dca3771e950b5500ad3b8ad860a31be41f44eeede10a1ee41bcd138b")
	if err != nil {
		log.Fatal(err)
	}
	stream.XORKeyStream(text, text)
	fmt.Printf("%s\n", text)
	// Output: a long secret text, of the old days
}
