package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
	"github.com/surguch/surguch/ra/internal/seal"
)

// Packages are the packages of documents that an authority has people sign in
// their Goskey applications, in the database of its requests. It implements
// channel.Store and may be used by several goroutines; any number of them may
// be made of one Store.
//
// A package belongs to a request if the Key of what is to be signed begins with
// the ID of the request and a slash, as those of an authority do. When the
// request is erased (ra.Change.Erase) the package goes with it, in one
// transaction; whoever was about to save it gets channel.ErrConflict.
type Packages struct {
	store *Store
	keys  ra.CaseKeys
}

var _ channel.Store = (*Packages)(nil)

// Packages returns the packages of the store. What is personal of them
// (Request, Progress, Outcome) is sealed at rest, each under a key of its own,
// which is stored as keys wraps it for the ID of the request that the package
// belongs to; if it belongs to none, for a hash that has the shape of an ID.
// Nothing unwrapped is kept: each call asks keys. Nil: nothing is sealed, and
// what was sealed does not open.
func (s *Store) Packages(keys ra.CaseKeys) *Packages { return &Packages{s, keys} }

// packageRow is a package as it is stored.
type packageRow struct {
	id                ra.OperationID
	version           int64
	caseID            ra.ID
	wrapped           []byte // the key; nil: the rest is in the clear
	request, progress []byte
}

// Add implements channel.Store. A package without an ID, or with a part that a
// database could not bring back as it was, is a mistake of the caller and
// refused.
func (k *Packages) Add(ctx context.Context, p channel.Package) (channel.Package, error) {
	p.Version = 0
	if p.ID == "" || !valid(p.ID) {
		return channel.Package{}, errors.New("sqlstore: a package without an ID, or one that is no text")
	}
	for {
		have, err := k.Load(ctx, p.ID)
		if !errors.Is(err, ra.ErrNotFound) {
			return have, err
		}
		row, err := k.newRow(ctx, &p)
		if err != nil {
			return channel.Package{}, aboutPackage(p.ID, err)
		}
		u := &unit{size: len(row.request) + len(row.progress), locks: []string{string(row.caseID)}}
		u.must(errMoved, `INSERT INTO package (id, version, request_id, case_id, wrapped, request, progress)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING 1`,
			row.id, row.version, requestOf(p.Request.Key), row.caseID, row.wrapped, row.request, row.progress)
		if err = k.store.write(ctx, u); err == nil {
			p.Request.Deadline = p.Request.Deadline.UTC()
			return p, nil
		}
		if !errors.Is(err, errMoved) {
			return channel.Package{}, err
		}
	}
}

// newRow seals a package under a new key.
func (k *Packages) newRow(ctx context.Context, p *channel.Package) (*packageRow, error) {
	row := &packageRow{id: p.ID, caseID: caseOf(p.Request.Key)}
	var err error
	if row.request, err = encodeRequest(&p.Request); err != nil {
		return nil, err
	}
	if row.progress, err = encodeProgress(p); err != nil || k.keys == nil {
		return row, err
	}
	key := seal.NewKey()
	if row.wrapped, err = wrap(ctx, k.keys, row.caseID, key); err != nil {
		return nil, err
	}
	row.request = seal.Seal(key, row.requestName(), row.request)
	row.progress = seal.Seal(key, row.progressName(), row.progress)
	return row, nil
}

// Load implements channel.Store.
func (k *Packages) Load(ctx context.Context, id ra.OperationID) (channel.Package, error) {
	row, err := k.row(ctx, id)
	if err != nil {
		return channel.Package{}, err
	}
	p := channel.Package{ID: id, Version: row.version}
	key, err := k.open(ctx, row)
	if err == nil && key != nil {
		row.request, err = seal.Open(key, row.requestName(), row.request)
	}
	if err == nil {
		p.Request, err = decodeRequest(row.request)
	}
	if err == nil {
		err = decodeProgress(row.progress, &p)
	}
	if err != nil {
		return channel.Package{}, aboutPackage(id, err)
	}
	return p, nil
}

// Save implements channel.Store. What it cannot open it does not write over.
func (k *Packages) Save(ctx context.Context, p channel.Package) error {
	row, err := k.row(ctx, p.ID)
	switch {
	case errors.Is(err, ra.ErrNotFound) || err == nil && row.version != p.Version:
		return channel.ErrConflict
	case err != nil:
		return err
	}
	key, err := k.open(ctx, row)
	if err != nil {
		return aboutPackage(p.ID, err)
	}
	data, err := encodeProgress(&p)
	if err != nil {
		return aboutPackage(p.ID, err)
	}
	row.version++
	if key != nil {
		data = seal.Seal(key, row.progressName(), data)
	}
	u := &unit{size: len(data), locks: []string{string(row.caseID)}}
	u.must(channel.ErrConflict, savePackage, p.ID, p.Version, row.version, data)
	return k.store.write(ctx, u)
}

// Forget implements channel.Store. It erases as Save of a request does with
// Change.Erase: SQLite writes the file anew, and the error may be a
// *TracesError.
func (k *Packages) Forget(ctx context.Context, id ra.OperationID) error {
	row, err := k.row(ctx, id)
	if errors.Is(err, ra.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	u := &unit{erase: true, locks: []string{string(row.caseID)}}
	u.do(`DELETE FROM package WHERE id = $1`, id)
	return k.store.write(ctx, u)
}

// Statements of packages that the plans of queries are tested for.
const (
	onePackage     = `SELECT version, case_id, wrapped, request, progress FROM package WHERE id = $1`
	savePackage    = `UPDATE package SET version = $3, progress = $4 WHERE id = $1 AND version = $2 RETURNING 1`
	forgetPackages = `DELETE FROM package WHERE request_id = $1 AND request_id <> ''`
)

func (k *Packages) row(ctx context.Context, id ra.OperationID) (*packageRow, error) {
	row, err := one(ctx, k.store, func(scan scan) (*packageRow, error) {
		r := &packageRow{id: id}
		return r, scan(&r.version, &r.caseID, &r.wrapped, &r.request, &r.progress)
	}, onePackage, id)
	return row, notFound(err, "package", string(id))
}

// open opens the progress of a row and returns the key; nil of what is in the
// clear.
func (k *Packages) open(ctx context.Context, row *packageRow) (key []byte, err error) {
	if key, err = unwrap(ctx, k.keys, row.caseID, row.wrapped); err != nil || key == nil {
		return nil, err
	}
	row.progress, err = seal.Open(key, row.progressName(), row.progress)
	return key, err
}

// The names under which packages are sealed. They are part of what is stored.
// That of the progress has the version, so that an older one does not pass for
// it.
func (r *packageRow) requestName() string { return "package " + string(r.id) }

func (r *packageRow) progressName() string { return fmt.Sprintf("progress %d %s", r.version, r.id) }

func aboutPackage(id ra.OperationID, err error) error {
	return fmt.Errorf("sqlstore: package %s: %w", id, err)
}
