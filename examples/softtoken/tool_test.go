//go:build unix

package main

import (
	"bytes"
	"cmp"
	"crypto"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token/tokentest"
)

// tool is pkcs11-tool of OpenSC with the library.
type tool struct {
	*testing.T
	path, library, socket string
}

func newTool(t *testing.T, d *daemon) *tool {
	t.Helper()
	return &tool{t, outside.Need(t, "pkcs11-tool"), shim(t), d.socket}
}

func (p *tool) try(args ...string) (string, error) {
	cmd := exec.Command(p.path, append([]string{"--module", p.library}, args...)...)
	cmd.Env = append(os.Environ(), "SURGUCH_SOFTTOKEN="+p.socket)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (p *tool) run(args ...string) string {
	p.Helper()
	out, err := p.try(args...)
	if err != nil {
		p.Fatalf("pkcs11-tool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// remote is a key that pkcs11-tool signs with.
type remote struct {
	*tool
	id, mechanism string
	public        crypto.PublicKey
}

func (k *remote) Public() crypto.PublicKey { return k.public }

func (k *remote) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	in, out := outside.File(k.T, "digest", digest), filepath.Join(k.T.TempDir(), "signature")
	if text, err := k.try("-l", "-p", factoryPIN, "-s", "-m", k.mechanism, "-d", k.id, "-i", in, "-o", out); err != nil {
		return nil, fmt.Errorf("pkcs11-tool: %w\n%s", err, text)
	}
	return os.ReadFile(out)
}

// TestPKCS11Tool has OpenSC's program work with the token on the profiles of
// devices: it lists, generates, signs, reads, writes and deletes. What it signs
// is verified here and, as a request, by OpenSSL with the GOST engine.
func TestPKCS11Tool(t *testing.T) {
	openssl := outside.NewOpenSSL(t)
	as := csr.Standard()
	for _, profile := range []string{"plain", "rutoken-ecp2", "rutoken-ecp3"} {
		t.Run(profile, func(t *testing.T) {
			p := newTool(t, start(t, profile))
			slots := p.run("-L")
			manufacturer := map[string]string{"plain": "surguch (development)"}[profile]
			if manufacturer == "" {
				manufacturer = "Aktiv Co."
			}
			for _, want := range []string{manufacturer, "Вощёных", "PIN initialized", "token initialized"} {
				if !strings.Contains(slots, want) {
					t.Errorf("slots: no %q in\n%s", want, slots)
				}
			}
			mechanisms := p.run("-M")
			for _, want := range []string{"GOSTR3410-KEY-PAIR-GEN, keySize={256,256}", "GOSTR3410-512-KEY-PAIR-GEN", "GOSTR3410_512", "GOSTR3411-12-256", "RSA-PKCS, keySize={2048,4096}", "ECDSA"} {
				if !strings.Contains(mechanisms, want) {
					t.Errorf("mechanisms: no %q in\n%s", want, mechanisms)
				}
			}
			for i, c := range []struct{ typ, curve, mechanism string }{
				{"GOSTR3410-2012-256:A", "256-A", "0x1201"}, {"GOSTR3410-2012-256:B", "CryptoPro-A", "0x1201"},
				{"GOSTR3410-2012-256:C", "CryptoPro-B", "0x1201"}, {"GOSTR3410-2012-256:D", "CryptoPro-C", "0x1201"},
				{"GOSTR3410-2012-512:A", "512-A", "0xD4321006"}, {"GOSTR3410-2012-512:B", "512-B", "0xD4321006"}, {"GOSTR3410-2012-512:C", "512-C", "0xD4321006"},
			} {
				id := fmt.Sprintf("%02x", i+1)
				made := p.run("-l", "-p", factoryPIN, "-k", "--key-type", c.typ, "-d", id, "-a", "Ключ "+id)
				if !strings.Contains(made, "never extractable") {
					t.Errorf("%s: %s", c.typ, made)
				}
				curve, err := gost.CurveByName(c.curve)
				if err != nil {
					t.Fatal(err)
				}
				public := p.public(curve, id)
				subject, err := csr.NewName(csr.NewAttribute(csr.CommonName, "Вощёных Ефим Ильич"))
				if err != nil {
					t.Fatal(err)
				}
				der, err := as.Create(&remote{p, id, c.mechanism, public}, &csr.Template{Subject: subject})
				if err != nil {
					t.Errorf("%s: %v", c.typ, err) // package csr verifies what was signed
					continue
				}
				request := outside.File(t, "request.pem", csr.EncodePEM(csr.PEMRequest, der))
				if out := openssl.Run("req", "-in", request, "-verify", "-noout"); !strings.Contains(out, "OK") {
					t.Errorf("%s: openssl req: %s", c.typ, out)
				}
				p.certificate(id, tokentest.Certificate(t, &remote{p, id, c.mechanism, public}, int64(i+1)).Raw)
			}
			p.objects(profile)
		})
	}
}

// public reads the value of a public key as pkcs11-tool lists it.
func (p *tool) public(curve *gost.Curve, id string) *gost.PublicKey {
	p.Helper()
	var out string // of this key
	for _, object := range strings.Split(p.run("-O", "-y", "pubkey"), "Public Key Object") {
		if regexp.MustCompile(`(?m)^\s+ID:\s+` + id + `$`).MatchString(object) {
			out = object
		}
	}
	var value []byte
	hexadecimal := regexp.MustCompile(`(?m)^\s+(?:VALUE:\s+)?([0-9a-f]{64})$`)
	for _, line := range hexadecimal.FindAllStringSubmatch(out, -1) {
		var part []byte
		if _, err := fmt.Sscanf(line[1], "%x", &part); err != nil {
			p.Fatal(err)
		}
		value = append(value, part...)
	}
	key, err := gost.NewPublicKey(curve, value)
	if err != nil {
		p.Fatalf("public key %s: %v\n%s", id, err, out)
	}
	return key
}

// certificate writes a certificate beside a key and reads it back.
func (p *tool) certificate(id string, raw []byte) {
	p.Helper()
	p.run("-l", "-p", factoryPIN, "-w", outside.File(p.T, "certificate.der", raw), "-y", "cert", "-d", id, "-a", "Сертификат "+id)
	back := filepath.Join(p.TempDir(), "back.der")
	p.run("-r", "-y", "cert", "-d", id, "-o", back)
	if got, err := os.ReadFile(back); err != nil || !bytes.Equal(got, raw) {
		p.Errorf("certificate %s: got %d octets, %v, want the %d that were written", id, len(got), err, len(raw))
	}
}

// objects writes, reads and deletes, changes the PIN, and runs the tests that
// pkcs11-tool has of its own.
func (p *tool) objects(profile string) {
	p.Helper()
	data := outside.File(p.T, "data", []byte("О выдаче сертификата"))
	p.run("-l", "-p", factoryPIN, "-w", data, "-y", "data", "-a", "note", "--private")
	back := filepath.Join(p.TempDir(), "back")
	p.run("-l", "-p", factoryPIN, "-r", "-y", "data", "-a", "note", "-o", back)
	if got, err := os.ReadFile(back); err != nil || string(got) != "О выдаче сертификата" {
		p.Errorf("got %q, %v", got, err)
	}
	if out := p.run("-O"); strings.Contains(out, "note") || strings.Contains(out, "Private Key") {
		p.Errorf("private objects without login:\n%s", out)
	}
	p.run("-l", "-p", factoryPIN, "-b", "-y", "data", "-a", "note")
	if out := p.run("-l", "-p", factoryPIN, "-O"); strings.Contains(out, "note") {
		p.Errorf("the object is still there:\n%s", out)
	}
	for _, key := range []string{"rsa:2048", "EC:prime256v1"} {
		p.run("-l", "-p", factoryPIN, "-k", "--key-type", key, "-d", "aa", "-a", key)
	}
	if out := p.run("-l", "-p", factoryPIN, "-t"); !strings.Contains(out, "No errors") {
		p.Errorf("its own tests:\n%s", out)
	}
	p.run("-l", "-p", factoryPIN, "--test-fork")
	p.run("-c", "-p", factoryPIN, "--new-pin", "183736-new")
	if out, err := p.try("-l", "-p", factoryPIN, "-O"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
		p.Errorf("the old PIN: %v\n%s", err, out)
	}
	if out := p.run("-L"); !strings.Contains(out, "user PIN count low") {
		p.Errorf("after a wrong PIN:\n%s", out)
	}
	p.run("-l", "--login-type", "so", "--so-pin", factoryOfficer, "--init-pin", "--new-pin", "929292-new")
	p.run("-l", "-p", "929292-new", "-O")
	if profile == "rutoken-ecp3" {
		if out, err := p.try("-c", "-p", "929292-new", "--new-pin", "aaaaaaaa"); err == nil {
			p.Errorf("a poor PIN is taken:\n%s", out)
		}
	}
	p.run("--init-token", "--slot", "0", "--so-pin", factoryOfficer, "--label", "Чистый")
	if out := p.run("-L"); !strings.Contains(out, "Чистый") || strings.Contains(out, "PIN initialized") {
		p.Errorf("after it was erased:\n%s", out)
	}
}

// TestPINLocks: wrong PINs lock the token, which its flags tell beforehand, and
// the officer unblocks it.
func TestPINLocks(t *testing.T) {
	p := newTool(t, start(t, "rutoken-ecp2"))
	for wrong := 1; wrong <= 10; wrong++ {
		if out, err := p.try("-l", "-p", "00000000", "-O"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
			t.Errorf("wrong PIN %d: %v\n%s", wrong, err, out)
		}
		flag := map[int]string{9: "final user PIN try", 10: "user PIN locked"}[wrong]
		if out := p.run("-L"); !strings.Contains(out, cmp.Or(flag, "user PIN count low")) || strings.Contains(out, "locked") != (wrong == 10) {
			t.Errorf("after %d wrong PINs:\n%s", wrong, out)
		}
	}
	if out, err := p.try("-l", "-p", factoryPIN, "-O"); err == nil || !strings.Contains(out, "CKR_PIN_LOCKED") {
		t.Errorf("the right PIN: %v\n%s", err, out)
	}
	p.run("-l", "--login-type", "so", "--so-pin", factoryOfficer, "--init-pin", "--new-pin", "183736")
	if out := p.run("-L"); strings.Contains(out, "locked") || strings.Contains(out, "count low") {
		t.Errorf("after it was unblocked:\n%s", out)
	}
	p.run("-l", "-p", "183736", "-O")
}

// TestTornWrite tears a write of the daemon's, which dies of it.
func TestTornWrite(t *testing.T) {
	d := start(t, "plain")
	p := newTool(t, d)
	var stdout, stderr bytes.Buffer
	if run(t.Context(), []string{"fault", "-socket", d.socket, "tear", "-call", "C_CreateObject"}, &stdout, &stderr) != 0 {
		t.Fatal(&stderr)
	}
	if out, err := p.try("-l", "-p", factoryPIN, "-w", outside.File(t, "data", []byte("data")), "-y", "data", "-a", "note"); err == nil || !strings.Contains(out, "CKR_DEVICE_ERROR") {
		t.Errorf("got %v\n%s", err, out)
	}
	var exit *exec.ExitError
	if err := d.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != statusCrashed {
		t.Errorf("the daemon: %v", err)
	}
	d.start()
	if out := p.run("-l", "-p", factoryPIN, "-O"); strings.Contains(out, "note") {
		t.Errorf("half an object is there:\n%s", out)
	}
}
