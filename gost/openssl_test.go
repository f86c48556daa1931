package gost_test

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/gost/streebog"
)

// openssl runs OpenSSL with its GOST engine in a directory of its own.
type openssl struct {
	t    *testing.T
	path string
	dir  string
}

// newOpenSSL skips the test if OpenSSL or the engine is not installed, and
// fails it if SURGUCH_NOSKIP is 1.
func newOpenSSL(t *testing.T) *openssl {
	t.Helper()
	absent := t.Skipf
	if os.Getenv("SURGUCH_NOSKIP") == "1" {
		absent = t.Fatalf
	}
	path, err := exec.LookPath("openssl")
	if err != nil {
		absent("openssl is not installed: %v", err)
	}
	if out, err := exec.Command(path, "engine", "gost").CombinedOutput(); err != nil {
		absent("openssl has no engine gost (Debian: libengine-gost-openssl): %v\n%s", err, out)
	}
	return &openssl{t, path, t.TempDir()}
}

// try runs a command and returns what it prints.
func (o *openssl) try(args ...string) ([]byte, error) {
	cmd := exec.Command(o.path, args...)
	cmd.Dir = o.dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("openssl %s: %w\n%s%s", strings.Join(args, " "), err, out, &stderr)
	}
	return out, err
}

// run runs a command that must succeed.
func (o *openssl) run(args ...string) []byte {
	o.t.Helper()
	out, err := o.try(args...)
	if err != nil {
		o.t.Fatal(err)
	}
	return out
}

// write puts a file in the directory.
func (o *openssl) write(name string, content []byte) {
	o.t.Helper()
	if err := os.WriteFile(filepath.Join(o.dir, name), content, 0o600); err != nil {
		o.t.Fatal(err)
	}
}

// engineSets are the names that the engine has for parameter sets: an
// algorithm and a value of the option paramset.
var engineSets = map[string][2]string{
	"256-A":          {"gost2012_256", "TCA"},
	"256-B":          {"gost2012_256", "TCB"},
	"256-C":          {"gost2012_256", "TCC"},
	"256-D":          {"gost2012_256", "TCD"},
	"512-A":          {"gost2012_512", "A"},
	"512-B":          {"gost2012_512", "B"},
	"512-C":          {"gost2012_512", "C"},
	"CryptoPro-A":    {"gost2012_256", "A"},
	"CryptoPro-B":    {"gost2012_256", "B"},
	"CryptoPro-C":    {"gost2012_256", "C"},
	"CryptoPro-XchA": {"gost2012_256", "XA"},
	"CryptoPro-XchB": {"gost2012_256", "XB"},
}

// OpenSSL reads our keys, accepts our signatures and refuses wrong ones; we
// read its keys and accept its signatures.
func TestOpenSSLLive(t *testing.T) {
	o := newOpenSSL(t)
	message := []byte("surguch and OpenSSL")
	o.write("message", message)
	o.write("other", []byte("another message"))
	curves := gost.Curves()
	if testing.Short() {
		curves = []*gost.Curve{gost.TC26A256(), gost.CryptoProB(), gost.TC26B512(), gost.TC26C512()}
	}
	for _, c := range curves {
		t.Run(c.Name(), func(t *testing.T) {
			o := &openssl{t, o.path, o.dir}
			md := fmt.Sprintf("-md_gost12_%d", 8*c.Size())
			k, err := gost.GenerateKey(c, nil)
			if err != nil {
				t.Fatal(err)
			}
			o.write("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: gost.MarshalPKCS8PrivateKey(k)}))
			o.write("pub.pem", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: gost.MarshalPKIXPublicKey(k.PublicKey())}))

			pub, err := gost.ParsePKIXPublicKey(o.run("pkey", "-engine", "gost", "-in", "key.pem", "-pubout", "-outform", "DER"))
			if err != nil {
				t.Fatal(err)
			}
			if !pub.Equal(k.PublicKey()) {
				t.Error("OpenSSL computes another public key")
			}

			sig, err := k.SignMessage(nil, message, nil)
			if err != nil {
				t.Fatal(err)
			}
			o.write("sig", sig)
			o.run("dgst", "-engine", "gost", md, "-verify", "pub.pem", "-signature", "sig", "message")
			if _, err := o.try("dgst", "-engine", "gost", md, "-verify", "pub.pem", "-signature", "sig", "other"); err == nil {
				t.Error("OpenSSL accepts our signature of another message")
			}
			theirs := o.run("dgst", "-engine", "gost", md, "-sign", "key.pem", "message")
			if !gost.Verify(pub, streebogOf(c, message), theirs) {
				t.Errorf("signature %x by OpenSSL is refused", theirs)
			}

			names := engineSets[c.Name()]
			generated, err := gost.ParsePKCS8PrivateKey(o.run("genpkey", "-engine", "gost",
				"-algorithm", names[0], "-pkeyopt", "paramset:"+names[1], "-outform", "DER"))
			if err != nil {
				t.Fatal(err)
			}
			if generated.Curve() != c {
				t.Errorf("curve of a key by OpenSSL: got %s, want %s", generated.Curve().Name(), c.Name())
			}
		})
	}
}

// Digests agree with those of OpenSSL at all lengths around the ends of
// blocks.
func TestOpenSSLStreebog(t *testing.T) {
	o := newOpenSSL(t)
	step := 1
	if testing.Short() {
		step = 13
	}
	var names []string
	for n := 0; n < 200; n += step {
		data := make([]byte, n)
		randomSource(byte(n)).Read(data)
		name := fmt.Sprintf("%d.bin", n)
		o.write(name, data)
		names = append(names, name)
	}
	for _, md := range []string{"md_gost12_256", "md_gost12_512"} {
		out := o.run(append([]string{"dgst", "-engine", "gost", "-r", "-" + md}, names...)...)
		lines := strings.Split(strings.TrimSpace(string(out)), "\n")
		if len(lines) != len(names) {
			t.Fatalf("%s: got %d lines, want %d", md, len(lines), len(names))
		}
		for _, line := range lines {
			want, name, ok := strings.Cut(line, " *")
			if !ok || !slices.Contains(names, name) {
				t.Fatalf("%s: cannot read %q", md, line)
			}
			data := readFile(t, o.dir, name)
			h := streebog.New256()
			if md == "md_gost12_512" {
				h = streebog.New512()
			}
			h.Write(data)
			if got := hex.EncodeToString(h.Sum(nil)); got != want {
				t.Errorf("%s of %s: got %s, want %s", md, name, got, want)
			}
		}
	}
}
