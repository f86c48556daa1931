package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver, by its name "sqlite"; database/sql knows no other way
)

// sqlite is the engine of a file.
type sqlite struct {
	*writer
	path    string
	reading *sql.DB
	queries sync.Map // *sql.Stmt by query
	lock    *os.File
	// still is held by whoever needs that no old state is read for long
	// (erasing), and by who reads one for long (backup, copy).
	still chan struct{}
}

// LockedError says that another process has the file open.
type LockedError struct{ Path string }

func (e *LockedError) Error() string {
	return "sqlstore: " + e.Path + " is open in another process"
}

// Open opens a SQLite file, makes it if it is missing, and brings its schema
// up to date. Errors: *LockedError, *NewerError.
func Open(ctx context.Context, path string) (*Store, error) {
	lock, err := lockFile(path)
	if err != nil {
		return nil, err
	}
	e := &sqlite{path: path, lock: lock, still: make(chan struct{}, 1)}
	if err := e.open(ctx); err != nil {
		return nil, errors.Join(err, e.close())
	}
	return &Store{engine: e, dialect: sqliteDialect, woken: make(chan struct{}, 1)}, nil
}

func (e *sqlite) open(ctx context.Context) error {
	// SQLite would make the file readable by everyone; it holds personal data.
	f, err := os.OpenFile(e.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	if err := os.Remove(e.backupPath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("sqlstore: what a broken backup left: %w", err)
	}
	db, err := connect(e.path, "&_pragma=journal_mode(WAL)")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if err := migrate(ctx, db, goose.DialectSQLite3, "sqlite", e.path); err != nil {
		return errors.Join(err, db.Close())
	}
	if e.writer, err = newWriter(ctx, db, e.path); err != nil {
		return errors.Join(err, db.Close())
	}
	if err := e.recover(); err != nil {
		return err
	}
	if e.reading, err = connect(e.path, "&mode=ro"); err != nil {
		return err
	}
	e.reading.SetMaxOpenConns(max(4, runtime.NumCPU()))
	e.reading.SetMaxIdleConns(max(4, runtime.NumCPU()))
	return nil
}

// connect opens a pool. Full durability; what is deleted is overwritten, and
// nothing is sorted in files elsewhere.
func connect(path, more string) (*sql.DB, error) {
	u := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: "_pragma=busy_timeout(10000)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-16384)" + more}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %s: %w", path, err)
	}
	return db, nil
}

// read runs a query on a connection that cannot write.
func (e *sqlite) read(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
	stmt, err := e.prepared(ctx, query)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	rows, err := stmt.QueryContext(ctx, args...)
	return collect(rows, err, each)
}

// prepared returns the statement of a query. There are few of them: the text
// of a query never holds values.
func (e *sqlite) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := e.queries.Load(query); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := e.reading.PrepareContext(ctx, numbered(query))
	if err != nil {
		return nil, err
	}
	if first, raced := e.queries.LoadOrStore(query, stmt); raced {
		return first.(*sql.Stmt), stmt.Close()
	}
	return stmt, nil
}

// collect calls each for every row, to the last.
func collect(rows *sql.Rows, err error, each func(scan scan) error) error {
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}

// write hands the unit to the writer. One that erases waits until nobody reads
// an old state for long.
func (e *sqlite) write(ctx context.Context, u *unit) error {
	if u.erase {
		if err := e.calm(ctx); err != nil {
			return err
		}
		defer func() { <-e.still }()
	}
	return e.submit(ctx, u)
}

func (e *sqlite) calm(ctx context.Context) error {
	select {
	case e.still <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close waits for what is being written and releases the file. Whoever waits
// for the writer is refused.
func (e *sqlite) close() error {
	var errs []error
	if e.writer != nil {
		e.stop()
	}
	if e.reading != nil {
		errs = append(errs, e.reading.Close())
	}
	if e.writer != nil {
		errs = append(errs, e.shut())
	}
	return errors.Join(append(errs, unlockFile(e.lock))...)
}

// numbered writes $1 as SQLite does.
func numbered(query string) string { return strings.ReplaceAll(query, "$", "?") }

// sqliteDialect searches parts of names by the index of three letters at a
// time, which finds too much, and then looks.
var sqliteDialect = &dialect{
	name: "sqlite",
	choose: func(first, second string) string {
		return `IN (SELECT n FROM (` + first + `) UNION ALL SELECT n FROM (` + second + `) LIMIT $3)`
	},
	contains: func(part string, next int) (string, []any) {
		match := trigrams(part)
		if match == "" {
			return hasPart(next), []any{part}
		}
		return fmt.Sprintf(`n IN (SELECT rowid FROM request_part WHERE request_part MATCH $%d) AND %s`, next+1, hasPart(next)),
			[]any{part, match}
	},
	common: func(part string) (string, []any) {
		match := trigrams(part)
		if match == "" {
			return `SELECT $1`, []any{manyNames}
		}
		return `SELECT count(*) FROM (SELECT 1 FROM request_part WHERE request_part MATCH $1 LIMIT $2)`, []any{match, manyNames}
	},
	has: hasPart,
}

func hasPart(next int) string { return fmt.Sprintf(`instr(name, $%d) > 0`, next) }

// trigrams is what the index of parts is asked for a part of a name: the parts
// of three letters that it is made of; "" if it is too short.
func trigrams(part string) string {
	letters := []rune(part)
	if len(letters) < 3 {
		return ""
	}
	var match []string
	for i := 0; i+3 <= len(letters); i += 3 {
		match = append(match, quoted(string(letters[i:i+3])))
	}
	match = append(match, quoted(string(letters[len(letters)-3:])))
	return strings.Join(match, ` AND `)
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
