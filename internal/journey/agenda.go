package journey

import (
	"context"
	"sync"
	"time"

	"github.com/surguch/surguch/ra"
)

// agenda shares out among the workers what one of them claims: whoever asks
// first would have all of it, and the others nothing.
type agenda struct {
	mu      sync.Mutex
	claimed []ra.Task
}

// claim takes a share of what is claimed already, or claims anew.
func (a *agenda) claim(ctx context.Context, store ra.Agenda, now time.Time, lease time.Duration, limit, workers int) ([]ra.Task, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.claimed) == 0 {
		var err error
		if a.claimed, err = store.Claim(ctx, now, lease, limit); err != nil {
			return nil, err
		}
	}
	share := min((len(a.claimed)+workers-1)/workers, limit)
	mine := a.claimed[:share:share]
	a.claimed = a.claimed[share:]
	return mine, nil
}
