package workflow

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A Fault is one defect that Check found in a process.
type Fault struct {
	Process string
	Rule    string // which rule is broken; one of the words Check's comment explains
	Where   string // a place, an arrow, evidence, a field
	Text    string
}

func (f *Fault) Error() string {
	return fmt.Sprintf("workflow: %s: %s: %s: %s", f.Process, f.Rule, f.Where, f.Text)
}

// Check proves the process sound or returns every *Fault it found, joined.
// The rules are:
//
//	header      name, version, title and source are there
//	place       places are declared once, with name and title
//	owner       somebody must act in every place that is not final
//	deadline    every such place has a time limit, and a System arrow without needs for when it passes
//	final       no arrow leaves a final place
//	arrow       arrows are fully named and connect declared places
//	ambiguous   state, event and role decide the arrow
//	duplicate   a list does not name the same thing twice
//	effect      effects have names
//	any         alternatives are there and plain
//	contrary    pairs are of two different names the process uses
//	void        what an arrow drops is used somewhere, and is gone afterwards
//	reachable   every place can be reached from the first
//	dead end    a final place can be reached from every place
//	exclusive   no two automatic arrows of a place can be open at once
//	loop        no cycle of automatic arrows can run by itself
//	milestone   issuing and completed come together, and neither comes first
//	invariant   every path to them has collected I1 to I8, and I9 to I12
//	exempt      exemptions have a reason, and a need
//	approvals   their number is not negative
//	clause      clauses are told apart and name what the process has
//
// The proof is about evidence recorded and not dropped. Evidence that may be
// contradicted counts only on the arrow that needs it, so the arrow that enters
// issuing asks for it again; that is also where its age is judged.
func (p *Process) Check() error {
	c := &checker{p: p}
	c.header()
	c.places()
	c.arrows()
	c.evidence()
	c.connected()
	c.automatic()
	c.invariants()
	c.clauses()
	return errors.Join(c.faults...)
}

type checker struct {
	p      *Process
	faults []error
}

func (c *checker) fault(rule, where, format string, args ...any) {
	c.faults = append(c.faults, &Fault{c.p.Name, rule, where, fmt.Sprintf(format, args...)})
}

// isName reports whether s can be stored, put in an address and drawn.
func isName[T ~string](s T) bool {
	return s != "" && utf8.ValidString(string(s)) &&
		!strings.ContainsFunc(string(s), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

func isText(s string) bool { return strings.TrimSpace(s) != "" && utf8.ValidString(s) }

func (c *checker) header() {
	if !isName(c.p.Name) {
		c.fault("header", "name", "is empty or not one word")
	}
	for _, field := range [...]struct{ name, text string }{
		{"version", c.p.Version}, {"title", c.p.Title}, {"source", c.p.Source},
	} {
		if !isText(field.text) {
			c.fault("header", field.name, "is empty")
		}
	}
	if c.p.Approvals < 0 {
		c.fault("approvals", "approvals", "is %d", c.p.Approvals)
	}
}

func (c *checker) places() {
	if len(c.p.Places) == 0 {
		c.fault("place", "places", "there is none")
	}
	seen := map[State]bool{}
	for _, place := range c.p.Places {
		where := string(place.State)
		switch {
		case !isName(place.State):
			c.fault("place", where, "is not one word")
		case seen[place.State]:
			c.fault("place", where, "is declared twice")
		case !isText(place.Title):
			c.fault("place", where, "has no title")
		}
		seen[place.State] = true
		if place.final() {
			continue
		}
		if place.Owner == "" {
			c.fault("owner", where, "nobody must act, yet there is a deadline")
		}
		late := func(s Step) bool {
			return s.From == place.State && s.On == place.Late && s.By == System && len(s.Needs) == 0
		}
		switch {
		case place.Within <= 0 || place.Late == "":
			c.fault("deadline", where, "has none")
		case slices.Contains(c.p.Workdays, place.Owner) && place.Within%(24*time.Hour) != 0:
			c.fault("deadline", where, "%v is no number of days, and %s acts on working days", place.Within, place.Owner)
		case !slices.ContainsFunc(c.p.Steps, late):
			c.fault("deadline", where, "no system arrow without needs answers to %s", place.Late)
		}
	}
}

func (c *checker) arrows() {
	type key struct {
		State
		Event
		Role
	}
	seen := map[key]bool{}
	c.effects("start", c.p.Start)
	for _, s := range c.p.Steps {
		where := s.String()
		if !isName(s.On) || !isName(s.By) {
			c.fault("arrow", where, "event or role is not one word")
		}
		for _, at := range []State{s.From, s.To} {
			if _, ok := c.p.Place(at); !ok {
				c.fault("arrow", where, "%q is not declared", at)
			}
		}
		if c.p.Final(s.From) {
			c.fault("final", where, "leaves a final place")
		}
		k := key{s.From, s.On, s.By}
		if seen[k] {
			c.fault("ambiguous", where, "is not the only arrow of %s for %s", s.On, s.By)
		}
		seen[k] = true
		c.effects(where, s.Do)
	}
}

func (c *checker) effects(where string, effects []Effect) {
	for _, e := range effects {
		if !isName(e) {
			c.fault("effect", where, "%q is not one word", e)
		}
	}
	once(c, where, effects)
}

// once reports what a list names twice.
func once[T ~string](c *checker, where string, list []T) {
	seen := map[T]bool{}
	for _, name := range list {
		if seen[name] {
			c.fault("duplicate", where, "%s is named twice", name)
		}
		seen[name] = true
	}
}

// evidence checks Any, Contrary, and what arrows need and drop.
func (c *checker) evidence() {
	known := map[Evidence]bool{}
	for _, head := range slices.Sorted(maps.Keys(c.p.Any)) {
		alternatives := c.p.Any[head]
		known[head] = true
		if len(alternatives) == 0 || !isName(head) {
			c.fault("any", string(head), "has no alternatives, or is not one word")
		}
		once(c, string(head), alternatives)
		for _, e := range alternatives {
			known[e] = true
			if _, nested := c.p.Any[e]; nested || !isName(e) {
				c.fault("any", string(head), "%q is not plain evidence", e)
			}
		}
	}
	for _, s := range c.p.Steps {
		once(c, s.String(), s.Needs)
		for _, e := range s.Needs {
			known[e] = true
			if !isName(e) {
				c.fault("arrow", s.String(), "needs %q, which is not one word", e)
			}
		}
	}
	pairs := map[[2]Evidence]bool{}
	for _, pair := range c.p.Contrary {
		a, b := pair[0], pair[1]
		where := fmt.Sprintf("%s and %s", a, b)
		if a == b || !known[a] || !known[b] {
			c.fault("contrary", where, "are not two names the process uses")
		}
		if pairs[pair] || pairs[[2]Evidence{b, a}] {
			c.fault("duplicate", where, "are paired twice")
		}
		pairs[pair] = true
	}
	for _, s := range c.p.Steps {
		once(c, s.String(), s.Void)
		for _, e := range s.Void {
			if !known[e] {
				c.fault("void", s.String(), "drops %s, which nothing uses", e)
			}
			for _, still := range c.p.Any[e] {
				if !slices.Contains(s.Void, still) {
					c.fault("void", s.String(), "drops %s and leaves it held by %s", e, still)
				}
			}
		}
	}
}

// connected checks that every place has a way in and a way out.
func (c *checker) connected() {
	if len(c.p.Places) == 0 {
		return
	}
	forward, backward := map[State][]State{}, map[State][]State{}
	for _, s := range c.p.Steps {
		forward[s.From] = append(forward[s.From], s.To)
		backward[s.To] = append(backward[s.To], s.From)
	}
	var finals []State
	for _, place := range c.p.Places {
		if place.final() {
			finals = append(finals, place.State)
		}
	}
	entered, left := closure(forward, c.p.Initial()), closure(backward, finals...)
	for _, place := range c.p.Places {
		if !entered[place.State] {
			c.fault("reachable", string(place.State), "no path leads here from %s", c.p.Initial())
		}
		if !left[place.State] {
			c.fault("dead end", string(place.State), "no path leads from here to a final place")
		}
	}
}

// closure returns what can be reached from the given states, themselves
// included.
func closure(next map[State][]State, from ...State) map[State]bool {
	seen := map[State]bool{}
	for queue := from; len(queue) > 0; {
		at := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if !seen[at] {
			seen[at] = true
			queue = append(queue, next[at]...)
		}
	}
	return seen
}
