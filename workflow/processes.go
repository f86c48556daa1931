package workflow

import (
	"fmt"
	"slices"
	"time"
)

// Processes returns the built-in processes: the five ways to a certificate in
// the order of their seeds, then what may become of a certificate afterwards,
// renewal, revocation and suspension. Every call returns copies of its own:
// changing one changes nobody else's.
func Processes() []*Process {
	return []*Process{
		goskey(), personalLink(), agent(), serviceCenter(), crm(),
		renewal(), revocation(), suspension(),
	}
}

// Lookup returns a copy of the built-in process of this name.
func Lookup(name string) (*Process, error) {
	var names []string
	for _, p := range Processes() {
		if p.Name == name {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return nil, fmt.Errorf("workflow: no process %q among %v", name, names)
}

const day = 24 * time.Hour

// offices are the roles that act in offices, on working days.
var offices = []Role{Agent, ServiceCentre, CAOperator, DocDept, TaxOffice}

// The helpers below let an arrow be one line that reads aloud.

func need(evidence ...Evidence) []Evidence { return evidence }
func void(evidence ...Evidence) []Evidence { return evidence }
func do(effects ...Effect) []Effect        { return effects }
func words(names ...string) []string       { return names }
func at(places ...State) []State           { return places }

// drop is void for whole groups of evidence.
func drop(groups ...[]Evidence) []Evidence { return slices.Concat(groups...) }

// each repeats an arrow in several states. Without To it leads back to where
// it starts.
func each(s Step, states ...State) []Step {
	steps := make([]Step, len(states))
	for i, from := range states {
		steps[i] = Step{from, s.On, s.By, slices.Clone(s.Needs), s.To, slices.Clone(s.Do), slices.Clone(s.Void)}
		if s.To == "" {
			steps[i].To = from
		}
	}
	return steps
}

// contrary pairs one piece of evidence with each of the others.
func contrary(one Evidence, others ...Evidence) [][2]Evidence {
	pairs := make([][2]Evidence, len(others))
	for i, other := range others {
		pairs[i] = [2]Evidence{one, other}
	}
	return pairs
}
