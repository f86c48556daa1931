package journey_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/surguch/surguch/internal/journey"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestThousand has requests of all processes go where dice send them, while
// registers, authority, phones, printer, post and disk fail one call in
// twenty. All of them come to an end that their process declares, with nothing
// under way any more, and what their journals say is what they are.
func TestThousand(t *testing.T) {
	for _, store := range tested() {
		t.Run(store.name, func(t *testing.T) {
			t.Parallel()
			requests, at := 500, store.open(t)
			switch {
			case os.Getenv("SURGUCH_LONG") != "":
				requests = 1000
			case testing.Short():
				requests = 10
			case store.name == "PostgreSQL":
				requests = 100
			}
			w := newWorld(t, at, func(c *journey.Config) { c.Seed, c.Faults, c.Workers = 42, 0.05, 2 })
			chance := rand.New(rand.NewPCG(42, 2))
			var cases, ended []*journey.Case
			for range requests * 4 / 5 {
				c, err := w.Begin(t.Context(), anywhere(five()[chance.IntN(5)], chance))
				if err != nil {
					t.Fatal(err)
				}
				cases = append(cases, c)
			}
			if err := w.Play(t.Context(), cases...); err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				if r := request(t, w, c); r.State == workflow.Completed && r.Process != "goskey" && len(ended) < requests/5 {
					ended = append(ended, c)
				}
			}
			var after []*journey.Case
			for _, earlier := range ended {
				c, err := w.BeginAfter(t.Context(), earlier, anywhere(workflow.Processes()[5+chance.IntN(3)], chance))
				if err != nil {
					t.Fatal(err)
				}
				after = append(after, c)
			}
			if err := w.Play(t.Context(), after...); err != nil {
				t.Fatal(err)
			}
			ends := map[string]int{}
			for _, c := range append(cases, after...) {
				ends[string(sound(t, w, c))]++
			}
			t.Logf("%d requests ended: %v", len(cases)+len(after), ends)
		})
	}
}

// anywhere is a plan by up to three arrows, and to any end.
func anywhere(p *workflow.Process, chance *rand.Rand) journey.Plan {
	var via []workflow.Arrow
	for range chance.IntN(4) {
		via = append(via, p.Steps[chance.IntN(len(p.Steps))].Arrow())
	}
	x := plan(p, via...)
	x.Organization = x.Organization || chance.IntN(4) == 0 && p.Name != "crm"
	return x
}

func request(t testing.TB, w *journey.World, c *journey.Case) *ra.Request {
	t.Helper()
	r, err := w.Authority.Request(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sound checks a request that has ended, and returns its place.
func sound(t testing.TB, w *journey.World, c *journey.Case) workflow.State {
	t.Helper()
	r := request(t, w, c)
	p, err := w.Authority.Process(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	if !p.Final(r.State) {
		t.Errorf("%s: %s rests in %s", c.Plan.Name, c.ID, r.State)
	}
	again, err := ra.Replay(journal(t, w, c))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(again) // of what was read from JSON
	if want, _ := json.Marshal(r); string(got) != string(want) {
		t.Errorf("%s: the journal gives\n%s, the request is\n%s", c.Plan.Name, got, want)
	}
	e, err := w.Authority.Explain(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Running) > 0 || len(e.Trouble) > 0 {
		t.Errorf("%s: it has ended in %s, and yet %v runs and %v is in trouble", c.Plan.Name, r.State, e.Running, e.Trouble)
	}
	return r.State
}
