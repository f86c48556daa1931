package webhook

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/surguch/surguch/internal/filelock"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

const (
	defaultTimeout  = 20 * time.Second
	defaultPatience = 72 * time.Hour
	parallel        = 4               // deliveries to one endpoint at once
	firstPause      = 5 * time.Second // after the first failed attempt; it doubles
	longPause       = time.Hour       // and grows no longer than this
)

// Endpoint is a program that is told.
type Endpoint struct {
	// Name is the endpoint's in the folder and in logs: lower-case letters,
	// digits and hyphens. What waits for it waits under this name.
	Name string
	// URL is where events are posted: https. It does not show in logs.
	URL string
	// Secrets sign; one at least. To change the receiver's secret, list the new
	// one beside the old until the receiver has it.
	Secrets []Secret
	// Partner is whose requests the endpoint is told of. Empty: everybody's.
	Partner string
}

// Config is what a sender is made of. Required: Dir and Endpoints.
type Config struct {
	// Dir is the folder that keeps the events which are not delivered yet. It
	// is one process's alone.
	Dir string
	// Endpoints are told.
	Endpoints []Endpoint
	// Allow lists private networks that endpoints may be in. Nil: none.
	Allow []netip.Prefix
	// Patience is how long an event is tried to be delivered. Zero: 72 hours.
	Patience time.Duration
	// Timeout bounds one attempt. Zero: 20 seconds.
	Timeout time.Duration
	// Roots are the authorities that the endpoints' certificates may come
	// from. Nil: the machine's.
	Roots *x509.CertPool
	// Clock tells the time. Nil: the machine's.
	Clock ra.Clock
	// Log receives what nobody else learns: failed attempts and events that
	// were given up. Nil: slog.Default().
	Log *slog.Logger
}

// Sender keeps events and delivers them. It is safe for concurrent use.
type Sender struct {
	cfg    Config
	client *http.Client
	lines  []*line
	lock   *os.File
}

var _ ra.Notifier = (*Sender)(nil)

// An endpoint's name is the name of a folder everywhere.
var namePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

// Open checks the configuration, makes the folder if it is missing and takes
// up what waits in it. The error wraps filelock.ErrLocked if the folder is
// another process's.
func Open(c Config) (*Sender, error) {
	if c.Dir == "" || len(c.Endpoints) == 0 {
		return nil, errors.New("webhook: config: Dir and Endpoints are required")
	}
	c.Patience = cmp.Or(c.Patience, defaultPatience)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	if c.Clock == nil {
		c.Clock = machineClock{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	names := map[string]bool{}
	for _, e := range c.Endpoints {
		if err := e.check(); err != nil {
			return nil, fmt.Errorf("webhook: config: endpoint %q: %w", e.Name, err)
		}
		if names[e.Name] {
			return nil, fmt.Errorf("webhook: config: endpoint %q is listed twice", e.Name)
		}
		names[e.Name] = true
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	lock, err := filelock.Open(filepath.Join(c.Dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("webhook: %s: %w", c.Dir, err)
	}
	s := &Sender{cfg: c, client: guarded(c.Allow, c.Roots, c.Timeout), lock: lock}
	for _, e := range c.Endpoints {
		l, err := openLine(e, filepath.Join(c.Dir, e.Name), c.Clock.Now())
		if err != nil {
			lock.Close()
			return nil, fmt.Errorf("webhook: endpoint %s: %w", e.Name, err)
		}
		s.lines = append(s.lines, l)
	}
	return s, nil
}

func (e *Endpoint) check() error {
	u, err := url.Parse(e.URL)
	switch {
	case !namePattern.MatchString(e.Name):
		return errors.New("the name is not of lower-case letters, digits and hyphens")
	case err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "":
		return errors.New("the URL is not an https address without user and fragment") // what it is may be secret
	case len(e.Secrets) == 0:
		return errors.New("a secret is required")
	}
	for _, s := range e.Secrets {
		if len(s.key) < minSecret {
			return errors.New("a secret is empty")
		}
	}
	return nil
}

// Close lets another process have the folder. Run has to have ended.
func (s *Sender) Close() error { return s.lock.Close() }

// body is what a receiver gets.
type body struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Request ra.ID           `json:"request"`
	Seq     int64           `json:"seq"`
	Partner string          `json:"partner,omitempty"`
	State   workflow.State  `json:"state"`
	Title   string          `json:"title"`
	Effect  workflow.Effect `json:"effect"`
	To      workflow.Role   `json:"to"`
}

const noticeType = "request.notice"

// Notify keeps the event for every endpoint that it is for. When it returns,
// the event survives a crash. A notice that is already waiting stays as it is;
// one that delivers a code is for nobody here.
func (s *Sender) Notify(_ context.Context, n ra.Notice) error {
	if n.Effect == "" {
		return nil
	}
	now := s.cfg.Clock.Now().UTC().Truncate(time.Second)
	text, err := json.Marshal(body{noticeType, now, data{n.Request, n.Seq, n.Partner, n.State, n.Title, n.Effect, n.To}})
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	sum := sha256.Sum256([]byte(n.Key))
	e := event{ID: "msg_" + hex.EncodeToString(sum[:16]), Request: n.Request, Seq: n.Seq, First: now, Body: text}
	var failed []error
	for _, l := range s.lines {
		if l.Partner != "" && l.Partner != n.Partner {
			continue
		}
		if err := l.put(e); err != nil {
			failed = append(failed, fmt.Errorf("webhook: endpoint %s: %w", l.Name, err))
		}
	}
	return errors.Join(failed...)
}

// Work delivers what is due, once, one event after another, and reports
// whether there was anything. A delivery that fails is logged and due again
// later; the error is that of ctx.
func (s *Sender) Work(ctx context.Context) (bool, error) {
	some := false
	for _, l := range s.lines {
		for ctx.Err() == nil {
			q, e, _ := l.take(s.cfg.Clock.Now())
			if q == nil {
				break
			}
			some = true
			s.attempt(ctx, l, q, e)
		}
	}
	return some, ctx.Err()
}

// Run delivers until ctx ends and returns its error. An endpoint that hangs
// holds up no other.
func (s *Sender) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for _, l := range s.lines {
		for range parallel {
			wg.Go(func() { s.serve(ctx, l) })
		}
	}
	wg.Wait()
	return ctx.Err()
}

// serve makes one delivery after another.
func (s *Sender) serve(ctx context.Context, l *line) {
	for ctx.Err() == nil {
		now := s.cfg.Clock.Now()
		q, e, next := l.take(now)
		if q != nil {
			s.attempt(ctx, l, q, e)
			continue
		}
		var due <-chan time.Time
		if !next.IsZero() {
			due = s.cfg.Clock.After(next.Sub(now))
		}
		select {
		case <-ctx.Done():
		case <-l.woken:
		case <-due:
		}
	}
}

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now().UTC() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
