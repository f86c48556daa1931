package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestMarkerRefused: a marker that is wrong, used, withdrawn, expired or of
// nobody is refused with the same words, and nothing is made.
func TestMarkerRefused(t *testing.T) {
	t.Parallel()
	const life = 5 * time.Second
	s, short := startServer(t), startServer(t, fmt.Sprintf(`"markerLife": %q`, life))
	var right, second, used, withdrawn, expired *workstation
	all := t
	t.Run("markers", func(t *testing.T) {
		for name, w := range map[string]**workstation{"right": &right, "second": &second, "used": &used, "withdrawn": &withdrawn, "expired": &expired} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				of := s
				if name == "expired" {
					of = short
				}
				o := newOffice(t, of)
				id, marker := o.request(seedOf(t), true)
				*w = o.workstation(all, "soft", id, marker) // which is there after this test
			})
		}
	})
	if t.Failed() {
		t.FailNow() // some are not there
	}
	end := time.After(life) // of all markers of short: they are printed
	if got := used.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	o := newOffice(t, s)
	o.withdraw(withdrawn.id)
	<-end

	var mu sync.Mutex
	texts := map[string][]string{}
	t.Run("refused", func(t *testing.T) {
		for name, c := range map[string]struct {
			of   *workstation
			code string
		}{
			"wrong secret":  {right, withCheck(right.marker[:8] + second.marker[8:24])},
			"swapped":       {right, withCheck(second.marker[:8] + right.marker[8:24])},
			"of nobody":     {right, withCheck("00000000" + right.marker[8:24])},
			"used":          {used, used.marker},
			"withdrawn":     {withdrawn, withdrawn.marker},
			"withdrawn two": {withdrawn, withCheck(withdrawn.marker[:8] + right.marker[8:24])},
			"expired":       {expired, expired.marker},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newOffice(t, c.of.server).workstation(t, "soft", c.of.id, c.code)
				got := w.rqmaker("")
				if got.status != 1 || got.stdout != "" {
					t.Errorf("status %d\n%s%s", got.status, got.stdout, got.stderr)
				}
				if found, err := filepath.Glob(filepath.Join(w.dir, "carrier*")); err != nil || found != nil {
					t.Errorf("a carrier was made: %v, %v", found, err)
				}
				mu.Lock()
				defer mu.Unlock()
				texts[got.stderr] = append(texts[got.stderr], name)
			})
		}
	})
	if len(texts) != 1 {
		t.Errorf("%d different texts: %q", len(texts), texts)
	}
	for text := range texts {
		if !strings.Contains(text, "попросите Агента напечатать новый маркер") {
			t.Errorf("the text says not what to do: %s", text)
		}
	}
	// The right one still opens what is its own.
	if got := right.rqmaker(""); got.status != 0 {
		t.Fatalf("status %d\n%s", got.status, got.stderr)
	}
	o.mustHold(right, workflow.OriginalsPending)
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
	s := startServer(t)
	o := newOffice(t, s)
	id, marker := o.request(seedOf(t), true)
	w := o.workstation(t, "soft", id, marker)
	if got := w.rqmaker("before POST request"); !got.killed {
		t.Fatalf("it was not killed: %s", got.stderr)
	}
	o.withdraw(id)
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
