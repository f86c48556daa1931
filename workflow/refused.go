package workflow

import "fmt"

// A Reason says why an event was refused.
type Reason string

const (
	UnknownState    Reason = "unknown_state"    // the process has no such place
	EventNotOpen    Reason = "event_not_open"   // nobody can fire the event here
	RoleNotAllowed  Reason = "role_not_allowed" // others can, this role cannot
	EvidenceMissing Reason = "evidence_missing" // the role can, once the evidence is there
)

// RefusedError is the answer to an event that opens no arrow. It carries what
// the caller needs to tell the person what to do next.
type RefusedError struct {
	Process string
	State   State
	Event   Event
	Role    Role
	Reason  Reason
	Missing []Evidence // with EvidenceMissing: what is not held, or stale
	Allowed []Role     // with RoleNotAllowed: who could fire the event
}

func (e *RefusedError) Error() string {
	switch e.Reason {
	case UnknownState:
		return fmt.Sprintf("workflow: %s: no state %q", e.Process, e.State)
	case RoleNotAllowed:
		return fmt.Sprintf("workflow: %s: %s in %s is for %v, not for %s", e.Process, e.Event, e.State, e.Allowed, e.Role)
	case EvidenceMissing:
		return fmt.Sprintf("workflow: %s: %s in %s needs %v", e.Process, e.Event, e.State, e.Missing)
	default:
		return fmt.Sprintf("workflow: %s: %s is not open in %s", e.Process, e.Event, e.State)
	}
}
