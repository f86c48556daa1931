package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// TestCarriers runs a journey on each carrier that quickstart makes, and opens
// what it left: the certificate stands beside its key, and the key signs. With
// -short, and so under the race detector, it leaves out what derives keys from
// passwords for minutes.
func TestCarriers(t *testing.T) {
	t.Parallel()
	for name, curve := range map[string]string{"file": "256-B", "soft": "512-A", "pfx": "CryptoPro-XchA", "cryptopro": "512-C"} {
		if testing.Short() && name == "pfx" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, stdout := journeyTo(t, "-carrier", name, "-curve", curve)
			mustHold(t, dir, name+":"+filepath.Join(dir, own[name]), token.FixedPIN(secretIn(stdout)))
		})
	}
}

// secretIn is the PIN that a run printed.
func secretIn(stdout string) string {
	_, rest, _ := strings.Cut(stdout, ", ПИН-код или пароль ")
	secret, _, _ := strings.Cut(rest, "\n")
	return secret
}

// mustHold opens the carrier at a place and proves that it holds the
// certificate which the journey kept in dir, beside a key that signs.
func mustHold(t *testing.T, dir, where string, pin token.PIN) {
	t.Helper()
	place, err := workplace.ParsePlace(where)
	if err != nil {
		t.Fatal(err)
	}
	carrier, err := workplace.Open(t.Context(), place, workplace.Config{PIN: pin})
	if err != nil {
		t.Fatal(err)
	}
	defer carrier.Close()
	der, err := os.ReadFile(filepath.Join(dir, "certificate.cer"))
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := csr.Standard().ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := carrier.List(t.Context())
	if err != nil || len(entries) != 1 {
		t.Fatalf("got %d keys (%v), want 1", len(entries), err)
	}
	if err := token.Verify(t.Context(), carrier, entries[0].Info.ID, csr.Standard(), certificate); err != nil {
		t.Error(err)
	}
}

// TestNoCarrier names carriers that are not there: nothing is made, and a
// person learns what to do.
func TestNoCarrier(t *testing.T) {
	absent := filepath.Join(t.TempDir(), "absent")
	for name, want := range map[string]string{
		"usb":                   "-carrier",
		"pkcs11:pin-value=1234": "-carrier",
		"pfx:" + filepath.Join(absent, "key.pfx"):                   "Подключите носитель или проверьте путь",
		"pkcs11:?module-path=" + filepath.Join(absent, "module.so"): "unsupported",
	} {
		var out, errs bytes.Buffer
		if status := run([]string{"-carrier", name}, &out, &errs); status != 1 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: got status %d: %s, want 1 and %q", name, status, errs.String(), want)
		}
		if out.Len() > 0 {
			t.Errorf("%s: got %q on standard output, want nothing", name, out.String())
		}
	}
	if _, err := os.Stat(absent); !os.IsNotExist(err) {
		t.Errorf("the folder was made (%v)", err)
	}
}
