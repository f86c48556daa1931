package client

import (
	"context"
	"errors"

	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/xmldsig"
)

// draft makes a message under a new id; with what is stored in it.
type draft struct {
	operation string // SendRequest, SendResponse
	make      func(id string) (Sent, error)
	same      func(have Sent) bool // whether a stored message of the key is about the same
}

// noMessage is the name of no message: a Put in its place only tells what the
// key has.
const noMessage = "none"

// file has SMEV take the message of a key, once: it is stored before it is
// sent, and sent again as the same bytes until SMEV says what became of it.
// One that SMEV has refused for good, or finds too old, is made anew.
func (c *Client) file(ctx context.Context, key string, d draft) (Sent, error) {
	if key == "" {
		return Sent{}, errors.New("smev/client: a message needs a key")
	}
	have, err := c.cfg.Store.Put(ctx, Sent{Key: key}, noMessage)
	if err != nil {
		return Sent{}, storeError(err)
	}
	if have.MessageID == "" {
		if have, err = c.put(ctx, d, ""); err != nil {
			return Sent{}, err
		}
	}
	if !d.same(have) {
		return Sent{}, &KeyError{key}
	}
	// Prepared, found stale, made anew, accepted: no way here is longer.
	for range 4 {
		switch have.State {
		case Accepted:
			return have, nil
		case Prepared:
			have, err = c.try(ctx, d.operation, have)
		case Refused:
			have, err = c.put(ctx, d, have.MessageID)
		}
		if err != nil {
			return Sent{}, err
		}
	}
	return Sent{}, errors.New("smev/client: SMEV calls a new message id stale: one of the two clocks is wrong")
}

// KeyError says that a key was used for something else before.
type KeyError struct{ Key string }

// Error names the key.
func (e *KeyError) Error() string {
	return "smev/client: key " + e.Key + " belongs to a message about something else"
}

// put makes the message anew and stores it in the place of the one called was.
func (c *Client) put(ctx context.Context, d draft, was string) (Sent, error) {
	fresh, err := d.make(c.ids.New())
	if err != nil {
		return Sent{}, err
	}
	have, err := c.cfg.Store.Put(ctx, fresh, was)
	if err != nil {
		return Sent{}, storeError(err)
	}
	return have, nil
}

// try sends s and records what became of it. A stale message comes back as
// refused, without an error.
func (c *Client) try(ctx context.Context, operation string, s Sent) (Sent, error) {
	failure := c.send(ctx, operation, s)
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
	c.wake()
	return now, nil
}

// send makes one attempt. It returns nil if SMEV has the message, also when an
// earlier attempt brought it there.
func (c *Client) send(ctx context.Context, operation string, s Sent) error {
	if err := c.upload(ctx, s.Files); err != nil {
		return err
	}
	body, _, err := c.call(ctx, operation, s.Envelope)
	if f := asFault(err); f != nil && f.is("MessageIsAlreadySent", "SMEV-301") {
		return nil
	}
	if err != nil {
		return err
	}
	m, signed, err := readReceipt(operation, body)
	if err != nil {
		return malformed(operation, err)
	}
	if m.MessageID != s.MessageID {
		return malformed(operation, errors.New("the reply is to another message"))
	}
	if _, refused := c.bySMEV(operation, signed, c.cfg.Clock.Now()); refused != nil {
		return refused
	}
	return nil
}

// readReceipt reads the reply to a message of ours.
func readReceipt(operation string, body *xmldsig.Element) (soap.Metadata, soap.Signed, error) {
	if operation == "SendResponse" {
		m, signed, err := soap.ReadSendResponseResponse(body)
		if err != nil {
			return soap.Metadata{}, soap.Signed{}, err
		}
		return m.Metadata, signed.SMEV, nil
	}
	m, signed, err := soap.ReadSendRequestResponse(body)
	if err != nil {
		return soap.Metadata{}, soap.Signed{}, err
	}
	return m.Metadata, signed.SMEV, nil
}

// wake tells Run that there may be something to come.
func (c *Client) wake() {
	select {
	case c.woken <- struct{}{}:
	default:
	}
}
