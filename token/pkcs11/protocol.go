package pkcs11

import (
	"context"
	"errors"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// call is a function of cryptoki.Module by its number in the protocol, or load.
type call uint8

const (
	callLoad call = iota + 1
	callInfo
	callSlots
	callSlotInfo
	callTokenInfo
	callMechanisms
	callMechanismInfo
	callInitToken
	callOpenSession
	callCloseSession
	callLogin
	callLogout
	callInitPIN
	callSetPIN
	callFind
	callAttribute
	callSetAttribute
	callCreate
	callDestroy
	callGenerateKeyPair
	callSign
	callDigest
	callRandom
	callEnd // one past the last
)

// changes reports whether a call changes what is on the token, so that nobody
// knows its state if the call does not return. A login counts tries, which the
// token tells itself.
func (f call) changes() bool {
	switch f {
	case callInitToken, callInitPIN, callSetPIN, callSetAttribute, callCreate, callDestroy, callGenerateKeyPair:
		return true
	}
	return false
}

// request is a call with its arguments, as many as it takes.
type request struct {
	call      call
	slot      uint64
	session   cryptoki.Session
	object    cryptoki.Object
	number    uint64 // user type, attribute type, mechanism, count
	flag      bool   // present, write
	text      string // path, label
	mechanism cryptoki.Mechanism
	template  []cryptoki.Attribute
	private   []cryptoki.Attribute
	data      []byte // what is signed or hashed; a PIN
	chosen    []byte // a new PIN
}

func (r *request) fields(c *codec) {
	small(c, &r.call)
	if c.err == nil && (r.call == 0 || r.call >= callEnd) {
		c.err = errFrame
	}
	c.number(&r.slot)
	small(c, &r.session)
	small(c, &r.object)
	c.number(&r.number)
	c.truth(&r.flag)
	c.text(&r.text)
	small(c, &r.mechanism.Type)
	c.octets(&r.mechanism.Param)
	list(c, &r.template, attribute)
	list(c, &r.private, attribute)
	c.octets(&r.data)
	c.octets(&r.chosen)
}

// wipe clears the PINs of a request.
func (r *request) wipe() {
	clear(r.data)
	clear(r.chosen)
}

// response is what a call returns, as much as it does.
type response struct {
	code    cryptoki.Code
	failure string // what is no return value: the library cannot be loaded
	numbers []uint64
	texts   []string
	data    []byte
}

func (r *response) fields(c *codec) {
	small(c, &r.code)
	c.text(&r.failure)
	list(c, &r.numbers, func(c *codec, n *uint64) { c.number(n) })
	list(c, &r.texts, func(c *codec, s *string) { c.text(s) })
	c.octets(&r.data)
}

// err is the error that the call returned.
func (r *response) err() error {
	if r.failure != "" {
		return &token.Error{Fault: token.Unsupported, Tries: -1, Detail: r.failure}
	}
	if r.code != cryptoki.OK {
		return r.code
	}
	return nil
}

// setErr keeps an error of a module.
func (r *response) setErr(err error) {
	var code cryptoki.Code
	var e *token.Error
	switch {
	case err == nil:
	case errors.As(err, &code) && code != cryptoki.OK:
		r.code = code
	case errors.As(err, &e) && e.Detail != "":
		r.failure = e.Detail
	default:
		r.failure = err.Error()
	}
}

// perform does what a request asks of a module.
func (r *request) perform(ctx context.Context, m cryptoki.Module) *response {
	var a response
	var err error
	switch r.call {
	case callInfo:
		var i cryptoki.Info
		i, err = m.Info(ctx)
		a.texts = []string{i.Manufacturer, i.Description}
		a.numbers = []uint64{pack(i.Version), pack(i.Library)}
	case callSlots:
		a.numbers, err = m.Slots(ctx, r.flag)
	case callSlotInfo:
		var i cryptoki.SlotInfo
		i, err = m.SlotInfo(ctx, r.slot)
		a.texts, a.numbers = []string{i.Description, i.Manufacturer}, []uint64{uint64(i.Flags)}
	case callTokenInfo:
		var t cryptoki.TokenInfo
		t, err = m.TokenInfo(ctx, r.slot)
		a.texts = []string{t.Label, t.Manufacturer, t.Model, t.Serial}
		a.numbers = []uint64{
			uint64(t.Flags), uint64(t.MinPIN), uint64(t.MaxPIN), t.TotalMemory, t.FreeMemory, pack(t.Hardware), pack(t.Firmware),
			uint64(t.UserTries), uint64(t.SOTries), truth(t.DefaultUserPIN),
		}
	case callMechanisms:
		var list []uint32
		list, err = m.Mechanisms(ctx, r.slot)
		for _, n := range list {
			a.numbers = append(a.numbers, uint64(n))
		}
	case callMechanismInfo:
		var i cryptoki.MechanismInfo
		i, err = m.MechanismInfo(ctx, r.slot, uint32(r.number))
		a.numbers = []uint64{uint64(i.MinKey), uint64(i.MaxKey), uint64(i.Flags)}
	case callInitToken:
		err = m.InitToken(ctx, r.slot, r.data, r.text)
	case callOpenSession:
		var s cryptoki.Session
		s, err = m.OpenSession(ctx, r.slot, r.flag)
		a.numbers = []uint64{uint64(s)}
	case callCloseSession:
		err = m.CloseSession(ctx, r.session)
	case callLogin:
		err = m.Login(ctx, r.session, uint32(r.number), r.data)
	case callLogout:
		err = m.Logout(ctx, r.session)
	case callInitPIN:
		err = m.InitPIN(ctx, r.session, r.data)
	case callSetPIN:
		err = m.SetPIN(ctx, r.session, r.data, r.chosen)
	case callFind:
		var found []cryptoki.Object
		found, err = m.Find(ctx, r.session, r.template)
		for _, o := range found {
			a.numbers = append(a.numbers, uint64(o))
		}
	case callAttribute:
		a.data, err = m.Attribute(ctx, r.session, r.object, uint32(r.number))
	case callSetAttribute:
		err = cryptoki.ArgumentsBad
		if len(r.template) == 1 {
			err = m.SetAttribute(ctx, r.session, r.object, r.template[0])
		}
	case callCreate:
		var o cryptoki.Object
		o, err = m.Create(ctx, r.session, r.template)
		a.numbers = []uint64{uint64(o)}
	case callDestroy:
		err = m.Destroy(ctx, r.session, r.object)
	case callGenerateKeyPair:
		var pub, priv cryptoki.Object
		pub, priv, err = m.GenerateKeyPair(ctx, r.session, r.mechanism, r.template, r.private)
		a.numbers = []uint64{uint64(pub), uint64(priv)}
	case callSign:
		a.data, err = m.Sign(ctx, r.session, r.mechanism, r.object, r.data)
	case callDigest:
		a.data, err = m.Digest(ctx, r.session, r.mechanism, r.data)
	case callRandom:
		err = cryptoki.ArgumentsBad
		if r.number <= maxFrame/2 {
			a.data, err = m.Random(ctx, r.session, int(r.number))
		}
	default:
		err = cryptoki.FunctionNotSupported
	}
	if err != nil {
		a = response{}
	}
	a.setErr(err)
	return &a
}

func pack(v [2]byte) uint64   { return uint64(v[0])<<8 | uint64(v[1]) }
func unpack(n uint64) [2]byte { return [2]byte{byte(n >> 8), byte(n)} }
func truth(b bool) (n uint64) {
	if b {
		n = 1
	}
	return n
}
