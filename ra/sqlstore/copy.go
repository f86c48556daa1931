package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/surguch/surguch/ra"
)

// table is a table as it is copied: in the order of its key, so many rows at
// a time.
type table struct {
	name     string
	columns  []string
	key      int    // how many of the columns are the key
	identity string // the column that the database numbers
	batch    int
}

// tables are all of them, those that others refer to first.
var tables = []*table{
	{name: "request", key: 1, batch: 500, columns: []string{
		"id", "version", "process", "definition", "state", "queue", "partner", "assignee", "trouble", "created_ms", "updated_ms", "name", "inn", "snils", "key", "data", "ordinary",
	}},
	{name: "line", key: 2, batch: 1000, columns: []string{"request_id", "seq", "at_ms", "data"}},
	{name: "blob", key: 2, batch: 16, columns: []string{"name", "part", "data"}},
	{name: "task", key: 1, identity: "n", batch: 1000, columns: []string{
		"n", "key", "request_id", "effect", "seq", "state", "attempt", "failures", "ready_ms", "due_ms", "note", "error", "ordinary",
	}},
	{name: "timer", key: 2, batch: 1000, columns: []string{"request_id", "name", "seq", "due_ms"}},
	{name: "claim", key: 1, batch: 1000, columns: []string{"name", "request_id"}},
	{name: "command", key: 1, batch: 500, columns: []string{"key", "request_id", "answer", "at_ms"}},
	{name: "leaf", key: 1, identity: "id", batch: 1000, columns: []string{"id", "place", "request_id", "seq", "body"}},
	{name: "checkpoint", key: 1, batch: 1000, columns: []string{"size", "base", "root", "note", "at_ms"}},
	{name: "sent", key: 1, batch: 16, columns: []string{
		"message_id", "key", "latest", "request_id", "state", "verification", "namespace", "made_ms", "case_id", "wrapped", "data",
	}},
	{name: "received", key: 1, identity: "n", batch: 16, columns: []string{
		"n", "message_id", "role", "original_id", "queue", "distrust", "received_ms", "case_id", "wrapped", "data",
	}},
	{name: "package", key: 1, batch: 4, columns: []string{"id", "version", "request_id", "case_id", "wrapped", "request", "progress"}},
}

// CopyTo copies everything to another store, which must be empty: requests,
// journals, documents, tasks and timers, claims, answers, the audit trail and
// its checkpoints, messages of SMEV, packages for Goskey, octet by octet. It is how an installation
// outgrows SQLite. The copy is of one state and arrives whole or not at all.
// Others may go on working, but what they write after the beginning is not in
// the copy; erasing waits until it is over.
func (s *Store) CopyTo(ctx context.Context, to *Store) error {
	err := s.snapshot(ctx, func(read reader) error {
		return to.fill(ctx, func(add adder) error {
			for _, t := range tables {
				if err := t.copy(ctx, read, add); err != nil {
					return fmt.Errorf("%s: %w", t.name, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("sqlstore: copy: %w", err)
	}
	return nil
}

// copy copies one table, batch by batch.
func (t *table) copy(ctx context.Context, read reader, add adder) error {
	keys, marks := strings.Join(t.columns[:t.key], ", "), []string{}
	for i := range t.key {
		marks = append(marks, fmt.Sprintf("$%d", i+1))
	}
	var last []any
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		where := ""
		if last != nil {
			where = fmt.Sprintf(` WHERE (%s) > (%s)`, keys, strings.Join(marks, ", "))
		}
		var rows [][]any
		err := read(ctx, func(scan scan) error {
			row, at := make([]any, len(t.columns)), make([]any, len(t.columns))
			for i := range row {
				at[i] = &row[i]
			}
			if err := scan(at...); err != nil {
				return err
			}
			for i := range row {
				// A driver may return an empty blob as a nil slice, which
				// another one takes for NULL.
				if data, ok := row[i].([]byte); ok {
					row[i] = octets(data)
				}
			}
			rows = append(rows, row)
			return nil
		}, fmt.Sprintf(`SELECT %s FROM %s%s ORDER BY %s LIMIT %d`, strings.Join(t.columns, ", "), t.name, where, keys, t.batch), last...)
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := add(ctx, t, rows); err != nil {
			return err
		}
		last = rows[len(rows)-1][:t.key]
	}
}

// errFilled says that the destination of a copy is in use.
var errFilled = errors.New("the destination is not empty")

// empty refuses a destination that holds anything.
func empty(ctx context.Context, read reader) error {
	for _, t := range tables {
		err := read(ctx, func(scan) error { return errFilled }, `SELECT 1 FROM `+t.name+` LIMIT 1`)
		if err != nil {
			return err
		}
	}
	return nil
}

func (e *sqlite) snapshot(ctx context.Context, copy func(r reader) error) error {
	if err := e.calm(ctx); err != nil {
		return err
	}
	defer func() { <-e.still }()
	tx, err := e.reading.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback()
	return copy(func(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
		rows, err := tx.QueryContext(ctx, numbered(query), args...)
		return collect(rows, err, each)
	})
}

func (e *sqlite) fill(ctx context.Context, with func(a adder) error) error {
	return e.submit(ctx, &unit{last: func(w *writer) error {
		err := empty(ctx, func(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
			return w.run1(op{query: query, args: args, each: each})
		})
		if err != nil {
			return err
		}
		return with(func(ctx context.Context, t *table, rows [][]any) error {
			marks := strings.TrimSuffix(strings.Repeat("?, ", len(t.columns)), ", ")
			query := fmt.Sprintf(`INSERT INTO %s (%s) VALUES (%s)`, t.name, strings.Join(t.columns, ", "), marks)
			for _, row := range rows {
				if err := w.exec(query, row...); err != nil {
					return err
				}
			}
			return nil
		})
	}})
}

func (e *postgres) snapshot(ctx context.Context, copy func(r reader) error) error {
	tx, err := e.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	return copy(func(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
		return readFrom(ctx, tx, each, query, args...)
	})
}

// fill copies, sets the counters behind what was copied, and tells the job
// engine of the tasks that are to be done.
func (e *postgres) fill(ctx context.Context, with func(a adder) error) error {
	tx, err := e.pool.Begin(ctx)
	if err != nil {
		return err
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	err = empty(ctx, func(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
		return readFrom(ctx, tx, each, query, args...)
	})
	if err != nil {
		return err
	}
	err = with(func(ctx context.Context, t *table, rows [][]any) error {
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(rows)); err != nil {
			return err
		}
		if t.name == "task" && e.queue != nil {
			return e.queue.insert(ctx, tx, intended(t, rows))
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, t := range tables {
		if t.identity == "" {
			continue
		}
		_, err := tx.Exec(ctx, fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('%[1]s', '%[2]s'), max(%[2]s)) FROM %[1]s HAVING count(*) > 0`, t.name, t.identity))
		if err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// intended are the tasks among the rows that are to be done.
func intended(t *table, rows [][]any) (tasks []ordered) {
	key, state, due, ordinary := slices.Index(t.columns, "key"), slices.Index(t.columns, "state"), slices.Index(t.columns, "due_ms"), slices.Index(t.columns, "ordinary")
	for _, row := range rows {
		if row[state] == string(ra.TaskIntended) {
			tasks = append(tasks, ordered{row[key].(string), time.UnixMilli(row[due].(int64)).UTC(), row[ordinary] == int64(0)})
		}
	}
	return tasks
}
