// Softtoken is a PKCS #11 token in software, for those who have no stick: it
// knows GOST R 34.10-2012, RSA and ECDSA, and imitates Rutoken and JaCarta. It
// is for development: no key of a qualified certificate belongs on it.
//
//	go run ./examples/softtoken init -dir D [-profile NAME] [-label TEXT] [-serial S]
//	go run ./examples/softtoken serve -dir D [-profile NAME] [-socket S]
//	go run ./examples/softtoken list [-dir D | -socket S]
//	go run ./examples/softtoken fault [-dir D | -socket S] [-slot N] WHAT
//
// Any PKCS #11 program works with a token that is served, through the library
// in shim/, which finds the daemon by the environment:
//
//	cc -std=c99 -O2 -fPIC -fvisibility=hidden -shared -pthread -Wl,-Bsymbolic -o libsofttoken.so examples/softtoken/shim/*.c
//	export SURGUCH_SOFTTOKEN=$XDG_RUNTIME_DIR/surguch-softtoken.sock
//	pkcs11-tool --module ./libsofttoken.so -L
//
// A fault is something that shall go wrong. WHAT is one of
//
//	remove, insert    the token is pulled out, or put back
//	full, roomy       it has no room, or has it again
//	lock              the user's PIN locks
//	fail, hang, crash, tear [-call C_Sign] [-nth N] [-after] [-code 0x30]
//	                  once, in the call named; tear stops the next write halfway
//	clear             nothing of all that any more
//
// With -dir, init, list and fault work on a folder that no daemon serves; with
// -socket, or neither, list and fault ask the daemon. PINs are those of the
// factory, which init shows, until a program changes them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/surguch/surguch/token/softtoken"
	"github.com/surguch/surguch/token/softtoken/wire"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// options are the flags; each command has some of them.
type options struct {
	dir, socket, profile, label, serial string
	slot                                uint64
	call, code                          string
	nth, iterations                     int
	after                               bool
}

// commands are what the program does, by name.
var commands = map[string]func(context.Context, *options, []string, io.Writer) error{
	"init": initialize, "serve": serve, "list": list, "fault": fault,
}

// errUsage says that the command line is wrong; more is not said.
var errUsage = errors.New("wrong command line")

// run is main with its surroundings passed in. It returns the exit status: 1 if
// the command failed, 2 for a wrong command line.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || commands[args[0]] == nil {
		fmt.Fprintln(stderr, "softtoken: команда: init, serve, list или fault; -h после неё покажет параметры")
		return 2
	}
	var o options
	flags := flag.NewFlagSet("softtoken "+args[0], flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.dir, "dir", "", "`folder` of the tokens")
	if args[0] != "init" {
		flags.StringVar(&o.socket, "socket", "", "`path` of the socket; default: SURGUCH_SOFTTOKEN, or surguch-softtoken.sock in XDG_RUNTIME_DIR")
	}
	if args[0] == "init" || args[0] == "serve" {
		flags.StringVar(&o.profile, "profile", "plain", "`device` to imitate: "+strings.Join(softtoken.Profiles(), ", "))
		flags.StringVar(&o.label, "label", "", "`name` of the token")
		flags.IntVar(&o.iterations, "iterations", 0, "`cost` of a PIN, of PBKDF2; default: 10000, less for tests only")
		flags.StringVar(&o.serial, "serial", "", "serial `number`; default: random")
	}
	if args[0] == "fault" {
		flags.Uint64Var(&o.slot, "slot", 0, "`number` of the slot")
		flags.StringVar(&o.call, "call", "", "`function`, such as C_CreateObject; default: any")
		flags.StringVar(&o.code, "code", "", "what fail returns, a CKR `number`; default: CKR_DEVICE_ERROR")
		flags.IntVar(&o.nth, "nth", 1, "in which of these calls, a `number`")
		flags.BoolVar(&o.after, "after", false, "the call takes effect first")
	}
	rest, err := parse(flags, args[1:])
	if err == nil {
		err = commands[args[0]](ctx, &o, rest, stdout)
	}
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		flags.Usage()
		return 2
	case err != nil:
		fmt.Fprintln(stderr, "softtoken:", err)
		return 1
	}
	return 0
}

// parse takes flags before and behind the other arguments.
func parse(flags *flag.FlagSet, args []string) (rest []string, err error) {
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, errUsage
		}
		if flags.NArg() == 0 {
			return rest, nil
		}
		rest, args = append(rest, flags.Arg(0)), flags.Args()[1:]
	}
}

// socketPath is where the daemon listens, as the library finds it.
func (o *options) socketPath() (string, error) {
	if o.socket != "" {
		return o.socket, nil
	}
	if s := os.Getenv("SURGUCH_SOFTTOKEN"); s != "" {
		return s, nil
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		return filepath.Join(dir, "surguch-softtoken.sock"), nil
	}
	return "", errors.New("нет ни -socket, ни SURGUCH_SOFTTOKEN, ни XDG_RUNTIME_DIR")
}

// format is the token that init makes, and serve in an empty folder.
func (o *options) format() softtoken.Format {
	return softtoken.Format{Profile: o.profile, Label: o.label, Serial: o.serial}
}

func initialize(_ context.Context, o *options, rest []string, stdout io.Writer) (err error) {
	if o.dir == "" || len(rest) > 0 {
		return errUsage
	}
	tokens, err := softtoken.Open(softtoken.Config{Dir: o.dir, Iterations: o.iterations})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tokens.Close()) }()
	if _, err := tokens.Add(o.format()); err != nil {
		return err
	}
	all := tokens.List()
	printTokens(stdout, all[len(all)-1:])
	user, so, err := softtoken.FactoryPINs(o.profile)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "ПИН-код пользователя %s, администратора %s: заводские, смените их\n", user, so)
	return nil
}

func list(ctx context.Context, o *options, rest []string, stdout io.Writer) error {
	if len(rest) > 0 {
		return errUsage
	}
	return o.command(ctx, wire.Command{}, stdout)
}

// command has the daemon, or the tokens of a folder, do something, and shows
// what they are then.
func (o *options) command(ctx context.Context, c wire.Command, stdout io.Writer) (err error) {
	var report wire.Report
	if o.dir != "" {
		var tokens *softtoken.Tokens
		if tokens, err = softtoken.Open(softtoken.Config{Dir: o.dir}); err != nil {
			return err
		}
		report, err = wire.Apply(tokens, c)
		err = errors.Join(err, tokens.Close())
	} else {
		var socket string
		if socket, err = o.socketPath(); err != nil {
			return err
		}
		report, err = wire.Control(ctx, socket, c)
	}
	if err != nil {
		return err
	}
	printTokens(stdout, report.Tokens)
	printFaults(stdout, report.Faults)
	return nil
}
