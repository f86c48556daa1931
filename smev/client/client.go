package client

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
	"unicode/utf8"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/uuid"
)

// MaxResponse is the most bytes of one HTTP response that are read, 1 MiB. A
// longer response is refused. Answers of the kinds of information in package
// smev take a few KiB.
const MaxResponse = 1 << 20

// Clock tells the time.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Config says where and how to ask. URL is required.
type Config struct {
	// URL is the endpoint of schema version 1.2, http or https.
	URL string
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
	// Test marks every inquiry as a test one (TestMessage), as the test
	// contour of SMEV asks. False: real inquiries.
	Test bool
	// Store remembers inquiries and answers. Nil: NewMemory(), which forgets
	// them with the process; what was filed by then can be asked again under
	// its key, and is then filed twice.
	Store Store
}

// Client is a smev.Verifier. It is safe for concurrent use.
type Client struct {
	cfg  Config
	ids  *uuid.Generator
	pull chan struct{} // holds one token while a goroutine takes from the queue
}

var _ smev.Verifier = (*Client)(nil)

// New checks the configuration and returns a client. It sends nothing.
func New(cfg Config) (*Client, error) { return newClient(cfg, nil) }

// newClient takes the random part of message ids from entropy; nil means
// crypto/rand.
func newClient(cfg Config, entropy io.Reader) (*Client, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("smev/client: config: URL is not an http or https address")
	}
	if utf8.RuneCountInString(cfg.Node) > 50 {
		return nil, errors.New("smev/client: config: Node has more than 50 characters")
	}
	plain := http.Client{Timeout: time.Minute}
	if cfg.HTTP != nil {
		plain = *cfg.HTTP
	}
	plain.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	cfg.HTTP = &plain
	if cfg.Clock == nil {
		cfg.Clock = machineClock{}
	}
	if cfg.Kinds == nil {
		cfg.Kinds = smev.Kinds()
	}
	for _, k := range cfg.Kinds {
		if k.Check == "" || k.Namespace == "" || k.Root == "" || k.ResponseRoot == "" || k.Build == nil || k.Parse == nil {
			return nil, fmt.Errorf("smev/client: config: kind %q of check %q is incomplete", k.Namespace, k.Check)
		}
	}
	if cfg.Store == nil {
		cfg.Store = NewMemory()
	}
	ids, err := uuid.NewGenerator(cfg.Clock.Now, entropy)
	if err != nil {
		return nil, fmt.Errorf("smev/client: message ids: %w", err)
	}
	return &Client{cfg: cfg, ids: ids, pull: make(chan struct{}, 1)}, nil
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

type machineClock struct{}

func (machineClock) Now() time.Time                         { return time.Now() }
func (machineClock) After(d time.Duration) <-chan time.Time { return time.After(d) }
