// Package local is a certification authority in the process: it issues
// qualified-form certificates under a GOST (or any other) key that the caller
// gives it. It serves tests, demonstrations and embedders who run a small
// authority of their own; an accredited authority uses certified tools.
//
//	root, err := local.NewRoot(as, key, name, now)
//	authority, err := local.New(local.Config{
//		Algorithms: as, Key: key, Certificate: root, Dir: "authority",
//		IssuerTool: tools, SubjectTool: "name of the owner's tool",
//	})
//	defer authority.Close()
//	outcome, err := authority.Submit(ctx, "order-1", ra.Order{Request: req})
//
// # Issuing
//
// The subject and the key are the request's, the purposes the order's; all
// else is the authority's to say, by the profile of csr/qualified in force. Every
// certificate is made first without a signature and looked at by the linter of
// csr/qualified: one that breaks a rule of severity error is refused, and the
// authority's key never touches it.
//
// Under one order key it issues once. What is about to be signed is durable
// before it is signed, and what was signed before Submit returns: after a
// crash between the two the same certificate is signed, with the same serial
// number, and after any crash a repetition returns the same bytes.
//
// # State of certificates
//
// [CA.CRL] makes the full list, [CA.Publish] writes it into a folder that a
// web server shows, and [CA.Responder] answers OCSP.
//
// # Limits
//
// All orders are in memory, about two kilobytes each. The journal in Dir is
// never shortened. One process at a time has it open.
package local

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
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
	// Class is that of the owners' tool. Zero: KC1.
	Class qualified.Class

	// Licence is the value of the extension with the licence of the owners'
	// signature tool, DER, as its maker gives it to authorities. Nil: an order
	// for a licence is refused.
	Licence []byte

	// Life is how long certificates are valid. Zero: 450 days, 15 months of 30.
	Life time.Duration

	// Where the list of revoked certificates, this authority's certificate
	// and its OCSP responder are to be had. None: the extension, or that part
	// of it, is left out.
	CRLURLs, IssuerURLs, OCSPURLs []string
	// ListLife is how long a list of revoked certificates is current. Zero:
	// 24 hours.
	ListLife time.Duration

	// Accept names rules of csr/qualified that a certificate may break. None:
	// one that breaks any rule of severity error is refused.
	Accept []string

	// Dir keeps the journal of what was issued. "": in memory only.
	Dir string
	// Clock tells the time. Nil: the machine's.
	Clock interface{ Now() time.Time }
}

// CA is the authority; it implements ra.CA. Its methods may be called from
// several goroutines.
type CA struct {
	cfg    Config
	keyEnd time.Time // the authority's key signs no certificates afterwards; zero: no such limit

	mu      sync.Mutex
	book    *book
	orders  map[string]*order
	serials map[string]*order // issued, by the octets of the serial number
	lists   int64             // number of the latest list
}

// order is what became of one key.
type order struct {
	planned    []byte // the certificate as it is to be signed
	der        []byte // the certificate
	serial     *big.Int
	state      ra.OutcomeState
	code       string // of a refusal
	reason     string // of a refusal
	revocation csr.Revocation
}

// New returns an authority and, if there was one in Dir, goes on where it
// ended. It refuses a certificate that is not the key's, or may not issue
// others.
func New(c Config) (*CA, error) {
	if err := c.complete(); err != nil {
		return nil, fmt.Errorf("local: config: %w", err)
	}
	ca := &CA{cfg: c, orders: map[string]*order{}, serials: map[string]*order{}}
	if e, ok := csr.FindExtension(c.Certificate.Extensions, periodID); ok {
		var err error
		if _, ca.keyEnd, err = qualified.ParsePrivateKeyUsagePeriod(e.Value); err != nil {
			return nil, fmt.Errorf("local: config: the certificate: %w", err)
		}
	}
	if c.Dir != "" {
		var err error
		if ca.book, err = openBook(c.Dir, ca.apply); err != nil {
			return nil, fmt.Errorf("local: %w", err)
		}
	}
	return ca, nil
}

// complete sets what was left out and refuses what cannot be.
func (c *Config) complete() error {
	if c.Key == nil || c.Certificate == nil || len(c.Algorithms) == 0 {
		return errors.New("one of Algorithms, Key and Certificate is missing")
	}
	pub, ok := c.Key.Public().(interface{ Equal(crypto.PublicKey) bool })
	if !ok || !pub.Equal(c.Certificate.PublicKey) {
		return errors.New("the certificate is not for this key")
	}
	if usage := c.Certificate.KeyUsage; !c.Certificate.IsCA || usage != 0 && usage&csr.KeyCertSign == 0 {
		return errors.New("the certificate may not issue others")
	}
	if c.Class == 0 {
		c.Class = qualified.KC1
	}
	if len(c.Class.Policies()) == 0 {
		return fmt.Errorf("no class of tools: %v", c.Class)
	}
	if rest, err := asn1.Unmarshal(c.Licence, &asn1.RawValue{}); c.Licence != nil && (err != nil || len(rest) > 0) {
		return errors.New("the licence is not one value in DER")
	}
	if c.Life == 0 {
		c.Life = 15 * 30 * 24 * time.Hour
	}
	if c.ListLife == 0 {
		c.ListLife = 24 * time.Hour
	}
	if c.Life < time.Second || c.ListLife < time.Second {
		return errors.New("less than a second for Life or ListLife")
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if err := c.checkAccept(); err != nil {
		return err
	}
	_, err := c.fixedExtensions()
	return err
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// Close ends the use of the folder; another process may open it then.
func (ca *CA) Close() error {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	return ca.book.close()
}

// Submit issues at once, or returns what became of this key before.
func (ca *CA) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	if outcome, err := ca.find(key); err != nil || outcome.State != ra.Unknown {
		return outcome, err
	}
	if err := ctx.Err(); err != nil {
		return ra.Outcome{}, err
	}
	planned, refusal, err := ca.plan(o)
	switch {
	case err != nil:
		return ra.Outcome{}, err
	case refusal != "":
		err = ca.write(&line{Kind: lineRefused, Key: key, Code: "lint", Reason: refusal})
	default:
		err = ca.write(&line{Kind: linePlanned, Key: key, Certificate: planned})
	}
	if err != nil {
		return ra.Outcome{}, err
	}
	return ca.find(key)
}

// Find returns what became of the key.
func (ca *CA) Find(_ context.Context, key string) (ra.Outcome, error) {
	ca.mu.Lock()
	defer ca.mu.Unlock()
	return ca.find(key)
}

// Answer changes nothing: this authority asks for nothing.
func (ca *CA) Answer(ctx context.Context, key string, _ ra.Answer) (ra.Outcome, error) {
	return ca.Find(ctx, key)
}

// find looks an order up. One that was planned and not signed, because the
// authority stopped or its key failed, is signed now.
func (ca *CA) find(key string) (ra.Outcome, error) {
	o := ca.orders[key]
	if o == nil {
		return ra.Outcome{State: ra.Unknown}, nil
	}
	if o.state == ra.Pending {
		der, err := ca.sign(o.planned)
		if err == nil {
			err = ca.write(&line{Kind: lineIssued, Key: key, Certificate: der})
		}
		if err != nil {
			return ra.Outcome{}, err
		}
	}
	return ra.Outcome{State: o.state, Certificate: bytes.Clone(o.der), Code: o.code, Reason: o.reason}, nil
}

// newSerial returns a positive serial number of 16 octets of chance that no
// other certificate has.
func (ca *CA) newSerial() *big.Int {
	for {
		n := randomSerial()
		if ca.serials[string(n.Bytes())] == nil && n.Cmp(ca.cfg.Certificate.SerialNumber) != 0 {
			return n
		}
	}
}

func randomSerial() *big.Int {
	var b [16]byte
	rand.Read(b[:])
	b[0] = b[0]&0x7f | 0x40
	return new(big.Int).SetBytes(b[:])
}
