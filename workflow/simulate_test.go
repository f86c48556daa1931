package workflow_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/surguch/surguch/workflow"
)

// A request follows a process as the engine makes it: recording drops what is
// contrary and lets the automatic arrows run, taking an arrow drops its Void.
type request struct {
	t    testing.TB
	p    *workflow.Process
	at   workflow.State
	held map[workflow.Evidence]bool
}

func begin(t testing.TB, p *workflow.Process) *request {
	return &request{t, p, p.Initial(), map[workflow.Evidence]bool{}}
}

func (r *request) clone() *request { return &request{r.t, r.p, r.at, maps.Clone(r.held)} }

func (r *request) have(e workflow.Evidence) bool { return r.held[e] }

func (r *request) record(e workflow.Evidence) {
	r.held[e] = true
	for _, pair := range r.p.Contrary {
		switch e {
		case pair[0]:
			delete(r.held, pair[1])
		case pair[1]:
			delete(r.held, pair[0])
		}
	}
	r.settle()
}

// settle takes automatic arrows until none is open.
func (r *request) settle() {
	r.t.Helper()
	for range len(r.p.Places) {
		s, ok := r.p.Automatic(r.at, r.have)
		if !ok {
			return
		}
		r.move(s)
	}
	r.t.Fatalf("%s: automatic arrows do not come to rest in %s", r.p.Name, r.at)
}

func (r *request) take(s workflow.Step) {
	r.move(s)
	r.settle()
}

// move takes one arrow and asserts what must hold wherever a request goes.
func (r *request) move(s workflow.Step) {
	r.t.Helper()
	if _, ok := r.p.Place(s.To); !ok {
		r.t.Fatalf("%s: %v leads to a state that is not declared", r.p.Name, s)
	}
	for i := workflow.I1; i <= workflow.I12; i++ {
		if _, exempt := r.p.Exempt[i]; !exempt && s.To == i.Before() && s.From != s.To && !r.p.Holds(i.Evidence(), r.have) {
			r.t.Fatalf("%s: %v without %v, %s", r.p.Name, s, i, i.Evidence())
		}
	}
	if r.held[workflow.CertificateMatches] && !slices.Contains(s.Do, workflow.RevokeCertificate) {
		switch {
		case s.To != workflow.Completed && r.p.Final(s.To):
			r.t.Fatalf("%s: %v ends the request and leaves its certificate in force", r.p.Name, s)
		case slices.Contains(s.Void, workflow.CertificateMatches):
			r.t.Fatalf("%s: %v forgets a certificate and leaves it in force", r.p.Name, s)
		}
	}
	r.at = s.To
	for _, e := range s.Void {
		delete(r.held, e)
	}
}

// satisfy records what an arrow needs, by the first form that will do. It
// stops when the automatic arrows carry the request away.
func (r *request) satisfy(s workflow.Step) {
	for _, e := range s.Needs {
		if r.at != s.From || r.p.Holds(e, r.have) {
			continue
		}
		if forms := r.p.Any[e]; len(forms) > 0 {
			e = forms[0]
		}
		r.record(e)
	}
}

// key identifies a configuration.
func (r *request) key() string {
	var b strings.Builder
	b.WriteString(string(r.at))
	for _, e := range slices.Sorted(maps.Keys(r.held)) {
		b.WriteByte(' ')
		b.WriteString(string(e))
	}
	return b.String()
}

// vocabulary lists the evidence, events and roles a process names.
func vocabulary(p *workflow.Process) (evidence []workflow.Evidence, events []workflow.Event, roles []workflow.Role) {
	for head, forms := range p.Any {
		evidence = append(append(evidence, head), forms...)
	}
	for _, s := range p.Steps {
		evidence = append(append(evidence, s.Needs...), s.Void...)
		events = append(events, s.On)
		roles = append(roles, s.By)
	}
	return unique(evidence), unique(events), unique(roles)
}

func unique[T ~string](list []T) []T {
	slices.Sort(list)
	return slices.Compact(list)
}
