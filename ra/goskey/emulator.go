// Package goskey has people sign on their phones. Its Emulator stands for the
// Goskey application and its server, in the process: persons enrol, get a
// qualified certificate of their own, see the packages sent to them, and view
// and sign or decline. Keys and signatures are real GOST; the authority's
// certificate that vouches for them is whatever the caller gives.
//
//	emulator, err := goskey.NewEmulator(goskey.Config{Algorithms: as, CA: otherCA, Clock: clock})
//	phone, err := emulator.Enrol(ctx, snils, subject)
//	// the registration authority submits a package …
//	for _, p := range phone.Packages() {
//		err = phone.View(p.ID)
//		err = phone.Sign(p.ID, true)
//	}
package goskey

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
)

// Config is what an emulator works with. Required: Algorithms and CA.
type Config struct {
	Algorithms csr.Algorithms
	CA         ra.CA                        // issues the persons' own certificates
	Curve      *gost.Curve                  // of their keys; nil: CryptoPro-A
	Clock      interface{ Now() time.Time } // nil: the machine's
}

// Emulator is the server and all phones; it implements ra.MobileSigner. It
// keeps everything in memory.
type Emulator struct {
	Config
	mu       sync.Mutex
	phones   map[string]*Phone // by SNILS
	packages map[ra.OperationID]*pack
	byKey    map[string]ra.OperationID
}

// pack is a package of documents and what became of it.
type pack struct {
	ra.SignRequest
	operation ra.Operation
	viewed    bool
}

// Phone is one person's application.
type Phone struct {
	emulator    *Emulator
	key         *gost.PrivateKey
	certificate *csr.Certificate
	order       []ra.OperationID
}

// NewEmulator returns an emulator without any person.
func NewEmulator(c Config) (*Emulator, error) {
	if c.CA == nil || len(c.Algorithms) == 0 {
		return nil, errors.New("goskey: config: Algorithms and CA are required")
	}
	if c.Curve == nil {
		c.Curve = gost.CryptoProA()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	return &Emulator{
		Config: c, phones: map[string]*Phone{},
		packages: map[ra.OperationID]*pack{}, byKey: map[string]ra.OperationID{},
	}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// Enrol installs the application for a person who was identified in person:
// a key pair is made and the CA issues a qualified certificate for it, with
// the subject given, which must bear the SNILS.
func (e *Emulator) Enrol(ctx context.Context, snils string, subject csr.Name) (*Phone, error) {
	if subject.Get(csr.SNILS) != snils {
		return nil, errors.New("goskey: enrol: the subject bears another SNILS")
	}
	key, err := gost.GenerateKey(e.Curve, nil)
	if err != nil {
		return nil, fmt.Errorf("goskey: enrol: %w", err)
	}
	der, err := e.Algorithms.Create(key, &csr.Template{Subject: subject})
	if err != nil {
		return nil, fmt.Errorf("goskey: enrol: %w", err)
	}
	request, err := e.Algorithms.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("goskey: enrol: %w", err)
	}
	outcome, err := e.CA.Submit(ctx, "goskey/"+newID(), ra.Order{Request: request, Identification: qualified.InPerson})
	if err != nil {
		return nil, fmt.Errorf("goskey: enrol: %w", err)
	}
	if outcome.State != ra.Issued {
		return nil, fmt.Errorf("goskey: enrol: the CA answers %s", outcome.State)
	}
	certificate, err := e.Algorithms.ParseCertificate(outcome.Certificate)
	if err != nil {
		return nil, fmt.Errorf("goskey: enrol: %w", err)
	}
	p := &Phone{emulator: e, key: key, certificate: certificate}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.phones[snils] = p
	return p, nil
}

// newID is 128 bits of chance.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Submit delivers a package to the person's phone, once under each key.
func (e *Emulator) Submit(_ context.Context, r ra.SignRequest) (ra.OperationID, error) {
	if len(r.Documents) == 0 {
		return "", errors.New("goskey: a package without documents")
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if id, ok := e.byKey[r.Key]; ok {
		return id, nil
	}
	id := ra.OperationID(newID())
	p := &pack{SignRequest: r, operation: ra.Operation{State: ra.AwaitingUser}}
	if phone := e.phones[r.SNILS]; phone != nil {
		phone.order = append(phone.order, id)
	} else {
		p.operation = ra.Operation{State: ra.SignerNotFound, Reason: "приложение Госключ у этого человека не установлено"}
	}
	e.packages[id], e.byKey[r.Key] = p, id
	return id, nil
}

// Status tells where a package stands; one whose deadline has passed expires.
func (e *Emulator) Status(_ context.Context, id ra.OperationID) (ra.Operation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.packages[id]
	if p == nil {
		return ra.Operation{}, fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	e.expire(p)
	return p.operation, nil
}

func (e *Emulator) expire(p *pack) {
	if p.operation.State == ra.AwaitingUser && !e.Clock.Now().Before(p.Deadline) {
		p.operation = ra.Operation{State: ra.SigningExpired, Reason: "срок подписания истёк"}
	}
}

// Cancel withdraws a package that is not signed yet.
func (e *Emulator) Cancel(_ context.Context, id ra.OperationID) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.packages[id]
	if p == nil {
		return fmt.Errorf("%w: package %s", ra.ErrNotFound, id)
	}
	if p.operation.State == ra.AwaitingUser {
		p.operation = ra.Operation{State: ra.SigningExpired, Reason: "пакет отозван отправителем"}
	}
	return nil
}

// Package is what the person sees of a package.
type Package struct {
	ID          ra.OperationID
	Title       string
	Documents   []ra.SignDocument
	Acknowledge bool // «Я проверил документы» must be ticked
}

// Packages returns those that wait for the person, the oldest first.
func (p *Phone) Packages() []Package {
	e := p.emulator
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Package
	for _, id := range p.order {
		pk := e.packages[id]
		e.expire(pk)
		if pk.operation.State == ra.AwaitingUser {
			list = append(list, Package{id, pk.Title, pk.Documents, pk.Acknowledge})
		}
	}
	return list
}

// Certificate is the person's own, by which the signatures are verified.
func (p *Phone) Certificate() *csr.Certificate { return p.certificate }

// Reasons the application refuses to sign.
var (
	ErrNotWaiting = errors.New("goskey: the package does not wait for this person")
	ErrNotViewed  = errors.New("goskey: the documents were not viewed")
	ErrNotChecked = errors.New("goskey: «Я проверил документы» is not ticked")
)

// View shows the documents; only then can they be signed.
func (p *Phone) View(id ra.OperationID) error {
	return p.act(id, func(pk *pack) error {
		pk.viewed = true
		return nil
	})
}

// Sign signs every document with a detached CMS. Checked is the tick at «Я
// проверил документы», which some packages require.
func (p *Phone) Sign(id ra.OperationID, checked bool) error {
	return p.act(id, func(pk *pack) error {
		switch {
		case !pk.viewed:
			return ErrNotViewed
		case pk.Acknowledge && !checked:
			return ErrNotChecked
		}
		var signatures [][]byte
		for _, d := range pk.Documents {
			options := cms.Options{Detached: true, At: p.emulator.Clock.Now()}
			s, err := cms.Sign(p.emulator.Algorithms, p.key, p.certificate, options, d.Data)
			if err != nil {
				return fmt.Errorf("goskey: %s: %w", d.Name, err)
			}
			signatures = append(signatures, s)
		}
		pk.operation = ra.Operation{State: ra.Signed, Signatures: signatures}
		return nil
	})
}

// Decline refuses to sign.
func (p *Phone) Decline(id ra.OperationID) error {
	return p.act(id, func(pk *pack) error {
		pk.operation = ra.Operation{State: ra.RefusedByUser, Reason: "владелец отказался подписывать"}
		return nil
	})
}

func (p *Phone) act(id ra.OperationID, do func(*pack) error) error {
	e := p.emulator
	e.mu.Lock()
	defer e.mu.Unlock()
	pk := e.packages[id]
	if pk == nil || pk.SNILS != p.certificate.Subject.Get(csr.SNILS) {
		return ErrNotWaiting
	}
	e.expire(pk)
	if pk.operation.State != ra.AwaitingUser {
		return ErrNotWaiting
	}
	return do(pk)
}
