package file_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
	"github.com/surguch/surguch/token/internal/disk/disktest"
	"github.com/surguch/surguch/token/tokentest"
)

func openOn(t *testing.T, d *disktest.Disk) *file.Carrier {
	t.Helper()
	c, err := file.OpenOn("/stick/keys", csr.Standard(), d)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// state tells which keys and certificates a carrier holds.
func state(t *testing.T) func(d *disktest.Disk) string {
	return func(d *disktest.Disk) string {
		t.Helper()
		var s strings.Builder
		for _, e := range list(t, openOn(t, d)) {
			fmt.Fprintf(&s, "%s %s %v;", e.Info.ID, e.Info.Name, e.Certificate != nil)
		}
		return s.String()
	}
}

// TestTorn interrupts every change at every moment.
func TestTorn(t *testing.T) {
	id := strings.Repeat("a", 32)
	ctx := context.Background()
	generate := func(c *file.Carrier) error {
		_, err := c.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных", ID: id})
		return err
	}
	empty := disktest.New()
	openOn(t, empty)
	one := disktest.New()
	if err := generate(openOn(t, one)); err != nil {
		t.Fatal(err)
	}
	cert := tokentest.Certificate(t, list(t, openOn(t, one))[0].Key, 1)
	for what, c := range map[string]struct {
		start  *disktest.Disk
		change func(c *file.Carrier) error
	}{
		"generate": {empty, generate},
		"write":    {one, func(c *file.Carrier) error { return c.Write(ctx, id, cert) }},
		"delete":   {one, func(c *file.Carrier) error { return c.Delete(ctx, id) }},
	} {
		t.Run(what, func(t *testing.T) {
			disktest.Torn(t, c.start, func(d *disktest.Disk) error { return c.change(openOn(t, d)) }, state(t))
		})
	}
}

// TestGenerateRemoved: token.Generate finds the key that it did not know of
// when the disk is back, and does not make another.
func TestGenerateRemoved(t *testing.T) {
	d := disktest.New()
	c := openOn(t, d)
	d.RemoveAt(9)
	spec := token.Spec{Algorithm: "CryptoPro-A", ID: strings.Repeat("b", 32)}
	if _, err := token.Generate(t.Context(), c, spec); !errors.Is(err, token.Unknown) || !errors.Is(err, token.Removed) {
		t.Fatalf("got %v, want Unknown and Removed", err)
	}
	d.Insert()
	if _, err := c.Generate(t.Context(), spec); !errors.Is(err, token.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
	if got := list(t, c); len(got) != 1 || got[0].Info.ID != spec.ID {
		t.Errorf("got %v, want one key", got)
	}
}
