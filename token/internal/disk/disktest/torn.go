package disktest

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"testing"

	"github.com/surguch/surguch/token"
)

// cuts is how many power cuts are tried at each moment.
const cuts = 5

// Torn interrupts a change at every moment: the disk is full, it is pulled out
// and comes back, or the power is cut there. Each time it opens the carrier
// anew and wants the old state or the new one, and the fault that goes with it.
//
// Change is done on copies of start. State tells what a carrier on a disk
// holds, and fails the test if it cannot be opened.
func Torn(t *testing.T, start *Disk, change func(on *Disk) error, state func(on *Disk) string) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	whole := start.copy()
	before := state(whole)
	first := whole.Calls()
	if err := change(whole); err != nil {
		t.Fatal(err)
	}
	last := whole.Calls()
	after := state(whole)
	if before == after || first == last {
		t.Fatalf("the change changes nothing: %s", before)
	}
	for n := range last - first {
		d := start.copy()
		d.FailAt(n, syscall.ENOSPC)
		err := change(d)
		if !errors.Is(err, token.Full) {
			t.Errorf("moment %d: got %v, want Full", n, err)
		}
		want := before
		if errors.Is(err, token.Unknown) {
			want = after
		}
		if got := state(d); got != want {
			t.Errorf("moment %d: %v: got %s, want %s", n, err, got, want)
		}
		for cut := range cuts {
			d := start.copy()
			d.RemoveAt(n)
			err := change(d)
			if !errors.Is(err, token.Removed) {
				t.Errorf("moment %d: got %v, want Removed", n, err)
			}
			if cut == 0 {
				d.Insert()
			} else {
				d = d.Crash(random)
			}
			if got := state(d); got != before && (got != after || !errors.Is(err, token.Unknown)) {
				t.Errorf("moment %d: %v: got %s, want %s or %s", n, err, got, before, after)
			}
		}
	}
}

// copy returns a disk with the same files, all of them synced.
func (d *Disk) copy() *Disk {
	after := New()
	for name, data := range d.Files() {
		after.Put(name, []byte(data))
	}
	return after
}
