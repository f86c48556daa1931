package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/surguch/surguch/ra"
)

// Save writes the change in one transaction. Besides the errors of ra.Store:
// if ctx ends before the transaction has begun nothing is written, and the
// error is that of ctx. Once it has begun SQLite brings it to its end, and
// Save returns how it ended; in PostgreSQL it is broken off. After an error
// that is none of these (a full disk, a lost connection) the caller loads the
// request to see whether the change was made. A change with Erase that was
// made, and whose traces could not be removed from SQLite's log since somebody
// reads an older state, is a *TracesError.
func (s *Store) Save(ctx context.Context, c *ra.Change) error {
	u, err := plan(c)
	if err != nil {
		return err
	}
	err = s.write(ctx, u)
	var repeated *ra.RepeatedError
	if errors.As(err, &repeated) {
		done, err := s.Command(ctx, c.Command.Key)
		if err != nil { // swept away this moment, or not to be read
			return err
		}
		return &ra.RepeatedError{Command: *done}
	}
	if err == nil && (len(u.jobs) > 0 || len(c.Timers) > 0) {
		s.wake()
	}
	return err
}

const rowColumns = `id, version, process, definition, state, queue, partner, assignee, trouble, created_ms, updated_ms, name, inn, snils, key, data, ordinary`

func scanRow(scan scan) (*ra.Row, error) {
	var r ra.Row
	var trouble, created, updated, ordinary int64
	err := scan(&r.ID, &r.Version, &r.Process, &r.Definition, &r.State, &r.Queue, &r.Partner, &r.Assignee, &trouble, &created, &updated,
		&r.Terms.Name, &r.Terms.INN, &r.Terms.SNILS, &r.Key, &r.Data, &ordinary)
	r.Trouble, r.Expedited, r.Created, r.Updated = trouble == 1, ordinary == 0, at(created), at(updated)
	return &r, err
}

// Load returns a request.
func (s *Store) Load(ctx context.Context, id ra.ID) (*ra.Row, error) {
	r, err := one(ctx, s, scanRow, `SELECT `+rowColumns+` FROM request WHERE id = $1`, id)
	return r, notFound(err, "request", string(id))
}

// History returns a part of a journal.
func (s *Store) History(ctx context.Context, id ra.ID, after int64, limit int) ([]ra.Line, error) {
	lines, err := list(ctx, s, func(scan scan) (ra.Line, error) {
		l := ra.Line{Request: id}
		var ms int64
		err := scan(&l.Seq, &ms, &l.Data)
		l.At = at(ms)
		return l, err
	}, `SELECT seq, at_ms, data FROM line WHERE request_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, id, after, limit)
	if err != nil || len(lines) > 0 {
		return lines, err
	}
	_, err = one(ctx, s, func(scan scan) (n int64, err error) { return n, scan(&n) }, `SELECT version FROM request WHERE id = $1`, id)
	return nil, notFound(err, "request", string(id))
}

// Claimed returns the holder of a claim.
func (s *Store) Claimed(ctx context.Context, claim string) (ra.ID, error) {
	id, err := one(ctx, s, func(scan scan) (id ra.ID, err error) { return id, scan(&id) }, `SELECT request_id FROM claim WHERE name = $1`, claim)
	return id, notFound(err, "claim", "")
}

// Blob returns a document.
func (s *Store) Blob(ctx context.Context, name string) ([]byte, error) {
	parts, err := list(ctx, s, func(scan scan) (data []byte, err error) { return data, scan(&data) },
		`SELECT data FROM blob WHERE name = $1 ORDER BY part`, name)
	if err == nil && len(parts) == 0 {
		err = errNone
	}
	return slices.Concat(parts...), notFound(err, "document", name)
}

// Command returns a command.
func (s *Store) Command(ctx context.Context, key string) (*ra.Command, error) {
	c, err := one(ctx, s, func(scan scan) (*ra.Command, error) {
		c := &ra.Command{Key: key}
		var ms int64
		err := scan(&c.Request, &c.Answer, &ms)
		c.At = at(ms)
		return c, err
	}, `SELECT request_id, answer, at_ms FROM command WHERE key = $1`, key)
	return c, notFound(err, "command", key)
}

// errNone says that a query found no row.
var errNone = errors.New("sqlstore: no row")

func notFound(err error, what, name string) error {
	if errors.Is(err, errNone) {
		return fmt.Errorf("%w: %s %s", ra.ErrNotFound, what, name)
	}
	return err
}

// list returns what decode makes of each row. Nothing that is stored is equal
// to what is no text, or has it for a part.
func list[T any](ctx context.Context, s *Store, decode func(scan) (T, error), query string, args ...any) (all []T, err error) {
	for _, a := range args {
		if v := reflect.ValueOf(a); v.Kind() == reflect.String && !valid(v.String()) {
			return nil, nil
		}
	}
	err = s.read(ctx, func(scan scan) error {
		v, err := decode(scan)
		all = append(all, v)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// one returns the only row; errNone if there is none.
func one[T any](ctx context.Context, s *Store, decode func(scan) (T, error), query string, args ...any) (v T, err error) {
	all, err := list(ctx, s, decode, query, args...)
	if err == nil && len(all) == 0 {
		err = errNone
	}
	if err != nil {
		return v, err
	}
	return all[0], nil
}
