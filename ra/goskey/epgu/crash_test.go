package epgu_test

import (
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/channel/channeltest"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
	"github.com/surguch/surguch/ra/sqlstore"
)

// stores are where packages may be: each is opened, and opened anew in place of
// what a crash has left.
func stores(t *testing.T) map[string]func() (channel.Store, func()) {
	keep := channel.NewMemory()
	path, url := filepath.Join(t.TempDir(), "ra.db"), pg.Start(t)
	opened := func(s *sqlstore.Store, err error) (channel.Store, func()) {
		if err != nil {
			t.Fatal(err)
		}
		return s.Packages(channeltest.Keys{}), func() {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	return map[string]func() (channel.Store, func()){
		"memory": func() (channel.Store, func()) { return keep, func() {} },
		"SQLite": func() (channel.Store, func()) { return opened(sqlstore.Open(t.Context(), path)) },
		"PostgreSQL": func() (channel.Store, func()) {
			return opened(sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresConfig{URL: url}))
		},
	}
}

// TestCrash stops the client at every write to the store, before it and after
// it, closes the store, and begins a new client over it: the person gets one
// package and signs once, and the answer is there for good.
func TestCrash(t *testing.T) {
	for name, open := range stores(t) {
		for at := 1; at <= 4; at++ { // added, reserved, sent, over
			for _, lost := range []bool{true, false} {
				crash(t, fmt.Sprintf("%s, write %d, lost %v", name, at, lost), open, at, lost)
			}
		}
	}
}

func crash(t *testing.T, what string, open func() (channel.Store, func()), at int, lost bool) {
	t.Helper()
	behind, shut := open()
	defer func() { shut() }()
	store := &channeltest.Store{Store: behind, Fault: &channeltest.Fault{At: at, Lost: lost}}
	w := newWorld(t, func(c *epgu.Config, _ *epgutest.Config) { c.Store = store })
	pushes := 0
	w.fault = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/chunked") {
			pushes++
		}
		return 0
	}
	restart := func() {
		shut()
		store.Store, shut = open()
		w.restart()
	}
	down := func(err error) bool {
		if !errors.Is(err, channeltest.ErrDown) {
			return false
		}
		restart()
		return true
	}
	id, err := w.client.Submit(t.Context(), w.request(what))
	if down(err) {
		id, err = w.client.Submit(t.Context(), w.request(what))
	}
	w.must(err)
	for range 5 {
		o, err := w.status(id)
		if !down(err) {
			w.must(err)
		}
		if w.sign(); o.State == ra.Signed {
			break
		}
	}
	if !store.Struck() || len(w.phone.History()) != 1 {
		t.Errorf("%s: it failed: %v, got %d packages on the phone, want one", what, store.Struck(), len(w.phone.History()))
	}
	if w.signed(id, 1); pushes != 1 {
		t.Errorf("%s: got %d archives sent, want one", what, pushes)
	}
	// Whatever becomes of the portal, the answer is not asked for again.
	restart()
	before := w.requests.Load()
	if w.signed(id, 1); w.requests.Load() != before {
		t.Errorf("%s: the portal was asked for an answer that was there", what)
	}
}

// TestFaults fails each request of a journey once, with each status: the next
// Status goes on, and the person is troubled once.
func TestFaults(t *testing.T) {
	for _, status := range []int{401, 500, 502, 503, 504} {
		for n := int64(1); n <= 7; n++ {
			w := newWorld(t, nil)
			w.fault = func(*http.Request) int {
				if w.requests.Load() == n {
					return status
				}
				return 0
			}
			id := w.submit(w.request("1"))
			for range 8 {
				o, err := w.status(id)
				var e *epgu.StatusError
				if err != nil && (!errors.As(err, &e) || !e.Temporary() || e.Status != status) {
					t.Fatalf("request %d, %d: %v", n, status, err)
				}
				if w.sign(); o.State == ra.Signed {
					break
				}
			}
			if len(w.phone.History()) != 1 {
				t.Errorf("request %d, %d: got %d packages on the phone, want one", n, status, len(w.phone.History()))
			}
			w.signed(id, 1)
		}
	}
}
