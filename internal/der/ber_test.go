package der_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/der"
)

// berCases pairs BER with the DER that FromBER makes of it, in hexadecimal.
var berCases = map[string]struct{ ber, der string }{
	"an indefinite SEQUENCE":          {"3080 0500 0000", "3002 0500"},
	"an empty one":                    {"3080 0000", "3000"},
	"two levels":                      {"3080 a080 020101 0000 3180 0000 0000", "3007 a003 020101 3100"},
	"definite around indefinite":      {"3006 3080 0500 0000", "3004 3002 0500"},
	"indefinite around definite":      {"3080 3002 0500 0000", "3004 3002 0500"},
	"zeros as contents":               {"3080 0402 0000 0000", "3004 0402 0000"},
	"an empty primitive":              {"3080 0400 0000", "3002 0400"},
	"a length of two forms":           {"308102 0500", "3002 0500"},
	"a length of eight octets":        {"308800000000000000020500", "3002 0500"},
	"a primitive with a long length":  {"04820001ff", "0401ff"},
	"an OCTET STRING in segments":     {"2480 0402 0102 0401 03 0000", "0403 010203"},
	"the same, definite":              {"2407 0402 0102 0401 03", "0403 010203"},
	"segments in segments":            {"2480 2480 0401 01 0000 2403 0401 02 0401 03 0000", "0403 010203"},
	"a string without segments":       {"2400", "0400"},
	"an indefinite one without":       {"2480 0000", "0400"},
	"empty segments":                  {"2480 0400 0401 aa 0400 0000", "0401 aa"},
	"a BIT STRING in segments":        {"2380 0303 00 0a3b 0305 04 5f291cd0 0000", "0307 04 0a3b5f291cd0"},
	"BIT STRINGs in BIT STRINGs":      {"2380 2304 0302 00 aa 0302 01 fe 0000", "0303 01 aafe"},
	"a BIT STRING without segments":   {"2380 0000", "0301 00"},
	"two BIT STRINGs in segments":     {"3010 2306 0302 04 f0 0300", ""},
	"bits, then other bits":           {"300c 2304 0302 04 f0 2304 0302 00 ff", "3008 0302 04 f0 0302 00 ff"},
	"a UTF8String in segments":        {"2c80 0402 d0af 0401 21 0000", "0c03 d0af21"},
	"an IMPLICIT string stays":        {"a080 0401 01 0401 02 0000", "a006 0401 01 0401 02"},
	"segments under an explicit tag":  {"a080 2480 0401 01 0401 02 0000 0000", "a004 0402 0102"},
	"an application tag":              {"6180 0500 0000", "6102 0500"},
	"the order of a SET":              {"3180 020102 020101 0000", "3106 020102 020101"},
	"a SET in DER is left":            {"3106 020102 020101", "3106 020102 020101"},
	"DER":                             {"3008 0201 01 a003 0401 ff", "3008 0201 01 a003 0401 ff"},
	"a primitive alone":               {"0500", "0500"},
	"what a primitive holds":          {"0404 3080 0000", "0404 3080 0000"},
	"a private tag":                   {"c001 ff", "c001 ff"},
	"an EXTERNAL":                     {"2880 0201 01 0000", "2803 0201 01"},
	"a string beyond 127 octets":      {"2480 " + strings.Repeat("0464"+strings.Repeat("ab", 100), 2) + " 0000", "0481c8" + strings.Repeat("ab", 200)},
	"nothing":                         {"", ""},
	"a tag alone":                     {"30", ""},
	"cut in a length":                 {"3082 00", ""},
	"a length beyond the end":         {"3003 0500", ""},
	"a child beyond its parent":       {"3003 0402 0102", ""},
	"an indefinite child beyond":      {"3004 3080 0500 0000", ""},
	"an indefinite length, no end":    {"3080 0500", ""},
	"half an end":                     {"3080 0500 00", ""},
	"bytes after":                     {"3000 00", ""},
	"an end without beginning":        {"0000", ""},
	"an end in a definite length":     {"3002 0000", ""},
	"an end with contents":            {"3080 0001 ff 0000", ""},
	"a high tag number":               {"1f01 00", ""},
	"an indefinite primitive":         {"0480 0102 0000", ""},
	"a primitive SEQUENCE":            {"1000", ""},
	"a primitive SET":                 {"1100", ""},
	"a constructed INTEGER":           {"2203 020101", ""},
	"a constructed BOOLEAN":           {"2103 0101ff", ""},
	"a reserved length":               {"30ff" + strings.Repeat("00", 127), ""},
	"a length of nine octets":         {"3089 000000000000000002 0500", ""},
	"a length beyond any address":     {"3088 ffffffffffffffff 0500", ""},
	"a length that is negative":       {"3088 8000000000000000 0500", ""},
	"a segment of another type":       {"2480 0201 01 0000", ""},
	"a segment that is a UTF8String":  {"2c80 0c01 41 0000", ""},
	"bits before the last segment":    {"2380 0302 04 f0 0302 00 ff 0000", ""},
	"a BIT STRING of nothing":         {"2380 0300 0000", ""},
	"nine unused bits":                {"2380 0302 09 ff 0000", ""},
	"unused bits of nothing":          {"2380 0301 01 0000", ""},
	"sixty-five levels":               {strings.Repeat("3080", 65) + strings.Repeat("0000", 65), ""},
	"sixty-five levels of a string":   {strings.Repeat("2480", 65) + strings.Repeat("0000", 65), ""},
	"sixty-four levels":               {strings.Repeat("3080", 64) + strings.Repeat("0000", 64), deep(64)},
	"sixty-four levels of a string":   {strings.Repeat("2480", 64) + strings.Repeat("0000", 64), "0400"},
	"sixty-four levels of DER as are": {deep(64), deep(64)},
	"sixty-five levels of DER":        {deep(65), ""},
}

// deep is n SEQUENCEs in one another, in DER.
func deep(n int) string {
	out := []byte{}
	for range n {
		out = der.Marshal(func(b *der.Builder) { b.AddASN1(der.Sequence, func(b *der.Builder) { b.AddBytes(out) }) })
	}
	return hex.EncodeToString(out)
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFromBER(t *testing.T) {
	for what, c := range berCases {
		in, want := unhex(t, c.ber), unhex(t, c.der)
		got, err := der.FromBER(bytes.Clone(in))
		switch {
		case c.der == "":
			if err == nil || got != nil {
				t.Errorf("%s: got %x, %v, want it refused", what, got, err)
			} else if !strings.HasPrefix(err.Error(), "der: BER: offset ") {
				t.Errorf("%s: got error %v, want one with an offset", what, err)
			}
		case err != nil || !bytes.Equal(got, want):
			t.Errorf("%s: got %x, %v, want %x", what, got, err, want)
		}
	}
}

// TestFromBEROffset looks at where the errors point.
func TestFromBEROffset(t *testing.T) {
	for text, want := range map[string]string{
		"3080 0500 0002":      "der: BER: offset 4: end-of-contents where none is due",
		"3003 0402 0102":      "der: BER: offset 3: a length beyond the end",
		"3080 020101 1f8100":  "der: BER: offset 5: a tag number above 30",
		"3000 ffff":           "der: BER: offset 2: bytes after the element",
		"2480 0401 01 020101": "der: BER: offset 5: a segment of another type than its string",
	} {
		if _, err := der.FromBER(unhex(t, text)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestFromBERKeeps checks that DER is not copied.
func TestFromBERKeeps(t *testing.T) {
	in := unhex(t, "3009 3104 0500 0500 0401 ff")
	out, err := der.FromBER(in)
	if err != nil || &out[0] != &in[0] || len(out) != len(in) {
		t.Errorf("got %x, %v, want the slice given", out, err)
	}
}

func TestReadOctets(t *testing.T) {
	for text, want := range map[string]string{
		"8003 010203":                 "010203",
		"8000":                        "",
		"a000":                        "",
		"a007 0402 0102 0401 03":      "010203",
		"a080 2480 0401 01 0000 0000": "01",
	} {
		raw, err := der.FromBER(unhex(t, text))
		if err != nil {
			t.Fatal(err)
		}
		in := der.String(raw)
		if got, ok := der.ReadOctets(&in, 0); !ok || !in.Empty() || hex.EncodeToString(got) != want || got == nil {
			t.Errorf("%s: got %x, %v, want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "8101 01", "a003 020101", "a003 0402 01", "0401 01", "8002 01"} {
		in := der.String(unhex(t, text))
		if got, ok := der.ReadOctets(&in, 0); ok || got != nil {
			t.Errorf("%s: got %x, want it refused", text, got)
		}
	}
}

// wellFormed walks through DER recursively, with the strict reader: the
// oracle of FromBER's loop.
func wellFormed(raw []byte) error {
	in := der.String(raw)
	for !in.Empty() {
		one, tag, ok := der.ReadAny(&in)
		if !ok {
			return fmt.Errorf("no DER: %x", []byte(in))
		}
		if tag&0x20 == 0 {
			continue
		}
		if tag&0xc0 == 0 && tag != der.Sequence && tag != der.Set && tag != 0x28 && tag != 0x2b {
			return fmt.Errorf("a string in segments: %x", one)
		}
		whole := der.String(one)
		var content der.String
		if !whole.ReadASN1(&content, tag) {
			return fmt.Errorf("no DER: %x", one)
		}
		if err := wellFormed(content); err != nil {
			return err
		}
	}
	return nil
}

func FuzzFromBER(f *testing.F) {
	for _, c := range berCases {
		f.Add(unhex(f, c.ber))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		before := bytes.Clone(raw)
		out, err := der.FromBER(raw)
		if !bytes.Equal(raw, before) {
			t.Fatal("the input was written to")
		}
		if err != nil {
			if out != nil {
				t.Fatalf("got %x with error %v", out, err)
			}
			return
		}
		if err := wellFormed(out); err != nil {
			t.Fatalf("%x became %x: %v", raw, out, err)
		}
		again, err := der.FromBER(out)
		if err != nil || &again[0] != &out[0] || len(again) != len(out) {
			t.Fatalf("%x again: got %x, %v", out, again, err)
		}
		if same := &out[0] == &raw[0]; same != (wellFormed(raw) == nil) {
			t.Fatalf("%x: taken for DER: %v", raw, same)
		}
	})
}

// hostileBER are inputs of about n octets that ask for much work.
func hostileBER(n int) map[string][]byte {
	long := bytes.Repeat([]byte("\x30\x80"), 63)
	deepThenWide := append(bytes.Clone(long), bytes.Repeat([]byte("\x24\x80\x00\x00"), n/4)...)
	return map[string][]byte{
		"nested":             bytes.Repeat([]byte("\x30\x80"), n/2),
		"nested strings":     bytes.Repeat([]byte("\x24\x80"), n/2),
		"wide":               append(append([]byte("\x30\x80"), bytes.Repeat([]byte("\x30\x80\x00\x00"), n/4)...), 0, 0),
		"deep, then wide":    append(deepThenWide, bytes.Repeat([]byte{0, 0}, 63)...),
		"segments of one":    append(append([]byte("\x24\x80"), bytes.Repeat([]byte("\x04\x01\xaa"), n/3)...), 0, 0),
		"empty segments":     append(append([]byte("\x24\x80"), bytes.Repeat([]byte("\x04\x00"), n/2)...), 0, 0),
		"towers of segments": append(append([]byte("\x30\x80"), bytes.Repeat(append(bytes.Repeat([]byte("\x24\x80"), 60), make([]byte, 120)...), n/240)...), 0, 0),
	}
}

func TestFromBERHostile(t *testing.T) {
	for what, raw := range hostileBER(64 << 10) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := der.FromBER(raw)
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
			t.Errorf("%s: %d octets take %d octets of memory (%v)", what, len(raw), used, err)
		}
	}
}

// BenchmarkFromBER shows that time grows with the input and not faster.
func BenchmarkFromBER(b *testing.B) {
	for _, what := range []string{"nested", "wide", "deep, then wide", "segments of one", "towers of segments"} {
		for _, size := range []int{16 << 10, 32 << 10, 64 << 10} {
			raw := hostileBER(size)[what]
			b.Run(fmt.Sprintf("%s/%dK", what, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					_, _ = der.FromBER(raw)
				}
			})
		}
	}
}
