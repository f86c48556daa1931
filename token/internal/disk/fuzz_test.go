package disk_test

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"github.com/surguch/surguch/token/internal/disk"
	"github.com/surguch/surguch/token/internal/disk/disktest"
)

// FuzzRecover opens a folder with any journal: it is followed wholly if it is
// one, and otherwise changes nothing; either way it is gone.
func FuzzRecover(f *testing.F) {
	d := prepared()
	folder, err := disk.Open(disk.Config{Path: "/stick", Device: device, System: d})
	if err != nil {
		f.Fatal(err)
	}
	d.RemoveAt(8) // after the journal is written
	if err := apply(folder); err == nil {
		f.Fatal("the change was made")
	}
	journal, ok := d.Files()["/stick/"+disk.DefaultJournal]
	if !ok {
		f.Fatal("there is no journal")
	}
	f.Add([]byte(journal))
	f.Add([]byte(journal[:len(journal)-1]))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		d := prepared()
		d.Put("/stick/"+disk.DefaultJournal, raw)
		d.Put("/stick/"+disk.DefaultJournal+".7", []byte("left"))
		_, err := disk.Open(disk.Config{Path: "/stick", Device: device, System: d})
		got := d.Files()
		for name := range got {
			if !strings.HasPrefix(name, "/stick/") || err == nil && strings.HasPrefix(name, "/stick/"+disk.DefaultJournal) {
				t.Errorf("%q is there", name)
			}
		}
		if string(raw) == journal && !maps.Equal(got, after) {
			t.Errorf("got %v, want %v", got, after)
		}
		if !disk.IsJournal(raw) && (err != nil || !maps.Equal(got, before)) {
			t.Errorf("got %v, %v, want nothing changed", got, errors.Join(err))
		}
	})
}

var _ disk.System = (*disktest.Disk)(nil)
