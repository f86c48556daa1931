package epgu

import (
	"context"
	"time"

	"github.com/surguch/surguch/ra"
)

// Pauses between two polls of an order: they grow from the first to the last.
const (
	firstPause = 15 * time.Second
	lastPause  = 5 * time.Minute
)

// poll is when an order was asked for and how long it rests afterwards.
type poll struct {
	at    time.Time
	pause time.Duration
}

// due reports whether the package may be taken on.
func (c *Client) due(id ra.OperationID) bool {
	now := c.cfg.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.polls[id]
	return !now.Before(p.at.Add(p.pause))
}

// asked notes that the portal was asked for the order.
func (c *Client) asked(id ra.OperationID) {
	now := c.cfg.Clock.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	pause := firstPause
	if p := c.polls[id]; p.pause > 0 {
		pause = min(2*p.pause, lastPause)
	}
	c.polls[id] = poll{now, pause}
}

func (c *Client) forget(id ra.OperationID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.polls, id)
}

// enter waits until no other call is about the package.
func (c *Client) enter(ctx context.Context, id ra.OperationID) error {
	for {
		c.mu.Lock()
		other := c.busy[id]
		if other == nil {
			c.busy[id] = make(chan struct{})
			c.mu.Unlock()
			return nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (c *Client) leave(id ra.OperationID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.busy[id])
	delete(c.busy, id)
}
