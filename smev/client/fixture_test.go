package client_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

var start = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// world is a simulator, a virtual clock and a client between them.
type world struct {
	t      *testing.T
	ctx    context.Context
	clock  *testenv.Clock
	server *smevtest.Server
	store  client.Store
	config client.Config
	signer *xmldsig.Signer
	*client.Client
}

func newWorld(t *testing.T) *world { return newWorldWith(t, smevtest.Config{}) }

// newWorldWith is newWorld with settings of the simulator.
func newWorldWith(t *testing.T, cfg smevtest.Config) *world {
	t.Helper()
	w := &world{t: t, ctx: t.Context(), clock: testenv.NewClock(start), store: client.NewMemory()}
	cfg.Clock, cfg.Seed = w.clock, 7
	var err error
	if w.server, err = smevtest.NewServer(cfg); err != nil {
		t.Fatal(err)
	}
	url, err := w.server.Listen()
	if err != nil {
		t.Fatal(err)
	}
	if w.signer, err = w.server.Enroll("RA0001"); err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := w.server.Close(); err != nil {
			t.Error(err)
		}
	})
	w.config = client.Config{
		URL: url, HTTP: &http.Client{Transport: transport}, Clock: w.clock, Store: w.store, Test: true,
		Signer: func() *xmldsig.Signer { return w.signer },
		SMEV:   []*csr.Certificate{w.server.Certificate()}, Participants: []*csr.Certificate{w.server.Root()},
		Log: slog.New(slog.DiscardHandler),
	}
	w.restart()
	return w
}

// restart replaces the client by a new one over the same store, as after a
// crash.
func (w *world) restart() {
	w.t.Helper()
	c, err := client.New(w.config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Client = c
}

func (w *world) ask(key string, check smev.Check, s smev.Subject) string {
	w.t.Helper()
	id, err := w.Ask(w.ctx, smev.Inquiry{Key: key, Check: check, Subject: s})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// step moves the clock to the next answer and reports whether there is one.
func (w *world) step() bool {
	at, ok := w.server.Next()
	if ok {
		w.clock.Set(at)
	}
	return ok
}

// pending checks that there is no answer yet.
func (w *world) pending(id string) {
	w.t.Helper()
	if a, err := w.Answer(w.ctx, id); !errors.Is(err, smev.ErrPending) || a != nil {
		w.t.Fatalf("got %+v, %v, want ErrPending", a, err)
	}
}

// await runs the clock until the inquiry is answered.
func (w *world) await(id string) *smev.Answer {
	w.t.Helper()
	for {
		a, err := w.Answer(w.ctx, id)
		if err == nil {
			return a
		}
		if !errors.Is(err, smev.ErrPending) || !w.step() {
			w.t.Fatal(err)
		}
	}
}

func subject() smev.Subject {
	p := testenv.NewPerson(4)
	g := smev.Male
	if p.Gender == "2" {
		g = smev.Female
	}
	return smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, Gender: g, BirthDate: p.Born,
		SNILS: p.SNILS, INN: p.INN,
		Passport: smev.Passport{Series: p.Series, Number: p.Number, Issued: p.Issued, IssuerCode: p.IssuerCode},
	}
}

// of returns the subject whose inquiry meets a scenario of the simulator.
func of(check smev.Check, scenario int) smev.Subject {
	s := subject()
	switch check {
	case smev.CheckPassport:
		s.Passport.Number = smevtest.Number(scenario)
	case smev.CheckSNILS:
		s.SNILS = smevtest.SNILS(scenario)
	case smev.CheckINN:
		s.INN = smevtest.INN(scenario)
	}
	return s
}
