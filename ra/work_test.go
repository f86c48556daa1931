package ra_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
)

// TestHungEffect: an effect that hangs holds up no other, and loses its task
// when the lease is over.
func TestHungEffect(t *testing.T) {
	w := newWorld(t)
	post := &slowPost{hung: make(chan ra.ID), sent: make(chan ra.ID)}
	w.reopen(func(c *ra.Config) { c.Notifier, c.Workers = post, 2 })
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { w.authority.Run(ctx) })
	defer running.Wait()
	defer cancel()

	begin := func() ra.ID {
		return w.must(w.authority.Begin(ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: w.form.Email})).ID
	}
	first := begin()
	if id := <-post.hung; id != first {
		t.Fatalf("%s hangs, want %s", id, first)
	}
	for range 5 {
		if id := begin(); id != <-post.sent {
			t.Fatal("another was sent")
		}
	}
	w.clock.Advance(time.Minute)
	for hangs := true; hangs; {
		select {
		case id := <-post.sent:
			if id != first {
				t.Fatalf("%s was sent, want %s", id, first)
			}
			hangs = false
		case <-time.After(time.Millisecond): // what is due is looked for every second of the test's own clock
			w.clock.Advance(time.Second)
		}
	}
	cancel()
	running.Wait()
	if log := w.log.String(); !strings.Contains(log, "the lease is over") {
		t.Errorf("nobody said so: %s", log)
	}
}

// slowPost hangs with the first notice and sends all others.
type slowPost struct {
	once       sync.Once
	hung, sent chan ra.ID
}

func (p *slowPost) Notify(ctx context.Context, n ra.Notice) error {
	first := false
	p.once.Do(func() { first = true })
	if first {
		p.hung <- n.Request
		<-ctx.Done()
		return ctx.Err()
	}
	p.sent <- n.Request
	return nil
}
