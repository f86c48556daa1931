package fetch_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/fetch"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// TestOpenSSLServer asks the responder of openssl over HTTP.
func TestOpenSSLServer(t *testing.T) {
	outside.NewOpenSSL(t) // ends the test if there is no GOST engine
	conf := outside.File(t, "openssl.cnf", []byte("openssl_conf=oc\n[oc]\nengines=eng\n[eng]\ngost=g\n[g]\nengine_id=gost\ndefault_algorithms=ALL\n"))
	key := newKey()
	ca := &authority{key: key}
	ca.cert = ca.issue(key, "authority", 1, csr.NewBasicConstraints(true, -1), csr.NewKeyUsage(csr.KeyCertSign|csr.CRLSign))
	root := outside.File(t, "root.pem", csr.EncodePEM(csr.PEMCertificate, ca.cert.Raw))
	index := outside.File(t, "index", []byte("V\t301231235959Z\t\t2A\tunknown\t/CN=leaf\nR\t301231235959Z\t260102030405Z,superseded\t2B\tunknown\t/CN=leaf\n"))
	cmd := exec.CommandContext(t.Context(), outside.Need(t, "openssl"), "ocsp", "-port", "0", "-nmin", "5", "-index", index, "-CA", root, "-rsigner", root,
		"-rkey", outside.File(t, "key.pem", csr.EncodePEM("PRIVATE KEY", gost.MarshalPKCS8PrivateKey(key))))
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+conf)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = cmd.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	port := ""
	for lines := bufio.NewScanner(out); port == "" && lines.Scan(); {
		if found := regexp.MustCompile(`ACCEPT .*:(\d+)`).FindStringSubmatch(lines.Text()); found != nil {
			port = found[1]
		}
	}
	if port == "" {
		t.Fatal("openssl ocsp does not say where it listens")
	}
	h := fetch.NewHTTP(fetch.HTTPConfig{Allow: here})
	at := access(ocspAt(fmt.Sprintf("http://127.0.0.1:%s/", port)))
	for serial, want := range map[int64]csr.State{0x2a: csr.StatusGood, 0x2b: csr.StatusRevoked, 0x2c: csr.StatusUnknown} {
		for _, hash := range []csr.CertIDHash{csr.CertIDSHA1, csr.CertIDStreebog256} {
			got, err := client(h, func(c *fetch.Config) { c.Request.Hash = hash }).Status(t.Context(), ca.leaf(serial, at), ca.cert, time.Now())
			if got.State != want || (err != nil) != (want == csr.StatusUnknown) {
				t.Errorf("%x: got %v, %v, want %v", serial, got.State, err, want)
			}
		}
	}
}
