// Package local is a certification authority in the process: it issues
// qualified-form certificates under a GOST (or any other) key that the caller
// gives it. It serves tests, demonstrations and embedders who run a small
// authority of their own; an accredited authority uses certified tools.
//
//	root, err := local.NewRoot(as, key, name, now)
//	authority, err := local.New(local.Config{
//		Algorithms: as, Key: key, Certificate: root, Dir: "issued",
//		IssuerTool: tools, SubjectTool: "name of the owner's tool",
//	})
//	outcome, err := authority.Submit(ctx, "order-1", ra.Order{Request: req})
//
// Under one order key it issues once: the certificate is durable in its
// folder before Submit returns, and a repetition returns the same bytes.
package local

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/ra"
)

// Config is what an authority issues with. Required: Algorithms, Key,
// Certificate, IssuerTool and SubjectTool.
type Config struct {
	Algorithms  csr.Algorithms
	Key         crypto.Signer    // may sit in an HSM
	Certificate *csr.Certificate // of Key

	IssuerTool  qualified.IssuerSignTool // this authority's tools, for issuerSignTool
	SubjectTool string                   // the owners' signature tool, for subjectSignTool

	// Life is how long certificates are valid. Zero: 450 days, 15 months of 30.
	Life time.Duration
	// Dir keeps what was issued, a file for each order. "": in memory only.
	Dir string
	// Clock tells the time. Nil: the machine's.
	Clock interface{ Now() time.Time }
}

// CA is the authority; it implements ra.CA.
type CA struct {
	Config
	mu     sync.Mutex
	orders map[string]*order // by the hash of their keys
}

type order struct {
	der     []byte
	revoked time.Time
}

// New returns an authority. It refuses a certificate that is not the key's,
// or may not issue others.
func New(c Config) (*CA, error) {
	if c.Key == nil || c.Certificate == nil || len(c.Algorithms) == 0 {
		return nil, errors.New("local: config: Algorithms, Key and Certificate are required")
	}
	pub, ok := c.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(c.Certificate.PublicKey) {
		return nil, errors.New("local: config: the certificate is not for this key")
	}
	if usage := c.Certificate.KeyUsage; !c.Certificate.IsCA || usage != 0 && usage&csr.KeyCertSign == 0 {
		return nil, errors.New("local: config: the certificate may not issue others")
	}
	if _, err := c.IssuerTool.Extension(); err != nil {
		return nil, fmt.Errorf("local: config: %w", err)
	}
	if _, err := qualified.NewSubjectSignTool(c.SubjectTool); err != nil {
		return nil, fmt.Errorf("local: config: %w", err)
	}
	if c.Life == 0 {
		c.Life = 15 * 30 * 24 * time.Hour
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Dir != "" {
		if err := os.MkdirAll(c.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("local: %w", err)
		}
	}
	return &CA{Config: c, orders: map[string]*order{}}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// Submit issues at once, or returns what it issued under this key before.
func (ca *CA) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if outcome, err := ca.find(key); err != nil || outcome.State != ra.Unknown {
		return outcome, err
	}
	if err := ctx.Err(); err != nil {
		return ra.Outcome{}, err
	}
	der, err := ca.issue(o)
	if err != nil {
		return ra.Outcome{}, err
	}
	if ca.Dir != "" {
		if err := atomicfile.Write(ca.path(key, issuedSuffix), der, 0o600); err != nil {
			return ra.Outcome{}, fmt.Errorf("local: %w", err)
		}
	}
	ca.orders[hash(key)] = &order{der: der}
	return ca.find(key)
}

// Find returns what was issued under the key.
func (ca *CA) Find(_ context.Context, key string) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	return ca.find(key)
}

// Revoke marks the certificate revoked, from the time given or from now on. A
// certificate is revoked once: what a repetition says is not recorded.
func (ca *CA) Revoke(_ context.Context, key string, reason ra.Revocation) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	outcome, err := ca.find(key)
	if err != nil || outcome.State == ra.Unknown {
		return outcome, err
	}
	if o := ca.orders[hash(key)]; o.revoked.IsZero() {
		at := reason.At
		if at.IsZero() {
			at = ca.Clock.Now()
		}
		if ca.Dir != "" {
			if err := atomicfile.Write(ca.path(key, revokedSuffix), []byte(at.UTC().Format(time.RFC3339)), 0o600); err != nil {
				return ra.Outcome{}, fmt.Errorf("local: %w", err)
			}
		}
		o.revoked = at
	}
	return ca.find(key)
}

func (ca *CA) find(key string) (ra.Outcome, error) {
	o := ca.orders[hash(key)]
	if o == nil && ca.Dir != "" {
		var err error
		if o, err = ca.read(key); err != nil {
			return ra.Outcome{}, err
		}
	}
	switch {
	case o == nil:
		return ra.Outcome{State: ra.Unknown}, nil
	case !o.revoked.IsZero():
		return ra.Outcome{State: ra.Revoked, Certificate: bytes.Clone(o.der)}, nil
	}
	return ra.Outcome{State: ra.Issued, Certificate: bytes.Clone(o.der)}, nil
}

// read finds an order of an earlier run; nil if there is none.
func (ca *CA) read(key string) (*order, error) {
	der, err := os.ReadFile(ca.path(key, issuedSuffix))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("local: %w", err)
	}
	o := &order{der: der}
	at, err := os.ReadFile(ca.path(key, revokedSuffix))
	if err == nil {
		o.revoked, err = time.Parse(time.RFC3339, string(at))
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("local: %w", err)
	}
	ca.orders[hash(key)] = o
	return o, nil
}

// Files of one order: the hash of its key and one of these.
const (
	issuedSuffix  = ".cer"     // the certificate, DER
	revokedSuffix = ".revoked" // when it ended, RFC 3339
)

func (ca *CA) path(key, suffix string) string { return filepath.Join(ca.Dir, hash(key)+suffix) }

func hash(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}

// newSerial returns a positive serial number of 16 octets of chance.
func newSerial() *big.Int {
	var b [16]byte
	rand.Read(b[:])
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:])
}
