package cms_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestGnuTLS exchanges detached messages with certtool.
func TestGnuTLS(t *testing.T) {
	certtool := outside.Need(t, "certtool")
	as := csr.Standard()
	// GnuTLS 3.7 has no other parameter sets.
	for _, what := range []string{"CryptoPro-A", "CryptoPro-XchA", "256-B", "512-A", "RSA", "P-384"} {
		key := keys(t)[what]
		t.Run(what, func(t *testing.T) {
			cert := selfSigned(t, as, key, 1)
			content, anchors := outside.File(t, "document", document), certificateFile(t, cert)
			raw, err := cms.Sign(as, key, cert, cms.Options{Detached: true, At: time.Now()}, document)
			if err != nil {
				t.Fatal(err)
			}
			out, err := exec.Command(certtool, "--p7-verify", "--inder", "--infile", outside.File(t, "ours", raw),
				"--load-data", content, "--load-ca-certificate", anchors).CombinedOutput()
			if err != nil || !strings.Contains(string(out), "Signature status: ok") {
				t.Errorf("certtool: %v\n%s", err, out)
			}

			path := filepath.Join(t.TempDir(), "theirs")
			out, err = exec.Command(certtool, "--p7-detached-sign", "--p7-time", "--load-certificate", anchors, "--load-privkey", keyFile(t, key),
				"--infile", content, "--outder", "--outfile", path).CombinedOutput()
			if err != nil {
				t.Fatalf("certtool: %v\n%s", err, out)
			}
			theirs, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			signers := verified(t, as, theirs, csr.Chain{Anchors: []*csr.Certificate{cert}, At: time.Now()})
			if signers[0].SignedAt.IsZero() {
				t.Error("no signing time")
			}
		})
	}
}
