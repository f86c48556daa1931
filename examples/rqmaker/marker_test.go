package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestMarkerRefused: a marker that is wrong, used, withdrawn, expired or of
// nobody is refused with the same words, and nothing is made.
func TestMarkerRefused(t *testing.T) {
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	_, second := o.request(seedOf(t)+1, true)

	used, usedMarker := o.request(seedOf(t)+2, true)
	if got := o.workstation(t, "soft", used, usedMarker).rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	withdrawn, withdrawnMarker := o.request(seedOf(t)+3, true)
	o.fire(o.agent, withdrawn, workflow.WithdrawMarker)

	short := startServer(t, `"markerLife": "1s"`)
	expired, expiredMarker := newOffice(t, short).request(seedOf(t), true)
	<-time.After(time.Second) // since it was printed

	texts := map[string][]string{}
	for name, c := range map[string]struct {
		*server
		id, code string
	}{
		"wrong secret":  {s, id, withCheck(marker[:8] + second[8:24])},
		"swapped":       {s, id, withCheck(second[:8] + marker[8:24])},
		"of nobody":     {s, id, withCheck("00000000" + marker[8:24])},
		"used":          {s, used, usedMarker},
		"withdrawn":     {s, withdrawn, withdrawnMarker},
		"withdrawn two": {s, withdrawn, withCheck(withdrawnMarker[:8] + marker[8:24])},
		"expired":       {short, expired, expiredMarker},
	} {
		w := o.workstation(t, "soft", c.id, c.code)
		w.server = c.server
		got := w.rqmaker("")
		if got.status != 1 || got.stdout != "" {
			t.Errorf("%s: status %d\n%s%s", name, got.status, got.stdout, got.stderr)
		}
		texts[got.stderr] = append(texts[got.stderr], name)
		if found, err := filepath.Glob(filepath.Join(w.dir, "carrier*")); err != nil || found != nil {
			t.Errorf("%s: a carrier was made: %v, %v", name, found, err)
		}
	}
	if len(texts) != 1 {
		t.Errorf("%d different texts: %q", len(texts), texts)
	}
	for text := range texts {
		if !strings.Contains(text, "попросите Агента напечатать новый маркер") {
			t.Errorf("the text says not what to do: %s", text)
		}
	}
	// The right one still opens what is its own.
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(w, workflow.OriginalsPending)
}

// withCheck adds the check character that a code of 24 characters has.
func withCheck(code string) string {
	for _, c := range "0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
		if whole, err := ra.ParseMarker(code + string(c)); err == nil {
			return whole
		}
	}
	panic("no check character fits " + code)
}

// TestOtherRequest: the marker of another request than what was begun opens
// that one in a folder of its own, and neither disturbs the other.
func TestOtherRequest(t *testing.T) {
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	otherID, otherMarker := o.request(seedOf(t)+1, true)
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker("after write 3"); !got.killed { // the key's ID is chosen
		t.Fatalf("it was not killed: %s", got.stderr)
	}
	w.endSession()
	w.marker = otherMarker
	got := w.rqmaker("")
	folder := filepath.Join(w.dir, "state", otherID)
	if got.status != 1 || !strings.Contains(got.stderr, "-state "+folder) {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	other := o.workstation(t, "soft", otherID, "not asked for")
	other.state = folder
	if got := other.rqmaker(""); got.status != 0 {
		t.Fatalf("the other: status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(other, workflow.OriginalsPending)
	w.marker = marker
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("the first: status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(w, workflow.OriginalsPending)
}

// TestOtherCarrier: what was begun on one carrier is not begun on another.
func TestOtherCarrier(t *testing.T) {
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker("after write 3"); !got.killed {
		t.Fatalf("it was not killed: %s", got.stderr)
	}
	right := w.place
	w.place += "-2"
	if got := w.rqmaker(""); got.status != 1 || !strings.Contains(got.stderr, "начат на другом носителе: "+right) {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	w.place = right
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(w, workflow.OriginalsPending)
}

// TestReturned: the CA's or an operator's return ends the session; a new marker
// goes on, with a new key, and the old one stays without a certificate.
func TestReturned(t *testing.T) {
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker("before POST request"); !got.killed {
		t.Fatalf("it was not killed: %s", got.stderr)
	}
	o.fire(o.agent, id, workflow.WithdrawMarker)
	if got := w.rqmaker(""); got.status != 1 || !strings.Contains(got.stderr, "маркер") {
		t.Errorf("status %d\n%s", got.status, got.stderr)
	}
	o.fire(o.agent, id, workflow.PrepareMarker)
	w.marker = o.print(id)
	o.attest(o.agent, id, workflow.DeliveryOwn, "получит на своём рабочем месте")
	o.attest(o.agent, id, workflow.MarkerReceipt, "расписка")
	o.fire(o.agent, id, workflow.GiveMarker)
	if got := w.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(w, workflow.OriginalsPending)
}
