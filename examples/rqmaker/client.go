package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Bounds of the conversation.
const (
	callTime     = 30 * time.Second // one attempt
	patience     = 2 * time.Minute  // all attempts at one message
	firstPause   = 500 * time.Millisecond
	longestPause = 15 * time.Second
	mostOctets   = 32 << 20 // of an answer
)

// client speaks with the registration authority.
type client struct {
	base    *url.URL
	http    *http.Client
	token   string             // of the session
	pause   func(again string) // is told why there is a pause
	lasting time.Duration      // patience, unless a test has less
}

// newClient prepares to speak with the server at a URL. Its certificate leads
// to those in the file, or to those of the system.
func newClient(server, caFile string, wrap func(http.RoundTripper) http.RoundTripper) (*client, error) {
	base, err := url.Parse(server)
	if err != nil || base.Host == "" || base.User != nil || base.RawQuery != "" || base.Fragment != "" ||
		base.Scheme != "https" && !(base.Scheme == "http" && isLoopback(base.Hostname())) {
		return nil, fmt.Errorf("%w: -server: нужен адрес вида https://сервер/путь", errUsage)
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("%w: -ca: %w", errUsage, err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%w: -ca: в файле нет сертификатов PEM", errUsage)
		}
	}
	var transport http.RoundTripper = &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: config, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: 10 * time.Second, IdleConnTimeout: 90 * time.Second,
	}
	if wrap != nil {
		transport = wrap(transport)
	}
	return &client{
		base:  base,
		pause: func(string) {}, lasting: patience,
		// A redirect would take the session's token elsewhere.
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// message is one request to the server.
type message struct {
	method, path string
	key          string // Idempotency-Key; "": it changes nothing, or is its own key
	media        string
	body         []byte
}

// asJSON is a message with a value as its body.
func asJSON(path string, value any) (message, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return message{}, fmt.Errorf("rqmaker: %s: %w", path, err)
	}
	return message{method: http.MethodPost, path: path, media: "application/json", body: body}, nil
}

// lostError says that the server did not answer for as long as it was tried.
type lostError struct{ err error }

func (e *lostError) Error() string { return "no answer from the server: " + e.err.Error() }
func (e *lostError) Unwrap() error { return e.err }

// send has a message answered: it is sent again, with pauses that grow, until
// the server has answered it or patience ends. The error is a *problem if the
// server refuses, a *lostError if it cannot be reached.
func (c *client) send(ctx context.Context, m message) ([]byte, error) {
	end := time.Now().Add(c.lasting)
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		data, err := c.sendOnce(ctx, m)
		again, wait := repeatable(err)
		if !again {
			return data, err
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		wait = max(wait, pause)
		if time.Now().Add(wait).After(end) {
			var refused *problem
			if errors.As(err, &refused) {
				return nil, err
			}
			return nil, &lostError{err}
		}
		c.pause(err.Error())
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// repeatable reports whether a message may be answered differently if it is
// sent again, and what pause the server wants before that.
func repeatable(err error) (bool, time.Duration) {
	var refused *problem
	switch {
	case err == nil, isUntrusted(err):
		return false, 0
	case errors.As(err, &refused):
		return refused.passing(), refused.wait
	}
	return true, 0
}

// isUntrusted reports whether the server's certificate does not hold: who
// answers is not who was asked.
func isUntrusted(err error) bool {
	var certificate *tls.CertificateVerificationError
	var plain tls.RecordHeaderError
	return errors.As(err, &certificate) || errors.As(err, &plain)
}

// sendOnce sends a message once.
func (c *client) sendOnce(ctx context.Context, m message) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	response, err := c.open(ctx, m)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	data, err := io.ReadAll(io.LimitReader(response.Body, mostOctets+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > mostOctets:
		return nil, &problem{Status: response.StatusCode, Code: codeForeign}
	case response.StatusCode/100 == 2:
		return data, nil
	}
	return nil, parseProblem(response, data)
}

// open sends a message and returns the answer as it begins.
func (c *client) open(ctx context.Context, m message) (*http.Response, error) {
	u := *c.base
	u.Path = strings.TrimSuffix(u.Path, "/") + m.path
	r, err := http.NewRequestWithContext(ctx, m.method, u.String(), bytes.NewReader(m.body))
	if err != nil {
		return nil, fmt.Errorf("rqmaker: %w", err)
	}
	r.Header.Set("User-Agent", "surguch-rqmaker")
	if m.media != "" {
		r.Header.Set("Content-Type", m.media)
	}
	if m.key != "" {
		r.Header.Set("Idempotency-Key", m.key)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.http.Do(r)
}
