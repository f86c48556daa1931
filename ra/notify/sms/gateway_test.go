package sms_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra/notify"
	"github.com/surguch/surguch/ra/notify/sms"
)

const (
	canary = "kanareika" // stands in the key and the address of the provider
	phone  = "+79990000001"
	code   = "271828"
)

var message = notify.SMS{ID: "0123456789abcdef0123456789abcdef", To: phone, Text: "Код " + code + ". \"Никому\" & нигде."}

// provider answers as it is told and remembers what it was asked.
type provider struct {
	*httptest.Server
	status int
	answer string
	asked  int
	header http.Header
	body   string
}

func newProvider(t *testing.T) *provider {
	p := &provider{status: http.StatusOK}
	p.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.asked++
		p.header, p.body = r.Header, string(body)
		w.Header().Set("Location", p.URL+"/elsewhere")
		w.WriteHeader(p.status)
		io.WriteString(w, p.answer)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *provider) config() sms.Config {
	roots := x509.NewCertPool()
	roots.AddCert(p.Certificate())
	return sms.Config{
		URL: p.URL + "/send?key=" + canary, Roots: roots,
		Header: http.Header{"Authorization": {"Bearer " + canary}, "Content-Type": {"application/json"}},
		Body:   `{"to": {{json .To}}, "text": {{json .Text}}, "reference": {{json .ID}}}`,
	}
}

// discreet checks that an error repeats nothing that it must not.
func discreet(t *testing.T, err error) {
	t.Helper()
	for _, w := range []string{canary, phone, phone[1:], code} {
		if err != nil && strings.Contains(err.Error(), w) {
			t.Errorf("the error repeats %q: %v", w, err)
		}
	}
}

func gateway(t *testing.T, c sms.Config) *sms.Gateway {
	t.Helper()
	g, err := sms.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestSend(t *testing.T) {
	p := newProvider(t)
	if err := gateway(t, p.config()).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	want := `{"to": "+79990000001", "text": "Код 271828. \"Никому\" \u0026 нигде.", "reference": "0123456789abcdef0123456789abcdef"}`
	if p.body != want || p.header.Get("Authorization") != "Bearer "+canary {
		t.Errorf("got %s, %v\nwant %s and the key", p.body, p.header, want)
	}
	c := p.config()
	c.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	c.Body = "phones={{digits .To}}&mes={{query .Text}}&id={{.ID}}"
	if err := gateway(t, c).Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	form, err := url.ParseQuery(p.body)
	if err != nil || form.Get("phones") != phone[1:] || form.Get("mes") != message.Text {
		t.Errorf("got %s, %v", p.body, err)
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		status  int
		answer  string
		good    bool
		refused bool
	}{
		"taken":            {200, `{"status": "ok"}`, true, false},
		"taken, created":   {201, `{"status": "ok"}`, true, false},
		"200, not taken":   {200, `{"status": "error", "phone": "` + phone + `"}`, false, false},
		"200, empty":       {200, ``, false, false},
		"bad number":       {400, phone + code + canary, false, true},
		"unprocessable":    {422, phone + code + canary, false, true},
		"wrong key":        {401, canary, false, false},
		"no money":         {402, phone, false, false},
		"too many":         {429, phone, false, false},
		"broken":           {500, phone + code + canary, false, false},
		"redirect":         {302, ``, false, false},
		"redirect, strict": {308, ``, false, false},
	} {
		p := newProvider(t)
		p.status, p.answer = c.status, c.answer
		config := p.config()
		config.Accepted = regexp.MustCompile(`"status": "ok"`)
		err := gateway(t, config).Send(t.Context(), message)
		if (err == nil) != c.good || errors.Is(err, notify.ErrRefused) != c.refused {
			t.Errorf("%s: got %v, want good %v, refused %v", name, err, c.good, c.refused)
		}
		if p.asked != 1 {
			t.Errorf("%s: got %d requests, want 1", name, p.asked)
		}
		discreet(t, err)
	}
}

// TestNoAnswer: a provider that is not there, or does not answer in time.
func TestNoAnswer(t *testing.T) {
	p := newProvider(t)
	c := p.config()
	p.Close()
	err := gateway(t, c).Send(t.Context(), message)
	if err == nil || errors.Is(err, notify.ErrRefused) {
		t.Errorf("nobody there: got %v, want an error that may pass", err)
	}
	discreet(t, err)

	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer slow.Close()
	defer close(release)
	c = sms.Config{URL: slow.URL + "/" + canary, Body: "{{.Text}}", Timeout: 50 * time.Millisecond}
	if err = gateway(t, c).Send(t.Context(), message); err == nil {
		t.Error("no answer: got no error")
	}
	discreet(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err = gateway(t, c).Send(ctx, message); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	discreet(t, err)
}

func TestUnknownAuthority(t *testing.T) {
	p := newProvider(t)
	c := p.config()
	c.Roots = nil
	if err := gateway(t, c).Send(t.Context(), message); err == nil || p.asked != 0 {
		t.Errorf("got %v and %d requests, want a refusal of the certificate and none", err, p.asked)
	}
}

func TestConfig(t *testing.T) {
	with := func(change func(*sms.Config)) sms.Config {
		c := sms.Config{URL: "https://sms.example.org/" + canary, Header: http.Header{}, Body: "{{.Text}}"}
		change(&c)
		return c
	}
	typed := func(media, body string) sms.Config {
		return with(func(c *sms.Config) { c.Header.Set("Content-Type", media); c.Body = body })
	}
	for name, c := range map[string]sms.Config{
		"no URL":            with(func(c *sms.Config) { c.URL = "" }),
		"http":              with(func(c *sms.Config) { c.URL = "http://sms.example.org/" + canary }),
		"no body":           with(func(c *sms.Config) { c.Body = " " }),
		"broken template":   with(func(c *sms.Config) { c.Body = "{{.Text" }),
		"unknown field":     with(func(c *sms.Config) { c.Body = "{{.Txet}}" }),
		"unknown function":  with(func(c *sms.Config) { c.Body = "{{xml .Text}}" }),
		"JSON, not quoted":  typed("application/json", `{"text": "{{.Text}}"}`),
		"JSON, no text":     typed("application/json", `{"to": {{json .To}}}`),
		"form, not escaped": typed("application/x-www-form-urlencoded", `text={{.Text}}`),
		"form, no text":     typed("application/x-www-form-urlencoded; charset=utf-8", `to={{query .To}}`),
	} {
		_, err := sms.New(c)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		discreet(t, err)
	}
	for name, c := range map[string]sms.Config{
		"plain":        with(func(*sms.Config) {}),
		"JSON, nested": typed("application/json", `[{"messages": [{"text": {{json .Text}}}]}]`),
		"this machine": with(func(c *sms.Config) { c.URL = "http://localhost:8080/" }),
	} {
		if _, err := sms.New(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzBody: whatever is said, a template that passed New puts it into one
// string of the JSON and into one value of the form.
func FuzzBody(f *testing.F) {
	f.Add("+79990000001", message.Text)
	f.Add("\"}", "\", \"to\": \"x")
	f.Add("&a=b", "text\x00\xff&to=%zz")
	p := &provider{status: http.StatusOK}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.body = string(body)
	}))
	f.Cleanup(p.Close)
	g, err := sms.New(sms.Config{
		URL: p.URL, Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		Body: "to={{query .To}}&text={{query .Text}}",
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, to, text string) {
		if err := g.Send(t.Context(), notify.SMS{To: to, Text: text}); err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(p.body)
		if err != nil || len(form) != 2 || len(form["to"]) != 1 || len(form["text"]) != 1 || form.Get("to") != to || form.Get("text") != text {
			t.Errorf("got %q, %v, want %q and %q", p.body, err, to, text)
		}
	})
}
