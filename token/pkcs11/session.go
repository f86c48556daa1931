package pkcs11

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// session is what a carrier has open on its token. It belongs to the goroutine
// whose turn it is.
type session struct {
	open   bool
	user   bool // the user is logged in
	slot   slot
	handle cryptoki.Session
	// generation counts the sessions and logins there were: objects that were
	// found in an earlier one must be found again.
	generation uint64
	// changed says that the operation under way changed the token, so that it
	// cannot be begun again.
	changed bool
}

// exclusive runs an operation when its turn comes: one goroutine at a time owns
// the session. An operation whose session turns out to be lost is begun again,
// once, in a new one, unless it has changed something or a PIN was refused.
func (c *Carrier) exclusive(ctx context.Context, op string, f func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return fault(op, c.device, err)
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return fault(op, c.device, ctx.Err())
	}
	if c.closed {
		return fmt.Errorf("pkcs11: %s: %w", op, os.ErrClosed)
	}
	c.session.changed = false
	err := f(ctx)
	if c.again(err) {
		c.drop(ctx)
		err = f(ctx)
	}
	if lost(err) && c.session.changed {
		err = &token.Error{Fault: token.Unknown, Tries: -1, Err: err}
	}
	if lost(err) || gone(err) || errors.Is(err, token.Crashed) || errors.Is(err, token.Unknown) {
		c.drop(ctx)
	}
	return fault(op, c.device, err)
}

// again reports whether an operation may be begun again. A session that is no
// more did nothing; a token that was pulled out may have done something.
func (c *Carrier) again(err error) bool {
	if c.session.changed || errors.As(err, new(final)) {
		return false
	}
	return lost(err) || gone(err) && !errors.As(err, new(change))
}

// find returns the slot where the token is now.
func (c *Carrier) find(ctx context.Context) (slot, error) {
	slots, err := listSlots(ctx, c.module)
	if err != nil {
		return slot{}, err
	}
	for _, s := range slots {
		if s.device().Same(c.device) {
			return s, nil
		}
	}
	return slot{}, cryptoki.TokenNotPresent
}

// opened returns the session, open.
func (c *Carrier) opened(ctx context.Context) (cryptoki.Session, error) {
	if c.session.open {
		return c.session.handle, nil
	}
	at, err := c.find(ctx)
	if err != nil {
		return 0, err
	}
	h, err := c.module.OpenSession(ctx, at.id, true)
	if is(err, cryptoki.TokenWriteProtected) {
		h, err = c.module.OpenSession(ctx, at.id, false)
	}
	if err != nil {
		return 0, err
	}
	c.session = session{open: true, slot: at, handle: h, generation: c.session.generation + 1, changed: c.session.changed}
	return h, nil
}

// user returns the session, open, with the user logged in if the token wants
// that.
func (c *Carrier) user(ctx context.Context) (cryptoki.Session, error) {
	s, err := c.opened(ctx)
	if err != nil || c.session.user {
		return s, err
	}
	// The number of tries left may have changed since the session was opened.
	at, err := readSlot(ctx, c.module, c.session.slot.id)
	if err != nil {
		return 0, err
	}
	if at.token.Flags&cryptoki.FlagLoginRequired != 0 {
		if err := c.login(ctx, at, s, cryptoki.User, c.config.PIN); err != nil {
			return 0, err
		}
	}
	c.session.user = true
	return s, nil
}

// anonymous returns the session, open, with nobody logged in, and what the
// token tells about itself now.
func (c *Carrier) anonymous(ctx context.Context) (slot, cryptoki.Session, error) {
	s, err := c.opened(ctx)
	if err != nil {
		return slot{}, 0, err
	}
	// Logins are of the whole process: somebody else's counts, too.
	if err := c.module.Logout(ctx, s); err != nil && !is(err, cryptoki.UserNotLoggedIn) {
		return slot{}, 0, err
	}
	c.session.user = false
	c.session.generation++
	at, err := readSlot(ctx, c.module, c.session.slot.id)
	return at, s, err
}

// drop closes the session, as far as it is there at all.
func (c *Carrier) drop(ctx context.Context) {
	if !c.session.open {
		return
	}
	ctx, cancel := c.cleanup(ctx)
	defer cancel()
	_ = c.module.CloseSession(ctx, c.session.handle)
	c.session.open, c.session.user = false, false
	c.session.generation++
}

// cleanup is the context of what must be done though ctx may be over.
func (c *Carrier) cleanup(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), c.config.Timeout)
}
