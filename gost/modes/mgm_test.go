package modes_test

import (
	"bytes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"math/big"
	"testing"

	"github.com/surguch/surguch/gost/kuznyechik"
	"github.com/surguch/surguch/gost/magma"
	"github.com/surguch/surguch/gost/modes"
)

type mgmExample struct {
	Source, Cipher                                         string
	Key, Nonce, AdditionalData, Plaintext, Ciphertext, Tag octets
}

func mgmExamples(t testing.TB) (examples []mgmExample) {
	t.Helper()
	read(t, "rfc9058/mgm.json", &examples)
	if len(examples) != 4 {
		t.Fatalf("got %d examples, want 4", len(examples))
	}
	return examples
}

func newMGM(t testing.TB, b cipher.Block) cipher.AEAD {
	t.Helper()
	aead, err := modes.NewMGM(b)
	if err != nil {
		t.Fatal(err)
	}
	return aead
}

func TestMGMExamples(t *testing.T) {
	for _, e := range mgmExamples(t) {
		aead := newMGM(t, block(t, ciphers[e.Cipher], e.Key))
		sealed := concat(e.Ciphertext, e.Tag)
		if got := aead.Seal(nil, e.Nonce, e.Plaintext, e.AdditionalData); !bytes.Equal(got, sealed) {
			t.Errorf("%s: seal: got %x, want %x", e.Source, got, sealed)
		}
		got, err := aead.Open(nil, e.Nonce, sealed, e.AdditionalData)
		if err != nil || !bytes.Equal(got, e.Plaintext) {
			t.Errorf("%s: open: got %x, %v, want %x", e.Source, got, err, []byte(e.Plaintext))
		}
	}
}

// plainMGM is the mode as RFC 9058 describes it, with numbers of any size.
func plainMGM(b cipher.Block, nonce, p, a []byte) []byte {
	n := b.BlockSize()
	half := new(big.Int).Lsh(big.NewInt(1), uint(4*n)) // 2^(n/2)
	encrypt := func(x []byte) []byte {
		y := make([]byte, n)
		b.Encrypt(y, x)
		return y
	}
	count := func(x []byte, by int) []byte { // half of a block, which counts
		sum := new(big.Int).Add(number(x), big.NewInt(int64(by)))
		return sum.Mod(sum, half).FillBytes(make([]byte, n/2))
	}

	y := encrypt(nonce)
	var c []byte
	for i := 0; i*n < len(p); i++ {
		stream := encrypt(concat(y[:n/2], count(y[n/2:], i)))
		part := p[i*n : min(len(p), (i+1)*n)]
		piece := make([]byte, len(part))
		subtle.XORBytes(piece, part, stream)
		c = append(c, piece...)
	}

	z := encrypt(concat([]byte{nonce[0] | 0x80}, nonce[1:]))
	pad := func(x []byte) []byte { return concat(x, make([]byte, (n-len(x)%n)%n)) }
	lengths := binary.BigEndian.AppendUint64(nil, uint64(8*len(a)))
	lengths = binary.BigEndian.AppendUint64(lengths, uint64(8*len(c)))
	if n == 8 {
		lengths = concat(lengths[4:8], lengths[12:])
	}
	all := concat(pad(a), pad(c), lengths)
	sum := new(big.Int)
	for i := 0; i*n < len(all); i++ {
		h := encrypt(concat(count(z[:n/2], i), z[n/2:]))
		sum.Xor(sum, times(number(h), number(all[i*n:(i+1)*n]), n))
	}
	return append(c, encrypt(sum.FillBytes(make([]byte, n)))...)
}

func TestMGMPlain(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		for _, b := range []cipher.Block{block(t, c, key), block(t, oneByOne(c), key)} {
			aead := newMGM(t, b)
			for i, size := range []int{0, 1, n - 1, n, n + 1, 2 * n, 511, 512, 513, 1200} {
				for _, more := range []int{0, 1, n, n + 1, 600} {
					if size+more == 0 {
						continue
					}
					nonce, p, a := random(i, n), random(i+1, size), random(i+2, more)
					nonce[0] &= 0x7f
					want := plainMGM(b, nonce, p, a)
					if got := aead.Seal(nil, nonce, p, a); !bytes.Equal(got, want) {
						t.Fatalf("%d octets and %d: got %x, want %x", size, more, got, want)
					}
					got, err := aead.Open(nil, nonce, want, a)
					if err != nil || !bytes.Equal(got, p) {
						t.Errorf("%d octets and %d: open: got %x, %v, want %x", size, more, got, err, p)
					}
				}
			}
		}
	})
}

// The halves of counters go from all ones to zero, and leave the other halves
// as they are: shown by a cipher that changes nothing. With it, the products
// are of all kinds of numbers as well.
func TestMGMCounters(t *testing.T) {
	for _, n := range []int{8, 16} {
		aead := newMGM(t, identity(n))
		nonces := [][]byte{make([]byte, n), concat([]byte{0x7f}, bytes.Repeat([]byte{0xff}, n-1))}
		for i := range 40 {
			nonce := random(i, n)
			nonce[0] &= 0x7f
			nonces = append(nonces, nonce)
		}
		for _, nonce := range nonces {
			p, a := random(1, 5*n-1), random(2, 3*n+1)
			if got, want := aead.Seal(nil, nonce, p, a), plainMGM(identity(n), nonce, p, a); !bytes.Equal(got, want) {
				t.Errorf("nonce %x: got %x, want %x", nonce, got, want)
			}
		}
	}
}

func TestMGMForged(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		aead := newMGM(t, block(t, c, key))
		nonce, p, a := make([]byte, n), random(1, 20), random(2, 5)
		sealed := aead.Seal(nil, nonce, p, a)
		const want = "modes: MGM: message authentication failed"
		refused := func(what string, nonce, sealed, a []byte) {
			t.Helper()
			dst := bytes.Repeat([]byte{0x55}, 30)
			got, err := aead.Open(dst[:3], nonce, sealed, a)
			if got != nil || err == nil || err.Error() != want {
				t.Errorf("%s: got %x, %v, want %s", what, got, err, want)
			}
			if !bytes.Equal(dst, bytes.Repeat([]byte{0x55}, 30)) {
				t.Errorf("%s: something is written to dst", what)
			}
		}
		flip := func(p []byte, bit int) []byte {
			p = bytes.Clone(p)
			p[bit/8] ^= 0x80 >> (bit % 8)
			return p
		}
		for bit := range 8 * len(sealed) {
			refused("a bit of the ciphertext or tag", nonce, flip(sealed, bit), a)
		}
		for bit := range 8 * len(a) {
			refused("a bit of the additional data", nonce, sealed, flip(a, bit))
		}
		for bit := 1; bit < 8*n; bit++ {
			refused("a bit of the nonce", flip(nonce, bit), sealed, a)
		}
		for size := range sealed {
			refused("cut", nonce, sealed[:size], a)
		}
		refused("zeros at the end", nonce, append(bytes.Clone(sealed), 0), a)
		refused("zeros at the end of the additional data", nonce, sealed, append(bytes.Clone(a), 0))
		refused("no additional data", nonce, sealed, nil)
		refused("a tag for nothing", nonce, nil, a)
		other := newMGM(t, block(t, c, random(9, 32)))
		if got, err := other.Open(nil, nonce, sealed, a); got != nil || err == nil {
			t.Errorf("another key: got %x, %v", got, err)
		}
	})
}

func TestMGMRefuses(t *testing.T) {
	if aead, err := modes.NewMGM(identity(12)); aead != nil || err == nil || err.Error() != "modes: MGM: block of 12 octets, want 8 or 16" {
		t.Errorf("got %v, %v", aead, err)
	}
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		aead := newMGM(t, block(t, c, key))
		if aead.NonceSize() != n || aead.Overhead() != n {
			t.Errorf("NonceSize, Overhead: got %d, %d, want %d", aead.NonceSize(), aead.Overhead(), n)
		}
		nonce, text := make([]byte, n), []byte("text")
		sealed := aead.Seal(nil, nonce, text, nil)

		for _, size := range []int{0, n - 1, n + 1, 24} {
			want := fmt.Sprintf("modes: MGM: nonce of %d octets, want %d", size, n)
			if got := panics(func() { aead.Seal(nil, make([]byte, size), text, nil) }); got != want {
				t.Errorf("seal: got panic %v, want %s", got, want)
			}
			if got := panics(func() { aead.Open(nil, make([]byte, size), sealed, nil) }); got != want {
				t.Errorf("open: got panic %v, want %s", got, want)
			}
		}

		top := concat([]byte{0x80}, nonce[1:])
		want := "modes: MGM: the first bit of the nonce is not 0"
		if got := panics(func() { aead.Seal(nil, top, text, nil) }); got != want {
			t.Errorf("seal: got panic %v, want %s", got, want)
		}
		if got, err := aead.Open(nil, top, sealed, nil); got != nil || err == nil || err.Error() != want {
			t.Errorf("open: got %v, %v, want %s", got, err, want)
		}

		want = "modes: MGM: neither text nor additional data"
		if got := panics(func() { aead.Seal(nil, nonce, nil, nil) }); got != want {
			t.Errorf("seal: got panic %v, want %s", got, want)
		}
		if got, err := aead.Open(nil, nonce, make([]byte, n), nil); got != nil || err == nil || err.Error() != want {
			t.Errorf("open: got %v, %v, want %s", got, err, want)
		}

		limit := map[int]uint64{8: 1 << 29, 16: 1 << 61}[n]
		if err := modes.CheckLength(n, limit-1); err != nil {
			t.Errorf("%d octets: got %v", limit-1, err)
		}
		want = "modes: MGM: text and additional data are too long"
		if err := modes.CheckLength(n, limit); err == nil || err.Error() != want {
			t.Errorf("%d octets: got %v, want %s", limit, err, want)
		}
	})
}

func TestMGMBuffers(t *testing.T) {
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		aead := newMGM(t, block(t, c, key))
		nonce, p, a := make([]byte, n), random(1, 50), random(2, 5)
		sealed := aead.Seal(nil, nonce, p, a)

		// After what dst has, with room for more and without.
		for _, room := range []int{0, 200} {
			dst := append(make([]byte, 0, 6+room), "before"...)
			got := aead.Seal(dst, nonce, p, a)
			if !bytes.Equal(got, concat([]byte("before"), sealed)) {
				t.Errorf("seal: got %x", got)
			}
			if (room > 0) != (&got[0] == &dst[0]) {
				t.Error("seal: room is left unused")
			}
			got, err := aead.Open(dst, nonce, sealed, a)
			if err != nil || !bytes.Equal(got, concat([]byte("before"), p)) {
				t.Errorf("open: got %x, %v", got, err)
			}
		}
		// In place.
		buf := append(make([]byte, 0, 50+n), p...)
		if got := aead.Seal(buf[:0], nonce, buf, a); !bytes.Equal(got, sealed) || &got[0] != &buf[0] {
			t.Errorf("seal in place: got %x, want %x", got, sealed)
		}
		buf = buf[:50+n]
		if got, err := aead.Open(buf[:0], nonce, buf, a); err != nil || !bytes.Equal(got, p) || &got[0] != &buf[0] {
			t.Errorf("open in place: got %x, %v, want %x", got, err, p)
		}
		// A nonce in the way of the output.
		long := append(make([]byte, 0, 200), nonce...)
		if got := aead.Seal(long[:0], long[:n], p, a); !bytes.Equal(got, sealed) {
			t.Errorf("seal over the nonce: got %x, want %x", got, sealed)
		}

		const inPart = "modes: MGM: input and output overlap in part"
		const additional = "modes: MGM: output and additional data overlap"
		buf = make([]byte, 200)
		sealedIn := func(at int) []byte { copy(buf[at:], sealed); return buf[at : at+len(sealed)] }
		for _, tc := range []struct {
			name, want string
			f          func()
		}{
			{"seal before", inPart, func() { aead.Seal(buf[:0], nonce, buf[1:51], a) }},
			{"seal behind", inPart, func() { aead.Seal(buf[1:1], nonce, buf[:50], a) }},
			{"tag", inPart, func() { aead.Seal(buf[:0], nonce, buf[49+n:99+n], a) }},
			{"open before", inPart, func() { aead.Open(buf[:0], nonce, sealedIn(1), a) }},
			{"open over the tag", inPart, func() { aead.Open(buf[50:50], nonce, sealedIn(0), a) }},
			{"seal", additional, func() { aead.Seal(buf[:0], nonce, p, buf[49+n:60+n]) }},
			{"open", additional, func() { aead.Open(buf[:0], nonce, sealed, buf[49:60]) }},
		} {
			if got := panics(tc.f); got != tc.want {
				t.Errorf("%s: got panic %v, want %s", tc.name, got, tc.want)
			}
		}
		if got := panics(func() {
			aead.Seal(buf[:0], nonce, buf[50+n:100+n], buf[100+n:120])
			aead.Seal(buf[50:50], nonce, buf[:50], nil)
		}); got != nil {
			t.Errorf("neighbours: got panic %v", got)
		}
	})
}

func ExampleNewMGM() {
	block, err := kuznyechik.New(bytes.Repeat([]byte{0x42}, kuznyechik.KeySize))
	if err != nil {
		panic(err)
	}
	aead, err := modes.NewMGM(block)
	if err != nil {
		panic(err)
	}

	nonce := make([]byte, aead.NonceSize()) // of crypto/rand, or counted
	nonce[15] = 1
	nonce[0] &= 0x7f // its first bit is 0
	sealed := aead.Seal(nil, nonce, []byte("text"), []byte("additional data"))

	text, err := aead.Open(nil, nonce, sealed, []byte("additional data"))
	fmt.Printf("%s, %v\n", text, err)
	_, err = aead.Open(nil, nonce, sealed, []byte("other data"))
	fmt.Println(err)
	// Output:
	// text, <nil>
	// modes: MGM: message authentication failed
}

func FuzzMGM(f *testing.F) {
	for _, e := range mgmExamples(f) {
		f.Add([]byte(e.Key), []byte(e.Nonce), []byte(e.Plaintext), []byte(e.AdditionalData))
		f.Add([]byte(e.Key), []byte(e.Nonce), concat(e.Ciphertext, e.Tag), []byte(e.AdditionalData))
	}
	f.Fuzz(func(t *testing.T, key, nonce, text, a []byte) {
		if len(key) != modes.KeySize || len(nonce) != magma.BlockSize && len(nonce) != kuznyechik.BlockSize {
			return
		}
		c := magma.New
		if len(nonce) == kuznyechik.BlockSize {
			c = kuznyechik.New
		}
		b := block(t, c, key)
		aead := newMGM(t, b)
		if got, err := aead.Open(nil, nonce, text, a); err == nil {
			// What is authentic is what Seal makes.
			if again := aead.Seal(nil, nonce, got, a); !bytes.Equal(again, text) {
				t.Errorf("open %x, seal again: got %x", text, again)
			}
		}
		if nonce[0] > 0x7f || len(text)+len(a) == 0 {
			return
		}
		sealed := aead.Seal(nil, nonce, text, a)
		if want := plainMGM(b, nonce, text, a); !bytes.Equal(sealed, want) {
			t.Errorf("seal: got %x, want %x", sealed, want)
		}
		got, err := aead.Open(nil, nonce, sealed, a)
		if err != nil || !bytes.Equal(got, text) {
			t.Errorf("open what is sealed: got %x, %v, want %x", got, err, text)
		}
	})
}
