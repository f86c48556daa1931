package ra

import (
	"slices"

	"github.com/surguch/surguch/workflow"
)

// Choices are the steps that somebody may take where a request rests, whatever
// evidence they still lack: those of his role, for a representative those of
// the applicant, and of them those that his partner was given the right to.
func (a *Authority) Choices(p *workflow.Process, r *Request, by Actor) []workflow.Step {
	if a.represents(r, ask{What: "Fire", By: by}) != nil || by.ofPartner() && !a.sees(by, r) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(p.Open(r.State, by.as(p))), func(s workflow.Step) bool {
		return a.delegated(by, ask{What: "Fire", By: by, With: s.On}) != nil
	})
}
