package goskey

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/ra"
)

// Config is what an emulator works with. Required: Algorithms and CA.
type Config struct {
	Algorithms csr.Algorithms
	CA         ra.CA                        // issues the persons' own qualified certificates
	UNEP       ra.CA                        // issues their unqualified ones; nil: CA does
	Curve      *gost.Curve                  // of their keys; nil: CryptoPro-A
	Clock      interface{ Now() time.Time } // nil: the machine's
}

// Emulator is the server, the state portal's accounts and all phones. It
// implements ra.MobileSigner and ra.MobileKeys and keeps everything in memory.
// Its methods and those of its phones may be called from several goroutines.
type Emulator struct {
	Config
	mu       sync.Mutex
	accounts map[string]*account // by SNILS
	numbers  map[string][]SMS    // by phone number
	packages map[ra.OperationID]*pack
	keys     map[ra.OperationID]*keyOrder
	byKey    map[string]ra.OperationID // of packages and keys, each with its own prefix
}

var (
	_ ra.MobileSigner = (*Emulator)(nil)
	_ ra.MobileKeys   = (*Emulator)(nil)
)

// NewEmulator returns an emulator without any person.
func NewEmulator(c Config) (*Emulator, error) {
	if c.CA == nil || len(c.Algorithms) == 0 {
		return nil, errors.New("goskey: config: Algorithms and CA are required")
	}
	if c.UNEP == nil {
		c.UNEP = c.CA
	}
	if c.Curve == nil {
		c.Curve = gost.CryptoProA()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	return &Emulator{
		Config: c, accounts: map[string]*account{}, numbers: map[string][]SMS{},
		packages: map[ra.OperationID]*pack{}, keys: map[ra.OperationID]*keyOrder{}, byKey: map[string]ra.OperationID{},
	}, nil
}

type machineClock struct{}

func (machineClock) Now() time.Time { return time.Now() }

// Enrol is the short way to a phone, for a person who was identified in
// person: an account, if there is none, and a qualified certificate, with the
// subject given, which must bear the SNILS. The phone has no password, is never
// locked, and holds no unqualified certificate.
func (e *Emulator) Enrol(ctx context.Context, snils string, subject csr.Name) (*Phone, error) {
	if subject.Get(csr.SNILS) != snils {
		return nil, errors.New("goskey: enrol: the subject bears another SNILS")
	}
	held, err := e.certificate(ctx, &making{ca: e.CA, how: qualified.InPerson, template: csr.Template{Subject: subject}})
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	a := e.accounts[snils]
	if a == nil {
		a = &account{Account: Account{SNILS: snils, Subject: subject, Confirmed: true}}
		e.accounts[snils] = a
	}
	p := &Phone{emulator: e, account: a, stage: Ready, ukep: held}
	e.register(p)
	return p, nil
}

// newID is 128 bits of chance.
func newID() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
