package pkcs11

import (
	"context"
	"errors"
	"fmt"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// pinFlags are the flags by which a token tells about the PIN of a user type.
var pinFlags = map[uint32]struct{ final, locked uint32 }{
	cryptoki.User:            {cryptoki.FlagUserPINFinalTry, cryptoki.FlagUserPINLocked},
	cryptoki.SecurityOfficer: {cryptoki.FlagSOPINFinalTry, cryptoki.FlagSOPINLocked},
}

// triesLeft says how many wrong PINs are left, by the counter where the token
// tells it and by its flags otherwise; negative: not told, and more than one.
func triesLeft(t cryptoki.TokenInfo, user uint32) int {
	counter, flags := t.UserTries, pinFlags[user]
	if user == cryptoki.SecurityOfficer {
		counter = t.SOTries
	}
	switch {
	case t.Flags&flags.locked != 0:
		return 0
	case t.Flags&flags.final != 0:
		return 1
	case counter >= 0:
		return counter
	}
	return -1
}

// errNoPIN says that nobody was named who knows the PIN.
var errNoPIN = errors.New("the Config has no PIN")

// ask asks for the present PIN of a user type. The caller wipes it. A token
// that is locked, or has one try left that was not allowed, is not touched.
func (c *Carrier) ask(ctx context.Context, at slot, user uint32, pin token.PIN) ([]byte, error) {
	left := triesLeft(at.token, user)
	if left == 0 {
		return nil, &token.Error{Fault: token.Locked, Detail: cryptoki.PINLocked.Error(), Tries: -1}
	}
	if at.token.Flags&cryptoki.FlagProtectedAuth != 0 {
		if left == 1 {
			return nil, &token.Error{Fault: token.Locked, Detail: "the last try is left, and the PIN is entered at the device", Tries: -1}
		}
		return nil, nil
	}
	if pin == nil {
		return nil, &token.Error{Fault: token.Policy, Err: errNoPIN, Tries: -1}
	}
	answer, err := pin(ctx, token.Question{Device: c.device, Left: left, Last: left == 1})
	if err == nil {
		err = ctx.Err() // a person may have thought longer than the caller
	}
	switch {
	case err != nil:
	case left == 1 && !answer.LastTry:
		err = &token.Error{Fault: token.Locked, Detail: "the last try is left, and was not allowed", Tries: -1}
	case len(answer.PIN) == 0:
		err = &token.Error{Fault: token.Policy, Detail: "no PIN was entered", Tries: -1}
	default:
		return answer.PIN, nil
	}
	clear(answer.PIN)
	return nil, err
}

// choose asks for a new PIN of the user. The caller wipes it.
func (c *Carrier) choose(ctx context.Context, at slot) ([]byte, error) {
	if at.token.Flags&cryptoki.FlagProtectedAuth != 0 {
		return nil, nil
	}
	if c.config.PIN == nil {
		return nil, &token.Error{Fault: token.Policy, Err: errNoPIN, Tries: -1}
	}
	answer, err := c.config.PIN(ctx, token.Question{Device: c.device, Left: -1, New: true})
	if err == nil {
		err = ctx.Err()
	}
	n, min, max := len(answer.PIN), at.token.MinPIN, at.token.MaxPIN
	if err == nil && (n == 0 || n < min || max > 0 && n > max) {
		err = &token.Error{Fault: token.Policy, Detail: fmt.Sprintf("a PIN has %d to %d octets", min, max), Tries: -1}
	}
	if err != nil {
		clear(answer.PIN)
		return nil, err
	}
	return answer.PIN, nil
}

// refused adds to an error of a PIN what the token tells about the tries left.
func (c *Carrier) refused(ctx context.Context, at slot, user uint32, err error) error {
	if kind, _ := codeFault(err, c.device.Manufacturer); kind != token.WrongPIN {
		return err
	}
	left := -1
	if t, failed := c.module.TokenInfo(ctx, at.id); failed == nil {
		left = triesLeft(t, user)
	}
	_, name := codeFault(err, c.device.Manufacturer)
	return &token.Error{Fault: token.WrongPIN, Tries: left, Detail: name}
}

// login logs a user in, with one PIN that is asked for once. Whatever the
// token answers to it is final.
func (c *Carrier) login(ctx context.Context, at slot, s cryptoki.Session, user uint32, pin token.PIN) error {
	secret, err := c.ask(ctx, at, user, pin)
	if err != nil {
		return err
	}
	defer clear(secret)
	switch err := c.module.Login(ctx, s, user, secret); {
	case err == nil, is(err, cryptoki.UserAlreadyLoggedIn):
		return nil
	default:
		return final{c.refused(ctx, at, user, err)}
	}
}

// CheckPIN asks for the user's PIN and lets the token say whether it is right.
// Whoever was logged in is logged out first.
//
// Errors: WrongPIN with the tries left; Locked.
func (c *Carrier) CheckPIN(ctx context.Context) error {
	return c.exclusive(ctx, "PIN", func(ctx context.Context) error {
		at, s, err := c.anonymous(ctx)
		if err != nil {
			return err
		}
		if err := c.login(ctx, at, s, cryptoki.User, c.config.PIN); err != nil {
			return err
		}
		c.session.user = true
		return nil
	})
}

// ChangePIN asks for the user's PIN and, with Question.New set, for another,
// and makes the latter the user's PIN.
//
// Errors: WrongPIN with the tries left; Locked; Policy if the token does not
// like the new one.
func (c *Carrier) ChangePIN(ctx context.Context) error {
	return c.exclusive(ctx, "PIN", func(ctx context.Context) error {
		at, s, err := c.anonymous(ctx)
		if err != nil {
			return err
		}
		old, err := c.ask(ctx, at, cryptoki.User, c.config.PIN)
		if err != nil {
			return err
		}
		defer clear(old)
		chosen, err := c.choose(ctx, at)
		if err != nil {
			return err
		}
		defer clear(chosen)
		if err := c.module.SetPIN(ctx, s, old, chosen); err != nil {
			return final{change{c.refused(ctx, at, cryptoki.User, err)}}
		}
		return nil
	})
}

// Unblock asks officer for the PIN of the security officer (the
// administrator, the PUK) and the Config's PIN, with Question.New set, for a
// new PIN of the user, and sets it. A PIN that was locked can be used again.
//
// Errors: WrongPIN with the tries of the officer's PIN that are left; Locked if
// that one is; Busy if another program has the token open; Policy if the token
// does not like the new PIN.
func (c *Carrier) Unblock(ctx context.Context, officer token.PIN) error {
	return c.exclusive(ctx, "PIN", func(ctx context.Context) error {
		at, s, err := c.anonymous(ctx)
		if err != nil {
			return err
		}
		defer c.drop(ctx) // the officer's session does nothing else
		if err := c.login(ctx, at, s, cryptoki.SecurityOfficer, officer); err != nil {
			return err
		}
		chosen, err := c.choose(ctx, at)
		if err != nil {
			return err
		}
		defer clear(chosen)
		if err := c.module.InitPIN(ctx, s, chosen); err != nil {
			return final{change{err}}
		}
		return nil
	})
}
