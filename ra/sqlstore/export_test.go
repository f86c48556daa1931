package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev/client"
)

// Commits returns how many transactions of SQLite there were, and how many
// units they wrote.
func (s *Store) Commits() (commits, units int64) {
	w := s.engine.(*sqlite).writer
	return w.commits.Load(), w.units.Load()
}

// Ungrouped gives each unit a transaction of its own from now on.
func (s *Store) Ungrouped() {
	s.engine.(*sqlite).most = 1
}

// Passing has a function called at the named points of each transaction,
// "before commit" and "after commit".
func (s *Store) Passing(f func(point string)) { s.engine.(*sqlite).passing = f }

// Exec runs a statement on the connection of the writer, or on PostgreSQL.
func (s *Store) Exec(query string, args ...any) error {
	if e, ok := s.engine.(*postgres); ok {
		_, err := e.pool.Exec(context.Background(), query, args...)
		return err
	}
	return s.write(context.Background(), &unit{last: func(w *writer) error {
		_, err := w.conn.ExecContext(context.Background(), numbered(query), args...)
		return err
	}})
}

// Dump returns all rows of all tables, in order.
func (s *Store) Dump() (lines []string, err error) {
	err = s.snapshot(context.Background(), func(read reader) error {
		for _, t := range tables {
			err := t.copy(context.Background(), read, func(_ context.Context, t *table, rows [][]any) error {
				for _, row := range rows {
					line := t.name
					for _, v := range row {
						if data, ok := v.([]byte); ok {
							v = fmt.Sprintf("%x", data)
						}
						line += fmt.Sprintf("|%v", v)
					}
					lines = append(lines, line)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	return lines, err
}

// JobStates counts the jobs of River, by state.
func (s *Store) JobStates() (map[string]int, error) {
	states := map[string]int{}
	err := s.read(context.Background(), func(scan scan) error {
		var state string
		var n int
		err := scan(&state, &n)
		states[state] = n
		return err
	}, `SELECT state::text, count(*) FROM river_job GROUP BY 1`)
	return states, err
}

// Plan returns how the database would answer a query of Page.
func (s *Store) Plan(q ra.Query, common bool) (lines []string, err error) {
	query, args := s.dialect.page(q, common)
	return s.explain(query, args...)
}

// MessagePlans returns how the database would answer the queries for messages
// and packages, and carry out what removes them.
func (s *Store) MessagePlans() (map[string][]string, error) {
	u := &unit{}
	u.forgetMessages("id", `key = $1`, "key")
	u.forgetMessages("id", ofRequest, "id")
	u.ops = append(u.ops, put(&client.Sent{Key: client.ReplyKey("id"), MessageID: "id"}, "was", &sealed{}).ops...)
	u.ops = append(u.ops, keep(&client.Received{Role: client.Request}, "", &sealed{}).ops...)
	u.ops = append(u.ops, keep(&client.Received{Role: client.Response}, "key", &sealed{}).ops...)
	u.ops = append(u.ops, keep(&client.Received{Role: client.Response}, "", &sealed{}).ops...)
	for condition, arg := range map[string]any{answers: "id", requests: 9, strays: 9} {
		u.do(`SELECT data FROM received WHERE `+condition, arg)
	}
	u.do(`SELECT data FROM sent WHERE `+latest, "key")
	u.do(`SELECT data FROM sent WHERE `+byID, "id")
	u.do(onePackage, "id")
	u.do(savePackage, "id", 1, 2, []byte{})
	u.do(forgetPackages, "id")
	plans := map[string][]string{}
	for _, o := range u.ops {
		var err error
		if plans[o.query], err = s.explain(o.query, o.args...); err != nil {
			return nil, err
		}
	}
	return plans, nil
}

func (s *Store) explain(query string, args ...any) (lines []string, err error) {
	prefix := `EXPLAIN `
	if s.dialect == sqliteDialect {
		prefix = `EXPLAIN QUERY PLAN `
	}
	err = s.read(context.Background(), func(scan scan) error {
		var text string
		var a, b, c any
		dest := []any{&text}
		if s.dialect == sqliteDialect {
			dest = []any{&a, &b, &c, &text}
		}
		err := scan(dest...)
		lines = append(lines, text)
		return err
	}, prefix+query, args...)
	return lines, err
}

// Intact has SQLite check the file.
func (s *Store) Intact() error {
	return s.read(context.Background(), func(scan scan) error {
		var found string
		err := scan(&found)
		if err == nil && found != "ok" {
			err = errors.New(found)
		}
		return err
	}, `PRAGMA integrity_check`)
}

// Sorted is Page for a part of names that few have.
func (s *Store) Sorted(q ra.Query) ([]*ra.Row, error) {
	query, args := s.dialect.page(q, false)
	return list(context.Background(), s, scanRow, query, args...)
}
