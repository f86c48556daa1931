package sqlstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/internal/seal"
	"github.com/surguch/surguch/smev/client"
)

// sealed is what is personal of a message, as it is stored.
type sealed struct {
	name    string // that it is sealed under
	caseID  ra.ID  // by which CaseKeys knows the key
	wrapped []byte // the key; nil: data is in the clear
	data    []byte
}

type sentRow struct {
	client.Sent
	sealed
}

type receivedRow struct {
	client.Received
	sealed
}

// sent returns the only message that a condition finds; errNone if there is
// none.
func (m *Messages) sent(ctx context.Context, condition, value string) (sentRow, error) {
	return one(ctx, m.store, func(scan scan) (sentRow, error) {
		var r sentRow
		var made int64
		err := scan(&r.MessageID, &r.Key, &r.State, &r.Check, &r.Namespace, &made, &r.caseID, &r.wrapped, &r.data)
		r.MadeAt, r.name = at(made), sentName(r.MessageID)
		return r, err
	}, `SELECT message_id, key, state, verification, namespace, made_ms, case_id, wrapped, data FROM sent WHERE `+condition, value)
}

// received returns the messages that a condition finds. They are opened when
// all are read, for that may wait for whoever wraps keys.
func (m *Messages) received(ctx context.Context, condition string, value any) ([]client.Received, error) {
	rows, err := list(ctx, m.store, func(scan scan) (receivedRow, error) {
		var r receivedRow
		var ms int64
		err := scan(&r.MessageID, &r.Role, &r.OriginalMessageID, &r.Distrust, &ms, &r.caseID, &r.wrapped, &r.data)
		r.ReceivedAt, r.name = at(ms), receivedName(r.Role, r.MessageID)
		return r, err
	}, `SELECT message_id, role, original_id, distrust, received_ms, case_id, wrapped, data FROM received WHERE `+condition, value)
	if err != nil {
		return nil, err
	}
	var all []client.Received
	var wrapped, key []byte // of the message before: answers share theirs
	for _, r := range rows {
		if wrapped == nil || !bytes.Equal(wrapped, r.wrapped) {
			if key, err = unwrap(ctx, m.keys, r.caseID, r.wrapped); err != nil {
				return nil, about(r.MessageID, err)
			}
			wrapped = r.wrapped
		}
		c, err := r.open(key)
		if err != nil {
			return nil, about(r.MessageID, err)
		}
		r.Envelope, r.Files = c.Envelope, c.Files
		all = append(all, r.Received)
	}
	return all, nil
}

// openSent returns the message of a row, the zero value of none.
func (m *Messages) openSent(ctx context.Context, r sentRow) (client.Sent, error) {
	if r.MessageID == "" {
		return client.Sent{}, nil
	}
	key, err := unwrap(ctx, m.keys, r.caseID, r.wrapped)
	if err != nil {
		return client.Sent{}, about(r.MessageID, err)
	}
	c, err := r.open(key)
	if err != nil {
		return client.Sent{}, about(r.MessageID, err)
	}
	s := r.Sent
	s.Subject, s.Digest, s.Envelope, s.Files = c.Subject, c.Digest, c.Envelope, c.Files
	return s, nil
}

func about(id string, err error) error { return fmt.Errorf("sqlstore: message %s: %w", id, err) }

// seal makes of a content what is stored under a name: sealed under the key of
// another message, which has to open that one, lest something be sealed that
// nobody opens; or, if that one is not there or in the clear, under a new key.
func (m *Messages) seal(ctx context.Context, name string, c *content, of *sealed) (*sealed, error) {
	data, err := c.encode()
	if err != nil {
		return nil, err
	}
	wrapped, key := of.wrapped, []byte(nil)
	switch {
	case wrapped != nil:
		if key, err = unwrap(ctx, m.keys, of.caseID, wrapped); err == nil {
			_, err = of.open(key)
		}
	case m.keys != nil:
		key = seal.NewKey()
		wrapped, err = wrap(ctx, m.keys, of.caseID, key)
	default:
		return &sealed{name, of.caseID, nil, data}, nil
	}
	if err != nil {
		return nil, err
	}
	return &sealed{name, of.caseID, wrapped, seal.Seal(key, name, data)}, nil
}

// wrap returns the key of a case as it is stored.
func wrap(ctx context.Context, keys ra.CaseKeys, id ra.ID, key []byte) ([]byte, error) {
	wrapped, err := keys.Wrap(ctx, id, key)
	if err == nil && len(wrapped) == 0 {
		err = errors.New("wrapped, it is nothing")
	}
	if err != nil {
		return nil, fmt.Errorf("its key: %w", err)
	}
	return wrapped, nil
}

// unwrap returns the key of a case, nil of what is in the clear.
func unwrap(ctx context.Context, keys ra.CaseKeys, id ra.ID, wrapped []byte) ([]byte, error) {
	if wrapped == nil {
		return nil, nil
	}
	if keys == nil {
		return nil, errors.New("it is sealed, and there are no keys")
	}
	key, err := keys.Unwrap(ctx, id, wrapped)
	if err != nil {
		return nil, fmt.Errorf("its key: %w", err)
	}
	if len(key) != seal.KeySize {
		return nil, fmt.Errorf("its key: %d octets are no key", len(key))
	}
	return key, nil
}

// open returns what was sealed; key is nil of what is in the clear.
func (s *sealed) open(key []byte) (*content, error) {
	data := s.data
	if key != nil {
		var err error
		if data, err = seal.Open(key, s.name, data); err != nil {
			return nil, err
		}
	}
	return decode(data)
}

// The names under which messages are sealed. They are part of what is stored.
func sentName(id string) string { return "sent " + id }

func receivedName(role client.Role, id string) string { return fmt.Sprintf("received %d %s", role, id) }

// requestOf is the request that a message of this key belongs to, "" if to
// none.
func requestOf(key string) ra.ID {
	id, _, found := strings.Cut(key, "/")
	if !found || len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return ""
	}
	return ra.ID(id)
}

// caseOf is what CaseKeys knows the key by under which messages of this name
// are sealed: the request they belong to; or else the first half of the
// SHA-256 of the name, hexadecimal, so that it has the shape of an ID.
func caseOf(name string) ra.ID {
	if id := requestOf(name); id != "" {
		return id
	}
	sum := sha256.Sum256([]byte(name))
	return ra.ID(hex.EncodeToString(sum[:len(sum)/2]))
}
