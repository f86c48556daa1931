// Package token is where keys and certificates live: a carrier at the
// applicant's or the agent's workplace, be it a stick with a chip, a file or
// a container of another program.
//
// A [Carrier] makes a key pair, keeps the private half, and later takes the
// certificate: that is all a registration authority ever asks of it. The key
// is a crypto.Signer, so package csr can build a request with it; the private
// half never leaves through this interface.
//
//	key, err := token.Generate(ctx, carrier, token.Spec{Algorithm: "CryptoPro-A", Name: "Иванов"})
//	der, err := csr.Standard().Create(key, &csr.Template{Subject: name})
//	// … the authority issues …
//	err = token.Install(ctx, carrier, key.Info().ID, csr.Standard(), cert)
//
// Install matches the certificate with the key first, writes, reads back and
// signs a test message: a certificate that cannot be used is never reported
// as installed.
//
// Errors of carriers are an *[Error] with a [Fault] and a hint for people in
// Russian and English. A PIN is asked for through a [PIN], never repeated by
// itself, and the last try needs an explicit yes. Where the driver of a device
// dies in the middle of a change, the fault is Unknown, and Generate and
// Install look at what is there before they give up.
package token

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/surguch/surguch/csr"
)

// Spec says what key pair to make.
type Spec struct {
	// Algorithm is a GOST parameter set by its name in package gost, such as
	// "CryptoPro-A" or "512-A"; or "RSA-2048", "RSA-3072", "RSA-4096", "P-256",
	// "P-384", where the carrier has them.
	Algorithm string
	// Name is what a person sees in a list of keys. It need not be unique.
	Name string
	// ID is to be the key's ID, 32 lower-case hexadecimal digits, so that a
	// key can be looked for of which nobody knows whether it was made. Empty:
	// the carrier chooses.
	ID string
}

// Info is what a carrier tells about a key.
type Info struct {
	ID          string // unique on the carrier, stable
	Name        string // as in Spec
	Algorithm   string
	Device      Device
	Extractable bool // the private half can be copied off the carrier
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
	// Generate makes a key pair; it is on the carrier when it returns. Callers
	// want token.Generate, which finds it again if that is not known: a key that
	// List shows then is as good as one that Generate returned.
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
	// ErrExists says that the carrier has a key of this ID already.
	ErrExists = errors.New("token: there is a key of this ID")
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
	written := c.Write(ctx, id, cert)
	if written != nil && !errors.Is(written, Unknown) {
		return written
	}
	if err := Verify(ctx, c, id, as, cert); err != nil {
		return errors.Join(written, err)
	}
	return nil
}

// Generate makes a key pair under an ID of its own. If the carrier does not
// know whether it was made, it is looked for; it is not made a second time.
func Generate(ctx context.Context, c Carrier, spec Spec) (Key, error) {
	if spec.ID == "" {
		var id [16]byte
		rand.Read(id[:])
		spec.ID = hex.EncodeToString(id[:])
	}
	key, err := c.Generate(ctx, spec)
	if !errors.Is(err, Unknown) {
		return key, err
	}
	entry, look := Find(ctx, c, spec.ID)
	if look != nil {
		return nil, errors.Join(err, look)
	}
	return entry.Key, nil
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
