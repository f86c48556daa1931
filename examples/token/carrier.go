package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// place reads -carrier and -module.
func (p *program) place() (workplace.Place, error) {
	if p.carrier == "" {
		return workplace.Place{}, fmt.Errorf("%w: нет -carrier", errUsage)
	}
	place, err := workplace.ParsePlace(p.carrier)
	if err != nil {
		return place, fmt.Errorf("%w: %w", errUsage, err)
	}
	return place, nil
}

// with opens the carrier that the command line names, works with it and closes
// it. Make is as in workplace.Config.
func (p *program) with(ctx context.Context, ask token.PIN, make bool, work func(token.Carrier) error) (err error) {
	place, err := p.place()
	if err != nil {
		return err
	}
	config, err := p.config(place)
	if err != nil {
		return err
	}
	config.PIN, config.Make = ask, make
	carrier, err := workplace.Open(ctx, place, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, carrier.Close()) }()
	return work(carrier)
}

// config is how a place is opened, without a PIN.
func (p *program) config(place workplace.Place) (c workplace.Config, err error) {
	switch {
	case len(p.modules) > 1:
		return c, fmt.Errorf("%w: -module нужен один", errUsage)
	case len(p.modules) == 1 && place.Kind != workplace.PKCS11:
		return c, fmt.Errorf("%w: -module нужен только месту pkcs11", errUsage)
	case len(p.modules) == 1 && place.URI.ModulePath != "":
		return c, fmt.Errorf("%w: библиотека названа и в URI, и в -module", errUsage)
	case len(p.modules) == 1:
		c.Module = p.modules[0]
	}
	c.Worker, err = workplace.Worker()
	return c, err
}

// user is who is asked for the PIN or the password.
func (p *program) user() token.PIN {
	s := workplace.Sources{Variable: workplace.PINVariable}
	if place, err := p.place(); err == nil {
		s.File = place.URI.PINSource
	}
	if p.keyboard != nil {
		s.Person = p.person().PIN
	}
	return s.PIN()
}

// looker is who is asked by a command that only looks: nobody of whom a
// container of CryptoPro would ask for its password, since its name and its
// certificate are read without.
func (p *program) looker() token.PIN {
	if place, err := p.place(); err == nil && place.Kind == workplace.CryptoPro {
		return nil
	}
	return p.user()
}

// person is somebody at the keyboard.
func (p *program) person() workplace.Person {
	return workplace.Person{Keyboard: p.keyboard, Out: p.stderr}
}

// pick returns the entry of the ID that -id begins, or the only entry where
// there is no -id.
func (p *program) pick(ctx context.Context, c token.Carrier) (token.Entry, error) {
	entries, err := c.List(ctx)
	if err != nil {
		return token.Entry{}, err
	}
	return choose(entries, p.id)
}

// choose finds an entry by the beginning of its ID. One whose ID is no longer
// than that is meant, even if others begin so.
func choose(entries []token.Entry, id string) (token.Entry, error) {
	var found []token.Entry
	for _, e := range entries {
		if e.Info.ID == id {
			return e, nil
		}
		if strings.HasPrefix(e.Info.ID, id) {
			found = append(found, e)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return token.Entry{}, fmt.Errorf("%w: %s", token.ErrNotFound, id)
	}
	var list []string
	for _, e := range found {
		list = append(list, describe(e.Info))
	}
	return token.Entry{}, fmt.Errorf("подходит несколько ключей, укажите нужный в -id:\n%s", strings.Join(list, "\n"))
}

// describe is a key in a line.
func describe(i token.Info) string {
	parts := []string{i.ID, i.Algorithm}
	if i.Algorithm == "" {
		parts[1] = "не читается"
	}
	if i.Name != "" {
		parts = append(parts, "«"+workplace.Clean(i.Name)+"»")
	}
	switch {
	case i.Algorithm == "":
	case i.Extractable:
		parts = append(parts, "извлекается")
	default:
		parts = append(parts, "не извлекается")
	}
	return strings.Join(parts, "  ")
}

// describeCertificate is a certificate in a line.
func describeCertificate(c *csr.Certificate) string {
	return fmt.Sprintf("%s, №%x, с %s по %s", workplace.Clean(c.Subject.String()), c.SerialNumber,
		c.NotBefore.Format(day), c.NotAfter.Format(day))
}

// day is how dates are written in Russia.
const day = "02.01.2006"
