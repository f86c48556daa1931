// Auditverify tells whether an audit trail is what was signed: that of a whole
// database, or of one exported case, offline.
//
//	go run ./examples/auditverify -key PUB.pem [-trusted FILE] -db ra.db
//	go run ./examples/auditverify -key PUB.pem [-trusted FILE] [-roots FILE] -case case.zip
//
// PUB.pem is the public key that signs checkpoints (PEM or DER; more than one
// file, if it was changed in the course of time). FILE holds checkpoints that
// somebody kept outside of the database (audit.FileExport). The roots are
// trusted certificates, for the chains of those who signed documents.
//
// The database must not be in use; a copy will do. Nothing is written to it but
// what opening it takes. The report is in Russian. The exit status is 1 if
// something is wrong, 2 if it could not be looked at, 0 otherwise.
package main

import (
	"context"
	"crypto"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/audit"
	"github.com/surguch/surguch/ra/sqlstore"
)

func main() { os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)) }

// options are the command line.
type options struct {
	keys                         []string
	trusted, db, caseFile, roots string
}

// run is main with its surroundings passed in. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("auditverify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Func("key", "`file` with the public key of checkpoints; may be given again", func(s string) error {
		o.keys = append(o.keys, s)
		return nil
	})
	flags.StringVar(&o.trusted, "trusted", "", "`file` with checkpoints kept outside of the database")
	flags.StringVar(&o.db, "db", "", "database `file` to verify")
	flags.StringVar(&o.caseFile, "case", "", "case `file` to verify")
	flags.StringVar(&o.roots, "roots", "", "`file` with trusted root certificates, PEM")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if len(o.keys) == 0 || (o.db == "") == (o.caseFile == "") || flags.NArg() > 0 {
		flags.Usage()
		return 2
	}
	err := o.verify(ctx, stdout)
	var found *audit.FaultError
	switch {
	case errors.As(err, &found):
		printFaults(stdout, found)
		return 1
	case err != nil:
		fmt.Fprintln(stderr, "auditverify:", err)
		return 2
	}
	fmt.Fprintln(stdout, "\nНарушений не найдено.")
	return 0
}

func (o *options) verify(ctx context.Context, stdout io.Writer) error {
	as := csr.Standard()
	v, err := o.verifier(as)
	if err != nil {
		return err
	}
	var trusted []ra.Checkpoint
	if o.trusted != "" {
		file, err := os.ReadFile(o.trusted)
		if err != nil {
			return err
		}
		if trusted, err = v.ReadExported(file); err != nil {
			return fmt.Errorf("%s: %w", o.trusted, err)
		}
	}
	if o.db != "" {
		return verifyDatabase(ctx, o.db, v, trusted, stdout)
	}
	return o.verifyCase(as, v, trusted, stdout)
}

func (o *options) verifier(as csr.Algorithms) (*audit.Verifier, error) {
	var keys []crypto.PublicKey
	for _, name := range o.keys {
		file, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		spki, err := csr.Decode(file, "PUBLIC KEY")
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		pub, err := as.ParseKey(spki)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		keys = append(keys, pub)
	}
	return audit.NewVerifier(as, "", keys...)
}

func verifyDatabase(ctx context.Context, name string, v *audit.Verifier, trusted []ra.Checkpoint, stdout io.Writer) error {
	if _, err := os.Stat(name); err != nil {
		return err // opening would make a new one
	}
	store, err := sqlstore.Open(ctx, name)
	if err != nil {
		return err
	}
	r, err := audit.VerifyStore(ctx, store, v, audit.Options{Trusted: trusted})
	var found *audit.FaultError
	if err == nil || errors.As(err, &found) {
		printReport(stdout, &r, len(trusted))
	}
	return errors.Join(err, store.Close())
}

func (o *options) verifyCase(as csr.Algorithms, v *audit.Verifier, trusted []ra.Checkpoint, stdout io.Writer) error {
	anchors, err := readRoots(as, o.roots)
	if err != nil {
		return err
	}
	f, err := os.Open(o.caseFile)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	c, err := audit.OpenCaseFile(f, info.Size())
	if err != nil {
		return err
	}
	r, err := c.Verify(audit.VerifierOptions{Verifier: v, Trusted: trusted, Algorithms: as, Anchors: anchors})
	printCase(stdout, &r, err != nil)
	return err
}

// readRoots reads the certificates of a PEM file.
func readRoots(as csr.Algorithms, name string) (roots []*csr.Certificate, err error) {
	if name == "" {
		return nil, nil
	}
	file, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(file); block != nil; block, rest = pem.Decode(rest) {
		c, err := as.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		roots = append(roots, c)
	}
	if len(roots) == 0 {
		return nil, fmt.Errorf("%s: no certificates", name)
	}
	return roots, nil
}
