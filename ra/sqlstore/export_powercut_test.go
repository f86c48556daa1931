package sqlstore

import "context"

// Synchronous sets how the connection of SQLite's writer syncs. It is called
// before anything is written: no transaction may be under way.
func (s *Store) Synchronous(mode string) error {
	_, err := s.engine.(*sqlite).conn.ExecContext(context.Background(), `PRAGMA synchronous = `+mode)
	return err
}
