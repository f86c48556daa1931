package ra

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Jobs calls workers for tasks that are due. Without one the authority looks
// at its store by itself; a job engine that lives in the same database, as
// sqlstore has for PostgreSQL, spreads the work over many nodes.
type Jobs interface {
	// Run calls work with the key of each task that is due, until ctx ends,
	// and returns its error. When work returns a time, the task is due again
	// then; an error means that nothing is known of it, and it is called
	// again later. Calls may come twice, and at once: ClaimOne sorts them out.
	Run(ctx context.Context, work func(ctx context.Context, key string) (time.Time, error)) error
}

// Work takes up what is due, once: effects to run and timers that have run
// out. It reports whether there was anything. Errors of single effects do not
// end it; they are logged and the effect is repeated. Nor does a request of
// which nothing can be done, because it does not open: its error is returned
// when all others have had their turn.
func (a *Authority) Work(ctx context.Context) (bool, error) {
	timers, rung := a.timers(ctx)
	if err := ctx.Err(); err != nil {
		return timers, err
	}
	tasks, err := a.cfg.Store.Claim(ctx, a.cfg.Clock.Now(), a.cfg.Lease, batch)
	if err != nil {
		return timers, errors.Join(rung, err)
	}
	failed := []error{rung}
	for _, t := range tasks {
		if !a.cfg.Clock.Now().Before(t.Due) {
			continue // those before it took so long that it may be another worker's
		}
		if _, err := a.attempt(ctx, t); err != nil {
			failed = append(failed, err)
		}
		if err := ctx.Err(); err != nil {
			return true, err
		}
	}
	return timers || len(tasks) > 0, errors.Join(failed...)
}

// Next returns when something falls due next; the zero time if nothing waits.
func (a *Authority) Next(ctx context.Context) (time.Time, error) {
	timers, next, err := a.cfg.Store.Due(ctx, a.cfg.Clock.Now(), 1)
	if err == nil && len(timers) > 0 {
		return a.cfg.Clock.Now(), nil
	}
	return next, err
}

// Run works until ctx ends and returns its error.
func (a *Authority) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() { a.sweep(ctx) })
	if a.cfg.Jobs == nil {
		p := pool{a: a, free: a.cfg.Workers, freed: make(chan struct{}, 1)}
		defer p.wait.Wait()
		a.loop(ctx, p.work, p.freed)
		return ctx.Err()
	}
	wg.Go(func() { a.loop(ctx, a.timers, nil) })
	return a.cfg.Jobs.Run(ctx, a.workOne)
}

// pool runs a number of effects at once, so that one which hangs holds up no
// other. It claims no more than it can begin.
type pool struct {
	a     *Authority
	wait  sync.WaitGroup
	mu    sync.Mutex
	free  int           // workers
	freed chan struct{} // gets a value when one is free again
}

// work is Authority.Work that does not wait for the effects it begins.
func (p *pool) work(ctx context.Context) (bool, error) {
	timers, rung := p.a.timers(ctx)
	p.mu.Lock()
	free := p.free
	p.mu.Unlock()
	if free == 0 || ctx.Err() != nil {
		return timers, rung
	}
	tasks, err := p.a.cfg.Store.Claim(ctx, p.a.cfg.Clock.Now(), p.a.cfg.Lease, min(free, batch))
	p.take(len(tasks))
	for _, t := range tasks {
		p.wait.Go(func() {
			defer p.take(-1)
			if _, err := p.a.attempt(ctx, t); err != nil && ctx.Err() == nil {
				p.a.cfg.Log.ErrorContext(ctx, "ra: work", "error", err)
			}
		})
	}
	return timers || len(tasks) > 0, errors.Join(rung, err)
}

// take makes n workers busy, or free if n is negative.
func (p *pool) take(n int) {
	p.mu.Lock()
	p.free -= n
	p.mu.Unlock()
	if n < 0 {
		select {
		case p.freed <- struct{}{}:
		default:
		}
	}
}

// sweep forgets the answers to old commands, now and then.
func (a *Authority) sweep(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := a.cfg.Store.Sweep(ctx, a.cfg.Clock.Now().Add(-a.cfg.CommandLife)); err != nil && ctx.Err() == nil {
			a.cfg.Log.ErrorContext(ctx, "ra: sweeping commands", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-a.cfg.Clock.After(sweepEvery):
		}
	}
}

// loop does work again and again, pausing when there was none until something
// may have come up.
func (a *Authority) loop(ctx context.Context, work func(ctx context.Context) (bool, error), freed <-chan struct{}) {
	for ctx.Err() == nil {
		some, err := work(ctx)
		if err != nil && ctx.Err() == nil {
			a.cfg.Log.ErrorContext(ctx, "ra: work", "error", err)
		}
		if some && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-freed:
		case <-a.cfg.Store.Woken():
		case <-a.cfg.Clock.After(idle):
		}
	}
}

// workOne is the work of a job engine.
func (a *Authority) workOne(ctx context.Context, key string) (time.Time, error) {
	now := a.cfg.Clock.Now()
	t, err := a.cfg.Store.ClaimOne(ctx, key, now, a.cfg.Lease)
	switch {
	case errors.Is(err, ErrNotFound):
		return time.Time{}, nil
	case errors.Is(err, ErrNotDue) && t != nil && t.State == TaskIntended:
		return t.Due, nil // another worker has it; look again when his lease is over
	case errors.Is(err, ErrNotDue):
		return time.Time{}, nil
	case err != nil:
		return time.Time{}, err
	}
	return a.attempt(ctx, *t)
}
