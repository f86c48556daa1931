package workflow

import (
	"maps"
	"slices"
	"strings"
)

// automatic checks that the engine never has a choice and always comes to rest.
func (c *checker) automatic() {
	var free []Step // automatic arrows that may fire again on the same evidence
	for i, a := range c.p.Steps {
		if !a.Automatic() {
			continue
		}
		if !c.p.spends(a) {
			free = append(free, a)
		}
		for _, b := range c.p.Steps[i+1:] {
			if b.Automatic() && a.From == b.From && a.On != b.On && !c.p.exclusive(a, b) {
				c.fault("exclusive", string(a.From), "%s and %s may be open at once", a.On, b.On)
			}
		}
	}
	next := map[State][]State{}
	for _, s := range free {
		next[s.From] = append(next[s.From], s.To)
	}
	cycle := map[string]bool{}
	for _, s := range free {
		if closure(next, s.To)[s.From] {
			cycle[string(s.From)] = true
		}
	}
	if len(cycle) > 0 {
		c.fault("loop", strings.Join(slices.Sorted(maps.Keys(cycle)), ", "), "automatic arrows go round, and none drops what it needs")
	}
}

// spends reports whether taking an arrow drops something it needs, in every
// form in which it could be held.
func (p *Process) spends(s Step) bool {
	return slices.ContainsFunc(s.Needs, func(need Evidence) bool {
		return !slices.ContainsFunc(p.forms(need), func(e Evidence) bool { return !slices.Contains(s.Void, e) })
	})
}

// exclusive reports whether two arrows can never be open at once: a need of
// the one and a need of the other are contrary in every form.
func (p *Process) exclusive(a, b Step) bool {
	for _, x := range a.Needs {
		for _, y := range b.Needs {
			if p.opposed(x, y) {
				return true
			}
		}
	}
	return false
}

func (p *Process) opposed(x, y Evidence) bool {
	for _, e := range p.forms(x) {
		for _, f := range p.forms(y) {
			if !slices.Contains(p.Contrary, [2]Evidence{e, f}) && !slices.Contains(p.Contrary, [2]Evidence{f, e}) {
				return false
			}
		}
	}
	return true
}

// forms lists the records by which evidence may be held.
func (p *Process) forms(e Evidence) []Evidence { return append([]Evidence{e}, p.Any[e]...) }

// invariants checks that nobody enters issuing or completed without what the
// invariants demand, and that exemptions are real.
func (c *checker) invariants() {
	_, issues := c.p.Place(Issuing)
	_, completes := c.p.Place(Completed)
	if issues != completes {
		c.fault("milestone", "issuing, completed", "a process has both, or neither")
	}
	if first := c.p.Initial(); first == Issuing || first == Completed {
		c.fault("milestone", string(first), "is the first place")
		return
	}
	held := c.p.guaranteed()
	for i := I1; i <= I12; i++ {
		reason, exempt := c.p.Exempt[i]
		var entries, lacking []string
		for _, s := range c.p.Steps {
			before, reached := held[s.From]
			if s.To != i.Before() || s.From == s.To || !reached {
				continue
			}
			entries = append(entries, s.String())
			if !c.p.after(before, s)[i.Evidence()] {
				lacking = append(lacking, s.String())
			}
		}
		switch {
		case exempt && !isText(reason):
			c.fault("exempt", i.String(), "no reason is given")
		case exempt && len(entries) > 0 && len(lacking) == 0:
			c.fault("exempt", i.String(), "%s is collected, so there is nothing to exempt", i.Evidence())
		case exempt && !issues && !completes:
			c.fault("exempt", i.String(), "the process issues nothing, so there is nothing to exempt")
		case !exempt:
			for _, arrow := range lacking {
				c.fault("invariant", arrow, "%s is not certain: %s", i, i.Evidence())
			}
		}
	}
	for _, i := range slices.Sorted(maps.Keys(c.p.Exempt)) {
		if !i.known() {
			c.fault("exempt", i.String(), "there is no such invariant")
		}
	}
}

// evidenceSet is what is held for certain. If it has an alternative of an Any
// name, it has that name as well.
type evidenceSet map[Evidence]bool

// guaranteed computes for every reachable state the evidence that a request
// holds there whatever path it took: the greatest solution of "the meet of
// what its arrows bring", found by letting the sets shrink until none does.
func (p *Process) guaranteed() map[State]evidenceSet {
	held := map[State]evidenceSet{p.Initial(): {}}
	for changed := true; changed; {
		changed = false
		for _, s := range p.Steps {
			from, reached := held[s.From]
			if !reached {
				continue
			}
			brought := p.after(from, s)
			old, seen := held[s.To]
			if !seen {
				held[s.To], changed = brought, true
				continue
			}
			n := len(old)
			maps.DeleteFunc(old, func(e Evidence, _ bool) bool { return !brought[e] })
			changed = changed || len(old) < n
		}
	}
	return held
}

// after returns what is certain once an arrow is taken. What was certain when
// the request came to From may have gone while it waited, if something contrary
// to it could be recorded; what the arrow needs is there; what it drops is not.
func (p *Process) after(from evidenceSet, s Step) evidenceSet {
	held := evidenceSet{}
	for e := range from {
		if !p.volatile(e) {
			held[e] = true
		}
	}
	for _, e := range s.Needs {
		held[e] = true
	}
	p.close(held)
	for _, e := range s.Void {
		delete(held, e)
	}
	for head, alternatives := range p.Any {
		if slices.ContainsFunc(alternatives, func(e Evidence) bool { return slices.Contains(s.Void, e) }) {
			delete(held, head) // what held it may be what was dropped
		}
	}
	p.close(held)
	return held
}

// close adds every Any name of which an alternative is in the set.
func (p *Process) close(held evidenceSet) {
	for head, alternatives := range p.Any {
		if slices.ContainsFunc(alternatives, func(e Evidence) bool { return held[e] }) {
			held[head] = true
		}
	}
}

// volatile reports whether recording something else can take this evidence
// away.
func (p *Process) volatile(e Evidence) bool {
	return slices.ContainsFunc(p.forms(e), func(form Evidence) bool {
		return slices.ContainsFunc(p.Contrary, func(pair [2]Evidence) bool { return pair[0] == form || pair[1] == form })
	})
}
