package epgu_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// faulty is a store that fails now and then: before it saves, or after.
type faulty struct {
	epgu.Store
	failBefore, failAfter int // calls until then; 0: never
}

var errStore = errors.New("the store is down")

func (f *faulty) Save(ctx context.Context, p epgu.Package) error {
	if f.failBefore--; f.failBefore == 0 {
		return errStore
	}
	err := f.Store.Save(ctx, p)
	if f.failAfter--; f.failAfter == 0 && err == nil {
		return errStore
	}
	return err
}

// TestCrash stops the client at every save, before it and after it, and begins
// a new one over the same store: the person gets one package and signs once.
func TestCrash(t *testing.T) {
	for at := 1; at <= 3; at++ { // reserved, sent, over
		for _, lost := range []bool{true, false} {
			store := &faulty{Store: epgu.NewMemory()}
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
			id := w.submit(w.request("1"))
			failed := 0
			for range 5 {
				o, err := w.status(id)
				if errors.Is(err, errStore) {
					failed++
					w.restart()
				} else if err != nil {
					t.Fatalf("save %d, lost %v: %v", at, lost, err)
				}
				if w.sign(); o.State == ra.Signed {
					break
				}
			}
			if failed != 1 || len(w.phone.History()) != 1 {
				t.Errorf("save %d, lost %v: got %d failures, %d packages on the phone, want one each", at, lost, failed, len(w.phone.History()))
			}
			if w.signed(id, 1); pushes != 1 {
				t.Errorf("save %d, lost %v: got %d archives sent, want one", at, lost, pushes)
			}
		}
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
