package epgu

import (
	"fmt"
	"sync"
	"time"
)

// Quota is how many acts fall into any stretch of time.
type Quota struct {
	N   int
	Per time.Duration
}

// Quotas of the portal (API ЕПГУ, annex 3).
var (
	PortalRequests = Quota{2000, time.Minute}
	PortalOrders   = Quota{20, 10 * time.Minute} // of one user, who is the organisation
)

// Window counts acts against a Quota, over a window that slides. It may be
// used by several goroutines.
type Window struct {
	quota Quota
	mu    sync.Mutex
	taken []time.Time // within the window, in order
}

// NewWindow returns an empty window. A quota of less than one act is one act.
func NewWindow(q Quota) *Window {
	q.N = max(q.N, 1)
	return &Window{quota: q}
}

// Take counts one act at a time, if the quota allows it. If not, it tells when
// it will.
func (w *Window) Take(now time.Time) (until time.Time, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	gone := 0
	for gone < len(w.taken) && !now.Before(w.taken[gone].Add(w.quota.Per)) {
		gone++
	}
	w.taken = append(w.taken[:0], w.taken[gone:]...)
	if len(w.taken) >= w.quota.N {
		return w.taken[len(w.taken)-w.quota.N].Add(w.quota.Per), false
	}
	w.taken = append(w.taken, now)
	return time.Time{}, true
}

// QuotaError says that the portal is not to be asked before Until. Nothing was
// sent.
type QuotaError struct{ Until time.Time }

func (e *QuotaError) Error() string {
	return fmt.Sprintf("epgu: the quota is used up until %s", e.Until.UTC().Format(time.RFC3339))
}

// Temporary reports that the same call may succeed later.
func (e *QuotaError) Temporary() bool { return true }
