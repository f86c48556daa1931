package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/surguch/surguch/ra"
)

// settleTask ends a claimed task, or replaces it by what follows, if it is
// still as it was claimed.
func settleTask(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	if c.Settle == nil {
		return nil
	}
	if c.Next != nil {
		return retask(ctx, tx, *c.Settle, *c.Next)
	}
	n, err := exec(ctx, tx, `DELETE FROM task WHERE key = ? AND attempt = ?`, c.Settle.Key, c.Settle.Attempt)
	if err == nil && n == 0 {
		return &ra.ConflictError{Request: c.Settle.Request, Base: c.Base, Task: true}
	}
	return err
}

func retask(ctx context.Context, tx *sql.Tx, old, next ra.Task) error {
	n, err := exec(ctx, tx, `UPDATE task SET attempt = ?, due_ms = ?, note = ?, error = ? WHERE key = ? AND attempt = ?`,
		next.Attempt, next.Due.UnixMilli(), next.Note, next.Error, old.Key, old.Attempt)
	if err == nil && n == 0 {
		return &ra.ConflictError{Request: old.Request, Task: true}
	}
	return err
}

// Retask replaces a task by its next form.
func (s *Store) Retask(ctx context.Context, old, next ra.Task) error {
	return s.transact(ctx, func(tx *sql.Tx) error { return retask(ctx, tx, old, next) })
}

func saveTasks(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	for _, t := range c.Tasks {
		if _, err := exec(ctx, tx, `INSERT INTO task (key, request_id, effect, attempt, due_ms, note) VALUES (?, ?, ?, ?, ?, ?)`,
			t.Key, t.Request, t.Effect, t.Attempt, t.Due.UnixMilli(), t.Note); err != nil {
			return err
		}
	}
	return nil
}

func saveDeadline(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	if !c.Moved {
		return nil
	}
	if _, err := exec(ctx, tx, `DELETE FROM deadline WHERE request_id = ?`, c.Request.ID); err != nil {
		return err
	}
	if c.Deadline == nil {
		return nil
	}
	_, err := exec(ctx, tx, `INSERT INTO deadline (request_id, event, due_ms) VALUES (?, ?, ?)`,
		c.Deadline.Request, c.Deadline.Event, c.Deadline.Due.UnixMilli())
	return err
}

// Due returns what is due at now, and when the next thing after it is.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (ra.Agenda, error) {
	var agenda ra.Agenda
	ms := now.UnixMilli()
	rows, err := s.read.QueryContext(ctx, `SELECT key, request_id, effect, attempt, due_ms, note, error FROM task
		WHERE due_ms <= ? ORDER BY due_ms, key LIMIT ?`, ms, limit)
	if err != nil {
		return agenda, fmt.Errorf("sqlstore: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var t ra.Task
		var due int64
		if err := rows.Scan(&t.Key, &t.Request, &t.Effect, &t.Attempt, &due, &t.Note, &t.Error); err != nil {
			return agenda, fmt.Errorf("sqlstore: %w", err)
		}
		t.Due = time.UnixMilli(due).UTC()
		agenda.Tasks = append(agenda.Tasks, t)
	}
	if err := rows.Err(); err != nil {
		return agenda, fmt.Errorf("sqlstore: %w", err)
	}
	if err := s.dueDeadlines(ctx, &agenda, ms, limit); err != nil {
		return agenda, err
	}
	var next sql.NullInt64
	if err := s.read.QueryRowContext(ctx, `SELECT min(due) FROM (
		SELECT min(due_ms) AS due FROM task WHERE due_ms > ?1
		UNION ALL SELECT min(due_ms) FROM deadline WHERE due_ms > ?1)`, ms).Scan(&next); err != nil {
		return agenda, fmt.Errorf("sqlstore: %w", err)
	}
	if next.Valid {
		agenda.Next = time.UnixMilli(next.Int64).UTC()
	}
	return agenda, nil
}

func (s *Store) dueDeadlines(ctx context.Context, agenda *ra.Agenda, ms int64, limit int) error {
	rows, err := s.read.QueryContext(ctx, `SELECT request_id, event, due_ms FROM deadline
		WHERE due_ms <= ? ORDER BY due_ms, request_id LIMIT ?`, ms, limit)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d ra.Deadline
		var due int64
		if err := rows.Scan(&d.Request, &d.Event, &due); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
		d.Due = time.UnixMilli(due).UTC()
		agenda.Deadlines = append(agenda.Deadlines, d)
	}
	return rows.Err()
}
