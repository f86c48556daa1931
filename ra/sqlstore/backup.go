package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// Backup writes a copy of the database to w while others go on working: a
// SQLite file as the last committed state was when it began. It needs as much
// room beside the file. Erasing waits until it is over. PostgreSQL has tools
// of its own, such as pg_basebackup: the error is errors.ErrUnsupported.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	e, ok := s.engine.(*sqlite)
	if !ok {
		return fmt.Errorf("sqlstore: backup of PostgreSQL: %w", errors.ErrUnsupported)
	}
	if err := e.calm(ctx); err != nil {
		return err
	}
	defer func() { <-e.still }()
	if err := e.backup(ctx, w); err != nil {
		return fmt.Errorf("sqlstore: backup: %w", err)
	}
	return nil
}

func (e *sqlite) backupPath() string { return e.path + ".backup" }

func (e *sqlite) backup(ctx context.Context, w io.Writer) (err error) {
	path := e.backupPath()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close(), os.Remove(path)) }()
	if _, err := e.reading.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}
