package smev3_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel/channeltest"
	"github.com/surguch/surguch/ra/goskey/smev3"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
)

// exchange is one whose messages a fault may strike.
type exchange struct {
	smev3.Exchange
	*channeltest.Fault
}

func (x exchange) Post(ctx context.Context, key string, m client.Message) (id string, err error) {
	err = x.Around(func() (err error) { id, err = x.Exchange.Post(ctx, key, m); return err })
	return id, err
}

// TestCrash stops everything around every write to the store of packages and
// every message, closes the database, which has SMEV's messages as well, and
// goes on over it: the person gets one package and signs once, and the answer is
// there for good.
func TestCrash(t *testing.T) {
	for name, open := range map[string]func(path, url string) (*sqlstore.Store, error){
		"SQLite": func(path, _ string) (*sqlstore.Store, error) { return sqlstore.Open(t.Context(), path) },
		"PostgreSQL": func(_, url string) (*sqlstore.Store, error) {
			return sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresConfig{URL: url})
		},
	} {
		path, url := filepath.Join(t.TempDir(), "ra.db"), ""
		if name == "PostgreSQL" {
			url = pg.Start(t)
		}
		// The first message is not checked in time, so that one is made anew:
		// add, post, …, save it anew, post, …, save the outcome.
		for fail := 1; ; fail++ {
			ended := false
			for _, lost := range []bool{true, false} {
				what := fmt.Sprintf("%s, call %d, lost %v", name, fail, lost)
				if failed := crash(t, what, func() (*sqlstore.Store, error) { return open(path, url) }, fail, lost); !failed {
					ended = true
				}
			}
			if t.Failed() {
				return
			}
			if ended {
				if fail < 6 {
					t.Errorf("%s: got %d calls that can fail, want more", name, fail-1)
				}
				break
			}
		}
	}
}

// crash runs a package to its end and reports whether the call failed.
func crash(t *testing.T, what string, open func() (*sqlstore.Store, error), fail int, lost bool) bool {
	t.Helper()
	w := newWorld()
	defer w.close()
	var s *sqlstore.Store
	shut := func() {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fault := &channeltest.Fault{At: fail, Lost: lost}
	begin := func() {
		t.Helper()
		var err error
		if s, err = open(); err != nil {
			t.Fatal(err)
		}
		w.config.Store = channeltest.Store{Store: s.Packages(channeltest.Keys{}), Fault: fault}
		w.config.Exchange = exchange{w.participant(s.Messages(channeltest.Keys{})), fault}
		w.restart()
	}
	begin()
	defer func() { shut() }()
	w.service.NoAnswer(1)
	r := w.request("019a0b1c2d3e4f5061728394a5b6c7d8/sign/" + what)
	id, err := w.client.Submit(t.Context(), r)
	if errors.Is(err, channeltest.ErrDown) {
		shut()
		begin()
		id, err = w.client.Submit(t.Context(), r)
	}
	check(err)
	for range 12 {
		o, err := w.status(id)
		if errors.Is(err, channeltest.ErrDown) {
			shut()
			begin()
		} else if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if w.sign(); o.State == ra.Signed {
			break
		}
	}
	if len(w.phone.History()) != 1 {
		t.Errorf("%s: got %d packages on the phone, want one", what, len(w.phone.History()))
	}
	shut()
	begin()
	w.config.Exchange = gone{} // whatever becomes of SMEV
	w.restart()
	if o, err := w.client.Status(t.Context(), id); err != nil || o.State != ra.Signed || len(o.Signatures) != 2 {
		t.Errorf("%s: got %v, %d signatures, %v, want it signed", what, o.State, len(o.Signatures), err)
	}
	return fault.Struck()
}

// gone is an exchange that nobody reaches.
type gone struct{}

func (gone) Post(context.Context, string, client.Message) (string, error) {
	return "", channeltest.ErrDown
}

func (gone) Replies(context.Context, string) ([]client.Reply, error) { return nil, channeltest.ErrDown }

// TestMessageKey: the message about a package belongs to the request that the
// package belongs to, and goes with it.
func TestMessageKey(t *testing.T) {
	w := newWorld()
	defer w.close()
	var keys []string
	w.config.Exchange = spy{w.config.Exchange, func(key string) { keys = append(keys, key) }}
	w.restart()
	r := w.request("019a0b1c2d3e4f5061728394a5b6c7d8/sign_application/3")
	w.state(t, w.submit(r), ra.AwaitingUser)
	if len(keys) == 0 || !strings.HasPrefix(keys[0], r.Key+"/") {
		t.Errorf("got keys %q, want them to begin with that of the request", keys)
	}
}

type spy struct {
	smev3.Exchange
	see func(key string)
}

func (s spy) Post(ctx context.Context, key string, m client.Message) (string, error) {
	s.see(key)
	return s.Exchange.Post(ctx, key, m)
}
