package ra

import (
	"context"
	"fmt"

	"github.com/surguch/surguch/workflow"
)

// Erase ends a case for ever, when the time it must be kept is over: its key,
// form, journal and documents are destroyed and it is found by its ID alone.
// What remains is that there was a request, its states and the skeleton of its
// journal in the audit trail, whose proofs stay valid. The request must have
// come to its end, the actor be an operator with a second factor; the note says
// on what grounds and is kept, so it names nobody.
func (a *Authority) Erase(ctx context.Context, id ID, by Actor, note string) error {
	switch {
	case by.Role != workflow.CAOperator:
		return &DeniedError{id, by.Role, "erase"}
	case !by.SecondFactor:
		return &SecondFactorError{id, "erase"}
	case note == "":
		return fmt.Errorf("ra: request %s: erasing needs a note that says on what grounds", id)
	}
	_, err := a.step(ctx, ask{"Erase", id, by, note}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if !p.Final(r.State) {
			return nil, &DeniedError{id, by.Role, "erasing a request that is under way"}
		}
		if r.Erased {
			return nil, fmt.Errorf("%w: request %s is erased", ErrNotFound, id)
		}
		m := &move{by: by, erase: true, write: []Entry{{Kind: Erased, Note: note}}}
		for _, e := range r.Exhibits {
			m.forget = append(m.forget, e.Blob)
		}
		return m, nil
	})
	if err == nil {
		a.keys.forget(id)
		a.read.forget(id)
	}
	return err
}

// erased is what is left of a request.
func (r *Request) erased() *Request {
	return &Request{
		ID: r.ID, Version: r.Version, State: r.State, Process: r.Process, ProcessHash: r.ProcessHash,
		Created: r.Created, Updated: r.Updated, Erased: true,
	}
}
