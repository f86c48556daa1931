package cms_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/der"
)

// indefinite writes DER again as the worst BER: every constructed element with
// an indefinite length, every OCTET STRING in segments of three octets, every
// other length in more octets than it needs.
func indefinite(raw []byte) []byte {
	var out []byte
	for in := der.String(raw); !in.Empty(); {
		one, tag, ok := der.ReadAny(&in)
		if !ok {
			panic("no DER")
		}
		whole := der.String(one)
		var content der.String
		whole.ReadASN1(&content, tag)
		switch {
		case tag&0x20 != 0:
			out = append(append(append(out, byte(tag), 0x80), indefinite(content)...), 0, 0)
		case tag == der.OctetString:
			out = append(out, 0x24, 0x80)
			for len(content) > 0 {
				n := min(3, len(content))
				out = append(append(out, 4, byte(n)), content[:n]...)
				content = content[n:]
			}
			out = append(out, 0, 0)
		default:
			n := len(content)
			out = append(append(out, byte(tag), 0x84, 0, 0, byte(n>>8), byte(n)), content...)
		}
	}
	return out
}

// TestBER reads every kind of message written as the worst BER.
func TestBER(t *testing.T) {
	as := csr.Standard()
	for what, key := range keys(t) {
		cert := selfSigned(t, as, key, 1)
		with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
		for _, detached := range []bool{true, false} {
			raw, err := cms.Sign(as, key, cert, cms.Options{Detached: detached, At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			ber := indefinite(raw)
			sd, err := cms.Parse(as, ber)
			if err != nil {
				t.Fatalf("%s: %v", what, err)
			}
			if !bytes.Equal(sd.Raw, ber) || len(sd.Certificates) != 1 || !bytes.Equal(sd.Certificates[0].Raw, cert.Raw) {
				t.Errorf("%s: the message or its certificate has other octets", what)
			}
			if _, err := sd.Verify(document, with); err != nil {
				t.Errorf("%s, detached %v: %v", what, detached, err)
			}
			both, err := sd.Cosign(key, cert, cms.Options{At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			if signers := verified(t, as, both, with); len(signers) != 2 {
				t.Errorf("%s: got %d signers, want 2", what, len(signers))
			}
		}
	}
}
