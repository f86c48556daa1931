package csr_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestOpenSSLVerifies has OpenSSL with the GOST engine judge requests and
// chains over every parameter set, and RSA, ECDSA and Ed25519.
func TestOpenSSLVerifies(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			der, err := as.Create(key, &csr.Template{Subject: name(t), Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature)}})
			if err != nil {
				t.Fatal(err)
			}
			request := outside.File(t, "request.pem", csr.EncodePEM(csr.PEMRequest, der))
			out := openssl.Run("req", "-in", request, "-verify", "-noout", "-subject", "-nameopt", "utf8")
			if !strings.Contains(out, "OK") || !strings.Contains(out, "Вощёных Ефим Ильич") {
				t.Errorf("openssl req: %s", out)
			}
			if out, err := openssl.Try("req", "-in", outside.File(t, "broken.pem", csr.EncodePEM(csr.PEMRequest, flipLast(der))), "-verify", "-noout"); err == nil && !strings.Contains(out, "ailure") {
				t.Errorf("openssl accepts a changed request: %s", out)
			}

			root := (&issuer{t: t, as: as}).issue(key, commonName(t, "root"), selfNow(csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign)))
			leaf := (&issuer{t, as, key, root}).issue(key, name(t), selfNow())
			anchors := outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, root.Raw))
			certificate := outside.File(t, "leaf.pem", csr.EncodePEM(csr.PEMCertificate, leaf.Raw))
			if out := openssl.Run("verify", "-check_ss_sig", "-x509_strict", "-CAfile", anchors, certificate); !strings.Contains(out, "OK") {
				t.Errorf("openssl verify: %s", out)
			}
		})
	}
}

// selfNow makes a template valid today, as openssl judges by its own clock.
func selfNow(more ...csr.Extension) func(*csr.CertificateTemplate) {
	return func(c *csr.CertificateTemplate) {
		c.NotBefore, c.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(24*time.Hour)
		c.Extensions = append(c.Extensions, more...)
	}
}

// TestReadsOpenSSL reads what OpenSSL with the GOST engine writes: requests
// and self-signed certificates, whose algorithm parameters are NULL.
func TestReadsOpenSSL(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	sets := map[string][2]string{
		"CryptoPro-A": {"gost2012_256", "A"}, "CryptoPro-B": {"gost2012_256", "B"}, "CryptoPro-C": {"gost2012_256", "C"},
		"CryptoPro-XchA": {"gost2012_256", "XA"}, "CryptoPro-XchB": {"gost2012_256", "XB"},
		"256-A": {"gost2012_256", "TCA"}, "256-B": {"gost2012_256", "TCB"}, "256-C": {"gost2012_256", "TCC"}, "256-D": {"gost2012_256", "TCD"},
		"512-A": {"gost2012_512", "A"}, "512-B": {"gost2012_512", "B"}, "512-C": {"gost2012_512", "C"},
	}
	for what, set := range sets {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			key, req, cert := filepath.Join(dir, "key"), filepath.Join(dir, "req"), filepath.Join(dir, "cert")
			openssl.Run("genpkey", "-algorithm", set[0], "-pkeyopt", "paramset:"+set[1], "-out", key)
			openssl.Run("req", "-new", "-key", key, "-subj", "/CN=Example/C=RU", "-out", req)
			openssl.Run("req", "-x509", "-new", "-key", key, "-subj", "/CN=Example/C=RU", "-out", cert)

			request, err := as.Parse(decode(t, req, csr.PEMRequest))
			if err != nil {
				t.Fatal(err)
			}
			if got := request.PublicKey.(*gost.PublicKey).Curve().Name(); got != what {
				t.Errorf("got parameter set %s, want %s", got, what)
			}
			certificate, err := as.ParseCertificate(decode(t, cert, csr.PEMCertificate))
			if err != nil {
				t.Fatal(err)
			}
			if err := certificate.Matches(request); err != nil {
				t.Error(err)
			}
			if err := as.CheckIssued(certificate, certificate); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOpenSSLIssues has OpenSSL issue certificates for our requests, by its
// x509 and by its ca command; they match the requests and verify.
func TestOpenSSLIssues(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	openssl.Run("genpkey", "-algorithm", "gost2012_512", "-pkeyopt", "paramset:A", "-out", in("ca.key"))
	openssl.Run("req", "-x509", "-new", "-key", in("ca.key"), "-subj", "/CN=CA", "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign", "-out", in("ca.pem"))
	root, err := as.ParseCertificate(decode(t, in("ca.pem"), csr.PEMCertificate))
	if err != nil {
		t.Fatal(err)
	}
	config := outside.File(t, "ca.cnf", []byte(strings.ReplaceAll(`openssl_conf = oc
[oc]
engines = eng
[eng]
gost = g
[g]
engine_id = gost
default_algorithms = ALL
[ca]
default_ca = own
[own]
database = DIR/index.txt
new_certs_dir = DIR
rand_serial = yes
default_md = md_gost12_512
default_days = 2
policy = any
copy_extensions = copy
[any]
commonName = supplied
[usr]
`, "DIR", dir)))
	if err := os.WriteFile(in("index.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, key := range keys(t) {
		t.Run(what, func(t *testing.T) {
			subject := must[csr.Name](t)(csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных "+what)))
			der := must[[]byte](t)(as.Create(key, &csr.Template{Subject: subject, Extensions: []csr.Extension{csr.NewKeyUsage(csr.DigitalSignature)}}))
			request := must[*csr.Request](t)(as.Parse(der))
			file := outside.File(t, "request.pem", csr.EncodePEM(csr.PEMRequest, der))
			issued := filepath.Join(t.TempDir(), "certificate.pem")
			for command, args := range map[string][]string{
				"x509": {"x509", "-req", "-in", file, "-CA", in("ca.pem"), "-CAkey", in("ca.key"), "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", issued},
				"ca":   {"ca", "-batch", "-config", config, "-preserveDN", "-utf8", "-cert", in("ca.pem"), "-keyfile", in("ca.key"), "-in", file, "-out", issued, "-notext"},
			} {
				openssl.Run(args...)
				c, err := as.ParseCertificate(decode(t, issued, csr.PEMCertificate))
				if err != nil {
					t.Errorf("%s: %v", command, err)
					continue
				}
				if err := c.Matches(request); err != nil {
					t.Errorf("%s: %v", command, err)
				}
				if _, err := as.VerifyChain(c, csr.Chain{Anchors: []*csr.Certificate{root}, At: time.Now()}); err != nil {
					t.Errorf("%s: %v", command, err)
				}
				if c.KeyUsage != csr.DigitalSignature {
					t.Errorf("%s: the extension of the request is not in the certificate", command)
				}
			}
		})
	}
}
