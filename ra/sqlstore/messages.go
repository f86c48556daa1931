package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev/client"
)

// Messages are the messages of SMEV that an authority has sent and received,
// in the database of its requests. It implements client.Store and may be used
// by several goroutines; any number of them may be made of one Store. Times
// are kept to the millisecond, in UTC.
//
// A message belongs to a request if its key begins with the ID of the request
// and a slash, as those of ask_registers do; the answers to it belong to the
// same request. When the request is erased (ra.Change.Erase) they go with it,
// in one transaction. An answer that comes after that is a stray.
type Messages struct {
	store *Store
	keys  ra.CaseKeys
}

var _ client.Store = (*Messages)(nil)

// Messages returns the messages of the store. What is personal of them
// (Subject, Digest, Envelope, Files) is sealed at rest: all messages of a key
// and the answers to them under one key, strays and requests of others under
// one each. Such a key is stored as keys wraps it for the ID of the request
// that the messages belong to, so that whatever makes the request unreadable
// makes them so too; if they belong to none, for a hash that has the shape of
// an ID. Nothing unwrapped is kept: each call that seals or opens something
// asks keys. Nil: nothing is sealed, and what was sealed does not open.
func (s *Store) Messages(keys ra.CaseKeys) *Messages { return &Messages{s, keys} }

// errMoved says that what was read before a transaction does not hold in it.
var errMoved = errors.New("sqlstore: somebody was faster")

// Put implements client.Store. A message with no key, no id, or an id that is
// of another key is a mistake of the caller and refused.
func (m *Messages) Put(ctx context.Context, s client.Sent, was string) (client.Sent, error) {
	for {
		now, err := m.sent(ctx, latest, s.Key)
		if err != nil && !errors.Is(err, errNone) {
			return client.Sent{}, err
		}
		if now.MessageID != was {
			return m.openSent(ctx, now)
		}
		if s.Key == "" || s.MessageID == "" {
			return client.Sent{}, errors.New("sqlstore: a message without a key or an id")
		}
		if err := texts(s.MessageID, s.Key, string(s.Check), s.Namespace); err != nil {
			return client.Sent{}, err
		}
		now.caseID = caseOf(s.Key)
		c := &content{Subject: s.Subject, Digest: s.Digest, Envelope: s.Envelope, Files: s.Files}
		sealed, err := m.seal(ctx, sentName(s.MessageID), c, &now.sealed)
		if err != nil {
			return client.Sent{}, about(s.MessageID, err)
		}
		if err = m.store.write(ctx, put(&s, was, sealed)); err == nil {
			s.MadeAt = at(milli(s.MadeAt))
			return s, nil
		}
		if !errors.Is(err, errMoved) {
			return client.Sent{}, err
		}
	}
}

// put is the transaction of Put.
func put(s *client.Sent, was string, c *sealed) *unit {
	u := &unit{size: len(c.data), locks: []string{string(caseOf(s.Key)), s.MessageID}}
	if was == "" {
		u.must(errMoved, `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sent WHERE key = $1 AND latest = 1)`, s.Key)
	} else {
		u.must(errMoved, `UPDATE sent SET latest = 0 WHERE key = $1 AND latest = 1 AND message_id = $2 RETURNING 1`, s.Key, was)
	}
	u.must(fmt.Errorf("sqlstore: message %s is of another key", s.MessageID),
		`INSERT INTO sent (message_id, key, latest, request_id, state, verification, namespace, made_ms, case_id, wrapped, data)
		VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (message_id) DO UPDATE SET latest = 1, state = excluded.state, verification = excluded.verification,
			namespace = excluded.namespace, made_ms = excluded.made_ms, wrapped = excluded.wrapped, data = excluded.data
		WHERE sent.key = excluded.key RETURNING 1`,
		s.MessageID, s.Key, requestOf(s.Key), int64(s.State), string(s.Check), s.Namespace, milli(s.MadeAt), c.caseID, c.wrapped, c.data)
	u.do(`UPDATE received SET queue = '' WHERE original_id = $1 AND role <> 3 AND queue = 'stray' AND distrust = ''`, s.MessageID)
	if request, ok := strings.CutPrefix(s.Key, client.ReplyKey("")); ok {
		queue := "request"
		if s.State == client.Accepted || s.State == client.Refused {
			queue = ""
		}
		u.do(`UPDATE received SET queue = $2 WHERE message_id = $1 AND role = 3 AND queue <> $2 AND distrust = ''`, request, queue)
	}
	return u
}

// Get implements client.Store.
func (m *Messages) Get(ctx context.Context, id string) (client.Sent, error) {
	row, err := m.sent(ctx, byID, id)
	if errors.Is(err, errNone) {
		return client.Sent{}, client.ErrNotFound
	}
	if err != nil {
		return client.Sent{}, err
	}
	return m.openSent(ctx, row)
}

// Keep implements client.Store.
func (m *Messages) Keep(ctx context.Context, r client.Received) error {
	if err := texts(r.MessageID, r.OriginalMessageID, r.Distrust); err != nil {
		return err
	}
	for {
		var of sentRow // the message that it answers
		if r.Role != client.Request {
			var err error
			if of, err = m.sent(ctx, byID, r.OriginalMessageID); err != nil && !errors.Is(err, errNone) {
				return err
			}
		}
		name := receivedName(r.Role, r.MessageID)
		if of.Key == "" {
			of.caseID = caseOf(name)
		}
		sealed, err := m.seal(ctx, name, &content{Envelope: r.Envelope, Files: r.Files}, &of.sealed)
		if err != nil {
			return about(r.MessageID, err)
		}
		if err = m.store.write(ctx, keep(&r, of.Key, sealed)); !errors.Is(err, errMoved) {
			return err
		}
	}
}

// keep is the transaction of Keep. Key is that of the message that r answers,
// "" if there is none.
func keep(r *client.Received, key string, c *sealed) *unit {
	u, reply, queue := &unit{size: len(c.data)}, client.ReplyKey(r.MessageID), ""
	switch {
	case r.Role == client.Request:
		u.locks, queue = []string{string(caseOf(reply))}, "request"
	case key != "":
		u.locks = []string{string(caseOf(key))}
		u.must(errMoved, `SELECT 1 FROM sent WHERE message_id = $1 AND key = $2`, r.OriginalMessageID, key)
	default:
		u.locks, queue = []string{r.OriginalMessageID}, "stray"
		u.must(errMoved, `SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM sent WHERE message_id = $1)`, r.OriginalMessageID)
	}
	if r.Distrust != "" {
		queue = "stray"
	}
	u.do(`INSERT INTO received (message_id, role, original_id, queue, distrust, received_ms, case_id, wrapped, data)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
		r.MessageID, int64(r.Role), r.OriginalMessageID, queue, r.Distrust, milli(r.ReceivedAt), c.caseID, c.wrapped, c.data)
	if queue == "request" {
		u.do(`UPDATE received SET queue = '' WHERE message_id = $1 AND role = 3 AND distrust = ''
			AND EXISTS (SELECT 1 FROM sent WHERE key = $2 AND latest = 1 AND state IN (2, 3))`, r.MessageID, reply)
	}
	return u
}

// Conditions by which messages are found. A partial index is used if the query
// repeats its condition.
const (
	latest    = `key = $1 AND latest = 1`
	byID      = `message_id = $1`
	byKey     = `key = $1`
	ofRequest = `request_id = $1 AND request_id <> ''`

	answers  = `original_id = $1 AND role <> 3 ORDER BY n`
	requests = `queue = 'request' AND queue <> '' ORDER BY n LIMIT $1`
	strays   = `queue = 'stray' AND queue <> '' ORDER BY n LIMIT $1`
)

// Answers implements client.Store.
func (m *Messages) Answers(ctx context.Context, original string) ([]client.Received, error) {
	return m.received(ctx, answers, original)
}

// Requests implements client.Store.
func (m *Messages) Requests(ctx context.Context, limit int) ([]client.Received, error) {
	return m.received(ctx, requests, max(limit, 0))
}

// Strays implements client.Store.
func (m *Messages) Strays(ctx context.Context, limit int) ([]client.Received, error) {
	return m.received(ctx, strays, max(limit, 0))
}

// Forget implements client.Store. It erases as Save does with Change.Erase:
// SQLite writes the file anew, and the error may be a *TracesError.
func (m *Messages) Forget(ctx context.Context, key string) error {
	if !valid(key) {
		return nil
	}
	u := &unit{erase: true}
	u.forgetMessages(caseOf(key), byKey, key)
	if request, ok := strings.CutPrefix(key, client.ReplyKey("")); ok {
		u.do(`DELETE FROM received WHERE message_id = $1 AND role = 3`, request)
	}
	return m.store.write(ctx, u)
}

// forgetMessages removes the messages of a case that a condition finds, and
// the answers to them.
func (u *unit) forgetMessages(id ra.ID, condition string, value any) {
	u.locks = append(u.locks, string(id))
	u.do(`DELETE FROM received WHERE role <> 3 AND original_id IN (SELECT message_id FROM sent WHERE `+condition+`)`, value)
	u.do(`DELETE FROM sent WHERE `+condition, value)
}
