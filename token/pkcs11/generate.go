package pkcs11

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/surguch/surguch/token"
	"github.com/surguch/surguch/token/internal/cryptoki"
)

// Generate has the token make a key pair, and looks at what it made before it
// returns: the private half is sensitive, always was, was never extractable
// and was made there; the public half is on its curve; and a test signature
// verifies in software. A pair that is not so is removed again, as is half a
// pair.
//
// CKA_ID is the octets of spec.ID, or 16 random ones, and CKA_LABEL is
// spec.Name. ErrExists if there is a key of this ID. Unsupported if the token
// has no mechanism for the algorithm. Unknown if it is not known whether the
// pair was made; if it was, the next List that sees it examines it.
func (c *Carrier) Generate(ctx context.Context, spec token.Spec) (token.Key, error) {
	var key *Key
	err := c.exclusive(ctx, "generate", func(ctx context.Context) (err error) {
		key, err = c.generate(ctx, spec)
		return err
	})
	if err != nil {
		return nil, err
	}
	return key, nil
}

func (c *Carrier) generate(ctx context.Context, spec token.Spec) (*Key, error) {
	i := slices.IndexFunc(algorithms(), func(a algorithm) bool { return a.name == spec.Algorithm })
	if i < 0 {
		return nil, unsupported("algorithm %q", spec.Algorithm)
	}
	a := algorithms()[i]
	id, err := newID(spec.ID)
	if err != nil {
		return nil, err
	}
	s, err := c.user(ctx)
	if err != nil {
		return nil, err
	}
	mechanisms, err := c.module.Mechanisms(ctx, c.session.slot.id)
	if err != nil {
		return nil, err
	}
	if !a.available(mechanisms) {
		return nil, unsupported("algorithm %q: the token has no mechanisms 0x%X and 0x%X", a.name, a.generate, a.sign)
	}
	if err := c.vacate(ctx, s, id); err != nil {
		return nil, err
	}
	c.doubtful[hex.EncodeToString(id)] = a.name
	p, err := c.make(ctx, s, a, id, spec.Name)
	if err == nil {
		c.session.changed = true
		err = c.examine(ctx, s, p, a.name)
	}
	if err != nil {
		return nil, c.rollBack(ctx, err, s, id)
	}
	delete(c.doubtful, p.id)
	return c.entry(p).Key.(*Key), nil
}

// settle examines the pairs that were in doubt and are there.
func (c *Carrier) settle(ctx context.Context, s cryptoki.Session, pairs []pair) error {
	for _, p := range pairs {
		algorithm, doubtful := c.doubtful[p.id]
		if !doubtful {
			continue
		}
		if err := c.examine(ctx, s, p, algorithm); err != nil {
			if ctx.Err() != nil {
				return err // whoever lists has no time, and the pair may be sound
			}
			return c.rollBack(ctx, err, s, p.cka)
		}
		delete(c.doubtful, p.id)
	}
	return nil
}

// newID returns the octets of an ID, or new ones.
func newID(id string) ([]byte, error) {
	if id == "" {
		cka := make([]byte, 16)
		rand.Read(cka)
		return cka, nil
	}
	cka, err := hex.DecodeString(id)
	if err != nil || len(cka) != 16 || hex.EncodeToString(cka) != id {
		return nil, fmt.Errorf("%w: %q is no key ID of 32 lower-case hexadecimal digits", token.ErrNotFound, id)
	}
	return cka, nil
}

// vacate makes sure that no private key has this CKA_ID, and removes what is
// left of a pair that was not made wholly.
func (c *Carrier) vacate(ctx context.Context, s cryptoki.Session, cka []byte) error {
	r := reader{ctx, c.module, s}
	private, err := r.find(cryptoki.PrivateKey, cryptoki.Bytes(cryptoki.AttrID, cka))
	if err != nil {
		return err
	}
	if len(private) > 0 {
		return fmt.Errorf("%w: %x", token.ErrExists, cka)
	}
	left, err := r.find(cryptoki.PublicKey, cryptoki.Bytes(cryptoki.AttrID, cka))
	if err != nil {
		return err
	}
	for _, o := range left {
		if err := c.destroy(ctx, s, o); err != nil {
			return err
		}
	}
	return nil
}

// make has the pair made and reads it.
func (c *Carrier) make(ctx context.Context, s cryptoki.Session, a algorithm, cka []byte, name string) (pair, error) {
	public, private := a.templates(cka, name)
	pub, priv, err := c.module.GenerateKeyPair(ctx, s, cryptoki.Mechanism{Type: a.generate}, public, private)
	if a.keyType == cryptoki.GOST512 && is(err, cryptoki.TemplateInconsistent, cryptoki.TemplateIncomplete, cryptoki.AttributeTypeInvalid, cryptoki.AttributeValueInvalid, cryptoki.DomainParamsInvalid) {
		public, private = a.jacarta().templates(cka, name)
		pub, priv, err = c.module.GenerateKeyPair(ctx, s, cryptoki.Mechanism{Type: a.generate}, public, private)
	}
	if err != nil {
		return pair{}, change{err}
	}
	p := pair{id: hex.EncodeToString(cka), cka: cka, name: name, keyType: a.keyType, private: priv, public: pub, hasPublic: true}
	p.key, p.algorithm, err = readPublic(a.keyType, reader{ctx, c.module, s}.must(pub))
	return p, err
}

// examine proves that the pair is what it ought to be.
func (c *Carrier) examine(ctx context.Context, s cryptoki.Session, p pair, algorithm string) error {
	if p.algorithm != algorithm {
		return fmt.Errorf("pkcs11: the token made a key of %s, not of %s", p.algorithm, algorithm)
	}
	for _, want := range []struct {
		attribute uint32
		name      string
		value     byte
	}{
		{cryptoki.AttrSensitive, "CKA_SENSITIVE", 1},
		{cryptoki.AttrExtractable, "CKA_EXTRACTABLE", 0},
		{cryptoki.AttrAlwaysSensitive, "CKA_ALWAYS_SENSITIVE", 1},
		{cryptoki.AttrNeverExtractable, "CKA_NEVER_EXTRACTABLE", 1},
		{cryptoki.AttrLocal, "CKA_LOCAL", 1},
	} {
		got, err := c.module.Attribute(ctx, s, p.private, want.attribute)
		if err != nil && !is(err, cryptoki.AttributeTypeInvalid) {
			return err
		}
		if !bytes.Equal(got, []byte{want.value}) {
			return &token.Error{Fault: token.Policy, Tries: -1, Detail: fmt.Sprintf("the new key has %s %v", want.name, got)}
		}
	}
	key := c.entry(p).Key.(*Key)
	_, _, err := c.config.Algorithms.Sign(signer{ctx, key, s}, []byte("surguch: test signature of a new key"))
	return err
}

// signer is a key that signs within an operation under way.
type signer struct {
	ctx context.Context
	key *Key
	s   cryptoki.Session
}

func (t signer) Public() crypto.PublicKey { return t.key.public }

func (t signer) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	mechanism, data, err := t.key.input(digest, opts)
	if err != nil {
		return nil, err
	}
	return t.key.sign(t.ctx, t.s, mechanism, data)
}

// rollBack removes what was made under a CKA_ID, because of an error, which it
// returns with its own. Where the token or its driver is gone there is nobody to
// remove it, and the pair stays in doubt.
func (c *Carrier) rollBack(ctx context.Context, why error, s cryptoki.Session, cka []byte) error {
	if gone(why) || lost(why) || errors.Is(why, token.Crashed) || errors.Is(why, token.Unknown) {
		return why
	}
	ctx, cancel := c.cleanup(ctx)
	defer cancel()
	r := reader{ctx, c.module, s}
	for _, class := range []cryptoki.Class{cryptoki.PrivateKey, cryptoki.PublicKey} {
		objects, err := r.find(class, cryptoki.Bytes(cryptoki.AttrID, cka))
		if err != nil {
			return errors.Join(why, fmt.Errorf("pkcs11: rolling back: %w", err))
		}
		for _, o := range objects {
			if err := c.destroy(ctx, s, o); err != nil {
				return errors.Join(why, fmt.Errorf("pkcs11: rolling back: %w", err))
			}
		}
	}
	delete(c.doubtful, hex.EncodeToString(cka))
	return why
}
