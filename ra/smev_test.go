package ra_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
	"github.com/surguch/surguch/workflow"
)

// TestRegistersOverSMEV has each of the five processes ask the registers over
// SMEV itself, its simulator, wherever an arrow of it does: what they say is in
// the dossier, signed, and nothing of it is left when the case is erased.
func TestRegistersOverSMEV(t *testing.T) {
	for _, p := range runnable(t) {
		t.Run(p.Name, func(t *testing.T) {
			arrow := asking(t, p)
			w := newWorld(t)
			server, c := w.overSMEV()
			w.reopen(func(config *ra.Config) { config.Processes, config.Registers = runnable(t), c })
			for _, scenario := range []int{0, 601} {
				if scenario != 0 {
					w.form.SNILS = smevtest.SNILS(scenario)
				}
				id := w.plant(w.store, plan{process: p, state: arrow.From, evidence: arrow.Needs})
				by := ra.Actor{ID: "somebody else", Role: arrow.By, SecondFactor: true}
				w.must(w.authority.Fire(w.ctx, id, by, arrow.On))
				for w.settle(); ; w.settle() {
					at, more := server.Next()
					if !more {
						break
					}
					w.clock.Set(at.Add(time.Minute)) // and the authority looks every minute
				}
				r := w.reload(id)
				_, confirmed := r.Evidence(workflow.RegistersPositive)
				_, refuted := r.Evidence(workflow.RegisterRefuted)
				if scenario == 0 && !confirmed || scenario != 0 && (confirmed || !refuted && r.State == arrow.To) {
					t.Errorf("scenario %d: in %s, confirmed: %v, refuted: %v", scenario, r.State, confirmed, refuted)
				}
				answer, note := w.exhibit(id, "smev_"+string(smev.CheckSNILS))
				if want := map[int]smev.Outcome{0: smev.Confirmed, 601: smev.Refuted}[scenario]; note != want.String() || len(answer) == 0 {
					t.Errorf("scenario %d: the dossier has %q of the register, want %s", scenario, note, want)
				}
			}
			if _, err := c.Poll(w.ctx); err != nil { // one no settles it; the other answers are taken by client.Run
				t.Fatal(err)
			}
			if n := server.Queued(); n != 0 {
				t.Errorf("%d answers were not acknowledged", n)
			}
		})
	}
}

// asking is an arrow of a person that has the registers asked.
func asking(t *testing.T, p *workflow.Process) workflow.Step {
	t.Helper()
	for _, s := range p.Steps {
		if slices.Contains(s.Do, workflow.AskRegisters) && s.By != workflow.System && s.On != workflow.Recheck {
			return s
		}
	}
	t.Fatalf("%s asks no register", p.Name)
	return workflow.Step{}
}

// overSMEV is a client of a simulator of SMEV.
func (w *world) overSMEV() (*smevtest.Server, *client.Client) {
	w.t.Helper()
	server, err := smevtest.NewServer(smevtest.Config{Clock: w.clock})
	if err != nil {
		w.t.Fatal(err)
	}
	url, err := server.Listen()
	if err != nil {
		w.t.Fatal(err)
	}
	transport := &http.Transport{}
	w.t.Cleanup(func() {
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			w.t.Error(err)
		}
	})
	signer, err := server.Enroll("RA0001")
	if err != nil {
		w.t.Fatal(err)
	}
	c, err := client.New(client.Config{
		URL: url, Clock: w.clock, Test: true, Store: w.store.Messages(&keyring{}), HTTP: &http.Client{Transport: transport},
		Signer: func() *xmldsig.Signer { return signer },
		SMEV:   []*csr.Certificate{server.Certificate()}, Participants: []*csr.Certificate{server.Root()},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return server, c
}
