package pkcs11_test

import (
	"strings"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
)

// TestURI: examples of RFC 7512, section 3, and of devices, as they are printed
// again.
func TestURI(t *testing.T) {
	for text, want := range map[string]string{
		"pkcs11:":                             "",
		"PKCS11:token=x":                      "pkcs11:token=x",
		"pkcs11:object=my-pubkey;type=public": "",
		"pkcs11:object=my-key;type=private?pin-source=file:/etc/token": "",
		"pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;object=my-certificate;type=cert;id=%69%95%3E%5C%F4%BD%EC%91;serial=?pin-source=file:/etc/token_pin": "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil,%20Inc.;model=1.0;id=%69%95%3E%5C%F4%BD%EC%91;object=my-certificate;type=cert?pin-source=file:/etc/token_pin",
		"pkcs11:object=my-sign-key;type=private?module-name=mypkcs11":                                                                "",
		"pkcs11:object=my-sign-key;type=private?module-path=/mnt/libmypkcs11.so.1":                                                   "",
		"pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-source=%7C%2Fusr%2Flib%2Fpinomatic":      "pkcs11:token=Software%20PKCS%2311%20softtoken;manufacturer=Snake%20Oil,%20Inc.?pin-source=|/usr/lib/pinomatic",
		"pkcs11:slot-description=Sun%20Metaslot":                                                                                     "",
		"pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-description=Soft%20Token%20Library;library-version=1.23":            "pkcs11:library-manufacturer=Snake%20Oil,%20Inc.;library-version=1.23;library-description=Soft%20Token%20Library",
		"pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%Ba%dd%Ca%fe%04%05%06":                        "pkcs11:token=My%20token%25%20created%20by%20Joe;library-version=3;id=%01%02%03%BA%DD%CA%FE%04%05%06",
		"pkcs11:token=A%20name%20with%20a%20substring%20%25%3B;object=my-certificate;type=cert":                                      "",
		"pkcs11:token=Name%20with%20a%20small%20A%20with%20acute:%20%C3%A1;object=my-certificate;type=cert":                          "",
		"pkcs11:token=my-token;object=my-certificate;type=cert;vendor-aaa=value-a?pin-source=file:/etc/token_pin&vendor-bbb=value-b": "",
		"pkcs11:manufacturer=Aktiv%20Co.;serial=0a1b2c3d;model=Rutoken%20ECP":                                                        "",
		"pkcs11:slot-id=327": "",
	} {
		if want == "" {
			want = text
		}
		u, err := pkcs11.ParseURI(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := u.String(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	u, err := pkcs11.ParseURI("pkcs11:serial=0a1b;id=%00%FF;object=%D0%98?module-path=/a/b.so&pin-source=/run/pin")
	if err != nil || u.Serial != "0a1b" || string(u.ID) != "\x00\xff" || u.Object != "И" || u.ModulePath != "/a/b.so" || u.PINSource != "/run/pin" {
		t.Errorf("got %+v, %v", u, err)
	}
	device := token.Device{Manufacturer: "Aladdin R.D.", Model: "JaCarta GOST 2.0", Serial: "4E46001122334455"}
	if got, want := pkcs11.DeviceURI(device).String(), "pkcs11:manufacturer=Aladdin%20R.D.;serial=4E46001122334455;model=JaCarta%20GOST%202.0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestURIRefused: what is no URI, and one that holds a PIN, which no error
// repeats.
func TestURIRefused(t *testing.T) {
	for _, text := range []string{
		"", "pkcs11", "http://example.org", "pkcs11:token", "pkcs11:=x", "pkcs11:token=a;", "pkcs11:;", "pkcs11:token=a;token=b", "pkcs11:id=%01;id=%02",
		"pkcs11:token=%", "pkcs11:token=%1", "pkcs11:token=%zz", "pkcs11:token=a b", "pkcs11:token=ы", "pkcs11:token=a/b", "pkcs11:t*=a", "pkcs11:type=key",
		"pkcs11:slot-id=x", "pkcs11:slot-id=-1", "pkcs11:x=1;x=2", "pkcs11:?pin-source=a&pin-source=b", "pkcs11:?module-path", "pkcs11:a=#",
		"pkcs11:token=a?pin-value=31415926", "pkcs11:pin-value=31415926", "pkcs11:slot-id=31415926x",
	} {
		u, err := pkcs11.ParseURI(text)
		if err == nil || strings.Contains(err.Error(), "31415926") || u.String() != "pkcs11:" {
			t.Errorf("%q: got %s, %v", text, u, err)
		}
	}
}

func FuzzParseURI(f *testing.F) {
	f.Add("pkcs11:token=The%20Software;id=%69%95;object=a;type=cert;vendor=1?pin-source=|/usr/lib/x&module-path=/a&v=2")
	f.Add("pkcs11:slot-id=327;library-version=3")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := pkcs11.ParseURI(text)
		if err != nil {
			if u.String() != "pkcs11:" {
				t.Errorf("%q: got %s with error %v", text, u, err)
			}
			return
		}
		printed := u.String()
		again, err := pkcs11.ParseURI(printed)
		if err != nil || again.String() != printed {
			t.Errorf("%q: printed %q, read again as %q, %v", text, printed, again, err)
		}
	})
}
