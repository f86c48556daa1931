package pkcs11

import (
	"context"
	"slices"
	"time"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Event is a token that came or went.
type Event struct {
	Device   token.Device
	Inserted bool
}

// interval is how often the slots are looked at. The standard's own way,
// C_WaitForSlotEvent, cannot be interrupted, and libraries differ in it.
const interval = time.Second

// Watch tells of the tokens that the Config's URI may mean: first of those that
// are there, then of those that come and go. It looks once a second, and tells
// what it saw the same twice, so that a loose contact makes no events. While
// the library does not answer there are none. The channel is closed when ctx
// ends.
func Watch(ctx context.Context, config Config) (<-chan Event, error) {
	config = config.withDefaults()
	m, err := config.module(ctx)
	if err != nil {
		return nil, err
	}
	events := make(chan Event)
	go func() {
		defer close(events)
		defer m.Close()
		w := watch{module: m, uri: config.URI}
		for {
			for _, e := range w.look(ctx) {
				select {
				case events <- e:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-config.Clock.After(interval):
			case <-ctx.Done():
				return
			}
		}
	}()
	return events, nil
}

// watch knows what it told and what it saw last.
type watch struct {
	module cryptoki.Module
	uri    URI
	begun  bool
	told   []token.Device
	seen   []token.Device
}

// look looks once and returns what there is to tell.
func (w *watch) look(ctx context.Context) (events []Event) {
	slots, err := listSlots(ctx, w.module)
	if err != nil {
		return nil
	}
	var now []token.Device
	for _, s := range slots {
		if w.uri.matches(s.device()) {
			now = append(now, s.device())
		}
	}
	steady := !w.begun || sameDevices(now, w.seen)
	w.begun, w.seen = true, now
	if !steady {
		return nil
	}
	for _, d := range w.told {
		if !slices.ContainsFunc(now, d.Same) {
			events = append(events, Event{Device: d})
		}
	}
	for _, d := range now {
		if !slices.ContainsFunc(w.told, d.Same) {
			events = append(events, Event{Device: d, Inserted: true})
		}
	}
	w.told = now
	return events
}

func sameDevices(a, b []token.Device) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(d token.Device) bool { return !slices.ContainsFunc(b, d.Same) })
}
