package client

import (
	"context"
	"errors"
	"time"
)

// Pauses between looks at empty queues, as SMEV asks: not under a second, and
// longer the longer nothing comes.
const (
	firstPause = time.Second
	longPause  = 30 * time.Second
)

// maxPull bounds the messages one Poll takes from a queue, so that a queue
// that never empties cannot hold its caller.
const maxPull = 256

// Poll takes what waits in the queues of responses and statuses, and returns
// how many messages that was. One goroutine takes at a time. A message that
// cannot be taken now is delivered again by SMEV; the others are taken
// nevertheless.
func (c *Client) Poll(ctx context.Context) (int, error) {
	if err := c.take(ctx); err != nil {
		return 0, err
	}
	defer c.leave()
	return c.poll(ctx)
}

// look is Poll unless both queues were found empty a moment ago: many who wait
// for answers look once for all of them.
func (c *Client) look(ctx context.Context) error {
	if err := c.take(ctx); err != nil {
		return err
	}
	defer c.leave()
	if ago := c.cfg.Clock.Now().Sub(c.emptied); 0 <= ago && ago < firstPause {
		return nil
	}
	_, err := c.poll(ctx)
	return err
}

// take waits until nobody else takes from the queues.
func (c *Client) take(ctx context.Context) error {
	select {
	case c.pull <- struct{}{}:
		return nil
	case <-ctx.Done():
		return &TransportError{Operation: "GetResponse", Err: ctx.Err(), temporary: true}
	}
}

func (c *Client) leave() { <-c.pull }

func (c *Client) poll(ctx context.Context) (int, error) {
	n, err := c.drain(ctx, Response)
	m, err2 := c.drain(ctx, Status)
	c.emptied = time.Time{}
	if err = errors.Join(err, err2); err == nil && n < maxPull && m < maxPull {
		c.emptied = c.cfg.Clock.Now()
	}
	return n + m, err
}

// drain takes from a queue until it is empty.
func (c *Client) drain(ctx context.Context, role Role) (n int, err error) {
	var failed []error
	for range maxPull {
		empty, err := c.next(ctx, role)
		var file *FileError
		switch {
		case empty:
			return n, errors.Join(failed...)
		case errors.As(err, &file):
			failed = append(failed, err) // it is leased now; those behind it may be well
		case err != nil:
			return n, errors.Join(append(failed, err)...)
		default:
			n++
		}
	}
	return n, errors.Join(failed...)
}

// Run polls until ctx ends and returns its error. It pauses while nothing
// comes, and looks again at once when a message has been sent. While it runs,
// Answer and Replies only read the store. One Run is enough for a node.
func (c *Client) Run(ctx context.Context) error {
	c.running.Add(1)
	defer c.running.Add(-1)
	return c.loop(ctx, c.woken, c.Poll)
}

// loop does work again and again, pausing when there was none.
func (c *Client) loop(ctx context.Context, woken <-chan struct{}, work func(ctx context.Context) (int, error)) error {
	for pause := firstPause; ; {
		n, err := work(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.cfg.Log.ErrorContext(ctx, "smev/client: work", "error", err)
		}
		if n > 0 && err == nil {
			pause = firstPause
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-woken:
			pause = firstPause
		case <-c.cfg.Clock.After(pause):
			pause = min(2*pause, longPause)
		}
	}
}
