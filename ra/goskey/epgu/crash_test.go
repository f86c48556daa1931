package epgu_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
	"github.com/surguch/surguch/ra/sqlstore"
)

// faulty is a store that fails now and then: before it saves, or after. What
// the client had in memory is gone then.
type faulty struct {
	channel.Store
	failBefore, failAfter int // calls until then; 0: never
}

var errStore = errors.New("the store is down")

func (f *faulty) Add(ctx context.Context, p channel.Package) (channel.Package, error) {
	return p, f.around(func() (err error) { p, err = f.Store.Add(ctx, p); return err })
}

func (f *faulty) Save(ctx context.Context, p channel.Package) error {
	return f.around(func() error { return f.Store.Save(ctx, p) })
}

func (f *faulty) around(write func() error) error {
	if f.failBefore--; f.failBefore == 0 {
		return errStore
	}
	err := write()
	if f.failAfter--; f.failAfter == 0 && err == nil {
		return errStore
	}
	return err
}

// stores are where packages may be: each is opened, and opened anew in place of
// what a crash has left.
func stores(t *testing.T) map[string]func() (channel.Store, func()) {
	keep := channel.NewMemory()
	path, url := filepath.Join(t.TempDir(), "ra.db"), pg.Start(t)
	opened := func(s *sqlstore.Store, err error) (channel.Store, func()) {
		if err != nil {
			t.Fatal(err)
		}
		return s.Packages(ring{}), func() {
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

// ring wraps keys by turning their bits, so that what is stored is sealed.
type ring struct{}

func (ring) Wrap(_ context.Context, _ ra.ID, key []byte) ([]byte, error) { return turned(key), nil }

func (ring) Unwrap(_ context.Context, _ ra.ID, wrapped []byte) ([]byte, error) {
	return turned(wrapped), nil
}

func turned(key []byte) []byte {
	out := bytes.Clone(key)
	for i := range out {
		out[i] ^= 0xff
	}
	return out
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
	store := &faulty{Store: behind}
	w := newWorld(t, func(c *epgu.Config, _ *epgutest.Config) { c.Store = store })
	if lost {
		store.failBefore = at
	} else {
		store.failAfter = at
	}
	pushes := 0
	w.fault = func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/chunked") {
			pushes++
		}
		return 0
	}
	failed := 0
	down := func(err error) bool {
		if !errors.Is(err, errStore) {
			return false
		}
		failed++
		shut()
		store.Store, shut = open()
		w.restart()
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
	if failed != 1 || len(w.phone.History()) != 1 {
		t.Errorf("%s: got %d failures, %d packages on the phone, want one each", what, failed, len(w.phone.History()))
	}
	if w.signed(id, 1); pushes != 1 {
		t.Errorf("%s: got %d archives sent, want one", what, pushes)
	}
	// Whatever becomes of the portal, the answer is not asked for again.
	shut()
	store.Store, shut = open()
	w.restart()
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
