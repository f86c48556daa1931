package cryptopro

import (
	"bytes"
	"context"
	"crypto"
	"encoding/hex"
	"errors"
	"io"
	"sync"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/token"
)

// Fingerprint stands for a public key that is not known yet, because there is
// no certificate and the password has not been given: the first 8 octets of
// the public key, the low ones of X, little-endian.
type Fingerprint [fingerprintSize]byte

// Equal reports whether x can be the public key: a *gost.PublicKey that begins
// so, or the same fingerprint. One of zeros, which a damaged container has,
// equals nothing.
func (f Fingerprint) Equal(x crypto.PublicKey) bool {
	if f == (Fingerprint{}) {
		return false
	}
	switch other := x.(type) {
	case *gost.PublicKey:
		return bytes.HasPrefix(other.Bytes(), f[:])
	case Fingerprint:
		return f == other
	}
	return false
}

// String returns 16 hexadecimal digits.
func (f Fingerprint) String() string { return hex.EncodeToString(f[:]) }

// key is a key in a container. The private half is there from the first
// signature on, and stays.
type key struct {
	carrier     *Carrier
	info        token.Info
	fingerprint Fingerprint

	mu      sync.Mutex
	public  *gost.PublicKey // nil if it is not known
	private *gost.PrivateKey
}

// Info returns what the carrier tells about the key.
func (k *key) Info() token.Info { return k.info }

// Public returns a *gost.PublicKey, or a Fingerprint while that is not known.
func (k *key) Public() crypto.PublicKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.private != nil:
		return k.private.Public()
	case k.public != nil:
		return k.public
	}
	return k.fingerprint
}

// Sign opens the container the first time, and may ask for its password.
func (k *key) Sign(rand io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	private, err := k.open()
	if err != nil {
		return nil, err
	}
	return private.Sign(rand, digest, opts)
}

func (k *key) open() (*gost.PrivateKey, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.private != nil {
		return k.private, nil
	}
	ctx := context.Background() // crypto.Signer has none
	p, err := k.carrier.find(ctx, "sign", k.info.ID)
	if err != nil {
		return nil, err
	}
	defer p.files.Wipe()
	private, err := k.carrier.unlock(ctx, "sign", p)
	if err != nil {
		return nil, err
	}
	if k.public != nil && !k.public.Equal(private.Public()) {
		return nil, k.carrier.fail("sign", errReplaced)
	}
	k.private = private
	return private, nil
}

var errReplaced = errors.New("cryptopro: another key is in the container now")

// unlock opens a container, with its password if it has one.
func (c *Carrier) unlock(ctx context.Context, op string, p place) (*gost.PrivateKey, error) {
	if p.err != nil {
		return nil, c.fail(op, p.err)
	}
	private, err := (*gost.PrivateKey)(nil), ErrPassword
	if !p.container.Protected() {
		private, err = p.open(nil)
	}
	// Some tools write no MAC of the password, and do not tell that there is
	// one.
	if err == ErrPassword && (p.container.Protected() || c.config.Password != nil) {
		password, refused := c.ask(ctx, op, p.container.name, false)
		if refused != nil {
			return nil, refused
		}
		defer clear(password)
		private, err = p.open(password)
	}
	if err != nil {
		return nil, c.fail(op, err)
	}
	c.learn(p.id, private)
	return private, nil
}

// ask asks for the password of a container, once. The caller wipes it.
func (c *Carrier) ask(ctx context.Context, op, container string, isNew bool) ([]byte, error) {
	if c.config.Password == nil {
		if isNew {
			return nil, nil
		}
		return nil, c.error(token.Policy, op, errors.New("cryptopro: the container has a password, and the Config has none"))
	}
	device := c.device
	device.Label = container
	answer, err := c.config.Password(ctx, token.Question{Device: device, Left: -1, New: isNew})
	if err == nil {
		err = ctx.Err() // a person may have thought longer than the caller
	}
	if err == nil && isNew {
		err = checkPassword(answer.PIN)
	}
	if err != nil {
		clear(answer.PIN)
		return nil, c.fail(op, err)
	}
	return answer.PIN, nil
}

// fail returns the error of an operation as carriers return it: the system's
// as package disk does, those of a container with a fault. What a PIN function
// answers, and the errors of package token and of the context, stay as they
// are.
func (c *Carrier) fail(op string, err error) error {
	err = c.folder.Fail(op, err)
	var known *token.Error
	switch {
	case err == nil, errors.As(err, &known):
		return err
	case errors.Is(err, ErrPassword):
		return c.error(token.WrongPIN, op, nil)
	case errors.Is(err, errPasswordForm):
		return c.error(token.Policy, op, err)
	case errors.Is(err, ErrDamaged), errors.Is(err, ErrUnsupported), errors.Is(err, errReplaced):
		return c.error(token.Unsupported, op, err)
	}
	return err
}

func (c *Carrier) error(fault token.Fault, op string, err error) error {
	return &token.Error{Fault: fault, Op: op, Device: c.device, Tries: -1, Err: err}
}
