package ra

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/surguch/surguch/ra/internal/seal"
	"github.com/surguch/surguch/workflow"
)

// CaseKeys wraps the keys of cases. Every request has a key of its own, under
// which its data, its journal and its documents are sealed (Kuznyechik in the
// mode MGM); the store holds that key wrapped and nothing else of it. What
// wraps it is the embedder's: an HSM, a key service, a file on another disk.
type CaseKeys interface {
	// Wrap returns the key of a request, 32 octets, as the store may hold it.
	Wrap(ctx context.Context, id ID, key []byte) ([]byte, error)
	// Unwrap returns what Wrap was given.
	Unwrap(ctx context.Context, id ID, wrapped []byte) ([]byte, error)
}

// caseKey is the key of a case, in both forms. Nil seals nothing.
type caseKey struct {
	wrapped, plain []byte
}

func (k *caseKey) seal(name string, data []byte) []byte {
	if k == nil {
		return data
	}
	return seal.Seal(k.plain, name, data)
}

func (k *caseKey) open(name string, data []byte) ([]byte, error) {
	if k == nil {
		return data, nil
	}
	return seal.Open(k.plain, name, data)
}

// newCaseKey returns the key of a new case, nil without Config.CaseKeys.
func (a *Authority) newCaseKey(ctx context.Context, id ID) (*caseKey, error) {
	if a.cfg.CaseKeys == nil {
		return nil, nil
	}
	k := &caseKey{plain: seal.NewKey()}
	var err error
	if k.wrapped, err = a.cfg.CaseKeys.Wrap(ctx, id, k.plain); err != nil {
		return nil, fmt.Errorf("ra: request %s: its key: %w", id, err)
	}
	return k, nil
}

// keyOf returns the key of a stored request. Keys are kept for a while, since
// unwrapping may cost a journey.
func (a *Authority) keyOf(ctx context.Context, row *Row) (*caseKey, error) {
	if len(row.Key) == 0 {
		return nil, nil
	}
	if a.cfg.CaseKeys == nil {
		return nil, fmt.Errorf("ra: request %s is sealed, and Config.CaseKeys is not set", row.ID)
	}
	if key, ok := a.keys.get(row.ID); ok && bytes.Equal(key.wrapped, row.Key) {
		return key, nil
	}
	plain, err := a.cfg.CaseKeys.Unwrap(ctx, row.ID, row.Key)
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: its key: %w", row.ID, err)
	}
	key := &caseKey{row.Key, plain}
	a.keys.put(row.ID, key)
	return key, nil
}

// load returns a request from the store.
func (a *Authority) load(ctx context.Context, id ID) (*Request, error) {
	row, err := a.cfg.Store.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return a.decode(ctx, row)
}

// decoded is what a row was found to hold, the last time it was read.
type decoded struct {
	key, data []byte // of the row
	request   *Request
}

// decode opens a row.
func (a *Authority) decode(ctx context.Context, row *Row) (*Request, error) {
	if d, ok := a.read.get(row.ID); ok && bytes.Equal(d.key, row.Key) && bytes.Equal(d.data, row.Data) && d.request.fits(row) {
		return d.request.clone(), nil
	}
	key, err := a.keyOf(ctx, row)
	if err != nil {
		return nil, err
	}
	data, err := key.open("request", row.Data)
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: %w", row.ID, err)
	}
	r := &Request{key: key}
	if err := json.Unmarshal(data, r); err != nil {
		return nil, fmt.Errorf("ra: request %s: what is stored does not parse: %w", row.ID, err)
	}
	if !r.fits(row) {
		return nil, fmt.Errorf("ra: request %s: its columns and its data differ", row.ID)
	}
	a.remember(row, r)
	return r, nil
}

// remember keeps what a row holds.
func (a *Authority) remember(row *Row, r *Request) {
	a.read.put(row.ID, decoded{row.Key, row.Data, r.clone()})
}

// fits reports whether the columns of a row are those of the request.
func (r *Request) fits(row *Row) bool {
	return r.ID == row.ID && r.Version == row.Version && r.State == row.State
}

// encode is the row of a request. Queue is the role that owns its place.
func (r *Request) encode(queue workflow.Role) (*Row, error) {
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("ra: request %s: %w", r.ID, err)
	}
	row := &Row{
		ID: r.ID, Version: r.Version, Process: r.Process, Definition: r.ProcessHash, State: r.State, Queue: queue, Partner: r.Partner, Assignee: r.Assignee,
		Trouble: len(r.Trouble) > 0, Expedited: r.expedited(), Created: r.Created, Updated: r.Updated,
		Terms: r.Form.terms(), Data: r.key.seal("request", data),
	}
	if r.key != nil {
		row.Key = r.key.wrapped
	}
	return row, nil
}

// lineName is what a line of the journal is sealed as.
func lineName(seq int64) string { return fmt.Sprintf("entry %d", seq) }

// encodeEntry is an entry as it is stored, and its leaf in the audit trail.
func (r *Request) encodeEntry(e *Entry) (Line, []byte, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return Line{}, nil, fmt.Errorf("ra: entry %d of %s: %w", e.Seq, e.Request, err)
	}
	leaf, err := leafOf(e, data)
	if err != nil {
		return Line{}, nil, err
	}
	return Line{e.Request, e.Seq, e.At, r.key.seal(lineName(e.Seq), data)}, leaf, nil
}

// decodeLine opens a line of the journal.
func (k *caseKey) decodeLine(l *Line) (e Entry, data []byte, err error) {
	if len(l.Data) == 0 { // of an erased case
		return Entry{Request: l.Request, Seq: l.Seq, At: l.At, Kind: Forgotten}, nil, nil
	}
	data, err = k.open(lineName(l.Seq), l.Data)
	if err == nil {
		err = json.Unmarshal(data, &e)
	}
	if err == nil && (e.Seq != l.Seq || e.Request != l.Request) {
		err = errors.New("it is another entry")
	}
	if err != nil {
		return Entry{}, nil, fmt.Errorf("ra: entry %d of %s: %w", l.Seq, l.Request, err)
	}
	return e, data, nil
}

// stored returns a document as it is kept.
func (a *Authority) stored(ctx context.Context, name string) ([]byte, error) {
	if a.cfg.Documents == nil {
		return a.cfg.Store.Blob(ctx, name)
	}
	return a.cfg.Documents.Get(ctx, name)
}

// sealDocument is a document as it is kept. In the clear it stands behind the
// request's ID, so that two cases never share one, of which one is erased.
func (r *Request) sealDocument(hash string, data []byte) []byte {
	if r.key == nil {
		return append([]byte(r.ID), data...)
	}
	return r.key.seal("exhibit "+hash, data)
}

func (r *Request) openDocument(hash string, stored []byte) ([]byte, error) {
	if r.key != nil {
		return r.key.open("exhibit "+hash, stored)
	}
	data, ok := bytes.CutPrefix(stored, []byte(r.ID))
	if !ok {
		return nil, errors.New("it is of another request")
	}
	return data, nil
}

// blob returns a document of a request by the hash of its bytes.
func (a *Authority) blob(ctx context.Context, r *Request, hash string) ([]byte, error) {
	for _, e := range r.Exhibits {
		if e.Hash == hash {
			stored, err := a.stored(ctx, e.Blob)
			if err != nil {
				return nil, err
			}
			data, err := r.openDocument(hash, stored)
			if err == nil && hashOf(data) != hash {
				err = errors.New("it is not the document of that hash")
			}
			if err != nil {
				return nil, fmt.Errorf("ra: request %s: document %s: %w", r.ID, hash, err)
			}
			return data, nil
		}
	}
	return nil, fmt.Errorf("%w: request %s has no document %s", ErrNotFound, r.ID, hash)
}
