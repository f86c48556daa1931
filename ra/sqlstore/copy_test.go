package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

// fillSome makes requests in all sorts of conditions.
func fillSome(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	for i := range 30 {
		id := ra.ID(fmt.Sprint("request ", i))
		for base := range int64(i%4 + 1) {
			save(t, s, change(id, base))
		}
	}
	big := change("big", 0)
	big.Blobs[0].Data = slices.Repeat([]byte{0, 1, 254, 255}, 1<<19)
	big.Row.Key, big.Row.Data = nil, []byte{}
	save(t, s, big)
	save(t, s, blank("request 3", 4))
	fillMessages(t, s.Messages(nil))
	if _, err := s.Claim(ctx, start, time.Hour, 7); err != nil {
		t.Fatal(err)
	}
	leaves, err := s.Unsealed(ctx, 20)
	if err != nil {
		t.Fatal(err)
	}
	for size := 10; size <= 20; size += 10 {
		if err := s.Seal(ctx, leaves[size-10:size], ra.Checkpoint{Size: int64(size), Root: []byte("root"), Note: []byte("note"), At: start}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	from := open(t, filepath.Join(t.TempDir(), "from.db"))
	fillSome(t, from)
	want := dump(t, from)
	postgres := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true})
	back := open(t, filepath.Join(t.TempDir(), "back.db"))
	for _, c := range []struct {
		what     string
		from, to *sqlstore.Store
	}{{"SQLite to PostgreSQL", from, postgres}, {"PostgreSQL to SQLite", postgres, back}} {
		if err := c.from.CopyTo(ctx, c.to); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if got := dump(t, c.to); !slices.Equal(got, want) {
			t.Errorf("%s: got\n%s, want\n%s", c.what, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		if err := c.from.CopyTo(ctx, c.to); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("%s, again: got %v, want it refused", c.what, err)
		}
	}
	states, err := postgres.JobStates()
	if tasks := strings.Count(strings.Join(want, "\n"), "|intended|"); err != nil || states["available"]+states["scheduled"] != tasks {
		t.Errorf("got jobs %v, %v; want one for each of the %d tasks", states, err, tasks)
	}
	for _, s := range []*sqlstore.Store{postgres, back} {
		save(t, s, change("new", 0)) // numbers go on behind what was copied
		if page, err := s.Page(ctx, ra.Query{Contains: "нарейк", Limit: 1000}); err != nil || len(page) < 30 {
			t.Errorf("got %d requests by a part of their name, %v", len(page), err)
		}
	}
}

// TestCopyIsWhole breaks a copy off: nothing of it stays.
func TestCopyIsWhole(t *testing.T) {
	t.Parallel()
	from := open(t, filepath.Join(t.TempDir(), "from.db"))
	fillSome(t, from)
	for what, to := range map[string]*sqlstore.Store{
		"SQLite":     open(t, filepath.Join(t.TempDir(), "to.db")),
		"PostgreSQL": openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)}),
	} {
		broken := &endingContext{Context: ctx}
		broken.after.Store(9)
		if err := from.CopyTo(broken, to); !errors.Is(err, errEnded) {
			t.Errorf("%s: got %v, want it broken off", what, err)
		}
		if rows := dump(t, to); len(rows) > 0 {
			t.Errorf("%s: got %d rows of a copy that was broken off", what, len(rows))
		}
	}
}

var errEnded = errors.New("ended")

// endingContext ends when it has been looked at a number of times.
type endingContext struct {
	context.Context
	after atomic.Int64
}

func (c *endingContext) Err() error {
	if c.after.Add(-1) < 0 {
		return errEnded
	}
	return nil
}
