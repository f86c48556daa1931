package ra_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/surguch/surguch/ra"
)

// dice are thrown by several goroutines.
type dice struct {
	mu sync.Mutex
	r  *rand.Rand
}

func newDice(seed uint64) *dice { return &dice{r: rand.New(rand.NewPCG(seed, 0))} }

func (d *dice) in(n int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return n > 0 && d.r.IntN(n) == 0
}

var errDied = errors.New("the process died, on purpose")

// mortal is the store as a process sees it that dies now and then in the
// middle of writing, before or after what it wrote is durable. From then on
// it gets nothing done.
type mortal struct {
	ra.Store
	dice *dice
	odds int // one write in so many
	dead atomic.Bool
}

func (m *mortal) Save(ctx context.Context, c *ra.Change) error {
	return m.write(func() error { return m.Store.Save(ctx, c) })
}

func (m *mortal) Settle(ctx context.Context, claimed, after ra.Task) error {
	return m.write(func() error { return m.Store.Settle(ctx, claimed, after) })
}

func (m *mortal) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) (tasks []ra.Task, err error) {
	err = m.write(func() error { tasks, err = m.Store.Claim(ctx, now, lease, limit); return err })
	return tasks, err
}

func (m *mortal) write(do func() error) error {
	if m.dead.Load() {
		return errDied
	}
	if m.dice.in(m.odds) {
		m.dead.Store(true)
		if m.dice.in(2) {
			return errDied
		}
	}
	if err := do(); err != nil {
		return err
	}
	if m.dead.Load() {
		return errDied
	}
	return nil
}
