package journey

import (
	"context"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
)

// agenda stands between many workers and one store. What one of them claims is
// shared out, or whoever asks first would have all of it and the others
// nothing. Where there was nothing, nobody looks again before something has
// changed.
type agenda struct {
	ra.Agenda

	mu      sync.Mutex
	claimed []ra.Task
	saves   int       // so far
	empty   moment    // in which nothing was to be claimed
	quiet   time.Time // when no timer had run out; those set since run longer
}

// moment is a time of the virtual clock, and what had been saved by then.
type moment struct {
	now   time.Time
	saves int
}

// changed is told of every transaction.
func (a *agenda) changed() {
	a.mu.Lock()
	a.saves++
	a.mu.Unlock()
}

// claim takes a share of what is claimed already, or claims anew.
func (a *agenda) claim(ctx context.Context, now time.Time, lease time.Duration, limit, workers int) ([]ra.Task, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.claimed) == 0 {
		at := moment{now, a.saves}
		if a.empty == at {
			return nil, nil
		}
		var err error
		if a.claimed, err = a.Claim(ctx, now, lease, limit); err != nil {
			return nil, err
		}
		if len(a.claimed) == 0 {
			a.empty = at
		}
	}
	share := min((len(a.claimed)+workers-1)/workers, limit)
	mine := a.claimed[:share:share]
	a.claimed = a.claimed[share:]
	return mine, nil
}

// due is Due for the workers, who ask again and again while the clock stands
// still.
func (a *agenda) due(ctx context.Context, now time.Time, limit int) ([]ra.Timer, time.Time, error) {
	a.mu.Lock()
	quiet := a.quiet.Equal(now)
	a.mu.Unlock()
	if quiet {
		return nil, time.Time{}, nil
	}
	timers, next, err := a.Due(ctx, now, limit)
	if err == nil && len(timers) == 0 {
		a.mu.Lock()
		a.quiet = now
		a.mu.Unlock()
	}
	return timers, next, err
}
