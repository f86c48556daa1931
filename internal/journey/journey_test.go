package journey_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/internal/testenv/pg"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/forms"
	"github.com/surguch/surguch/ra/sqlstore"
	"github.com/surguch/surguch/workflow"
)

// newPrinter prints the real forms.
func newPrinter(t testing.TB) *forms.Printer {
	t.Helper()
	p, err := forms.New(forms.Config{Algorithms: csr.Standard(), Authority: authority, Invoice: &invoice})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// base is what a world stands on.
type base struct {
	name string
	open func(t testing.TB) *sqlstore.Store
}

var stores = []base{
	{"SQLite", func(t testing.TB) *sqlstore.Store {
		s, err := sqlstore.Open(t.Context(), filepath.Join(t.TempDir(), "ra.db"))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}},
	{"PostgreSQL", func(t testing.TB) *sqlstore.Store {
		s, err := sqlstore.OpenPostgres(t.Context(), sqlstore.PostgresConfig{URL: pg.Start(t)})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}},
}

// tested are the stores that a test is run on: SQLite alone, if it is to be short.
func tested() []base {
	if testing.Short() {
		return stores[:1]
	}
	return stores
}

// newWorld is one on a store, which is closed with it.
func newWorld(t testing.TB, store *sqlstore.Store, change func(*journey.Config)) *journey.World {
	t.Helper()
	config := journey.Config{
		Store: store, Messages: store.Messages(nil), Printer: newPrinter(t), Seed: 1,
		Log: slog.New(slog.NewTextHandler(&testLog{t: t}, nil)),
	}
	if change != nil {
		change(&config)
	}
	w, err := journey.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for _, err := range []error{w.Close(), store.Close()} {
			if err != nil {
				t.Error(err)
			}
		}
	})
	return w
}

// onToken has applicants keep their keys on a token in software.
func onToken(t testing.TB) func(*journey.Config) {
	t.Helper()
	carrier, err := newCarrier(t.Context(), csr.Standard(), filepath.Join(t.TempDir(), "carrier"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := carrier.Close(); err != nil {
			t.Error(err)
		}
	})
	return func(c *journey.Config) { c.Keys = journey.Carrier{Carrier: carrier, Algorithms: csr.Standard()} }
}

// testLog is shown when a test fails.
type testLog struct {
	t    testing.TB
	seen int
}

func (l *testLog) Write(p []byte) (int, error) {
	if l.seen++; l.seen < 3 {
		l.t.Logf("%s", p)
	}
	return len(p), nil
}

// five are the processes of the seeds.
func five() []*workflow.Process { return workflow.Processes()[:5] }

// plan is a journey by some arrows.
func plan(p *workflow.Process, via ...workflow.Arrow) journey.Plan {
	name := "straight"
	for _, a := range via {
		name += fmt.Sprintf(", %s --%s(%s)", a.From, a.On, a.By)
	}
	x := journey.Plan{Name: name, Process: p.Name, Via: via, Organization: p.Name == "goskey"}
	if atAgent := []workflow.State{workflow.Handover, workflow.AgentKeyGeneration}; slices.ContainsFunc(via, func(a workflow.Arrow) bool {
		return slices.Contains(atAgent, a.From) || a.On == workflow.ReadyForHandover
	}) {
		x.Avoid = []workflow.Arrow{{From: workflow.MarkerReady, On: workflow.GiveMarker, By: workflow.Agent}}
	}
	if slices.ContainsFunc(via, func(a workflow.Arrow) bool { return a.On == workflow.Identify }) && p.Name != "goskey" && p.Name != "crm" {
		x.Organization, x.Power = true, true
	}
	return x
}

// taken reports whether a journal tells of an arrow.
func taken(entries []ra.Entry, a workflow.Arrow) bool {
	return slices.ContainsFunc(entries, func(e ra.Entry) bool {
		return e.Kind == ra.Moved && a == workflow.Arrow{From: e.From, On: e.Event, By: e.By.Role}
	})
}

// TestEveryArrow has a request take each arrow of each process, and then go on
// to the best end that is left: every refusal, return, correction, deadline,
// withdrawal and lost key there is. What the requests have behind them by then
// is every sentence of the seeds that has a step here.
func TestEveryArrow(t *testing.T) {
	covered := newCoverage()
	for _, store := range tested() {
		t.Run(store.name, func(t *testing.T) {
			for _, p := range workflow.Processes() {
				t.Run(p.Name, func(t *testing.T) {
					t.Parallel()
					w := newWorld(t, store.open(t), onToken(t))
					plans := everyArrow(p)
					if testing.Short() {
						plans = plans[:1]
					}
					cases := begin(t, w, p, plans)
					if err := w.Play(t.Context(), cases...); err != nil {
						t.Error(err)
					}
					for i, c := range cases {
						entries := journal(t, w, c)
						covered.read(entries)
						if a := plans[i].Via[0]; !taken(entries, a) {
							t.Errorf("%v was not taken", a)
						}
					}
				})
			}
		})
	}
	if !testing.Short() && !t.Failed() {
		covered.check(t)
	}
}

// everyArrow has a plan for each arrow.
func everyArrow(p *workflow.Process) (plans []journey.Plan) {
	for _, s := range p.Steps {
		x := plan(p, s.Arrow())
		if p.Final(s.To) {
			x.End = s.To
		}
		plans = append(plans, x)
	}
	return plans
}

// begin begins requests; those about a certificate after as many that led to
// one.
func begin(t testing.TB, w *journey.World, p *workflow.Process, plans []journey.Plan) (cases []*journey.Case) {
	t.Helper()
	var earlier []*journey.Case
	if about := slices.ContainsFunc(five(), func(q *workflow.Process) bool { return q.Name == p.Name }); !about {
		var straight []journey.Plan
		for range plans {
			straight = append(straight, plan(five()[1]))
		}
		earlier = begin(t, w, five()[1], straight)
		if err := w.Play(t.Context(), earlier...); err != nil {
			t.Fatal(err)
		}
	}
	for i, x := range plans {
		var c *journey.Case
		var err error
		if earlier != nil {
			c, err = w.BeginAfter(t.Context(), earlier[i], x)
		} else {
			c, err = w.Begin(t.Context(), x)
		}
		if err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	return cases
}

// journal is what a request has behind it.
func journal(t testing.TB, w *journey.World, c *journey.Case) []ra.Entry {
	t.Helper()
	entries, err := w.Authority.History(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}
