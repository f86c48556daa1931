package sqlstore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/ra/storetest"
)

func openPostgres(t testing.TB, c sqlstore.PostgresConfig) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.OpenPostgres(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) ra.Store { return openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)}) })
}

func TestPostgresWithJobs(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) ra.Store {
		return openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true})
	})
}

func TestPostgresReopened(t *testing.T) {
	t.Parallel()
	c := sqlstore.PostgresConfig{URL: pg.Start(t)}
	storetest.RunDurable(t, func(t *testing.T) ra.Store { return openPostgres(t, c) }, func(t *testing.T, s ra.Store) ra.Store {
		if err := s.(*sqlstore.Store).Close(); err != nil {
			t.Fatal(err)
		}
		return openPostgres(t, c)
	})
}

func TestPostgresWrittenOnce(t *testing.T) {
	final(t, openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)}))
}

func TestPostgresClosed(t *testing.T) {
	closedStore(t, openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)}))
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	c := sqlstore.PostgresConfig{URL: pg.Start(t)}
	s := openPostgres(t, c)
	if err := s.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`); err != nil {
		t.Fatal(err)
	}
	var newer *sqlstore.NewerError
	if _, err := sqlstore.OpenPostgres(ctx, c); !errors.As(err, &newer) || newer.Have != 999 || newer.Known != 4 {
		t.Errorf("got %v, want a NewerError naming version 999", err)
	}
}

// TestNodesOpenAtOnce lets several nodes make the schema of one database.
func TestNodesOpenAtOnce(t *testing.T) {
	c := sqlstore.PostgresConfig{URL: pg.Start(t), Jobs: true}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			s, err := sqlstore.OpenPostgres(ctx, c)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

// TestWithoutTrigrams: a database without pg_trgm finds the same, more slowly.
func TestWithoutTrigrams(t *testing.T) {
	s := openPostgres(t, sqlstore.PostgresConfig{URL: pg.Start(t)})
	if err := s.Exec(`DROP EXTENSION pg_trgm CASCADE`); err != nil {
		t.Fatal(err)
	}
	save(t, s, change("a", 0))
	if page, err := s.Page(ctx, ra.Query{Contains: "нарейк"}); err != nil || len(page) != 1 {
		t.Errorf("got %d requests, %v; want 1", len(page), err)
	}
}

func TestPostgresUnreachable(t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if _, err := sqlstore.OpenPostgres(ctx, sqlstore.PostgresConfig{URL: "postgres://somebody:secret@127.0.0.1:1/none"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v, want an error without the password", err)
	}
}
