package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"regexp"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// entry says who may call an operation.
type entry int

const (
	person  entry = iota // whoever is known, and has shown who he is
	session              // whoever holds a session, its code entered or not
	visitor              // a person, or a session whose code is still missing
	machine              // an outside service: an actor whose role is system
	anybody
)

// caller is who is calling.
type caller struct {
	actor       ra.Actor
	token       string // of the session; "": Config.Authenticate knows the actor
	unconfirmed bool   // the session's code is still missing
}

// sessionToken is the form of a session's token: the ID of the request, a dot,
// a secret in base64.
var sessionToken = regexp.MustCompile(`^[0-9a-f]{32}\.[A-Za-z0-9_-]{22,43}$`)

// identify finds out who calls and whether he may call this operation.
func (c *call) identify() error {
	if c.op.entry == anybody {
		return nil
	}
	given := c.r.Header.Values("Authorization")
	if len(given) > 1 {
		return fault("unauthenticated")
	}
	if len(given) == 1 {
		scheme, token, _ := strings.Cut(given[0], " ")
		if strings.EqualFold(scheme, "Bearer") && sessionToken.MatchString(token) {
			return c.bySession(token)
		}
	}
	return c.byEmbedder(len(given) == 0)
}

func (c *call) bySession(token string) error {
	by, r, err := c.h.cfg.Authority.Session(c.ctx(), token)
	c.unconfirmed = errors.Is(err, ra.ErrUnconfirmed)
	if err != nil && !c.unconfirmed {
		return c.refuse(err)
	}
	c.token, c.actor, c.request = token, by, r
	if err := c.h.limits.caller.take(c.name()); err != nil {
		return err
	}
	switch {
	case c.op.entry == machine:
		return fault("denied")
	case c.unconfirmed && c.op.entry == person:
		return ra.ErrUnconfirmed
	}
	return nil
}

// byEmbedder asks the embedder. Where he knows people by what a browser sends
// of its own accord, another origin could make it do so.
func (c *call) byEmbedder(ambient bool) error {
	if ambient && http.NewCrossOriginProtection().Check(c.r) != nil {
		return fault("cross_origin")
	}
	if c.h.cfg.Authenticate == nil {
		return c.refuse(fault("unauthenticated"))
	}
	by, err := c.h.cfg.Authenticate(c.r)
	if err != nil || by.ID == "" || by.Role == "" {
		return c.refuse(fault("unauthenticated"))
	}
	c.actor = by
	if err := c.h.limits.caller.take(c.name()); err != nil {
		return err
	}
	if c.op.entry == session || (c.op.entry == machine) != (by.Role == workflow.System) {
		return fault("denied")
	}
	return nil
}

// refuse waits until a wrong credential may be refused: all of them are after
// the same time, whatever it was that was wrong. A timer is not exact, and how
// much it is late depends on what was done before; so up to a quarter of the
// time is added by chance, which covers that by far.
func (c *call) refuse(err error) error {
	rest := c.arrived.Add(c.h.cfg.RefusalDelay).Sub(c.h.cfg.Clock.Now())
	if rest <= 0 {
		return err
	}
	rest += rand.N(c.h.cfg.RefusalDelay/4 + 1)
	select {
	case <-c.h.cfg.Clock.After(rest):
	case <-c.ctx().Done():
	}
	return err
}

// name is that of the caller, for limits: sessions of one person count as one.
func (c *call) name() string {
	return string(c.actor.Role) + "\x00" + c.actor.Partner + "\x00" + c.actor.ID
}

// scoped is the key of a command as the authority gets it: keys of different
// callers do not meet.
func (c *call) scoped(key string) string {
	sum := sha256.Sum256([]byte(c.name() + "\x00" + key))
	return "api:" + hex.EncodeToString(sum[:])
}

// address is where the call comes from, as far as limits go: of the sixth
// version the network, since a host has as many addresses as it likes.
func (c *call) address() string {
	a := c.h.cfg.Address(c.r).Unmap()
	if a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// peer is the other end of the connection.
func peer(r *http.Request) netip.Addr {
	a, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}
