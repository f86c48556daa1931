package ra

import (
	"slices"

	"github.com/surguch/surguch/workflow"
)

// reach are the partners whose requests an actor of a partner may know of.
func (a *Authority) reach(by Actor) []string {
	switch {
	case a.cfg.Partners == nil:
		return []string{by.Partner}
	case by.Role == workflow.ServiceCentre:
		return a.cfg.Partners.Beneath(by.Partner)
	}
	return slices.DeleteFunc(a.cfg.Partners.Beneath(by.Partner), func(name string) bool { return name != by.Partner })
}

// sees reports whether the actor may know of a request: people of the
// authority and of the tax office of all of them, partners of those within
// their reach, applicants of the one they were let in to, or of those they
// began or filled in.
func (a *Authority) sees(by Actor, r *Request) bool {
	switch {
	case by.Request != "":
		return by.Request == r.ID
	case by.ofPartner():
		return slices.Contains(a.reach(by), r.Partner)
	case by.Role == workflow.Applicant || by.Role == workflow.ApplicantRep:
		return slices.Contains(r.Authors, by.ID) || by.Role == workflow.ApplicantRep && r.Represents(by.ID, a.cfg.Clock.Now())
	}
	return by.Role != ""
}

// administers reports whether the actor lets others in to a request.
func (a *Authority) administers(by Actor, r *Request) bool {
	return (by.Role == workflow.CAOperator || by.ofPartner()) && a.sees(by, r)
}
