package softtoken

import (
	"context"
	"maps"
	"slices"

	"github.com/surguch/surguch/token/internal/cryptoki"
)

// maxOwn is how many objects sessions of an application may have.
const maxOwn = 1024

// Find returns all objects of a session's token, and of the application's
// sessions with it, that have these attributes: in the order in which they
// were made, those of the token first.
func (a *Application) Find(ctx context.Context, h cryptoki.Session, template []cryptoki.Attribute) ([]cryptoki.Object, error) {
	return locked(ctx, a, "C_FindObjects", func() (found []cryptoki.Object, err error) {
		_, sl, err := a.session(h)
		if err != nil {
			return nil, err
		}
		var refs []ref
		for _, n := range slices.Sorted(maps.Keys(sl.state.Objects)) {
			refs = append(refs, ref{slot: sl.number, number: n})
		}
		own := slices.SortedFunc(maps.Keys(a.own), func(x, y ref) int { return int(x.number) - int(y.number) })
		refs = append(refs, slices.DeleteFunc(own, func(r ref) bool { return r.slot != sl.number })...)
		for _, r := range refs {
			switch o, err := a.open(sl, r); {
			case err == cryptoki.ObjectHandleInvalid: // not for this application to see
			case err != nil:
				return nil, err
			case o.matches(template):
				found = append(found, a.handle(r))
			}
		}
		return found, nil
	})
}

// Attribute returns one attribute of an object.
func (a *Application) Attribute(ctx context.Context, h cryptoki.Session, object cryptoki.Object, t uint32) ([]byte, error) {
	return locked(ctx, a, "C_GetAttributeValue", func() ([]byte, error) {
		_, sl, err := a.session(h)
		if err != nil {
			return nil, err
		}
		_, o, err := a.object(sl, object)
		if err != nil {
			return nil, err
		}
		return o.read(t)
	})
}

// Size returns the room an object takes, in octets.
func (a *Application) Size(ctx context.Context, h cryptoki.Session, object cryptoki.Object) (int, error) {
	return locked(ctx, a, "C_GetObjectSize", func() (int, error) {
		_, sl, err := a.session(h)
		if err != nil {
			return 0, err
		}
		_, o, err := a.object(sl, object)
		if err != nil {
			return 0, err
		}
		return o.size(), nil
	})
}

// SetAttribute changes one attribute of an object.
func (a *Application) SetAttribute(ctx context.Context, h cryptoki.Session, object cryptoki.Object, attribute cryptoki.Attribute) error {
	return a.SetAttributes(ctx, h, object, []cryptoki.Attribute{attribute})
}

// SetAttributes changes attributes of an object, all or none.
func (a *Application) SetAttributes(ctx context.Context, h cryptoki.Session, object cryptoki.Object, template []cryptoki.Attribute) error {
	return do(ctx, a, "C_SetAttributeValue", func() error {
		s, sl, err := a.session(h)
		if err != nil {
			return err
		}
		r, o, err := a.object(sl, object)
		if err != nil {
			return err
		}
		if r.session == 0 && !s.write {
			return cryptoki.SessionReadOnly
		}
		changed, err := o.changed(template)
		if err != nil {
			return err
		}
		if r.session != 0 {
			a.own[r] = changed
			return nil
		}
		return a.tokens.change(sl, func(n *state) error {
			n.store(r.number, changed, a.key(sl))
			return sl.fits(n)
		})
	})
}

// key is the token's, if somebody is logged in.
func (a *Application) key(sl *slot) []byte {
	if l := a.logins[sl.number]; l != nil {
		return l.key
	}
	return nil
}

// Create makes an object of its attributes.
func (a *Application) Create(ctx context.Context, h cryptoki.Session, template []cryptoki.Attribute) (cryptoki.Object, error) {
	return locked(ctx, a, "C_CreateObject", func() (cryptoki.Object, error) {
		s, sl, err := a.session(h)
		if err != nil {
			return 0, err
		}
		o, err := newObject(sl.profile, template)
		if err != nil {
			return 0, err
		}
		handles, err := a.add(h, s, sl, o)
		if err != nil {
			return 0, err
		}
		return handles[0], nil
	})
}

// mayAdd refuses objects that a session may not make.
func (a *Application) mayAdd(s *session, sl *slot, objects ...*object) error {
	for _, o := range objects {
		if o.truth(cryptoki.AttrToken) && !s.write {
			return cryptoki.SessionReadOnly
		}
		if o.truth(cryptoki.AttrPrivate) && !a.user(sl.number) {
			return cryptoki.UserNotLoggedIn
		}
	}
	return nil
}

// add makes objects part of the token or of the session, those of the token
// in one write.
func (a *Application) add(h cryptoki.Session, s *session, sl *slot, objects ...*object) ([]cryptoki.Object, error) {
	if err := a.mayAdd(s, sl, objects...); err != nil {
		return nil, err
	}
	if len(a.own)+len(objects) > maxOwn {
		return nil, cryptoki.HostMemory
	}
	refs := make([]ref, len(objects))
	onToken := func(o *object) bool { return o.truth(cryptoki.AttrToken) }
	if slices.ContainsFunc(objects, onToken) {
		err := a.tokens.change(sl, func(n *state) error {
			for i, o := range objects {
				if onToken(o) {
					refs[i] = ref{slot: sl.number, number: n.Next}
					n.store(0, o, a.key(sl))
				}
			}
			return sl.fits(n)
		})
		if err != nil {
			return nil, err
		}
	}
	handles := make([]cryptoki.Object, len(objects))
	for i, o := range objects {
		if !onToken(o) {
			refs[i] = ref{slot: sl.number, session: h, number: a.next}
			a.next++
			a.own[refs[i]] = o
		}
		handles[i] = a.handle(refs[i])
	}
	return handles, nil
}

// Destroy removes an object.
func (a *Application) Destroy(ctx context.Context, h cryptoki.Session, object cryptoki.Object) error {
	return do(ctx, a, "C_DestroyObject", func() error {
		s, sl, err := a.session(h)
		if err != nil {
			return err
		}
		r, o, err := a.object(sl, object)
		if err != nil {
			return err
		}
		if r.session == 0 && !s.write {
			return cryptoki.SessionReadOnly
		}
		if !o.truth(cryptoki.AttrDestroyable) {
			return cryptoki.ActionProhibited
		}
		if r.session != 0 {
			delete(a.own, r)
		} else if err := a.tokens.change(sl, func(n *state) error { delete(n.Objects, r.number); return nil }); err != nil {
			return err
		}
		a.drop(r)
		return nil
	})
}

// GenerateKeyPair makes a key pair; both halves are on the token after it, or
// none. It is made outside of the lock, for RSA takes its time.
func (a *Application) GenerateKeyPair(ctx context.Context, h cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv cryptoki.Object, err error) {
	pair, err := call(ctx, a, "C_GenerateKeyPair", func() (pair []cryptoki.Object, err error) {
		pubObject, privObject, p, mech, err := a.beginPair(h, m, public, private)
		if err != nil {
			return nil, err
		}
		if err := generate(p, mech, pubObject, privObject); err != nil {
			return nil, err
		}
		a.tokens.mu.Lock()
		defer a.tokens.mu.Unlock()
		s, sl, err := a.session(h)
		if err != nil {
			return nil, err
		}
		return a.add(h, s, sl, pubObject, privObject)
	})
	if err != nil {
		return 0, 0, err
	}
	return pair[0], pair[1], nil
}

// beginPair looks at what is asked for before a key pair is made.
func (a *Application) beginPair(h cryptoki.Session, m cryptoki.Mechanism, public, private []cryptoki.Attribute) (pub, priv *object, p *profile, mech *mechanism, err error) {
	a.tokens.mu.Lock()
	defer a.tokens.mu.Unlock()
	s, sl, err := a.session(h)
	if err == nil {
		p = sl.profile
		mech, err = p.mechanism(m, cryptoki.FlagGenerateKeyPair)
	}
	if err != nil {
		return nil, nil, nil, nil, err
	}
	// The mechanism says what type the keys have, if the templates do not.
	typed := func(template []cryptoki.Attribute) []cryptoki.Attribute {
		if slices.ContainsFunc(template, func(t cryptoki.Attribute) bool { return t.Type == cryptoki.AttrKeyType }) {
			return template
		}
		return append(slices.Clone(template), cryptoki.Number(cryptoki.AttrKeyType, mech.key))
	}
	if pub, err = fill(p, typed(public), cryptoki.PublicKey, true); err == nil {
		if priv, err = fill(p, typed(private), cryptoki.PrivateKey, true); err == nil {
			err = a.mayAdd(s, sl, pub, priv)
		}
	}
	return pub, priv, p, mech, err
}
