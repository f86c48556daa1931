package main

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
)

// list shows the keys of a carrier.
func (p *program) list(ctx context.Context, rest []string) error {
	if len(rest) > 0 {
		return errUsage
	}
	return p.with(ctx, p.looker(), false, func(c token.Carrier) error {
		entries, err := c.List(ctx)
		if err != nil {
			return err
		}
		if d, ok := c.(workplace.Device); ok {
			fmt.Fprintf(p.stdout, "Носитель %s\n", workplace.Title(d.Device()))
		}
		for _, e := range entries {
			fmt.Fprintln(p.stdout, describe(e.Info))
			if e.Certificate != nil {
				fmt.Fprintln(p.stdout, "    сертификат", describeCertificate(e.Certificate))
			}
		}
		fmt.Fprintf(p.stdout, "Ключей: %d\n", len(entries))
		return nil
	})
}

// generate makes a key pair.
func (p *program) generate(ctx context.Context, rest []string) error {
	if len(rest) > 0 {
		return errUsage
	}
	return p.with(ctx, p.user(), true, func(c token.Carrier) error {
		key, err := token.Generate(ctx, c, token.Spec{Algorithm: p.algorithm, Name: p.name})
		if err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "Создан ключ", describe(key.Info()))
		return nil
	})
}

// delete removes a key pair with its certificate, if -yes says so; otherwise it
// shows what would go.
func (p *program) delete(ctx context.Context, rest []string) error {
	if len(rest) > 0 {
		return errUsage
	}
	if p.id == "" {
		return fmt.Errorf("%w: нет -id", errUsage)
	}
	return p.with(ctx, p.looker(), false, func(c token.Carrier) error {
		e, err := p.pick(ctx, c)
		if err != nil {
			return err
		}
		fmt.Fprintf(p.stdout, "Будет удалён ключ %s\n", describe(e.Info))
		fmt.Fprintf(p.stdout, "    с носителя %s\n", workplace.Title(e.Info.Device))
		if e.Certificate != nil {
			fmt.Fprintf(p.stdout, "    и сертификат %s\n", describeCertificate(e.Certificate))
		}
		switch {
		case e.Certificate != nil && time.Now().Before(e.Certificate.NotAfter) && !p.force:
			return errors.New("ничего не удалено: сертификат ещё действует, а без ключа он бесполезен; если так и нужно, добавьте -force")
		case !p.yes:
			return errors.New("ничего не удалено: добавьте -yes")
		}
		if err := remove(ctx, c, e.Info.ID); err != nil {
			return err
		}
		fmt.Fprintln(p.stdout, "Удалено: на носителе этого ключа больше нет")
		return nil
	})
}

// remove deletes a key and looks that it is gone. A carrier that does not know
// what became of it is looked at as well.
func remove(ctx context.Context, c token.Carrier, id string) error {
	deleted := c.Delete(ctx, id)
	if deleted != nil && !errors.Is(deleted, token.Unknown) {
		return deleted
	}
	switch _, err := token.Find(ctx, c, id); {
	case errors.Is(err, token.ErrNotFound):
		return nil
	case err != nil:
		return errors.Join(deleted, err)
	}
	return errors.Join(deleted, fmt.Errorf("ключ %s остался на носителе", id))
}

// samePublic reports whether a key is that of a certificate.
func samePublic(e token.Entry, cert *csr.Certificate) bool {
	k, ok := e.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && k.Equal(cert.PublicKey)
}

// sameCertificate reports whether an entry has the certificate already.
func sameCertificate(e token.Entry, cert *csr.Certificate) bool {
	return e.Certificate != nil && bytes.Equal(e.Certificate.Raw, cert.Raw)
}
