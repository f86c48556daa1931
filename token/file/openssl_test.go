package file_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestOpenSSLReadsKeys has OpenSSL with the GOST engine compute the public
// half of the key files of every parameter set.
func TestOpenSSLReadsKeys(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	dir := t.TempDir()
	c := open(t, dir)
	for _, curve := range gost.Curves() {
		key := generate(t, c, curve.Name())
		public := filepath.Join(t.TempDir(), "public.der")
		openssl.Run("pkey", "-in", filepath.Join(dir, key.Info().ID+".key"), "-pubout", "-outform", "DER", "-out", public)
		der, err := os.ReadFile(public)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := gost.ParsePKIXPublicKey(der); err != nil || !got.Equal(key.Public()) {
			t.Errorf("%s: openssl computes another public key, %v", curve.Name(), err)
		}
	}
}
