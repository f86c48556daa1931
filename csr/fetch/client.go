package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/surguch/surguch/csr"
)

// Getter gets and posts over the network. The body of a successful answer is
// returned whole; one longer than limit octets is an error, as is any status
// but success. Both methods end when ctx does. [HTTP] is one.
type Getter interface {
	Get(ctx context.Context, url string, limit int64) ([]byte, error)
	Post(ctx context.Context, url, contentType string, body []byte, limit int64) ([]byte, error)
}

// Config is what a Client works with. Required: Algorithms.
type Config struct {
	// Algorithms are those of certificates, lists and responses.
	Algorithms csr.Algorithms
	// Getter does the work of the network. Nil means NewHTTP(HTTPConfig{}).
	Getter Getter
	// Timeout is for one question, all the sources it takes together. Zero
	// means a minute.
	Timeout time.Duration

	// Request says how OCSP requests are made; Nonce in it is not used.
	Request csr.OCSPOptions
	// NonceOptional takes OCSP responses without a nonce, as responders give
	// that sign in advance. They can be replayed until their nextUpdate.
	NonceOptional bool

	// MaxCRL is the largest list to fetch, in octets. Zero means 32 MiB.
	MaxCRL int64
	// KeepCRLs is how many octets of lists are kept until their nextUpdate.
	// Zero means 64 MiB, negative none.
	KeepCRLs int64
}

// Client fetches and checks. It is safe for concurrent use.
type Client struct {
	as     csr.Algorithms
	config Config
	lists  crlCache
}

// New returns a Client. A Config without Algorithms makes one that knows no
// algorithm and accepts nothing.
func New(c Config) *Client {
	if c.Getter == nil {
		c.Getter = NewHTTP(HTTPConfig{})
	}
	if c.MaxCRL == 0 {
		c.MaxCRL = 32 << 20
	}
	if c.KeepCRLs == 0 {
		c.KeepCRLs = 64 << 20
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	return &Client{as: c.Algorithms, config: c, lists: crlCache{limit: c.KeepCRLs}}
}

// within bounds the time of one question.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.config.Timeout)
}

const (
	// maxSmall is the largest certificate, bundle or OCSP response, in octets.
	maxSmall = 256 << 10
	// maxAddresses is how many addresses of a kind are tried for a
	// certificate; they are the certificate writer's to choose.
	maxAddresses = 8
	// maxAddress is the longest address, in octets.
	maxAddress = 2048
)

// Errors that callers act on.
var (
	// ErrNoSource says that the certificate names nothing that could be asked.
	ErrNoSource = errors.New("the certificate names no source")
	// ErrTooLarge says that an answer exceeds its limit.
	ErrTooLarge = errors.New("the answer is too large")
	// ErrScheme says that an address is neither http nor https, such as the
	// ldap addresses that Windows authorities write.
	ErrScheme = errors.New("neither http nor https")
)

// Failure is one source that was tried in vain.
type Failure struct {
	Source string // "OCSP", "CRL" or "certificate"
	URL    string // empty where no address is the cause
	Err    error
}

// SourcesError says which sources were tried and why each failed. It unwraps
// to all of their errors.
type SourcesError struct {
	What     string // what was asked for
	Failures []Failure
}

func (e *SourcesError) Error() string {
	var out strings.Builder
	fmt.Fprintf(&out, "fetch: %s:", e.What)
	for i, f := range e.Failures {
		if i > 0 {
			out.WriteByte(';')
		}
		fmt.Fprintf(&out, " %s", f.Source)
		if f.URL != "" {
			fmt.Fprintf(&out, " at %.200q", f.URL)
		}
		fmt.Fprintf(&out, ": %v", f.Err)
	}
	return out.String()
}

func (e *SourcesError) Unwrap() []error {
	list := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		list[i] = f.Err
	}
	return list
}

// tries collects the failures of one question.
type tries []Failure

func (t *tries) add(source, url string, err error) { *t = append(*t, Failure{source, url, err}) }

// each calls do for one address after the other until it returns no error.
// It reports whether one did; failures are collected.
func (t *tries) each(ctx context.Context, source string, urls []string, err error, do func(url string) error) bool {
	switch {
	case err != nil:
		t.add(source, "", err)
		return false
	case len(urls) == 0:
		t.add(source, "", ErrNoSource)
		return false
	}
	for i, u := range urls {
		if i == maxAddresses {
			t.add(source, "", fmt.Errorf("more than %d addresses: the rest were not tried", maxAddresses))
			break
		}
		err := ctx.Err()
		if err == nil {
			err = checkScheme(u)
		}
		if err == nil {
			err = do(u)
		}
		if err == nil {
			return true
		}
		t.add(source, u, err)
	}
	return false
}

func checkScheme(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > maxAddress:
		return errors.New("not an address")
	case u.Scheme != "http" && u.Scheme != "https":
		return ErrScheme
	case u.Host == "" || u.User != nil:
		return errors.New("not an address of a public server")
	}
	return nil
}

// get is Getter.Get that does not rely on the Getter for its limit.
func (c *Client) get(ctx context.Context, url string, limit int64) ([]byte, error) {
	body, err := c.config.Getter.Get(ctx, url, limit)
	return body, checkLimit(body, limit, err)
}

func checkLimit(body []byte, limit int64, err error) error {
	if err == nil && int64(len(body)) > limit {
		return ErrTooLarge
	}
	return err
}
