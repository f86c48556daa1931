package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Ask implements smev.Verifier. Its errors, beside those named there:
// *TransportError when the network or the reply failed, *FaultError when SMEV
// refused. After either the caller repeats Ask with the same inquiry.
func (c *Client) Ask(ctx context.Context, q smev.Inquiry) (string, error) {
	if q.Key == "" {
		return "", errors.New("smev/client: an inquiry needs a key")
	}
	fresh, err := c.build(q)
	if err != nil {
		return "", err
	}
	have, err := c.cfg.Store.Put(ctx, fresh, "")
	if err != nil {
		return "", storeError(err)
	}
	if have.Check != q.Check || !same(have.Subject, q.Subject) {
		return "", fmt.Errorf("smev/client: key %q belongs to an inquiry about something else", q.Key)
	}
	// Prepared, found stale, made anew, accepted: no way here is longer.
	for range 4 {
		switch have.State {
		case Accepted:
			return have.MessageID, nil
		case Prepared:
			have, err = c.try(ctx, have)
		case Refused:
			have, err = c.renew(ctx, q, have)
		}
		if err != nil {
			return "", err
		}
	}
	return "", errors.New("smev/client: SMEV calls a new message id stale: one of the two clocks is wrong")
}

// try sends s and records what became of it. A stale message comes back as
// refused, without an error.
func (c *Client) try(ctx context.Context, s Sent) (Sent, error) {
	failure := c.send(ctx, s)
	f := asFault(failure)
	switch {
	case failure == nil:
		s.State = Accepted
	case f != nil && !f.Temporary():
		s.State = Refused
	default:
		return Sent{}, failure
	}
	now, err := c.cfg.Store.Put(ctx, s, s.MessageID)
	if err != nil {
		return Sent{}, storeError(err)
	}
	if failure != nil && !f.is("StaleMessageId", "") {
		return Sent{}, failure
	}
	return now, nil
}

// renew puts a new message in the place of one that SMEV does not have and
// will not take.
func (c *Client) renew(ctx context.Context, q smev.Inquiry, old Sent) (Sent, error) {
	fresh, err := c.build(q)
	if err != nil {
		return Sent{}, err
	}
	now, err := c.cfg.Store.Put(ctx, fresh, old.MessageID)
	if err != nil {
		return Sent{}, storeError(err)
	}
	return now, nil
}

// build makes the inquiry with a new message id.
func (c *Client) build(q smev.Inquiry) (Sent, error) {
	kind, err := c.kind(q.Check, "")
	if err != nil {
		return Sent{}, err
	}
	content, err := kind.Build(q.Subject)
	if err != nil {
		return Sent{}, err
	}
	root, err := xmldsig.Parse(content)
	if err != nil || root.Name != (xmldsig.Name{Space: kind.Namespace, Local: kind.Root}) {
		return Sent{}, fmt.Errorf("smev/client: kind %s builds another document than it names", kind.Namespace)
	}
	s := Sent{
		Key: q.Key, MessageID: c.ids.New(), State: Prepared, Check: q.Check, Namespace: kind.Namespace,
		Subject: q.Subject, MadeAt: c.cfg.Clock.Now().UTC(),
	}
	// An inquiry starts a chain of messages, so it is its own reference. The
	// schema asks for a transaction code; no transaction was agreed with SMEV,
	// so it is empty.
	m := soap.SendRequest{
		MessageID: s.MessageID, ReferenceMessageID: s.MessageID, NodeID: c.cfg.Node, Content: content, Test: c.cfg.Test,
	}
	if s.Envelope, err = m.Envelope(); err != nil {
		return Sent{}, err
	}
	return s, nil
}

// send makes one attempt. It returns nil if SMEV has the message, also when an
// earlier attempt brought it there.
func (c *Client) send(ctx context.Context, s Sent) error {
	const operation = "SendRequest"
	body, _, err := c.call(ctx, operation, s.Envelope)
	if f := asFault(err); f != nil && f.is("MessageIsAlreadySent", "SMEV-301") {
		return nil
	}
	if err != nil {
		return err
	}
	reply, err := soap.ReadSendRequestResponse(body)
	if err != nil {
		return malformed(operation, err)
	}
	if reply.Metadata.MessageID != s.MessageID {
		return malformed(operation, errors.New("the reply is to another message"))
	}
	return nil
}

// same compares subjects; times by their instant, since a store may bring
// them back in another location.
func same(a, b smev.Subject) bool {
	dates := a.BirthDate.Equal(b.BirthDate) && a.Passport.Issued.Equal(b.Passport.Issued)
	a.BirthDate, b.BirthDate = time.Time{}, time.Time{}
	a.Passport.Issued, b.Passport.Issued = time.Time{}, time.Time{}
	return dates && a == b
}

func storeError(err error) error { return fmt.Errorf("smev/client: store: %w", err) }
