package ra

import (
	"context"

	"github.com/surguch/surguch/workflow"
)

// Assign gives a request to one of those who may act on it where it rests, so
// that two do not work on it at once; "" takes it back. Whoever owns the place
// may assign, and an operator. It binds nobody: a list of one's own work is a
// [Query] by Assignee. When the request goes to another place it is nobody's
// again.
func (a *Authority) Assign(ctx context.Context, id ID, by Actor, to string) (*Request, error) {
	return a.step(ctx, ask{"Assign", id, by, to}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		place, _ := p.Place(r.State)
		if p.Final(r.State) || by.Role == workflow.System || by.Role != place.Owner && by.Role != workflow.CAOperator {
			return nil, &DeniedError{id, by.Role, "assign"}
		}
		if r.Assignee == to {
			return &move{by: by}, nil
		}
		return &move{by: by, write: []Entry{{Kind: Assigned, Assignee: to}}}, nil
	})
}
