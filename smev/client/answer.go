package client

import (
	"context"
	"errors"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
)

// maxPull bounds the messages one Answer takes from the queue, so that a
// queue that never empties cannot hold its caller.
const maxPull = 256

// Answer implements smev.Verifier. Its errors, beside those named there:
// *TransportError and *FaultError while the queue is read. Of several answers
// to one inquiry the first that came and fits it counts.
func (c *Client) Answer(ctx context.Context, id string) (*smev.Answer, error) {
	sent, err := c.cfg.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, smev.ErrUnknown
	}
	if err != nil {
		return nil, storeError(err)
	}
	if a, err := c.kept(ctx, sent); a != nil || !open(err) {
		return a, err
	}
	select {
	case c.pull <- struct{}{}:
		defer func() { <-c.pull }()
	case <-ctx.Done():
		return nil, &TransportError{Operation: "GetResponse", Err: ctx.Err(), temporary: true}
	}
	for range maxPull {
		// Whoever held the queue before may have met this answer.
		a, err := c.kept(ctx, sent)
		if a != nil || !open(err) {
			return a, err
		}
		empty, failure := c.next(ctx)
		switch {
		case failure != nil:
			// The message may be kept though its acknowledgement failed; it
			// will come again and be acknowledged then.
			if a, _ := c.kept(ctx, sent); a != nil {
				return a, nil
			}
			return nil, failure
		case empty && sent.State != Accepted && errors.Is(err, smev.ErrPending):
			return nil, smev.ErrUnknown
		case empty:
			return nil, err
		}
	}
	return nil, smev.ErrPending
}

// kept returns the answer among the messages kept for an inquiry, or
// ErrPending, or the mismatch if there are only answers that do not fit.
func (c *Client) kept(ctx context.Context, sent Sent) (*smev.Answer, error) {
	messages, err := c.cfg.Store.Answers(ctx, sent.MessageID)
	if err != nil {
		return nil, storeError(err)
	}
	none := smev.ErrPending
	for _, r := range messages {
		a, err := c.interpret(sent, r)
		var mismatch *smev.MismatchError
		switch {
		case a != nil:
			return a, nil
		case errors.As(err, &mismatch) && errors.Is(none, smev.ErrPending):
			none = err
		case err != nil && mismatch == nil:
			return nil, err
		}
	}
	return nil, none
}

// open reports whether a result of kept leaves the answer open, so that the
// queue is worth reading.
func open(err error) bool {
	var mismatch *smev.MismatchError
	return errors.Is(err, smev.ErrPending) || errors.As(err, &mismatch)
}

// Strays returns the messages that answer no inquiry of the store: of another
// installation under the same mnemonic, or of a store that was lost. They have
// been acknowledged and exist nowhere else.
func (c *Client) Strays(ctx context.Context) ([]Received, error) {
	strays, err := c.cfg.Store.Strays(ctx)
	if err != nil {
		return nil, storeError(err)
	}
	return strays, nil
}

// next takes one message from the queue, keeps it, then acknowledges it. It
// reports whether the queue was empty.
func (c *Client) next(ctx context.Context) (empty bool, err error) {
	const operation = "GetResponse"
	get := soap.GetResponse{At: c.cfg.Clock.Now(), NodeID: c.cfg.Node}
	envelope, err := get.Envelope()
	if err != nil {
		return false, err
	}
	body, raw, err := c.call(ctx, operation, envelope)
	if err != nil {
		return false, err
	}
	m, err := soap.ReadResponse(body)
	if err != nil {
		return false, malformed(operation, err)
	}
	if m == nil {
		return true, nil
	}
	r := Received{
		MessageID: m.MessageID, OriginalMessageID: m.OriginalMessageID, Envelope: raw, ReceivedAt: c.cfg.Clock.Now().UTC(),
	}
	switch _, err := c.cfg.Store.Get(ctx, r.OriginalMessageID); {
	case errors.Is(err, ErrNotFound):
		r.Stray = true
	case err != nil:
		return false, storeError(err)
	}
	if err := c.cfg.Store.Keep(ctx, r); err != nil {
		return false, storeError(err)
	}
	return false, c.ack(ctx, r.MessageID)
}

// ack tells SMEV that the message is kept. A message that waits for no
// acknowledgement has had one: an earlier one whose reply was lost.
func (c *Client) ack(ctx context.Context, id string) error {
	const operation = "Ack"
	m := soap.Ack{Target: id, Accepted: true}
	envelope, err := m.Envelope()
	if err != nil {
		return err
	}
	body, _, err := c.call(ctx, operation, envelope)
	if f := asFault(err); f != nil && f.is("TargetMessageIsNotFound", "SMEV-501") {
		return nil
	}
	if err != nil {
		return err
	}
	if err := soap.ReadAckResponse(body); err != nil {
		return malformed(operation, err)
	}
	return nil
}
