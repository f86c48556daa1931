package tsp_test

import (
	"bytes"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// signedInfo makes a token whose TSTInfo is of the parts given after policy,
// imprint and serial number.
func signedInfo(t testing.TB, a *authority, parts ...[]byte) []byte {
	t.Helper()
	info := der.Marshal(func(b *der.Builder) {
		b.AddASN1(der.Sequence, func(b *der.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1ObjectIdentifier(policy)
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				der.AlgorithmIdentifier{OID: oid.Streebog256, Params: []byte{5, 0}}.Add(b)
				b.AddASN1OctetString(csr.Standard()[0].Sum(document))
			})
			b.AddASN1BigInt(big.NewInt(7))
			b.AddBytes(bytes.Join(parts, nil))
		})
	})
	raw, err := cms.Sign(csr.Standard(), a.key, a.cert, cms.Options{At: noon, ContentType: oid.TSTInfo}, info)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func generalized(s string) []byte { return append([]byte{24, byte(len(s))}, s...) }

// TestInfo reads tokens as other authorities write them.
func TestInfo(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	at := generalized("20260314120000Z")
	for what, test := range map[string]struct {
		parts    [][]byte
		time     time.Time
		accuracy time.Duration
	}{
		"plain":           {[][]byte{at}, noon, 0},
		"tenths":          {[][]byte{generalized("20260314120000.5Z")}, noon.Add(500 * time.Millisecond), 0},
		"nanoseconds":     {[][]byte{generalized("20260314120000.000000001Z")}, noon.Add(1), 0},
		"picoseconds":     {[][]byte{generalized("20260314120000.000000001999Z")}, noon.Add(1), 0},
		"seconds":         {[][]byte{at, {0x30, 3, 2, 1, 2}}, noon, 2 * time.Second},
		"millis":          {[][]byte{at, {0x30, 4, 0x80, 2, 1, 0xf4}}, noon, 500 * time.Millisecond},
		"all":             {[][]byte{at, {0x30, 9, 2, 1, 1, 0x80, 1, 2, 0x81, 1, 3}}, noon, 1_002_003 * time.Microsecond},
		"everything else": {[][]byte{at, {0x30, 0}, {1, 1, 0xff}, {2, 1, 9}, {0xa0, 2, 0x82, 0}, {0xa1, 7, 0x30, 5, 6, 1, 0x2a, 4, 0}}, noon, 0},
	} {
		token, err := tsp.ParseToken(csr.Standard(), signedInfo(t, a, test.parts...))
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if !token.Time.Equal(test.time) || token.Accuracy != test.accuracy || token.SerialNumber.Int64() != 7 {
			t.Errorf("%s: got %+v", what, token.Info)
		}
		if _, err := token.Verify(document, a.chain); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if all := what == "everything else"; token.Ordering != all || (token.Nonce != nil) != all {
			t.Errorf("%s: got %+v", what, token.Info)
		}
	}
	for what, parts := range map[string][][]byte{
		"genTime":                     {},
		"genTime d":                   {generalized("20260314120000.50Z")},
		"genTime do":                  {generalized("20260314120000.Z")},
		"genTime doe":                 {generalized("20260314120000.+5Z")},
		"genTime does":                {generalized("202603141200Z")},
		"genTime does ":               {generalized("20260314120000+0300")},
		"genTime does n":              {generalized("20261314120000Z")},
		"genTime does no":             {{23, 13, '2', '6', '0', '3', '1', '4', '1', '2', '0', '0', '0', '0', 'Z'}},
		"accuracy":                    {at, {0x30, 3, 2, 1, 0xff}},
		"accuracy d":                  {at, {0x30, 4, 0x80, 2, 3, 0xe8}},
		"accuracy do":                 {at, {0x30, 7, 2, 5, 1, 0, 0, 0, 0}},
		"accuracy doe":                {at, {0x30, 6, 0x81, 1, 1, 0x80, 1, 1}},
		"ordering":                    {at, {1, 1, 1}},
		"nonce":                       {at, {2, 0}},
		"tsa":                         {at, {0xa0, 9, 1}},
		"extensions do not parse":     {at, {0xa1, 2, 5, 0}},
		"critical extension 1.2 is":   {at, {0xa1, 10, 0x30, 8, 6, 1, 0x2a, 1, 1, 0xff, 4, 0}},
		"extensions do not parse\000": {at, {5, 0}},
	} {
		token, err := tsp.ParseToken(csr.Standard(), signedInfo(t, a, parts...))
		if token != nil || err == nil || !strings.Contains(err.Error(), strings.TrimRight(what, "\000")) {
			t.Errorf("got %v, want %s", err, what)
		}
	}
}
