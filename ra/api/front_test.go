package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/api"
)

// TestConfig refuses what cannot work.
func TestConfig(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]api.Config{
		"no authority":     {},
		"relative prefix":  {Authority: w.authority, Prefix: "ra"},
		"trailing slash":   {Authority: w.authority, Prefix: "/ra/"},
		"pattern in it":    {Authority: w.authority, Prefix: "/{ra}"},
		"prefix of a path": {Authority: w.authority, Prefix: "/../ra"},
	} {
		if _, err := api.New(c); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// TestNoPrefix mounts the front at the root.
func TestNoPrefix(t *testing.T) {
	w := newWorld(t, func(c *api.Config) { c.Prefix = "" })
	begun := w.call("POST", "/requests", "operator", map[string]any{"process": "desk", "form": w.form}).is(201)
	if got, want := begun.header.Get("Location"), "/requests/"+begun.id(); got != want {
		t.Errorf("got the Location %q, want %q", got, want)
	}
}

// TestHeaders looks at what every answer carries, good or bad.
func TestHeaders(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/openapi.json", "/requests", "/nonsense", "/../etc/passwd", "//requests"} {
		a := w.call("GET", path, "", nil)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
			"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		} {
			if got := a.header.Get(name); got != want {
				t.Errorf("%s: got %s: %q, want %q", path, name, got, want)
			}
		}
		if a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: no X-Request-Id", path)
		}
		for _, forbidden := range []string{"Set-Cookie", "Access-Control-Allow-Origin", "Location"} {
			if a.header.Get(forbidden) != "" {
				t.Errorf("%s: got %s", path, forbidden)
			}
		}
	}
	if a := w.call("GET", "/requests", "", nil).is(401); a.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
	if a := w.call("GET", "/requests/"+strings.Repeat("0", 32)+"/nonsense", "operator", nil).is(404, "not_found"); a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %v", a.header)
	}
}

// TestStrictInput sends what is nearly right.
func TestStrictInput(t *testing.T) {
	w := newWorld(t)
	email := `"email":"` + w.form.Email + `"`
	for name, body := range map[string]string{
		"empty":             ``,
		"null":              `null`,
		"array":             `[]`,
		"unknown":           `{"process":"desk","form":{` + email + `},"admin":true}`,
		"unknown within":    `{"process":"desk","form":{` + email + `,"role":"ca_operator"}}`,
		"twice":             `{"process":"desk","process":"desk","form":{` + email + `}}`,
		"twice within":      `{"process":"desk","form":{` + email + `,` + email + `}}`,
		"another case":      `{"Process":"desk","form":{` + email + `}}`,
		"another type":      `{"process":1,"form":{` + email + `}}`,
		"a null":            `{"process":null,"form":{` + email + `}}`,
		"trailing":          `{"process":"desk","form":{` + email + `}} {}`,
		"torn":              `{"process":"desk","form":{` + email,
		"no text":           "{\"process\":\"desk\xff\",\"form\":{" + email + "}}",
		"control character": `{"process":"de\u0000sk","form":{` + email + `}}`,
		"deep":              strings.Repeat(`{"form":`, 5000),
		"deep in an array":  strings.Repeat(`[`, 10000),
	} {
		if a := w.call("POST", "/requests", "operator", body); a.status != 400 || a.json()["code"] != "malformed" {
			t.Errorf("%s: got %d %s", name, a.status, a.body)
		}
	}
	w.call("POST", "/requests", "operator", `{"process":"`+strings.Repeat("x", 70000)+`"}`).is(413, "too_large")
	plain := w.request("POST", "/requests", "operator", `{}`)
	plain.Header.Set("Content-Type", "text/plain")
	w.do(plain).is(415, "media")
	id := w.onDesk()
	w.call("POST", "/requests/"+id+"/link", "operator", `{}`).is(400, "malformed")
	w.call("POST", "/requests/"+id+"/assignment", "operator", `{"to":"\u0000"}`).is(400, "malformed")
	w.upload("/requests/"+id+"/documents?kind=passport_scan&note=%00", "operator", "application/pdf", pdf).is(400, "malformed")
	w.call("GET", "/requests/%00", "operator", nil).is(404, "not_found")
	for _, key := range []string{"", "short", strings.Repeat("k", 129), "with space", "не ASCII!!"} {
		r := w.request("POST", "/requests", "operator", `{}`)
		r.Header["Idempotency-Key"] = nil
		want, code := 428, "key_required"
		if key != "" {
			r.Header["Idempotency-Key"] = []string{key}
			want, code = 400, "key_malformed"
		}
		w.do(r).is(want, code)
	}
}

// TestOtherOrigins lets a page of another origin call where the embedder knows
// people by what a browser sends by itself.
func TestOtherOrigins(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		c.Authenticate = func(r *http.Request) (ra.Actor, error) {
			if _, err := r.Cookie("staff"); err != nil {
				return ra.Actor{}, err
			}
			return operator, nil
		}
	})
	begin := map[string]any{"process": "desk", "form": w.form}
	for site, want := range map[string]int{"same-origin": 201, "none": 201, "cross-site": 403, "same-site": 403} {
		r := w.request("POST", "/requests", "", begin)
		r.AddCookie(&http.Cookie{Name: "staff", Value: "yes"})
		r.Header.Set("Sec-Fetch-Site", site)
		w.do(r).is(want)
	}
}

// TestNobodyKnown has no Authenticate, and one that errs or forgets.
func TestNobodyKnown(t *testing.T) {
	for name, authenticate := range map[string]func(*http.Request) (ra.Actor, error){
		"none":    nil,
		"error":   func(*http.Request) (ra.Actor, error) { return operator, errors.New("away") },
		"no ID":   func(*http.Request) (ra.Actor, error) { return ra.Actor{Role: operator.Role}, nil },
		"no role": func(*http.Request) (ra.Actor, error) { return ra.Actor{ID: "somebody"}, nil },
	} {
		w := newWorld(t, func(c *api.Config) { c.Authenticate = authenticate })
		if a := w.call("GET", "/requests", "operator", nil); a.status != 401 {
			t.Errorf("%s: got %d", name, a.status)
		}
	}
}

// TestRefusalsWait lets wrong credentials come: none is answered before its
// time, all are answered alike, and right ones do not wait.
func TestRefusalsWait(t *testing.T) {
	const delay = 250 * time.Millisecond
	asked := make(chan time.Duration, 1)
	w := newWorld(t, func(c *api.Config) {
		c.RefusalDelay = delay
		c.Clock = askedClock{c.Clock, asked}
	})
	id := w.call("POST", "/requests", "operator", map[string]any{
		"process": "personal-link", "form": map[string]string{"legalForm": "person", "email": w.form.Email},
	}).is(201).id()
	w.settle()
	link := w.mail.link()
	used := w.call("POST", "/session", "", map[string]string{"credential": link, "secret": secret(1)}).is(201).json()["token"].(string)
	w.call("DELETE", "/session", used, nil).is(204)
	credentials := map[string]string{
		"wrong secret": id + ".AAAAAAAAAAAAAAAAAAAAAA", "no such request": strings.Repeat("0", 32) + link[32:],
		"no credential": "nonsense", "empty": "", "marker": "00000-00000-00000-00000-00000",
		"torn": link[:len(link)-1], "with a space": " " + link,
	}
	requests := map[string]*http.Request{}
	for name, c := range credentials {
		requests[name] = w.request("POST", "/session", "", map[string]string{"credential": c, "secret": secret(2)})
	}
	requests["ended session"] = w.request("GET", "/requests/"+id, used, nil)
	requests["link as session"] = w.request("GET", "/requests/"+id, link, nil)
	requests["session of nothing"] = w.request("GET", "/requests/"+id, strings.Repeat("0", 32)+".AAAAAAAAAAAAAAAAAAAAAA", nil)
	var alike []byte
	for name, r := range requests {
		done := make(chan reply, 1)
		go func() { done <- w.do(r) }()
		var a reply
		select {
		case a = <-done:
			t.Errorf("%s: answered at once", name)
		case d := <-asked:
			if d < delay || d > delay*5/4+1 {
				t.Errorf("%s: waits %v", name, d)
			}
			w.clock.Advance(d)
			a = <-done
		}
		if alike == nil {
			alike = a.body
		}
		if a.status != 404 || !bytes.Equal(a.body, alike) || a.header.Get("Retry-After") != "" {
			t.Errorf("%s: got %d %s, want %s", name, a.status, a.body, alike)
		}
	}
}

// askedClock tells how long somebody wants to wait.
type askedClock struct {
	ra.Clock
	asked chan<- time.Duration
}

func (c askedClock) After(d time.Duration) <-chan time.Time {
	after := c.Clock.After(d)
	c.asked <- d
	return after
}

// TestSlowBody sends a body drop by drop: it does not hold the front.
func TestSlowBody(t *testing.T) {
	w := newWorld(t, func(c *api.Config) { c.Timeout = 200 * time.Millisecond })
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /ra/v1/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer operator\r\nIdempotency-Key: slow-body\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(answer, []byte("body_broken_off")) {
		t.Errorf("got %s", answer)
	}
}

// TestOurFaults has an embedder panic and a caller give up: neither takes the
// front down, nor shows what it was about.
func TestOurFaults(t *testing.T) {
	w := newWorld(t, func(c *api.Config) {
		inner := c.Authenticate
		c.Authenticate = func(r *http.Request) (ra.Actor, error) {
			if r.Header.Get("Authorization") == "Bearer boom" {
				panic("canary-panic")
			}
			return inner(r)
		}
	})
	a := w.call("GET", "/requests", "boom", nil).is(500, "internal")
	if bytes.Contains(a.body, []byte("canary")) || strings.Contains(w.log.String(), "canary-panic") {
		t.Errorf("the panic is told: %s\n%s", a.body, w.log)
	}
	r := w.request("GET", "/requests", "operator", nil)
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	w.do(r.WithContext(ctx)).is(503, "unavailable")
}

// TestLog runs journeys, good ones and refused ones, and looks for the people,
// the tokens and the codes in the log at all levels.
func TestLog(t *testing.T) {
	w := newWorld(t)
	canaries := []string{"canary-note", "canary-key-1234"}
	id, token, _ := w.issued(w.newKey())
	desk, code := w.marked()
	session := w.enter(code, 7)
	for _, token := range []string{token, session, "stranger"} {
		for _, id := range []string{id, desk} {
			w.call("GET", "/requests/"+id, token, nil)
			w.call("GET", "/requests/"+id+"/history", token, nil)
			w.call("GET", "/requests/"+id+"?secret=canary-note", token, nil)
			w.call("POST", "/requests/"+id+"/evidence", token, map[string]string{"evidence": "canary-note", "note": "canary-note"})
			w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "canary-note"})
		}
	}
	w.call("POST", "/requests", "operator", map[string]any{"process": "canary-note", "form": w.form})
	w.call("GET", "/requests?name="+w.form.LastName+"&snils="+w.form.SNILS, "operator", nil)
	w.call("GET", "/canary-note", "operator", nil)
	key := w.request("POST", "/requests", "operator", map[string]any{"process": "desk", "form": w.form})
	key.Header.Set("Idempotency-Key", "canary-key-1234")
	w.do(key)
	f := w.form
	canaries = append(canaries, token, token[33:], session[33:], code, strings.ReplaceAll(code, "-", ""), w.mail.link()[33:],
		f.LastName, f.FirstName, f.SNILS, f.INN, f.Email, f.Phone, f.PassportNumber, f.Street, f.BirthDate, ra.Normalise(f.LastName))
	log := w.log.String()
	for _, canary := range canaries {
		if strings.Contains(strings.ToLower(log), strings.ToLower(canary)) {
			t.Errorf("the log shows %q", canary)
		}
	}
	lines := 0
	for line := range strings.Lines(log) {
		var l struct {
			Msg, Operation, Mark string
			Status               int
		}
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatal(err)
		}
		if l.Msg == "api: request" {
			lines++
			if l.Mark == "" || l.Status == 0 || l.Operation == "" {
				t.Errorf("got the line %s", line)
			}
		}
	}
	if lines < 30 {
		t.Errorf("got %d lines, want one for each request", lines)
	}
}

// TestMarkerSession makes the keys with a marker, as the tool at a workplace
// does, in a scope that is the workshop's.
func TestMarkerSession(t *testing.T) {
	w := newWorld(t)
	id, code := w.marked()
	last := "0"
	if strings.HasSuffix(code, last) {
		last = "1"
	}
	w.call("POST", "/session", "", map[string]string{"credential": code[:28] + last, "secret": secret(3)}).is(404, "not_found")
	token := w.enter(strings.ToLower(strings.ReplaceAll(code, "-", " ")), 4)
	w.call("POST", "/session", "", map[string]string{"credential": code, "secret": secret(5)}).is(404, "not_found") // used
	if form := into[struct{ Form ra.Form }](w.call("GET", "/requests/"+id, token, nil).is(200)).Form; form != w.form {
		t.Errorf("got the form %+v", form)
	}
	w.call("PUT", "/requests/"+id+"/form", token, w.form).is(403, "denied")
	a := w.upload("/requests/"+id+"/request", token, "application/pkcs10", w.pkcs10(w.newKey(), w.form)).is(200)
	if a.state() != "made" {
		t.Errorf("got %s", a.body)
	}
}

// TestOthersData asks with one person's session for another's request: it is
// not there.
func TestOthersData(t *testing.T) {
	w := newWorld(t)
	_, token := w.submitted()
	w.form = applicant.Form(4)
	other, _ := w.submitted()
	for path, methods := range w.document.Paths {
		if !strings.Contains(path, "{id}") {
			continue
		}
		concrete := strings.NewReplacer("{id}", other, "{kind}", "request").Replace(path)
		for method := range methods {
			for _, by := range []string{token, "stranger", "agent"} {
				where := concrete
				if method == "post" && strings.HasSuffix(path, "/documents") {
					where += "?kind=passport_scan"
				}
				w.call(strings.ToUpper(method), where, by, nil).is(404, "not_found")
			}
		}
	}
}
