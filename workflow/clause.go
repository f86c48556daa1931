package workflow

import "slices"

// A Clause is one sentence of what Process.Source names, such as an item of an
// authority's regulations, and what carries it out. All of it together does;
// each of several arrows is one of the ways the sentence speaks of. An effect
// that one of its arrows orders is a part of it if that arrow ordered it, and
// evidence and documents are, if In names places, where the request is in one
// of them. The engine writes the ID of a clause beside every entry of a journal
// that is a part of it, so that a journal can be read against the regulations,
// and regulations against journals.
type Clause struct {
	ID       string     `json:"id"`                 // as the source counts: S2.7.1a is a part of item 7.1 of seed 002
	In       []State    `json:"in,omitempty"`       // places that the sentence is about; none: all
	Begins   bool       `json:"begins,omitempty"`   // the request comes into being
	Arrows   []Arrow    `json:"arrows,omitempty"`   // taken
	Evidence []Evidence `json:"evidence,omitempty"` // recorded
	Effects  []Effect   `json:"effects,omitempty"`  // done
	Exhibits []string   `json:"exhibits,omitempty"` // kinds of documents that join the dossier
	Fields   []string   `json:"fields,omitempty"`   // of the form, by their JSON names, filled in together
	Quality  []string   `json:"quality,omitempty"`  // what a reviewer looks at
}

// An Arrow names a step of a process: no two have the same three.
type Arrow struct {
	From State `json:"from"`
	On   Event `json:"on"`
	By   Role  `json:"by"`
}

// Arrow names the step.
func (s Step) Arrow() Arrow { return Arrow{s.From, s.On, s.By} }

// orders reports whether one of the clause's arrows orders an effect.
func (p *Process) orders(c *Clause, e Effect) bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return slices.Contains(c.Arrows, s.Arrow()) && slices.Contains(s.Do, e) })
}

// Carries reports whether an effect that an arrow ordered is a part of a clause
// of the process. The zero Arrow is none: the beginning of a request, or time.
func (p *Process) Carries(c *Clause, e Effect, by Arrow) bool {
	return slices.Contains(c.Effects, e) && (slices.Contains(c.Arrows, by) || !p.orders(c, e))
}

// empty reports whether nothing carries the clause out.
func (c *Clause) empty() bool {
	return !c.Begins && len(c.Arrows)+len(c.Evidence)+len(c.Effects)+len(c.Exhibits)+len(c.Fields)+len(c.Quality) == 0
}

// clauses checks that they speak of what the process has.
func (c *checker) clauses() {
	known, ordered := c.p.named(), map[Effect]bool{}
	arrows := map[Arrow]bool{}
	for _, e := range c.p.Start {
		ordered[e] = true
	}
	for _, s := range c.p.Steps {
		arrows[s.Arrow()] = true
		for _, e := range s.Do {
			ordered[e] = true
		}
	}
	seen := map[string]bool{}
	for _, clause := range c.p.Clauses {
		where := "clause " + clause.ID
		if !isName(clause.ID) || seen[clause.ID] || clause.empty() {
			c.fault("clause", where, "is there twice, not one word, or nothing carries it out")
		}
		seen[clause.ID] = true
		for _, a := range clause.Arrows {
			if !arrows[a] {
				c.fault("clause", where, "there is no arrow %s --%s(%s)-->", a.From, a.On, a.By)
			}
		}
		for _, e := range clause.Evidence {
			if !known[e] {
				c.fault("clause", where, "no arrow needs %s", e)
			}
		}
		for _, e := range clause.Effects {
			if !ordered[e] {
				c.fault("clause", where, "no arrow orders %s", e)
			}
		}
		for _, list := range [][]string{clause.Exhibits, clause.Fields, clause.Quality} {
			if slices.ContainsFunc(list, func(name string) bool { return !isName(name) }) {
				c.fault("clause", where, "%q are not words", list)
			}
		}
		for _, at := range clause.In {
			if _, ok := c.p.Place(at); !ok {
				c.fault("clause", where, "%q is not declared", at)
			}
		}
		once(c, where, clause.Evidence)
		once(c, where, clause.Effects)
	}
}
