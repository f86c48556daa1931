package softtoken

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Application is what one program sees of the tokens: its sessions, whom it
// has logged in, and its handles. It implements the Module of package token's
// drivers. Handles are unique among applications, so that one that outlived its
// own means nothing to another.
type Application struct {
	tokens *Tokens

	// All below is under the lock of the tokens.
	closed   bool
	next     uint64 // handle
	sessions map[cryptoki.Session]*session
	logins   map[uint64]*login // by slot
	handles  map[cryptoki.Object]ref
	known    map[ref]cryptoki.Object
	own      map[ref]*object   // objects of sessions
	moves    map[uint64]uint64 // of slots, as far as they were told
}

// session is of one token. It is lost when the token is pulled out.
type session struct {
	slot  uint64
	write bool
	lost  bool
}

// login is who is logged in to a token, in all sessions with it.
type login struct {
	user    uint32
	key     []byte              // of the token
	objects map[*stored]*object // private ones that have been opened
}

// ref is an object: of a token by its number, or of a session.
type ref struct {
	slot    uint64
	session cryptoki.Session // 0: it is the token's
	number  uint64
}

// Application returns a new application, with nobody logged in.
func (t *Tokens) Application() *Application {
	var start [4]byte
	rand.Read(start[:])
	a := &Application{
		tokens: t, next: uint64(binary.LittleEndian.Uint32(start[:]))<<24 | 1,
		sessions: map[cryptoki.Session]*session{}, logins: map[uint64]*login{}, handles: map[cryptoki.Object]ref{},
		known: map[ref]cryptoki.Object{}, own: map[ref]*object{}, moves: map[uint64]uint64{},
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	a.closed = t.closed
	if !t.closed {
		t.applications[a] = struct{}{}
	}
	for _, s := range t.slots {
		a.moves[s.number] = s.moves
	}
	return a
}

// Close ends all sessions of the application. The tokens stay open.
func (a *Application) Close() error {
	a.tokens.mu.Lock()
	defer a.tokens.mu.Unlock()
	a.forget()
	delete(a.tokens.applications, a)
	return nil
}

// forget drops all that the application has.
func (a *Application) forget() {
	for slot := range a.logins {
		a.logout(slot)
	}
	a.closed = true
	clear(a.sessions)
	clear(a.handles)
	clear(a.known)
	clear(a.own)
}

// lose marks the sessions of a slot whose token was pulled out.
func (a *Application) lose(slot uint64) {
	a.logout(slot)
	for h, s := range a.sessions {
		if s.slot == slot {
			s.lost = true
			a.dropOwn(h)
		}
	}
	for r := range a.known {
		if r.slot == slot {
			a.drop(r)
		}
	}
}

// logout forgets who is logged in to a token, and every handle of what only
// they may see.
func (a *Application) logout(slot uint64) {
	l := a.logins[slot]
	if l == nil {
		return
	}
	clear(l.key)
	for _, o := range l.objects {
		o.wipe()
	}
	for r := range a.known {
		if r.slot != slot {
			continue
		}
		if r.session != 0 {
			if o := a.own[r]; o.truth(cryptoki.AttrPrivate) {
				o.wipe()
				delete(a.own, r)
				a.drop(r)
			}
		} else if kept, ok := a.state(slot).Objects[r.number]; !ok || kept.Sealed != nil {
			a.drop(r)
		}
	}
	delete(a.logins, slot)
}

func (a *Application) state(slot uint64) *state {
	s, err := a.tokens.slot(slot)
	if err != nil {
		panic("softtoken: " + err.Error()) // slots do not go away
	}
	return s.state
}

// dropOwn forgets the objects of a session.
func (a *Application) dropOwn(s cryptoki.Session) {
	for r := range a.own {
		if r.session == s {
			delete(a.own, r)
			a.drop(r)
		}
	}
}

// drop makes the handle of an object mean nothing any more.
func (a *Application) drop(r ref) {
	delete(a.handles, a.known[r])
	delete(a.known, r)
}

// handle returns the handle of an object.
func (a *Application) handle(r ref) cryptoki.Object {
	h, ok := a.known[r]
	if !ok {
		h = cryptoki.Object(a.next)
		a.next++
		a.known[r], a.handles[h] = h, r
	}
	return h
}

// session returns a session and the slot it is with.
func (a *Application) session(h cryptoki.Session) (*session, *slot, error) {
	s, ok := a.sessions[h]
	if !ok {
		return nil, nil, cryptoki.SessionHandleInvalid
	}
	sl, err := a.tokens.slot(s.slot)
	if err != nil {
		return nil, nil, err
	}
	if s.lost {
		if sl.removed {
			return nil, nil, cryptoki.DeviceRemoved
		}
		delete(a.sessions, h)
		return nil, nil, cryptoki.SessionHandleInvalid
	}
	return s, sl, nil
}

// user reports whether the user is logged in to a slot's token.
func (a *Application) user(slot uint64) bool {
	l := a.logins[slot]
	return l != nil && l.user == cryptoki.User
}

// object returns what a handle stands for in a session.
func (a *Application) object(sl *slot, h cryptoki.Object) (ref, *object, error) {
	r, ok := a.handles[h]
	if !ok || r.slot != sl.number {
		return r, nil, cryptoki.ObjectHandleInvalid
	}
	o, err := a.open(sl, r)
	return r, o, err
}

// open reads an object, if the application may see it.
func (a *Application) open(sl *slot, r ref) (*object, error) {
	if r.session != 0 {
		if o, ok := a.own[r]; ok && (!o.truth(cryptoki.AttrPrivate) || a.user(sl.number)) {
			return o, nil
		}
		return nil, cryptoki.ObjectHandleInvalid
	}
	kept, ok := sl.state.Objects[r.number]
	if !ok || kept.Sealed != nil && !a.user(sl.number) {
		return nil, cryptoki.ObjectHandleInvalid
	}
	if kept.Sealed == nil {
		return &object{values: kept.Values}, nil
	}
	l := a.logins[sl.number]
	if o, ok := l.objects[kept]; ok {
		return o, nil
	}
	o, ok := sl.state.open(r.number, l.key)
	if !ok {
		return nil, cryptoki.DeviceError
	}
	l.objects[kept] = o
	return o, nil
}

// before begins a call: it returns the fault that shall follow its effect, or
// an error if there is none to be.
func (a *Application) before(ctx context.Context, function string) (after *Fault, err error) {
	t := a.tokens
	t.mu.Lock()
	var f *Fault
	switch {
	case t.closed || a.closed:
		err = cryptoki.NotInitialized
	case t.dead != nil:
		err = t.dead
	case ctx.Err() != nil:
		err = gone(false, function, ctx.Err())
	default:
		f, err = t.due(function)
	}
	t.mu.Unlock()
	if err != nil || f == nil || f.After && f.Kind != Tear {
		return f, err
	}
	return nil, t.strike(ctx, f, function)
}

// call makes one call, with the faults that are ordered for it. Function is
// its name in PKCS #11.
func call[T any](ctx context.Context, a *Application, function string, body func() (T, error)) (T, error) {
	var none T
	after, err := a.before(ctx, function)
	if err != nil {
		return none, err
	}
	v, err := body()
	if after != nil {
		err = a.tokens.strike(ctx, after, function)
	}
	if err != nil {
		return none, err
	}
	return v, nil
}

// locked is call under the lock of the tokens.
func locked[T any](ctx context.Context, a *Application, function string, body func() (T, error)) (T, error) {
	return call(ctx, a, function, func() (T, error) {
		a.tokens.mu.Lock()
		defer a.tokens.mu.Unlock()
		if a.closed {
			var none T
			return none, cryptoki.NotInitialized
		}
		return body()
	})
}

// do is locked for what gives nothing back.
func do(ctx context.Context, a *Application, function string, body func() error) error {
	_, err := locked(ctx, a, function, func() (struct{}, error) { return struct{}{}, body() })
	return err
}
