package cms_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
	"github.com/surguch/surguch/internal/oid"
)

// hostile are messages of about size octets that ask for much work: many of
// everything a message may have many of, and deep ones. The signer has the
// key 256-A and the certificate given.
func hostile(t testing.TB, as csr.Algorithms, cert *csr.Certificate, size int) map[string][]byte {
	key := keys(t)["256-A"]
	fill := func(change func(f *forged, s *forgedSigner, n int), unit int) []byte {
		f := forge(t, as, key, cert, document)
		change(f, f.signers[0], size/unit)
		return f.write(t)
	}
	times := func(raw []byte, n int) []byte { return bytes.Repeat(raw, n) }
	small := attributeOf(der.OID{1, 2}, []byte{5, 0})
	numbered := func(i int) []byte { return attributeOf(der.OID{1, 2, i, i}, []byte{5, 0}) }
	twin := selfSigned(t, as, key, 1)
	return map[string][]byte{
		"nested":         bytes.Repeat([]byte{0x30, 0x80}, size/2),
		"nested content": fill(func(f *forged, _ *forgedSigner, n int) { f.content = times([]byte{0x24, 0x80}, n) }, 2),
		"digest algorithms": fill(func(f *forged, _ *forgedSigner, n int) {
			f.digests = element(der.Set, times(algorithmID(der.OID{1, 2}), n))
		}, 5),
		"signed attributes": fill(func(_ *forged, s *forgedSigner, n int) {
			for i := range n {
				s.attributes = append(s.attributes, numbered(i+128))
			}
		}, 14),
		"equal attributes": fill(func(_ *forged, s *forgedSigner, n int) { s.attributes = append(s.attributes, times(small, n)) }, len(small)),
		"unordered attributes": fill(func(_ *forged, s *forgedSigner, n int) {
			for i := range n {
				s.attributes = append(s.attributes, numbered(n-i+128))
			}
			s.signature = make([]byte, 64)
		}, 14),
		"unsigned attributes": fill(func(_ *forged, s *forgedSigner, n int) { s.unsigned = element(der.ContextCons(1), times(small, n)) }, len(small)),
		"CRLs": fill(func(f *forged, _ *forgedSigner, n int) {
			f.crls = element(der.ContextCons(1), times([]byte{0x30, 0}, n))
		}, 2),
		"certificates": fill(func(f *forged, _ *forgedSigner, n int) { f.certs = element(der.ContextCons(0), times(twin.Raw, n)) }, len(twin.Raw)),
		"other certificates": fill(func(f *forged, _ *forgedSigner, n int) {
			f.certs = element(der.ContextCons(0), times([]byte{0xa2, 0}, n))
		}, 2),
		"signers": fill(func(f *forged, s *forgedSigner, n int) {
			for range n {
				f.signers = append(f.signers, s)
			}
		}, len(forge(t, as, key, cert, document).signers[0].write(t, forge(t, as, key, cert, document)))),
		"small signers": fill(func(f *forged, s *forgedSigner, n int) {
			s.version, s.sid, s.attributes, s.signature = 3, element(der.Context(0), []byte{1}), nil, []byte{}
			s.digest, s.algorithm = algorithmID(oid.Streebog256), algorithmID(der.OID{1, 2})
			for range n {
				f.signers = append(f.signers, s)
			}
		}, 28),
		"a long serial number": fill(func(_ *forged, s *forgedSigner, n int) {
			s.sid = element(der.Sequence, cert.RawIssuer, element(der.Integer, times([]byte{1}, n)))
		}, 1),
		"a long identifier": fill(func(_ *forged, s *forgedSigner, n int) {
			s.attributes = append(s.attributes, element(der.Sequence, element(der.ObjectID, []byte{0x2a}, times([]byte{1}, n)), element(der.Set)))
		}, 1),
	}
}

// TestParseHostile measures the memory that 64 KiB can take.
func TestParseHostile(t *testing.T) {
	as := csr.Standard()
	cert, other := selfSigned(t, as, keys(t)["256-A"], 1), selfSigned(t, as, keys(t)["256-B"], 1)
	trusted := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	unknown := csr.Chain{Anchors: []*csr.Certificate{other}, At: time.Now()}
	for what, raw := range hostile(t, as, cert, 64<<10) {
		for form, raw := range map[string][]byte{"DER": raw, "in BER": toBER(raw)} {
			var before, after runtime.MemStats
			start := time.Now()
			runtime.ReadMemStats(&before)
			sd, err := cms.Parse(as, raw)
			if err == nil {
				_, _ = sd.Verify(nil, trusted)
				_, err = sd.Verify(nil, unknown)
			}
			_, _ = cms.ParseBundle(as, raw)
			_, _ = cms.AddUnsigned(raw, 0, cms.Attribute{Type: der.OID{1, 2, 3}, Values: []byte{5, 0}})
			runtime.ReadMemStats(&after)
			used := after.TotalAlloc - before.TotalAlloc
			t.Logf("%s, %s: %d octets, %d KiB, %v (%v)", what, form, len(raw), used>>10, time.Since(start), err)
			if used > 64<<20 {
				t.Errorf("%s, %s: %d octets take %d MiB", what, form, len(raw), used>>20)
			}
			if err == nil {
				t.Errorf("%s, %s: verifies", what, form)
			}
		}
	}
}

// toBER gives the outermost element an indefinite length, so that the message
// is written anew.
func toBER(raw []byte) []byte {
	content, ok := der.ReadWhole(raw, der.Sequence)
	if !ok {
		return raw
	}
	return append(append([]byte{0x30, 0x80}, content...), 0, 0)
}

// BenchmarkHostile shows that time grows with the message and not faster.
func BenchmarkHostile(b *testing.B) {
	as := csr.Standard()
	cert := selfSigned(b, as, keys(b)["256-A"], 1)
	with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
	for _, size := range []int{16 << 10, 32 << 10, 64 << 10} {
		for what, raw := range hostile(b, as, cert, size) {
			raw := toBER(raw)
			b.Run(fmt.Sprintf("%s/%dK", what, size>>10), func(b *testing.B) {
				b.SetBytes(int64(len(raw)))
				b.ReportAllocs()
				for b.Loop() {
					if sd, err := cms.Parse(as, raw); err == nil {
						_, _ = sd.Verify(nil, with)
					}
				}
			})
		}
	}
}
