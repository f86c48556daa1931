package crashtest

import (
	"context"
	"fmt"
	"net/rpc"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
)

// remote is the world as the child sees it: everything that an authority
// calls. After each answer the child may have to die.
type remote struct {
	*rpc.Client
	answered func()
}

// call is over when the answer has come or the context has ended. Then an
// answer may still come, which is why nobody shares it.
func call[Q, A any](ctx context.Context, r *remote, method string, question Q) (A, error) {
	var none A
	answer := new(A)
	c := r.Go("World."+method, question, answer, make(chan *rpc.Call, 1))
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case <-c.Done:
	}
	if c.Error != nil {
		return none, fmt.Errorf("the world: %s: %w", method, c.Error)
	}
	if r.answered != nil {
		r.answered()
	}
	return *answer, nil
}

type remoteCA struct{ *remote }

func (c remoteCA) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	return call[Order, ra.Outcome](ctx, c.remote, "Submit", Order{Key: key, Request: o.Request.Raw, Identification: o.Identification})
}

func (c remoteCA) Find(ctx context.Context, key string) (ra.Outcome, error) {
	return call[Order, ra.Outcome](ctx, c.remote, "Find", Order{Key: key})
}

func (c remoteCA) Answer(ctx context.Context, key string, _ ra.Answer) (ra.Outcome, error) {
	return c.Find(ctx, key)
}

func (c remoteCA) Revoke(ctx context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	return call[Order, ra.Outcome](ctx, c.remote, "Revoke", Order{Key: key, Revocation: r})
}

type remoteRegisters struct{ *remote }

func (c remoteRegisters) Ask(ctx context.Context, q smev.Inquiry) (string, error) {
	return call[smev.Inquiry, string](ctx, c.remote, "Ask", q)
}

func (c remoteRegisters) Answer(ctx context.Context, id string) (*smev.Answer, error) {
	a, err := call[string, smev.Answer](ctx, c.remote, "Answer", id)
	return &a, err
}

func (r *remote) Notify(ctx context.Context, n ra.Notice) error {
	_, err := call[ra.Notice, bool](ctx, r, "Notify", n)
	return err
}

type remotePhones struct{ *remote }

func (c remotePhones) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	return call[ra.SignRequest, ra.OperationID](ctx, c.remote, "Sign", r)
}

func (c remotePhones) Status(ctx context.Context, id ra.OperationID) (ra.Operation, error) {
	return call[ra.OperationID, ra.Operation](ctx, c.remote, "Status", id)
}

func (c remotePhones) Cancel(context.Context, ra.OperationID) error { return nil }

// printer prints a line that names what it was printed from.
type printer struct{}

func (printer) Print(_ context.Context, d ra.Document) ([]byte, error) {
	return fmt.Appendf(nil, "%s of %s: %x %x", d.Kind, d.Request.ID, d.PKCS10, d.Certificate), nil
}
