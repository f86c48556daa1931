package tsp_test

import (
	"bytes"
	"reflect"
	"runtime"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
)

func FuzzParseRequest(f *testing.F) {
	for _, r := range []*tsp.Request{
		tsp.NewRequest(csr.Standard()[0], document),
		{Imprint: tsp.NewImprint(csr.Standard()[1], document), Policy: policy, Extensions: []csr.Extension{{ID: policy, Critical: true, Value: []byte{5, 0}}}},
	} {
		raw, err := tsp.CreateRequest(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := tsp.ParseRequest(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err != nil {
			return
		}
		again, err := tsp.CreateRequest(r)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := tsp.ParseRequest(again); err != nil || !reflect.DeepEqual(r, same) {
			t.Fatalf("got %+v, want %+v: %v", same, r, err)
		}
	})
}

func FuzzParseResponse(f *testing.F) {
	a := newAuthority(f, key(f, gost.TC26A256()))
	for _, r := range []*tsp.Request{
		tsp.NewRequest(csr.Standard()[0], document),
		{Imprint: tsp.NewImprint(csr.Standard()[1], document), Policy: []int{1, 2}},
		{Imprint: tsp.NewImprint(csr.Standard()[2], document)},
	} {
		raw, err := tsp.CreateRequest(r)
		if err != nil {
			f.Fatal(err)
		}
		answer, err := a.Stamp(f.Context(), raw)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(answer)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := tsp.ParseResponse(raw)
		if (r == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", r, err)
		}
		if err != nil || r.Token == nil {
			return
		}
		token, err := tsp.ParseToken(csr.Standard(), r.Token)
		if (token == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", token, err)
		}
		if err == nil {
			_, _ = token.Verify(document, a.chain)
		}
	})
}

// TestHostile gives each parser 64 KiB of the smallest parts it keeps in
// lists.
func TestHostile(t *testing.T) {
	sequence := func(parts ...[]byte) []byte {
		return der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
		})
	}
	texts := bytes.Repeat([]byte{12, 0}, 32<<10)
	extension := []byte{0x30, 5, 6, 1, 0x2a, 4, 0}
	for what, raw := range map[string][]byte{
		"texts":      sequence(sequence([]byte{2, 1, 2}, sequence(texts))),
		"extensions": sequence([]byte{2, 1, 1}, sequence(sequence([]byte{6, 1, 0x2a}), []byte{4, 1, 0}), append([]byte{0xa0, 0x82, 0xff, 0xff &^ 7}, bytes.Repeat(extension, 9362)...)),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, _ = tsp.ParseResponse(raw)
		_, _ = tsp.ParseRequest(raw)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d octets take %d of memory", what, len(raw), used)
		}
	}
}
