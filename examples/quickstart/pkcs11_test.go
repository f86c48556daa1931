//go:build cgo && unix

package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/softtoken/wire"
)

// TestPKCS11 runs a journey on a PKCS #11 token: the library of the token in
// software, loaded by a worker, whose daemon is this process. The PIN comes
// from a file.
func TestPKCS11(t *testing.T) {
	dir := t.TempDir()
	library := filepath.Join(dir, "libsofttoken.so")
	sources, err := filepath.Glob("../softtoken/shim/*.c")
	if err != nil || len(sources) == 0 {
		t.Fatalf("got %d sources of the library (%v)", len(sources), err)
	}
	args := append([]string{"-std=c99", "-fPIC", "-fvisibility=hidden", "-shared", "-pthread", "-Wl,-Bsymbolic", "-o", library}, sources...)
	if text, err := exec.Command(outside.Need(t, "cc"), args...).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, text)
	}
	tokens, err := softtoken.Open(softtoken.Config{Dir: filepath.Join(dir, "tokens"), Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer tokens.Close()
	const pin = "31415926"
	if _, err := tokens.Add(softtoken.Format{Profile: "rutoken-ecp3", Serial: "0a1b2c3d", UserPIN: pin}); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	listener, err := wire.Listen(socket)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error)
	go func() { served <- wire.Serve(ctx, listener, tokens) }()
	defer func() {
		stop()
		if err := <-served; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}()
	t.Setenv("SURGUCH_SOFTTOKEN", socket)
	secret := filepath.Join(dir, "pin")
	if err := os.WriteFile(secret, []byte(pin+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	where := "pkcs11:serial=0a1b2c3d?module-path=" + url.PathEscape(library) + "&pin-source=" + url.PathEscape(secret)
	kept, _ := journeyTo(t, "-carrier", where, "-curve", "512-A")
	mustHold(t, kept, where, token.FixedPIN(pin))
}
