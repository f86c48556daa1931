package cms_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// ciphers are the engine's names of what we write.
var ciphers = map[string]cms.EncryptOptions{
	"kuznyechik-ctr-acpkm-omac": {},
	"kuznyechik-ctr-acpkm":      {NoMAC: true},
	"magma-ctr-acpkm-omac":      {Cipher: cms.Magma},
	"magma-ctr-acpkm":           {Cipher: cms.Magma, NoMAC: true},
}

// section is how much gost-engine 3.0.1 can decrypt, MAC included: it encrypts with sections
// of 256 and 8 KiB, as R 1323565.1.025-2019 has them, and decrypts with
// sections of 4096 and 1024 octets.
func section(name string) int {
	if strings.HasPrefix(name, "magma") {
		return 1024 - 8
	}
	return 4096 - 16
}

// TestOpenSSLEnveloped has OpenSSL decrypt what we encrypt and encrypt what we
// decrypt: all ciphers with key transport, DER and BER, and key agreement,
// which it reads only; and GOST 28147-89, which it alone writes.
func TestOpenSSLEnveloped(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	for _, c := range []*gost.Curve{
		gost.CryptoProA(), gost.CryptoProB(), gost.CryptoProXchA(), gost.TC26A256(), gost.TC26B256(),
		gost.TC26A512(), gost.TC26B512(), gost.TC26C512(),
	} {
		key, cert := recipient(t, c)
		to := outside.File(t, "to.pem", csr.EncodePEM(csr.PEMCertificate, cert.Raw))
		inkey := outside.File(t, "key.pem", csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(key)))
		decrypt := func(t *testing.T, name string, want []byte, args ...string) {
			t.Helper()
			in, out := outside.File(t, "in", want), outside.File(t, "out", nil)
			openssl.Run(append([]string{"cms", "-encrypt", "-binary", "-" + name, "-in", in, "-recip", to, "-outform", "DER", "-out", out}, args...)...)
			raw, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			d := parseEnveloped(t, raw)
			got, err := d.Decrypt(key, cert)
			if err != nil || !bytes.Equal(got, want) || d.Authenticated != strings.HasSuffix(name, "omac") {
				t.Errorf("%s of OpenSSL %v: got %d octets, want %d: %v", name, args, len(got), len(want), err)
			}
		}
		for name, o := range ciphers {
			t.Run(fmt.Sprintf("%s/%s", c.Name(), name), func(t *testing.T) {
				for _, agreement := range []bool{false, true} {
					o.KeyAgreement = agreement
					want := bytes.Repeat([]byte("surguch "), section(name)/8)
					raw, err := cms.Encrypt(o, want, cert)
					if err != nil {
						t.Fatal(err)
					}
					out := outside.File(t, "out", nil)
					openssl.Run("cms", "-decrypt", "-binary", "-inform", "DER", "-in", outside.File(t, "message", raw), "-recip", to, "-inkey", inkey, "-out", out)
					if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
						t.Errorf("agreement %t: OpenSSL decrypts to %d octets, want %d", agreement, len(got), len(want))
					}
				}
				decrypt(t, name, bytes.Repeat([]byte("surguch "), 40_000))
				decrypt(t, name, bytes.Repeat([]byte("surguch "), 1000), "-stream")
			})
		}
		t.Run(c.Name()+"/gost89", func(t *testing.T) {
			decrypt(t, "gost89", bytes.Repeat([]byte("surguch "), 1000))
			decrypt(t, "gost89", []byte("short"), "-stream")
		})
	}
}

// TestOpenSSLSeveral has each of several recipients decrypt with OpenSSL.
func TestOpenSSLSeveral(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	var inkeys, tos []string
	var certs []*csr.Certificate
	for i, c := range []*gost.Curve{gost.TC26A512(), gost.TC26A256(), gost.CryptoProA()} {
		key, _ := recipient(t, c)
		name, err := csr.NewName(csr.NewAttribute(csr.CommonName, c.Name()))
		if err != nil {
			t.Fatal(err)
		}
		certs = append(certs, issued(t, key, name, int64(i+1)))
		inkeys = append(inkeys, outside.File(t, "key.pem", csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(key))))
		tos = append(tos, outside.File(t, "to.pem", csr.EncodePEM(csr.PEMCertificate, certs[i].Raw)))
	}
	raw, err := cms.Encrypt(cms.EncryptOptions{}, document, certs...)
	if err != nil {
		t.Fatal(err)
	}
	message, out := outside.File(t, "message", raw), outside.File(t, "out", nil)
	for i := range certs {
		openssl.Run("cms", "-decrypt", "-binary", "-inform", "DER", "-in", message, "-recip", tos[i], "-inkey", inkeys[i], "-out", out)
		if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, document) {
			t.Errorf("recipient %d: got %q", i+1, got)
		}
	}
}

// TestOpenSSLEncrypted does the same with a shared key. Here OpenSSL 3.0 knows
// no unprotectedAttrs: it writes no MAC, though the algorithm it names has one,
// which we refuse; and having decrypted a message with MAC, the example of
// R 1323565.1.025-2019 too, it exits with an error.
func TestOpenSSLEncrypted(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	key := bytes.Repeat([]byte{0x13, 0x57}, 16)
	for name, o := range ciphers {
		t.Run(name, func(t *testing.T) {
			want := bytes.Repeat([]byte("surguch "), section(name)/8)
			raw, err := cms.EncryptWithKey(o, key, want)
			if err != nil {
				t.Fatal(err)
			}
			out := outside.File(t, "out", nil)
			if said, err := openssl.Try("cms", "-EncryptedData_decrypt", "-secretkey", hex.EncodeToString(key), "-binary", "-inform", "DER", "-in", outside.File(t, "message", raw), "-out", out); err != nil && o.NoMAC {
				t.Error(said)
			}
			if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, want) {
				t.Errorf("OpenSSL decrypts to %d octets, want %d", len(got), len(want))
			}

			openssl.Run("cms", "-EncryptedData_encrypt", "-"+name, "-secretkey", hex.EncodeToString(key), "-binary", "-in", outside.File(t, "in", want), "-outform", "DER", "-out", out)
			if raw, err = os.ReadFile(out); err != nil {
				t.Fatal(err)
			}
			d, err := cms.ParseEncrypted(raw)
			if !o.NoMAC {
				if err == nil || !strings.Contains(err.Error(), "the MAC is missing") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got, err := d.Decrypt(key); err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d octets, want %d: %v", len(got), len(want), err)
			}
		})
	}
}

// TestOpenSSLDigested has OpenSSL verify our DigestedData, and us its.
func TestOpenSSLDigested(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	for i, digest := range []string{"md_gost12_256", "md_gost12_512", "sha256"} {
		raw := cms.Digest(as[i], document)
		if out := openssl.Run("cms", "-digest_verify", "-binary", "-inform", "DER", "-in", outside.File(t, "message", raw), "-out", os.DevNull); !strings.Contains(out, "uccessful") {
			t.Errorf("%s: %s", digest, out)
		}
		theirs := outside.File(t, "theirs", nil)
		openssl.Run("cms", "-digest_create", "-md", digest, "-binary", "-in", outside.File(t, "in", document), "-outform", "DER", "-out", theirs)
		raw, err := os.ReadFile(theirs)
		if err != nil {
			t.Fatal(err)
		}
		d, err := cms.ParseDigested(as, raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Verify(nil); err != nil || !bytes.Equal(d.Content, document) {
			t.Errorf("%s: got %q, %v", digest, d.Content, err)
		}
	}
}
