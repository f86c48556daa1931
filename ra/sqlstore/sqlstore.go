// Package sqlstore keeps the requests of a registration authority in SQLite
// (one file, nothing to set up, no cgo) or in PostgreSQL 15 and later (many
// nodes on one database). Both have the same tables and answer the same
// queries; package storetest says what they answer.
//
//	store, err := sqlstore.Open(ctx, "ra.db")
//	defer store.Close()
//	registers, err := client.New(client.Config{Store: store.Messages(keys), …})
//	authority, err := ra.New(ra.Config{Store: store, CaseKeys: keys, Registers: registers, …})
//
// SQLite: the file is in write-ahead-log mode with synchronous = FULL: what
// Save has returned survives a power cut. One goroutine writes; whatever
// arrives while a transaction is on its way to the disk shares the next one,
// so that many callers cost few syncs. Readers have connections of their own
// and see the last committed state. A lock beside the file keeps a second
// process out: it gets a *LockedError. The file does not belong on a network
// drive.
//
// PostgreSQL: a change is one round trip, two more and the insert if it orders
// effects for the job engine River ([Store.Jobs]), which then runs them on
// whatever node has time.
//
// Erasing. In SQLite, when a Save with Change.Erase has returned, nothing of
// what was erased is left in the file, its free pages or its log. The file is
// written anew for that, which takes seconds for each gigabyte; other changes
// wait so long. PostgreSQL keeps old row versions until it vacuums, and its log
// until that is recycled or archived: there the key of the case is what makes
// erasing final (ra.Config.CaseKeys), and the search terms are gone when the
// table request has been vacuumed.
//
// Messages of SMEV. [Store.Messages] is a store for package smev/client in the
// same database: inquiries and answers are in the same backup as the requests
// they are about, are sealed under keys of the same [ra.CaseKeys], and go when
// their request is erased.
//
// Packages for Goskey. [Store.Packages] is a store for packages goskey/epgu and
// goskey/smev3, kept, sealed and erased in the same way: what was sent to a
// person before a restart is known after it, and is not sent again.
//
// An older schema is migrated when the store is opened; one of a newer version
// of the module is refused by name and left as it is.
package sqlstore

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// Store is an open database; it implements ra.Store. It is made by Open or
// OpenPostgres and may be used by several goroutines.
type Store struct {
	engine
	dialect *dialect
	woken   chan struct{}
}

// engine runs statements: SQLite or PostgreSQL.
type engine interface {
	// write runs the statements of a unit in one transaction, durably, or
	// none of them.
	write(ctx context.Context, u *unit) error
	// read runs a query and calls each for every row.
	read(ctx context.Context, each func(scan scan) error, query string, args ...any) error
	// snapshot calls copy with a way to read one state of the database.
	snapshot(ctx context.Context, copy func(r reader) error) error
	// fill calls with with a way to add rows, in one transaction.
	fill(ctx context.Context, with func(a adder) error) error
	// close waits for what is being written.
	close() error
}

// reader is read, of one state of the database.
type reader func(ctx context.Context, each func(scan scan) error, query string, args ...any) error

// adder adds rows to a table.
type adder func(ctx context.Context, t *table, rows [][]any) error

// scan copies the columns of a row.
type scan func(columns ...any) error

// unit is one transaction.
type unit struct {
	ops   []op
	size  int                   // octets of data, about
	erase bool                  // leave nothing behind of what it removes
	locks []string              // names that units of other nodes wait for; SQLite has one writer
	jobs  []ordered             // for the job engine, if there is one
	last  func(w *writer) error // SQLite: what is no fixed list of statements
}

// op is one statement. A statement with none or each returns rows.
type op struct {
	query string
	args  []any
	none  error                 // what it means, and the unit fails, if there is no row
	each  func(scan scan) error // takes each row
}

// ordered is a task that the job engine is told of.
type ordered struct {
	key       string
	due       time.Time
	expedited bool
}

func (u *unit) add(o op) { u.ops = append(u.ops, o) }

func (u *unit) do(query string, args ...any) { u.add(op{query: query, args: args}) }

// must adds a statement that has to return a row.
func (u *unit) must(none error, query string, args ...any) {
	u.add(op{query: query, args: args, none: none})
}

// dialect is what differs between the databases beyond the types of columns.
// Queries are written with PostgreSQL's $1, which SQLite spells ?1.
type dialect struct {
	name string
	// choose is the condition that a number is of the first $3 that two
	// queries find, one after the other, which no other transaction gets
	// meanwhile.
	choose func(first, second string) string
	// contains is the condition that a name has a part, with its arguments;
	// they are numbered from next on.
	contains func(part string, next int) (string, []any)
	// common asks how many names have a part, counting no further than
	// manyNames, and has is the condition for one name. Nil: the database
	// finds out by itself whether to look into the index of parts.
	common  func(part string) (string, []any)
	has     func(next int) string
	planned []any // comes before the arguments of a list
}

// NewerError says that a database was written by a newer version of the
// module.
type NewerError struct {
	Path        string // of the file, or the name of the database
	Have, Known int64  // schema versions: of the database, and the newest known here
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("sqlstore: %s has schema version %d; this version of surguch knows %d", e.Path, e.Have, e.Known)
}

// migrate runs what the schema lacks, each migration in a transaction.
func migrate(ctx context.Context, db *sql.DB, as goose.Dialect, folder, path string) error {
	dir, err := fs.Sub(migrations, "migrations/"+folder)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	provider, err := goose.NewProvider(as, db, dir)
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

// Close waits for what is being written and releases the database.
func (s *Store) Close() error { return s.close() }

// Woken gets a value after Save has ordered work in this process.
func (s *Store) Woken() <-chan struct{} { return s.woken }

func (s *Store) wake() {
	select {
	case s.woken <- struct{}{}:
	default:
	}
}

// milli is how times are stored; at is its inverse.
func milli(t time.Time) int64 { return t.UnixMilli() }
func at(ms int64) time.Time   { return time.UnixMilli(ms).UTC() }

// octets is what a column that is not NULL holds of nothing.
func octets(data []byte) []byte {
	if data == nil {
		return []byte{}
	}
	return data
}

// valid reports whether both databases can hold a text: PostgreSQL refuses
// what is not UTF-8 and the octet 0.
func valid[S ~string](text S) bool {
	return utf8.ValidString(string(text)) && !strings.Contains(string(text), "\x00")
}

// text makes a text valid.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}
