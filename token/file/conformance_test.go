package file_test

import (
	"strings"
	"syscall"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/file"
	"github.com/surguch/surguch/token/internal/disk"
	"github.com/surguch/surguch/token/internal/disk/disktest"
	"github.com/surguch/surguch/token/tokentest"
)

// breakable is a carrier on a disk that breaks when it is told to.
type breakable struct {
	token.Carrier
	disk *trapped
}

// trapped is a disk that is pulled out while the journal of a change is
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
	if d.disk.set && strings.HasSuffix(name, disk.DefaultJournal) {
		d.disk.set = false
		d.disk.RemoveAt(1) // it is written, and perhaps not synced
	}
	return d.Dir.Write(name, data)
}

// TestConformance runs the faults of every carrier; package tokentest runs the
// rest of its behaviours on folders of the real disk.
func TestConformance(t *testing.T) {
	open := func(t testing.TB, d *trapped) token.Carrier {
		t.Helper()
		c, err := file.OpenOn("/stick/keys", csr.Standard(), d)
		if err != nil {
			t.Fatal(err)
		}
		return breakable{c, d}
	}
	fails := func(err error) func(testing.TB, token.Carrier) func() {
		return func(_ testing.TB, c token.Carrier) func() {
			d := c.(breakable).disk
			d.FailAt(0, err)
			return d.Insert
		}
	}
	tokentest.Run(t, tokentest.Options{
		Open: func(t testing.TB) token.Carrier { return open(t, &trapped{Disk: disktest.New()}) },
		Reopen: func(t testing.TB, c token.Carrier) token.Carrier {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, c.(breakable).disk)
		},
		Algorithms: []string{"CryptoPro-A", "512-A", "256-A", "512-C"}, Extractable: true,
		Faults: map[token.Fault]func(testing.TB, token.Carrier) func(){
			token.Full: fails(syscall.ENOSPC), token.ReadOnly: fails(syscall.EROFS), token.Crashed: fails(syscall.EPROTO),
			token.Busy: func(t testing.TB, c token.Carrier) func() {
				other, err := c.(breakable).disk.Enter("/stick/keys", true)
				if err != nil {
					t.Fatal(err)
				}
				return func() { other.Leave() }
			},
			token.Removed: func(_ testing.TB, c token.Carrier) func() {
				d := c.(breakable).disk
				d.RemoveAt(0)
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
