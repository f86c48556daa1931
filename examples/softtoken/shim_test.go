//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv/outside"
)

// daemon is the program serving a folder, in a process of its own.
type daemon struct {
	*testing.T
	dir, socket, profile string
	cmd                  *exec.Cmd
	stderr               *bytes.Buffer
}

func start(t *testing.T, profile string) *daemon {
	t.Helper()
	dir := t.TempDir()
	d := &daemon{T: t, dir: filepath.Join(dir, "d"), socket: filepath.Join(dir, "s"), profile: profile}
	d.start()
	t.Cleanup(func() {
		d.cmd.Process.Kill()
		d.cmd.Wait()
	})
	return d
}

// start starts it, and waits until it says that it is ready.
func (d *daemon) start() {
	d.Helper()
	exe, err := os.Executable()
	if err != nil {
		d.Fatal(err)
	}
	d.cmd, d.stderr = exec.Command(exe), &bytes.Buffer{}
	args := []string{"serve", "-dir", d.dir, "-socket", d.socket, "-profile", d.profile, "-label", "Вощёных", "-iterations", "1"}
	d.cmd.Env = append(os.Environ(), daemonArgs+"="+strings.Join(args, "\n"))
	d.cmd.Stderr = d.stderr
	stdout, err := d.cmd.StdoutPipe()
	if err == nil {
		err = d.cmd.Start()
	}
	if err != nil {
		d.Fatal(err)
	}
	for scan := bufio.NewScanner(stdout); scan.Scan(); {
		if strings.Contains(scan.Text(), "SURGUCH_SOFTTOKEN="+d.socket) {
			return
		}
	}
	d.cmd.Wait()
	d.Fatalf("the daemon does not start: %s", d.stderr)
}

// kill ends it as kill -9 does.
func (d *daemon) kill() {
	d.Helper()
	if err := d.cmd.Process.Kill(); err != nil {
		d.Fatal(err)
	}
	d.cmd.Wait()
}

// compile compiles C sources, with all warnings but that of arguments which a
// function does not need.
func compile(t testing.TB, out string, args ...string) {
	t.Helper()
	cc := outside.Need(t, "cc")
	args = append([]string{"-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", "-pthread", "-o", out}, args...)
	if text, err := exec.Command(cc, args...).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, text)
	}
}

// shim builds the library.
func shim(t testing.TB) string {
	t.Helper()
	library := filepath.Join(t.TempDir(), "libsofttoken.so")
	sources, err := filepath.Glob("shim/*.c")
	if err != nil {
		t.Fatal(err)
	}
	compile(t, library, append(sources, "-fPIC", "-fvisibility=hidden", "-shared", "-Wl,-Bsymbolic")...)
	return library
}

// host runs the program that uses the library.
func host(t *testing.T, d *daemon, what string) *exec.Cmd {
	t.Helper()
	program := filepath.Join(t.TempDir(), "host")
	compile(t, program, "shim/host/host.c", "-ldl")
	cmd := exec.Command(program, shim(t), what)
	cmd.Env = append(os.Environ(), "SURGUCH_SOFTTOKEN="+d.socket)
	return cmd
}

// TestHost forks a program that works with the token, and has its threads sign
// at once.
func TestHost(t *testing.T) {
	for _, what := range []string{"fork", "threads"} {
		if out, err := host(t, start(t, "rutoken-ecp2"), what).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
}

// TestKilledDaemon kills the daemon while objects are being made: the program
// sees an error of the device and lives, and the token has what it was told
// of, or one more.
func TestKilledDaemon(t *testing.T) {
	d := start(t, "plain")
	total := 0
	for range 4 {
		cmd := host(t, d, "churn")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		stdout, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		made, until := 0, 1+rand.IntN(30)
		for scan := bufio.NewScanner(stdout); scan.Scan(); made++ {
			if made == until {
				d.kill()
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the program: %v\n%s", err, &stderr)
		}
		d.start()
		report := d.list()
		var objects int
		if _, err := fmt.Sscanf(report[strings.Index(report, "объектов"):], "объектов %d", &objects); err != nil {
			t.Fatalf("%v:\n%s", err, report)
		}
		if objects != total+made && objects != total+made+1 {
			t.Errorf("got %d objects, want %d or one more", objects, total+made)
		}
		total = objects
	}
}

func (d *daemon) list() string {
	d.Helper()
	var stdout, stderr bytes.Buffer
	if run(d.Context(), []string{"list", "-socket", d.socket}, &stdout, &stderr) != 0 {
		d.Fatal(&stderr)
	}
	return stdout.String()
}

// TestOutlive has a program outlive the daemon, and go on with the next one;
// its session is gone.
func TestOutlive(t *testing.T) {
	d := start(t, "plain")
	cmd := host(t, d, "outlive")
	stdin, err1 := cmd.StdinPipe()
	stdout, err2 := cmd.StdoutPipe()
	if err := errors.Join(err1, err2, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewScanner(stdout)
	ask := func(when, want string) {
		t.Helper()
		io.WriteString(stdin, "\n")
		if !answers.Scan() || answers.Text() != want {
			t.Errorf("%s: got %q, want %s", when, answers.Text(), want)
		}
	}
	ask("alive", "0x0")
	d.kill()
	ask("dead", "0x30")
	ask("still dead", "0x30")
	d.start()
	ask("alive again", "0xb3")
	stdin.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("the program: %v", err)
	}
}

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
	if text, err := k.try("-l", "-p", "12345678", "-s", "-m", k.mechanism, "-d", k.id, "-i", in, "-o", out); err != nil {
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
				made := p.run("-l", "-p", "12345678", "-k", "--key-type", c.typ, "-d", id, "-a", "Ключ "+id)
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

// objects writes, reads and deletes, changes the PIN, and runs the tests that
// pkcs11-tool has of its own.
func (p *tool) objects(profile string) {
	p.Helper()
	data := outside.File(p.T, "data", []byte("О выдаче сертификата"))
	p.run("-l", "-p", "12345678", "-w", data, "-y", "data", "-a", "note", "--private")
	back := filepath.Join(p.TempDir(), "back")
	p.run("-l", "-p", "12345678", "-r", "-y", "data", "-a", "note", "-o", back)
	if got, err := os.ReadFile(back); err != nil || string(got) != "О выдаче сертификата" {
		p.Errorf("got %q, %v", got, err)
	}
	if out := p.run("-O"); strings.Contains(out, "note") || strings.Contains(out, "Private Key") {
		p.Errorf("private objects without login:\n%s", out)
	}
	p.run("-l", "-p", "12345678", "-b", "-y", "data", "-a", "note")
	if out := p.run("-l", "-p", "12345678", "-O"); strings.Contains(out, "note") {
		p.Errorf("the object is still there:\n%s", out)
	}
	for _, key := range []string{"rsa:2048", "EC:prime256v1"} {
		p.run("-l", "-p", "12345678", "-k", "--key-type", key, "-d", "aa", "-a", key)
	}
	if out := p.run("-l", "-p", "12345678", "-t"); !strings.Contains(out, "No errors") {
		p.Errorf("its own tests:\n%s", out)
	}
	p.run("-l", "-p", "12345678", "--test-fork")
	p.run("-c", "-p", "12345678", "--new-pin", "183736-new")
	if out, err := p.try("-l", "-p", "12345678", "-O"); err == nil || !strings.Contains(out, "CKR_PIN_INCORRECT") {
		p.Errorf("the old PIN: %v\n%s", err, out)
	}
	if out := p.run("-L"); !strings.Contains(out, "user PIN count low") {
		p.Errorf("after a wrong PIN:\n%s", out)
	}
	p.run("-l", "--login-type", "so", "--so-pin", "87654321", "--init-pin", "--new-pin", "929292-new")
	p.run("-l", "-p", "929292-new", "-O")
	if profile == "rutoken-ecp3" {
		if out, err := p.try("-c", "-p", "929292-new", "--new-pin", "aaaaaaaa"); err == nil {
			p.Errorf("a poor PIN is taken:\n%s", out)
		}
	}
	p.run("--init-token", "--slot", "0", "--so-pin", "87654321", "--label", "Чистый")
	if out := p.run("-L"); !strings.Contains(out, "Чистый") || strings.Contains(out, "PIN initialized") {
		p.Errorf("after it was erased:\n%s", out)
	}
}

// TestTornWrite tears a write of the daemon's, which dies of it.
func TestTornWrite(t *testing.T) {
	d := start(t, "plain")
	p := newTool(t, d)
	var stdout, stderr bytes.Buffer
	if run(t.Context(), []string{"fault", "-socket", d.socket, "tear", "-call", "C_CreateObject"}, &stdout, &stderr) != 0 {
		t.Fatal(&stderr)
	}
	if out, err := p.try("-l", "-p", "12345678", "-w", outside.File(t, "data", []byte("data")), "-y", "data", "-a", "note"); err == nil || !strings.Contains(out, "CKR_DEVICE_ERROR") {
		t.Errorf("got %v\n%s", err, out)
	}
	var exit *exec.ExitError
	if err := d.cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != statusCrashed {
		t.Errorf("the daemon: %v", err)
	}
	d.start()
	if out := p.run("-l", "-p", "12345678", "-O"); strings.Contains(out, "note") {
		t.Errorf("half an object is there:\n%s", out)
	}
}

// TestServe serves until its context ends, and tells where.
func TestServe(t *testing.T) {
	d := start(t, "rutoken-ecp2")
	var stdout, stderr bytes.Buffer
	if got := run(t.Context(), []string{"list", "-socket", d.socket}, &stdout, &stderr); got != 0 || !strings.Contains(stdout.String(), "ПИН-код заводской") {
		t.Errorf("list: got %d:\n%s%s", got, &stdout, &stderr)
	}
	if got := run(t.Context(), []string{"list", "-dir", d.dir}, &stdout, &stderr); got != 1 {
		t.Errorf("list of a folder that is served: got %d", got)
	}
	if got := run(t.Context(), []string{"serve", "-dir", filepath.Join(t.TempDir(), "other"), "-socket", d.socket}, &stdout, &stderr); got != 1 {
		t.Errorf("serve on a socket in use: got %d", got)
	}
	if got := run(t.Context(), []string{"fault", "-socket", d.socket, "crash", "-call", "C_GetSlotList"}, &stdout, &stderr); got != 0 {
		t.Errorf("fault: got %d\n%s", got, &stderr)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := run(ctx, []string{"serve", "-dir", t.TempDir(), "-socket", filepath.Join(t.TempDir(), "s")}, &stdout, &stderr); got != 0 {
		t.Errorf("serve that is interrupted: got %d\n%s", got, &stderr)
	}
}
