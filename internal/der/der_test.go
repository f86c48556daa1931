package der_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/der"
)

func TestTime(t *testing.T) {
	for what, c := range map[string]struct {
		at   time.Time
		want string
	}{
		"before UTCTime":     {time.Date(1949, 12, 31, 23, 59, 59, 0, time.UTC), "\x18\x0f19491231235959Z"},
		"first UTCTime":      {time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC), "\x17\x0d500101000000Z"},
		"of today":           {time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), "\x17\x0d261122120000Z"},
		"last UTCTime":       {time.Date(2049, 12, 31, 23, 59, 59, 0, time.UTC), "\x17\x0d491231235959Z"},
		"after UTCTime":      {time.Date(2050, 1, 1, 0, 0, 0, 0, time.UTC), "\x18\x0f20500101000000Z"},
		"2050 in Moscow":     {time.Date(2050, 1, 1, 2, 0, 0, 0, time.FixedZone("MSK", 3*60*60)), "\x17\x0d491231230000Z"},
		"last of all":        {time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), "\x18\x0f99991231235959Z"},
		"a second with more": {time.Date(2026, 11, 22, 12, 0, 0, 999_999_999, time.UTC), "\x17\x0d261122120000Z"},
	} {
		got := der.Marshal(func(b *der.Builder) { der.AddTime(b, c.at) })
		if string(got) != c.want {
			t.Errorf("%s: got %q, want %q", what, got, c.want)
		}
		in := der.String(got)
		if back, ok := der.ReadTime(&in); !ok || !in.Empty() || !back.Equal(c.at.Truncate(time.Second)) || back.Location() != time.UTC {
			t.Errorf("%s: read again: got %v, %v, want %v", what, back, ok, c.at)
		}
	}
	for _, year := range []int{-1, 10000} {
		var b der.Builder
		der.AddTime(&b, time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC))
		if out, err := b.Bytes(); err == nil {
			t.Errorf("year %d: got %q, want it refused", year, out)
		}
	}
}

func TestReadTimeRefuses(t *testing.T) {
	for what, text := range map[string]string{
		"nothing":                 "",
		"cut short":               "\x17\x0d26112212000",
		"UTCTime, no seconds":     "\x17\x0b2611221200Z",
		"UTCTime, an offset":      "\x17\x11261122120000+0300",
		"UTCTime, both":           "\x17\x0f2611221200+0300",
		"UTCTime, zero offset":    "\x17\x11261122120000+0000",
		"UTCTime, no zone":        "\x17\x0c261122120000",
		"UTCTime, a fraction":     "\x17\x0f261122120000.5Z",
		"UTCTime, 30 February":    "\x17\x0d260230120000Z",
		"GeneralizedTime, offset": "\x18\x1320261122120000+0300",
		"GeneralizedTime, z":      "\x18\x0f20261122120000z",
		"GeneralizedTime, part":   "\x18\x1120261122120000.5Z",
		"a string":                "\x13\x0d261122120000Z",
		"a long form of length":   "\x17\x81\x0d261122120000Z",
	} {
		in := der.String(text)
		if at, ok := der.ReadTime(&in); ok {
			t.Errorf("%s: got %v, want it refused", what, at)
		}
	}
}

var algorithms = map[string]struct {
	encoded  string
	params   string
	noParams bool
}{
	"absent":             {"\x30\x03\x06\x01\x2a", "", true},
	"NULL":               {"\x30\x05\x06\x01\x2a\x05\x00", "\x05\x00", true},
	"an OID":             {"\x30\x06\x06\x01\x2a\x06\x01\x2a", "\x06\x01\x2a", false},
	"an empty SEQUENCE":  {"\x30\x05\x06\x01\x2a\x30\x00", "\x30\x00", false},
	"a NULL with octets": {"\x30\x06\x06\x01\x2a\x05\x01\x00", "\x05\x01\x00", false},
}

func TestAlgorithmIdentifier(t *testing.T) {
	for what, c := range algorithms {
		in := der.String(c.encoded + "rest")
		a, ok := der.ReadAlgorithm(&in)
		if !ok || string(in) != "rest" || a.OID.String() != "1.2" || string(a.Params) != c.params {
			t.Errorf("%s: got %v %x, %v with rest %q", what, a.OID, a.Params, ok, in)
			continue
		}
		if got := a.NoParams(); got != c.noParams {
			t.Errorf("%s: got NoParams %v, want %v", what, got, c.noParams)
		}
		if got := der.Marshal(a.Add); string(got) != c.encoded {
			t.Errorf("%s: written again: got %x, want %x", what, got, c.encoded)
		}
	}
	for what, text := range map[string]string{
		"nothing":           "",
		"an empty SEQUENCE": "\x30\x00",
		"a SET":             "\x31\x03\x06\x01\x2a",
		"no OID":            "\x30\x02\x05\x00",
		"two parameters":    "\x30\x07\x06\x01\x2a\x05\x00\x05\x00",
		"cut parameters":    "\x30\x05\x06\x01\x2a\x05\x01",
		"cut short":         "\x30\x04\x06\x01\x2a",
	} {
		in := der.String(text)
		if a, ok := der.ReadAlgorithm(&in); ok {
			t.Errorf("%s: got %v, want it refused", what, a)
		}
	}
}

func TestReadBits(t *testing.T) {
	for what, c := range map[string]struct {
		text string
		ok   bool
		want string
	}{
		"whole octets":        {"\x03\x03\x00\xab\xcd", true, "\xab\xcd"},
		"no octets":           {"\x03\x01\x00", true, ""},
		"seven bits":          {"\x03\x02\x01\xaa", false, ""},
		"a bit in the unused": {"\x03\x02\x01\xab", false, ""},
		"no unused count":     {"\x03\x00", false, ""},
		"nothing to unuse":    {"\x03\x01\x07", false, ""},
		"an OCTET STRING":     {"\x04\x02\x00\xab", false, ""},
		"constructed":         {"\x23\x04\x03\x02\x00\xab", false, ""},
	} {
		in := der.String(c.text)
		if got, ok := der.ReadBits(&in); ok != c.ok || string(got) != c.want {
			t.Errorf("%s: got %x, %v, want %x, %v", what, got, ok, c.want, c.ok)
		}
	}
}

func TestReadWhole(t *testing.T) {
	for what, c := range map[string]struct {
		text string
		ok   bool
	}{
		"one element":           {"\x30\x02\x05\x00", true},
		"trailing bytes":        {"\x30\x02\x05\x00\x00", false},
		"another tag":           {"\x31\x02\x05\x00", false},
		"an indefinite length":  {"\x30\x80\x05\x00\x00\x00", false},
		"a length of two forms": {"\x30\x81\x02\x05\x00", false},
		"cut short":             {"\x30\x03\x05\x00", false},
		"nothing":               {"", false},
	} {
		content, ok := der.ReadWhole([]byte(c.text), der.Sequence)
		if ok != c.ok || ok && string(content) != "\x05\x00" {
			t.Errorf("%s: got %x, %v, want it read: %v", what, content, ok, c.ok)
		}
	}
}

// TestReadElements reads elements with their headers, one after the other.
func TestReadElements(t *testing.T) {
	in := der.String("\x30\x00\x80\x01\xff\xa1\x02\x05\x00")
	if raw, ok := der.ReadRaw(&in, der.Sequence); !ok || string(raw) != "\x30\x00" {
		t.Errorf("a SEQUENCE: got %x, %v", raw, ok)
	}
	if raw, tag, ok := der.ReadAny(&in); !ok || tag != der.Context(0) || string(raw) != "\x80\x01\xff" {
		t.Errorf("[0]: got %x of tag %#x, %v", raw, tag, ok)
	}
	if raw, tag, ok := der.ReadAny(&in); !ok || tag != der.ContextCons(1) || string(raw) != "\xa1\x02\x05\x00" {
		t.Errorf("[1]: got %x of tag %#x, %v", raw, tag, ok)
	}
	if raw, _, ok := der.ReadAny(&in); ok {
		t.Errorf("the end: got %x, want nothing", raw)
	}
	in = der.String("\x30\x00")
	if raw, ok := der.ReadRaw(&in, der.Set); ok {
		t.Errorf("a SET: got %x, want it refused", raw)
	}
}

func FuzzReadTime(f *testing.F) {
	f.Add([]byte("\x17\x0d261122120000Z"))
	f.Add([]byte("\x18\x0f20500101000000Z"))
	f.Add([]byte("\x17\x112611221200-0000"))
	f.Fuzz(func(t *testing.T, text []byte) {
		in := der.String(text)
		at, ok := der.ReadTime(&in)
		if !ok {
			return
		}
		read := text[:len(text)-len(in)]
		// A GeneralizedTime that RFC 5280 wants as a UTCTime is read, too.
		if again := der.Marshal(func(b *der.Builder) { der.AddTime(b, at) }); again[0] == read[0] && !bytes.Equal(again, read) {
			t.Fatalf("got %q, want %q", again, read)
		}
	})
}

func FuzzReadAlgorithm(f *testing.F) {
	for _, c := range algorithms {
		f.Add([]byte(c.encoded))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		in := der.String(text)
		if a, ok := der.ReadAlgorithm(&in); ok {
			if again, read := der.Marshal(a.Add), text[:len(text)-len(in)]; !bytes.Equal(again, read) {
				t.Fatalf("got %x, want %x", again, read)
			}
		}
	})
}
