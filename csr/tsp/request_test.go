package tsp_test

import (
	"bytes"
	"math/big"
	"reflect"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

func TestRequestRoundTrip(t *testing.T) {
	imprint := tsp.NewImprint(csr.Standard()[0], document)
	for _, want := range []*tsp.Request{
		{Imprint: imprint},
		{Imprint: imprint, Policy: policy, Nonce: big.NewInt(-7), CertReq: true},
		{Imprint: imprint, Nonce: new(big.Int).Lsh(big.NewInt(1), 200), Extensions: []csr.Extension{
			{ID: policy, Critical: true, Value: []byte{5, 0}}, {ID: oid.SHA1, Value: []byte{1}},
		}},
		tsp.NewRequest(csr.Standard()[1], document),
	} {
		raw, err := tsp.CreateRequest(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := tsp.ParseRequest(raw)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	a, b := tsp.NewRequest(csr.Standard()[0], nil), tsp.NewRequest(csr.Standard()[0], nil)
	if a.Nonce.Cmp(b.Nonce) == 0 {
		t.Error("two requests have one nonce")
	}
}

func TestCreateRequestRefuses(t *testing.T) {
	for _, r := range []*tsp.Request{{}, {Imprint: tsp.Imprint{Hash: []byte{1}}}, {Imprint: tsp.NewImprint(csr.Standard()[0], nil), Policy: []int{7}}} {
		if raw, err := tsp.CreateRequest(r); err == nil || raw != nil {
			t.Errorf("%+v: got %x", r, raw)
		}
	}
}

func TestParseRequestRefuses(t *testing.T) {
	good, err := tsp.CreateRequest(&tsp.Request{Imprint: tsp.NewImprint(csr.Standard()[0], document), Nonce: big.NewInt(1)})
	if err != nil {
		t.Fatal(err)
	}
	request := func(parts ...[]byte) []byte {
		return der.Marshal(func(b *der.Builder) {
			b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(bytes.Join(parts, nil)) })
		})
	}
	version, imprint := good[2:5], good[5:len(good)-3]
	for what, raw := range map[string][]byte{
		"not a TimeStampReq":           append(bytes.Clone(good), 0),
		"version 2":                    request([]byte{2, 1, 2}, imprint),
		"messageImprint":               request(version, []byte{0x30, 0}),
		"reqPolicy":                    request(version, imprint, []byte{6, 1, 0x80}),
		"nonce":                        request(version, imprint, []byte{2, 2, 0, 1}),
		"certReq":                      request(version, imprint, []byte{1, 1, 7}),
		"extensions do not parse":      request(version, imprint, []byte{0xa0, 0}),
		"extension 1.2 stands twice":   request(version, imprint, []byte{0xa0, 14, 0x30, 5, 6, 1, 0x2a, 4, 0, 0x30, 5, 6, 1, 0x2a, 4, 0}),
		"too many extensions":          request(version, imprint, der.Marshal(func(b *der.Builder) { b.AddASN1(der.ContextCons(0), many) })),
		"request: extensions do not p": request(version, imprint, []byte{5, 0}),
	} {
		if r, err := tsp.ParseRequest(raw); r != nil || err == nil || !strings.Contains(err.Error(), what) || !strings.HasPrefix(err.Error(), "tsp: request: ") {
			t.Errorf("got %v, want %s", err, what)
		}
	}
	// FALSE written out is no DER, but harmless.
	if r, err := tsp.ParseRequest(request(version, imprint, []byte{1, 1, 0})); err != nil || r.CertReq {
		t.Errorf("got %+v, %v", r, err)
	}
}

// many writes more extensions than are read.
func many(b *der.Builder) {
	for i := range 40 {
		b.AddBytes([]byte{0x30, 6, 6, 2, 0x2a, byte(i), 4, 0})
	}
}
