package cryptopro_test

import (
	"context"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/internal/disk"
	"github.com/surguch/surguch/token/internal/disk/disktest"
	"github.com/surguch/surguch/token/tokentest"
)

// breakable is a carrier on a disk that breaks when it is told to.
type breakable struct {
	*cryptopro.Carrier
	disk *trapped
}

// trapped is a disk that is pulled out when the journal of a change is
// written, if the trap is set.
type trapped struct {
	*disktest.Disk
	set bool
}

func (d *trapped) Enter(path string, alone bool) (disk.Dir, error) {
	dir, err := d.Disk.Enter(path, alone)
	return trappedDir{dir, d}, err
}

type trappedDir struct {
	disk.Dir
	disk *trapped
}

func (d trappedDir) Write(name string, data []byte) error {
	if d.disk.set && strings.HasSuffix(name, "-cryptopro") {
		d.disk.set = false
		d.disk.RemoveAt(1) // it is written, and perhaps not synced
	}
	return d.Dir.Write(name, data)
}

func openBreakable(t testing.TB, d *trapped, ask token.PIN) token.Carrier {
	t.Helper()
	c, err := cryptopro.OpenOn(cryptopro.Config{Dir: stick, Password: ask}, d)
	if err != nil {
		t.Fatal(err)
	}
	return breakable{c, d}
}

// fails breaks the next change with an error of the system.
func fails(err error) func(testing.TB, token.Carrier) func() {
	return func(_ testing.TB, c token.Carrier) func() {
		d := c.(breakable).disk
		d.FailAt(0, err)
		return d.Insert
	}
}

// password is that of the container with which TestConformance tries PINs.
const password = "31415926"

// protected is the files of a folder with a container that has a password, and
// a certificate, so that List need not ask for it.
func protected(t testing.TB) map[string]string {
	t.Helper()
	d := &trapped{Disk: disktest.New()}
	c := openBreakable(t, d, token.FixedPIN(password))
	key, err := c.Generate(t.Context(), token.Spec{Algorithm: "CryptoPro-A", Name: "Вощёных"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Write(t.Context(), key.Info().ID, tokentest.Certificate(t, key, 1)); err != nil {
		t.Fatal(err)
	}
	return d.Files()
}

// signProtected signs with the key that has the password, found anew.
func signProtected(ctx context.Context, c token.Carrier) error {
	entries, err := c.List(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(e token.Entry) bool { return e.Certificate != nil })
	_, err = entries[i].Key.Sign(nil, make([]byte, 32), nil)
	return err
}

// TestConformance runs what every carrier must do, on a disk in memory.
// Passwords are per container here and not of the carrier: what needs one is
// to sign.
func TestConformance(t *testing.T) {
	t.Parallel()
	var algorithms []string
	for _, c := range gost.Curves() {
		algorithms = append(algorithms, c.Name())
	}
	prepared := protected(t)
	tokentest.Run(t, tokentest.Options{
		Open: func(t testing.TB) token.Carrier { return openBreakable(t, &trapped{Disk: disktest.New()}, nil) },
		Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return openBreakable(t, c.(breakable).disk, nil)
		},
		Algorithms: algorithms, Extractable: true,
		PIN: &tokentest.PIN{
			Open: func(t testing.TB, ask token.PIN) token.Carrier {
				d := &trapped{Disk: disktest.New()}
				for name, data := range prepared {
					d.Put(name, []byte(data))
				}
				return openBreakable(t, d, ask)
			},
			User: password, Use: signProtected,
		},
		Faults: map[token.Fault]func(testing.TB, token.Carrier) func(){
			token.Full:     fails(syscall.ENOSPC),
			token.ReadOnly: fails(syscall.EROFS),
			token.Crashed:  fails(syscall.EPROTO),
			token.Busy: func(t testing.TB, c token.Carrier) func() {
				other, err := c.(breakable).disk.Enter(stick, true)
				if err != nil {
					t.Fatal(err)
				}
				return func() { other.Leave() }
			},
			token.Removed: func(t testing.TB, c token.Carrier) func() {
				d := c.(breakable).disk
				dir, err := d.Enter(stick, false)
				if err != nil {
					t.Fatal(err)
				}
				d.RemoveAt(0)
				dir.Sync(".") // notices it
				dir.Leave()
				return d.Insert
			},
			token.Unknown: func(_ testing.TB, c token.Carrier) func() {
				d := c.(breakable).disk
				d.set = true
				return d.Insert
			},
		},
	})
}
