package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestServe: what is open to everybody, and what is to nobody without a token.
func TestServe(t *testing.T) {
	r := start(t, t.TempDir())
	for path, want := range map[string]int{
		"/healthz":                   200,
		"/readyz":                    200,
		prefix + "/openapi.json":     200,
		prefix + "/requests":         401,
		prefix + "/requests/1/steps": 405,
		"/":                          404,
		"/debug/pprof/":              404,
	} {
		if got := r.do("", http.MethodGet, path, nil); got.status != want {
			t.Errorf("%s: got %d %s, want %d", path, got.status, got.data, want)
		}
	}
	for title, want := range map[string]int{"Оператор": 200, "Агент": 200, "Заявитель": 403, "Платежи": 403} {
		if got := r.do(r.tokens[title], http.MethodGet, prefix+"/requests", nil); got.status != want {
			t.Errorf("%s: got %d %s, want %d", title, got.status, got.data, want)
		}
	}
	if got := r.do("guess", http.MethodGet, prefix+"/requests", nil); got.status != 401 {
		t.Errorf("a wrong token: got %d", got.status)
	}
	if log := r.log.String(); !strings.Contains(log, `"level":"INFO"`) || strings.Contains(log, r.tokens["Оператор"]) {
		t.Errorf("the log:\n%s", log)
	}
}

// TestStop: what was begun is there when the program is started again in the
// same folder: tokens, the certificate for TLS, requests. A stream of events
// does not hold the stop.
func TestStop(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	operator := r.tokens["Оператор"]
	id := begin(r, operator, 1)
	events, err := r.client.Do(request(t, http.MethodGet, r.base+prefix+"/requests/"+id+"/events", operator))
	if err != nil || events.StatusCode != 200 {
		t.Fatalf("events: %v", err)
	}
	defer events.Body.Close()
	r.end()
	if _, err := r.client.Do(request(t, http.MethodGet, r.base+"/healthz", "")); err == nil {
		t.Error("it answers after it has ended")
	}
	if log := r.log.String(); !strings.Contains(log, "server: stopping") {
		t.Errorf("the log:\n%s", log)
	}

	again := start(t, dir)
	if len(again.tokens) != 0 {
		t.Errorf("tokens are shown a second time: %d", len(again.tokens))
	}
	again.client = r.client // with the certificate it knows
	again.must(operator, http.MethodGet, prefix+"/requests/"+id, nil)
}

// TestSecondProcess: an SQLite file is one process's.
func TestSecondProcess(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	var out buffer
	p := &program{stdout: &out, stderr: &out, env: noEnvironment}
	if status := p.run(t.Context(), []string{"-dev", dir, "-addr", "127.0.0.1:0"}); status != 1 || !strings.Contains(out.String(), "ra.db") {
		t.Errorf("got %d: %s", status, out.String())
	}
}

func request(t *testing.T, method, url, token string) *http.Request {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	return q
}

// TestUsage: a wrong command line or configuration is status 2, and starts
// nothing.
func TestUsage(t *testing.T) {
	for want, args := range map[string][]string{
		"нужны -config":         {},
		"лишние аргументы":      {"-dev", "x", "more"},
		"сертификат TLS сам":    {"-dev", "x", "-tls-key", "y"},
		"no such file":          {"-config", t.TempDir() + "/none", "-db", "x", "-tls-cert", "y", "-tls-key", "z"},
		"flag provided but not": {"-none"},
	} {
		var out buffer
		p := &program{stdout: &out, stderr: &out, env: noEnvironment}
		if status := p.run(t.Context(), args); status != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("%v: got %d: %s, want %q", args, status, out.String(), want)
		}
	}
}
