package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// oldest is the first version of PostgreSQL that is tested.
const oldest = 150000

// openLock keeps two nodes from migrating at once ("surguch", octet by octet).
const openLock = 0x73757267756368

// unitLock is the class of the locks of units ("surg").
const unitLock = int32(0x73757267)

// PostgresConfig is where a store in PostgreSQL is. Required: URL.
type PostgresConfig struct {
	// URL is a connection string as pgx reads it: postgres://…, or words of
	// the form name=value. pool_max_conns in it bounds the connections.
	URL string
	// Jobs has every ordered effect handed to the job engine, so that
	// [Store.Jobs] can run it. All nodes of one database set it alike.
	Jobs bool
	// Log receives what the job engine reports. Nil: slog.Default().
	Log *slog.Logger
}

// postgres is the engine of a database server.
type postgres struct {
	pool  *pgxpool.Pool
	queue *queue // nil: nobody is told of tasks
}

// OpenPostgres opens a database of PostgreSQL 15 or later and brings its
// schema up to date. Tables are made where search_path leads. Errors:
// *NewerError.
func OpenPostgres(ctx context.Context, c PostgresConfig) (*Store, error) {
	config, err := pgxpool.ParseConfig(c.URL)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	// A server may be told not to wait for its disk. Stricter settings stay.
	// Each statement has to see what was committed while it waited for a lock.
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
			UNION ALL SELECT set_config('default_transaction_isolation', 'read committed', false)`)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	e := &postgres{pool: pool}
	if err := e.open(ctx, c, config.ConnConfig); err != nil {
		pool.Close()
		return nil, err
	}
	return &Store{engine: e, dialect: postgresDialect, woken: make(chan struct{}, 1)}, nil
}

func (e *postgres) open(ctx context.Context, c PostgresConfig, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config)
	defer db.Close() // and the lock is free
	db.SetMaxOpenConns(1)
	var version int
	if err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version); err != nil {
		return fmt.Errorf("sqlstore: %s: %w", config.Database, err)
	}
	if version < oldest {
		return fmt.Errorf("sqlstore: %s: PostgreSQL %d is too old, 15 is required", config.Database, version/10000)
	}
	if _, err := db.ExecContext(ctx, `SELECT pg_advisory_lock($1)`, int64(openLock)); err != nil {
		return fmt.Errorf("sqlstore: %s: %w", config.Database, err)
	}
	if err := migrate(ctx, db, goose.DialectPostgres, "postgres", config.Database); err != nil {
		return err
	}
	if !c.Jobs {
		return nil
	}
	var err error
	e.queue, err = newQueue(ctx, e.pool, c.Log)
	return err
}

// tries is how often a transaction is repeated that PostgreSQL broke off for
// the sake of another one.
const tries = 5

// write sends the unit in one round trip, which is a transaction by itself.
// With tasks for the job engine it is part of a transaction of four.
func (e *postgres) write(ctx context.Context, u *unit) (err error) {
	for range tries {
		if e.queue == nil || len(u.jobs) == 0 {
			err = e.send(ctx, e.pool, u)
		} else {
			err = e.together(ctx, u)
		}
		var fault *pgconn.PgError
		if !errors.As(err, &fault) || fault.Code != deadlock && fault.Code != serialization {
			break
		}
	}
	return err
}

// Codes of errors (PostgreSQL, appendix A; some is ours).
const (
	deadlock      = "40P01"
	serialization = "40001"
	some          = "SU000"
)

func (e *postgres) together(ctx context.Context, u *unit) error {
	tx, err := e.pool.Begin(ctx)
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if err := e.send(ctx, tx, u); err != nil {
		return err
	}
	if err := e.queue.insert(ctx, tx, u.jobs); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", err)
	}
	return nil
}

// send runs the statements of the unit; the first that fails ends it.
func (e *postgres) send(ctx context.Context, to interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}, u *unit) (err error) {
	if len(u.ops) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, name := range u.locks {
		batch.Queue(`SELECT pg_advisory_xact_lock($1, hashtext($2))`, unitLock, name)
	}
	for _, o := range u.ops {
		query := o.query
		if o.none != nil && o.each == nil {
			query = `WITH done AS (` + query + `) SELECT surguch_some(count(*)) FROM done`
		}
		batch.Queue(query, o.args...)
	}
	results := to.SendBatch(ctx, batch)
	defer func() {
		if e := results.Close(); err == nil && e != nil {
			err = fmt.Errorf("sqlstore: %w", e)
		}
	}()
	for range u.locks {
		if err := result(results, op{}); err != nil {
			return err
		}
	}
	for _, o := range u.ops {
		if err := result(results, o); err != nil {
			return err
		}
	}
	return nil
}

func result(results pgx.BatchResults, o op) error {
	if o.each == nil {
		_, err := results.Exec()
		var fault *pgconn.PgError
		if o.none != nil && errors.As(err, &fault) && fault.Code == some {
			return o.none
		}
		if err != nil {
			return fmt.Errorf("sqlstore: %w", err)
		}
		return nil
	}
	found := false
	rows, err := results.Query()
	err = gather(rows, err, func(scan scan) error { found = true; return o.each(scan) })
	if err == nil && !found && o.none != nil {
		return o.none // nothing was written
	}
	return err
}

func (e *postgres) read(ctx context.Context, each func(scan scan) error, query string, args ...any) error {
	return readFrom(ctx, e.pool, each, query, args...)
}

func readFrom(ctx context.Context, from interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}, each func(scan scan) error, query string, args ...any) error {
	rows, err := from.Query(ctx, query, args...)
	return gather(rows, err, each)
}

func gather(rows pgx.Rows, err error, each func(scan scan) error) error {
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

func (e *postgres) close() error {
	e.pool.Close()
	return nil
}

// postgresDialect looks for parts of names by LIKE, which the index of pg_trgm
// serves.
var postgresDialect = &dialect{
	name: "postgres",
	choose: func(first, second string) string {
		const taken = ` FOR UPDATE SKIP LOCKED`
		return `= ANY (ARRAY (SELECT n FROM (` + first + taken + `) AS first UNION ALL SELECT n FROM (` + second + taken + `) AS second LIMIT $3))`
	},
	contains: func(part string, next int) (string, []any) {
		return fmt.Sprintf(`name LIKE $%d`, next), []any{`%` + escape.Replace(part) + `%`}
	},
	// Plans are made for the values asked for: a queue may hold half of all
	// requests or none.
	planned: []any{pgx.QueryExecModeCacheDescribe},
}

var escape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
