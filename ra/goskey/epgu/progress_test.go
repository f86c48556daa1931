package epgu_test

import (
	"errors"
	"testing"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// TestStored compares what is stored of a package with what it has always been,
// and goes on with a package that was stored as sent.
func TestStored(t *testing.T) {
	store := channel.NewMemory()
	w := newWorld(t, func(c *epgu.Config, _ *epgutest.Config) { c.Store = store })
	id := w.submit(w.request("1"))
	stored := func(want string) channel.Package {
		t.Helper()
		p, err := store.Load(t.Context(), id)
		w.must(err)
		if string(p.Progress) != want {
			t.Errorf("got %s stored, want %s", p.Progress, want)
		}
		return p
	}
	stored(`{"stage":"kept"}`)
	w.state(id, ra.AwaitingUser)
	const sent = `{"stage":"sent","order":1230254875,"orders":1}`
	p := stored(sent)
	for _, other := range []string{`{"stage":"posted"}`, `{"order":7}`, `{"stage":"sent"`, ""} {
		p.Progress = []byte(other)
		w.must(store.Save(t.Context(), p))
		p.Version++
		before := w.requests.Load()
		if o, err := w.status(id); err == nil || errors.Is(err, ra.ErrNotFound) || w.requests.Load() != before {
			t.Errorf("%q: got %v, %v, want an error, and nobody asked", other, o.State, err)
		}
	}
	p.Progress = []byte(sent)
	w.must(store.Save(t.Context(), p))
	w.sign()
	w.signed(id, 1)
}
