package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
)

// Bounds of one transaction of many callers.
const (
	groupMost = 256
	groupSize = 8 << 20 // octets of data
)

// writer is the one goroutine that writes to a SQLite file. Whoever wants
// something written gives it over and waits. What arrives while a transaction
// runs or syncs goes into the same or the next one; each unit has a savepoint
// of its own, so that a conflict of one does not fail the others, and nobody
// is told anything before COMMIT has returned.
type writer struct {
	path       string
	db         *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	arriving   chan *waiting // unbuffered: received means begun
	closing    chan struct{}
	closed     chan struct{}
	once       sync.Once

	most    int                // units of a transaction; tests set 1
	commits atomic.Int64       // transactions so far
	units   atomic.Int64       // units in them
	passing func(point string) // called at named points; tests stop there
}

// waiting is a unit whose caller waits.
type waiting struct {
	*unit
	done chan error
}

// TracesError says that a case is erased, and that a copy of what was erased
// is still in SQLite's log, since somebody reads an older state. It goes with
// the next erasure or when the store is closed.
type TracesError struct{ Path string }

func (e *TracesError) Error() string {
	return "sqlstore: " + e.Path + ": a case is erased, but its traces are still in the log"
}

func newWriter(ctx context.Context, db *sql.DB, path string) (*writer, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	w := &writer{
		path: path, db: db, conn: conn, statements: map[string]*sql.Stmt{}, most: groupMost, passing: func(string) {},
		arriving: make(chan *waiting), closing: make(chan struct{}), closed: make(chan struct{}),
	}
	go w.run()
	return w, nil
}

// submit has the unit written. If ctx ends before the writer has taken it up
// nothing is written; afterwards it is brought to its end.
func (w *writer) submit(ctx context.Context, u *unit) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p := &waiting{u, make(chan error, 1)}
	select {
	case w.arriving <- p:
		return <-p.done
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return fmt.Errorf("sqlstore: %w", os.ErrClosed)
	}
}

func (w *writer) run() {
	defer close(w.closed)
	for {
		select {
		case p := <-w.arriving:
			w.group(p)
		case <-w.closing:
			return
		}
	}
}

// group runs one transaction: the first unit and all that arrive meanwhile.
func (w *writer) group(first *waiting) {
	if err := w.exec(`BEGIN IMMEDIATE`); err != nil {
		first.done <- err
		return
	}
	var all []*waiting
	var results []error
	written, size := 0, 0
	for p := first; p != nil; p = w.more(len(all), size) {
		err, lost := w.savepoint(p.unit)
		all, results, size = append(all, p), append(results, err), size+p.size
		if lost {
			w.fail(all, err)
			return
		}
		if err == nil {
			written++
		}
	}
	w.passing("before commit")
	end := `COMMIT`
	if written == 0 {
		end = `ROLLBACK`
	}
	if err := w.exec(end); err != nil {
		w.fail(all, err)
		return
	}
	w.passing("after commit")
	w.commits.Add(1)
	w.units.Add(int64(written))
	w.answer(all, results)
}

// fail undoes the transaction and tells everyone in it: what units saw of each
// other, conflicts included, is undone as well.
func (w *writer) fail(all []*waiting, err error) {
	w.exec(`ROLLBACK`) // SQLite may have done so by itself
	for _, p := range all {
		p.done <- err
	}
}

// answer tells everyone what became of his unit; those who erased last, when
// the log is gone.
func (w *writer) answer(all []*waiting, results []error) {
	erased := false
	for i, p := range all {
		if p.erase && results[i] == nil {
			erased = true
			continue
		}
		p.done <- results[i]
	}
	if !erased {
		return
	}
	err := w.scrub()
	for i, p := range all {
		if p.erase && results[i] == nil {
			p.done <- err
		}
	}
}

// more returns a unit that waits already, if the transaction has room.
func (w *writer) more(n, size int) *waiting {
	if n >= w.most || size >= groupSize {
		return nil
	}
	for yielded := false; ; yielded = true {
		select {
		case p := <-w.arriving:
			return p
		default:
		}
		if yielded {
			return nil
		}
		runtime.Gosched() // whoever is on his way here spares a commit
	}
}

// savepoint runs a unit so that it can be undone by itself. Lost says that
// SQLite has undone the whole transaction, as it may when the disk is full.
func (w *writer) savepoint(u *unit) (err error, lost bool) {
	if err := w.exec(`SAVEPOINT unit`); err != nil {
		return err, true
	}
	for _, o := range u.ops {
		if err = w.run1(o); err != nil {
			break
		}
	}
	if err == nil && u.last != nil {
		err = u.last(w)
	}
	if err == nil && u.erase {
		err = w.exec(scrubOwed)
	}
	if err == nil {
		if err = w.exec(`RELEASE unit`); err == nil {
			return nil, false
		}
	}
	if w.exec(`ROLLBACK TO unit`) != nil || w.exec(`RELEASE unit`) != nil {
		return err, true
	}
	return err, false
}

// run1 runs one statement.
func (w *writer) run1(o op) error {
	if o.none == nil && o.each == nil {
		return w.exec(o.query, o.args...)
	}
	stmt, err := w.prepared(o.query)
	if err != nil {
		return err
	}
	found := false
	rows, err := stmt.Query(o.args...)
	err = collect(rows, err, func(scan scan) error {
		found = true
		if o.each == nil {
			return nil
		}
		return o.each(scan)
	})
	if err == nil && !found && o.none != nil {
		return o.none
	}
	return err
}

func (w *writer) exec(query string, args ...any) error {
	stmt, err := w.prepared(query)
	if err == nil {
		_, err = stmt.Exec(args...)
	}
	if err != nil {
		return fmt.Errorf("sqlstore: %w", err)
	}
	return nil
}

// prepared returns the statement of a query. No context ends it: what was
// begun is brought to its end.
func (w *writer) prepared(query string) (*sql.Stmt, error) {
	if stmt := w.statements[query]; stmt != nil {
		return stmt, nil
	}
	stmt, err := w.conn.PrepareContext(context.Background(), numbered(query))
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	w.statements[query] = stmt
	return stmt, nil
}

// What the header of the file says of erasing: that scrub has still to be done
// or that nothing is owed.
const (
	scrubOwed = `PRAGMA user_version = 1`
	scrubDone = `PRAGMA user_version = 0`
)

// scrub leaves nothing of what was erased in the file. SQLite overwrites the
// cells it deletes, but where it has moved cells from page to page, as it does
// whenever a tree grows, copies stay in the gaps, and only writing the file
// anew ends them. That takes time in proportion to the file; other changes
// wait, readers do not.
func (w *writer) scrub() error {
	for _, query := range []string{`PRAGMA temp_store = FILE`, `VACUUM`, `PRAGMA temp_store = MEMORY`, scrubDone} {
		if _, err := w.conn.ExecContext(context.Background(), query); err != nil {
			return errors.Join(&TracesError{w.path}, fmt.Errorf("sqlstore: %s: %w", w.path, err))
		}
	}
	return w.truncate()
}

// recover finishes what a process that died while it erased has left.
func (w *writer) recover() error {
	var owed int
	if err := w.conn.QueryRowContext(context.Background(), `PRAGMA user_version`).Scan(&owed); err != nil {
		return fmt.Errorf("sqlstore: %s: %w", w.path, err)
	}
	if owed != 0 {
		return w.scrub()
	}
	return w.truncate()
}

// truncate brings the log into the file and empties it. It waits for readers
// of older states as long as the connection's busy_timeout, and then gives up.
func (w *writer) truncate() error {
	var busy, log, moved int
	err := w.conn.QueryRowContext(context.Background(), `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &log, &moved)
	if err != nil {
		return errors.Join(&TracesError{w.path}, fmt.Errorf("sqlstore: %s: %w", w.path, err))
	}
	if busy != 0 {
		return &TracesError{w.path}
	}
	return nil
}

// stop ends the goroutine; what has begun is brought to its end.
func (w *writer) stop() {
	w.once.Do(func() { close(w.closing) })
	<-w.closed
}

// shut closes the connection, after stop.
func (w *writer) shut() error {
	var errs []error
	for _, stmt := range w.statements {
		errs = append(errs, stmt.Close())
	}
	clear(w.statements)
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}
