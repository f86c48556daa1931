// Bench measures what the module is made for.
//
//	go run ./examples/bench -peers [-set NAME] [-rounds N] [-json FILE]
//	go run ./examples/bench -store [-large] [-dir DIR] [-postgres URL] [-json FILE]
//
// -peers compares signatures, hashes and ciphers with OpenSSL and its GOST
// engine, and sets Go's own P-256 and P-384 beside them. All sides are
// measured in one run, in turn, a few milliseconds at a time: on a machine
// whose speed drifts only such a ratio means something. Each figure is the
// median over the rounds, each ratio the median of the ratios of the rounds.
//
// The engine is called by a helper in C, compiled when the program starts: it
// needs cc, libssl-dev and libengine-gost-openssl. Without them the columns of
// the engine say why they are empty.
//
// -store measures the databases: durable transitions beside what the disk
// itself syncs, the queries people wait for with 10 000 and 100 000 requests
// (-large: a million), and the audit trail. SQLite is a file in DIR (default:
// a temporary folder); PostgreSQL is at URL, or a server started for the
// purpose where it is installed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/surguch/surguch/internal/atomicfile"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	peers := flags.Bool("peers", false, "compare with OpenSSL's GOST engine and Go's ECDSA")
	rounds := flags.Int("rounds", 41, "`number` of times each pair is measured")
	store := flags.Bool("store", false, "measure the databases")
	large := flags.Bool("large", false, "with a million requests too")
	dir := flags.String("dir", "", "`folder` of the SQLite file, which is made and removed; its disk counts")
	postgres := flags.String("postgres", "", "`URL` of an empty PostgreSQL database")
	only := flags.String("set", "", "measure one parameter `set` alone")
	file := flags.String("json", "", "write the table to `file` too, as JSON")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if *peers == *store || flags.NArg() > 0 || *rounds < 1 {
		flags.Usage()
		return 2
	}
	var result any
	var err error
	if *store {
		result, err = storeIn(*dir, *postgres, *large, stdout)
	} else {
		var t *table
		if t, err = comparePeers(*rounds, *only, stderr); err == nil {
			t.print(stdout)
			result = t
		}
	}
	if err == nil && *file != "" {
		var data []byte
		if data, err = json.MarshalIndent(result, "", "  "); err == nil {
			err = atomicfile.Write(*file, append(data, '\n'), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	return 0
}

// storeIn measures the databases in a folder of their own, which is removed.
func storeIn(parent, postgres string, large bool, out io.Writer) (rows []storeRow, err error) {
	dir, err := os.MkdirTemp(parent, "surguch-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return runStore(context.Background(), dir, postgres, large, out)
}
