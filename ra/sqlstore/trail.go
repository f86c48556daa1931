package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/surguch/surguch/ra"
)

func scanLeaf(scan scan) (ra.Leaf, error) {
	var l ra.Leaf
	var place sql.NullInt64
	err := scan(&l.ID, &place, &l.Request, &l.Seq, &l.Body)
	if l.Place = -1; place.Valid {
		l.Place = place.Int64
	}
	return l, err
}

// Unsealed returns leaves without a place, in the order in which they were
// numbered. In PostgreSQL one may show up before others that were returned
// earlier, since transactions do not end in the order in which they begin.
func (s *Store) Unsealed(ctx context.Context, limit int) ([]ra.Leaf, error) {
	return list(ctx, s, scanLeaf, `SELECT id, place, request_id, seq, body FROM leaf WHERE place IS NULL ORDER BY id LIMIT $1`, limit)
}

// Seal appends leaves to the tree, in the order given.
func (s *Store) Seal(ctx context.Context, leaves []ra.Leaf, c ra.Checkpoint) error {
	base := c.Size - int64(len(leaves))
	if base < 0 || len(leaves) == 0 {
		return fmt.Errorf("sqlstore: seal: %d leaves do not make a tree of %d", len(leaves), c.Size)
	}
	late := &ra.ConflictError{Base: base}
	u := &unit{}
	// Nobody has sealed from the same base, and somebody has sealed up to it:
	// so it is the last.
	u.must(late, `INSERT INTO checkpoint (size, base, root, note, at_ms) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1`,
		c.Size, base, octets(c.Root), octets(c.Note), milli(c.At))
	if base > 0 {
		u.must(late, `SELECT 1 FROM checkpoint WHERE size = $1`, base)
	}
	for i, l := range leaves {
		u.must(late, `UPDATE leaf SET place = $2 WHERE id = $1 AND place IS NULL RETURNING 1`, l.ID, base+int64(i))
	}
	return s.write(ctx, u)
}

// Leaves returns sealed leaves.
func (s *Store) Leaves(ctx context.Context, from int64, limit int) ([]ra.Leaf, error) {
	return list(ctx, s, scanLeaf, `SELECT id, place, request_id, seq, body FROM leaf WHERE place >= $1 ORDER BY place LIMIT $2`, from, limit)
}

func scanCheckpoint(scan scan) (ra.Checkpoint, error) {
	var c ra.Checkpoint
	var ms int64
	err := scan(&c.Size, &c.Root, &c.Note, &ms)
	c.At = at(ms)
	return c, err
}

// Checkpoints returns signed statements about trees.
func (s *Store) Checkpoints(ctx context.Context, after int64, limit int) ([]ra.Checkpoint, error) {
	return list(ctx, s, scanCheckpoint, `SELECT size, root, note, at_ms FROM checkpoint WHERE size > $1 ORDER BY size LIMIT $2`, after, limit)
}

// Last returns the newest checkpoint.
func (s *Store) Last(ctx context.Context) (ra.Checkpoint, error) {
	all, err := list(ctx, s, scanCheckpoint, `SELECT size, root, note, at_ms FROM checkpoint ORDER BY size DESC LIMIT 1`)
	if err != nil || len(all) == 0 {
		return ra.Checkpoint{}, err
	}
	return all[0], nil
}
