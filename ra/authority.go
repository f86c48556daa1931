package ra

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// Clock tells the time. Tests give one that they advance.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Config is what an authority is made of. Required: Store and Processes; and
// of the rest whatever the effects of the processes need, which New checks.
type Config struct {
	// Store keeps the requests.
	Store Store
	// Processes are those that requests may begin in. A request already
	// begun runs by the version it began with, listed here or not.
	Processes []*workflow.Process
	// Algorithms are the schemes of keys and signatures. Nil: csr.Standard().
	Algorithms csr.Algorithms

	// Registers answers inquiries about applicants. Needed by ask_registers.
	Registers smev.Verifier
	// Checks are the inquiries made. Nil: passport, SNILS and INN.
	Checks []smev.Check
	// CheckLife is how long a register's answer counts. Zero: 24 hours.
	CheckLife time.Duration

	// Rehearsal accepts register answers of a simulator (smev.Emulator).
	// Without it they are refused: they prove nothing about a person.
	Rehearsal bool

	// CA issues, under one of Issuers. Needed by send_to_ca.
	CA      CA
	Issuers []*csr.Certificate
	// Signer signs on the person's phone; its signers' certificates lead to
	// one of SignerAnchors. Needed by sign_application, sign_acknowledgement.
	Signer        MobileSigner
	SignerAnchors []*csr.Certificate
	// Notifier tells people. Needed by notify_… and send_link.
	Notifier Notifier
	// Printer makes forms. Needed by print_….
	Printer Printer

	// LinkLife is how long an individual link opens its request. Zero: 14 days.
	LinkLife time.Duration
	// SigningLife is how long a person has to sign a package. Zero: 24 hours.
	SigningLife time.Duration
	// Poll is the pause between questions to registers, signer and CA while
	// their answer is pending. Zero: one minute.
	Poll time.Duration

	// Clock tells the time. Nil: the machine's.
	Clock Clock
	// Log receives what nobody else learns: failed attempts of effects. It
	// gets no personal data. Nil: slog.Default().
	Log *slog.Logger
}

// Authority runs requests. Its methods may be called from several goroutines
// and from several processes on one store.
type Authority struct {
	cfg      Config
	handlers map[workflow.Effect]handler

	mu        sync.Mutex
	processes map[string]*workflow.Process // by hash
}

// New checks the configuration and returns the authority. It refuses a
// process that does not pass Check, and one with an effect that nobody
// handles, naming it.
func New(c Config) (*Authority, error) {
	if c.Store == nil || len(c.Processes) == 0 {
		return nil, errors.New("ra: config: Store and Processes are required")
	}
	if c.Algorithms == nil {
		c.Algorithms = csr.Standard()
	}
	if c.Checks == nil {
		c.Checks = []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN}
	}
	c.CheckLife = orDefault(c.CheckLife, 24*time.Hour)
	c.LinkLife = orDefault(c.LinkLife, 14*24*time.Hour)
	c.SigningLife = orDefault(c.SigningLife, 24*time.Hour)
	c.Poll = orDefault(c.Poll, time.Minute)
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	a := &Authority{cfg: c, processes: map[string]*workflow.Process{}}
	a.handlers = a.effects()
	for _, p := range c.Processes {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("ra: process %s: %w", p.Name, err)
		}
		for _, effect := range effectsOf(p) {
			if a.handlers[effect] == nil {
				return nil, fmt.Errorf("ra: process %s: nobody handles the effect %s", p.Name, effect)
			}
		}
		a.processes[p.Hash()] = p
	}
	return a, nil
}

func orDefault(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now().UTC() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }

func effectsOf(p *workflow.Process) []workflow.Effect {
	all := append([]workflow.Effect{}, p.Start...)
	for _, s := range p.Steps {
		all = append(all, s.Do...)
	}
	return all
}

// UnknownProcessError says that a process is not among those configured.
type UnknownProcessError struct {
	Name  string
	Known []string
}

func (e *UnknownProcessError) Error() string {
	return fmt.Sprintf("ra: unknown process %q; there are %v", e.Name, e.Known)
}

// DeniedError says that an actor may not do what he tried.
type DeniedError struct {
	Request ID
	Role    workflow.Role
	Action  string
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf("ra: request %s: %s is not for %s here", e.Request, e.Action, e.Role)
}

// Begin makes a request in the named process. The form needs no more than the
// e-mail address yet; a *FormError says what is wrong with that.
func (a *Authority) Begin(ctx context.Context, by Actor, process string, form Form) (*Request, error) {
	p, err := a.configured(process)
	if err != nil {
		return nil, err
	}
	if fault := form.checkEmail(); fault != nil {
		return nil, &FormError{[]Fault{*fault}}
	}
	now := a.cfg.Clock.Now()
	definition := p.Canonical()
	r := &Request{
		ID: newID(now), State: p.Initial(), Process: p.Name, ProcessHash: p.Hash(),
		Form: form, Created: now,
	}
	return a.save(ctx, p, r, 0, &move{by: by, began: true, blobs: []Blob{{p.Hash(), definition}}})
}

func (a *Authority) configured(name string) (*workflow.Process, error) {
	unknown := &UnknownProcessError{Name: name}
	for _, p := range a.cfg.Processes {
		if p.Name == name {
			return p, nil
		}
		unknown.Known = append(unknown.Known, p.Name)
	}
	return nil, unknown
}

// newID returns an ID that sorts by the time given: 6 octets of milliseconds
// and 10 of chance.
func newID(at time.Time) ID {
	var b [16]byte
	ms := at.UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	rand.Read(b[6:])
	return ID(hex.EncodeToString(b[:]))
}

// process returns the definition a request is pinned to, from the store if it
// is not among those configured.
func (a *Authority) process(ctx context.Context, hash string) (*workflow.Process, error) {
	a.mu.Lock()
	p := a.processes[hash]
	a.mu.Unlock()
	if p != nil {
		return p, nil
	}
	data, err := a.cfg.Store.Blob(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("ra: process %s: %w", hash, err)
	}
	if p, err = workflow.ParseCanonical(data); err != nil {
		return nil, fmt.Errorf("ra: process %s: %w", hash, err)
	}
	a.mu.Lock()
	a.processes[hash] = p
	a.mu.Unlock()
	return p, nil
}

// Request returns a request.
func (a *Authority) Request(ctx context.Context, id ID) (*Request, error) {
	return a.cfg.Store.Load(ctx, id)
}

// Process returns the process definition that a request runs by.
func (a *Authority) Process(ctx context.Context, r *Request) (*workflow.Process, error) {
	return a.process(ctx, r.ProcessHash)
}

// Fire makes an event happen in the name of an actor. A *workflow.RefusedError
// says why it is not open, a *ConflictError that somebody was faster; in
// either case nothing changed.
func (a *Authority) Fire(ctx context.Context, id ID, by Actor, event workflow.Event) (*Request, error) {
	if by.Role == workflow.System {
		return nil, &DeniedError{id, by.Role, string(event)}
	}
	return a.step(ctx, id, func(*workflow.Process, *Request) (*move, error) {
		return &move{by: by, fire: event}, nil
	})
}

// Fill replaces the form, while the request is still in its first place and
// the actor owns that place. A *FormError lists every fault; then nothing
// changed.
func (a *Authority) Fill(ctx context.Context, id ID, by Actor, form Form) (*Request, error) {
	if faults := form.Check(a.cfg.Clock.Now()); len(faults) > 0 {
		return nil, &FormError{faults}
	}
	return a.step(ctx, id, func(p *workflow.Process, r *Request) (*move, error) {
		place, _ := p.Place(r.State)
		if r.State != p.Initial() || by.Role != place.Owner {
			return nil, &DeniedError{id, by.Role, "fill"}
		}
		return &move{by: by, form: &form, record: formEvidence(&form)}, nil
	})
}

// Attest records evidence on a person's word, such as an operator's decision
// after a check of his own. The note says what it rests on and is required.
// Evidence that the authority establishes itself cannot be attested.
func (a *Authority) Attest(ctx context.Context, id ID, by Actor, evidence workflow.Evidence, note string) (*Request, error) {
	if recorders[evidence] != by.Role || by.Role == "" {
		return nil, &DeniedError{id, by.Role, "attest " + string(evidence)}
	}
	if note == "" {
		return nil, fmt.Errorf("ra: request %s: %s needs a note that says what it rests on", id, evidence)
	}
	return a.step(ctx, id, func(*workflow.Process, *Request) (*move, error) {
		return &move{by: by, record: []Held{{Evidence: evidence, By: by, Note: note}}}, nil
	})
}

// hashOf is the name of a blob.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// History returns the journal of a request, from its first entry on.
func (a *Authority) History(ctx context.Context, id ID) ([]Entry, error) {
	return a.cfg.Store.History(ctx, id)
}
