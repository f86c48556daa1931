package cryptopro_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/internal/disk/disktest"
	"github.com/surguch/surguch/token/tokentest"
)

const stick = "/stick"

func openOn(t testing.TB, d *disktest.Disk) *cryptopro.Carrier {
	t.Helper()
	c, err := cryptopro.OpenOn(cryptopro.Config{Dir: stick}, d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// brokenID is of the key that the changes of these tests are about.
const brokenID = "0123456789abcdef0123456789abcdef"

// change is something that is interrupted, and how the key of brokenID looks
// before and after.
type change struct {
	name          string
	prepare       func(t testing.TB, c *cryptopro.Carrier) *csr.Certificate
	do            func(t testing.TB, c *cryptopro.Carrier, cert *csr.Certificate) error
	before, after string
}

var changes = []change{
	{
		"generate",
		func(testing.TB, *cryptopro.Carrier) *csr.Certificate { return nil },
		func(t testing.TB, c *cryptopro.Carrier, _ *csr.Certificate) error {
			_, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", ID: brokenID})
			return err
		}, "no key", "a key",
	},
	{
		"write",
		func(t testing.TB, c *cryptopro.Carrier) *csr.Certificate {
			return tokentest.Certificate(t, generate(t, c), 1)
		},
		func(t testing.TB, c *cryptopro.Carrier, cert *csr.Certificate) error {
			return c.Write(t.Context(), brokenID, cert)
		}, "a key", "a certificate",
	},
	{
		"delete",
		func(t testing.TB, c *cryptopro.Carrier) *csr.Certificate { generate(t, c); return nil },
		func(t testing.TB, c *cryptopro.Carrier, _ *csr.Certificate) error {
			return c.Delete(t.Context(), brokenID)
		}, "a key", "no key",
	},
}

func generate(t testing.TB, c *cryptopro.Carrier) token.Key {
	t.Helper()
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", ID: brokenID})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// state tells how the key of brokenID looks, in a folder that holds whole keys
// and nothing else.
func state(t testing.TB, d *disktest.Disk, cert *csr.Certificate) string {
	t.Helper()
	c := openOn(t, d)
	entries := list(t, c)
	found := "no key"
	for _, e := range entries {
		if _, _, err := csr.Standard().Sign(e.Key, []byte("message")); err != nil {
			t.Errorf("key %s: %v", e.Info.ID, err)
		}
		if e.Info.ID != brokenID {
			continue
		}
		found = "a key"
		if e.Certificate != nil {
			found = "a certificate"
			if !bytes.Equal(e.Certificate.Raw, cert.Raw) {
				t.Error("got another certificate")
			}
		}
	}
	if files := d.Files(); len(files) != 6*len(entries) {
		t.Errorf("%d keys: got %d files", len(entries), len(files))
	}
	return found
}

// TestFailures has each change that the system is asked for fail in turn: the
// key is as before or as after, and the error says which, or that it is not
// known.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, c := range changes {
		for what, failure := range map[string]struct {
			fail  func(d *disktest.Disk, n int)
			fault token.Fault
		}{
			"full":      {func(d *disktest.Disk, n int) { d.FailAt(n, syscall.ENOSPC) }, token.Full},
			"read-only": {func(d *disktest.Disk, n int) { d.FailAt(n, syscall.EROFS) }, token.ReadOnly},
			"removed":   {func(d *disktest.Disk, n int) { d.RemoveAt(n) }, token.Removed},
		} {
			failed := 0
			for n := 0; ; n++ {
				d := disktest.New()
				carrier := openOn(t, d)
				cert := c.prepare(t, carrier)
				failure.fail(d, n)
				err := c.do(t, carrier, cert)
				d.Insert()
				got := state(t, d, cert)
				if err == nil {
					if got != c.after {
						t.Fatalf("%s, %s at %d: got no error and %s", c.name, what, n, got)
					}
					break
				}
				failed++
				var e *token.Error
				switch {
				case !errors.As(err, &e) || !errors.Is(err, failure.fault) || e.Device.Serial != "stick" || e.Op != c.name:
					t.Errorf("%s, %s at %d: got %v", c.name, what, n, err)
				case e.Fault == token.Unknown && got != c.before && got != c.after,
					e.Fault != token.Unknown && got != c.before:
					t.Errorf("%s, %s at %d: got %v and %s", c.name, what, n, err, got)
				}
			}
			if failed < 5 {
				t.Errorf("%s, %s: got %d failures, want some", c.name, what, failed)
			}
		}
	}
}

// TestPowerCut cuts the power at each point, and leaves of what was not synced
// any part.
func TestPowerCut(t *testing.T) {
	random := rand.New(stream("power"))
	for _, c := range changes {
		seen := map[string]int{}
		for n := 0; ; n++ {
			d := disktest.New()
			carrier := openOn(t, d)
			cert := c.prepare(t, carrier)
			d.RemoveAt(n)
			err := c.do(t, carrier, cert)
			for range 5 {
				got := state(t, d.Crash(random), cert)
				if got != c.before && got != c.after || err == nil && got != c.after {
					t.Errorf("%s, at %d: got %v and %s, want %s or %s", c.name, n, err, got, c.before, c.after)
				}
				seen[got]++
			}
			if err == nil {
				break
			}
		}
		if seen[c.before] == 0 || seen[c.after] == 0 {
			t.Errorf("%s: got %v, want both", c.name, seen)
		}
	}
}

// TestUnknown: of a key that was made when the disk went away nobody knows,
// until it is looked for.
func TestUnknown(t *testing.T) {
	found := 0
	for n := 0; ; n++ {
		d := disktest.New()
		carrier := openOn(t, d)
		d.FailAt(n, syscall.EIO)
		key, err := token.Generate(t.Context(), carrier, token.Spec{Algorithm: "CryptoPro-A"})
		d.Insert()
		if keys := list(t, carrier); err == nil != (len(keys) == 1) || err == nil && keys[0].Info != key.Info() {
			t.Errorf("at %d: got %v, and %d keys", n, err, len(keys))
		}
		if err == nil {
			found++
		}
		if d.Calls() <= n+1 {
			break
		}
	}
	if found < 2 {
		t.Error("no key was found after an unknown end")
	}
}

// TestGone lists a stick that is not there any more.
func TestGone(t *testing.T) {
	d := disktest.New()
	c := openOn(t, d)
	key := generate(t, c)
	e := list(t, c)[0]
	d.RemoveAt(0)
	c.Delete(t.Context(), brokenID) // notices it
	_, err := c.List(t.Context())
	checkFault(t, "list", err, token.Removed, "")
	_, err = e.Key.Sign(nil, make([]byte, 32), nil)
	checkFault(t, "sign", err, token.Removed, "")
	if _, err := key.Sign(nil, make([]byte, 32), nil); err != nil {
		t.Errorf("a key that is open: %v", err)
	}
	d.Insert()
	if got := list(t, c); len(got) != 1 || got[0].Info != key.Info() {
		t.Errorf("got %v, want the key", got)
	}
}

// TestLarge lists a folder where a file is larger than any of a container.
func TestLarge(t *testing.T) {
	d := disktest.New()
	c := openOn(t, d)
	key := generate(t, c)
	d.Put(stick+"/large.000/header.key", []byte(strings.Repeat("x", 17<<20)))
	entries := list(t, c)
	if i := slices.IndexFunc(entries, func(e token.Entry) bool { return e.Info == key.Info() }); len(entries) != 2 || i < 0 {
		t.Fatalf("got %v", entries)
	}
	for _, e := range entries {
		if e.Info != key.Info() {
			_, err := e.Key.Sign(nil, make([]byte, 32), nil)
			checkFault(t, "a large file", err, token.Unsupported, "header.key")
		}
	}
}
