package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// running is the program at work.
type running struct {
	t      *testing.T
	dir    string
	base   string            // https://…
	tokens map[string]string // by the title that they are shown under
	client *http.Client
	stop   context.CancelFunc
	ended  chan int
	log    buffer
}

// buffer is one that several goroutines write to.
type buffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// start runs the program until the test ends.
func start(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{t: t, dir: dir, tokens: map[string]string{}, stop: stop, ended: make(chan int, 1)}
	out, in := io.Pipe()
	p := &program{stdout: in, stderr: &r.log, env: noEnvironment}
	go func() {
		r.ended <- p.run(ctx, append([]string{"-dev", dir, "-addr", "127.0.0.1:0"}, args...))
		in.Close()
	}()
	lines := bufio.NewScanner(out)
	for r.base == "" && lines.Scan() {
		title, token, _ := strings.Cut(lines.Text(), "  ")
		switch {
		case strings.HasPrefix(title, "https://"):
			r.base = strings.TrimSuffix(title, prefix)
		case token != "":
			r.tokens[title] = strings.TrimSpace(token)
		default: // a title as long as the column
			words := strings.Fields(title)
			r.tokens[strings.Join(words[:len(words)-1], " ")] = words[len(words)-1]
		}
	}
	if r.base == "" {
		t.Fatalf("ended with %d: %s", <-r.ended, r.log.String())
	}
	go io.Copy(io.Discard, out)
	t.Cleanup(r.end)
	pem, err := os.ReadFile(filepath.Join(dir, devTLS, "cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	r.client = &http.Client{Transport: transport, Timeout: time.Minute}
	return r
}

// end stops the program as SIGTERM does, and checks that it goes in order.
func (r *running) end() {
	r.t.Helper()
	if r.ended == nil {
		return
	}
	r.client.CloseIdleConnections()
	r.stop()
	if status := <-r.ended; status != 0 {
		r.t.Errorf("ended with %d: %s", status, r.log.String())
	}
	r.ended = nil
}

// reply is an answer.
type reply struct {
	status int
	data   []byte
}

// value reads a JSON answer.
func value[T any](t *testing.T, r reply) (v T) {
	t.Helper()
	if err := json.Unmarshal(r.data, &v); err != nil {
		t.Fatalf("%d %s: %v", r.status, r.data, err)
	}
	return v
}

// do calls the program in the name of a token; body is JSON, or bytes of a
// media type. A conflict with the work in the background is tried again.
func (r *running) do(token, method, path string, body any, media ...string) reply {
	r.t.Helper()
	data, raw := body.([]byte)
	if !raw && body != nil {
		var err error
		if data, err = json.Marshal(body); err != nil {
			r.t.Fatal(err)
		}
		media = []string{"application/json"}
	}
	key := rand.Text()
	for {
		q, err := http.NewRequestWithContext(r.t.Context(), method, r.base+path, bytes.NewReader(data))
		if err != nil {
			r.t.Fatal(err)
		}
		if token != "" {
			q.Header.Set("Authorization", "Bearer "+token)
		}
		if method != http.MethodGet {
			q.Header.Set("Idempotency-Key", key)
		}
		if len(media) > 0 {
			q.Header.Set("Content-Type", media[0])
		}
		a, err := r.client.Do(q)
		if err != nil {
			r.t.Fatal(err)
		}
		got, err := io.ReadAll(a.Body)
		a.Body.Close()
		if err != nil {
			r.t.Fatal(err)
		}
		if a.StatusCode == http.StatusConflict && strings.Contains(string(got), `"conflict"`) {
			continue
		}
		return reply{a.StatusCode, got}
	}
}

// must is do for what has to succeed.
func (r *running) must(token, method, path string, body any, media ...string) reply {
	r.t.Helper()
	a := r.do(token, method, path, body, media...)
	if a.status/100 != 2 {
		r.t.Fatalf("%s %s: %d %s", method, path, a.status, a.data)
	}
	return a
}

// wait waits until a request is in a state, by its events.
func (r *running) wait(token, id, state string) {
	r.t.Helper()
	ctx, end := context.WithTimeout(r.t.Context(), time.Minute)
	defer end()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+prefix+"/requests/"+id+"/events", nil)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	a, err := r.client.Do(q)
	if err != nil {
		r.t.Fatal(err)
	}
	defer a.Body.Close()
	last := ""
	for lines := bufio.NewScanner(a.Body); lines.Scan(); {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			last = data
			if strings.Contains(data, fmt.Sprintf(`"state":%q`, state)) {
				return
			}
		}
	}
	r.t.Fatalf("waiting for %s: %s\n%s", state, last, r.log.String())
}
