package workplace_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// TestMain is the main of the tests and of their workers.
func TestMain(m *testing.M) {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	os.Exit(m.Run())
}

// places are one of each kind, with the name that is missing at first. The
// password of a PFX file takes minutes under the race detector, which runs the
// short tests.
func places(dir string) []workplace.Place {
	list := []workplace.Place{
		{Kind: workplace.File, Path: filepath.Join(dir, "keys")},
		{Kind: workplace.CryptoPro, Path: filepath.Join(dir, "containers")},
		{Kind: workplace.Soft, Path: filepath.Join(dir, "tokens")},
	}
	if testing.Short() {
		return list
	}
	return append(list, workplace.Place{Kind: workplace.PFX, Path: filepath.Join(dir, "key.pfx")})
}

// secret answers with a password that every kind of place takes; that of a new
// token in software is the factory's.
func secret(ctx context.Context, q token.Question) (token.Answer, error) {
	if strings.HasPrefix(q.Device.Model, "softtoken") {
		return token.Answer{PIN: []byte("12345678")}, nil
	}
	return token.Answer{PIN: []byte("correct horse")}, nil
}

// fault is that of an error; "" if it is none of a carrier.
func fault(err error) token.Fault {
	var e *token.Error
	if errors.As(err, &e) {
		return e.Fault
	}
	return ""
}

// TestOpen: a place that is not there is an error, and nothing is made, unless
// it is asked for; then a key is made there, and found again.
func TestOpen(t *testing.T) {
	dir := t.TempDir()
	for _, p := range places(dir) {
		t.Run(string(p.Kind), func(t *testing.T) {
			ctx := t.Context()
			_, err := workplace.Open(ctx, p, workplace.Config{PIN: secret})
			if fault(err) != token.Removed || !strings.Contains(workplace.Explain(err), "ничего нет") {
				t.Errorf("missing: got %v: %s", err, workplace.Explain(err))
			}
			if _, err := os.Stat(p.Path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("it was made: %v", err)
			}
			deep := p
			deep.Path = filepath.Join(dir, "no such drive", "keys")
			if _, err := workplace.Open(ctx, deep, workplace.Config{PIN: secret, Make: true}); fault(err) != token.Removed {
				t.Errorf("a drive that is missing: got %v, want Removed", err)
			}
			wrong := p
			if wrong.Path = dir; p.Kind != workplace.PFX {
				wrong.Path = filepath.Join(t.TempDir(), "file")
				if err := os.WriteFile(wrong.Path, nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := workplace.Open(ctx, wrong, workplace.Config{PIN: secret, Make: true}); fault(err) != token.Unsupported {
				t.Errorf("a file for a folder, or a folder for a file: got %v, want Unsupported", err)
			}

			c, err := workplace.Open(ctx, p, workplace.Config{PIN: secret, Make: true})
			if err != nil {
				t.Fatal(err)
			}
			key, err := token.Generate(ctx, c, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			if c, err = workplace.Open(ctx, p, workplace.Config{PIN: secret}); err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			e, err := token.Find(ctx, c, key.Info().ID)
			if err != nil || e.Info.Name != "Вощёных" {
				t.Fatalf("found again: %+v, %v", e.Info, err)
			}
			if _, _, err := csr.Standard().Sign(e.Key, []byte("message")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOpenWithoutPIN: what wants a password says that nobody is there to ask,
// and a new container has none.
func TestOpenWithoutPIN(t *testing.T) {
	for _, p := range places(t.TempDir()) {
		c, err := workplace.Open(t.Context(), p, workplace.Config{Make: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = token.Generate(t.Context(), c, token.Spec{Algorithm: "CryptoPro-A"})
		switch p.Kind {
		case workplace.File, workplace.CryptoPro:
			if err != nil {
				t.Errorf("%s: %v", p.Kind, err)
			}
		case workplace.PFX:
			if !errors.Is(err, workplace.ErrNoPIN) || !strings.Contains(workplace.Explain(err), "SURGUCH_PIN") {
				t.Errorf("%s: got %v, want ErrNoPIN", p.Kind, err)
			}
		case workplace.Soft:
			if fault(err) != token.Policy {
				t.Errorf("%s: got %v, want Policy", p.Kind, err)
			}
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestSoft: a folder that a daemon has says so; one without a token is empty;
// a token in it is a Device; and once closed, the folder is free.
func TestSoft(t *testing.T) {
	p := workplace.Place{Kind: workplace.Soft, Path: t.TempDir()}
	if _, err := workplace.Open(t.Context(), p, workplace.Config{}); fault(err) != token.Removed {
		t.Errorf("without a token: got %v, want Removed", err)
	}
	daemon, err := softtoken.Open(softtoken.Config{Dir: p.Path, Iterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer daemon.Close()
	for _, serial := range []string{"0a1b2c3d", "0a1b2c3e"} {
		if _, err := daemon.Add(softtoken.Format{Serial: serial}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = workplace.Open(t.Context(), p, workplace.Config{})
	if fault(err) != token.Busy || !errors.Is(err, softtoken.ErrLocked) || !strings.Contains(workplace.Explain(err), "pkcs11:") || !strings.Contains(err.Error(), "pkcs11:") {
		t.Errorf("served: got %v: %s", err, workplace.Explain(err))
	}
	if err := daemon.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := workplace.Open(t.Context(), p, workplace.Config{}); err == nil || !strings.Contains(err.Error(), "0a1b2c3e") {
		t.Errorf("two tokens: got %v, want both named", err)
	}
	p.Path = filepath.Join(t.TempDir(), "one")
	for range 2 {
		c, err := workplace.Open(t.Context(), p, workplace.Config{PIN: secret, Make: true})
		if err != nil {
			t.Fatal(err)
		}
		d, ok := c.(workplace.Device)
		if !ok {
			t.Fatal("no Device")
		}
		s, err := d.Status(t.Context())
		if err != nil || !s.DefaultPIN || d.CheckPIN(t.Context()) != nil {
			t.Errorf("got %+v, %v", s, err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func status(manufacturer, serial, label string) pkcs11.Status {
	return pkcs11.Status{Device: token.Device{Manufacturer: manufacturer, Model: "Rutoken ECP", Serial: serial, Label: label}}
}

// TestLibrary: the library is the one whose token the URI means.
func TestLibrary(t *testing.T) {
	absent := pkcs11.Found{Name: "ESMART", Path: "libisbc.so", Err: fs.ErrNotExist}
	broken := pkcs11.Found{Name: "JaCarta", Path: "/lib/jc.so", Err: &token.Error{Fault: token.Unsupported, Op: "open", Detail: "missing symbol"}}
	rutoken := pkcs11.Found{Name: "Rutoken", Path: "/lib/rt.so", Devices: []pkcs11.Status{status("Aktiv Co.", "1", "a"), status("Aktiv Co.", "2", "b")}}
	other := pkcs11.Found{Name: "SoftHSM", Path: "/lib/soft.so", Devices: []pkcs11.Status{status("SoftHSM", "3", "a")}}
	for uri, c := range map[string]struct {
		list []pkcs11.Found
		path string
		err  error
		text string
	}{
		"pkcs11:serial=2":             {[]pkcs11.Found{absent, broken, rutoken, other}, "/lib/rt.so", nil, ""},
		"pkcs11:manufacturer=SoftHSM": {[]pkcs11.Found{rutoken, other}, "/lib/soft.so", nil, ""},
		"pkcs11:token=a;serial=1":     {[]pkcs11.Found{rutoken, other}, "/lib/rt.so", nil, ""},
		"pkcs11:":                     {[]pkcs11.Found{absent, other}, "/lib/soft.so", nil, ""},
		"pkcs11:token=a":              {[]pkcs11.Found{rutoken, other}, "", workplace.ErrSeveral, "Rutoken ECP 3"},
		"pkcs11:model=Rutoken%20ECP":  {[]pkcs11.Found{rutoken}, "", workplace.ErrSeveral, "Rutoken ECP 2"},
		"pkcs11:serial=4":             {[]pkcs11.Found{absent, broken, rutoken, other}, "", token.Removed, "missing symbol"},
		"pkcs11:serial=5":             {[]pkcs11.Found{broken}, "", token.Removed, "serial=5"},
		"pkcs11:serial=6":             {[]pkcs11.Found{absent}, "", token.Unsupported, "libisbc.so"},
	} {
		u, err := pkcs11.ParseURI(uri)
		if err != nil {
			t.Fatal(err)
		}
		path, err := workplace.Library(u, c.list)
		if path != c.path || !errors.Is(err, c.err) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %s, %v, want %s, %v with %q", uri, path, err, c.path, c.err, c.text)
		}
		if err != nil && workplace.Explain(err) == "" {
			t.Errorf("%s: nothing explains %v", uri, err)
		}
	}
}
