package catest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"maps"
	"slices"

	"github.com/surguch/surguch/ra"
)

// submit hands an order over to the authority behind, unless it still waits.
func (c *CA) submit(ctx context.Context, o *order) (ra.Outcome, error) {
	c.mu.Lock()
	o.calls++
	waits, refused := o.waits != 0, o.fault == Refuse || o.revoking
	if o.waits > 0 {
		o.waits--
	}
	c.mu.Unlock()
	switch {
	case refused:
		return ra.Outcome{State: ra.Refused, Code: "catest", Reason: "отказано для проверки"}, nil
	case waits:
		return ra.Outcome{State: ra.Pending}, nil
	}
	out, err := c.cfg.CA.Submit(ctx, o.key, o.handed)
	if err == nil {
		c.account(o, out)
	}
	return out, err
}

func (c *CA) account(o *order, out ra.Outcome) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(out.Certificate) > 0 {
		o.seen[sha256.Sum256(out.Certificate)] = bytes.Clone(out.Certificate)
	}
}

// Release lets the orders go on that are Held.
func (c *CA) Release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, o := range c.list {
		if o.waits < 0 {
			o.waits = 0
		}
	}
}

// Order is what became of one key.
type Order struct {
	Key   string
	Fault Fault // that stayed with it; "": none
	// Certificates are those that came into being under the key, whether or
	// not anybody was told. More than one is a duplicate.
	Certificates [][]byte
	// Now is what the authority behind says.
	Now ra.Outcome
}

// Orders asks the authority behind, which answers truly, about every order
// that was handed over, in the order they came.
func (c *CA) Orders(ctx context.Context) ([]Order, error) {
	c.mu.Lock()
	list := slices.Clone(c.list)
	c.mu.Unlock()
	var orders []Order
	for _, o := range list {
		now, err := c.cfg.CA.Find(ctx, o.key)
		if err != nil {
			return nil, err
		}
		c.account(o, now)
		c.mu.Lock()
		orders = append(orders, Order{o.key, o.fault, slices.Collect(maps.Values(o.seen)), now})
		c.mu.Unlock()
	}
	return orders, nil
}

// Counts is how often each fault was committed.
func (c *CA) Counts() map[Fault]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.counts)
}
