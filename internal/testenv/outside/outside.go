// Package outside runs the programs that others wrote and that tests judge
// this module by: OpenSSL with the GOST engine, pdftotext, xmllint and the
// like. A missing program skips the test with its name and the package that
// has it; with SURGUCH_NOSKIP set in the environment, as `make test` does, it
// fails the test instead.
package outside

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// packages tells which Debian package has a program.
var packages = map[string]string{
	"openssl": "openssl", "certtool": "gnutls-bin", "xmllint": "libxml2-utils", "curl": "curl",
	"pkcs11-tool": "opensc", "softhsm2-util": "softhsm2", "cc": "build-essential",
	"pdftotext": "poppler-utils", "pdftoppm": "poppler-utils", "pdffonts": "poppler-utils",
}

// Need returns the path of a program, or ends the test.
func Need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		miss(t, fmt.Sprintf("%s is not installed (Debian package %s)", program, packages[program]))
	}
	return path
}

// SystemCertificates returns the PEM file of the trust anchors that the system
// ships, or ends the test.
func SystemCertificates(t testing.TB) []byte {
	t.Helper()
	file, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		miss(t, "the certificates of the system are not installed (Debian package ca-certificates)")
	}
	return file
}

// miss skips the test, or fails it where nothing may skip.
func miss(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("SURGUCH_NOSKIP") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// OpenSSL is the openssl program with the GOST engine loaded.
type OpenSSL struct {
	t    testing.TB
	path string
	conf string
}

// configuration loads the engine for every command, those without an -engine
// flag included.
const configuration = `openssl_conf = oc
[oc]
engines = eng
[eng]
gost = g
[g]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = dn
[dn]
`

// NewOpenSSL finds openssl and its GOST engine, or ends the test.
func NewOpenSSL(t testing.TB) *OpenSSL {
	t.Helper()
	o := &OpenSSL{t: t, path: Need(t, "openssl"), conf: filepath.Join(t.TempDir(), "openssl.cnf")}
	if err := os.WriteFile(o.conf, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := o.Try("engine", "gost"); err != nil {
		miss(t, fmt.Sprintf("openssl has no GOST engine (Debian package libengine-gost-openssl): %s", out))
	}
	return o
}

// Config returns the configuration file that loads the engine, for programs
// that call openssl themselves: the value of OPENSSL_CONF.
func (o *OpenSSL) Config() string { return o.conf }

// Try runs a command and returns what it printed, on both streams.
func (o *OpenSSL) Try(args ...string) (string, error) {
	cmd := exec.Command(o.path, args...)
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+o.conf)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Run is Try that fails the test on an error.
func (o *OpenSSL) Run(args ...string) string {
	o.t.Helper()
	out, err := o.Try(args...)
	if err != nil {
		o.t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// File writes data into the test's own folder and returns its path.
func File(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
