package main

import (
	"sync"
	"time"
)

// clock is the machine's clock, moved ahead.
type clock struct {
	mu      sync.Mutex
	ahead   time.Duration
	waiting map[*waiter]bool
}

// waiter is somebody who waits for a time.
type waiter struct {
	until time.Time
	timer *time.Timer
	ch    chan time.Time // has room for its one value
}

// Now returns the time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time { return time.Now().Add(c.ahead) }

// After returns a channel that receives the time once it has reached now + d.
func (c *clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := &waiter{until: c.now().Add(d), ch: make(chan time.Time, 1)}
	if c.waiting == nil {
		c.waiting = map[*waiter]bool{}
	}
	c.waiting[w] = true
	w.timer = time.AfterFunc(d, c.wake)
	return w.ch
}

// Advance moves the clock by d.
func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	c.ahead += d
	c.mu.Unlock()
	c.wake()
}

// wake serves those whose time has come.
func (c *clock) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for w := range c.waiting {
		if !w.until.After(now) {
			w.timer.Stop()
			w.ch <- now
			delete(c.waiting, w)
		}
	}
}
