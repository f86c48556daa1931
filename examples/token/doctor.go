package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/pkcs11"
)

// errSick says that doctor found something wrong, and has told it.
var errSick = errors.New("есть ошибки, они названы в отчёте")

// doctor finds out what works at this workplace.
func (p *program) doctor(ctx context.Context, rest []string) error {
	switch {
	case len(rest) > 0:
		return errUsage
	case p.login && p.carrier == "":
		return fmt.Errorf("%w: -login нужен -carrier: ПИН-код спрашивается для одного носителя", errUsage)
	case p.test && !p.login:
		return fmt.Errorf("%w: -test нужен -login", errUsage)
	}
	r, err := p.examine(ctx)
	if err != nil {
		return err
	}
	if p.json {
		e := json.NewEncoder(p.stdout)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	} else {
		r.print(p.stdout)
	}
	if err == nil && !r.OK {
		err = errSick
	}
	return err
}

// examine makes the report.
func (p *program) examine(ctx context.Context) (*report, error) {
	worker, err := workplace.Worker()
	if err != nil {
		return nil, err
	}
	r := &report{GOST: selfTest(examples), Modules: []moduleReport{}, Findings: []finding{}}
	if p.carrier != "" {
		place, err := p.place()
		if err != nil {
			return nil, err
		}
		if p.test && place.Kind != workplace.PKCS11 && place.Kind != workplace.Soft {
			return nil, fmt.Errorf("%w: -test пробует только токены, pkcs11 и soft", errUsage)
		}
		r.Carrier = p.look(ctx, place, worker)
	}
	for _, f := range pkcs11.Discover(ctx, pkcs11.Config{Worker: worker}, p.modules...) {
		r.Modules = append(r.Modules, newModuleReport(f))
	}
	if err := ctx.Err(); err != nil {
		return nil, err // half a report would say that things are broken
	}
	r.judge(p.modules, time.Now())
	return r, nil
}

func newModuleReport(f pkcs11.Found) moduleReport {
	m := moduleReport{Name: f.Name, Path: f.Path, State: stateOK, Library: f.Library}
	if f.Err != nil {
		m.State, m.Reason = stateFailed, f.Err.Error()
	}
	if errors.Is(f.Err, fs.ErrNotExist) {
		m.State = stateAbsent
	}
	for _, s := range f.Devices {
		m.Tokens = append(m.Tokens, newDeviceReport(s))
	}
	return m
}

// look looks at the place of -carrier. What goes wrong is part of the report.
// A token is looked for in the only library that the command line names, and
// otherwise in the known ones.
func (p *program) look(ctx context.Context, place workplace.Place, worker []string) *placeReport {
	l := &placeReport{Place: place.String()}
	config := workplace.Config{Worker: worker}
	if len(p.modules) == 1 {
		config.Module = p.modules[0]
	}
	if p.login {
		config.PIN = p.user()
	}
	carrier, err := workplace.Open(ctx, place, config)
	if err != nil {
		l.fail(err)
		return l
	}
	defer func() {
		if err := carrier.Close(); err != nil {
			l.fail(err)
		}
	}()
	d, isDevice := carrier.(workplace.Device)
	if isDevice {
		status, err := d.Status(ctx)
		if err != nil {
			l.fail(err)
			return l
		}
		report := newDeviceReport(status)
		l.Token = &report
	}
	// Folders are listed without a password, and a container that has one stays
	// closed.
	if !p.login && (isDevice || place.Kind == workplace.PFX) {
		return l
	}
	if err := l.list(ctx, carrier); err != nil {
		l.fail(err)
		return l
	}
	if p.test {
		l.Trial = try(ctx, carrier, trialAlgorithm(l.Token.Algorithms))
	}
	return l
}

// fail keeps the first error, with what a person can do about it.
func (l *placeReport) fail(err error) {
	if l.Error == "" {
		l.Error = tell(err)
	}
}

// tell is an error with what a person can do about it, if there is something.
func tell(err error) string {
	if text := workplace.Explain(err); text != "" {
		return text + " (" + err.Error() + ")"
	}
	return err.Error()
}

// list lists the keys.
func (l *placeReport) list(ctx context.Context, c token.Carrier) error {
	entries, err := c.List(ctx)
	if err != nil {
		return err
	}
	l.Listed = true
	for _, e := range entries {
		o := object{ID: e.Info.ID, Name: e.Info.Name, Algorithm: e.Info.Algorithm, Extractable: e.Info.Extractable}
		if e.Certificate != nil {
			o.Certificate = newCertificate(e.Certificate)
		}
		l.Objects = append(l.Objects, o)
	}
	return nil
}

func newCertificate(c *csr.Certificate) *certificate {
	return &certificate{
		Subject: c.Subject.String(), Issuer: c.Issuer.String(), Serial: fmt.Sprintf("%x", c.SerialNumber),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter,
	}
}

// isGOST reports whether an algorithm is GOST R 34.10-2012.
func isGOST(algorithm string) bool {
	_, err := gost.CurveByName(algorithm)
	return err == nil
}
