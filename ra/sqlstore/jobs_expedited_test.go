package sqlstore_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

// TestExpeditedJobs: the job engine takes what is expedited first, though it
// was ordered last.
func TestExpeditedJobs(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true, Log: quiet})
	for _, id := range []ra.ID{"a", "b", "c", "d"} {
		c := change(id, 0)
		for i := range c.Tasks {
			c.Tasks[i].Expedited = id == "c" || id == "d"
		}
		save(t, s, c)
	}
	var mu sync.Mutex
	var order []string
	node(t, s, sqlstore.JobsConfig{Workers: 1}, func(_ context.Context, key string) (time.Time, error) {
		mu.Lock()
		defer mu.Unlock()
		id, _, _ := strings.Cut(key, "/")
		order = append(order, id)
		return time.Time{}, nil
	})
	until(t, "four jobs", 30*time.Second, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) >= 4
	})
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(order, " "); got != "c d a b" {
		t.Errorf("got the order %s, want c d a b", got)
	}
}
