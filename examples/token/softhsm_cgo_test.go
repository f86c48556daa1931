//go:build cgo

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/surguch/surguch/internal/testenv/outside"
	"github.com/surguch/surguch/internal/workplace"
)

// softhsm makes a token of SoftHSM 2 in a folder of the test and returns the
// library's path.
func (b *bench) softhsm() string {
	b.Helper()
	util := outside.Need(b, "softhsm2-util")
	var library string
	for _, pattern := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/*/softhsm/libsofthsm2.so", "/usr/lib64/*/libsofthsm2.so"} {
		if names, _ := filepath.Glob(pattern); len(names) > 0 {
			library = names[0]
		}
	}
	if library == "" {
		b.Fatal("softhsm2-util is there, and libsofthsm2.so is not")
	}
	tokens := filepath.Join(b.dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		b.Fatal(err)
	}
	conf := b.keep("softhsm2.conf", fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens))
	b.Setenv("SOFTHSM2_CONF", conf)
	cmd := exec.Command(util, "--init-token", "--free", "--label", "surguch", "--pin", userPIN, "--so-pin", officerPIN)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("softhsm2-util: %v\n%s", err, out)
	}
	return library
}

// TestSoftHSM works with the library of somebody else, in a child process that
// is this program: doctor, keys, a PIN. It knows no GOST, which doctor tells.
func TestSoftHSM(t *testing.T) {
	b := newBench(t)
	library := b.softhsm()
	b.Setenv("GORACE", "atexit_sleep_ms=0")
	const place = "pkcs11:token=surguch"

	r := b.report(1, "-module "+library)
	i := slices.IndexFunc(r.Modules, func(m moduleReport) bool { return len(m.Tokens) == 1 && m.Tokens[0].Label == "surguch" })
	if i < 0 || r.Modules[i].State != stateOK || r.Modules[i].Tokens[0].Tries != nil || r.Modules[i].Tokens[0].FreeMemory != nil {
		t.Fatalf("got %+v", r.Modules)
	}
	if got := r.codes(severityError); !slices.Equal(got, []string{"nothing-usable"}) || !slices.Contains(r.codes(severityWarning), "no-gost") {
		t.Errorf("got findings %+v", r.Findings)
	}

	b.types("secret " + userPIN)
	b.want(1, "doctor -login -test -carrier "+place+" -module "+library, "Проба на устройстве: ключ RSA-2048", "её больше нет", "нельзя создать ключ ГОСТ")
	t.Setenv(workplace.PINVariable, userPIN)
	id := b.keyID(b.want(0, "generate -algorithm P-256 -name Вощёных -carrier "+place+" -module "+library), "Создан ключ ")
	b.want(0, "list -carrier "+place+"?module-path="+library, id, "P-256", "не извлекается")
	b.want(0, "list -carrier "+place, id) // the library is found
	b.want(1, "generate -carrier "+place+" -module "+library, "не поддерживает")
	os.Unsetenv(workplace.PINVariable)

	pin := b.keep("pin", []byte(userPIN+"\r\n"))
	source := "?module-path=" + library + "&pin-source=file:" + pin
	b.want(0, "pin check -carrier "+place+source, "верен")
	b.want(0, "delete -yes -carrier "+place+source+" -id "+id[:8], "Удалено")
	if err := os.Chmod(pin, 0o644); err != nil {
		t.Fatal(err)
	}
	b.want(1, "pin check -carrier "+place+source, "chmod 600")
	b.types("secret 00000000")
	b.want(1, "pin check -carrier "+place+" -module "+library, "Неверный ПИН-код")
	b.want(1, "list -carrier pkcs11:serial=none -module "+library, "извлечён")
	b.want(1, "list -carrier pkcs11: -module "+b.keep("text.so", []byte("no library")), "text.so")
}
