package api

import (
	"context"
	"time"

	"github.com/surguch/surguch/ra"
)

// What the tests of the package api_test look at from within.

// Broker is the broker alone.
type Broker struct{ *broker }

func NewBroker(clock ra.Clock, most int, version func(context.Context, ra.ID) (int64, error)) Broker {
	return Broker{newBroker(clock, most, version)}
}

func (b Broker) Listen(caller string, id ra.ID, version int64) (changed <-chan struct{}, leave func(), err error) {
	l, err := b.listen(caller, id, version)
	if err != nil {
		return nil, nil, err
	}
	return l.changed, l.leave, nil
}

func (b Broker) Close() { b.close() }

// Wait waits until nobody listens and nobody looks.
func (b Broker) Wait() { b.work.Wait() }

// Take takes tokens out of a limiter's buckets.
func Take(rate Rate, clock ra.Clock) func(name string) time.Duration {
	l := newLimiter(rate, clock)
	return func(name string) time.Duration {
		if err, slow := l.take(name).(*slowError); slow {
			return err.wait
		}
		return 0
	}
}

// Decode reads strict JSON.
func Decode(data []byte, into any) error { return decode(data, into) }

// ParseNext reads the cursor of an address and writes it again.
func ParseNext(text string) (string, bool) {
	c, ok := parseNext(text)
	if !ok {
		return "", false
	}
	return nextOf(c), true
}
