package tsp_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr/tsp"
	"github.com/surguch/surguch/gost"
)

// serve makes an HTTP server of the TSA.
func serve(t testing.TB, a tsp.Authority) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
			http.Error(w, "not a request", http.StatusBadRequest)
			return
		}
		response, err := a.Stamp(r.Context(), request)
		if err != nil {
			http.Error(w, "no answer", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(response)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestHTTP(t *testing.T) {
	a := newAuthority(t, key(t, gost.TC26A256()))
	for _, own := range []*http.Client{nil, {}} {
		authority, err := tsp.NewHTTP(serve(t, a).URL, own)
		if err != nil {
			t.Fatal(err)
		}
		client := a.client()
		client.Authority = authority
		token, err := client.Stamp(t.Context(), document)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := token.Verify(document, a.chain); err != nil {
			t.Error(err)
		}
	}
}

func TestHTTPRefuses(t *testing.T) {
	for _, address := range []string{"", "tsa.example", "/tsa", "ftp://tsa.example/", "file:///tsa", "http://", "http://\x7f", "http:tsa"} {
		if _, err := tsp.NewHTTP(address, nil); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
	reply := func(media string, status int, size int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			for ; size > 0; size -= 1024 {
				if _, err := w.Write(make([]byte, 1024)); err != nil {
					return
				}
			}
		}
	}
	for want, handler := range map[string]http.HandlerFunc{
		"HTTP status 500":    reply("application/timestamp-reply", 500, 10),
		"HTTP status 302":    reply("application/timestamp-reply", 302, 10),
		"HTTP status 204":    reply("application/timestamp-reply", 204, 0),
		"is not of type":     reply("text/html; charset=utf-8", 200, 10),
		"is not of type app": reply("", 200, 10),
		"is longer than":     reply("application/timestamp-reply", 200, 2<<20),
	} {
		server := httptest.NewServer(handler)
		authority, err := tsp.NewHTTP(server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := authority.Stamp(t.Context(), document); err == nil || body != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %d octets, %v, want %s", len(body), err, want)
		}
		server.Close()
		if _, err := authority.Stamp(t.Context(), document); err == nil {
			t.Error("a closed server answers")
		}
	}

	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}))
	defer slow.Close()
	authority, err := tsp.NewHTTP(slow.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := authority.Stamp(ctx, document); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want that of the context", err)
	}
}
