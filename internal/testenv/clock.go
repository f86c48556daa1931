package testenv

import (
	"sync"
	"time"
)

// Clock is a virtual clock: time stands still until Advance or Set moves it
// forward, and never goes back.
// It has the two methods every Config of the module asks of a clock. It is
// safe for concurrent use.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting []waiter
}

type waiter struct {
	at time.Time
	ch chan time.Time
}

// NewClock returns a clock that stands at start.
func NewClock(start time.Time) *Clock { return &Clock{now: start.UTC()} }

// Now returns the virtual time, in UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After returns a channel that receives the virtual time once it has reached
// now + d. The channel has room for its one value, so nobody waits for its
// reader.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- c.now
		return ch
	}
	c.waiting = append(c.waiting, waiter{c.now.Add(d), ch})
	return ch
}

// Advance moves the clock by d and wakes everyone whose time has come.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(c.now.Add(d))
}

// Set moves the clock to t, as Advance does.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.move(t.UTC())
}

func (c *Clock) move(to time.Time) {
	if !to.After(c.now) {
		return
	}
	c.now = to
	left := c.waiting[:0]
	for _, w := range c.waiting {
		if w.at.After(to) {
			left = append(left, w)
			continue
		}
		w.ch <- to
	}
	c.waiting = left
}
