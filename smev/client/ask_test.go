package client_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
)

func TestAskIsIdempotent(t *testing.T) {
	w := newWorld(t)
	first := w.ask("k", smev.CheckSNILS, subject())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if id, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: smev.CheckSNILS, Subject: subject()}); err != nil || id != first {
				t.Errorf("got %s, %v, want %s", id, err, first)
			}
		})
	}
	wg.Wait()
	w.restart()
	if id := w.ask("k", smev.CheckSNILS, subject()); id != first || w.server.Filed() != 1 {
		t.Errorf("got %s with %d filed, want %s with 1", id, w.server.Filed(), first)
	}
	if id := w.ask("k2", smev.CheckSNILS, subject()); id == first || w.server.Filed() != 2 {
		t.Errorf("another key gives %s with %d filed", id, w.server.Filed())
	}
	other := subject()
	other.FirstName = "Иной"
	for _, q := range []smev.Inquiry{
		{Key: "k", Check: smev.CheckSNILS, Subject: other},
		{Key: "k", Check: smev.CheckINN, Subject: subject()},
		{Check: smev.CheckINN, Subject: subject()},
		{Key: "k3", Check: "egrul", Subject: subject()},
	} {
		if id, err := w.Ask(w.ctx, q); err == nil {
			t.Errorf("%s %s: filed as %s", q.Key, q.Check, id)
		}
	}
}

// Concurrent first attempts of one key race for the store, not for SMEV.
func TestConcurrentFirstAsk(t *testing.T) {
	w := newWorld(t)
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			var err error
			if ids[i], err = w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: smev.CheckINN, Subject: subject()}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("got several ids: %v", ids)
		}
	}
	if w.server.Filed() != 1 {
		t.Errorf("filed %d times", w.server.Filed())
	}
}

// A connection may break before SMEV takes a message or after; the same key
// gives one inquiry either way, also to the client of the next process.
func TestCrashWhileSending(t *testing.T) {
	for name, trouble := range map[string]smevtest.Trouble{
		"before it is taken": smevtest.DropBefore, "after it is taken": smevtest.DropAfter,
		"HTTP 503": smevtest.Busy, "SMEVFailure": smevtest.Failure,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.server.Inject("SendRequest", trouble)
			q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
			id, err := w.Ask(w.ctx, q)
			if !temporary(err) || id != "" {
				t.Fatalf("got %q, %v, want a temporary error", id, err)
			}
			w.clock.Advance(time.Hour)
			w.restart()
			id = w.ask("k", q.Check, q.Subject)
			if w.server.Filed() != 1 {
				t.Errorf("filed %d times", w.server.Filed())
			}
			if a := w.await(id); a.Outcome != smev.Confirmed {
				t.Errorf("got %s", a.Outcome)
			}
		})
	}
}

// After two days SMEV no longer takes the message, so it is made anew.
func TestStaleMessageIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.DropBefore)
	q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
	if _, err := w.Ask(w.ctx, q); !temporary(err) {
		t.Fatal(err)
	}
	w.clock.Advance(49 * time.Hour)
	id := w.ask("k", q.Check, q.Subject)
	if again := w.ask("k", q.Check, q.Subject); again != id || w.server.Filed() != 1 {
		t.Errorf("got %s then %s, %d filed", id, again, w.server.Filed())
	}
	if a := w.await(id); a.Outcome != smev.Confirmed {
		t.Errorf("got %s", a.Outcome)
	}
}

// A message that was taken, unknown to us, and has grown stale since is asked
// a second time; its first answer harms nobody.
func TestStaleThoughTaken(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.DropAfter)
	q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
	if _, err := w.Ask(w.ctx, q); !temporary(err) {
		t.Fatal(err)
	}
	w.clock.Advance(49 * time.Hour)
	id := w.ask("k", q.Check, q.Subject)
	if a := w.await(id); a.Evidence.OriginalMessageID != id {
		t.Errorf("answered by %s", a.Evidence.OriginalMessageID)
	}
	if strays, err := w.Strays(w.ctx); err != nil || len(strays) != 0 {
		t.Errorf("got %d strays, %v", len(strays), err)
	}
}

func TestWrongClock(t *testing.T) {
	w := newWorld(t)
	w.config.Clock = offset{w.clock, time.Hour}
	w.restart()
	_, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()})
	if err == nil || !strings.Contains(err.Error(), "clock") {
		t.Errorf("got %v, want a hint at the clock", err)
	}
	w.config.Clock = w.clock
	w.restart()
	if a := w.await(w.ask("k", smev.CheckPassport, subject())); a.Outcome != smev.Confirmed {
		t.Errorf("with the clock put right: %s", a.Outcome)
	}
}

type offset struct {
	client.Clock
	by time.Duration
}

func (o offset) Now() time.Time { return o.Clock.Now().Add(o.by) }

// A refusal for good ends the message, not the key: once the cause is removed
// the same Ask succeeds.
func TestRefusedThenMended(t *testing.T) {
	w := newWorld(t)
	foreign := smev.PassportP002()
	foreign.Namespace = "urn://ru/mvd/sovm/p999/1.0.0"
	foreign.Build = func(s smev.Subject) ([]byte, error) {
		doc, err := smev.PassportP002().Build(s)
		return []byte(strings.ReplaceAll(string(doc), "p002", "p999")), err
	}
	w.config.Kinds = []smev.Kind{foreign}
	w.restart()
	q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
	_, err := w.Ask(w.ctx, q)
	var f *client.FaultError
	if !errors.As(err, &f) || f.Name != "BusinessDataTypeIsNotSupported" || f.Temporary() || f.Operation != "SendRequest" {
		t.Fatalf("got %v", err)
	}
	w.config.Kinds = nil
	w.restart()
	if a := w.await(w.ask("k", q.Check, q.Subject)); a.Outcome != smev.Confirmed {
		t.Errorf("got %s", a.Outcome)
	}
}

func TestUnknown(t *testing.T) {
	w := newWorld(t)
	if _, err := w.Answer(w.ctx, "39f52a38-9a54-11ea-b23a-3316e2108089"); !errors.Is(err, smev.ErrUnknown) {
		t.Errorf("got %v, want ErrUnknown", err)
	}
	// An inquiry that was prepared and never accepted is unknown as well: the
	// caller asks again.
	w.server.Inject("SendRequest", smevtest.DropBefore)
	if _, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: smev.CheckINN, Subject: subject()}); !temporary(err) {
		t.Fatal(err)
	}
	s, err := w.store.Put(w.ctx, client.Sent{Key: "k", MessageID: "none"}, "none")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Answer(w.ctx, s.MessageID); !errors.Is(err, smev.ErrUnknown) {
		t.Errorf("prepared: got %v, want ErrUnknown", err)
	}
	if id := w.ask("k", smev.CheckINN, subject()); id != s.MessageID {
		t.Errorf("the bytes prepared were not the bytes sent: %s, %s", id, s.MessageID)
	}
}
