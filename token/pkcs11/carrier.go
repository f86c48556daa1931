package pkcs11

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Carrier is a PKCS #11 token. It is made by Open, and its methods may be
// called from several goroutines, which take turns.
type Carrier struct {
	config Config
	module cryptoki.Module
	device token.Device

	turn    chan struct{} // holds one value while somebody has the turn
	session session
	closed  bool
	// doubtful are the IDs of keys of which Generate does not know whether they
	// were made, and nobody has examined, with their algorithms.
	doubtful map[string]string
}

// Device returns what the token is known by. It stays the same as long as the
// carrier is open.
func (c *Carrier) Device() token.Device { return c.device }

// List returns the key pairs with their certificates in the order of their IDs.
// It asks for the PIN: before that a token does not show its private keys.
//
// The ID of a key is its CKA_ID in hexadecimal; where that is empty or two keys
// have it, a dash and eight octets of the SHA-256 of the public key follow. A
// key of CryptoPro CSP bears the name of its container. A certificate goes
// with the key whose public half it has. Private keys of other kinds, and those
// whose public half nothing on the token tells, are passed over.
//
// A pair of which Generate did not know whether it was made is examined by the
// first List that sees it, as Generate would have done: one that is not what it
// ought to be is removed, and List returns the error that Generate owed.
func (c *Carrier) List(ctx context.Context) ([]token.Entry, error) {
	var entries []token.Entry
	err := c.exclusive(ctx, "list", func(ctx context.Context) error {
		entries = nil
		s, err := c.user(ctx)
		if err != nil {
			return err
		}
		pairs, err := c.pairs(ctx, s)
		if err != nil {
			return err
		}
		if err := c.settle(ctx, s, pairs); err != nil {
			return err
		}
		for _, p := range pairs {
			entries = append(entries, c.entry(p))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

func (c *Carrier) entry(p pair) token.Entry {
	e := token.Entry{Info: token.Info{ID: p.id, Name: p.name, Algorithm: p.algorithm, Device: c.device, Extractable: p.extractable}}
	e.Key = &Key{carrier: c, info: e.Info, public: p.key, keyType: p.keyType, handle: p.private, generation: c.session.generation}
	if len(p.certificates) > 0 {
		e.Certificate = p.certificates[0].parsed
	}
	return e
}

// pair finds the key pair of the given ID.
func (c *Carrier) pair(ctx context.Context, s cryptoki.Session, id string) (pair, error) {
	pairs, err := c.pairs(ctx, s)
	if err != nil {
		return pair{}, err
	}
	i := slices.IndexFunc(pairs, func(p pair) bool { return p.id == id })
	if i < 0 {
		return pair{}, fmt.Errorf("%w: %s", token.ErrNotFound, id)
	}
	return pairs[i], nil
}

// Delete removes the private key first: what a crash leaves behind is no
// secret, and is no key any more. The certificates of the key that have its
// CKA_ID go with it; objects of other classes, such as those that CryptoPro CSP
// keeps beside its keys, stay.
func (c *Carrier) Delete(ctx context.Context, id string) error {
	return c.exclusive(ctx, "delete", func(ctx context.Context) error {
		s, err := c.user(ctx)
		if err != nil {
			return err
		}
		p, err := c.pair(ctx, s, id)
		if err != nil {
			return err
		}
		objects := []cryptoki.Object{p.private}
		for _, cert := range p.certificates {
			if cert.linked {
				objects = append(objects, cert.handle)
			}
		}
		if p.hasPublic {
			objects = append(objects, p.public)
		}
		for _, o := range objects {
			if err := c.destroy(ctx, s, o); err != nil {
				return err
			}
		}
		delete(c.doubtful, id)
		return nil
	})
}

// destroy removes an object.
func (c *Carrier) destroy(ctx context.Context, s cryptoki.Session, o cryptoki.Object) error {
	err := c.module.Destroy(ctx, s, o)
	if err != nil {
		return change{err}
	}
	c.session.changed = true
	return nil
}

// Close logs the user out, closes the session and releases the library, if the
// carrier opened it. Keys of the carrier do not sign any more.
func (c *Carrier) Close() error {
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.closed {
		return nil
	}
	c.closed = true
	ctx, cancel := c.cleanup(context.Background())
	defer cancel()
	if c.session.user {
		// The login is of the process, and outlives the session if another
		// carrier has one open.
		_ = c.module.Logout(ctx, c.session.handle)
	}
	c.drop(ctx)
	return c.module.Close()
}

// cleanName is a label as a person sees it.
func cleanName(label []byte) string {
	return strings.ToValidUTF8(strings.TrimRight(string(label), " \x00"), "\uFFFD")
}
