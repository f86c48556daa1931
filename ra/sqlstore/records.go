package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/surguch/surguch/ra"
)

// Save writes the change in one transaction.
func (s *Store) Save(ctx context.Context, c *ra.Change) error {
	return s.transact(ctx, func(tx *sql.Tx) error {
		for _, part := range []func(context.Context, *sql.Tx, *ra.Change) error{
			settleTask, saveRequest, saveEntries, saveBlobs, saveTasks, saveDeadline, saveClaims,
		} {
			if err := part(ctx, tx, c); err != nil {
				return err
			}
		}
		return nil
	})
}

// transact runs work in a transaction of the writer. The transaction begins
// IMMEDIATE, so it never fails half-way for want of the write lock.
func (s *Store) transact(ctx context.Context, work func(tx *sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	if err := work(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", err)
	}
	return nil
}

// exec runs one statement and returns how many rows it changed.
func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("sqlstore: %w", err)
	}
	return res.RowsAffected()
}

// saveRequest inserts a new request, or replaces one that is still at the
// version the change started from.
func saveRequest(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	r := c.Request
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("sqlstore: request %s: %w", r.ID, err)
	}
	query := `UPDATE request SET version = ?2, process = ?3, state = ?4, updated_ms = ?5, data = ?6 WHERE id = ?1 AND version = ?7`
	if c.Base == 0 {
		query = `INSERT INTO request (id, version, process, state, updated_ms, data) SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE ?7 = 0 ON CONFLICT DO NOTHING`
	}
	n, err := exec(ctx, tx, query, r.ID, r.Version, r.Process, r.State, r.Updated.UnixMilli(), data, c.Base)
	if err != nil {
		return err
	}
	if n == 0 {
		return &ra.ConflictError{Request: r.ID, Base: c.Base}
	}
	return nil
}

func saveEntries(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	for _, e := range c.Entries {
		data, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("sqlstore: entry of %s: %w", e.Request, err)
		}
		if _, err := exec(ctx, tx, `INSERT INTO entry (request_id, seq, at_ms, data) VALUES (?, ?, ?, ?)`,
			e.Request, e.Seq, e.At.UnixMilli(), data); err != nil {
			return err
		}
	}
	return nil
}

func saveBlobs(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	for _, b := range c.Blobs {
		if _, err := exec(ctx, tx, `INSERT INTO blob (hash, data) VALUES (?, ?) ON CONFLICT DO NOTHING`, b.Hash, b.Data); err != nil {
			return err
		}
	}
	return nil
}

func saveClaims(ctx context.Context, tx *sql.Tx, c *ra.Change) error {
	for _, name := range c.Claims {
		if _, err := exec(ctx, tx, `INSERT INTO claim (name, request_id) VALUES (?, ?) ON CONFLICT DO NOTHING`, name, c.Request.ID); err != nil {
			return err
		}
		var holder ra.ID
		if err := tx.QueryRowContext(ctx, `SELECT request_id FROM claim WHERE name = ?`, name).Scan(&holder); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
		if holder != c.Request.ID {
			return &ra.ClaimedError{Request: c.Request.ID, Claim: name}
		}
	}
	return nil
}

// Load returns a request.
func (s *Store) Load(ctx context.Context, id ra.ID) (*ra.Request, error) {
	var data []byte
	err := s.read.QueryRowContext(ctx, `SELECT data FROM request WHERE id = ?`, id).Scan(&data)
	if err != nil {
		return nil, notFound(err, "request "+string(id))
	}
	return decodeRequest(data)
}

func decodeRequest(data []byte) (*ra.Request, error) {
	var r ra.Request
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("sqlstore: a stored request does not parse: %w", err)
	}
	return &r, nil
}

func notFound(err error, what string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%w: %s", ra.ErrNotFound, what)
	}
	return fmt.Errorf("sqlstore: %s: %w", what, err)
}

// History returns the journal of a request.
func (s *Store) History(ctx context.Context, id ra.ID) ([]ra.Entry, error) {
	entries, err := collect(ctx, s.read, func(data []byte) (e ra.Entry, err error) {
		return e, json.Unmarshal(data, &e)
	}, `SELECT data FROM entry WHERE request_id = ? ORDER BY seq`, id)
	if err == nil && len(entries) == 0 {
		return nil, notFound(sql.ErrNoRows, "request "+string(id))
	}
	return entries, err
}

// Blob returns a document by its hash.
func (s *Store) Blob(ctx context.Context, hash string) ([]byte, error) {
	var data []byte
	if err := s.read.QueryRowContext(ctx, `SELECT data FROM blob WHERE hash = ?`, hash).Scan(&data); err != nil {
		return nil, notFound(err, "document "+hash)
	}
	return data, nil
}

// List returns requests in the order of their IDs.
func (s *Store) List(ctx context.Context, after ra.ID, limit int) ([]*ra.Request, error) {
	return collect(ctx, s.read, decodeRequest, `SELECT data FROM request WHERE id > ? ORDER BY id LIMIT ?`, after, limit)
}

// collect reads the one column of every row.
func collect[T any](ctx context.Context, db *sql.DB, decode func([]byte) (T, error), query string, args ...any) ([]T, error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	defer rows.Close()
	var list []T
	for rows.Next() {
		var data []byte
		if err := rows.Scan(&data); err != nil {
			return nil, fmt.Errorf("sqlstore: %w", err)
		}
		v, err := decode(data)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	return list, nil
}
