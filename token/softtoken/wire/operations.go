package wire

import (
	"context"

	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/softtoken"
)

// which picks one of the operations of a session.
type which func(*work) *operation

func digesting(w *work) *operation { return &w.digest }
func signing(w *work) *operation   { return &w.sign }
func verifying(w *work) *operation { return &w.verify }

// begin begins an operation, if none of its kind is active.
func (c *client) begin(s cryptoki.Session, kind which, start func() (*softtoken.Operation, error)) error {
	w, err := c.work(s)
	if err != nil {
		return err
	}
	o := kind(w)
	if o.op != nil {
		return cryptoki.OperationActive
	}
	op, err := start()
	if err == nil {
		*o = operation{op: op}
	}
	return err
}

// active returns an operation that has begun.
func (c *client) active(s cryptoki.Session, kind which) (*operation, error) {
	w, err := c.work(s)
	if err != nil {
		return nil, err
	}
	o := kind(w)
	if o.op == nil {
		return nil, cryptoki.OperationNotInitialized
	}
	return o, nil
}

// update adds data to an operation.
func (c *client) update(r *reader, kind which) error {
	s, data := r.session(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	o, err := c.active(s, kind)
	if err != nil {
		return err
	}
	o.inParts = true
	o.op.Write(data)
	return nil
}

// finish ends an operation that gives octets, with data that it takes at once
// or, if that is nil, what it has. To ask for the size of the result, or to
// have too small a buffer, does not end it.
func (c *client) finish(s cryptoki.Session, kind which, data []byte, whole bool, size uint64, a *answer, result func(*softtoken.Operation) ([]byte, error)) error {
	o, err := c.active(s, kind)
	if err != nil {
		return err
	}
	if whole && o.inParts {
		o.op = nil
		return cryptoki.OperationActive
	}
	if need := uint64(o.op.Size()); size == none || size < need {
		a.number(need)
		a.octets(nil)
		if size == none {
			return nil
		}
		return cryptoki.BufferTooSmall
	}
	op := o.op
	o.op = nil
	op.Write(data)
	out, err := result(op)
	if err != nil {
		return err
	}
	return a.buffer(size, out, 1)
}

func digestInit(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, m := r.session(), r.mechanism()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.begin(s, digesting, func() (*softtoken.Operation, error) { return c.app.DigestInit(ctx, s, m) })
}

func digest(ctx context.Context, c *client, r *reader, a *answer) error {
	s, data, size := r.session(), r.octets(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.finish(s, digesting, data, true, size, a, func(op *softtoken.Operation) ([]byte, error) { return op.Digest(ctx) })
}

func digestUpdate(_ context.Context, c *client, r *reader, _ *answer) error {
	return c.update(r, digesting)
}

func digestFinal(ctx context.Context, c *client, r *reader, a *answer) error {
	s, size := r.session(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.finish(s, digesting, nil, false, size, a, func(op *softtoken.Operation) ([]byte, error) { return op.Digest(ctx) })
}

func signInit(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, m, key := r.session(), r.mechanism(), r.object()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.begin(s, signing, func() (*softtoken.Operation, error) { return c.app.SignInit(ctx, s, m, key) })
}

func sign(ctx context.Context, c *client, r *reader, a *answer) error {
	s, data, size := r.session(), r.octets(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.finish(s, signing, data, true, size, a, func(op *softtoken.Operation) ([]byte, error) { return op.Sign(ctx) })
}

func signUpdate(_ context.Context, c *client, r *reader, _ *answer) error {
	return c.update(r, signing)
}

func signFinal(ctx context.Context, c *client, r *reader, a *answer) error {
	s, size := r.session(), r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.finish(s, signing, nil, false, size, a, func(op *softtoken.Operation) ([]byte, error) { return op.Sign(ctx) })
}

func verifyInit(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, m, key := r.session(), r.mechanism(), r.object()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.begin(s, verifying, func() (*softtoken.Operation, error) { return c.app.VerifyInit(ctx, s, m, key) })
}

func verify(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, data, sig := r.session(), r.octets(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.judge(ctx, s, data, true, sig)
}

func verifyUpdate(_ context.Context, c *client, r *reader, _ *answer) error {
	return c.update(r, verifying)
}

func verifyFinal(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, sig := r.session(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.judge(ctx, s, nil, false, sig)
}

// judge ends a verification.
func (c *client) judge(ctx context.Context, s cryptoki.Session, data []byte, whole bool, sig []byte) error {
	o, err := c.active(s, verifying)
	if err != nil {
		return err
	}
	op := o.op
	o.op = nil
	if whole && o.inParts {
		return cryptoki.OperationActive
	}
	op.Write(data)
	return op.Verify(ctx, sig)
}
