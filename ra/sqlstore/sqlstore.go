// Package sqlstore keeps the requests of a registration authority in SQLite:
// one file, nothing to set up, no cgo.
//
//	store, err := sqlstore.Open(ctx, "ra.db")
//	defer store.Close()
//	authority, err := ra.New(ra.Config{Store: store, …})
//
// The file is in write-ahead-log mode with synchronous = FULL: what Save has
// returned survives a power cut. Writers take turns on one connection, readers
// have their own and see the last committed state. A lock beside the file
// keeps a second process out: it gets a *LockedError.
//
// An older file is migrated when it is opened; a file of a newer version of
// the module is refused by name and left as it is.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver, by its name "sqlite"; database/sql knows no other way
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store is an open SQLite file; it implements ra.Store. It is made by Open
// and may be used by several goroutines.
type Store struct {
	write *sql.DB // one connection
	read  *sql.DB
	lock  *os.File
}

// LockedError says that another process has the file open.
type LockedError struct{ Path string }

func (e *LockedError) Error() string {
	return "sqlstore: " + e.Path + " is open in another process"
}

// NewerError says that a file was written by a newer version of the module.
type NewerError struct {
	Path        string
	Have, Known int64 // schema versions: of the file, and the newest known here
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("sqlstore: %s has schema version %d; this version of surguch knows %d", e.Path, e.Have, e.Known)
}

// Open opens the file, makes it if it is missing, and brings its schema up to
// date. Errors: *LockedError, *NewerError.
func Open(ctx context.Context, path string) (*Store, error) {
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	s := &Store{lock: lock}
	if err := s.open(ctx, path); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	// SQLite would make the file readable by everyone; it holds personal data.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	if s.write, err = connect(path, "&_txlock=immediate"); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	if err := migrate(ctx, s.write, path); err != nil {
		return err
	}
	if s.read, err = connect(path, "&_pragma=query_only(1)"); err != nil {
		return err
	}
	s.read.SetMaxOpenConns(8)
	return nil
}

func connect(path, more string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)" + more}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	return db, nil
}

// migrate runs what the file's schema lacks, each migration in a transaction.
func migrate(ctx context.Context, db *sql.DB, path string) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	have, known, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	if have > known {
		return &NewerError{path, have, known}
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("sqlstore: %s: migration: %w", path, err)
	}
	return nil
}

// Close waits for what is being written and releases the file.
func (s *Store) Close() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(append(errs, unlockFile(s.lock))...)
}
