// Bench measures what the module is made for.
//
//	go run ./examples/bench -peers [-set NAME] [-rounds N] [-json FILE]
//	go run ./examples/bench -store [-large] [-dir DIR] [-postgres URL] [-json FILE]
//	go run ./examples/bench -journeys [-rounds N] [-portion N] [-dir DIR] [-postgres URL] [-json FILE]
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
//
// -journeys plays whole requests of the five processes, from the first click to
// the certificate: real signatures, the registers behind a simulator of SMEV,
// real transactions. The databases and the processes are measured in turn, and
// each figure is the median over the rounds. The forms are counted apart: most
// figures have a line in the place of each. Then one journey at a time tells
// where the time goes. The people of the journeys, the registers and the
// certification authority run in the same process, and cost what they cost.
package main

import (
	"cmp"
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
	journeys := flags.Bool("journeys", false, "play requests from their beginning to the certificate")
	rounds := flags.Int("rounds", 0, "`number` of times each side is measured (default 41 of -peers, 5 of -journeys)")
	portion := flags.Int("portion", 100, "`number` of journeys in a round")
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
	modes := 0
	for _, chosen := range []bool{*peers, *store, *journeys} {
		if chosen {
			modes++
		}
	}
	if modes != 1 || flags.NArg() > 0 || *rounds < 0 || *portion < 1 {
		flags.Usage()
		return 2
	}
	var result any
	var err error
	switch {
	case *store:
		err = inFolder(*dir, func(ctx context.Context, dir string) (err error) {
			result, err = runStore(ctx, dir, *postgres, *large, stdout)
			return err
		})
	case *journeys:
		err = inFolder(*dir, func(ctx context.Context, dir string) (err error) {
			result, err = runJourneys(ctx, dir, *postgres, cmp.Or(*rounds, 5), *portion, stdout)
			return err
		})
	default:
		var t *table
		if t, err = comparePeers(cmp.Or(*rounds, 41), *only, stderr); err == nil {
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

// inFolder measures something in a folder of its own, which is removed.
func inFolder(parent string, measure func(ctx context.Context, dir string) error) (err error) {
	dir, err := os.MkdirTemp(parent, "surguch-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	return measure(context.Background(), dir)
}
