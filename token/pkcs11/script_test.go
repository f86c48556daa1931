package pkcs11_test

import (
	"context"
	"sync"
	"testing"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
	"github.com/surguch/surguch/token/pkcs11"
	"github.com/surguch/surguch/token/softtoken"
)

// script is a token in software whose answers a test can change, and that
// counts its calls.
type script struct {
	cryptoki.Module
	mu    sync.Mutex
	calls map[string]int
	// before is asked before each call; an error is its answer.
	before func(call string) error
	// The answers of calls can be replaced.
	tokenInfo func(*cryptoki.TokenInfo)
	attribute func(t uint32, value []byte) []byte
	signature func(sig []byte) []byte
	slots     func([]uint64) []uint64
	dies      bool // when it has made a key pair
}

// scripted returns a carrier on a script, with the token beneath.
func scripted(t *testing.T, profile string, ask token.PIN) (*pkcs11.Carrier, *script, *softtoken.Tokens) {
	t.Helper()
	soft, _ := newSoft(t, profile)
	m := &script{Module: soft.Application(), calls: map[string]int{}}
	c := openWith(t, pkcs11.Config{Driver: m, PIN: ask})
	t.Cleanup(func() { c.Close() })
	return c, m, soft
}

func (m *script) enter(call string) error {
	m.mu.Lock()
	m.calls[call]++
	before := m.before
	m.mu.Unlock()
	if before == nil {
		return nil
	}
	return before(call)
}

// once fails a call the next time it comes.
func (m *script) once(call string, code cryptoki.Code) {
	done := false
	m.before = func(c string) error {
		if c != call || done {
			return nil
		}
		done = true
		return code
	}
}

// always fails a call whenever it comes.
func (m *script) always(call string, code cryptoki.Code) {
	m.before = func(c string) error {
		if c == call {
			return code
		}
		return nil
	}
}

func (m *script) Slots(ctx context.Context, present bool) ([]uint64, error) {
	if err := m.enter("Slots"); err != nil {
		return nil, err
	}
	list, err := m.Module.Slots(ctx, present)
	if m.slots != nil {
		list = m.slots(list)
	}
	return list, err
}

func (m *script) TokenInfo(ctx context.Context, slot uint64) (cryptoki.TokenInfo, error) {
	t, err := m.Module.TokenInfo(ctx, slot)
	if m.tokenInfo != nil {
		m.tokenInfo(&t)
	}
	return t, err
}

func (m *script) OpenSession(ctx context.Context, slot uint64, write bool) (cryptoki.Session, error) {
	if err := m.enter("OpenSession"); err != nil {
		return 0, err
	}
	return m.Module.OpenSession(ctx, slot, write)
}

func (m *script) Login(ctx context.Context, s cryptoki.Session, user uint32, pin []byte) error {
	if err := m.enter("Login"); err != nil {
		return err
	}
	return m.Module.Login(ctx, s, user, pin)
}

func (m *script) Find(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) ([]cryptoki.Object, error) {
	if err := m.enter("Find"); err != nil {
		return nil, err
	}
	return m.Module.Find(ctx, s, template)
}

func (m *script) Attribute(ctx context.Context, s cryptoki.Session, o cryptoki.Object, t uint32) ([]byte, error) {
	if err := m.enter("Attribute"); err != nil {
		return nil, err
	}
	v, err := m.Module.Attribute(ctx, s, o, t)
	if m.attribute != nil && err == nil {
		v = m.attribute(t, v)
	}
	return v, err
}

func (m *script) Create(ctx context.Context, s cryptoki.Session, template []cryptoki.Attribute) (cryptoki.Object, error) {
	if err := m.enter("Create"); err != nil {
		return 0, err
	}
	return m.Module.Create(ctx, s, template)
}

func (m *script) Destroy(ctx context.Context, s cryptoki.Session, o cryptoki.Object) error {
	if err := m.enter("Destroy"); err != nil {
		return err
	}
	return m.Module.Destroy(ctx, s, o)
}

func (m *script) GenerateKeyPair(ctx context.Context, s cryptoki.Session, mech cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	if err := m.enter("GenerateKeyPair"); err != nil {
		return 0, 0, err
	}
	pub, priv, err = m.Module.GenerateKeyPair(ctx, s, mech, public, private)
	if err == nil && m.dies {
		return 0, 0, &token.Error{Fault: token.Unknown, Tries: -1}
	}
	return pub, priv, err
}

func (m *script) Sign(ctx context.Context, s cryptoki.Session, mech cryptoki.Mechanism, key cryptoki.Object, data []byte) ([]byte, error) {
	if err := m.enter("Sign"); err != nil {
		return nil, err
	}
	sig, err := m.Module.Sign(ctx, s, mech, key, data)
	if m.signature != nil && err == nil {
		sig = m.signature(sig)
	}
	return sig, err
}

func (m *script) SetPIN(ctx context.Context, s cryptoki.Session, old, new []byte) error {
	if err := m.enter("SetPIN"); err != nil {
		return err
	}
	return m.Module.SetPIN(ctx, s, old, new)
}

// objects counts what is on the token, seen by the user.
func objects(t *testing.T, soft *softtoken.Tokens) int {
	t.Helper()
	return soft.List()[0].Objects
}
