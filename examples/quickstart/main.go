// Quickstart runs the main job of the module from end to end: one application
// goes through the process personal-link (seed 001) until its certificate is
// installed beside its key, on embedded defaults and a virtual clock.
//
//	go run ./examples/quickstart [-dir DIR] [-carrier WHERE] [-curve NAME] [-form FILE] [-v]
//
// Everything in it is real but the people: the register check goes over HTTP
// to a simulator of SMEV 3, the key pair is made on a carrier at the
// workplace, the papers are signed on an emulated phone, a local authority
// issues. The file of -form is JSON; its fields are those of ra.Application.
//
// WHERE is what the key pair is made on. The run makes one of its own for
//
//	file        a folder of keys, unencrypted (the default)
//	soft        a token in software
//	pfx         a PKCS #12 file
//	cryptopro   a container of CryptoPro CSP
//
// and takes what is there for a place, such as pkcs11:serial=0a1b2c3d for a
// PKCS #11 token: package internal/workplace has them all. A PIN is then read
// from the URI's pin-source, from the variable SURGUCH_PIN, or at the terminal.
// The key pair and the certificate stay there when the run has ended.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/ra"
)

func main() {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// processName is the process that is run, that of seed 001.
const processName = "personal-link"

// options are the flags.
type options struct {
	dir     string
	carrier string
	curve   string
	form    string
	verbose bool
}

// run is main with its surroundings passed in. It returns the exit status: 0
// when the certificate is installed, 1 when not, 2 for a wrong flag.
func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.dir, "dir", "", "keep everything made in this new or empty `folder`")
	flags.StringVar(&o.carrier, "carrier", "file", "`where` the key pair is made: file, soft, pfx, cryptopro, pkcs11:URI …")
	flags.StringVar(&o.curve, "curve", "CryptoPro-A", "parameter `set` of the keys: 256-A … 256-D, 512-A … 512-C, CryptoPro-A/B/C/XchA/XchB")
	flags.StringVar(&o.form, "form", "", "application to run, a JSON `file`; the shipped one is of an invented person")
	flags.BoolVar(&o.verbose, "v", false, "show documents, hashes and what is done behind the scenes")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(stderr, "quickstart: лишние аргументы:", flags.Args())
		return 2
	}
	if err := start(context.Background(), o, stdout, stderr); err != nil {
		explain(stderr, err)
		return 1
	}
	return 0
}

// start checks everything that can be checked before anything is made.
func start(ctx context.Context, o options, stdout, stderr io.Writer) error {
	curve, err := gost.CurveByName(o.curve)
	if err != nil {
		return fmt.Errorf("-curve: %w", err)
	}
	if err := checkCarrier(o.carrier); err != nil {
		return err
	}
	clock := testenv.NewClock(startTime())
	application, err := loadApplication(o.form, clock)
	if err != nil {
		return err
	}
	files, err := openFolder(o.dir)
	if err != nil {
		return err
	}
	defer files.close()
	w, err := newWorld(ctx, clock, curve, o.carrier, files, newJourney(stdout, files, clock, o.verbose), logTo(stderr, o.verbose))
	if err != nil {
		return err
	}
	return errors.Join(w.walk(ctx, application), w.close())
}

// loadApplication reads and checks the application; without a file it is that
// of the shipped invented person.
func loadApplication(file string, clock ra.Clock) (*ra.Application, error) {
	application := shipped()
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("файл заявки не читается: %w", err)
		}
		if application, err = ra.ParseApplication(data); err != nil {
			return nil, err
		}
	}
	var faults []ra.Fault
	if name := application.Process; name != processName {
		text := "неизвестный процесс, здесь проходится personal-link"
		if name == "" {
			text = "поле не заполнено, здесь проходится personal-link"
		}
		faults = append(faults, ra.Fault{Field: "process", Code: "unknown", Text: text})
	}
	if faults = append(faults, application.Check(clock.Now())...); len(faults) > 0 {
		return nil, &ra.FormError{Faults: faults}
	}
	return application, nil
}

// explain prints one sentence for each thing that is wrong.
func explain(stderr io.Writer, err error) {
	var form *ra.FormError
	if errors.As(err, &form) {
		for _, f := range form.Faults {
			fmt.Fprintf(stderr, "quickstart: %s: %s\n", f.Field, f.Text)
		}
		return
	}
	fmt.Fprintf(stderr, "quickstart: %v\n", err)
	if hint := workplace.Explain(err); hint != "" {
		fmt.Fprintln(stderr, hint)
	}
}
