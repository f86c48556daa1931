package ra

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// Representative is a person who acts for the applicant by a power of
// attorney. He does what the applicant may do and is recorded as himself: he
// fills the form in, attaches, submits, makes keys at his workplace, receives.
// What only the owner's own signature proves he cannot do for him: sign the
// application electronically, or acknowledge the certificate by another key
// than its own. Before his power is confirmed he prepares the request only:
// begins it, fills it in and attaches.
type Representative struct {
	ID      string    `json:"id"`              // of the actor
	Exhibit string    `json:"exhibit"`         // hash of the power: its XML, or its scan
	Until   time.Time `json:"until,omitzero"`  // he represents nobody afterwards; zero: it does not say
	Ended   bool      `json:"ended,omitempty"` // he does not represent the applicant any more
}

// Represents reports whether somebody represents the applicant at the time
// given.
func (r *Request) Represents(actor string, at time.Time) bool {
	return slices.ContainsFunc(r.Representatives, func(x Representative) bool {
		return x.ID == actor && (x.Until.IsZero() || at.Before(x.Until))
	})
}

// represented makes a representative the one of his ID, or none.
func (r *Request) represented(x *Representative) {
	r.Representatives = slices.DeleteFunc(slices.Clone(r.Representatives), func(o Representative) bool { return o.ID == x.ID })
	if !x.Ended {
		r.Representatives = append(r.Representatives, *x)
	}
}

// AdmitRepresentative records that somebody of an office has seen a power of
// attorney on paper, whose scan is in the dossier (power_of_attorney_scan), and
// the passport of the person it empowers: who logs in as actor represents the
// applicant until the time given. The note says what was seen and is required.
func (a *Authority) AdmitRepresentative(ctx context.Context, id ID, by Actor, actor string, until time.Time, note string) (*Request, error) {
	if note == "" || actor == "" {
		return nil, fmt.Errorf("ra: request %s: a representative needs an actor and a note that says what he showed", id)
	}
	return a.step(ctx, ask{"AdmitRepresentative", id, by, []any{actor, until, note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		scan, ok := r.Exhibit(string(PowerScan))
		if !ok || !slices.Contains(identifiers, by.Role) || actor == by.ID || p.Final(r.State) || !until.After(a.cfg.Clock.Now()) {
			return nil, &DeniedError{id, by.Role, "admit a representative"}
		}
		x := &Representative{ID: actor, Exhibit: scan.Hash, Until: until.UTC().Truncate(time.Millisecond)}
		return &move{by: by, write: []Entry{{Kind: Represented, Representative: x, Note: note}}}, nil
	})
}

// DismissRepresentative ends that somebody represents the applicant: he
// revoked the power, or an office has learned of it. The note says why.
func (a *Authority) DismissRepresentative(ctx context.Context, id ID, by Actor, actor, note string) (*Request, error) {
	return a.step(ctx, ask{"DismissRepresentative", id, by, []string{actor, note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		may := slices.Contains(identifiers, by.Role) || by.Role == workflow.Applicant && a.sees(by, r) || by.ID == actor
		i := slices.IndexFunc(r.Representatives, func(x Representative) bool { return x.ID == actor })
		switch {
		case !may || p.Final(r.State):
			return nil, &DeniedError{id, by.Role, "dismiss a representative"}
		case i < 0:
			return nil, fmt.Errorf("%w: request %s has no such representative", ErrNotFound, id)
		}
		x := r.Representatives[i]
		x.Ended = true
		return &move{by: by, write: []Entry{{Kind: Represented, Representative: &x, Note: note}}}, nil
	})
}

// prepares are the commands that a representative may give before his power is
// confirmed, by the names of their methods.
var prepares = []string{"Fill", "Attach", "ConfirmPower", "DismissRepresentative"}

// represents refuses a command of a representative that he is not empowered
// to.
func (a *Authority) represents(r *Request, q ask) error {
	if q.By.Role != workflow.ApplicantRep || r.Represents(q.By.ID, a.cfg.Clock.Now()) {
		return nil
	}
	if slices.Contains(r.Authors, q.By.ID) && slices.Contains(prepares, q.What) {
		return nil
	}
	return &DeniedError{q.ID, q.By.Role, q.What + " without a power of attorney"}
}

// as is the role in which an actor goes along the arrows of a process: a
// representative as the applicant, unless the process has arrows of his own.
func (by Actor) as(p *workflow.Process) workflow.Role {
	own := func(s workflow.Step) bool { return s.By == workflow.ApplicantRep }
	if by.Role == workflow.ApplicantRep && !slices.ContainsFunc(p.Steps, own) {
		return workflow.Applicant
	}
	return by.Role
}
