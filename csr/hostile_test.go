package csr_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
)

// hostile are inputs made to be expensive: each is what a parser must walk
// through to the end, about size octets of it.
func hostile(t testing.TB, size int) map[string][]byte {
	tlv := func(tag der.Tag, content []byte) []byte {
		return der.Marshal(func(b *der.Builder) { b.AddASN1(tag, func(b *der.Builder) { b.AddBytes(content) }) })
	}
	fill := func(one []byte) []byte { return bytes.Repeat(one, size/len(one)) }
	id := func(i int) []byte { // 2.5.(2^14 + i)
		return tlv(der.ObjectID, []byte{0x55, byte(i>>14+1) | 0x80, byte(i>>7) | 0x80, byte(i & 0x7f)})
	}
	attribute := func(i int) []byte { return tlv(der.Set, tlv(der.Sequence, append(id(i), 12, 1, 'x'))) }
	extension := func(i int) []byte { return tlv(der.Sequence, append(id(i), 4, 2, 5, 0)) }
	many := func(one func(int) []byte) (all []byte) {
		for i := 1; len(all) < size; i++ {
			all = append(all, one(i)...)
		}
		return all
	}
	oid := append([]byte{0x55}, bytes.Repeat([]byte{1}, size)...)

	key := newKey(t)
	_, spki, _ := func() ([]byte, []byte, error) {
		s, id, err := csr.Standard().EncodeKey(key.Public())
		return id, s, err
	}()
	cert := func(subject, extensions []byte) []byte {
		alg := []byte{0x30, 10, 6, 8, 0x2a, 0x85, 3, 7, 1, 1, 3, 2}
		var tbs []byte
		tbs = append(tbs, tlv(der.ContextCons(0), []byte{2, 1, 2})...)
		tbs = append(tbs, 2, 1, 1)
		tbs = append(tbs, alg...)
		tbs = append(tbs, 0x30, 0)
		tbs = append(tbs, tlv(der.Sequence, []byte("\x17\x0d260101000000Z\x17\x0d270101000000Z"))...)
		tbs = append(tbs, tlv(der.Sequence, subject)...)
		tbs = append(tbs, spki...)
		tbs = append(tbs, tlv(der.ContextCons(3), tlv(der.Sequence, extensions))...)
		return tlv(der.Sequence, append(append(tlv(der.Sequence, tbs), alg...), tlv(der.BitString, make([]byte, 65))...))
	}
	nested := []byte{5, 0}
	for len(nested) < size {
		nested = tlv(der.Sequence, nested)
	}
	return map[string][]byte{
		"nested":          nested,
		"attributes":      cert(many(attribute), nil),
		"one set":         cert(tlv(der.Set, fill([]byte{0x30, 8, 6, 3, 0x55, 4, 3, 12, 1, 'x'})), nil),
		"long identifier": cert(tlv(der.Set, tlv(der.Sequence, append(tlv(der.ObjectID, oid), 12, 1, 'x'))), nil),
		"long text":       cert(tlv(der.Set, tlv(der.Sequence, append([]byte{6, 3, 0x55, 4, 3}, tlv(der.BMPString, make([]byte, size&^1))...))), nil),
		"extensions":      cert(nil, many(extension)),
		"purposes": cert(nil, tlv(der.Sequence, append([]byte{6, 3, 0x55, 0x1d, 0x25},
			tlv(der.OctetString, tlv(der.Sequence, fill([]byte{6, 1, 0x55})))...))),
		"policies": cert(nil, tlv(der.Sequence, append([]byte{6, 3, 0x55, 0x1d, 0x20},
			tlv(der.OctetString, tlv(der.Sequence, fill([]byte{0x30, 3, 6, 1, 0x55})))...))),
	}
}

// TestHostileMemory gives the parsers 64 KiB of each hostile input; none may
// allocate 64 MiB.
func TestHostileMemory(t *testing.T) {
	as := csr.Standard()
	for what, raw := range hostile(t, 64<<10) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		c, err := as.ParseCertificate(raw)
		_, _ = as.Parse(raw)
		_, _ = csr.ParseName(raw)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: got %d MiB allocated", what, used>>20)
		}
		if refused := what == "nested" || what == "extensions"; refused != (err != nil) || refused != (c == nil) {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// BenchmarkHostile shows that time grows as the input does: the figure per
// octet stays.
func BenchmarkHostile(b *testing.B) {
	as := csr.Standard()
	for _, size := range []int{16 << 10, 64 << 10, 256 << 10} {
		for what, raw := range hostile(b, size) {
			b.Run(fmt.Sprintf("%s/%dK", what, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					_, _ = as.ParseCertificate(raw)
				}
			})
		}
	}
}
