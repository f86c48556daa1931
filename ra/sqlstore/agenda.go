package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
)

const taskColumns = `key, request_id, effect, seq, state, attempt, failures, due_ms, note, error, ordinary`

func scanTask(scan scan, more ...any) (ra.Task, error) {
	var t ra.Task
	var due, ordinary int64
	err := scan(append([]any{&t.Key, &t.Request, &t.Effect, &t.Seq, &t.State, &t.Attempt, &t.Failures, &due, &t.Note, &t.Error, &ordinary}, more...)...)
	t.Due, t.Expedited = at(due), ordinary == 0
	return t, err
}

// Claim takes tasks that are due.
func (s *Store) Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]ra.Task, error) {
	type claimed struct {
		task     ra.Task
		ready, n int64
	}
	var all []claimed
	u := &unit{}
	u.add(op{
		query: `UPDATE task SET attempt = attempt + 1, ready_ms = due_ms, due_ms = $2 WHERE n ` +
			s.dialect.choose(
				`SELECT n FROM task WHERE state = 'intended' AND ordinary = 0 AND due_ms <= $1 ORDER BY due_ms, n LIMIT $3`,
				`SELECT n FROM task WHERE state = 'intended' AND ordinary = 1 AND due_ms <= $1 ORDER BY due_ms, n LIMIT $3`,
			) +
			` RETURNING ` + taskColumns + `, ready_ms, n`,
		args: []any{milli(now), milli(now.Add(lease)), limit},
		each: func(scan scan) (err error) {
			var c claimed
			c.task, err = scanTask(scan, &c.ready, &c.n)
			all = append(all, c)
			return err
		},
	})
	if err := s.write(ctx, u); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(a, b claimed) int {
		return cmp.Or(cmp.Compare(flag(!a.task.Expedited), flag(!b.task.Expedited)), cmp.Compare(a.ready, b.ready), cmp.Compare(a.n, b.n))
	})
	var tasks []ra.Task
	for _, c := range all {
		tasks = append(tasks, c.task)
	}
	return tasks, nil
}

// ClaimOne takes one task.
func (s *Store) ClaimOne(ctx context.Context, key string, now time.Time, lease time.Duration) (*ra.Task, error) {
	if !valid(key) {
		return nil, notFound(errNone, "task", key)
	}
	var t ra.Task
	u := &unit{}
	u.add(op{
		query: `UPDATE task SET attempt = attempt + 1, ready_ms = due_ms, due_ms = $3
			WHERE key = $1 AND state = 'intended' AND due_ms <= $2 RETURNING ` + taskColumns,
		args: []any{key, milli(now), milli(now.Add(lease))},
		none: ra.ErrNotDue,
		each: func(scan scan) (err error) { t, err = scanTask(scan); return err },
	})
	err := s.write(ctx, u)
	if !errors.Is(err, ra.ErrNotDue) {
		if err != nil {
			return nil, err
		}
		return &t, nil
	}
	t, err = one(ctx, s, func(scan scan) (ra.Task, error) { return scanTask(scan) }, `SELECT `+taskColumns+` FROM task WHERE key = $1`, key)
	if err != nil {
		return nil, notFound(err, "task", key)
	}
	return &t, fmt.Errorf("%w: %s", ra.ErrNotDue, key)
}

// Settle replaces a claimed task.
func (s *Store) Settle(ctx context.Context, claimed, after ra.Task) error {
	if claimed.Key != after.Key {
		return fmt.Errorf("sqlstore: task %s is settled as %s", claimed.Key, after.Key)
	}
	u := &unit{}
	u.settle(&claimed, &after)
	err := s.write(ctx, u)
	if err == nil && len(u.jobs) > 0 {
		s.wake()
	}
	return err
}

// Tasks returns the tasks of a request.
func (s *Store) Tasks(ctx context.Context, id ra.ID) ([]ra.Task, error) {
	return list(ctx, s, func(scan scan) (ra.Task, error) { return scanTask(scan) },
		`SELECT `+taskColumns+` FROM task WHERE request_id = $1 ORDER BY n`, id)
}

// Due returns timers that have run out, and when something falls due next: a
// task that nobody has begun yet, though it is late, or a timer.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]ra.Timer, time.Time, error) {
	timers, err := list(ctx, s, func(scan scan) (ra.Timer, error) {
		var t ra.Timer
		var due int64
		err := scan(&t.Request, &t.Name, &t.Seq, &due)
		t.Due = at(due)
		return t, err
	}, `SELECT request_id, name, seq, due_ms FROM timer WHERE due_ms <= $1 ORDER BY due_ms, request_id, name LIMIT $2`, milli(now), limit)
	if err != nil {
		return nil, time.Time{}, err
	}
	next, err := one(ctx, s, func(scan scan) (ms sql.NullInt64, err error) { return ms, scan(&ms) },
		`SELECT min(due) FROM (SELECT min(due_ms) AS due FROM task WHERE state = 'intended'
		UNION ALL SELECT min(due_ms) FROM timer WHERE due_ms > $1) AS either`, milli(now))
	if err != nil || !next.Valid {
		return timers, time.Time{}, err
	}
	return timers, at(next.Int64), nil
}
