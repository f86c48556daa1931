// Package pg gives tests a PostgreSQL of their own: a server in a temporary
// directory, reached by a socket in it and by nothing else, started once for
// the test binary and gone with it, however that ends. A test gets an empty
// database. The server that SURGUCH_POSTGRES names (a URL whose user may
// create databases) is used instead if it is set.
//
// Without PostgreSQL the test is skipped with the name of the package that has
// it; with SURGUCH_NOSKIP set, as `make test` does, it fails instead.
package pg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Start returns the URL of an empty database, which is dropped when the test
// ends.
func Start(t testing.TB) string {
	t.Helper()
	at, drop, err := Open()
	var missing *missingError
	switch {
	case errors.As(err, &missing) && os.Getenv("SURGUCH_NOSKIP") == "":
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Error(err)
		}
	})
	return at
}

// Open is Start for a program that is no test: the URL of an empty database,
// and what drops it.
func Open() (at string, drop func() error, err error) {
	base, err := server()
	if err != nil {
		return "", nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, fmt.Errorf("pg: %w", err)
	}
	name := "surguch_" + strings.ToLower(rand.Text()[:16])
	if err := run(base, `CREATE DATABASE `+name+` ENCODING 'UTF8' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'`); err != nil {
		return "", nil, err
	}
	u.Path = "/" + name
	return u.String(), func() error { return run(base, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) }, nil
}

// run executes one statement on its own connection.
func run(at, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, at)
	if err != nil {
		return fmt.Errorf("pg: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("pg: %s: %w", statement, err)
	}
	return nil
}

// missingError says that there is no PostgreSQL here.
type missingError struct{ why string }

func (e *missingError) Error() string { return "pg: " + e.why }

// server is the URL of the server, started when it is first asked for.
var server = sync.OnceValues(func() (string, error) {
	if at := os.Getenv("SURGUCH_POSTGRES"); at != "" {
		return at, nil
	}
	bin, err := programs()
	if err != nil {
		return "", err
	}
	return start(bin)
})

// programs finds the newest initdb and postgres.
func programs() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // Debian keeps them out of PATH
	if path, err := exec.LookPath("initdb"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		return "", &missingError{"PostgreSQL is not installed (Debian package postgresql)"}
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// supervise runs the server until standard input ends, which it does when the
// test binary does, and removes all traces. $1 is the directory.
const supervise = `"$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= -c max_connections=200 -c unix_socket_permissions=0777 \
	-c timezone=UTC >"$1/log" 2>&1 &
cat >/dev/null
kill -QUIT $!
wait $!
rm -rf "$1"`

// start makes a cluster and runs it. Durability is as it comes: fsync is on.
func start(bin string) (string, error) {
	dir, err := os.MkdirTemp("", "surguch-pg-")
	if err != nil {
		return "", fmt.Errorf("pg: %w", err)
	}
	as, err := account(dir)
	if err != nil {
		return "", err
	}
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", filepath.Join(dir, "data"), "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = as, dir
	if out, err := initdb.CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", fmt.Errorf("pg: initdb: %w: %s", err, out)
	}
	cmd := exec.Command("/bin/sh", "-c", supervise, "sh", dir, bin)
	cmd.SysProcAttr, cmd.Dir = as, dir
	if _, err := cmd.StdinPipe(); err != nil {
		return "", fmt.Errorf("pg: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("pg: %w", err)
	}
	go cmd.Wait() // holds the pipe open as long as this process lives
	at := "postgres://postgres@/postgres?" + url.Values{"host": {dir}}.Encode()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		conn, err := pgx.Connect(ctx, at)
		if err == nil {
			err = conn.Close(ctx)
		}
		cancel()
		if err == nil {
			return at, nil
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return "", fmt.Errorf("pg: the server does not start: %w: %s", err, log)
		}
	}
}
