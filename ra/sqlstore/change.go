package sqlstore

import (
	"fmt"
	"slices"

	"github.com/surguch/surguch/ra"
)

// partSize is how much of a document a row holds.
const partSize = 1 << 20

// plan is the transaction that a change is. The order of its statements is
// the order in which they are refused, and the same in every change, so that
// transactions do not wait for each other in a circle.
func plan(c *ra.Change) (*unit, error) {
	if err := check(c); err != nil {
		return nil, fmt.Errorf("sqlstore: change of request %s: %w", idOf(c), err)
	}
	u := &unit{erase: c.Erase}
	if c.Command != nil {
		u.must(&ra.RepeatedError{Command: ra.Command{Key: c.Command.Key}},
			`INSERT INTO command (key, request_id, answer, at_ms) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING 1`,
			c.Command.Key, c.Command.Request, octets(c.Command.Answer), milli(c.Command.At))
	}
	if c.Settle != nil {
		u.settle(c.Settle, c.After)
	}
	u.request(c)
	if c.Erase {
		u.forget(c)
	}
	u.claims(c)
	for i, l := range c.Lines {
		u.do(`INSERT INTO line (request_id, seq, at_ms, data) VALUES ($1, $2, $3, $4)`, l.Request, l.Seq, milli(l.At), octets(l.Data))
		u.do(`INSERT INTO leaf (request_id, seq, body) VALUES ($1, $2, $3)`, l.Request, l.Seq, octets(c.Leaves[i]))
		u.size += len(l.Data) + len(c.Leaves[i])
	}
	u.blobs(c)
	u.timers(c)
	for _, t := range c.Tasks {
		u.do(`INSERT INTO task (key, request_id, effect, seq, state, attempt, failures, ready_ms, due_ms, note, error, ordinary)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11)`,
			t.Key, t.Request, t.Effect, t.Seq, t.State, int64(t.Attempt), int64(t.Failures), milli(t.Due), t.Note, text(t.Error), flag(!t.Expedited))
		if t.State == ra.TaskIntended {
			u.jobs = append(u.jobs, ordered{t.Key, t.Due, t.Expedited})
		}
	}
	return u, nil
}

// check refuses a change that contradicts itself: a mistake of its maker.
func check(c *ra.Change) error {
	switch {
	case c.Row == nil || c.Row.ID == "":
		return fmt.Errorf("it has no request")
	case c.Row.Version != c.Base+int64(len(c.Lines)) || c.Row.Version < 1:
		return fmt.Errorf("%d lines do not lead from version %d to %d", len(c.Lines), c.Base, c.Row.Version)
	case len(c.Leaves) != len(c.Lines):
		return fmt.Errorf("%d lines have %d leaves", len(c.Lines), len(c.Leaves))
	case (c.Settle == nil) != (c.After == nil) || c.Settle != nil && c.Settle.Key != c.After.Key:
		return fmt.Errorf("it settles one task as another")
	case !c.Moved && len(c.Timers) > 0:
		return fmt.Errorf("it sets timers and stays in its place")
	case !c.Erase && len(c.Forget) > 0:
		return fmt.Errorf("it forgets documents and does not erase")
	}
	for _, s := range textsOf(c) {
		if !valid(s) {
			return fmt.Errorf("%q is not text", s)
		}
	}
	for i, l := range c.Lines {
		if l.Seq != c.Base+1+int64(i) {
			return fmt.Errorf("line %d stands where %d belongs", l.Seq, c.Base+1+int64(i))
		}
	}
	about := slices.Concat(
		idsOf(c.Lines, func(l ra.Line) ra.ID { return l.Request }),
		idsOf(c.Tasks, func(t ra.Task) ra.ID { return t.Request }),
		idsOf(c.Timers, func(t ra.Timer) ra.ID { return t.Request }))
	if c.Settle != nil {
		about = append(about, c.Settle.Request, c.After.Request)
	}
	if c.Rang != nil {
		about = append(about, c.Rang.Request)
	}
	if c.Command != nil {
		about = append(about, c.Command.Request)
	}
	for _, id := range about {
		if id != c.Row.ID {
			return fmt.Errorf("part of it is about request %s", id)
		}
	}
	return nil
}

// textsOf are the texts of a change that are not made valid by themselves.
func textsOf(c *ra.Change) []string {
	r := c.Row
	texts := []string{string(r.ID), r.Process, r.Definition, string(r.State), string(r.Queue), r.Partner, r.Assignee, r.Terms.Name, r.Terms.INN, r.Terms.SNILS}
	for _, b := range c.Blobs {
		texts = append(texts, b.Name)
	}
	for _, t := range c.Tasks {
		texts = append(texts, t.Key, string(t.Effect), string(t.State))
	}
	for _, t := range c.Timers {
		texts = append(texts, t.Name)
	}
	if c.Command != nil {
		texts = append(texts, c.Command.Key)
	}
	return append(texts, c.Claims...)
}

func idOf(c *ra.Change) ra.ID {
	if c.Row == nil {
		return ""
	}
	return c.Row.ID
}

func idsOf[T any](list []T, id func(T) ra.ID) (ids []ra.ID) {
	for _, v := range list {
		ids = append(ids, id(v))
	}
	return ids
}

// request inserts a new request, or replaces one that is still at the version
// the change started from.
func (u *unit) request(c *ra.Change) {
	r := c.Row
	query := `UPDATE request SET version = $2, process = $3, definition = $4, state = $5, queue = $6, partner = $7, assignee = $8,
		trouble = $9, created_ms = $10, updated_ms = $11, name = $12, inn = $13, snils = $14, key = $15, data = $16, ordinary = $17
		WHERE id = $1 AND version = $18 RETURNING 1`
	args := []any{r.ID, r.Version, r.Process, r.Definition, r.State, r.Queue, r.Partner, r.Assignee, flag(r.Trouble),
		milli(r.Created), milli(r.Updated), r.Terms.Name, r.Terms.INN, r.Terms.SNILS, r.Key, octets(r.Data), flag(!r.Expedited)}
	if c.Base == 0 {
		query = `INSERT INTO request (id, version, process, definition, state, queue, partner, assignee, trouble, created_ms, updated_ms, name, inn, snils, key, data, ordinary)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING RETURNING 1`
	} else {
		args = append(args, c.Base)
	}
	u.must(&ra.ConflictError{Request: r.ID, Base: c.Base}, query, args...)
	u.size += len(r.Data)
}

// settle replaces a task that is still as it was claimed.
func (u *unit) settle(claimed, after *ra.Task) {
	u.must(&ra.ConflictError{Request: claimed.Request, Task: true},
		`UPDATE task SET state = $6, attempt = $7, failures = $8, due_ms = $9, note = $10, error = $11
		WHERE key = $1 AND state = $2 AND attempt = $3 AND failures = $4 AND due_ms = $5 RETURNING 1`,
		claimed.Key, claimed.State, int64(claimed.Attempt), int64(claimed.Failures), milli(claimed.Due),
		after.State, int64(after.Attempt), int64(after.Failures), milli(after.Due), after.Note, text(after.Error))
	if after.State == ra.TaskIntended {
		u.jobs = append(u.jobs, ordered{after.Key, after.Due, after.Expedited})
	}
}

// forget removes what was known of the request before the change. The command
// that asked for it is kept, without which a repetition would not be known.
func (u *unit) forget(c *ra.Change) {
	id, key := c.Row.ID, ""
	if c.Command != nil {
		key = c.Command.Key
	}
	settled := ""
	if c.After != nil {
		settled = c.After.Key
	}
	u.do(`UPDATE line SET data = $3 WHERE request_id = $1 AND seq <= $2 AND length(data) > 0`, id, c.Base, []byte{})
	u.do(`DELETE FROM command WHERE request_id = $1 AND key <> $2`, id, key)
	u.do(`UPDATE task SET note = NULL WHERE request_id = $1 AND key <> $2 AND note IS NOT NULL`, id, settled)
	u.do(`DELETE FROM claim WHERE request_id = $1`, id)
	u.forgetMessages(id, ofRequest, id)
	u.do(forgetPackages, id)
	for _, name := range slices.Sorted(slices.Values(c.Forget)) {
		u.do(`DELETE FROM blob WHERE name = $1`, name)
	}
}

func (u *unit) claims(c *ra.Change) {
	for _, name := range slices.Compact(slices.Sorted(slices.Values(c.Claims))) {
		u.must(&ra.ClaimedError{Request: c.Row.ID, Claim: name},
			`INSERT INTO claim (name, request_id) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET name = excluded.name WHERE claim.request_id = excluded.request_id RETURNING 1`,
			name, c.Row.ID)
	}
}

func (u *unit) blobs(c *ra.Change) {
	byName := func(a, b ra.Blob) int {
		switch {
		case a.Name < b.Name:
			return -1
		case a.Name > b.Name:
			return 1
		}
		return 0
	}
	for _, b := range slices.SortedStableFunc(slices.Values(c.Blobs), byName) {
		rest := octets(b.Data)
		for part := int64(0); part == 0 || len(rest) > 0; part++ {
			n := min(len(rest), partSize)
			u.do(`INSERT INTO blob (name, part, data) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`, b.Name, part, rest[:n])
			rest = rest[n:]
		}
		u.size += len(b.Data)
	}
}

func (u *unit) timers(c *ra.Change) {
	if c.Rang != nil {
		u.do(`DELETE FROM timer WHERE request_id = $1 AND name = $2 AND seq = $3`, c.Rang.Request, c.Rang.Name, c.Rang.Seq)
	}
	if !c.Moved {
		return
	}
	u.do(`DELETE FROM timer WHERE request_id = $1`, c.Row.ID)
	for _, t := range c.Timers {
		u.do(`INSERT INTO timer (request_id, name, seq, due_ms) VALUES ($1, $2, $3, $4)`, t.Request, t.Name, t.Seq, milli(t.Due))
	}
}
