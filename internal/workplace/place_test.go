package workplace_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token/pkcs11"
)

func TestParsePlace(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	for text, want := range map[string]workplace.Place{
		"file:keys":               {Kind: workplace.File, Path: "keys"},
		"FILE:keys":               {Kind: workplace.File, Path: "keys"},
		`pfx:C:\keys\a.pfx`:       {Kind: workplace.PFX, Path: `C:\keys\a.pfx`},
		"cryptopro:/media/a b":    {Kind: workplace.CryptoPro, Path: "/media/a b"},
		"soft:~/keys":             {Kind: workplace.Soft, Path: filepath.Join(home, "keys")},
		"soft:~keys":              {Kind: workplace.Soft, Path: "~keys"},
		"pkcs11:":                 {Kind: workplace.PKCS11},
		"pkcs11:serial=0a1b%20":   {Kind: workplace.PKCS11, URI: pkcs11.URI{Serial: "0a1b "}},
		"pkcs11:?pin-source=/pin": {Kind: workplace.PKCS11, URI: pkcs11.URI{PINSource: "/pin"}},
	} {
		got, err := workplace.ParsePlace(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", text, got, err, want)
		}
		if again, err := workplace.ParsePlace(got.String()); err != nil || !reflect.DeepEqual(again, got) {
			t.Errorf("%s: read back as %+v, %v", got, again, err)
		}
	}
}

// TestParsePlaceRefuses: an error names the kinds, or the kind that lacks a
// path, and shows no PIN that was written into a URI.
func TestParsePlaceRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "cryptopro:ПАПКА",
		"keys":                               "pkcs11:URI",
		"/keys":                              "file:ПАПКА",
		`C:\keys`:                            "soft:ПАПКА",
		"pcks11:?pin-value=31415926":         "pfx:ФАЙЛ",
		"file:":                              "file:",
		"soft:a\x00b":                        "soft:",
		"pkcs11:serial":                      "name=value",
		"pkcs11:serial=1?pin-value=31415926": "pin-value",
		"pkcs11:pin-value=31415926;token=a":  "pin-value",
	} {
		_, err := workplace.ParsePlace(text)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "31415926") {
			t.Errorf("%q: got %v, want an error of %s", text, err, want)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	for _, seed := range []string{"file:keys", "pfx:a.pfx", "cryptopro:/a", "soft:~/x", "pkcs11:token=a;serial=1?module-path=/lib.so&pin-source=file:/pin", "pkcs11:id=%01", "x:y", "file:"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := workplace.ParsePlace(s)
		if err != nil {
			if !reflect.DeepEqual(p, workplace.Place{}) {
				t.Errorf("got %+v and %v", p, err)
			}
			return
		}
		again, err := workplace.ParsePlace(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%q: got %s, then %s, %v", s, p, again, err)
		}
	})
}
