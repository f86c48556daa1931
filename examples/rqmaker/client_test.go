package main

import (
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// speakTo returns a client of a server on TLS.
func speakTo(t *testing.T, h http.Handler) *client {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := newClient(server.URL+"/api", ca, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

// TestSendAgain: what a server may answer differently the next time is sent
// again, the same in every octet.
func TestSendAgain(t *testing.T) {
	for name, fail := range map[string]http.HandlerFunc{
		"502": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) },
		"500": func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusInternalServerError, "internal", "")
		},
		"503": func(w http.ResponseWriter, _ *http.Request) {
			refuse(w, http.StatusServiceUnavailable, "unavailable", "")
		},
		"too many":   func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusTooManyRequests, codeBusy, "") },
		"conflict":   func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusConflict, codeConflict, "") },
		"broken off": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var calls atomic.Int64
			var first, second string
			c := speakTo(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				seen := fmt.Sprint(r.Method, r.URL, r.Header["Idempotency-Key"], r.Header["Authorization"], r.Header["Content-Type"], string(body))
				if calls.Add(1) == 1 {
					first = seen
					fail(w, r)
					return
				}
				second = seen
				fmt.Fprint(w, "yes")
			}))
			c.token = "0123.abc"
			told := ""
			c.pause = func(why string) { told = why }
			data, err := c.send(t.Context(), message{method: http.MethodPost, path: "/requests/0123/request", key: "the-only-key", media: "application/pkcs10", body: []byte("body")})
			if string(data) != "yes" || err != nil || first != second || !strings.Contains(first, "Bearer 0123.abc") || !strings.Contains(first, "the-only-key") {
				t.Errorf("got %q, %v\n%s\n%s", data, err, first, second)
			}
			if told == "" {
				t.Error("nobody was told of the pause")
			}
		})
	}
}

// refuse answers with a problem document.
func refuse(w http.ResponseWriter, status int, code, ru string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"type":"about:blank","status":%d,"code":%q,"ru":%q}`, status, code, ru)
}

// TestSendOnce: a refusal is final, as is an answer of somebody else, and a
// redirection is not followed.
func TestSendOnce(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		status int
		code   string
		advice string
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request) { refuse(w, 422, "subject", "Имя не то.") }, 422, "subject", "Имя не то."},
		"wait": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			refuse(w, 429, "wait", "Позже.")
		}, 429, "wait", "1m0s"},
		"no problem": {func(w http.ResponseWriter, _ *http.Request) { http.NotFound(w, nil) }, 404, codeForeign, "не центр регистрации"},
		"redirected": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
		}, 307, codeForeign, "не центр регистрации"},
	} {
		t.Run(name, func(t *testing.T) {
			var calls atomic.Int64
			client := speakTo(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				c.answer(w, r)
			}))
			_, err := client.send(t.Context(), message{method: http.MethodGet, path: "/"})
			var p *problem
			if !errors.As(err, &p) || p.Status != c.status || p.Code != c.code || calls.Load() != 1 {
				t.Errorf("got %v after %d calls, want %d %s after one", err, calls.Load(), c.status, c.code)
			}
			if text := explain(err); !strings.Contains(text, c.advice) {
				t.Errorf("got advice %q, want %q", text, c.advice)
			}
		})
	}
}

// TestLost: patience ends, and what was begun is kept.
func TestLost(t *testing.T) {
	c := speakTo(t, http.NotFoundHandler())
	c.base.Host = "127.0.0.1:1" // tcpmux: nobody is there
	c.lasting = time.Nanosecond
	_, err := c.send(t.Context(), message{method: http.MethodGet, path: "/"})
	var lost *lostError
	if !errors.As(err, &lost) || !strings.Contains(explain(err), "запустите ту же команду") {
		t.Errorf("got %v: %s", err, explain(err))
	}
}

// TestUntrusted: a server that cannot show who it is gets nothing, and is not
// asked twice.
func TestUntrusted(t *testing.T) {
	var calls atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	server.Config.ErrorLog = nil
	server.StartTLS()
	defer server.Close()
	c, err := newClient(server.URL, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(string) { t.Error("it was asked again") }
	_, err = c.send(t.Context(), message{method: http.MethodGet, path: "/"})
	if !isUntrusted(err) || calls.Load() != 0 || !strings.Contains(explain(err), "Сертификат сервера не проверяется") {
		t.Errorf("got %v after %d calls: %s", err, calls.Load(), explain(err))
	}
}

// TestServerAddress: the marker goes to nobody without TLS but this machine.
func TestServerAddress(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://ra.example.org":         true,
		"https://ra.example.org:8443/ra": true,
		"http://127.0.0.1:8080/api":      true,
		"http://[::1]:8080":              true,
		"http://localhost":               true,
		"http://ra.example.org":          false,
		"http://127.0.0.1.example.org":   false,
		"https://a:b@ra.example.org":     false,
		"https://ra.example.org/?a":      false,
		"ra.example.org":                 false,
		"https://":                       false,
		"":                               false,
	} {
		if _, err := newClient(address, "", nil); (err == nil) != ok || err != nil && !errors.Is(err, errUsage) {
			t.Errorf("%q: got %v", address, err)
		}
	}
	if _, err := newClient("https://ra.example.org", filepath.Join(t.TempDir(), "none"), nil); !errors.Is(err, errUsage) {
		t.Errorf("no file: got %v", err)
	}
}

func FuzzParseView(f *testing.F) {
	f.Add([]byte(`{"id":"0123","version":5,"state":"issued","title":"Выпущен","form":{"email":"a@example.org"},"evidence":[{"evidence":"form_valid"}]}`))
	f.Add([]byte(`{"id":"0124","version":5,"state":"issued"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := parseView(data, "0123")
		if (err == nil) == (v == nil) || v != nil && (v.ID != "0123" || v.State == "" || v.Version <= 0) {
			t.Errorf("got %+v, %v", v, err)
		}
		_, _ = parseEntrance(data)
	})
}
