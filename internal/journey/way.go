package journey

import (
	"slices"

	"github.com/surguch/surguch/workflow"
)

// A Plan is what is to befall a request.
type Plan struct {
	Name    string // of the journey, for people
	Process string
	// Via are arrows that the request takes on its way, in this order.
	Via []workflow.Arrow
	// End is where it goes after that. "": the place of success.
	End workflow.State
	// Avoid are arrows that the request takes only if it must.
	Avoid []workflow.Arrow
	// Organization has the head of an organisation apply, instead of a person
	// for himself.
	Organization bool
	// Power has him do so by a power of attorney on paper.
	Power bool
}

// detours are events that lead away from the certificate.
var detours = []workflow.Event{
	workflow.Amend, workflow.Deny, workflow.AskHuman, workflow.Recheck, workflow.Return, workflow.ReturnDocuments,
	workflow.WithdrawMarker, workflow.Declined, workflow.Resend, workflow.RefuseByCA, workflow.Mismatch, workflow.Enforce,
	workflow.Revert, workflow.Cancel, workflow.Reject, workflow.Expire, workflow.Escalate, workflow.Remind, workflow.Overdue,
}

// cost is how reluctantly an arrow is taken.
func cost(s workflow.Step) int {
	switch {
	case s.By == workflow.System && !s.Automatic():
		return 1000
	case slices.Contains(detours, s.On):
		return 100
	case s.By == workflow.System:
		return 3
	}
	return 2
}

// way is the best way between two places, arrow by arrow; false if there is
// none.
func way(p *workflow.Process, from, to workflow.State, avoid []workflow.Arrow) (arrows []workflow.Step, ok bool) {
	type route struct {
		cost int
		last workflow.Step
	}
	best, done := map[workflow.State]route{from: {}}, map[workflow.State]bool{}
	for {
		at, least := workflow.State(""), 0
		for _, place := range p.Places {
			if r, seen := best[place.State]; seen && !done[place.State] && (at == "" || r.cost < least) {
				at, least = place.State, r.cost
			}
		}
		if at == "" {
			return nil, false
		}
		if at == to {
			break
		}
		done[at] = true
		for _, s := range p.Steps {
			if s.From != at || s.To == at {
				continue
			}
			next := route{least + cost(s), s}
			if slices.Contains(avoid, s.Arrow()) {
				next.cost += 10_000
			}
			if r, seen := best[s.To]; !seen || next.cost < r.cost {
				best[s.To] = next
			}
		}
	}
	for at := to; at != from; at = best[at].last.From {
		arrows = append(arrows, best[at].last)
	}
	slices.Reverse(arrows)
	return arrows, true
}

// goal is where a process ends well: the first final place that it names.
func goal(p *workflow.Process) workflow.State {
	for _, place := range p.Places {
		if p.Final(place.State) {
			return place.State
		}
	}
	return ""
}

// step is the arrow of a name.
func step(p *workflow.Process, a workflow.Arrow) (workflow.Step, bool) {
	i := slices.IndexFunc(p.Steps, func(s workflow.Step) bool { return s.Arrow() == a })
	if i < 0 {
		return workflow.Step{}, false
	}
	return p.Steps[i], true
}
