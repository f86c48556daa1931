package workplace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
)

// ErrSeveral says that a URI may mean more than one token.
var ErrSeveral = errors.New("workplace: several tokens are meant")

// openDevice opens the token that a URI means, with the library that it or the
// Config names, or with the one of the known libraries that has it.
func openDevice(ctx context.Context, uri pkcs11.URI, c Config) (token.Carrier, error) {
	config := pkcs11.Config{Module: cmp.Or(uri.ModulePath, c.Module), URI: uri, PIN: c.PIN, Worker: c.Worker, Algorithms: c.Algorithms}
	if config.Module == "" {
		var err error
		if config.Module, err = library(uri, pkcs11.Discover(ctx, config)); err != nil {
			return nil, err
		}
	}
	return opened(pkcs11.Open(ctx, config))
}

// library returns the path of the library that has the token.
func library(uri pkcs11.URI, list []pkcs11.Found) (path string, err error) {
	var devices []token.Device
	var absent []string
	var failed []error
	for _, f := range list {
		switch {
		case errors.Is(f.Err, fs.ErrNotExist):
			absent = append(absent, f.Path)
		case f.Err != nil:
			failed = append(failed, fmt.Errorf("%s (%s): %w", f.Name, f.Path, f.Err))
		}
		for _, s := range f.Devices {
			if means(uri, s.Device) {
				path, devices = f.Path, append(devices, s.Device)
			}
		}
	}
	switch {
	case len(devices) == 1:
		return path, nil
	case len(devices) > 1:
		return "", fmt.Errorf("%w: %v", ErrSeveral, devices)
	case len(absent) == len(list):
		return "", &token.Error{Fault: token.Unsupported, Op: "open", Tries: -1, Detail: "no library is installed, of " + strings.Join(absent, ", ") + ": name one by module-path"}
	}
	return "", &token.Error{Fault: token.Removed, Op: "open", Tries: -1, Detail: fmt.Sprintf("no token is %s", uri), Err: errors.Join(failed...)}
}

// means reports whether a device may be the one that a URI means (RFC 7512,
// section 2.5).
func means(uri pkcs11.URI, d token.Device) bool {
	for _, pair := range [][2]string{{uri.Token, d.Label}, {uri.Manufacturer, d.Manufacturer}, {uri.Model, d.Model}, {uri.Serial, d.Serial}} {
		if pair[0] != "" && pair[0] != pair[1] {
			return false
		}
	}
	return true
}
