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
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/workflow"
)

// building builds the server once for all tests, in a folder that TestMain
// removes.
var building = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "surguch-server-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "server")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", path, "../server").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	built = dir
	return path, nil
})

// built is the folder of the server that was built; "": none was.
var built string

// server is a process of examples/server with its development folder.
type server struct {
	t       *testing.T
	dir     string
	url     string
	tokens  map[string]string // by the title that the server shows them under
	process *exec.Cmd
	ended   chan struct{}
	output  lockedBuffer // standard error, the log
	mu      sync.Mutex
}

// lockedBuffer is a buffer that several goroutines write to.
type lockedBuffer struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.data.String()
}

// startServer starts a server in a folder of its own. Settings are further
// members of its configuration.
func startServer(t *testing.T, settings ...string) *server {
	t.Helper()
	s := &server{t: t, dir: t.TempDir(), tokens: map[string]string{}}
	s.start("127.0.0.1:0")
	if len(settings) > 0 {
		s.stop()
		name := filepath.Join(s.dir, "config.json")
		data, err := os.ReadFile(name)
		if err == nil {
			data = append([]byte("{"+strings.Join(settings, ",")+","), bytes.TrimPrefix(data, []byte("{"))...)
			err = os.WriteFile(name, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		s.start(strings.TrimSuffix(strings.TrimPrefix(s.url, "https://"), "/api"))
	}
	t.Cleanup(func() { s.stop() })
	return s
}

// start starts the process and waits until it serves.
func (s *server) start(addr string) {
	s.t.Helper()
	path, err := building()
	if err != nil {
		s.t.Fatal(err)
	}
	s.process = exec.Command(path, "-dev", s.dir, "-addr", addr)
	s.process.Stderr = &s.output
	out, err := s.process.StdoutPipe()
	if err == nil {
		err = s.process.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	serves := false
	for !serves && lines.Scan() {
		words := strings.Fields(lines.Text())
		switch {
		case strings.HasPrefix(lines.Text(), "https://"):
			serves = true
			if s.url == "" { // started again, it is where it was
				s.url = lines.Text()
			}
		case len(words) >= 2:
			s.tokens[strings.Join(words[:len(words)-1], " ")] = words[len(words)-1]
		}
	}
	if !serves {
		s.t.Fatalf("the server did not start: %v: %s", s.process.Wait(), s.output.String())
	}
	s.ended = make(chan struct{})
	go func(p *exec.Cmd, ended chan struct{}) {
		io.Copy(io.Discard, out)
		p.Wait()
		close(ended)
	}(s.process, s.ended)
}

// stop ends the process in order.
func (s *server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.Process.Signal(os.Interrupt)
	<-s.ended
	if state := s.process.ProcessState; state.ExitCode() != 0 {
		s.t.Errorf("the server ended with %v: %s", state, s.output.String())
	}
}

// kill kills the process and starts it again at the same address.
func (s *server) kill() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process.Process.Kill()
	<-s.ended
	s.start(strings.TrimSuffix(strings.TrimPrefix(s.url, "https://"), "/api"))
}

// ca is the file with the certificate that clients trust.
func (s *server) ca() string { return filepath.Join(s.dir, "tls", "cert.pem") }

// client returns an HTTP client that trusts the server.
func (s *server) client() *http.Client {
	s.t.Helper()
	pem, err := os.ReadFile(s.ca())
	if err != nil {
		s.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}, Timeout: 20 * time.Second}
}

// desk is somebody who works with the server over HTTP.
type desk struct {
	t           *testing.T
	client      *http.Client
	base, token string
}

// desk is that of somebody with a token of the server's, by its title.
func (s *server) desk(t *testing.T, title string) *desk {
	t.Helper()
	if s.tokens[title] == "" {
		t.Fatalf("no token of %s among %d", title, len(s.tokens))
	}
	return &desk{t, s.client(), s.url, s.tokens[title]}
}

// do calls the server, which must answer with a status of success.
func (d *desk) do(method, path, media string, body []byte) []byte {
	d.t.Helper()
	status, data := d.try(method, path, media, body)
	if status/100 != 2 {
		d.t.Fatalf("%s %s: %d %s", method, path, status, data)
	}
	return data
}

// try calls the server, again where it is busy or somebody was faster.
func (d *desk) try(method, path, media string, body []byte) (int, []byte) {
	d.t.Helper()
	key := rand.Text()
	ctx, end := context.WithTimeout(d.t.Context(), time.Minute)
	defer end()
	for {
		r, err := http.NewRequestWithContext(ctx, method, d.base+path, bytes.NewReader(body))
		if err != nil {
			d.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+d.token)
		if method != http.MethodGet {
			r.Header.Set("Idempotency-Key", key)
		}
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		answer, err := d.client.Do(r)
		if err != nil {
			if ctx.Err() != nil {
				d.t.Fatal(err)
			}
			continue // it is being started again
		}
		data, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil && ctx.Err() == nil {
			continue
		}
		if p := parseProblem(answer, data); answer.StatusCode/100 != 2 && p.passing() {
			time.Sleep(max(p.wait, 10*time.Millisecond)) // as the server asks
			continue
		}
		return answer.StatusCode, data
	}
}

// json calls the server with a value, and reads the view that it answers with;
// nil, if it answers nothing.
func (d *desk) json(method, path string, value any) *view {
	d.t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		d.t.Fatal(err)
	}
	v, data := &view{}, d.do(method, path, "application/json", body)
	if len(data) == 0 {
		return nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		d.t.Fatal(err)
	}
	return v
}

// wait waits until a request is in a state.
func (d *desk) wait(id string, state workflow.State) *view {
	d.t.Helper()
	return d.until(id, func(v *view) bool { return v.State == state })
}

// until waits until a request is as it is wanted.
func (d *desk) until(id string, wanted func(*view) bool) *view {
	d.t.Helper()
	base, err := url.Parse(d.base)
	if err != nil {
		d.t.Fatal(err)
	}
	c := &client{base: base, http: d.client, token: d.token, pause: func(string) {}, lasting: time.Minute}
	ctx, end := context.WithTimeout(d.t.Context(), time.Minute)
	defer end()
	v, err := c.view(ctx, id)
	for err == nil && !wanted(v) {
		last := v
		if v, err = c.await(ctx, id, v.Version); err != nil {
			d.t.Fatalf("%v: %s", err, last.Explanation)
		}
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return v
}
