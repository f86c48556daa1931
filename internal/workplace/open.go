package workplace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/cryptopro"
	"github.com/surguch/surguch/token/file"
	"github.com/surguch/surguch/token/pfx"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// Config says how a place is opened. The zero value asks nobody and makes
// nothing.
type Config struct {
	// Algorithms are those that certificates may be of. Nil: csr.Standard.
	Algorithms csr.Algorithms
	// PIN asks for the PIN or the password. Nil: what needs one is refused, and
	// new containers of CryptoPro have none.
	PIN token.PIN
	// Module is the library for a pkcs11 place whose URI has no module-path.
	// Empty: the known libraries are searched for the token.
	Module string
	// Worker is as in pkcs11.Config; see the function Worker.
	Worker []string
	// Make makes what is missing: the last folder of a path, a PFX file with its
	// first key, and in a soft place a token of the profile plain with the
	// PINs of the factory. False: it is an error.
	Make bool
}

// Device is a carrier with a PIN that can be changed and a state that can be
// asked for: the carrier at a pkcs11 or a soft place.
type Device interface {
	token.Carrier
	Device() token.Device
	Status(ctx context.Context) (pkcs11.Status, error)
	CheckPIN(ctx context.Context) error
	ChangePIN(ctx context.Context) error
	Unblock(ctx context.Context, officer token.PIN) error
}

// Open opens the carrier at a place. Nobody is asked for a PIN yet.
//
// Errors of the carrier are a *token.Error: Removed if there is nothing at the
// place; Busy if a daemon has the folder of a soft place; Unsupported if a
// library cannot be loaded, and why. A URI that may mean several tokens is an
// error that lists them.
func Open(ctx context.Context, p Place, c Config) (token.Carrier, error) {
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if p.Kind == PKCS11 {
		return openDevice(ctx, p.URI, c)
	}
	if err := p.find(c.Make); err != nil {
		return nil, err
	}
	switch p.Kind {
	case File:
		return opened(file.Open(p.Path, c.Algorithms))
	case PFX:
		if c.PIN == nil {
			c.PIN = func(context.Context, token.Question) (token.Answer, error) { return token.Answer{}, ErrNoPIN }
		}
		return opened(pfx.Open(pfx.Config{Path: p.Path, Algorithms: c.Algorithms, PIN: c.PIN}))
	case CryptoPro:
		return opened(cryptopro.Open(cryptopro.Config{Dir: p.Path, Password: c.PIN, Algorithms: c.Algorithms}))
	case Soft:
		return opened(openSoft(ctx, p, c))
	}
	return nil, errKind
}

// opened is a carrier, or the nil of the interface.
func opened[C token.Carrier](c C, err error) (token.Carrier, error) {
	if err != nil {
		return nil, err
	}
	return c, nil
}

// find says whether there is something at the path, or may be made.
func (p Place) find(make bool) error {
	info, err := os.Stat(p.Path)
	if errors.Is(err, fs.ErrNotExist) && make {
		// A drive that was pulled out takes its folder with it: nothing is
		// made in place of that.
		var path string
		if path, err = filepath.Abs(p.Path); err == nil {
			_, err = os.Stat(filepath.Dir(path))
		}
		return p.missing(err)
	}
	if err != nil {
		return p.missing(err)
	}
	if want := p.Kind != PFX; info.IsDir() != want {
		return p.fault(token.Unsupported, "open", map[bool]string{true: "not a folder", false: "a folder and not a file"}[want], nil)
	}
	return nil
}

// missing makes an error of the system one of the carrier.
func (p Place) missing(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return p.fault(token.Removed, "open", "", err)
	case errors.Is(err, fs.ErrPermission):
		return p.fault(token.ReadOnly, "open", "", err)
	}
	return fmt.Errorf("workplace: %w", err)
}

func (p Place) fault(f token.Fault, op, detail string, err error) error {
	device := token.Device{Manufacturer: "surguch", Model: string(p.Kind), Serial: filepath.Base(p.Path)}
	return &token.Error{Fault: f, Op: op, Device: device, Tries: -1, Detail: detail, Err: err}
}

// soft is a token in software that goes with its folder.
type soft struct {
	*pkcs11.Carrier
	tokens *softtoken.Tokens
}

// openSoft opens the folder for this process alone, and the token in it.
func openSoft(ctx context.Context, p Place, c Config) (_ *soft, err error) {
	tokens, err := softtoken.Open(softtoken.Config{Dir: p.Path})
	if errors.Is(err, softtoken.ErrLocked) {
		return nil, p.fault(token.Busy, "open", "a daemon serves the folder: use pkcs11:?module-path=… with its library", err)
	}
	if err != nil {
		return nil, p.missing(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tokens.Close())
		}
	}()
	if len(tokens.List()) == 0 {
		if !c.Make {
			return nil, p.fault(token.Removed, "open", "there is no token in the folder", nil)
		}
		if _, err := tokens.Add(softtoken.Format{}); err != nil {
			return nil, err
		}
	}
	carrier, err := pkcs11.Open(ctx, pkcs11.Config{Driver: tokens.Application(), PIN: c.PIN, Algorithms: c.Algorithms})
	if err != nil {
		return nil, err
	}
	return &soft{carrier, tokens}, nil
}

// Close closes the carrier, and the folder for others to open.
func (s *soft) Close() error { return errors.Join(s.Carrier.Close(), s.tokens.Close()) }
