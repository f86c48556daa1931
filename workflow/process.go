package workflow

import (
	"fmt"
	"slices"
	"time"
)

// A State names a place where a request rests.
type State string

// An Event names what moves a request from one place to another.
type Event string

// A Role names who may fire an event.
type Role string

// Evidence names a recorded fact about a request.
type Evidence string

// An Effect names work that follows an arrow, such as sending a message.
type Effect string

// A Place is a state as one process uses it. A place with neither owner nor
// deadline is final: no arrow leaves it.
type Place struct {
	State  State         `json:"state"`
	Title  string        `json:"title"`               // in Russian, as the applicant reads it
	Owner  Role          `json:"owner,omitempty"`     // who must act
	Within time.Duration `json:"within_ns,omitempty"` // how long the owner has
	Late   Event         `json:"late,omitempty"`      // what System fires when that time is over
}

// A Step is an arrow: in From, By may fire On if all of Needs is held; the
// request goes to To, the effects Do are ordered and the evidence Void dropped.
type Step struct {
	From  State      `json:"from"`
	On    Event      `json:"on"`
	By    Role       `json:"by"`
	Needs []Evidence `json:"needs,omitempty"`
	To    State      `json:"to"`
	Do    []Effect   `json:"do,omitempty"`
	Void  []Evidence `json:"void,omitempty"` // literally: an Any name does not stand for its alternatives here
}

// String writes the arrow without needs and effects:
// "draft --submit(applicant)--> auto_check".
func (s Step) String() string {
	return fmt.Sprintf("%s --%s(%s)--> %s", s.From, s.On, s.By, s.To)
}

// Automatic reports whether the engine fires the arrow by itself, as soon as
// all its needs are held.
func (s Step) Automatic() bool { return s.By == System && len(s.Needs) > 0 }

// A Process is a complete description of one way to a certificate. Its zero
// value is of no use; Check tells whether a literal is sound. Methods only
// read, so a process may be shared as long as nobody changes it.
type Process struct {
	Name    string `json:"name"`    // never renamed once released
	Version string `json:"version"` // changes with every other field
	Title   string `json:"title"`   // in Russian
	Source  string `json:"source"`  // where the process is described, and of what it is a rendering

	Start  []Effect `json:"start,omitempty"`  // effects of the creation of a request
	Places []Place  `json:"places,omitempty"` // the first is the initial one
	Steps  []Step   `json:"steps,omitempty"`

	// Workdays are the roles that act on working days: 24 hours of Within are
	// one working day for them, and their places have whole days.
	Workdays []Role `json:"workdays,omitempty"`

	// Any names evidence that is held when any one of its alternatives is.
	// The alternatives are plain: none of them is itself a key of Any.
	Any map[Evidence][]Evidence `json:"any,omitempty"`

	// Contrary lists pairs that exclude each other: recording the one drops
	// the other. Pairs are literal, like Step.Void.
	Contrary [][2]Evidence `json:"contrary,omitempty"`

	// Exempt marks invariants that do not apply, each with its reason.
	Exempt map[Invariant]string `json:"exempt,omitempty"`

	// Approvals is how many different persons must approve the content of a
	// request before ApprovalsCollected is recorded. Zero: nobody is asked.
	Approvals int `json:"approvals,omitempty"`

	// Clauses says which sentences of Source the process carries out, and how.
	Clauses []Clause `json:"clauses,omitempty"`
}

// Step returns the arrow that the event opens in this state for this role, if
// all it needs is held. Otherwise the error is a *RefusedError.
func (p *Process) Step(at State, on Event, by Role, have func(Evidence) bool) (Step, error) {
	refused := &RefusedError{Process: p.Name, State: at, Event: on, Role: by, Reason: UnknownState}
	if _, ok := p.Place(at); !ok {
		return Step{}, refused
	}
	for _, s := range p.Steps {
		switch {
		case s.From != at || s.On != on:
		case s.By != by:
			refused.Allowed = append(refused.Allowed, s.By)
		default:
			if refused.Missing = p.missing(s, have); len(refused.Missing) == 0 {
				return s, nil
			}
			refused.Reason, refused.Allowed = EvidenceMissing, nil
			return Step{}, refused
		}
	}
	refused.Reason = EventNotOpen
	if len(refused.Allowed) > 0 {
		refused.Reason = RoleNotAllowed
	}
	return Step{}, refused
}

// Automatic returns the automatic arrow that is open in this state. Check
// proves that there is at most one.
func (p *Process) Automatic(at State, have func(Evidence) bool) (Step, bool) {
	for _, s := range p.Steps {
		if s.From == at && s.Automatic() && len(p.missing(s, have)) == 0 {
			return s, true
		}
	}
	return Step{}, false
}

// Open returns the arrows of a role in a state, whether or not their evidence
// is there yet: the buttons a person may see, in the order of the process.
func (p *Process) Open(at State, by Role) []Step {
	var open []Step
	for _, s := range p.Steps {
		if s.From == at && s.By == by {
			open = append(open, s)
		}
	}
	return open
}

// Place returns the place of a state.
func (p *Process) Place(at State) (Place, bool) {
	i := slices.IndexFunc(p.Places, func(place Place) bool { return place.State == at })
	if i < 0 {
		return Place{}, false
	}
	return p.Places[i], true
}

// Initial returns the state in which a request begins, or "" if the process
// has no places.
func (p *Process) Initial() State {
	if len(p.Places) == 0 {
		return ""
	}
	return p.Places[0].State
}

// Final reports whether a request that has come to this state stays there. It
// is false for a state the process does not know.
func (p *Process) Final(at State) bool {
	place, ok := p.Place(at)
	return ok && place.final()
}

func (place Place) final() bool { return place.Owner == "" && place.Within == 0 && place.Late == "" }

// Holds reports whether evidence is held: recorded itself, or by one of the
// alternatives that Any gives for it.
func (p *Process) Holds(e Evidence, have func(Evidence) bool) bool {
	return have(e) || slices.ContainsFunc(p.Any[e], have)
}

// missing returns the needs of an arrow that are not held, in their order.
func (p *Process) missing(s Step, have func(Evidence) bool) []Evidence {
	var missing []Evidence
	for _, e := range s.Needs {
		if !p.Holds(e, have) {
			missing = append(missing, e)
		}
	}
	return missing
}
