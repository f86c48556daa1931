package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/softtoken"
)

// own are the carriers that a run makes in its folder, by the names that
// -carrier knows them by, and what they are called there.
var own = map[string]string{
	"file":      "carrier",
	"soft":      "carrier",
	"cryptopro": "carrier",
	"pfx":       "carrier.pfx",
}

// carrier is where the applicant's key pair is made, and what opens it.
type carrier struct {
	token.Carrier
	place  workplace.Place
	own    bool   // the run made it
	secret string // PIN or password, if the run made it; "": none
}

// String tells where the carrier is and, of one that the run made, what opens
// it: nothing but the run's invented person is in there.
func (c carrier) String() string {
	if c.secret == "" {
		return c.place.String()
	}
	return fmt.Sprintf("%s, ПИН-код или пароль %s", c.place, c.secret)
}

// openCarrier opens what -carrier says: one of the run's own, or any place.
func openCarrier(ctx context.Context, name string, files *folder, as csr.Algorithms) (c carrier, err error) {
	config := workplace.Config{Algorithms: as}
	var file string
	if file, c.own = own[name]; c.own {
		c.place = workplace.Place{Kind: workplace.Kind(name), Path: files.path(file)}
		if c.secret, err = newSecret(c.place.Kind); err != nil {
			return c, err
		}
		config.PIN, config.Make = token.FixedPIN(c.secret), true
	} else {
		if c.place, err = workplace.ParsePlace(name); err != nil {
			return c, err
		}
		if config.Worker, err = workplace.Worker(); err != nil {
			return c, err
		}
		config.PIN = askPIN(c.place)
	}
	c.Carrier, err = workplace.Open(ctx, c.place, config)
	return c, err
}

// askPIN is where the PIN of a place comes from.
func askPIN(place workplace.Place) token.PIN {
	sources := workplace.Sources{File: place.URI.PINSource, Variable: workplace.PINVariable}
	if keyboard := workplace.Terminal(os.Stdin); keyboard != nil {
		sources.Person = workplace.Person{Keyboard: keyboard, Out: os.Stderr}.PIN
	}
	return sources.PIN()
}

// checkCarrier refuses a name that means nothing, before anything is made.
func checkCarrier(name string) error {
	if _, ok := own[name]; ok {
		return nil
	}
	if _, err := workplace.ParsePlace(name); err != nil {
		return fmt.Errorf("-carrier: ни file, ни soft, ни pfx, ни cryptopro; %w", err)
	}
	return nil
}

// newSecret returns the PIN or the password of a carrier that the run makes.
func newSecret(kind workplace.Kind) (string, error) {
	switch kind {
	case workplace.Soft:
		user, _, err := softtoken.FactoryPINs("plain")
		return user, err
	case workplace.PFX, workplace.CryptoPro:
		return rand.Text(), nil
	}
	return "", nil
}
