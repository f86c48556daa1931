package ra

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"
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

	// Uses are the areas of application, by the names that Form.Use takes.
	// Nil: none, and a form that names one has a fault.
	Uses map[string]Use
	// Purposes are those of extKeyUsage that every certificate has, whatever
	// its use. Nil: clientAuth and emailProtection.
	Purposes []asn1.ObjectIdentifier

	// CA issues, under one of Issuers. Needed by send_to_ca.
	CA      CA
	Issuers []*csr.Certificate
	// Routes are further CAs. The first that fits a request serves it, and CA
	// what none fits.
	Routes []Route
	// Signer signs on the person's phone; its signers' certificates lead to
	// one of SignerAnchors. Needed by sign_application, sign_acknowledgement.
	Signer        MobileSigner
	SignerAnchors []*csr.Certificate
	// Keys makes key pairs on the person's phone. Needed by create_key.
	Keys MobileKeys
	// Notifier tells people. Needed by notify_… and send_link.
	Notifier Notifier
	// Printer makes forms. Needed by print_….
	Printer Printer
	// Instructions are files that are sent to applicants instead of those that
	// the Printer makes, PDF: of one process and place
	// ("service-center/key_generation.pdf"), or of a kind
	// ("instruction_request.pdf"). Nil: the Printer makes all.
	Instructions fs.FS

	// CaseKeys wraps the keys under which each request is sealed. Nil: the
	// store holds requests and documents in the clear.
	CaseKeys CaseKeys
	// Documents keeps the bytes of documents. Nil: the store does.
	Documents Documents
	// Jobs calls for the effects that are due. Nil: the authority looks at
	// its store by itself.
	Jobs Jobs
	// Remind is how long before a deadline whoever must act is reminded.
	// Zero: 24 hours.
	Remind time.Duration
	// Lease is how long an attempt at an effect may take before another
	// worker repeats it. Zero: one minute.
	Lease time.Duration
	// Workers is how many effects run at once in this process, if Jobs is nil.
	// Zero: 16.
	Workers int
	// Failures is how many attempts in a row may fail before a human is told.
	// Zero: 15, which take about 2 hours.
	Failures int
	// ApprovalLife is how long an approval counts. Zero: 30 days.
	ApprovalLife time.Duration
	// CommandLife is how long the answer to a command is kept. Zero: 30 days.
	CommandLife time.Duration
	// LinkLife is how long an individual link opens its request. Zero: 14 days.
	LinkLife time.Duration
	// MarkerLife is how long a printed marker counts. Zero: 7 days.
	MarkerLife time.Duration
	// MarkerTries is how many wrong codes end a marker. Zero: 5.
	MarkerTries int
	// SessionLife is how long a session lasts that a link or a marker opened.
	// Zero: 24 hours.
	SessionLife time.Duration
	// CodeLife is how long a code that was sent to a phone counts. Zero: 5
	// minutes.
	CodeLife time.Duration
	// CodeTries is how often such a code may be entered. Zero: 3.
	CodeTries int
	// SigningLife is how long a person has to sign a package. Zero: 24 hours.
	SigningLife time.Duration
	// Poll is the pause between questions to registers, signer and CA while
	// their answer is pending. Zero: one minute.
	Poll time.Duration

	// Powers verifies electronic powers of attorney. Nil: they are taken on
	// paper only.
	Powers PowerVerifier
	// PowerRegister tells which of them are in force. Nil: nobody is asked.
	PowerRegister PowerRegister
	// PowerCodes are those of which a power must give one. None: what a power
	// gives is not looked at.
	PowerCodes []string
	// Partners is the tree of partners and what was delegated to them. Nil:
	// partners stand side by side, and their people may do whatever their
	// roles may.
	Partners *Partners

	// Calendar tells working days. Nil: RussianCalendar.
	Calendar Calendar
	// Clock tells the time. Nil: the machine's.
	Clock Clock
	// Telemetry observes the authority. Nil: nothing does.
	Telemetry Telemetry
	// Log receives what nobody else learns: failed attempts of effects. It
	// gets no personal data. Nil: slog.Default().
	Log *slog.Logger
}

// Authority runs requests. Its methods may be called from several goroutines
// and from several processes on one store.
type Authority struct {
	*core
	once   string   // key of the one command it is for; "": of none
	at     int64    // version that a request must be at; 0: any
	loaded *Request // the request of the one command as it was loaded a moment ago; nil: it is loaded
}

type core struct {
	cfg      Config
	handlers map[workflow.Effect]handler
	reminds  map[workflow.Role]workflow.Effect // how whoever must act is reminded
	keys     recent[*caseKey]                  // unwrapped
	read     recent[decoded]
	unrung   atomic.Int64 // timers that could not be rung the last time

	mu        sync.Mutex
	processes map[string]*workflow.Process // by hash
}

// New checks the configuration and returns the authority. It refuses a
// process that does not pass Check, and one with an effect that nobody
// handles, naming it: of those configured, and of the versions that requests
// under way are pinned to.
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
	c.CheckLife = cmp.Or(c.CheckLife, defaultCheckLife)
	c.LinkLife = cmp.Or(c.LinkLife, defaultLinkLife)
	c.MarkerLife = cmp.Or(c.MarkerLife, defaultMarkerLife)
	c.MarkerTries = cmp.Or(c.MarkerTries, defaultMarkerTries)
	c.SessionLife = cmp.Or(c.SessionLife, defaultSessionLife)
	c.CodeLife = cmp.Or(c.CodeLife, defaultCodeLife)
	c.CodeTries = cmp.Or(c.CodeTries, defaultCodeTries)
	c.SigningLife = cmp.Or(c.SigningLife, defaultSigningLife)
	c.Poll = cmp.Or(c.Poll, defaultPoll)
	c.Remind = cmp.Or(c.Remind, defaultRemind)
	c.Lease = cmp.Or(c.Lease, defaultLease)
	c.Workers = cmp.Or(c.Workers, defaultWorkers)
	c.Failures = cmp.Or(c.Failures, defaultFailures)
	c.ApprovalLife = cmp.Or(c.ApprovalLife, defaultApprovalLife)
	c.CommandLife = cmp.Or(c.CommandLife, defaultCommandLife)
	if c.Calendar == nil {
		c.Calendar = RussianCalendar()
	}
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Telemetry == nil {
		c.Telemetry = noTelemetry{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Purposes == nil {
		c.Purposes = []asn1.ObjectIdentifier{clientAuth, emailProtection}
	}
	if err := c.checkUses(); err != nil {
		return nil, err
	}
	if err := c.checkRoutes(); err != nil {
		return nil, err
	}
	a := &Authority{core: &core{
		cfg: c, processes: map[string]*workflow.Process{},
		keys: recent[*caseKey]{most: recentKeys}, read: recent[decoded]{most: recentRequests},
	}}
	a.handlers = a.effects()
	a.reminds = a.reminders()
	for _, p := range c.Processes {
		if err := p.Check(); err != nil {
			return nil, fmt.Errorf("ra: process %s: %w", p.Name, err)
		}
		if err := a.handles(p); err != nil {
			return nil, err
		}
		a.processes[p.Hash()] = p
	}
	// Requests under way may be pinned to versions that are configured no more.
	ctx := context.Background()
	pinned, err := c.Store.Definitions(ctx)
	if err != nil {
		return nil, fmt.Errorf("ra: the processes of requests under way: %w", err)
	}
	for _, hash := range pinned {
		p, err := a.process(ctx, hash)
		if err != nil {
			return nil, err
		}
		if err := a.handles(p); err != nil {
			return nil, fmt.Errorf("requests are under way in version %s: %w", p.Version, err)
		}
	}
	return a, nil
}

// handles checks that somebody handles every effect of a process.
func (a *Authority) handles(p *workflow.Process) error {
	for _, effect := range effectsOf(p) {
		if a.handlers[effect] == nil {
			return fmt.Errorf("ra: process %s: nobody handles the effect %s", p.Name, effect)
		}
	}
	return nil
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
// e-mail address yet; a *FormError says what is wrong with that. One about a
// certificate that exists begins with what the earlier request says of its
// owner, if the actor may see that: Form.Certificate is enough then.
func (a *Authority) Begin(ctx context.Context, by Actor, process string, form Form) (*Request, error) {
	p, err := a.configured(process)
	if err != nil {
		return nil, err
	}
	q := ask{What: "Begin", By: by, With: []any{process, form}}
	if !by.may(q) {
		return nil, &DeniedError{Role: by.Role, Action: q.What}
	}
	if err := a.delegated(by, q); err != nil {
		return nil, err
	}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	if form, err = a.resumed(ctx, p, by, form); err != nil {
		return nil, err
	}
	if fault := form.checkEmail(); fault != nil {
		return nil, &FormError{[]Fault{*fault}}
	}
	r := &Request{ID: newID(a.cfg.Clock.Now()), State: p.Initial(), Process: p.Name, ProcessHash: p.Hash(), Form: form}
	if r.key, err = a.newCaseKey(ctx, r.ID); err != nil {
		return nil, err
	}
	return a.save(ctx, q, p, r, &move{by: by, began: true, blobs: []Blob{{p.Hash(), p.Canonical()}}})
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
	return a.load(ctx, id)
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
	return a.step(ctx, ask{"Fire", id, by, event}, func(context.Context, *workflow.Process, *Request) (*move, error) {
		return &move{by: by, fire: event}, nil
	})
}

// hashOf is the name of a blob.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// History returns the journal of a request, from its first entry on.
func (a *Authority) History(ctx context.Context, id ID) ([]Entry, error) {
	var entries []Entry
	err := a.journal(ctx, id, func(e Entry, _ []byte) { entries = append(entries, e) })
	return entries, err
}

// Journal returns the entries of a request's journal as they are stored, JSON:
// what the audit trail commits to ([AuditBody]).
func (a *Authority) Journal(ctx context.Context, id ID) ([][]byte, error) {
	var entries [][]byte
	err := a.journal(ctx, id, func(_ Entry, data []byte) { entries = append(entries, data) })
	return entries, err
}

func (a *Authority) journal(ctx context.Context, id ID, each func(e Entry, data []byte)) error {
	row, err := a.cfg.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	key, err := a.keyOf(ctx, row)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		lines, err := a.cfg.Store.History(ctx, id, after, pageMost)
		if err != nil || len(lines) == 0 {
			return err
		}
		for i := range lines {
			e, data, err := key.decodeLine(&lines[i])
			if err != nil {
				return err
			}
			each(e, data)
		}
		after = lines[len(lines)-1].Seq
	}
}
