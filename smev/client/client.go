package client

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/xmldsig"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Version is a version of the message exchange schemas.
type Version string

// The versions. Nearly all traffic since 2020 is of V12.
const (
	V11 Version = "1.1"
	V12 Version = "1.2"
	V13 Version = "1.3"
)

// Config says where and how to ask. URL, Signer, SMEV and Participants are
// required.
type Config struct {
	// URL is the endpoint of the version, http or https.
	URL string
	// Version is that of the schemas. Empty: V12.
	Version Version

	// Signer returns what messages are signed with (ЭП-ОВ). It is called for
	// each message, so that a key is changed while the client runs; a message
	// that is prepared already goes out as it was signed. Returning nil is an
	// error of that message.
	Signer func() *xmldsig.Signer
	// Algorithms are the schemes of the signatures on what comes in. Nil:
	// csr.Standard().
	Algorithms csr.Algorithms
	// SMEV are the certificates SMEV signs with (ЭП-СМЭВ), old and new while
	// it changes them, or CAs that issue to nobody else. Other participants
	// must not be under them: whoever holds such a certificate can say
	// anything in the name of SMEV.
	SMEV []*csr.Certificate
	// Participants are the CAs under which the registers sign (ЭП-ОВ).
	Participants []*csr.Certificate

	// HTTP makes the requests. Redirects are refused whatever it says, for
	// the bodies carry personal data. Nil: a client with a timeout of one
	// minute.
	HTTP *http.Client
	// Clock stamps messages and makes their ids; SMEV refuses ids of a wrong
	// clock. Nil: the machine's clock.
	Clock Clock
	// Kinds are the kinds of information that can be asked. The first kind of
	// a check asks; further ones of the same check only read answers to
	// inquiries filed before a change of version. Nil: smev.Kinds().
	Kinds []smev.Kind
	// Node names this instance among several that share one mnemonic, up to
	// 50 characters; answers go to the node that asked. Empty: the only one.
	Node string
	// Test marks every message as a test one (TestMessage), as the test
	// contour of SMEV asks. False: real ones.
	Test bool
	// Life is how long SMEV may try to have an inquiry answered (EOL). Zero:
	// as long as it likes.
	Life time.Duration
	// Store remembers messages. Nil: NewMemory(), which forgets them with the
	// process; what was filed by then can be asked again under its key, and is
	// then filed twice.
	Store Store
	// Files is the file store of large attachments. Nil: messages that need
	// it fail.
	Files FileStore
	// Log receives what nobody else learns: failures of Run and Serve. It gets
	// no personal data. Nil: slog.Default().
	Log *slog.Logger
}

// Client is a participant of the exchange: a smev.Verifier that asks
// registers, a sender of any other messages ([Client.Post]), a provider that
// answers those of others ([Client.Serve]). It is safe for concurrent use.
type Client struct {
	cfg     Config
	version *soap.Version
	ids     *uuid.Generator
	pull    chan struct{} // holds one token while a goroutine takes from the response queue
	woken   chan struct{} // gets a value when a message was sent
	emptied time.Time     // when the queues were last found empty; of whoever holds the token
	running atomic.Int64  // calls of Run
}

var _ smev.Verifier = (*Client)(nil)

// New checks the configuration and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) { return newClient(cfg, nil) }

// newClient takes the random part of message ids from entropy; nil means
// crypto/rand.
func newClient(cfg Config, entropy io.Reader) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("smev/client: config: %w", err)
	}
	plain := http.Client{Timeout: time.Minute}
	if cfg.HTTP != nil {
		plain = *cfg.HTTP
	}
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.HTTP = &plain
	if cfg.Algorithms == nil {
		cfg.Algorithms = csr.Standard()
	}
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	if cfg.Kinds == nil {
		cfg.Kinds = smev.Kinds()
	}
	if cfg.Store == nil {
		cfg.Store = NewMemory()
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	ids, err := uuid.NewGenerator(cfg.Clock.Now, entropy)
	if err != nil {
		return nil, fmt.Errorf("smev/client: message ids: %w", err)
	}
	version, _ := schema(cfg.Version)
	return &Client{cfg: cfg, version: version, ids: ids, pull: make(chan struct{}, 1), woken: make(chan struct{}, 1)}, nil
}

func (cfg *Config) check() error {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("URL is not an http or https address")
	}
	if _, ok := schema(cfg.Version); !ok {
		return fmt.Errorf("there is no version %q", cfg.Version)
	}
	if cfg.Signer == nil || len(cfg.SMEV) == 0 || len(cfg.Participants) == 0 {
		return errors.New("one of Signer, SMEV and Participants is missing")
	}
	if utf8.RuneCountInString(cfg.Node) > 50 {
		return errors.New("more than 50 characters in Node")
	}
	for _, k := range cfg.Kinds {
		if k.Check == "" || k.Namespace == "" || k.Root == "" || k.ResponseRoot == "" || k.Build == nil || k.Parse == nil {
			return fmt.Errorf("kind %q of check %q is incomplete", k.Namespace, k.Check)
		}
	}
	return nil
}

func schema(v Version) (*soap.Version, bool) {
	switch v {
	case V11:
		return soap.V11(), true
	case V12, "":
		return soap.V12(), true
	case V13:
		return soap.V13(), true
	}
	return nil, false
}

// kind finds the kind that asks for a check, or the one of the given
// namespace.
func (c *Client) kind(check smev.Check, namespace string) (smev.Kind, error) {
	for _, k := range c.cfg.Kinds {
		if k.Check == check && (namespace == "" || k.Namespace == namespace) {
			return k, nil
		}
	}
	if namespace == "" {
		return smev.Kind{}, fmt.Errorf("smev/client: no kind of information for check %q is configured", check)
	}
	return smev.Kind{}, fmt.Errorf("smev/client: kind of information %s for check %q is no longer configured", namespace, check)
}

// sign is the signature of the present signer.
func (c *Client) sign(target *xmldsig.Element) ([]byte, error) {
	s := c.cfg.Signer()
	if s == nil {
		return nil, errors.New("smev/client: there is no signer")
	}
	return s.Sign(target)
}

func storeError(err error) error { return fmt.Errorf("smev/client: store: %w", err) }

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
