package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/workplace"
)

// typist types lines in their order, and then no more.
type typist struct{ lines []string }

// Line types the next line.
func (p *typist) Line(context.Context) (string, error) {
	if len(p.lines) == 0 {
		return "", errors.New("nobody types any more")
	}
	line := p.lines[0]
	p.lines = p.lines[1:]
	return line, nil
}

// Secret is not asked for here.
func (p *typist) Secret(context.Context) ([]byte, error) { return nil, errors.New("no secret is due") }

// front is a server as far as entering goes: a marker, a code, and a request
// that waits for nothing at the workstation.
type front struct {
	t         *testing.T
	marker    string
	confirmed bool
	entered   []string // credential and secret of each try
	codes     int      // sent once more
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct{ Credential, Secret, Code string }
	json.NewDecoder(r.Body).Decode(&in)
	session := r.Header.Get("Authorization") == "Bearer 0123.token"
	switch r.Method + " " + r.URL.Path {
	case "POST /api/session":
		f.entered = append(f.entered, in.Credential+" "+in.Secret)
		if secret, err := base64.RawURLEncoding.DecodeString(in.Secret); err != nil || len(secret) != secretSize || in.Credential != f.marker {
			refuse(w, http.StatusNotFound, "not_found", "Ничего не найдено.")
			return
		}
		fmt.Fprint(w, `{"token":"0123.token","request":"0123","phone":"+7 9** ***-**-67"}`)
	case "POST /api/session/code":
		f.codes++
		fmt.Fprint(w, `{"token":"0123.token","request":"0123","phone":"+7 9** ***-**-67"}`)
	case "POST /api/session/confirmation":
		if in.Code != "314159" {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"code":"code_wrong","ru":"Код неверный.","left":1}`)
			return
		}
		f.confirmed = true
		w.WriteHeader(http.StatusNoContent)
	case "GET /api/requests/0123":
		form := ""
		if f.confirmed {
			form = `,"form":{"email":"a@example.org"}`
		}
		if !session {
			refuse(w, http.StatusUnauthorized, "unauthenticated", "Войдите.")
			return
		}
		fmt.Fprint(w, `{"id":"0123","version":7,"state":"identified","title":"Клиент предоставил оригиналы"`+form+`}`)
	default:
		f.t.Errorf("%s %s", r.Method, r.URL.Path)
	}
}

// TestEnter: slips of the hand cost no attempt, a wrong code may be entered
// again, another one is sent on demand; and the session is kept.
func TestEnter(t *testing.T) {
	marker := withCheck("4J8K2M7P0Q9R3S5T6V8W1X2Y")
	for name, c := range map[string]struct {
		lines   []string
		machine string
		status  string // words of the end
		entered int
		codes   int
	}{
		"at once":     {lines: []string{marker, "314159"}, status: "ничего не требуется", entered: 1},
		"as on paper": {lines: []string{" " + strings.ToLower(marker[:5]) + "-" + marker[5:10] + " " + marker[10:], " 314159 "}, status: "ничего не требуется", entered: 1},
		"slips":       {lines: []string{"", marker[1:], marker[:24], marker, "314159"}, status: "ничего не требуется", entered: 1},
		"only slips":  {lines: strings.Split("a b c d e", " "), status: "опечатка", entered: 0},
		"wrong":       {lines: []string{withCheck("4J8K2M7P0Q9R3S5T6V8W1X2Z")}, status: "Маркер не принят", entered: 1},
		"wrong code":  {lines: []string{marker, "000000", "314159"}, status: "ничего не требуется", entered: 1},
		"wrong codes": {lines: strings.Split(marker+" 1 2 3 4 5", " "), status: "Код из СМС не подтверждён", entered: 1},
		"code again":  {lines: []string{marker, "", "314159"}, status: "ничего не требуется", entered: 1, codes: 1},
		"a machine":   {machine: marker, lines: []string{"314159"}, status: "ничего не требуется", entered: 1},
		"its slip":    {machine: marker[1:], status: "опечатка", entered: 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := &front{t: t, marker: marker}
			r := newRun(t, f)
			r.program.marker, r.program.keyboard = c.machine, &typist{c.lines}
			text := r.do(t, 1)
			if !strings.Contains(text, c.status) || len(f.entered) != c.entered || f.codes != c.codes {
				t.Errorf("entered %d times, want %d; %d codes sent once more, want %d:\n%s", len(f.entered), c.entered, f.codes, c.codes, text)
			}
			if strings.Contains(text, marker) || strings.Contains(text, "a@example.org") {
				t.Errorf("too much is shown:\n%s", text)
			}
			if !f.confirmed {
				return
			}
			r.program.marker, r.program.keyboard = "", nil // nobody is asked again
			if text := r.do(t, 1); !strings.Contains(text, "ничего не требуется") || len(f.entered) != c.entered {
				t.Errorf("the second run:\n%s", text)
			}
			data, err := os.ReadFile(filepath.Join(r.dir, stateName))
			if err != nil || strings.Contains(string(data), marker) {
				t.Errorf("the state: %v\n%s", err, data)
			}
		})
	}
}

// TestEnterAgain: a repetition has the same secret, so that a session that was
// opened just before a crash is not lost.
func TestEnterAgain(t *testing.T) {
	f := &front{t: t, marker: withCheck("4J8K2M7P0Q9R3S5T6V8W1X2Y")}
	r := newRun(t, f)
	full := r.program.write
	writes := 0
	r.program.write = func(name string, data []byte, mode os.FileMode) error {
		if writes++; writes == 2 { // the session is open, and not kept
			return errors.New("the disk is full")
		}
		return full(name, data, mode)
	}
	r.program.marker = f.marker
	if text := r.do(t, 1); !strings.Contains(text, "the disk is full") {
		t.Errorf("the first run:\n%s", text)
	}
	r.program.keyboard = &typist{[]string{"314159"}}
	if text := r.do(t, 1); !strings.Contains(text, "ничего не требуется") {
		t.Errorf("the second run:\n%s", text)
	}
	if len(f.entered) != 2 || f.entered[0] != f.entered[1] {
		t.Errorf("entered with %q, want twice the same", f.entered)
	}
}

// TestNobody: without a person and a marker nothing begins.
func TestNobody(t *testing.T) {
	f := &front{t: t}
	if text := newRun(t, f).do(t, 1); !strings.Contains(text, "Спросить не у кого") || len(f.entered) != 0 {
		t.Errorf("got\n%s", text)
	}
}

// TestCommandLine: what is wrong with it is told before anybody is asked, and a
// marker is never taken from it.
func TestCommandLine(t *testing.T) {
	for want, args := range map[string][]string{
		"нужны -server и -carrier":  {"-server", "https://ra.example.org"},
		"в командной строке его не": {"-server", "https://ra.example.org", "-carrier", "file:x", "4J8K2"},
		"-carrier":                     {"-server", "https://ra.example.org", "-carrier", "usb"},
		"-curve":                       {"-server", "https://ra.example.org", "-carrier", "file:x", "-curve", "P-256"},
		"https://сервер/путь":          {"-server", "http://ra.example.org", "-carrier", "file:x"},
		"-module бывает только у":      {"-server", "https://ra.example.org", "-carrier", "file:x", "-module", "y"},
		"flag provided but not define": {"-marker", "4J8K2"},
	} {
		var out bytes.Buffer
		p := &program{stdout: &out, stderr: &out, write: atomicfile.Write}
		if status := p.run(t.Context(), args); status != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("%v: got %d\n%s, want %q", args, status, out.String(), want)
		}
	}
}

// invocation is a command line that is run several times.
type invocation struct {
	program *program
	dir     string // of the state
	args    []string
}

// newRun prepares runs against a server.
func newRun(t *testing.T, h http.Handler) *invocation {
	t.Helper()
	server := httptest.NewTLSServer(h)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return &invocation{
		program: &program{write: atomicfile.Write}, dir: filepath.Join(dir, "state"),
		args: []string{"-server", server.URL + "/api", "-ca", ca, "-carrier", "file:" + filepath.Join(dir, "keys"), "-state", filepath.Join(dir, "state")},
	}
}

// do runs the program, which must end with a status, and returns what it said.
func (r *invocation) do(t *testing.T, status int) string {
	t.Helper()
	var out bytes.Buffer
	r.program.stdout, r.program.stderr = &out, &out
	if got := r.program.run(t.Context(), r.args); got != status {
		t.Errorf("got status %d, want %d\n%s", got, status, out.String())
	}
	return out.String()
}

var _ workplace.Keyboard = (*typist)(nil)
