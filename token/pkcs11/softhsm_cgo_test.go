//go:build cgo

package pkcs11_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/tokentest"
)

const (
	softhsmPIN     = "31415926"
	softhsmOfficer = "27182818"
)

// softhsm makes a token of SoftHSM 2 in a folder of the test and returns the
// library's path. The library reads the environment once, when it is loaded:
// one folder serves the whole process that loads it.
func softhsm(t testing.TB) string {
	t.Helper()
	util := outside.Need(t, "softhsm2-util")
	var library string
	for _, pattern := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib64/*/libsofthsm2.so"} {
		if names, _ := filepath.Glob(pattern); len(names) > 0 {
			library = names[0]
		}
	}
	if library == "" {
		t.Fatal("softhsm2-util is there, and libsofthsm2.so is not")
	}
	dir := t.TempDir()
	tokens := filepath.Join(dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "softhsm2.conf")
	if err := os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(util, "--init-token", "--free", "--label", "surguch", "--pin", softhsmPIN, "--so-pin", softhsmOfficer)
	cmd.Env = append(os.Environ(), "SOFTHSM2_CONF="+conf)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	return library
}

// softhsmOptions is what the suite may ask of SoftHSM: its slots never go, it
// is never full and never locks.
func softhsmOptions(config pkcs11.Config) tokentest.Options {
	open := func(t testing.TB, ask token.PIN) token.Carrier {
		t.Helper()
		config.PIN = ask
		c, err := pkcs11.Open(t.Context(), config)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	o := options(config)
	o.Algorithms = []string{"P-256", "P-384", "RSA-2048"}
	o.PIN = pinOptions(open, softhsmPIN, softhsmOfficer, 0)
	// The folder outlives a behaviour, and so would another PIN.
	o.PIN.Change, o.PIN.Unblock = nil, nil
	return o
}

// TestSoftHSM runs the suite on SoftHSM 2 in this process.
func TestSoftHSM(t *testing.T) {
	config := pkcs11.Config{Module: softhsm(t), PIN: token.FixedPIN(softhsmPIN)}
	tokentest.Run(t, softhsmOptions(config))
}

// TestSoftHSMWorker runs the suite on SoftHSM 2 in a child.
func TestSoftHSMWorker(t *testing.T) {
	config := pkcs11.Config{Module: softhsm(t), PIN: token.FixedPIN(softhsmPIN), Worker: worker(t, "serve")}
	tokentest.Run(t, softhsmOptions(config))
}

// TestSoftHSMRefusesGOST: a mechanism that is missing is told before anything
// is made.
func TestSoftHSMRefusesGOST(t *testing.T) {
	c, err := pkcs11.Open(t.Context(), pkcs11.Config{Module: softhsm(t), PIN: token.FixedPIN(softhsmPIN), Worker: worker(t, "serve")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A"})
	if kind(err) != token.Unsupported || !strings.Contains(err.Error(), "0x1200") {
		t.Errorf("got %v, want Unsupported for want of the mechanism 0x1200", err)
	}
	s, err := c.Status(t.Context())
	if err != nil || fmt.Sprint(s.Algorithms) != "[RSA-2048 RSA-3072 RSA-4096 P-256 P-384]" || s.FreeMemory >= 0 || !s.PINSet || !s.Initialized || s.Tries >= 0 {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestSoftHSMPIN changes the PIN and has the officer set another, with a token
// of its own.
func TestSoftHSMPIN(t *testing.T) {
	answers := []string{softhsmPIN, "87654321"}
	ask := asking(&answers)
	c, err := pkcs11.Open(t.Context(), pkcs11.Config{Module: softhsm(t), PIN: ask, Worker: worker(t, "serve")})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.ChangePIN(t.Context()); err != nil {
		t.Fatal(err)
	}
	answers = []string{softhsmPIN}
	if err := c.CheckPIN(t.Context()); kind(err) != token.WrongPIN {
		t.Errorf("the old PIN: got %v, want WrongPIN", err)
	}
	answers = []string{"11112222"}
	if err := c.Unblock(t.Context(), token.FixedPIN(softhsmOfficer)); err != nil {
		t.Fatal(err)
	}
	answers = []string{"11112222"}
	if err := c.CheckPIN(t.Context()); err != nil {
		t.Errorf("the officer's PIN: %v", err)
	}
	if err := c.Unblock(t.Context(), token.FixedPIN("00000000")); kind(err) != token.WrongPIN {
		t.Errorf("a wrong officer: got %v, want WrongPIN", err)
	}
}

// TestLoadFails says why a library cannot be loaded.
func TestLoadFails(t *testing.T) {
	text := outside.File(t, "text.so", []byte("no library"))
	for path, want := range map[string]string{
		"/nonexistent/lib.so": "No such file",
		text:                  "text.so",
		libc(t):               "C_GetFunctionList",
	} {
		for _, w := range [][]string{nil, worker(t, "serve")} {
			_, err := pkcs11.Open(t.Context(), pkcs11.Config{Module: path, Worker: w})
			if kind(err) != token.Unsupported || !strings.Contains(err.Error(), want) {
				t.Errorf("%s in %v: got %v, want Unsupported: %s", path, w, err, want)
			}
		}
	}
}

// libc is a library that is none of PKCS #11.
func libc(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/lib/*/libm.so.6", "/lib64/libm.so.6", "/usr/lib/*/libm.so.6", "/usr/lib/libm.so.6"} {
		if names, _ := filepath.Glob(pattern); len(names) > 0 {
			return names[0]
		}
	}
	t.Fatal("no C library is found")
	return ""
}
