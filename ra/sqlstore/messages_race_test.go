package sqlstore_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/smev/client"
)

// nodes are two stores on one database, whose server would show a transaction
// one state to its end if they did not insist on the newest.
func nodes(t *testing.T) (stores [2]*sqlstore.Store, messages [2]*sqlstore.Messages) {
	t.Helper()
	u, err := url.Parse(pg.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("default_transaction_isolation", "repeatable read")
	u.RawQuery = strings.ReplaceAll(q.Encode(), "+", "%20") // pgx takes a plus for what it is
	for i := range stores {
		stores[i] = openPostgres(t, sqlstore.PostgresConfig{URL: u.String()})
		messages[i] = stores[i].Messages(ring{mask: 0x5a})
	}
	return stores, messages
}

// races is how often two nodes race: less often in short runs, for the race
// detector, which slows sealing down and has enough of a few.
func races() int {
	if testing.Short() {
		return 50
	}
	return 200
}

// TestMessageRace: of two nodes that ask under one key one wins, and the other
// gets the winner's message; so it is when they ask anew.
func TestMessageRace(t *testing.T) {
	t.Parallel()
	_, nodes := nodes(t)
	was := ""
	for round := range races() {
		var got [4]client.Sent
		var wg sync.WaitGroup
		for i := range got {
			wg.Go(func() {
				var err error
				if got[i], err = nodes[i%2].Put(ctx, inquiry(inquiryKey(first), fmt.Sprint("message ", round, " of ", i), "x"), was); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for i := range got {
			if got[i].MessageID != got[0].MessageID || got[i].MessageID == was {
				t.Fatalf("got %q and %q after %q", got[0].MessageID, got[i].MessageID, was)
			}
		}
		was = got[0].MessageID
	}
}

// TestStrayRace: an answer and the message that it answers arrive at the same
// time at two nodes. Whoever is first, it is no stray. Nor does a request wait
// whose reply arrives at the same time.
func TestStrayRace(t *testing.T) {
	t.Parallel()
	_, nodes := nodes(t)
	for i := range races() {
		asked, request := fmt.Sprint("asked ", i), fmt.Sprint("request ", i)
		reply := inquiry(client.ReplyKey(request), "reply to "+request, "x")
		reply.State = client.Accepted
		var wg sync.WaitGroup
		wg.Go(func() { keepAll(t, nodes[0], answer(client.Response, "answer to "+asked, asked, "x")) })
		wg.Go(func() { putAll(t, nodes[1], inquiry("key of "+asked, asked, "x")) })
		wg.Go(func() { keepAll(t, nodes[1], answer(client.Request, request, "", "x")) })
		wg.Go(func() { putAll(t, nodes[0], reply) })
		wg.Wait()
		if list, err := nodes[0].Answers(ctx, asked); err != nil || len(list) != 1 {
			t.Errorf("got %s", listed(t, list, err))
		}
	}
	if list, err := nodes[0].Strays(ctx, 9); err != nil || len(list) != 0 {
		t.Errorf("got %s, want no strays", listed(t, list, err))
	}
	if list, err := nodes[0].Requests(ctx, 9); err != nil || len(list) != 0 {
		t.Errorf("got %s, want no requests", listed(t, list, err))
	}
}

// TestEraseRace: while a request is erased, an answer to its inquiry arrives,
// and it is asked anew. The answer is gone or a stray under a key of its own,
// and nothing that was asked is left.
func TestEraseRace(t *testing.T) {
	t.Parallel()
	stores, nodes := nodes(t)
	for i := range races() {
		id := ra.ID(fmt.Sprintf("%032x", i))
		asked, again := inquiry(inquiryKey(id), "asked "+string(id), "x"), inquiry(inquiryKey(id), "again "+string(id), "x")
		save(t, stores[0], step(id, 0))
		putAll(t, nodes[0], asked)
		erase := step(id, 1)
		erase.Erase = true
		var wg sync.WaitGroup
		wg.Go(func() { save(t, stores[0], erase) })
		wg.Go(func() { keepAll(t, nodes[1], answer(client.Response, "answer to "+string(id), asked.MessageID, "x")) })
		wg.Go(func() {
			if _, err := nodes[1].Put(ctx, again, asked.MessageID); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
	}
	for _, line := range dump(t, stores[0]) {
		if strings.HasPrefix(line, "sent|") || strings.HasPrefix(line, "received|") && strings.Contains(line, hex.EncodeToString([]byte("wrapped for 0000"))) {
			t.Errorf("got %.100s", line)
		}
	}
	list, err := nodes[0].Strays(ctx, races())
	if err != nil {
		t.Error(err)
	}
	t.Logf("%d of %d answers came too late and are strays", len(list), races())
}

// meddler lets something happen between what Put or Keep reads and what it
// writes, once.
type meddler struct {
	ring
	meddle func()
}

func (k *meddler) Wrap(ctx context.Context, id ra.ID, key []byte) ([]byte, error) {
	k.happen()
	return k.ring.Wrap(ctx, id, key)
}

func (k *meddler) Unwrap(ctx context.Context, id ra.ID, wrapped []byte) ([]byte, error) {
	k.happen()
	return k.ring.Unwrap(ctx, id, wrapped)
}

func (k *meddler) happen() {
	if f := k.meddle; f != nil {
		k.meddle = nil
		f()
	}
}

// TestMeanwhile: what was read does not hold any more when it is written.
func TestMeanwhile(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		s := open(t)
		others, keys := s.Messages(ring{mask: 0x5a}), &meddler{ring: ring{mask: 0x5a}}
		m := s.Messages(keys)
		a, b, c := inquiry(inquiryKey(first), "a", "x"), inquiry(inquiryKey(first), "b", "x"), inquiry(inquiryKey(first), "c", "x")
		save(t, s, change(first, 0))

		keys.meddle = func() { putAll(t, others, a) }
		if got, err := m.Put(ctx, b, ""); err != nil || got.MessageID != "a" {
			t.Errorf("%s: got %s, want the one that somebody else has put", name, asJSON(t, got, err))
		}
		keys.meddle = func() { putAll(t, others, inquiry("k", "asked", "x")) }
		keepAll(t, m, answer(client.Response, "1", "asked", "x"))
		if list, err := m.Strays(ctx, 9); err != nil || len(list) != 0 {
			t.Errorf("%s: got %s, want no strays", name, listed(t, list, err))
		}
		keys.meddle = func() { save(t, s, blank(first, 1)) }
		keepAll(t, m, answer(client.Response, "2", "a", "x"))
		if list, err := others.Strays(ctx, 9); err != nil || len(list) != 1 || list[0].MessageID != "2" {
			t.Errorf("%s: got %s, want the answer to what is erased", name, listed(t, list, err))
		}
		if lines := strings.Join(dump(t, s), "\n"); strings.Contains(lines, hex.EncodeToString([]byte("wrapped for "+first))) {
			t.Errorf("%s: it is under the key of what is erased:\n%s", name, lines)
		}
		putAll(t, others, b)
		keys.meddle = func() {
			if err := others.Forget(ctx, b.Key); err != nil {
				t.Error(err)
			}
		}
		if got, err := m.Put(ctx, c, "b"); err != nil || got.MessageID != "" {
			t.Errorf("%s: got %s, want that the key has nothing", name, asJSON(t, got, err))
		}
	}
}
