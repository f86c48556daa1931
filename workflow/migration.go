package workflow

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Migration moves requests from one version of a process to another. A
// request is pinned to the version it began in and never needs to move; a
// migration is for the version that must be given up. It says what names have
// become; whatever keeps its name goes unsaid:
//
//	m := &workflow.Migration{From: old, To: new, States: map[workflow.State]workflow.State{"doc_review": workflow.CAReview}}
//	if err := m.Check(); err != nil { … }
//	place, err := m.Plan(r.State, held) // for every request: a dry run, nothing is changed
//
// What Check proved of the new version stays true of a request that was moved:
// Plan refuses to put one where it lacks what every request of the new version
// has collected on its way there.
type Migration struct {
	From, To *Process

	// States gives states of From their counterparts in To.
	States map[State]State
	// Evidence gives evidence of From its name in To, or "" if it does not
	// count there any more.
	Evidence map[Evidence]Evidence
}

// Check reports whether every request of From has a place in To, as *Fault
// errors, joined, of the rule "migration": both are versions of one process, To
// is sound, the maps name what there is, no state is left without a place, what
// has ended stays ended, and nothing becomes issuing or completed but by the
// arrows that lead there.
func (m *Migration) Check() error {
	if m.From == nil || m.To == nil {
		return errors.New("workflow: a migration has two versions of a process")
	}
	var faults []error
	fault := func(where, format string, args ...any) {
		faults = append(faults, &Fault{m.From.Name, "migration", where, fmt.Sprintf(format, args...)})
	}
	if m.From.Name != m.To.Name {
		fault("name", "%s is another process", m.To.Name)
	}
	if err := m.To.Check(); err != nil {
		faults = append(faults, err)
	}
	for _, place := range m.From.Places {
		to, ok := m.To.Place(m.state(place.State))
		switch {
		case !ok:
			fault(string(place.State), "has no place in version %s", m.To.Version)
		case place.final() && !to.final():
			fault(string(place.State), "is final, and %s is not", to.State)
		case !place.final() && to.final():
			fault(string(place.State), "is not final, and %s is", to.State)
		case to.State != place.State && (to.State == Issuing || to.State == Completed):
			fault(string(place.State), "comes to %s by no arrow", to.State)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(m.States)) {
		if _, ok := m.From.Place(s); !ok {
			fault(string(s), "is no state of version %s", m.From.Version)
		}
	}
	known, meant := m.From.named(), m.To.named()
	for _, e := range slices.Sorted(maps.Keys(m.Evidence)) {
		if !known[e] {
			fault(string(e), "is no evidence of version %s", m.From.Version)
		}
		if to := m.Evidence[e]; to != "" && !meant[to] {
			fault(string(e), "%s is no evidence of version %s", to, m.To.Version)
		}
	}
	return errors.Join(faults...)
}

// A Placement is where a request stands after a migration.
type Placement struct {
	State State
	Held  []Evidence // by its names in the new version, in the order given
	Lost  []Evidence // by its names in the old version: held, and of no use in the new one

	// Opens is the automatic arrow that is open there at once, or nil: the
	// engine takes it right after the move, unless what it needs is stale.
	Opens *Step
}

// An UnplacedError says why a request may not be moved.
type UnplacedError struct {
	Process  string
	State    State         // where it stands
	To       State         // where it would stand; "" if nowhere
	Missing  []Evidence    // what every request of the new version holds there for certain
	Contrary [][2]Evidence // what it would hold although the one excludes the other
}

func (e *UnplacedError) Error() string {
	if e.To == "" {
		return fmt.Sprintf("workflow: %s: no place for a request in %s", e.Process, e.State)
	}
	var why []string
	if len(e.Missing) > 0 {
		why = append(why, fmt.Sprintf("lacks %v", e.Missing))
	}
	for _, pair := range e.Contrary {
		why = append(why, fmt.Sprintf("would hold %s and %s", pair[0], pair[1]))
	}
	return fmt.Sprintf("workflow: %s: a request in %s cannot move to %s: it %s", e.Process, e.State, e.To, strings.Join(why, ", and "))
}

// Plan says where a request in this state would stand that holds this
// evidence: all that was recorded and not dropped, be it stale by now. The
// migration has passed Check. An *UnplacedError says what keeps the request
// where it is.
//
// What every request of the new version has collected in that place it must
// hold, but for evidence that may be contradicted while a request waits: the
// arrows that rely on that ask for it themselves.
func (m *Migration) Plan(at State, held []Evidence) (*Placement, error) {
	refused := &UnplacedError{Process: m.From.Name, State: at}
	_, known := m.From.Place(at)
	place, ok := m.To.Place(m.state(at))
	if !known || !ok {
		return nil, refused
	}
	refused.To = place.State
	p := &Placement{State: place.State}
	old, meant := m.From.named(), m.To.named()
	for _, e := range held {
		to := m.evidence(e)
		switch {
		case to == "" || old[e] && !meant[to]:
			p.Lost = append(p.Lost, e)
		case !slices.Contains(p.Held, to): // what neither version speaks of stays
			p.Held = append(p.Held, to)
		}
	}
	have := func(e Evidence) bool { return slices.Contains(p.Held, e) }
	for _, pair := range m.To.Contrary {
		if have(pair[0]) && have(pair[1]) {
			refused.Contrary = append(refused.Contrary, pair)
		}
	}
	if !place.final() {
		for _, e := range slices.Sorted(maps.Keys(m.To.guaranteed()[place.State])) {
			if !m.To.volatile(e) && !m.To.Holds(e, have) {
				refused.Missing = append(refused.Missing, e)
			}
		}
	}
	if len(refused.Missing)+len(refused.Contrary) > 0 {
		return nil, refused
	}
	if s, open := m.To.Automatic(p.State, have); open {
		p.Opens = &s
	}
	return p, nil
}

// state is the counterpart of a state, declared or not.
func (m *Migration) state(s State) State {
	if to, ok := m.States[s]; ok {
		return to
	}
	return s
}

// evidence is the counterpart of evidence, whether To speaks of it or not.
func (m *Migration) evidence(e Evidence) Evidence {
	if to, ok := m.Evidence[e]; ok {
		return to
	}
	return e
}

// named is the evidence that a process speaks of.
func (p *Process) named() map[Evidence]bool {
	names := map[Evidence]bool{}
	for head, alternatives := range p.Any {
		names[head] = true
		for _, e := range alternatives {
			names[e] = true
		}
	}
	for _, s := range p.Steps {
		for _, e := range s.Needs {
			names[e] = true
		}
	}
	return names
}
