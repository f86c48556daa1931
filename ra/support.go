package ra

import (
	"context"

	"github.com/surguch/surguch/workflow"
)

// LinkSupport says which case at the help desk is about a request: a
// suggestion, a remark, a request or a question there (seed 003, the page's
// form of technical support). "" takes it back. Whoever may know of the request
// may say so at any time, also when it has ended; nothing that was built on the
// form falls, and nobody becomes an author by it. A *FormError says what is
// wrong with the number.
func (a *Authority) LinkSupport(ctx context.Context, id ID, by Actor, number string) (*Request, error) {
	if fault := textFault("support", number, false); fault != nil {
		return nil, &FormError{[]Fault{*fault}}
	}
	return a.step(ctx, ask{"LinkSupport", id, by, number}, func(_ context.Context, _ *workflow.Process, r *Request) (*move, error) {
		if r.Erased || by.Role == workflow.System || !a.sees(by, r) {
			return nil, &DeniedError{id, by.Role, "link a support request"}
		}
		if r.Form.Support == number {
			return &move{by: by}, nil
		}
		return &move{by: by, write: []Entry{{Kind: SupportLinked, Support: &number}}}, nil
	})
}
