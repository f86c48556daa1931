//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token/softtoken/wire"
)

// Factory PINs of the profiles that are tried.
const (
	factoryPIN     = "12345678"
	factoryOfficer = "87654321"
)

// daemon is the program serving a folder, in a process of its own.
type daemon struct {
	testing.TB
	dir, socket, profile string
	cmd                  *exec.Cmd
	stderr               *bytes.Buffer
}

func start(t testing.TB, profile string) *daemon {
	t.Helper()
	// The name of a socket has a hundred octets, and a test's own folder more.
	dir, err := os.MkdirTemp("", "softtoken")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	d := &daemon{TB: t, dir: filepath.Join(dir, "d"), socket: filepath.Join(dir, "s"), profile: profile}
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
	// Under the race detector a process that ends would wait a second.
	d.cmd.Env = append(os.Environ(), daemonArgs+"="+strings.Join(args, "\n"), "GORACE=atexit_sleep_ms=0")
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

// control tells it something beyond PKCS #11.
func (d *daemon) control(c wire.Command) {
	d.Helper()
	if _, err := wire.Control(d.Context(), d.socket, c); err != nil {
		d.Fatal(err)
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
	if got := run(ctx, []string{"serve", "-dir", t.TempDir(), "-socket", filepath.Join(t.TempDir(), "s"), "-iterations", "1"}, &stdout, &stderr); got != 0 {
		t.Errorf("serve that is interrupted: got %d\n%s", got, &stderr)
	}
}
