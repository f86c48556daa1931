//go:build cgo

package pkcs11_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/tokentest"
)

// Variables of TestDevice.
const (
	deviceModule     = "SURGUCH_PKCS11_MODULE"     // path of the library
	deviceURI        = "SURGUCH_PKCS11_URI"        // which device, if there are several
	devicePIN        = "SURGUCH_PKCS11_PIN_FILE"   // a file whose first line is the user's PIN
	deviceAlgorithms = "SURGUCH_PKCS11_ALGORITHMS" // with spaces between them; all that it has, if empty
	deviceWrongPIN   = "SURGUCH_PKCS11_WRONG_PIN"  // yes: wrong PINs may be entered
)

// TestDevice runs the suite on a real device, in a worker, without faults:
//
//	SURGUCH_PKCS11_MODULE=/usr/lib/librtpkcs11ecp.so SURGUCH_PKCS11_PIN_FILE=pin \
//		go test -v -run TestDevice -timeout 1h ./token/pkcs11
//
// The keys that the suite makes are deleted again, and nothing else is touched.
// Wrong PINs are entered only if that is allowed: all tries but one, several
// times, each time with the right PIN after them. Whoever breaks in between
// leaves the device with few tries.
func TestDevice(t *testing.T) {
	module := os.Getenv(deviceModule)
	if module == "" {
		t.Logf("%s names no library: no device is tried", deviceModule)
		return
	}
	text, err := os.ReadFile(os.Getenv(devicePIN))
	if err != nil {
		t.Fatalf("%s: %v", devicePIN, err)
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	pin := string(bytes.TrimSuffix(line, []byte("\r")))
	config := pkcs11.Config{Module: module, PIN: token.FixedPIN(pin), Worker: worker(t, "serve")}
	if uri := os.Getenv(deviceURI); uri != "" {
		if config.URI, err = pkcs11.ParseURI(uri); err != nil {
			t.Fatal(err)
		}
	}
	c := openWith(t, config)
	// The right PIN gives all tries back: what is told of them then is how many
	// there are.
	err = c.CheckPIN(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s, err := c.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s at %s: %v, %d tries", s.Device, s.Reader, s.Algorithms, s.Tries)
	o := options(config)
	if o.Algorithms = strings.Fields(os.Getenv(deviceAlgorithms)); len(o.Algorithms) == 0 {
		o.Algorithms = s.Algorithms
	}
	if os.Getenv(deviceWrongPIN) == "yes" {
		open := func(t testing.TB, ask token.PIN) token.Carrier {
			config := config
			config.PIN = ask
			return openWith(t, config)
		}
		o.PIN = pinOptions(open, pin, "", max(s.Tries, 0))
		// The device outlives a behaviour, and so would another PIN.
		o.PIN.Change, o.PIN.Unblock = nil, nil
	}
	tokentest.Run(t, o)
}
