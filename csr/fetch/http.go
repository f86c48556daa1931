package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"
)

// HTTPConfig sets the limits of an HTTP. The zero value is a safe one.
type HTTPConfig struct {
	// Timeout is for one exchange as a whole: resolving, connecting,
	// redirects, the body. Zero means 15 seconds.
	Timeout time.Duration
	// Allow are networks that may be dialled although they are not public:
	// that of an authority in the house, or of a proxy.
	Allow []netip.Prefix
	// Proxy is as in http.Transport. Nil means none: the environment is not
	// asked. Through a proxy the check of addresses is the proxy's to make.
	Proxy func(*http.Request) (*url.URL, error)
	// RootCAs are for https. Nil means the system's.
	RootCAs *x509.CertPool
}

// HTTP is the Getter over the network. See the package comment for what it
// refuses.
type HTTP struct {
	client  *http.Client
	timeout time.Duration
}

// maxRedirects is how many redirects are followed.
const maxRedirects = 3

// NewHTTP returns an HTTP.
func NewHTTP(c HTTPConfig) *HTTP {
	if c.Timeout == 0 {
		c.Timeout = 15 * time.Second
	}
	dialer := &net.Dialer{Timeout: c.Timeout, Control: dialControl(c.Allow)}
	return &HTTP{timeout: c.Timeout, client: &http.Client{
		Transport: &http.Transport{
			Proxy:                  c.Proxy,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12},
			DisableCompression:     true, // what is asked for does not compress
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    1,
			IdleConnTimeout:        30 * time.Second,
		},
		CheckRedirect: checkRedirect,
	}}
}

// checkRedirect bounds redirects and their schemes. A redirect that would turn
// a POST into a GET loses the question and is refused.
func checkRedirect(req *http.Request, via []*http.Request) error {
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects", maxRedirects)
	}
	if req.Method != via[0].Method {
		return errors.New("a redirect that drops the request's body")
	}
	if err := checkScheme(req.URL.String()); err != nil {
		return fmt.Errorf("redirect: %w", err)
	}
	return nil
}

// Get gets the body at an address.
func (h *HTTP) Get(ctx context.Context, url string, limit int64) ([]byte, error) {
	return h.do(ctx, http.MethodGet, url, "", nil, limit)
}

// Post posts a body to an address and returns the answer's.
func (h *HTTP) Post(ctx context.Context, url, contentType string, body []byte, limit int64) ([]byte, error) {
	return h.do(ctx, http.MethodPost, url, contentType, body, limit)
}

func (h *HTTP) do(ctx context.Context, method, address, contentType string, body []byte, limit int64) ([]byte, error) {
	if err := checkScheme(address); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, errors.New("not an address")
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return nil, withoutURL(err)
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("the server answers %d", resp.StatusCode)
	case resp.ContentLength > limit:
		return nil, ErrTooLarge
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return nil, withoutURL(err)
	case int64(len(answer)) > limit:
		return nil, ErrTooLarge
	}
	return answer, nil
}

// withoutURL takes off the address, which the caller names anyway.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
