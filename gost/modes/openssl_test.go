package modes_test

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost/modes"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// OpenSSL encrypts with CTR, and with CTR-ACPKM in the sections that
// gost-engine has outside of CMS: 4096 octets for Kuznyechik, 1024 for Magma.
func TestOpenSSLCTR(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	in, out := outside.File(t, "in", random(1, 20001)), outside.File(t, "out", nil)
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		name := map[int]string{16: "kuznyechik", 8: "magma"}[n]
		section := map[int]int{16: 4096, 8: 1024}[n]
		iv := random(2, n/2)
		for _, mode := range []struct {
			name    string
			section int
		}{{"-ctr", 0}, {"-ctr-acpkm", section}} {
			openssl.Run("enc", "-"+name+mode.name, "-K", hex.EncodeToString(key), "-iv", hex.EncodeToString(iv), "-in", in, "-out", out)
			got := random(1, 20001)
			newCTR(t, c, key, iv, mode.section).XORKeyStream(got, got)
			if want := readFile(t, out); !bytes.Equal(got, want) {
				t.Errorf("%s%s: got %x…, OpenSSL has %x…", name, mode.name, got[:32], want[:min(32, len(want))])
			}
		}
	})
}

// OpenSSL has OMAC with tags of 8 octets for both ciphers. Its program prints
// more for Kuznyechik, but what follows is not of the tag.
func TestOpenSSLOMAC(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		name := map[int]string{16: "kuznyechik-mac", 8: "magma-mac"}[n]
		for _, size := range []int{1, n - 1, n, n + 1, 1000, 1024} {
			msg := random(1, size)
			mac := modes.NewOMAC(block(t, c, key))
			mac.Write(msg)
			want := hex.EncodeToString(mac.Sum(nil)[:8])
			out := openssl.Run("dgst", "-mac", name, "-macopt", "hexkey:"+hex.EncodeToString(key), outside.File(t, "msg", msg))
			_, got, found := strings.Cut(strings.TrimSpace(out), "= ")
			if !found || !strings.HasPrefix(got, want) {
				t.Errorf("%s of %d octets: got %s, OpenSSL prints %s", name, size, want, out)
			}
		}
	})
}

// OpenSSL encrypts a message for a recipient. What it makes is decrypted, with
// only KEG left to OpenSSL, and the message that is put in its place is one
// that OpenSSL decrypts.
func TestOpenSSLCMS(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	const recipient, recipientKey = "testdata/tc26-cms/recipient256_cert.pem", "testdata/tc26-cms/recipient256_key.pem"
	eachCipher(t, func(t *testing.T, c newCipher, key []byte, n int) {
		for _, mode := range []string{"-ctr-acpkm", "-ctr-acpkm-omac"} {
			name := map[int]string{16: "kuznyechik", 8: "magma"}[n] + mode
			for _, size := range []int{1000, 2*sectionOf[n] + 1001} {
				text := random(1, size)
				in, out := outside.File(t, "in", text), outside.File(t, "out", nil)
				openssl.Run("cms", "-encrypt", "-binary", "-"+name, "-in", in, "-recip", recipient, "-outform", "DER", "-out", out)
				message := readFile(t, out)
				var data envelopedData
				parse(t, message, &data)
				r := transport(t, data)

				peer := outside.File(t, "peer.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: r.Ephemeral.FullBytes}))
				openssl.Run("pkeyutl", "-derive", "-inkey", recipientKey, "-peerkey", peer, "-pkeyopt", "ukmhex:"+hex.EncodeToString(r.UKM), "-out", out)
				key := unwrap(t, c, readFile(t, out), r.UKM, r.Wrapped)

				ukm, tag := data.Content.Algorithm.Parameters.UKM, mac(t, data.Attributes)
				got, _, ok := crypt(t, c, key, ukm, data.Content.Content, tag, true)
				if !ok || !bytes.Equal(got, text) || (tag != nil) != strings.HasSuffix(mode, "omac") {
					t.Fatalf("%s: got MAC %x, which is right: %t, and %x…, want %x…", name, tag, ok, got[:32], text[:32])
				}

				if size > 1024 {
					continue // gost-engine 3.0.1 does not decrypt such messages, not even its own
				}
				text = random(2, size)
				ciphertext, newTag, _ := crypt(t, c, key, ukm, text, tag, false)
				message = bytes.Replace(message, data.Content.Content, ciphertext, 1)
				if tag != nil {
					message = bytes.Replace(message, tag, newTag, 1)
				}
				openssl.Run("cms", "-decrypt", "-binary", "-inform", "DER", "-in", outside.File(t, "message", message),
					"-recip", recipient, "-inkey", recipientKey, "-out", out)
				if got := readFile(t, out); !bytes.Equal(got, text) {
					t.Errorf("%s: OpenSSL decrypts to %d octets %x…, want %x…", name, len(got), got[:min(32, len(got))], text[:32])
				}
			}
		}
	})
}
