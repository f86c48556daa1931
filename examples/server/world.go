package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/api"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/notify/webhook"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// prefix is where the interface is.
const prefix = "/api"

// In development nobody wants to wait, for an answer that is pending or for the
// work of a process that was killed, and everybody comes from one address.
const (
	devPoll  = 300 * time.Millisecond
	devLease = 10 * time.Second
)

var devLimits = api.Limits{Entry: api.Rate{Every: 100 * time.Millisecond, Burst: 100}}

// world is everything behind the interface.
type world struct {
	store     *sqlstore.Store
	registers *registers
	hooks     *webhook.Sender // nil: nobody is told by webhook
	authority *ra.Authority
	front     *api.Handler
}

// newWorld makes it of a configuration.
func (p *program) newWorld(ctx context.Context, c *config) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	as := csr.Standard()
	settings := ra.Config{Algorithms: as, Log: p.log}
	if settings.MarkerLife, err = c.markerLife(); err != nil {
		return w, err
	}
	for _, name := range c.Processes {
		process, err := workflow.Lookup(name)
		if err != nil {
			return w, fmt.Errorf("processes: %w", err)
		}
		settings.Processes = append(settings.Processes, process)
	}
	if settings.CA, settings.Issuers, err = newCA(c, as); err != nil {
		return w, err
	}
	paper, err := c.Authority.paper()
	if err != nil {
		return w, err
	}
	if settings.Printer, err = forms.New(forms.Config{Algorithms: as, Authority: paper, Invoice: c.Invoice, Workplace: c.Workplace}); err != nil {
		return w, err
	}
	if settings.Notifier, w.hooks, err = p.newNotifier(c); err != nil {
		return w, err
	}
	if w.store, err = p.openStore(ctx); err != nil {
		return w, err
	}
	settings.Store, settings.Jobs = w.store, w.store.Jobs(sqlstore.JobsConfig{})
	if w.registers, err = newRegisters(c, p.node, as, w.store, p.log); err != nil {
		return w, err
	}
	settings.Registers = w.registers
	var limits api.Limits
	if p.dev != "" {
		limits = devLimits
		if err := c.rehearse(&settings, as); err != nil {
			return w, err
		}
	}
	if w.authority, err = ra.New(settings); err != nil {
		return w, err
	}
	w.front, err = api.New(api.Config{
		Authority: w.authority, Prefix: prefix, Authenticate: newCallers(c.Actors).authenticate, Limits: limits, Log: p.log,
	})
	return w, err
}

// rehearse makes an authority one for development.
func (c *config) rehearse(settings *ra.Config, as csr.Algorithms) error {
	settings.Rehearsal, settings.Poll, settings.Lease = true, devPoll, devLease
	behind := devCAConfig
	ca, anchors, err := newLocalCA(c.path(devPhones), behind, as)
	if err != nil {
		return err
	}
	settings.SignerAnchors = anchors
	settings.Signer, err = newPhones(as, ca)
	return err
}

// openStore opens the database of -db.
func (p *program) openStore(ctx context.Context) (*sqlstore.Store, error) {
	if strings.HasPrefix(p.db, "postgres://") || strings.HasPrefix(p.db, "postgresql://") {
		return sqlstore.OpenPostgres(ctx, sqlstore.PostgresConfig{URL: p.db, Jobs: true, Log: p.log})
	}
	return sqlstore.Open(ctx, p.db)
}

func (w *world) close() error {
	var errs []error
	if w.hooks != nil {
		errs = append(errs, w.hooks.Close())
	}
	if w.registers != nil {
		errs = append(errs, w.registers.close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	return errors.Join(errs...)
}
