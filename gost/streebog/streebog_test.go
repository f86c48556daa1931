package streebog_test

import (
	"bytes"
	"encoding"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"os"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/gost/streebog"
)

// hashes are the two functions.
var hashes = []struct {
	name string
	size int
	new  func() hash.Hash
	sum  func([]byte) []byte
}{
	{"256", streebog.Size256, streebog.New256, func(b []byte) []byte { s := streebog.Sum256(b); return s[:] }},
	{"512", streebog.Size512, streebog.New512, func(b []byte) []byte { s := streebog.Sum512(b); return s[:] }},
}

type vector struct{ Name, Message, Digest256, Digest512 string }

func vectors(t testing.TB) []vector {
	t.Helper()
	var all []vector
	for _, dir := range []string{"rfc6986", "gost-engine"} {
		b, err := os.ReadFile(filepath.Join("testdata", dir, "vectors.json"))
		if err != nil {
			t.Fatal(err)
		}
		var some []vector
		if err := json.Unmarshal(b, &some); err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		msg, err := hex.DecodeString(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hashes {
			want := map[string]string{"256": v.Digest256, "512": v.Digest512}[h.name]
			if got := hex.EncodeToString(h.sum(msg)); got != want {
				t.Errorf("Sum%s of %s: got %s, want %s", h.name, v.Name, got, want)
			}
			d := h.new()
			d.Write(msg)
			if got := hex.EncodeToString(d.Sum(nil)); got != want {
				t.Errorf("New%s of %s: got %s, want %s", h.name, v.Name, got, want)
			}
		}
	}
}

// message returns n octets that are not all alike.
func message(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*i + i>>3)
	}
	return b
}

func TestHash(t *testing.T) {
	for _, h := range hashes {
		t.Run(h.name, func(t *testing.T) {
			d := h.new()
			if d.Size() != h.size || d.BlockSize() != streebog.BlockSize {
				t.Errorf("Size, BlockSize: got %d, %d, want %d, %d", d.Size(), d.BlockSize(), h.size, streebog.BlockSize)
			}

			msg := message(1000)
			want := h.sum(msg)
			// Split in all ways around the ends of blocks.
			for _, first := range []int{0, 1, 63, 64, 65, 127, 128, 129, 500, 1000} {
				for _, step := range []int{1, 7, 63, 64, 65, 1000} {
					d.Reset()
					write(t, d, msg[:first])
					for rest := msg[first:]; len(rest) > 0; {
						n := min(step, len(rest))
						write(t, d, rest[:n])
						rest = rest[n:]
					}
					if got := d.Sum(nil); !bytes.Equal(got, want) {
						t.Errorf("%d octets, then %d at a time: got %x, want %x", first, step, got, want)
					}
				}
			}

			// Sum appends, leaves the state alone, and can be repeated.
			d.Reset()
			write(t, d, msg[:100])
			prefix := []byte("prefix")
			if got, want := d.Sum(prefix), append([]byte("prefix"), h.sum(msg[:100])...); !bytes.Equal(got, want) {
				t.Errorf("Sum with a prefix: got %x, want %x", got, want)
			}
			write(t, d, msg[100:])
			if got := d.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("Write after Sum: got %x, want %x", got, want)
			}
			if got := d.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("Sum again: got %x, want %x", got, want)
			}
			d.Reset()
			if got, want := d.Sum(nil), h.sum(nil); !bytes.Equal(got, want) {
				t.Errorf("after Reset: got %x, want %x", got, want)
			}
		})
	}
}

func write(t *testing.T, h hash.Hash, p []byte) {
	t.Helper()
	before := bytes.Clone(p)
	if n, err := h.Write(p); n != len(p) || err != nil {
		t.Fatalf("Write: got %d, %v, want %d, nil", n, err, len(p))
	}
	if !bytes.Equal(p, before) {
		t.Fatal("Write changes its argument")
	}
}

func TestState(t *testing.T) {
	msg := message(300)
	for _, h := range hashes {
		for _, n := range []int{0, 1, 63, 64, 65, 128, 200} {
			d := h.new()
			d.Write(msg[:n])
			state, err := d.(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			appended, err := d.(encoding.BinaryAppender).AppendBinary([]byte("prefix"))
			if err != nil || !bytes.Equal(appended, append([]byte("prefix"), state...)) {
				t.Errorf("%s: AppendBinary after %d octets: got %x, %v, want the state appended", h.name, n, appended, err)
			}
			// A state does not depend on what stood in the buffer before.
			other := h.new()
			other.Write(message(500))
			if err := other.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
				t.Fatal(err)
			}
			again, err := other.(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil || !bytes.Equal(again, state) {
				t.Errorf("%s: state after %d octets: got %x, %v, want %x", h.name, n, again, err, state)
			}
			other.Write(msg[n:])
			if got, want := other.Sum(nil), h.sum(msg); !bytes.Equal(got, want) {
				t.Errorf("%s: resumed after %d octets: got %x, want %x", h.name, n, got, want)
			}
		}
	}
}

// A clone and its original go separate ways.
func TestClone(t *testing.T) {
	msg := message(300)
	for _, h := range hashes {
		for _, n := range []int{0, 1, 64, 200} {
			d := h.new()
			d.Write(msg[:n])
			clone, err := d.(hash.Cloner).Clone()
			if err != nil {
				t.Fatal(err)
			}
			d.Write([]byte("original"))
			clone.Write(msg[n:])
			if got, want := clone.Sum(nil), h.sum(msg); !bytes.Equal(got, want) {
				t.Errorf("%s: clone after %d octets: got %x, want %x", h.name, n, got, want)
			}
			if got, want := d.Sum(nil), h.sum(append(bytes.Clone(msg[:n]), "original"...)); !bytes.Equal(got, want) {
				t.Errorf("%s: original after %d octets: got %x, want %x", h.name, n, got, want)
			}
		}
	}
}

// The number of bits goes beyond a word, though no test writes so much: states
// that differ in such a length alone give different digests.
func TestLongLength(t *testing.T) {
	for _, h := range hashes {
		state, err := h.new().(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		long := bytes.Clone(state)
		long[len(long)-8] = 0x20 // 2^61 octets, 2^64 bits
		d := h.new()
		if err := d.(encoding.BinaryUnmarshaler).UnmarshalBinary(long); err != nil {
			t.Fatal(err)
		}
		if bytes.Equal(d.Sum(nil), h.sum(nil)) {
			t.Errorf("%s: 2^61 octets hash as none", h.name)
		}
	}
}

func TestStateRefused(t *testing.T) {
	var states [][]byte
	for _, h := range hashes {
		state, err := h.new().(encoding.BinaryMarshaler).MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, state)
	}
	for i, h := range hashes {
		good := states[i]
		magic := bytes.Clone(good)
		magic[0] ^= 1
		// The state and the sum of blocks before there is a block.
		state, sum := bytes.Clone(good), bytes.Clone(good)
		state[len("streebog")+2] ^= 1
		sum[len("streebog")+2+streebog.BlockSize] ^= 1
		for _, tc := range []struct {
			name  string
			state []byte
		}{
			{"empty", nil},
			{"short", good[1:]},
			{"long", append(bytes.Clone(good), 0)},
			{"of the other size", states[1-i]},
			{"of another kind", magic},
			{"with a state of nothing", state},
			{"with a sum of nothing", sum},
		} {
			d := h.new()
			d.Write([]byte("kept"))
			if err := d.(encoding.BinaryUnmarshaler).UnmarshalBinary(tc.state); err == nil {
				t.Errorf("%s: %s: got no error", h.name, tc.name)
			}
			if got, want := d.Sum(nil), h.sum([]byte("kept")); !bytes.Equal(got, want) {
				t.Errorf("%s: %s: hash has changed", h.name, tc.name)
			}
		}
	}
}

func TestAllocations(t *testing.T) {
	msg := message(200)
	if n := testing.AllocsPerRun(10, func() { streebog.Sum256(msg); streebog.Sum512(msg) }); n != 0 {
		t.Errorf("Sum: got %v allocations, want 0", n)
	}
	for _, h := range hashes {
		d, sum := h.new(), make([]byte, 0, h.size)
		if n := testing.AllocsPerRun(10, func() { d.Reset(); d.Write(msg); d.Sum(sum) }); n != 0 {
			t.Errorf("%s: Write and Sum: got %v allocations, want 0", h.name, n)
		}
	}
}

// The digest does not depend on how the message is cut, nor on a stop in the
// middle of it.
func FuzzStreebog(f *testing.F) {
	for _, v := range vectors(f) {
		msg, err := hex.DecodeString(v.Message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(msg, uint(len(msg)/3), uint(64))
	}
	f.Fuzz(func(t *testing.T, msg []byte, a, b uint) {
		for _, h := range hashes {
			want := h.sum(msg)
			i := a % uint(len(msg)+1)
			j := i + b%uint(len(msg)+1-int(i))
			d := h.new()
			d.Write(msg[:i])
			d.Write(msg[i:j])
			state, err := d.(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			d.Sum(nil)
			d = h.new()
			if err := d.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
				t.Fatal(err)
			}
			d.Write(msg[j:])
			if got := d.Sum(nil); !bytes.Equal(got, want) {
				t.Errorf("%s of %x in %d, %d: got %x, want %x", h.name, msg, i, j, got, want)
			}
		}
	})
}

// A state that is read is written the same, but for octets of the buffer that
// are not in use.
func FuzzUnmarshalBinary(f *testing.F) {
	for _, h := range hashes {
		for _, n := range []int{0, 1, 64, 100} {
			d := h.new()
			d.Write(message(n))
			state, err := d.(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(state)
		}
	}
	f.Fuzz(func(t *testing.T, state []byte) {
		for _, h := range hashes {
			d := h.new()
			if err := d.(encoding.BinaryUnmarshaler).UnmarshalBinary(state); err != nil {
				if got, want := d.Sum(nil), h.sum(nil); !bytes.Equal(got, want) {
					t.Errorf("%s: refused state changes the hash", h.name)
				}
				continue
			}
			d.Sum(nil)
			again, err := d.(encoding.BinaryMarshaler).MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.Clone(state)
			length := want[len(want)-8:]
			clear(want[len(want)-8-streebog.BlockSize+int(length[7]%streebog.BlockSize) : len(want)-8])
			if !bytes.Equal(again, want) {
				t.Errorf("%s: written again: got %x, want %x", h.name, again, want)
			}
		}
	})
}

func BenchmarkStreebog256(b *testing.B) { benchmark(b, streebog.New256()) }
func BenchmarkStreebog512(b *testing.B) { benchmark(b, streebog.New512()) }

func benchmark(b *testing.B, h hash.Hash) {
	for _, size := range []struct {
		name string
		n    int
	}{{"64B", 64}, {"1KiB", 1 << 10}, {"16KiB", 16 << 10}} {
		b.Run(size.name, func(b *testing.B) {
			msg := message(size.n)
			sum := make([]byte, 0, h.Size())
			b.SetBytes(int64(size.n))
			b.ReportAllocs()
			for b.Loop() {
				h.Reset()
				h.Write(msg)
				sum = h.Sum(sum[:0])
			}
		})
	}
}

func ExampleSum256() {
	fmt.Printf("%x\n", streebog.Sum256([]byte("abc")))
	// Output: 4e2919cf137ed41ec4fb6270c61826cc4fffb660341e0af3688cd0626d23b481
}

func ExampleNew512() {
	h := streebog.New512()
	h.Write([]byte("a"))
	h.Write([]byte("bc"))
	fmt.Printf("%x\n", h.Sum(nil))
	// Output: 28156e28317da7c98f4fe2bed6b542d0dab85bb224445fcedaf75d46e26d7eb8d5997f3e0915dd6b7f0aab08d9c8beb0d8c64bae2ab8b3c8c6bc53b3bf0db728
}
