package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
)

var quiet = slog.New(slog.DiscardHandler)

// node runs the jobs of a store until the test ends or stop is called.
func node(t *testing.T, s *sqlstore.Store, c sqlstore.JobsConfig, work func(ctx context.Context, key string) (time.Time, error)) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- s.Jobs(c).Run(ctx, work) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("run: got %v, want the error of its context", err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits for a condition.
func until(t *testing.T, what string, limit time.Duration, met func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

func jobs(t *testing.T, s *sqlstore.Store) (n int, states map[string]int) {
	t.Helper()
	states, err := s.JobStates()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range states {
		n += m
	}
	return n, states
}

// TestJobsAreOfTheTransaction: a change that is refused leaves no job, one
// that is saved leaves one for each task.
func TestJobsAreOfTheTransaction(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true, Log: quiet})
	save(t, s, change("a", 0))
	if n, states := jobs(t, s); n != 1 {
		t.Fatalf("got jobs %v, want 1", states)
	}
	for what, spoil := range map[string]func(c *ra.Change){
		"the version":       func(c *ra.Change) { c.Base, c.Row.Version, c.Lines[0].Seq = 7, 8, 8 },
		"the claim":         func(c *ra.Change) { c.Row.ID, c.Base = "b", 0 },
		"a task that is":    func(c *ra.Change) { c.Tasks = append(c.Tasks, c.Tasks[0]) },
		"a command that is": func(c *ra.Change) { c.Command.Key = "command a 1" },
	} {
		c := change("a", 1)
		spoil(c)
		if err := s.Save(ctx, c); err == nil {
			t.Errorf("%s: it was saved", what)
		}
	}
	if n, states := jobs(t, s); n != 1 {
		t.Errorf("got jobs %v, want that refused changes leave none", states)
	}
	c := change("a", 1)
	claimed, err := s.ClaimOne(ctx, "a/send_link/1", start, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	after := *claimed
	after.Due = start.Add(time.Hour)
	c.Settle, c.After = claimed, &after
	save(t, s, c)
	if n, states := jobs(t, s); n != 2 {
		t.Errorf("got jobs %v, want one for each task though one is put off", states)
	}
}

// TestJobs runs tasks to their end: done, put off, failing at first, retried
// by an operator.
func TestJobs(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true, Log: quiet})
	var mu sync.Mutex
	calls := map[string]int{}
	count := func(key string) int {
		mu.Lock()
		defer mu.Unlock()
		return calls[key]
	}
	work := func(ctx context.Context, key string) (time.Time, error) {
		mu.Lock()
		calls[key]++
		n := calls[key]
		mu.Unlock()
		task, err := s.ClaimOne(ctx, key, time.Now(), time.Minute)
		if errors.Is(err, ra.ErrNotDue) {
			return time.Time{}, nil
		}
		if err != nil {
			return time.Time{}, err
		}
		after := *task
		switch {
		case key == "1/send_link/1" && n < 3:
			after.Due = time.Now().Add(100 * time.Millisecond)
			return after.Due, s.Settle(ctx, *task, after)
		case key == "2/send_link/1" && n == 1:
			after.Due = time.Now()
			return time.Time{}, errors.Join(s.Settle(ctx, *task, after), errors.New("the database was away"))
		}
		after.State = ra.TaskDone
		return time.Time{}, s.Settle(ctx, *task, after)
	}
	for i := range 4 {
		save(t, s, change(ra.ID(fmt.Sprint(i)), 0))
	}
	node(t, s, sqlstore.JobsConfig{Workers: 4}, work)
	done := func(id ra.ID) bool {
		tasks, err := s.Tasks(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		return tasks[0].State == ra.TaskDone
	}
	until(t, "all tasks done", 30*time.Second, func() bool { return done("0") && done("1") && done("2") && done("3") })
	if n := count("1/send_link/1"); n != 3 {
		t.Errorf("the one put off twice: got %d calls, want 3", n)
	}
	if n := count("2/send_link/1"); n != 2 {
		t.Errorf("the one that failed: got %d calls, want 2", n)
	}
	if n := count("0/send_link/1"); n != 1 {
		t.Errorf("the plain one: got %d calls, want 1", n)
	}
	until(t, "jobs completed", 10*time.Second, func() bool { _, states := jobs(t, s); return states["completed"] == 4 })

	tasks, err := s.Tasks(ctx, "0")
	if err != nil {
		t.Fatal(err)
	}
	again := tasks[0]
	again.State, again.Due = ra.TaskIntended, start
	c := step("0", 1)
	c.Settle, c.After = &tasks[0], &again
	save(t, s, c)
	until(t, "a task begun again when its job was over", 30*time.Second, func() bool { return count("0/send_link/1") == 2 && done("0") })
}

// TestDeadNode: the job of a node that died goes to another one. River looks
// for such jobs every half minute.
func TestDeadNode(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true, Log: quiet})
	save(t, s, change("a", 0))
	// The first node took the job an hour ago and was never heard of again.
	if err := s.Exec(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', attempted_by = '{dead}'`); err != nil {
		t.Fatal(err)
	}
	called := make(chan string, 10)
	node(t, s, sqlstore.JobsConfig{}, func(_ context.Context, key string) (time.Time, error) {
		called <- key
		return time.Time{}, nil
	})
	select {
	case key := <-called:
		if key != "a/send_link/1" {
			t.Errorf("got %s", key)
		}
	case <-time.After(90 * time.Second):
		t.Error("nobody took over")
	}
}

// TestMissedTasks: tasks ordered while nobody told the job engine are found
// when a node begins.
func TestMissedTasks(t *testing.T) {
	url := pg.Start(t)
	openPostgres(t, sqlstore.PostgresConfig{URL: url, Jobs: true, Log: quiet}) // makes River's tables
	without := openPostgres(t, sqlstore.PostgresConfig{URL: url})
	if without.Jobs(sqlstore.JobsConfig{}) != nil {
		t.Error("got a job engine of a store without one")
	}
	for i := range 5 {
		c := change(ra.ID(fmt.Sprint(i)), 0)
		c.Tasks[0].Due = time.Now().Add(-time.Hour)
		save(t, without, c)
	}
	s := openPostgres(t, sqlstore.PostgresConfig{URL: url, Jobs: true, Log: quiet})
	var mu sync.Mutex
	called := map[string]int{}
	stop := node(t, s, sqlstore.JobsConfig{}, func(_ context.Context, key string) (time.Time, error) {
		mu.Lock()
		defer mu.Unlock()
		called[key]++
		return time.Time{}, nil
	})
	until(t, "all of them", 30*time.Second, func() bool { mu.Lock(); defer mu.Unlock(); return len(called) == 5 })
	stop()
}

// TestStoppingNode: a node that is told to stop breaks off what it does, and
// another one goes on at once.
func TestStoppingNode(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true, Log: quiet})
	save(t, s, change("a", 0))
	begun := make(chan bool)
	stop := node(t, s, sqlstore.JobsConfig{}, func(ctx context.Context, _ string) (time.Time, error) {
		close(begun)
		<-ctx.Done()
		return time.Time{}, ctx.Err()
	})
	<-begun
	stop()
	again := make(chan bool)
	node(t, s, sqlstore.JobsConfig{}, func(context.Context, string) (time.Time, error) {
		close(again)
		return time.Time{}, nil
	})
	select {
	case <-again:
	case <-time.After(30 * time.Second):
		t.Error("nobody went on")
	}
}
