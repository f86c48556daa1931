package cms_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// keyFile writes a private key for openssl.
func keyFile(t testing.TB, key crypto.Signer) string {
	t.Helper()
	if k, ok := key.(*gost.PrivateKey); ok {
		return outside.File(t, "key.pem", csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(k)))
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return outside.File(t, "key.pem", csr.EncodePEM("PRIVATE KEY", pkcs8))
}

// certificateFile writes certificates in PEM.
func certificateFile(t testing.TB, list ...*csr.Certificate) string {
	t.Helper()
	var all []byte
	for _, c := range list {
		all = append(all, csr.EncodePEM(csr.PEMCertificate, c.Raw)...)
	}
	return outside.File(t, "certificates.pem", all)
}

// made runs openssl with arguments that write to a file, and returns the file.
func made(t testing.TB, openssl *outside.OpenSSL, args ...string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "made")
	openssl.Run(append(args, "-out", path)...)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// opensslAgrees has openssl verify a detached message.
func opensslAgrees(t testing.TB, openssl *outside.OpenSSL, raw []byte, anchors string, more ...string) {
	t.Helper()
	args := append([]string{"cms", "-verify", "-binary", "-inform", "DER", "-in", outside.File(t, "signature", raw),
		"-content", outside.File(t, "document", document), "-CAfile", anchors, "-purpose", "any", "-out", os.DevNull}, more...)
	if out := openssl.Run(args...); !strings.Contains(out, "uccessful") {
		t.Errorf("openssl %v: %s", more, out)
	}
}

// verified parses and verifies a message over the document.
func verified(t testing.TB, as csr.Algorithms, raw []byte, with csr.Chain) []cms.Signer {
	t.Helper()
	sd, err := cms.Parse(as, raw)
	if err != nil {
		t.Fatal(err)
	}
	signers, err := sd.Verify(document, with)
	if err != nil {
		t.Fatal(err)
	}
	return signers
}

// TestOpenSSL has OpenSSL with the GOST engine verify what we sign, and we
// verify what it signs in all its forms, for every parameter set and for RSA
// and ECDSA.
func TestOpenSSL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	for what, key := range keys(t) {
		if what == "Ed25519" {
			continue // OpenSSL 3.0 signs no CMS with Ed25519
		}
		t.Run(what, func(t *testing.T) {
			cert := selfSigned(t, as, key, 1)
			raw, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			anchors := certificateFile(t, cert)
			opensslAgrees(t, openssl, raw, anchors)
			opensslAgrees(t, openssl, raw, anchors, "-cades")
			stamped, err := cms.AddUnsigned(raw, 0, cms.Attribute{Type: asn1.ObjectIdentifier{1, 3, 6, 1}, Values: []byte{5, 0}})
			if err != nil {
				t.Fatal(err)
			}
			opensslAgrees(t, openssl, stamped, anchors, "-cades")

			content, private := outside.File(t, "document", document), keyFile(t, key)
			for form, ber := range map[string]bool{
				"-cades": false, "-nodetach": false, "-nodetach -stream": true, "-nodetach -indef -cades": true,
				"-indef": true, "-noattr": false, "-keyid": false, "-nocerts": false, "-nosmimecap": false,
			} {
				args := []string{"cms", "-sign", "-binary", "-in", content, "-signer", anchors, "-inkey", private, "-outform", "DER"}
				theirs := made(t, openssl, append(args, strings.Fields(form)...)...)
				if indefinite := theirs[1] == 0x80; indefinite != ber {
					t.Errorf("openssl %s: got BER %v, want %v", form, indefinite, ber)
				}
				sd, err := cms.Parse(as, theirs)
				if err != nil {
					t.Errorf("openssl %s: %v", form, err)
					continue
				}
				if carried := strings.Contains(form, "-nodetach") || form == "-indef"; carried != bytes.Equal(sd.Content, document) || !bytes.Equal(sd.Raw, theirs) {
					t.Errorf("openssl %s: got content %q", form, sd.Content)
				}
				with := csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()}
				if form == "-nocerts" {
					with.Intermediates = with.Anchors
				}
				if _, err := sd.Verify(document, with); err != nil {
					t.Errorf("openssl %s: %v", form, err)
				}
			}
		})
	}
}

func TestOpenSSLPSS(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := append(csr.Algorithms{csr.RSAPSS()}, csr.Standard()...)
	key := keys(t)["RSA"]
	cert := selfSigned(t, csr.Standard(), key, 1)
	raw, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
	if err != nil {
		t.Fatal(err)
	}
	opensslAgrees(t, openssl, raw, certificateFile(t, cert), "-cades")
	for _, digest := range []string{"sha256", "sha384", "sha512"} {
		theirs := made(t, openssl, "cms", "-sign", "-binary", "-md", digest, "-in", outside.File(t, "document", document),
			"-signer", certificateFile(t, cert), "-inkey", keyFile(t, key), "-outform", "DER",
			"-keyopt", "rsa_padding_mode:pss", "-keyopt", "rsa_pss_saltlen:-1")
		signers := verified(t, csr.Standard(), theirs, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
		if got := signers[0].Algorithm.Name; !strings.HasPrefix(got, "RSA-PSS") {
			t.Errorf("%s: got the scheme %s", digest, got)
		}
	}
}

// TestOpenSSLSigners has one side sign and the other cosign, and both verify.
func TestOpenSSLSigners(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	all := keys(t)
	for _, pair := range [][2]string{{"256-A", "256-B"}, {"512-A", "512-C"}, {"RSA", "RSA"}, {"256-A", "RSA"}, {"RSA", "P-384"}} {
		first, second := all[pair[0]], all[pair[1]]
		a, b := named(t, as, first, "first", 1), named(t, as, second, "second", 2)
		anchors := certificateFile(t, a, b)
		with := csr.Chain{Anchors: []*csr.Certificate{a, b}, At: time.Now()}
		content := outside.File(t, "document", document)

		theirs := made(t, openssl, "cms", "-sign", "-binary", "-nodetach", "-stream", "-in", content, "-cades",
			"-signer", certificateFile(t, a), "-inkey", keyFile(t, first), "-outform", "DER")
		sd, err := cms.Parse(as, theirs)
		if err != nil {
			t.Fatal(err)
		}
		both, err := sd.Cosign(second, b, cms.Options{At: time.Now()}, nil)
		if err != nil {
			t.Fatalf("%v: %v", pair, err)
		}
		if got := verified(t, as, both, with); len(got) != 2 {
			t.Errorf("%v: got %d signers, want 2", pair, len(got))
		}
		openssl.Run("cms", "-verify", "-binary", "-inform", "DER", "-in", outside.File(t, "both", both), "-cades",
			"-CAfile", anchors, "-purpose", "any", "-out", os.DevNull)

		// Openssl adds signers of the digest that is there only.
		if a.Algorithm.Digest.String() != b.Algorithm.Digest.String() {
			continue
		}
		ours, err := cms.Sign(as, first, a, cms.Options{At: time.Now()}, document)
		if err != nil {
			t.Fatal(err)
		}
		both = made(t, openssl, "cms", "-resign", "-binary", "-nodetach", "-inform", "DER", "-in", outside.File(t, "ours", ours),
			"-signer", certificateFile(t, b), "-inkey", keyFile(t, second), "-outform", "DER")
		if got := verified(t, as, both, with); len(got) != 2 {
			t.Errorf("%v resigned: got %d signers, want 2", pair, len(got))
		}
	}
}

func TestOpenSSLBundle(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	all := keys(t)
	var list []*csr.Certificate
	for i, what := range []string{"256-A", "512-C", "RSA", "P-384", "Ed25519"} {
		list = append(list, selfSigned(t, as, all[what], int64(i+1)))
	}
	out := openssl.Run("pkcs7", "-inform", "DER", "-in", outside.File(t, "ours.p7b", cms.Bundle(list...)), "-print_certs")
	for _, c := range list {
		if !strings.Contains(out, strings.TrimSpace(string(csr.EncodePEM(csr.PEMCertificate, c.Raw)))) {
			t.Errorf("certificate %v is missing in what openssl prints", c.SerialNumber)
		}
	}
	file := certificateFile(t, list...)
	for _, form := range []string{"DER", "PEM"} {
		theirs, err := csr.Decode(made(t, openssl, "crl2pkcs7", "-nocrl", "-certfile", file, "-outform", form), cms.PEM, cms.PEMPKCS7)
		if err != nil {
			t.Fatal(err)
		}
		got, err := cms.ParseBundle(as, theirs)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(list) {
			t.Fatalf("%s: got %d certificates, want %d", form, len(got), len(list))
		}
		for i, c := range got {
			if !bytes.Equal(c.Raw, list[i].Raw) {
				t.Errorf("%s: certificate %d differs", form, i)
			}
		}
	}
}
