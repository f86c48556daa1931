package wire

import (
	"context"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Flags of a session (CKF_…).
const (
	flagWrite  = 2
	flagSerial = 4
)

func openSession(ctx context.Context, c *client, r *reader, a *answer) error {
	slot, flags := r.number(), r.number()
	switch {
	case !r.done():
		return cryptoki.ArgumentsBad
	case flags&flagSerial == 0:
		return sessionParallelNotSupported
	}
	s, err := c.app.OpenSession(ctx, slot, flags&flagWrite != 0)
	if err != nil {
		return err
	}
	c.sessions[s] = &work{slot: slot}
	a.number(uint64(s))
	return nil
}

// sessionParallelNotSupported is what every token answers to parallel sessions,
// which Cryptoki has not had since version 2.0.
const sessionParallelNotSupported cryptoki.Code = 0xB4

func closeSession(ctx context.Context, c *client, r *reader, _ *answer) error {
	s := r.session()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	delete(c.sessions, s)
	return c.app.CloseSession(ctx, s)
}

func closeAllSessions(ctx context.Context, c *client, r *reader, _ *answer) error {
	slot := r.number()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	for s, w := range c.sessions {
		if w.slot == slot {
			delete(c.sessions, s)
		}
	}
	return c.app.CloseAllSessions(ctx, slot)
}

func getSessionInfo(ctx context.Context, c *client, r *reader, a *answer) error {
	s := r.session()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	info, err := c.app.SessionInfo(ctx, s)
	a.number(info.Slot)
	a.number(info.State)
	if info.Write {
		a.number(flagSerial | flagWrite)
	} else {
		a.number(flagSerial)
	}
	a.number(0) // ulDeviceError
	return err
}

func login(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, user, pin := r.session(), r.type32(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.Login(ctx, s, user, pin)
}

func logout(ctx context.Context, c *client, r *reader, _ *answer) error {
	s := r.session()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.Logout(ctx, s)
}

func initPIN(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, pin := r.session(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.InitPIN(ctx, s, pin)
}

func setPIN(ctx context.Context, c *client, r *reader, _ *answer) error {
	s, old, pin := r.session(), r.octets(), r.octets()
	if !r.done() {
		return cryptoki.ArgumentsBad
	}
	return c.app.SetPIN(ctx, s, old, pin)
}

// work returns what a session has begun. One that is not there was never
// opened, or is closed.
func (c *client) work(s cryptoki.Session) (*work, error) {
	if w, ok := c.sessions[s]; ok {
		return w, nil
	}
	return nil, cryptoki.SessionHandleInvalid
}
