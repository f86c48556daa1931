// Bench measures what the module is made for.
//
//	go run ./examples/bench -peers [-set NAME] [-rounds N] [-json FILE]
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
package main

import (
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
	only := flags.String("set", "", "measure one parameter `set` alone")
	file := flags.String("json", "", "write the table to `file` too, as JSON")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if !*peers || flags.NArg() > 0 || *rounds < 1 {
		flags.Usage()
		return 2
	}
	table, err := comparePeers(*rounds, *only, stderr)
	if err == nil && *file != "" {
		var data []byte
		if data, err = json.MarshalIndent(table, "", "  "); err == nil {
			err = atomicfile.Write(*file, append(data, '\n'), 0o644)
		}
	}
	if err != nil {
		fmt.Fprintln(stderr, "bench:", err)
		return 1
	}
	table.print(stdout)
	return 0
}
