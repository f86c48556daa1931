package epgu

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/channel"
)

// maxOrders is how often an order is made anew that no person has seen.
const maxOrders = 3

// Submit keeps a package, once under each key; Status sends it. What the
// portal would not take is refused for good: ErrDocuments, or an error that
// names the field.
func (c *Client) Submit(ctx context.Context, r ra.SignRequest) (ra.OperationID, error) {
	f := Form{Level: r.Level, SNILS: r.SNILS, Description: shorten(r.Title), Expires: r.Deadline, OrgName: c.cfg.OrgName, OrgINN: c.cfg.OrgINN}
	if err := f.check(); err != nil {
		return "", ra.Permanent(fmt.Errorf("epgu: submit: %w", err))
	}
	if err := CheckDocuments(r.Documents); err != nil {
		return "", ra.Permanent(err)
	}
	p := parcel{Package: channel.New(name, r), Progress: progress{Stage: kept}}
	if err := p.Add(ctx, c.cfg.Store); err != nil {
		return "", err
	}
	return p.ID, nil
}

// Status takes a package on, as far as quotas and the pauses between polls
// allow, and tells where it stands. ra.ErrNotFound; *ra.SignatureError if what
// came back is not what was asked for; *OrderError; *StatusError.
func (c *Client) Status(ctx context.Context, id ra.OperationID) (ra.Operation, error) {
	if err := c.enter(ctx, id); err != nil {
		return ra.Operation{}, err
	}
	defer c.leave(id)
	p, err := channel.Load[progress](ctx, c.cfg.Store, name, id)
	if err != nil {
		return ra.Operation{}, err
	}
	waiting := ra.Operation{State: ra.AwaitingUser}
	if p.Over() {
		return p.Outcome, nil
	}
	if !c.due(id) {
		return waiting, nil
	}
	o, err := c.goOn(ctx, p)
	var quota *QuotaError
	switch {
	case errors.As(err, &quota):
		return waiting, nil
	case err != nil:
		return ra.Operation{}, lasting(err)
	case o == nil:
		return waiting, nil
	}
	p.Outcome = *o
	if err := p.Save(ctx, c.cfg.Store); err != nil {
		return ra.Operation{}, err
	}
	c.forget(id)
	return *o, nil
}

// goOn does what is next for a package. Nil: it is not over.
func (c *Client) goOn(ctx context.Context, p *parcel) (*ra.Operation, error) {
	fresh := false
	if p.Progress.Stage == kept {
		now := c.cfg.Clock.Now()
		if !now.Before(p.Request.Deadline) {
			return ended(ra.SigningExpired), nil
		}
		if until, ok := c.orders.Take(now); !ok {
			return nil, &QuotaError{until}
		}
		number, err := c.reserve(ctx)
		if err != nil {
			return nil, err
		}
		p.Progress.Stage, p.Progress.Order = reserved, number
		p.Progress.Orders++
		if err := p.Save(ctx, c.cfg.Store); err != nil {
			return nil, err
		}
		fresh = true
	}
	if p.Progress.Stage == reserved {
		return c.fill(ctx, p, fresh)
	}
	o, err := c.ask(ctx, p.Progress.Order)
	if err != nil {
		return nil, c.failed(ctx, p, err)
	}
	c.asked(p.ID)
	if o == nil {
		return nil, nil
	}
	return c.settle(ctx, p, o)
}

// fill sends the documents to a reserved order, unless an earlier attempt,
// which did not live to know, has done so.
func (c *Client) fill(ctx context.Context, p *parcel, fresh bool) (*ra.Operation, error) {
	filled := false
	if !fresh {
		o, err := c.ask(ctx, p.Progress.Order)
		if err != nil {
			return nil, err
		}
		filled = o != nil && *o.Status != statusDraft
	}
	if !filled {
		if !c.cfg.Clock.Now().Before(p.Request.Deadline) {
			return ended(ra.SigningExpired), nil
		}
		archive, err := c.archive(&p.Request)
		if err != nil {
			return nil, ra.Permanent(err)
		}
		err = c.push(ctx, p.Progress.Order, archive)
		var e *StatusError
		if err != nil && !(errors.As(err, &e) && e.Status == http.StatusConflict) { // 409: it has them already
			return nil, err
		}
	}
	p.Progress.Stage = sent
	c.asked(p.ID)
	return nil, p.Save(ctx, c.cfg.Store)
}

// settle makes an operation of an order's status.
func (c *Client) settle(ctx context.Context, p *parcel, o *order) (*ra.Operation, error) {
	state, err := o.state()
	if err != nil {
		return nil, c.failed(ctx, p, err)
	}
	switch state {
	case ra.AwaitingUser:
		return nil, nil
	case ra.Signed:
		signatures, err := c.fetch(ctx, &p.Request, o)
		var e *StatusError
		if errors.As(err, &e) && e.Status == http.StatusNotFound {
			return nil, nil // signed, but the files are not in the portal's storage yet
		}
		if err != nil {
			return nil, err
		}
		return &ra.Operation{State: ra.Signed, Signatures: signatures}, nil
	}
	return ended(state), nil
}

// ended is the end of a package that was not signed.
func ended(state ra.OperationState) *ra.Operation {
	o := channel.Ended(state)
	return &o
}

// failed is the end of an order. If the portal only did not come to check the
// sender, another order takes its place.
func (c *Client) failed(ctx context.Context, p *parcel, err error) error {
	var e *OrderError
	if !errors.As(err, &e) {
		return err
	}
	if e.Code != codeNoAnswer || p.Progress.Orders >= maxOrders {
		return ra.Permanent(err)
	}
	p.Progress.Stage, p.Progress.Order = kept, 0
	c.forget(p.ID)
	return p.Save(ctx, c.cfg.Store)
}

// fetch downloads the signatures and verifies each: over this document, by a
// certificate under the anchors, of the person the request names.
func (c *Client) fetch(ctx context.Context, r *ra.SignRequest, o *order) ([][]byte, error) {
	var list [][]byte
	for _, d := range r.Documents {
		number, mnemonic, ok := o.file(d.Name)
		if !ok {
			return nil, ra.Permanent(&ra.SignatureError{Document: d.Name, Err: ra.ErrTooFew})
		}
		raw, err := c.download(ctx, number, mnemonic)
		if err != nil {
			return nil, err
		}
		if err := channel.Verify(c.cfg.Algorithms, c.cfg.Anchors, c.cfg.Clock.Now(), d.Data, raw, r.SNILS); err != nil {
			return nil, ra.Permanent(&ra.SignatureError{Document: d.Name, Err: err})
		}
		list = append(list, raw)
	}
	return list, nil
}

// Cancel withdraws a package. One that the person has signed or refused by now
// stays as it is, without an error.
func (c *Client) Cancel(ctx context.Context, id ra.OperationID) error {
	if err := c.enter(ctx, id); err != nil {
		return err
	}
	defer c.leave(id)
	p, err := channel.Load[progress](ctx, c.cfg.Store, name, id)
	if err != nil || p.Over() {
		return err
	}
	if p.Progress.Order != 0 {
		err := c.withdraw(ctx, p.Progress.Order)
		var e *StatusError
		switch {
		case errors.As(err, &e) && e.Code == "cancel_not_allowed":
			return nil
		case err != nil:
			return lasting(err)
		}
	}
	p.Outcome = channel.Withdrawn()
	c.forget(id)
	return p.Save(ctx, c.cfg.Store)
}
