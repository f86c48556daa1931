package client

import (
	"context"
	"errors"

	"github.com/surguch/surguch/smev"
)

// Answer implements smev.Verifier. It takes from the queues first, unless Run
// does, or they were found empty less than a second ago. Its errors, beside those named there: *TransportError, *FaultError,
// *SignatureError and *FileError while the queue is read. Of several answers
// to one inquiry the first that came and fits it counts.
func (c *Client) Answer(ctx context.Context, id string) (*smev.Answer, error) {
	sent, err := c.cfg.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, smev.ErrUnknown
	}
	if err != nil {
		return nil, storeError(err)
	}
	a, err := c.kept(ctx, sent)
	if a != nil || !open(err) {
		return a, err
	}
	if c.running.Load() == 0 {
		failure := c.look(ctx)
		// The message may be kept though its acknowledgement failed; it will
		// come again and be acknowledged then.
		a, err = c.kept(ctx, sent)
		if a != nil || !open(err) {
			return a, err
		}
		if failure != nil {
			return nil, failure
		}
	}
	if sent.State != Accepted && errors.Is(err, smev.ErrPending) {
		return nil, smev.ErrUnknown
	}
	return nil, err
}

// kept returns the answer among the messages kept for an inquiry, or
// ErrPending, or the mismatch if there are only answers that do not fit.
func (c *Client) kept(ctx context.Context, sent Sent) (*smev.Answer, error) {
	messages, err := c.cfg.Store.Answers(ctx, sent.MessageID)
	if err != nil {
		return nil, storeError(err)
	}
	var doubtful *smev.Answer // of somebody whom nobody trusts
	none := smev.ErrPending
	for _, r := range messages {
		if r.Distrust != "" {
			continue
		}
		a, err := c.interpret(sent, r)
		var mismatch *smev.MismatchError
		switch {
		case a != nil && a.Reason == reasonUnsigned:
			doubtful = a
		case a != nil:
			return a, nil
		case errors.As(err, &mismatch) && errors.Is(none, smev.ErrPending):
			none = err
		case err != nil && mismatch == nil:
			return nil, err
		}
	}
	if doubtful != nil && errors.Is(none, smev.ErrPending) {
		return doubtful, nil
	}
	return nil, none
}

// open reports whether a result of kept leaves the answer open, so that the
// queue is worth reading.
func open(err error) bool {
	var mismatch *smev.MismatchError
	return errors.Is(err, smev.ErrPending) || errors.As(err, &mismatch)
}
