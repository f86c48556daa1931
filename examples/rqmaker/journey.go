package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/workplace"
	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/workflow"
)

// journey takes a request from the marker to the installed certificate.
type journey struct {
	program *program
	client  *client
	state   *state
	place   workplace.Place
	phone   string // that the code was sent to, masked
	carrier token.Carrier
	shown   workflow.State // the last that the person was told
}

// The rest of the errors that people are told about.
var (
	errOtherServer = errors.New("rqmaker: what was begun is with another server")
	errDeclined    = errors.New("rqmaker: the person did not agree")
	errNotNow      = errors.New("rqmaker: the request is not at the key workstation")
)

// walk does what the request waits for, until nothing is left to do here. What
// is to be done, the server says each time: the state holds only what must be
// the same when it is done again.
func (j *journey) walk(ctx context.Context) (err error) {
	if j.state.Server != "" && j.state.Server != j.program.server {
		return errOtherServer
	}
	j.client.pause = func(why string) { j.say("Нет связи с сервером, повторяю (%s)", clean(why)) }
	if err := j.enter(ctx); err != nil {
		return err
	}
	defer func() {
		if j.carrier != nil {
			err = errors.Join(err, j.carrier.Close())
		}
	}()
	v, err := j.client.view(ctx, j.state.Request)
	for err == nil {
		j.tell(v)
		done, step := j.step(ctx, v)
		if done || step != nil {
			return step
		}
		v, err = j.client.await(ctx, j.state.Request, v.Version)
	}
	if isOver(err) {
		return errOver
	}
	return err
}

// step does what the request waits for in its place. It reports whether that
// was the last there is to do here.
func (j *journey) step(ctx context.Context, v *view) (done bool, err error) {
	if err := j.noteHandedIn(v); err != nil {
		return true, err
	}
	switch {
	case v.in(workflow.KeyGeneration, workflow.AgentKeyGeneration):
		err = j.handIn(ctx, v)
	case v.in(workflow.Issuing, workflow.Issued):
		// The authority is at work.
	case v.in(workflow.CertificateAck):
		err = j.acknowledge(ctx)
	case v.in(workflow.Writing):
		err = j.install(ctx)
	case v.in(workflow.Handover) && !v.holds(workflow.AcknowledgementAccepted):
		err = j.acknowledge(ctx)
	case v.in(workflow.Handover) && !v.holds(workflow.CertificateInstalled):
		err = j.install(ctx)
	case v.in(workflow.Handover, workflow.OriginalsPending, workflow.OriginalsOverdue, workflow.Completed):
		return true, j.finish(ctx, v)
	default:
		return true, fmt.Errorf("%w: %s", errNotNow, v.State)
	}
	return false, err
}

// noteHandedIn notes that the server has the certificate request, if that shows
// by now and a crash came before the answer: should the request be returned,
// another key is made then.
func (j *journey) noteHandedIn(v *view) error {
	after := v.in(workflow.Issuing, workflow.Issued, workflow.CertificateAck, workflow.Writing, workflow.Handover)
	if !after || j.state.HandedIn || j.state.PKCS10 == nil {
		return nil
	}
	j.state.HandedIn = true
	return j.state.save()
}

// tell says where the request is, once for each place.
func (j *journey) tell(v *view) {
	if v.State != j.shown {
		j.shown = v.State
		j.say("Заявка: «%s»", clean(v.Title))
	}
}

// say writes a line for the person.
func (j *journey) say(format string, args ...any) {
	fmt.Fprintf(j.program.stderr, format+"\n", args...)
}

// clean is text of others as it may be shown on a terminal.
func clean(s string) string { return workplace.Clean(s) }

// open opens the carrier, once. Of a key that was begun it must be the same
// place, and the same device.
func (j *journey) open(ctx context.Context) error {
	if j.carrier != nil {
		return nil
	}
	config := workplace.Config{PIN: j.pin(), Module: j.program.module, Make: true}
	var err error
	if config.Worker, err = workplace.Worker(); err != nil {
		return err
	}
	if j.state.Key != "" {
		if j.state.Carrier != j.place.String() {
			return &otherCarrierError{j.state.Carrier}
		}
		config.Make = j.state.PKCS10 == nil // the key is there already
	}
	carrier, err := workplace.Open(ctx, j.place, config)
	if err != nil {
		return err
	}
	if device := deviceOf(carrier); j.state.Key != "" && j.state.Device != device {
		return errors.Join(&otherCarrierError{j.state.Device}, carrier.Close())
	}
	j.carrier = carrier
	return nil
}

// otherCarrierError says that a key was begun on another carrier.
type otherCarrierError struct{ carrier string }

func (e *otherCarrierError) Error() string {
	return "rqmaker: the key was begun on another carrier: " + e.carrier
}

// deviceOf is what a token is known by; empty where the carrier is none.
func deviceOf(c token.Carrier) string {
	if d, ok := c.(workplace.Device); ok {
		return d.Device().String()
	}
	return ""
}

// pin is who is asked for the PIN or the password.
func (j *journey) pin() token.PIN {
	s := workplace.Sources{File: j.place.URI.PINSource, Variable: workplace.PINVariable}
	if j.program.keyboard != nil {
		s.Person = workplace.Person{Keyboard: j.program.keyboard, Out: j.program.stderr}.PIN
	}
	return s.PIN()
}

// algorithms are the schemes of keys and signatures.
func algorithms() csr.Algorithms { return csr.Standard() }
