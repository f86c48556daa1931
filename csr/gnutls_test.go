package csr_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestGnuTLS exchanges signatures with GnuTLS on the parameter sets it knows:
// we verify requests and certificates that certtool makes, and certtool reads
// our private key, verifies our request and our certificate.
func TestGnuTLS(t *testing.T) {
	certtool := outside.Need(t, "certtool")
	run := func(t *testing.T, args ...string) string {
		t.Helper()
		out, err := exec.Command(certtool, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("certtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	as := csr.Standard()
	for set, curve := range map[string][2]string{
		"CryptoPro-A":    {"gost12-256", "CryptoPro-A"},
		"CryptoPro-XchA": {"gost12-256", "CryptoPro-XchA"},
		"256-B":          {"gost12-256", "TC26-256-B"},
		"512-A":          {"gost12-512", "TC26-512-A"},
	} {
		t.Run(set, func(t *testing.T) {
			dir := t.TempDir()
			in := func(name string) string { return filepath.Join(dir, name) }
			template := outside.File(t, "template", []byte("cn = \"Example\"\nca\ncert_signing_key\nexpiration_days = 2\n"))

			run(t, "--generate-privkey", "--key-type", curve[0], "--curve", curve[1], "--outfile", in("key"))
			run(t, "--generate-request", "--load-privkey", in("key"), "--template", template, "--outfile", in("request"))
			run(t, "--generate-self-signed", "--load-privkey", in("key"), "--template", template, "--outfile", in("certificate"))
			request, err := as.Parse(decode(t, in("request"), csr.PEMRequest, csr.PEMRequestNew))
			if err != nil {
				t.Fatal(err)
			}
			if got := request.PublicKey.(*gost.PublicKey).Curve().Name(); got != set {
				t.Errorf("got parameter set %s, want %s", got, set)
			}
			theirs, err := as.ParseCertificate(decode(t, in("certificate"), csr.PEMCertificate))
			if err != nil {
				t.Fatal(err)
			}
			if err := as.CheckIssued(theirs, theirs); err != nil {
				t.Errorf("a certificate of certtool: %v", err)
			}

			c, err := gost.CurveByName(set)
			if err != nil {
				t.Fatal(err)
			}
			key, err := gost.GenerateKey(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			run(t, "--key-info", "--infile", outside.File(t, "key", csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(key))))
			der, err := as.Create(key, &csr.Template{Subject: name(t)})
			if err != nil {
				t.Fatal(err)
			}
			info := run(t, "--crq-info", "--infile", outside.File(t, "request", csr.EncodePEM(csr.PEMRequest, der)))
			if !strings.Contains(info, "Self signature: verified") {
				t.Errorf("certtool --crq-info: %s", info)
			}
			root := (&issuer{t: t, as: as}).issue(key, commonName(t, "root"), selfNow(csr.NewBasicConstraints(true, 0), csr.NewKeyUsage(csr.KeyCertSign)))
			leaf := (&issuer{t, as, key, root}).issue(key, name(t), selfNow())
			verdict := run(t, "--verify", "--load-ca-certificate", outside.File(t, "root", csr.EncodePEM(csr.PEMCertificate, root.Raw)),
				"--infile", outside.File(t, "leaf", csr.EncodePEM(csr.PEMCertificate, leaf.Raw)))
			if !strings.Contains(verdict, "Verified. The certificate is trusted.") {
				t.Errorf("certtool --verify: %s", verdict)
			}
		})
	}
}

// decode reads a file of PEM.
func decode(t testing.TB, path string, labels ...string) []byte {
	t.Helper()
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	der, err := csr.Decode(file, labels...)
	if err != nil {
		t.Fatal(err)
	}
	return der
}
