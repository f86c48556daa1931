package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Clock tells the time and waits, for Watch.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Config says which library to use and which token. Either Driver or Module
// must be given, the latter perhaps by the URI's module-path.
type Config struct {
	// Module is the path of a library. Empty: the URI's module-path.
	Module string
	// Driver is a library at work in this process, such as a token of package
	// softtoken. It goes before Module. Closing the carrier does not close it.
	Driver cryptoki.Module
	// URI says which token is meant. Its attributes token, manufacturer, model
	// and serial are looked at. Zero: the only one there is.
	URI URI
	// PIN asks for the user's PIN. Nil: a token that wants one is refused.
	PIN token.PIN
	// Worker is the program, with its arguments, that runs the library and
	// whose main calls Serve. Empty: the library runs in this process, which
	// dies or hangs with it.
	Worker []string
	// Timeout is how long a call of the library may last in a worker; making a
	// key pair may last ten times as long. What a person takes to enter a PIN
	// does not count. Zero: 30 seconds.
	Timeout time.Duration
	// Algorithms are those that certificates on the token may be of, and that
	// new keys are tried with. Nil: csr.Standard.
	Algorithms csr.Algorithms
	// Clock is for Watch. Nil: the clock of the system.
	Clock Clock
}

// systemClock is the clock of the system.
type systemClock struct{}

func (systemClock) Now() time.Time                         { return time.Now() }
func (systemClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

// withDefaults fills in what zero means.
func (c Config) withDefaults() Config {
	if c.Module == "" {
		c.Module = c.URI.ModulePath
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.Clock == nil {
		c.Clock = systemClock{}
	}
	return c
}

// borrowed is a module that its owner closes.
type borrowed struct{ cryptoki.Module }

func (borrowed) Close() error { return nil }

// module opens the library.
func (c Config) module(ctx context.Context) (cryptoki.Module, error) {
	switch {
	case c.Driver != nil:
		return borrowed{c.Driver}, nil
	case c.Module == "":
		return nil, errors.New("pkcs11: the Config names neither a Driver nor a Module")
	case len(c.Worker) > 0:
		return startWorker(ctx, c.Worker, c.Module, c.Timeout)
	default:
		return loadModule(c.Module)
	}
}

// Open finds the token that the URI means and returns it as a carrier. No PIN
// is asked for yet.
//
// Errors of the carrier are a *token.Error. Removed: no such token is
// connected. Unsupported: the library cannot be loaded, and why. More than one
// token that the URI may mean is an error that lists them.
func Open(ctx context.Context, config Config) (*Carrier, error) {
	config = config.withDefaults()
	module, err := config.module(ctx)
	if err != nil {
		return nil, err
	}
	c := &Carrier{config: config, module: module, turn: make(chan struct{}, 1), doubtful: map[string]string{}}
	if c.device, err = one(ctx, module, config.URI); err != nil {
		module.Close()
		return nil, err
	}
	return c, nil
}

// one returns the only token that the URI may mean.
func one(ctx context.Context, module cryptoki.Module, uri URI) (token.Device, error) {
	slots, err := listSlots(ctx, module)
	if err != nil {
		return token.Device{}, fault("open", token.Device{}, err)
	}
	var found []token.Device
	for _, s := range slots {
		if uri.matches(s.device()) {
			found = append(found, s.device())
		}
	}
	switch len(found) {
	case 0:
		return token.Device{}, &token.Error{Fault: token.Removed, Op: "open", Tries: -1, Detail: fmt.Sprintf("no token is %s; %d others are connected", uri, len(slots))}
	case 1:
		return found[0], nil
	}
	return token.Device{}, fmt.Errorf("pkcs11: open: %d tokens are %s: %v", len(found), uri, found)
}
