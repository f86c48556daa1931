package sqlstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/surguch/surguch/ra"
)

const (
	pageDefault = 50
	pageMost    = 1000
	sweepSize   = 1000 // commands of one transaction
	lastRune    = "\U0010FFFF"
	manyNames   = 2000 // that have a part in common are not sorted, but met on the way
	fewPartners = 64   // have their pages taken one by one and put together
)

// Page returns the requests that a query finds. The order is that of an index;
// only those found by a number, or by a part that few names have, are sorted.
func (s *Store) Page(ctx context.Context, q ra.Query) ([]*ra.Row, error) {
	common, err := s.common(ctx, q.Contains)
	if err != nil {
		return nil, err
	}
	query, args := s.dialect.page(q, common)
	return list(ctx, s, scanRow, query, append(s.dialect.planned[:len(s.dialect.planned):len(s.dialect.planned)], args...)...)
}

// common reports whether so many names have a part that it is no way to find
// them: then a page is full soon when one goes along the order of pages.
func (s *Store) common(ctx context.Context, part string) (bool, error) {
	if part == "" || s.dialect.common == nil {
		return false, nil
	}
	query, args := s.dialect.common(part)
	n, err := list(ctx, s, func(scan scan) (n int, err error) { return n, scan(&n) }, query, args...)
	return len(n) > 0 && n[0] >= manyNames, err
}

// page is the query for a page. Common says that of a part of a name many have.
func (d *dialect) page(q ra.Query, common bool) (string, []any) {
	order := `updated_ms, id`
	where := []string{`(updated_ms, id) > ($1, $2)`}
	args := []any{milli(q.After.Updated), q.After.ID}
	if q.Name != "" {
		order = `name, updated_ms, id`
		// The one lower bound that SQLite starts from, so it must be near.
		where[0] = `(name, updated_ms, id) > ($3, $1, $2)`
		args = append(args, max(q.After.Name, q.Name))
	} else if q.Queue != "" {
		order = `ordinary, updated_ms, id`
		where[0] = `(ordinary, updated_ms, id) > ($3, $1, $2)`
		args = append(args, flag(q.After.Ordinary))
	}
	// A partial index is used if the query repeats its condition.
	equal := func(column, value string) {
		if value != "" {
			args = append(args, value)
			where = append(where, fmt.Sprintf(`%s = $%d AND %[1]s <> ''`, column, len(args)))
		}
	}
	equal("inn", q.INN)
	equal("snils", q.SNILS)
	equal("assignee", q.Assignee)
	equal("queue", string(q.Queue))
	equal("state", string(q.State))
	equal("process", q.Process)
	if q.Trouble {
		where = append(where, `trouble = 1`)
	}
	if q.Name != "" {
		where = append(where, fmt.Sprintf(`name < $%d AND name <> ''`, len(args)+1))
		args = append(args, q.Name+lastRune)
	}
	if common {
		args = append(args, q.Contains)
		where = append(where, d.has(len(args)))
	} else if q.Contains != "" {
		condition, more := d.contains(q.Contains, len(args)+1)
		where = append(where, condition)
		args = append(args, more...)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = pageDefault
	}
	args = append(args, min(limit, pageMost))
	most := len(args)
	found := func(where ...string) string {
		return fmt.Sprintf(`FROM request WHERE %s ORDER BY %s LIMIT $%d`, strings.Join(where, ` AND `), order, most)
	}
	var partners []string // as conditions
	for _, p := range slices.Compact(slices.Sorted(slices.Values(q.Partners))) {
		args = append(args, p)
		partners = append(partners, fmt.Sprintf(`partner = $%d AND partner <> ''`, len(args)))
	}
	if len(partners) > fewPartners {
		partners = []string{`(` + strings.Join(partners, ` OR `) + `)`}
	}
	switch {
	case len(partners) > 1: // each page in the order of its index
		var pages []string
		for _, p := range partners {
			pages = append(pages, `SELECT id FROM (SELECT id `+found(append(where, p)...)+`) AS page`)
		}
		return `SELECT ` + rowColumns + ` ` + found(`id IN (`+strings.Join(pages, ` UNION ALL `)+`)`), args
	case len(partners) == 1:
		where = append(where, partners[0])
	}
	if q.Contains != "" && !common { // what is found has to be sorted: by little of it
		return `SELECT ` + rowColumns + ` FROM request WHERE id IN (SELECT id ` + found(where...) + `) ORDER BY ` + order, args
	}
	return `SELECT ` + rowColumns + ` ` + found(where...), args
}

// flag is a truth as columns have it.
func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// Definitions returns the definitions of requests under way. Each is found by
// one step along the index.
func (s *Store) Definitions(ctx context.Context) ([]string, error) {
	return list(ctx, s, func(scan scan) (d string, err error) { return d, scan(&d) }, `WITH RECURSIVE pinned (definition) AS (
			SELECT min(definition) FROM request WHERE queue <> ''
			UNION ALL
			SELECT (SELECT min(definition) FROM request WHERE queue <> '' AND definition > pinned.definition)
			FROM pinned WHERE pinned.definition IS NOT NULL
		) SELECT definition FROM pinned WHERE definition IS NOT NULL ORDER BY definition`)
}

// Sweep forgets old commands, not too many in one transaction.
func (s *Store) Sweep(ctx context.Context, before time.Time) (swept int, err error) {
	for {
		n := 0
		u := &unit{}
		u.add(op{
			query: `DELETE FROM command WHERE key IN (SELECT key FROM command WHERE at_ms < $1 ORDER BY at_ms, key LIMIT $2) RETURNING key`,
			args:  []any{milli(before), sweepSize},
			each:  func(scan scan) error { n++; var key string; return scan(&key) },
		})
		if err := s.write(ctx, u); err != nil {
			return swept, err
		}
		swept += n
		if n < sweepSize {
			return swept, nil
		}
	}
}
