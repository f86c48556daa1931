package api

import (
	"context"
	"sync"

	"github.com/surguch/surguch/ra"
)

// broker looks at the requests that somebody listens to, each at most once a
// second however many listen, and tells the listeners when one has changed. A
// request that nobody listens to costs nothing.
type broker struct {
	clock   ra.Clock
	most    int // listeners
	version func(context.Context, ra.ID) (int64, error)

	done chan struct{} // closed when it ends
	end  context.CancelFunc
	ctx  context.Context
	work sync.WaitGroup // listeners and their lookouts

	mu      sync.Mutex
	closed  bool
	all     int            // listeners
	callers map[string]int // listeners, by caller
	watched map[ra.ID]*lookout
}

// lookout watches one request.
type lookout struct {
	version   int64
	listeners map[*listener]bool
	stop      chan struct{}
}

// listener is one who listens.
type listener struct {
	changed chan struct{} // has a value when there may be news
	leave   func()
}

func newBroker(clock ra.Clock, most int, version func(context.Context, ra.ID) (int64, error)) *broker {
	ctx, end := context.WithCancel(context.Background())
	return &broker{
		clock: clock, most: most, version: version, done: make(chan struct{}), ctx: ctx, end: end,
		callers: map[string]int{}, watched: map[ra.ID]*lookout{},
	}
}

// listen adds a listener, who knows the request at a version. He must leave.
func (b *broker) listen(caller string, id ra.ID, version int64) (*listener, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, fault("unavailable")
	}
	if b.all >= b.most || b.callers[caller] >= streamsOfOne {
		return nil, fault("too_many_streams")
	}
	w := b.watched[id]
	if w == nil {
		w = &lookout{version: version, listeners: map[*listener]bool{}, stop: make(chan struct{})}
		b.watched[id] = w
		b.work.Go(func() { b.watch(id, w) })
	}
	l := &listener{changed: make(chan struct{}, 1)}
	if w.version != version {
		l.changed <- struct{}{}
	}
	w.listeners[l] = true
	b.all++
	b.callers[caller]++
	b.work.Add(1)
	l.leave = func() { b.leave(caller, id, w, l) }
	return l, nil
}

func (b *broker) leave(caller string, id ra.ID, w *lookout, l *listener) {
	defer b.work.Done()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.all--
	if b.callers[caller]--; b.callers[caller] == 0 {
		delete(b.callers, caller)
	}
	if delete(w.listeners, l); len(w.listeners) == 0 {
		delete(b.watched, id)
		close(w.stop)
	}
}

// watch looks at a request until nobody listens any more. What it cannot see
// it looks at again: the listeners look for themselves at every heartbeat.
func (b *broker) watch(id ra.ID, w *lookout) {
	for {
		select {
		case <-w.stop:
			return
		case <-b.done:
			return
		case <-b.clock.After(pollEvery):
		}
		version, err := b.version(b.ctx, id)
		if err != nil {
			continue
		}
		b.mu.Lock()
		if version != w.version {
			w.version = version
			for l := range w.listeners {
				select {
				case l.changed <- struct{}{}:
				default: // he has not seen the last yet
				}
			}
		}
		b.mu.Unlock()
	}
}

// close ends everything and waits for it.
func (b *broker) close() {
	b.mu.Lock()
	if !b.closed {
		b.closed = true
		b.end()
		close(b.done)
	}
	b.mu.Unlock()
	b.work.Wait()
}
