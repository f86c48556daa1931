package epgu_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// TestPolls asks the portal no more often than the pauses say.
func TestPolls(t *testing.T) {
	w := newWorld(t, nil)
	id := w.submit(w.request("1"))
	w.state(id, ra.AwaitingUser)
	before := w.requests.Load()
	for range 60 * 60 { // every second of an hour
		w.clock.Advance(time.Second)
		if o, err := w.client.Status(t.Context(), id); err != nil || o.State != ra.AwaitingUser {
			t.Fatalf("got %v, %v", o.State, err)
		}
	}
	// 15 s, 30 s, 1 min, 2 min, 4 min, then every five minutes; and a new
	// token in the hour.
	if got := w.requests.Load() - before; got < 14 || got > 18 {
		t.Errorf("got %d requests in an hour, want about 16", got)
	}
	w.sign()
	w.signed(id, 1)
}

// TestQuota submits a hundred packages at once and works through a virtual
// day: all are signed, and the portal never has to refuse.
func TestQuota(t *testing.T) {
	w := newWorld(t, nil)
	const n = 100
	var ids []ra.OperationID
	for i := range n {
		ids = append(ids, w.submit(w.request(fmt.Sprint(i))))
	}
	done := map[ra.OperationID]bool{}
	most := 0
	for minute := 0; len(done) < n && minute < 24*60; minute++ {
		for _, id := range ids {
			o, err := w.client.Status(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if o.State == ra.Signed {
				done[id] = true
			}
		}
		most = max(most, len(w.phone.Packages()))
		w.sign()
		w.clock.Advance(time.Minute)
	}
	pushed, tooMany := w.portal.Counts()
	if len(done) != n || pushed != n || tooMany != 0 || most > epgu.PortalOrders.N {
		t.Errorf("got %d signed, %d orders, %d refusals, %d at once; want %d, %d, 0, at most %d", len(done), pushed, tooMany, most, n, n, epgu.PortalOrders.N)
	}
}

// TestTooMany is silent for as long as the portal says, when others use up the
// quota that the client counts as its own.
func TestTooMany(t *testing.T) {
	w := newWorld(t, func(_ *epgu.Config, p *epgutest.Config) { p.Requests = epgu.Quota{N: 2, Per: 90 * time.Second} })
	id := w.submit(w.request("1"))
	silent := time.Duration(0) // until then
	for at := time.Duration(0); at < 200*time.Second; at += time.Second {
		before := w.requests.Load()
		_, refused := w.portal.Counts()
		if o, err := w.client.Status(t.Context(), id); err != nil || o.State != ra.AwaitingUser {
			t.Fatalf("got %v, %v, want it to wait", o.State, err)
		}
		_, after := w.portal.Counts()
		if asked := w.requests.Load() != before || after != refused; asked && at < silent {
			t.Errorf("the portal is asked after %v, want silence until %v", at, silent)
		}
		if after != refused {
			silent = at + time.Minute
		}
		w.clock.Advance(time.Second)
	}
	if _, refused := w.portal.Counts(); refused < 2 || refused > 4 {
		t.Errorf("got %d refusals, want 2 to 4", refused)
	}
	if len(w.phone.Packages()) != 1 {
		t.Error("the package has not come through")
	}
}
