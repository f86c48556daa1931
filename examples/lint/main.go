// Lint tells in what certificates and PKCS #10 requests depart from the form
// of Russian qualified certificates (package csr/qualified).
//
//	go run ./examples/lint [-en] [-json] [-owner TYPE] [-at DATE] FILE…
//
// A FILE is PEM with any number of blocks, bare base64 or DER; "-" is standard
// input. Certificates are judged by the rules of the day they begin, requests
// by those of today, either by those of the day that -at names. The findings
// are in Russian, with the rule's name and source; they show no value of the
// owner. The exit status is 1 if there is an error among them, 2 if a file
// could not be read, 0 otherwise.
package main

import (
	"bytes"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
)

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, time.Now())) }

// linter is how the command line says to look, and what came of it.
type linter struct {
	english, asJSON bool
	options         qualified.Options
	now             time.Time
	stdout, stderr  io.Writer
	status          int
}

// run is main with its surroundings passed in. It returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, now time.Time) int {
	l := linter{stdout: stdout, stderr: stderr, now: now}
	flags := flag.NewFlagSet("lint", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.BoolVar(&l.english, "en", false, "findings in English")
	flags.BoolVar(&l.asJSON, "json", false, "one JSON object a line for each certificate or request")
	flags.Func("owner", "`type` of owner: person, sole-trader, organization, organization-automatic, foreign-person, foreign-organization", func(s string) (err error) {
		l.options.Owner, err = qualified.ParseOwnerType(s)
		return err
	})
	flags.Func("at", "`date` whose rules are applied: 2026-11-22", func(s string) (err error) {
		l.options.At, err = time.Parse(time.DateOnly, s)
		return err
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() == 0 {
		flags.Usage()
		return 2
	}
	for _, file := range flags.Args() {
		data, err := read(file, stdin)
		if err == nil {
			err = l.lint(file, data)
		}
		if err != nil {
			fmt.Fprintf(stderr, "lint: %s: %v\n", file, err)
			l.status = 2
		}
	}
	return l.status
}

func read(file string, stdin io.Reader) ([]byte, error) {
	if file == "-" {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(file)
}

// lint looks at everything in a file.
func (l *linter) lint(file string, data []byte) error {
	if !bytes.Contains(data, []byte("-----BEGIN ")) {
		raw, err := csr.Decode(data)
		if err != nil {
			return err
		}
		return l.one(file, raw)
	}
	var faults []error
	for n := 1; ; n++ {
		block, rest := pem.Decode(data)
		if block == nil {
			if bytes.Contains(data, []byte("-----BEGIN ")) {
				faults = append(faults, errors.New("a PEM block does not parse"))
			}
			return errors.Join(faults...)
		}
		place := file
		if n > 1 || bytes.Contains(rest, []byte("-----BEGIN ")) {
			place = fmt.Sprintf("%s#%d", file, n)
		}
		if err := l.one(place, block.Bytes); err != nil {
			faults = append(faults, fmt.Errorf("block %d (%s): %w", n, block.Type, err))
		}
		data = rest
	}
}

// schemes are all that package csr reads, those of 2001 too.
var schemes = append(csr.Standard(), csr.Legacy()...)

// one looks at a certificate or request in DER and prints the report.
func (l *linter) one(place string, raw []byte) error {
	options := l.options
	r := report{File: place, Kind: "certificate", Findings: []qualified.Finding{}}
	owner := options.Owner
	if c, err := schemes.ParseCertificate(raw); err == nil {
		if owner == qualified.UnknownOwner {
			owner = qualified.DetectOwner(c.Subject)
		}
		r.Findings = append(r.Findings, qualified.LintCertificate(c, options)...)
	} else {
		q, errRequest := schemes.Parse(raw)
		if errRequest != nil {
			return fmt.Errorf("neither a certificate (%w) nor a request (%w)", err, errRequest)
		}
		if owner == qualified.UnknownOwner {
			owner = qualified.DetectOwner(q.Subject)
		}
		if options.At.IsZero() {
			options.At = l.now
		}
		r.Kind, r.Findings = "request", append(r.Findings, qualified.LintRequest(q, options)...)
	}
	r.Owner = owner.String()
	for _, f := range r.Findings {
		if f.Severity == qualified.Error && l.status == 0 {
			l.status = 1
		}
	}
	return l.print(r, owner)
}
