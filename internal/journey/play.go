package journey

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// settle does everything that is due now.
func (w *World) settle(ctx context.Context) error {
	errs := make([]error, len(w.nodes))
	var wait sync.WaitGroup
	for i, node := range w.nodes {
		wait.Go(func() {
			for {
				some, err := node.Work(ctx)
				if err != nil && !errors.Is(err, ErrFault) {
					errs[i] = err
					return
				}
				if err == nil && !some {
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// quantum is how far the clock goes at least: what falls due within it is done
// together.
const quantum = time.Hour

// pass moves the clock to when something falls due next. It reports whether
// there is such a time.
func (w *World) pass(ctx context.Context, cases []*Case) (bool, error) {
	now := w.Clock.Now()
	timers, next, err := w.cfg.Store.Due(ctx, now, 1)
	if err != nil {
		return false, err
	}
	if len(timers) > 0 {
		next = now
	}
	soonest := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	if at, ok := w.Registers.Next(); ok {
		soonest(at)
	}
	for _, c := range cases {
		if c.until.After(now) {
			soonest(c.until)
		}
	}
	if next.IsZero() {
		return false, nil
	}
	if least := now.Add(quantum); next.Before(least) {
		next = least
	}
	w.Clock.Set(next)
	return true, nil
}

// Play plays requests to their ends, all at once. Of those that come to none,
// the error says where they stand and why.
func (w *World) Play(ctx context.Context, cases ...*Case) error {
	var failed []error
	for open := cases; ; {
		if err := w.settle(ctx); err != nil {
			for _, c := range open {
				failed = append(failed, c.stuck(context.WithoutCancel(ctx), err))
			}
			return errors.Join(failed...)
		}
		moved := w.act(ctx, open)
		var left []*Case
		for _, c := range open {
			switch {
			case c.err != nil:
				failed = append(failed, c.stuck(ctx, c.err))
			case !c.over:
				left = append(left, c)
			}
		}
		if open = left; len(open) == 0 {
			return errors.Join(failed...)
		}
		if moved {
			continue
		}
		more, err := w.pass(ctx, open)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		if !more {
			for _, c := range open {
				failed = append(failed, c.stuck(ctx, errors.New("nothing falls due any more")))
			}
			return errors.Join(failed...)
		}
	}
}

// act lets the people of every request do what is theirs. It reports whether
// somebody did something.
func (w *World) act(ctx context.Context, cases []*Case) bool {
	var wait sync.WaitGroup
	moved := make([]bool, len(w.nodes))
	for n, node := range w.nodes {
		wait.Go(func() {
			for i := n; i < len(cases); i += len(w.nodes) {
				did, err := cases[i].act(ctx, node)
				cases[i].err = err
				moved[n] = moved[n] || did
			}
		})
	}
	wait.Wait()
	return slices.Contains(moved, true)
}
