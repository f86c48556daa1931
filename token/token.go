// Package token is where keys and certificates live: a carrier at the
// applicant's or the agent's workplace, be it a stick with a chip, a file or
// a container of another program.
//
// A [Carrier] makes a key pair, keeps the private half, and later takes the
// certificate: that is all a registration authority ever asks of it. The key
// is a crypto.Signer, so package csr can build a request with it; the private
// half never leaves through this interface.
//
//	key, err := carrier.Generate(ctx, token.Spec{Algorithm: "CryptoPro-A", Name: "Иванов"})
//	der, err := csr.Standard().Create(key, &csr.Template{Subject: name})
//	// … the authority issues …
//	err = token.Install(ctx, carrier, key.Info().ID, csr.Standard(), cert)
//
// Install matches the certificate with the key first, writes, reads back and
// signs a test message: a certificate that cannot be used is never reported
// as installed.
package token

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
)

// Spec says what key pair to make.
type Spec struct {
	// Algorithm is a GOST parameter set by its name in package gost, such as
	// "CryptoPro-A" or "512-A".
	Algorithm string
	// Name is what a person sees in a list of keys. It need not be unique.
	Name string
}

// Info is what a carrier tells about a key.
type Info struct {
	ID          string // unique on the carrier, stable
	Name        string // as in Spec
	Algorithm   string
	Carrier     string // manufacturer, model and serial number, or the folder
	Extractable bool   // the private half can be copied off the carrier
}

// Key is a private key on a carrier. Sign takes a digest, as crypto.Signer
// says; a key that hashes by itself is a crypto.MessageSigner too.
type Key interface {
	crypto.Signer
	Info() Info
}

// Entry is a key with what stands beside it.
type Entry struct {
	Info        Info
	Key         Key
	Certificate *csr.Certificate // nil until one is installed
}

// Carrier holds key pairs and their certificates. All methods wait for the
// device and obey ctx; they may be called from several goroutines.
type Carrier interface {
	// List returns every key with its certificate, in a stable order.
	List(ctx context.Context) ([]Entry, error)
	// Generate makes a key pair; it is on the carrier when it returns.
	Generate(ctx context.Context, spec Spec) (Key, error)
	// Write stores the certificate beside the key of the given ID, replacing
	// one that stands there, wholly or not at all. ErrNotFound if there is no
	// such key. Callers want Install, which proves what was written.
	Write(ctx context.Context, id string, cert *csr.Certificate) error
	// Delete removes a key pair and its certificate. ErrNotFound if absent.
	Delete(ctx context.Context, id string) error
	// Close releases the device. Keys it gave out may stop working.
	Close() error
}

// Errors a caller acts on.
var (
	// ErrNotFound says that the carrier has no key of this ID.
	ErrNotFound = errors.New("token: no such key")
	// ErrOtherKey says that a certificate is for another key.
	ErrOtherKey = errors.New("token: the certificate is for another key")
	// ErrReadBack says that what was read back is not what was written.
	ErrReadBack = errors.New("token: the certificate read back differs from the one written")
)

// Install puts a certificate beside its key: the public keys are compared
// first, then it is written, read back byte for byte, and the key signs a
// test message that the certificate's key must verify. ErrOtherKey, with
// nothing written, if the certificate is for another key. After any later
// error the carrier may hold it all the same.
func Install(ctx context.Context, c Carrier, id string, as csr.Algorithms, cert *csr.Certificate) error {
	entry, err := Find(ctx, c, id)
	if err != nil {
		return err
	}
	if !samePublic(entry.Key, cert) {
		return fmt.Errorf("%w (key %s)", ErrOtherKey, id)
	}
	if err := c.Write(ctx, id, cert); err != nil {
		return err
	}
	return Verify(ctx, c, id, as, cert)
}

// Verify proves that a carrier holds the certificate, byte for byte, beside
// the key of the given ID, and that this key signs under it.
func Verify(ctx context.Context, c Carrier, id string, as csr.Algorithms, cert *csr.Certificate) error {
	entry, err := Find(ctx, c, id)
	if err != nil {
		return err
	}
	if entry.Certificate == nil || !bytes.Equal(entry.Certificate.Raw, cert.Raw) {
		return ErrReadBack
	}
	if !samePublic(entry.Key, cert) {
		return fmt.Errorf("%w (key %s)", ErrOtherKey, id)
	}
	if _, _, err := as.Sign(entry.Key, []byte("surguch: self-test signature")); err != nil {
		return fmt.Errorf("token: self-test: %w", err)
	}
	return nil
}

// Find returns the entry of the given key ID, or ErrNotFound.
func Find(ctx context.Context, c Carrier, id string) (Entry, error) {
	entries, err := c.List(ctx)
	if err != nil {
		return Entry{}, err
	}
	for _, e := range entries {
		if e.Info.ID == id {
			return e, nil
		}
	}
	return Entry{}, fmt.Errorf("%w: %s", ErrNotFound, id)
}

func samePublic(key Key, cert *csr.Certificate) bool {
	pub, ok := key.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(cert.PublicKey)
}
