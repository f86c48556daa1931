package csr_test

import (
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// TestCRLLongEntries finds entries whose headers are of every form.
func TestCRLLongEntries(t *testing.T) {
	list := parseCRL(t, handCRL{entries: func(b *der.Builder) {
		for i, n := range []int{70_000, 300, 150, 10} {
			b.AddBytes(element(0x30, []byte{2, 1, byte(i + 1)}, element(0x17, []byte("261122120000Z")), handExtension(der.OID{1, 2, 3}, false, make([]byte, n))))
		}
	}}.unsigned(t))
	for i := range int64(6) {
		if r, found := list.Find(big.NewInt(i)); found != (i >= 1 && i <= 4) || found && (r.SerialNumber.Int64() != i || !r.RevokedAt.Equal(now)) {
			t.Errorf("%d: got %v, %v", i, r, found)
		}
	}
}

// TestCRLMixedLengths finds serial numbers of 1 to 20 octets, some of which
// begin as others do.
func TestCRLMixedLengths(t *testing.T) {
	var serials []*big.Int
	list := parseCRL(t, handCRL{entries: func(b *der.Builder) {
		for n := 20; n > 0; n-- {
			for _, first := range []byte{0x7f, 0x01, 0x40, 0x80} {
				serial := new(big.Int).SetBytes(append([]byte{first}, make([]byte, n-1)...))
				serials = append(serials, serial)
				b.AddASN1(der.Sequence, func(b *der.Builder) {
					b.AddASN1BigInt(serial)
					der.AddTime(b, now)
				})
			}
		}
	}}.unsigned(t))
	for _, serial := range serials {
		if r, found := list.Find(serial); !found || r.SerialNumber.Cmp(serial) != 0 {
			t.Errorf("%x: got %v, %v", serial, r, found)
		}
	}
}

// TestCRLTwice has a serial number twice: the earliest revocation counts.
func TestCRLTwice(t *testing.T) {
	list := parseCRL(t, handCRL{entries: hand("\x30\x12\x02\x01\x05\x17\x0d261122120000Z" + "\x30\x12\x02\x01\x05\x17\x0d251122120000Z" +
		"\x30\x12\x02\x01\x05\x17\x0d271122120000Z")}.unsigned(t))
	if r, found := list.Find(big.NewInt(5)); !found || r.RevokedAt.Year() != 2025 {
		t.Errorf("got %v, %v, want the revocation of 2025", r, found)
	}
	for range list.All() {
		break // who asks for all may stop
	}
}

// bigCRL is a list of n entries in an order of chance, without a signature.
func bigCRL(t testing.TB, n int) []byte {
	return handCRL{entries: func(b *der.Builder) {
		for i := range n {
			serial := new(big.Int).SetBytes([]byte{1, byte(i * 167), byte(i >> 8), byte(i >> 16), byte(i), 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7})
			b.AddASN1(der.Sequence, func(b *der.Builder) {
				b.AddASN1BigInt(serial)
				der.AddTime(b, now)
				handExtensions(b, []csr.Extension{{ID: oid.ReasonCode, Value: []byte{10, 1, 1}}})
			})
		}
	}}.unsigned(t)
}

// TestHostileRevocation bounds what reading 64 KiB may allocate.
func TestHostileRevocation(t *testing.T) {
	fill := func(element string) string { return strings.Repeat(element, (64<<10)/len(element)) }
	certID := "\x30\x10\x30\x0e\x30\x03\x06\x01\x2a\x04\x01\x01\x04\x01\x01\x02\x01\x05"
	seq := func(content string) []byte {
		return der.Marshal(func(b *der.Builder) { b.AddASN1(der.Sequence, hand(content)) })
	}
	for what, raw := range map[string][]byte{
		"entries":    handCRL{entries: hand(fill("\x30\x12\x02\x01\x05\x17\x0d261122120000Z"))}.unsigned(t),
		"extensions": handCRL{rawExts: seq(fill("\x30\x07\x06\x03\x2a\x03\x04\x04\x00"))}.unsigned(t),
		"names":      handCRL{extensions: []csr.Extension{idp(string(implicit(0xa0, implicit(0xa0, []byte(fill("\x86\x01a"))))))}}.unsigned(t),
		"requests":   seq(string(seq(string(seq(fill(certID)))))),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		_, crlErr := csr.ParseCRL(raw)
		_, requestErr := csr.ParseOCSPRequest(raw)
		_, responseErr := csr.Standard().ParseOCSPResponse(raw)
		runtime.ReadMemStats(&after)
		if crlErr != nil && requestErr != nil && responseErr != nil && what != "extensions" {
			t.Errorf("%s: %v, %v, %v", what, crlErr, requestErr, responseErr)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 || time.Since(start) > 5*time.Second {
			t.Errorf("%s: got %d octets allocated in %v", what, got, time.Since(start))
		}
	}
}

func TestBigCRL(t *testing.T) {
	list := parseCRL(t, bigCRL(t, 20_000))
	n := 0
	for r := range list.All() {
		n++
		if n%97 != 0 {
			continue
		}
		if got, found := list.Find(r.SerialNumber); !found || !sameRevocation(got, r) {
			t.Fatalf("got %v, %v, want %v", got, found, r)
		}
		if _, found := list.Find(new(big.Int).Add(r.SerialNumber, big.NewInt(1))); found {
			t.Fatal("a serial number that is not there is found")
		}
	}
	if n != 20_000 || list.Len() != n {
		t.Errorf("got %d and %d entries", n, list.Len())
	}
}

func BenchmarkParseCRL(b *testing.B) {
	raw := bigCRL(b, 100_000)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := csr.ParseCRL(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCRLFind(b *testing.B) {
	list := parseCRL(b, bigCRL(b, 100_000))
	var some []*big.Int
	for r := range list.All() {
		if some = append(some, r.SerialNumber); len(some) == 1000 {
			break
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, found := list.Find(some[i%len(some)]); !found {
			b.Fatal("not found")
		}
	}
}
