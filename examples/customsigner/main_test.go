package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestRequest makes requests with keys of several schemes that OpenSSL holds.
func TestRequest(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	t.Setenv("OPENSSL_CONF", openssl.Config())
	for what, args := range map[string][]string{
		"GOST 256": {"-algorithm", "gost2012_256", "-pkeyopt", "paramset:A"},
		"GOST 512": {"-algorithm", "gost2012_512", "-pkeyopt", "paramset:A"},
		"ECDSA":    {"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"},
		"RSA":      {"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"},
	} {
		file := filepath.Join(t.TempDir(), "key.pem")
		openssl.Run(append([]string{"genpkey", "-out", file}, args...)...)
		pem, err := request(file)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		out := openssl.Run("req", "-in", outside.File(t, "request.pem", pem), "-verify", "-noout")
		if !strings.Contains(out, "OK") {
			t.Errorf("%s: openssl req: %s", what, out)
		}
	}
}

// TestAnotherKey has OpenSSL sign with a key that is not the one shown: the
// request is not made.
func TestAnotherKey(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	t.Setenv("OPENSSL_CONF", openssl.Config())
	dir := t.TempDir()
	var keys [2]string
	for i := range keys {
		keys[i] = filepath.Join(dir, string(rune('a'+i)))
		openssl.Run("genpkey", "-algorithm", "gost2012_256", "-pkeyopt", "paramset:A", "-out", keys[i])
	}
	openssl.Run("pkey", "-in", keys[0], "-pubout", "-outform", "DER", "-out", keys[0]+".pub")
	spki, err := os.ReadFile(keys[0] + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	pub, err := csr.Standard().ParseKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := csr.Standard().Create(key{pub, keys[1]}, &csr.Template{}); !errors.Is(err, csr.ErrSignature) {
		t.Errorf("got %v, want ErrSignature", err)
	}
	if _, err := request(filepath.Join(dir, "nothing")); err == nil {
		t.Error("a file that is not there: no error")
	}
}
