package pfx_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token/pfx"
)

// pemFile writes a key and certificates in PEM.
func pemFile(t testing.TB, key crypto.Signer, certificates ...*csr.Certificate) string {
	t.Helper()
	var all []byte
	if k, ok := key.(*gost.PrivateKey); ok {
		all = csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(k))
	} else {
		info, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			t.Fatal(err)
		}
		all = csr.EncodePEM("PRIVATE KEY", info)
	}
	for _, c := range certificates {
		all = append(all, csr.EncodePEM(csr.PEMCertificate, c.Raw)...)
	}
	return outside.File(t, "key.pem", all)
}

// TestOpenSSLReads has OpenSSL with the GOST engine open what we write: with
// either cipher, a password in Cyrillic letters, and certificates of some
// 3900 octets, and print the same key and certificates.
func TestOpenSSLReads(t *testing.T) {
	t.Parallel()
	openssl := outside.NewOpenSSL(t)
	for _, curve := range gost.Curves() {
		key, err := gost.GenerateKey(curve, nil)
		if err != nil {
			t.Fatal(err)
		}
		for cipher, more := range map[cms.Cipher]int{cms.Kuznyechik: 1500, cms.Magma: 0} {
			if cipher == cms.Magma && curve.Size() == 64 {
				continue // its certificate has more than the 1024 octets that OpenSSL reads
			}
			cert, plain := certify(t, key, more), certify(t, gostKey(t), 0)
			file, err := pfx.Marshal(&pfx.Contents{
				Keys:         []pfx.Key{{Private: key, Name: "Вощёных", LocalID: []byte{1, 2}}},
				Certificates: []pfx.Certificate{{Raw: cert.Raw, LocalID: []byte{1, 2}}, {Raw: plain.Raw}},
			}, password, pfx.Options{Cipher: cipher, Iterations: 2000})
			if err != nil {
				t.Fatal(err)
			}
			opened := filepath.Join(t.TempDir(), "opened.pem")
			told := openssl.Run("pkcs12", "-engine", "gost", "-in", outside.File(t, "key.pfx", file), "-passin", "pass:"+string(password), "-nodes", "-info", "-out", opened)
			if !strings.Contains(told, "PRF id-tc26-hmac-gost-3411-2012-512") || !strings.Contains(told, "MAC: GOST R 34.11-2012 with 512 bit hash") {
				t.Errorf("openssl tells of another form:\n%s", told)
			}
			pemText, err := os.ReadFile(opened)
			if err != nil {
				t.Fatal(err)
			}
			out := string(pemText)
			for _, c := range []*csr.Certificate{cert, plain} {
				if !strings.Contains(out, strings.TrimSpace(string(csr.EncodePEM(csr.PEMCertificate, c.Raw)))) {
					t.Errorf("%s, cipher %d: openssl reads another certificate:\n%s", curve.Name(), cipher, out)
				}
			}
			_, text, _ := strings.Cut(out, "-----BEGIN PRIVATE KEY-----")
			block, _ := pem.Decode([]byte("-----BEGIN PRIVATE KEY-----" + text))
			if block == nil {
				t.Fatalf("%s, cipher %d: openssl prints no key:\n%s", curve.Name(), cipher, out)
			}
			got, err := gost.ParsePKCS8PrivateKey(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			sameKey(t, got, key.Public())
		}
	}
}

// TestOpenSSLWrites opens what OpenSSL writes, in all its forms.
func TestOpenSSLWrites(t *testing.T) {
	t.Parallel()
	openssl := outside.NewOpenSSL(t)
	all := keys(t)
	for what, c := range map[string]struct {
		key  string
		args string
		more int // octets of the certificate
		want []pfx.Finding
	}{
		"gost89":              {"CryptoPro-A", "-keypbe gost89 -certpbe gost89 -macalg md_gost12_512", 3000, []pfx.Finding{pfx.OldCipher}},
		"gost89, 256":         {"512-A", "-keypbe gost89 -certpbe gost89 -macalg md_gost12_256", 0, []pfx.Finding{pfx.OldCipher}},
		"Kuznyechik":          {"CryptoPro-A", "-keypbe kuznyechik-ctr-acpkm -certpbe kuznyechik-ctr-acpkm -macalg md_gost12_512", 0, []pfx.Finding{pfx.OtherPRF}},
		"Kuznyechik, long":    {"512-A", "-keypbe kuznyechik-ctr-acpkm -certpbe kuznyechik-ctr-acpkm -macalg md_gost12_512", 6000, []pfx.Finding{pfx.OtherPRF, pfx.OtherSection}},
		"Magma":               {"256-B", "-keypbe magma-ctr-acpkm -certpbe magma-ctr-acpkm -macalg md_gost12_512", 0, []pfx.Finding{pfx.OtherPRF}},
		"Magma, long":         {"256-A", "-keypbe magma-ctr-acpkm -certpbe magma-ctr-acpkm -macalg md_gost12_512", 3000, []pfx.Finding{pfx.OtherPRF, pfx.OtherSection}},
		"GOST in AES":         {"CryptoPro-A", "", 0, nil},
		"RSA":                 {"RSA", "", 0, nil},
		"EC":                  {"P-256", "", 0, nil},
		"Ed25519":             {"Ed25519", "", 0, nil},
		"RSA, AES-128, SHA-1": {"RSA", "-keypbe AES-128-CBC -certpbe AES-192-CBC -macalg sha1", 0, nil},
		"RSA, triple DES":     {"RSA", "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1", 0, []pfx.Finding{pfx.OldCipher}},
		"RSA, legacy":         {"RSA", "-legacy", 0, []pfx.Finding{pfx.OldCipher}},
		"EC, RC2 of 128 bits": {"P-256", "-legacy -keypbe PBE-SHA1-2DES -certpbe PBE-SHA1-RC2-128", 0, []pfx.Finding{pfx.OldCipher}},
		"no MAC":              {"RSA", "-nomac", 0, []pfx.Finding{pfx.NoMAC, pfx.PlainCertificate}},
		"no encryption":       {"P-256", "-keypbe NONE -certpbe NONE", 0, []pfx.Finding{pfx.PlainCertificate, pfx.PlainKey}},
		"no iterations":       {"P-256", "-noiter -nomaciter", 0, []pfx.Finding{pfx.FewIterations}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			key := all[c.key]
			cert := certify(t, key, c.more)
			out := filepath.Join(t.TempDir(), "key.pfx")
			openssl.Run(append([]string{"pkcs12", "-export", "-in", pemFile(t, key, cert), "-out", out, "-passout", "pass:" + string(password), "-name", "Вощёных"}, strings.Fields(c.args)...)...)
			file, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pfx.Parse(file, password)
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(got.Findings)
			slices.Sort(c.want)
			if !slices.Equal(got.Findings, c.want) {
				t.Errorf("got findings %v, want %v", got.Findings, c.want)
			}
			if len(got.Keys) != 1 || len(got.Certificates) != 1 || !bytes.Equal(got.Certificates[0].Raw, cert.Raw) ||
				got.Keys[0].Name != "Вощёных" || len(got.Keys[0].LocalID) != 20 || !bytes.Equal(got.Keys[0].LocalID, got.Certificates[0].LocalID) {
				t.Fatalf("got %v", got)
			}
			sameKey(t, got.Keys[0].Private, key.Public())
			if what != "no encryption" && what != "no MAC" {
				if _, err := pfx.Parse(file, []byte("another password")); err == nil {
					t.Error("another password opens it")
				}
			}
		})
	}
}

// TestGnuTLS opens what certtool writes.
func TestGnuTLS(t *testing.T) {
	t.Parallel()
	certtool := outside.Need(t, "certtool")
	all := keys(t)
	for what, c := range map[string]struct {
		key  string
		args string
		want []pfx.Finding
	}{
		"GOST": {"CryptoPro-A", "--pkcs-cipher gost28147-tc26z --hash streebog-512", []pfx.Finding{pfx.OldCipher}},
		"RSA":  {"RSA", "--pkcs-cipher aes-256 --hash sha256", nil},
		"old":  {"RSA", "--pkcs-cipher 3des-pkcs12 --hash sha1", []pfx.Finding{pfx.OldCipher}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			key := all[c.key]
			cert := certify(t, key, 0)
			in, out := pemFile(t, key, cert), filepath.Join(t.TempDir(), "key.pfx")
			text, err := exec.Command(certtool, append([]string{"--to-p12", "--load-privkey", in, "--load-certificate", in, "--p12-name", "key", "--password", string(tc26Password), "--outder", "--outfile", out}, strings.Fields(c.args)...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("certtool: %v\n%s", err, text)
			}
			file, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pfx.Parse(file, tc26Password)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Findings, c.want) || len(got.Keys) != 1 || len(got.Certificates) != 1 || !bytes.Equal(got.Certificates[0].Raw, cert.Raw) || got.Keys[0].Name != "key" {
				t.Fatalf("got %v", got)
			}
			sameKey(t, got.Keys[0].Private, key.Public())
		})
	}
}

// TestOpenSSLSections opens what OpenSSL writes with an authority's certificate,
// which has no attributes, at every length around the section: the end of its
// signature is all that another size of sections would spoil.
func TestOpenSSLSections(t *testing.T) {
	t.Parallel()
	openssl := outside.NewOpenSSL(t)
	key := gostKey(t)
	cert := certify(t, key, 0)
	for more := 60; more <= 600; more += 60 {
		authority := certify(t, gostKey(t), more)
		out := filepath.Join(t.TempDir(), "key.pfx")
		openssl.Run("pkcs12", "-export", "-in", pemFile(t, key, cert, authority), "-out", out, "-passout", "pass:"+string(password),
			"-keypbe", "magma-ctr-acpkm", "-certpbe", "magma-ctr-acpkm", "-macalg", "md_gost12_512")
		file, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		got, err := pfx.Parse(file, password)
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Certificates) != 2 || !bytes.Equal(got.Certificates[0].Raw, cert.Raw) || !bytes.Equal(got.Certificates[1].Raw, authority.Raw) {
			t.Errorf("%d octets more: got other certificates", more)
		}
	}
}
