package ra

import (
	"slices"

	"github.com/surguch/surguch/workflow"
)

// Actor is who does something, as the embedder established it, or a session
// of this package. It is recorded with everything the actor does.
type Actor struct {
	ID           string        `json:"id"`
	Role         workflow.Role `json:"role"`
	Partner      string        `json:"partner,omitempty"`      // the organisation behind an agent
	Authn        string        `json:"authn,omitempty"`        // how it was established: password, link, token …
	SecondFactor bool          `json:"secondFactor,omitempty"` // by two factors
	// Person is the SNILS of who it is, as the login showed it. A representative
	// needs it to confirm his power of attorney. It is recorded nowhere.
	Person  string `json:"-"`
	Request ID     `json:"request,omitempty"` // the only request it may touch; "": any
	Scope   Scope  `json:"scope,omitempty"`   // the only commands it may give
}

// Scope is a set of commands.
type Scope string

// The scopes.
const (
	ScopeAll      Scope = ""         // whatever the role may do
	ScopeLook     Scope = "look"     // none: the person has not shown yet who he is
	ScopeWorkshop Scope = "workshop" // what is done where the keys are made: SubmitCSR, Acknowledge, ConfirmInstalled
)

// commands are those of each scope, by the names of the methods.
var commands = map[Scope][]string{
	ScopeLook:     {},
	ScopeWorkshop: {"SubmitCSR", "Acknowledge", "ConfirmInstalled"},
}

// System is the actor of everything the authority does by itself.
func System() Actor { return Actor{ID: "system", Role: workflow.System} }

// may reports whether the actor may give a command at all.
func (by Actor) may(q ask) bool {
	if by.Request != "" && by.Request != q.ID {
		return false
	}
	return by.Scope == ScopeAll || slices.Contains(commands[by.Scope], q.What)
}

// ofPartner reports whether the actor belongs to a partner and not to the
// authority.
func (by Actor) ofPartner() bool {
	return by.Role == workflow.Agent || by.Role == workflow.ServiceCentre
}
