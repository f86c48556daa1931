package channel_test

import (
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/channel/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) channel.Store { return channel.NewMemory() })
}

// TestIDs: the same key has one package in each channel, and each channel knows
// its own.
func TestIDs(t *testing.T) {
	r := ra.SignRequest{Key: "019a0b1c2d3e4f5061728394a5b6c7d8/sign/3", Deadline: time.Date(2026, 11, 22, 15, 0, 0, 0, time.FixedZone("", 3*60*60))}
	a, b := channel.New("epgu", r), channel.New("smev3", r)
	if a.ID == b.ID || a.ID != channel.New("epgu", r).ID {
		t.Errorf("got %s and %s, want one ID in each channel", a.ID, b.ID)
	}
	if !channel.Of("epgu", a.ID) || !channel.Of("smev3", b.ID) {
		t.Error("a channel does not know its own")
	}
	for _, id := range []ra.OperationID{b.ID, "", "epgu-", a.ID + "0", "epgu", a.ID[5:], "epgu-" + ra.OperationID("Z") + a.ID[6:]} {
		if channel.Of("epgu", id) {
			t.Errorf("%q is taken for one of the channel's", id)
		}
	}
	if a.Request.Deadline.Location() != time.UTC || !a.Request.Deadline.Equal(r.Deadline) {
		t.Errorf("got %v, want %v in UTC", a.Request.Deadline, r.Deadline)
	}
}

// TestOutcomes: every end that is no signature has a reason for people.
func TestOutcomes(t *testing.T) {
	reasons := map[string]bool{}
	for _, o := range []ra.Operation{channel.Ended(ra.RefusedByUser), channel.Ended(ra.SigningExpired), channel.Ended(ra.SignerNotFound), channel.Withdrawn()} {
		p := channel.Package{Outcome: o}
		if o.Reason == "" || reasons[o.Reason] || !p.Over() {
			t.Errorf("%s: got reason %q", o.State, o.Reason)
		}
		reasons[o.Reason] = true
	}
	if p := (channel.Package{}); p.Over() {
		t.Error("a package without an outcome is over")
	}
}
