package journey_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

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
// withdrawal and lost key there is. What the requests of a process have behind
// them by then is every sentence of its seed that has a step here. Each process
// on each store is checked by itself, so -run may choose among them. A short run
// has one arrow taken in each, and looks for no sentences.
func TestEveryArrow(t *testing.T) {
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
					cases, covered := begin(t, w, p, plans), coverage{}
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
					if !testing.Short() && !t.Failed() {
						covered.check(t, p)
					}
				})
			}
		})
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
