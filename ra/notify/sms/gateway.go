// Package sms sends text messages through a provider's HTTP interface, of
// which there are as many as there are providers: what is asked is written as
// a template. [Gateway] implements notify.Texter.
//
//	gateway, err := sms.New(sms.Config{
//		URL:    "https://sms.example.org/v1/messages",
//		Header: http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}},
//		Body:   `{"to": {{json .To}}, "text": {{json .Text}}, "reference": {{json .ID}}}`,
//	})
//	router, err := notify.New(notify.Config{SMS: gateway, …})
//
// A provider that is given the identifier of a message ({{.ID}}) can tell a
// repetition; to one that is not, a message whose answer was lost goes twice.
package sms

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"text/template"
	"time"

	"github.com/surguch/surguch/ra/notify"
)

const (
	defaultTimeout = 15 * time.Second
	maxAnswer      = 64 << 10 // octets of an answer that are looked at
)

// Config is how a provider is asked. Required: URL and Body.
type Config struct {
	// URL is where messages are posted: https, or http on this machine.
	URL string
	// Header is sent along: keys, and Content-Type. It is as secret as the URL:
	// neither shows in an error.
	Header http.Header
	// Body is what is posted, a text/template of .To, .Text and .ID. What is
	// put in has to be written for where it stands: {{json .Text}} in JSON,
	// with its quotes, {{query .Text}} in a form. {{digits .To}} is a phone
	// number without its plus.
	Body string
	// Accepted is found in the answer to a message that was taken, for
	// providers that answer 200 to what they refuse. Nil: 2xx says enough.
	Accepted *regexp.Regexp
	// Timeout bounds one message. Zero: 15 seconds.
	Timeout time.Duration
	// Roots are the authorities that the provider's certificate may come from.
	// Nil: the machine's.
	Roots *x509.CertPool
}

// Gateway sends text messages. It is safe for concurrent use.
type Gateway struct {
	cfg    Config
	body   *template.Template
	client *http.Client
}

var _ notify.Texter = (*Gateway)(nil)

// New checks the configuration, fills the template with an invented message
// and returns the gateway. It sends nothing.
func New(c Config) (*Gateway, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		return nil, errors.New("sms: config: URL is not an https address") // what it is may be secret
	}
	body, err := template.New("body").Option("missingkey=error").Funcs(functions).Parse(c.Body)
	if err != nil {
		return nil, fmt.Errorf("sms: config: Body: %w", err)
	}
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{RootCAs: c.Roots, MinVersion: tls.VersionTLS12}
	g := &Gateway{cfg: c, body: body, client: &http.Client{
		Timeout:       c.Timeout,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	g.cfg.Header = c.Header.Clone()
	if err := g.rehearse(); err != nil {
		return nil, fmt.Errorf("sms: config: Body: %w", err)
	}
	return g, nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

var functions = template.FuncMap{
	"json": func(s string) (string, error) {
		b, err := json.Marshal(s)
		return string(b), err
	},
	"query":  url.QueryEscape,
	"digits": func(s string) string { return strings.TrimPrefix(s, "+") },
}

// rehearse fills the body with a message that a careless template would break
// on, and reads it back where its type is known.
func (g *Gateway) rehearse() error {
	sample := notify.SMS{ID: "0123456789abcdef0123456789abcdef", To: "+79990000000", Text: "Код \"1\"\n& 2\\%=+<3>"}
	body, err := g.fill(sample)
	if err != nil {
		return err
	}
	media, _, _ := mime.ParseMediaType(g.cfg.Header.Get("Content-Type"))
	switch {
	case media == "application/json":
		var any any
		if err := json.Unmarshal(body, &any); err != nil {
			return errors.New("is no JSON once it is filled: values are written with {{json …}}")
		}
		if !holds(any, sample.Text) {
			return errors.New("does not hold the text")
		}
	case media == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return errors.New("is no form once it is filled: values are written with {{query …}}")
		}
		for _, values := range form {
			if len(values) == 1 && values[0] == sample.Text {
				return nil
			}
		}
		return errors.New("does not hold the text as {{query .Text}}")
	case len(bytes.TrimSpace(body)) == 0:
		return errors.New("is empty")
	}
	return nil
}

// holds reports whether a JSON value has a string somewhere.
func holds(v any, s string) bool {
	switch v := v.(type) {
	case string:
		return v == s
	case []any:
		for _, e := range v {
			if holds(e, s) {
				return true
			}
		}
	case map[string]any:
		for _, e := range v {
			if holds(e, s) {
				return true
			}
		}
	}
	return false
}

func (g *Gateway) fill(m notify.SMS) ([]byte, error) {
	var b bytes.Buffer
	err := g.body.Execute(&b, m)
	return b.Bytes(), err
}

// Send sends a text message. The error wraps notify.ErrRefused if the provider
// says that this message is wrong.
func (g *Gateway) Send(ctx context.Context, m notify.SMS) error {
	body, err := g.fill(m)
	if err != nil {
		return fmt.Errorf("sms: the body cannot be written: %w", notify.ErrRefused)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.cfg.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("sms: the request cannot be made")
	}
	req.Header = g.cfg.Header.Clone()
	if req.Header == nil {
		req.Header = http.Header{}
	}
	resp, err := g.client.Do(req)
	if err != nil {
		// A *url.Error repeats the address, which may have a key in it.
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return fmt.Errorf("sms: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	switch {
	case refused(resp.StatusCode):
		return fmt.Errorf("sms: the provider answers %d: %w", resp.StatusCode, notify.ErrRefused)
	case resp.StatusCode/100 != 2:
		return fmt.Errorf("sms: the provider answers %d", resp.StatusCode)
	case g.cfg.Accepted == nil:
		return nil
	case err != nil:
		return errors.New("sms: the provider's answer broke off")
	case !g.cfg.Accepted.Match(answer):
		return errors.New("sms: the provider's answer does not say that the message was taken")
	}
	return nil
}

// refused reports whether a status is about the message and not about the
// account, the hour or the provider's health.
func refused(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
