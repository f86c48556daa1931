package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/ra"
)

// Claim takes tasks that are due.
func (m *Memory) Claim(_ context.Context, now time.Time, lease time.Duration, limit int) (claimed []ra.Task, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var due []int
	for i, t := range m.tasks {
		if ready(t, now) {
			due = append(due, i)
		}
	}
	slices.SortStableFunc(due, func(a, b int) int {
		x, y := m.tasks[a], m.tasks[b]
		switch {
		case x.Expedited == y.Expedited:
			return x.Due.Compare(y.Due)
		case x.Expedited:
			return -1
		}
		return 1
	})
	for _, i := range due[:min(limit, len(due))] {
		claimed = append(claimed, m.begin(i, now.Add(lease)))
	}
	return claimed, nil
}

// ClaimOne takes one task.
func (m *Memory) ClaimOne(_ context.Context, key string, now time.Time, lease time.Duration) (*ra.Task, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.task(key)
	if i < 0 {
		return nil, fmt.Errorf("%w: task %s", ra.ErrNotFound, key)
	}
	if !ready(m.tasks[i], now) {
		t := cloneTask(m.tasks[i])
		return &t, fmt.Errorf("%w: %s", ra.ErrNotDue, key)
	}
	t := m.begin(i, now.Add(lease))
	return &t, nil
}

func ready(t ra.Task, now time.Time) bool {
	return t.State == ra.TaskIntended && !t.Due.After(milli(now))
}

func (m *Memory) begin(i int, until time.Time) ra.Task {
	m.tasks[i].Attempt++
	m.tasks[i].Due = milli(until)
	return cloneTask(m.tasks[i])
}

// Settle replaces a claimed task.
func (m *Memory) Settle(_ context.Context, claimed, after ra.Task) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.still(claimed) {
		return &ra.ConflictError{Request: claimed.Request, Task: true}
	}
	m.tasks[m.task(claimed.Key)] = cloneTask(after)
	m.wake()
	return nil
}

// Tasks returns the tasks of a request.
func (m *Memory) Tasks(_ context.Context, id ra.ID) (tasks []ra.Task, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tasks {
		if t.Request == id {
			tasks = append(tasks, cloneTask(t))
		}
	}
	return tasks, nil
}

// Due returns timers that have run out, and when something falls due next.
func (m *Memory) Due(_ context.Context, now time.Time, limit int) (due []ra.Timer, next time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, timers := range m.timers {
		for _, t := range timers {
			if t.Due.After(milli(now)) {
				sooner(t.Due)
			} else {
				due = append(due, t)
			}
		}
	}
	for _, t := range m.tasks {
		if t.State == ra.TaskIntended {
			sooner(t.Due)
		}
	}
	slices.SortFunc(due, func(a, b ra.Timer) int {
		return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Request, b.Request), cmp.Compare(a.Name, b.Name))
	})
	return due[:min(limit, len(due))], next, nil
}

// Woken gets a value after Save has ordered work.
func (m *Memory) Woken() <-chan struct{} { return m.woken }

func (m *Memory) wake() {
	select {
	case m.woken <- struct{}{}:
	default:
	}
}

// Unsealed returns leaves without a place.
func (m *Memory) Unsealed(_ context.Context, limit int) (leaves []ra.Leaf, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.leaves {
		if l.Place < 0 && len(leaves) < limit {
			l.Body = slices.Clone(l.Body)
			leaves = append(leaves, l)
		}
	}
	return leaves, nil
}

// Seal appends leaves to the tree, in the order given.
func (m *Memory) Seal(_ context.Context, leaves []ra.Leaf, c ra.Checkpoint) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	base := c.Size - int64(len(leaves))
	if base < 0 || len(leaves) == 0 {
		return fmt.Errorf("storetest: %d leaves do not make a tree of %d", len(leaves), c.Size)
	}
	if m.last().Size != base {
		return &ra.ConflictError{Base: base}
	}
	seen := map[int64]bool{}
	for _, l := range leaves {
		if l.ID < 1 || l.ID > int64(len(m.leaves)) || m.leaves[l.ID-1].Place >= 0 || seen[l.ID] {
			return &ra.ConflictError{Base: base}
		}
		seen[l.ID] = true
	}
	for i, l := range leaves {
		m.leaves[l.ID-1].Place = base + int64(i)
	}
	m.checkpoints = append(m.checkpoints, cloneCheckpoint(c))
	return nil
}

// Leaves returns sealed leaves.
func (m *Memory) Leaves(_ context.Context, from int64, limit int) (leaves []ra.Leaf, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.leaves {
		if l.Place >= max(from, 0) {
			l.Body = slices.Clone(l.Body)
			leaves = append(leaves, l)
		}
	}
	slices.SortFunc(leaves, func(a, b ra.Leaf) int { return cmp.Compare(a.Place, b.Place) })
	return leaves[:min(limit, len(leaves))], nil
}

// Checkpoints returns signed statements about trees.
func (m *Memory) Checkpoints(_ context.Context, after int64, limit int) (list []ra.Checkpoint, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.checkpoints {
		if c.Size > after && len(list) < limit {
			list = append(list, cloneCheckpoint(c))
		}
	}
	return list, nil
}

// Last returns the newest checkpoint.
func (m *Memory) Last(context.Context) (ra.Checkpoint, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return cloneCheckpoint(m.last()), nil
}

func (m *Memory) last() (c ra.Checkpoint) {
	if n := len(m.checkpoints); n > 0 {
		c = m.checkpoints[n-1]
	}
	return c
}

func cloneCheckpoint(c ra.Checkpoint) ra.Checkpoint {
	if c.Size > 0 {
		c.At = milli(c.At)
	}
	c.Root, c.Note = slices.Clone(c.Root), slices.Clone(c.Note)
	return c
}
