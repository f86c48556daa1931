package client_test

import (
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
)

// Many who wait for answers look into the queues once a second for all of them,
// and find what has come when that second is over.
func TestAnswersShareALook(t *testing.T) {
	w := newWorld(t)
	first, second := w.ask("k", smev.CheckPassport, subject()), w.ask("k2", smev.CheckPassport, subject())
	looks := func() (n int) {
		for _, e := range w.server.Journal() {
			if e.Operation == "GetResponse" {
				n++
			}
		}
		return n
	}
	w.pending(first)
	w.pending(second)
	if n := looks(); n != 1 {
		t.Errorf("the queue of responses was looked into %d times", n)
	}
	w.clock.Advance(999 * time.Millisecond)
	w.pending(first)
	if n := looks(); n != 1 {
		t.Errorf("it was looked into %d times before a second was over", n)
	}
	w.clock.Advance(time.Millisecond)
	w.pending(second)
	if n := looks(); n != 2 {
		t.Errorf("it was looked into %d times when a second was over, want 2", n)
	}
	for w.step() {
	}
	for _, id := range []string{first, second} {
		if a, err := w.Answer(w.ctx, id); err != nil || a.Outcome != smev.Confirmed {
			t.Errorf("got %+v, %v", a, err)
		}
	}
}
