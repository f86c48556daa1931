package cms_test

import (
	"bytes"
	"runtime"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
)

var enveloped = []string{
	"tc26/encrypted_keyagree_a211.pem", "tc26/encrypted_keytrans_a231.pem",
	"tc26-28147/transport256.hex", "tc26-28147/transport512.hex", "tc26-28147/agreement256.hex", "tc26-28147/agreement512.hex",
}

func FuzzParseEnveloped(f *testing.F) {
	key, cert := private(f, file(f, "tc26/recipient512_key.pem")), certificate(f, file(f, "tc26/recipient512_cert.pem"))
	for _, name := range enveloped {
		f.Add(file(f, name))
	}
	for _, o := range options() {
		raw, err := cms.Encrypt(o, []byte("text"), cert)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := cms.ParseEnveloped(raw)
		if (d == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", d, err)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(d.Raw, raw) {
			t.Error("Raw is not what was received")
		}
		if text, err := d.Decrypt(key, cert, cert); (text == nil) != (err != nil) {
			t.Fatalf("got %q with error %v", text, err)
		}
	})
}

func FuzzParseEncrypted(f *testing.F) {
	f.Add(file(f, "tc26/encrypted_magma_a411.pem"))
	for _, o := range options() {
		if o.KeyAgreement {
			continue
		}
		raw, err := cms.EncryptWithKey(o, make([]byte, 32), []byte("text"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := cms.ParseEncrypted(raw)
		if (d == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", d, err)
		}
		if err != nil {
			return
		}
		if text, err := d.Decrypt(make([]byte, 32)); (text == nil) != (err != nil) || !d.Authenticated && err != nil {
			t.Fatalf("got %q with error %v", text, err)
		}
	})
}

func FuzzParseDigested(f *testing.F) {
	as := csr.Standard()
	for _, name := range []string{"tc26/hashed_a311.pem", "tc26-28147/digested256.hex", "tc26-28147/digested512.hex"} {
		f.Add(file(f, name))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := cms.ParseDigested(as, raw)
		if (d == nil) != (err != nil) {
			t.Fatalf("got %v with error %v", d, err)
		}
		if err == nil {
			_ = d.Verify(nil)
		}
	})
}

// TestHostile gives each parser 64 KiB of the smallest parts it keeps in
// lists: it must not take a thousand times as much memory.
func TestHostile(t *testing.T) {
	length := func(n int) []byte { return []byte{0x83, byte(n >> 16), byte(n >> 8), byte(n)} }
	wrap := func(tag byte, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return bytes.Join([][]byte{{tag}, length(len(body)), body}, nil)
	}
	// Lengths here are not minimal: what comes in is BER.
	id := []byte{0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 3}
	algorithm := []byte{0x30, 3, 6, 1, 0x2a}
	name := []byte{0x30, 5, 0x30, 0, 2, 1, 1}
	version := func(n byte) []byte { return []byte{2, 1, n} }
	transport := wrap(0x30, version(0), name, algorithm, []byte{4, 0})
	agreed := []byte{0x30, 9, 0x30, 5, 0x30, 0, 2, 1, 1, 4, 0}
	agreement := wrap(0xa1, version(3), []byte{0xa0, 7}, name, algorithm, wrap(0x30, bytes.Repeat(agreed, 64<<10/len(agreed))))
	for what, recipients := range map[string][]byte{
		"transport": bytes.Repeat(transport, 64<<10/len(transport)),
		"agreement": agreement,
		"unknown":   bytes.Repeat([]byte{0xa4, 0}, 32<<10),
	} {
		cipher := append([]byte{0x30, 0x1f, 6, 9, 0x2a, 0x85, 3, 7, 1, 1, 5, 2, 1, 0x30, 0x12, 4, 0x10}, make([]byte, 16)...)
		content := wrap(0x30, id, cipher, []byte{0x80, 0})
		raw := wrap(0x30, id, wrap(0xa0, wrap(0x30, version(0), wrap(0x31, recipients), content)))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		d, err := cms.ParseEnveloped(raw)
		runtime.ReadMemStats(&after)
		if err != nil || (len(d.Recipients) > 0) != (what != "unknown") {
			t.Errorf("%s: the lists were not read: %v", what, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%s: %d octets take %d of memory", what, len(raw), used)
		}
	}
}
