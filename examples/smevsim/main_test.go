package main

import (
	"bytes"
	"context"
	"go/parser"
	"go/token"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// running is the program at work.
type running struct {
	t           *testing.T
	stop        context.CancelFunc
	ended       chan int
	smev, admin string // base addresses
	output      *watched
}

// watched is output that somebody waits for.
type watched struct {
	lines chan string
	text  strings.Builder
}

func (w *watched) Write(p []byte) (int, error) {
	w.lines <- string(p)
	return len(p), nil
}

// start runs the program on free ports until the test ends.
func start(t *testing.T, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	r := &running{t: t, stop: stop, ended: make(chan int, 1), output: &watched{lines: make(chan string, 100)}}
	var stderr bytes.Buffer
	go func() {
		r.ended <- run(ctx, append([]string{"-listen", "127.0.0.1:0", "-admin", "127.0.0.1:0", "-ftp", "127.0.0.1:0"}, args...), r.output, &stderr)
	}()
	for r.admin == "" {
		select {
		case text := <-r.output.lines:
			r.output.text.WriteString(text)
			if m := regexp.MustCompile(`СМЭВ 1\.2 +(http://\S+)/smev/v1\.2/ws`).FindStringSubmatch(text); m != nil {
				r.smev = m[1]
			}
			if m := regexp.MustCompile(`Управление +(http://\S+)/`).FindStringSubmatch(text); m != nil {
				r.admin = m[1]
			}
		case status := <-r.ended:
			t.Fatalf("ended with %d: %s", status, stderr.String())
		}
	}
	t.Cleanup(func() { r.end() })
	return r
}

// end stops the program and checks that it goes in order.
func (r *running) end() {
	r.t.Helper()
	if r.ended == nil {
		return
	}
	r.stop()
	if status := <-r.ended; status != 0 {
		r.t.Errorf("ended with %d", status)
	}
	r.ended = nil
}

// session returns the commands of the package comment.
func session(t *testing.T) (commands []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(f.Doc.Text(), "# A session")
	for line := range strings.Lines(after) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "curl ") || strings.HasPrefix(line, "./smevsim ") {
			commands = append(commands, line)
		}
	}
	return commands
}

// shell does what a shell would do with the commands of the session.
type shell struct {
	*running
	dir string
}

// do runs a command and returns what it printed, into a file or not.
func (s *shell) do(line string) string {
	s.t.Helper()
	var words []string
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	into := ""
	if last := words[len(words)-1]; strings.HasPrefix(last, ">") {
		into, words = last[1:], words[:len(words)-1]
	}
	text := ""
	if words[0] == "curl" {
		text = s.curl(words[1:])
	} else {
		text = s.self(words[1:])
	}
	if into != "" {
		if err := os.WriteFile(filepath.Join(s.dir, into), []byte(text), 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return text
}

// self runs this program.
func (s *shell) self(args []string) string {
	s.t.Helper()
	for i := 1; i < len(args); i++ {
		if args[i-1] == "-key" || args[i-1] == "-of" {
			args[i] = filepath.Join(s.dir, args[i])
		}
	}
	var out, errs bytes.Buffer
	if status := run(s.t.Context(), args, &out, &errs); status != 0 {
		s.t.Fatalf("%v: %d %s", args, status, errs.String())
	}
	return out.String()
}

// curl sends the request that curl would.
func (s *shell) curl(args []string) string {
	s.t.Helper()
	method, body, url := http.MethodGet, "", ""
	header := http.Header{}
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "-s":
		case "-X":
			i++
			method = args[i]
		case "-H":
			i++
			name, value, _ := strings.Cut(args[i], ": ")
			header.Set(name, value)
		case "--data-binary":
			i++
			doc, err := os.ReadFile(filepath.Join(s.dir, args[i][1:]))
			if err != nil {
				s.t.Fatal(err)
			}
			method, body = http.MethodPost, string(doc)
		default:
			url = strings.NewReplacer("http://127.0.0.1:8777", s.smev, "http://127.0.0.1:8778", s.admin).Replace(args[i])
		}
	}
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %s", url, res.StatusCode, text)
	}
	return string(text)
}

// The session of the package comment does what it says, signed and unsigned.
func TestSession(t *testing.T) {
	for name, args := range map[string][]string{"signed": {"-virtual"}, "unsigned": {"-virtual", "-unsigned"}} {
		t.Run(name, func(t *testing.T) {
			s := &shell{start(t, args...), t.TempDir()}
			commands := session(t)
			if len(commands) != 9 {
				t.Fatalf("the session has %d commands", len(commands))
			}
			if name == "unsigned" {
				commands = commands[1:]
				for i := range commands {
					commands[i] = strings.ReplaceAll(commands[i], " -key curl.pem", "")
				}
			}
			said := map[string]string{}
			for _, c := range commands {
				text := s.do(c)
				for _, part := range []string{"urn:SendRequest", "urn:GetResponse", "urn:Ack", "/journal", "/advance"} {
					if strings.Contains(c, part) {
						said[part] = text
					}
				}
			}
			for part, want := range map[string]string{
				"urn:SendRequest": "requestIsQueued", "urn:GetResponse": "<ns:invalidityReason>601<", "urn:Ack": "AckResponse",
				"/journal": map[string]string{"signed": `"verdict": "verified"`, "unsigned": `"verdict": "unsigned"`}[name], "/advance": `"now"`,
			} {
				if !strings.Contains(said[part], want) {
					t.Errorf("%s: got %s, want %s", part, said[part], want)
				}
			}
			if messages := s.curl([]string{"http://127.0.0.1:8778/messages"}); strings.TrimSpace(messages) != "[]" {
				t.Errorf("left: %s", messages)
			}
			s.end()
			if _, err := net.Dial("tcp", strings.TrimPrefix(s.smev, "http://")); err == nil {
				t.Error("still listening")
			}
			for len(s.output.lines) > 0 {
				s.output.text.WriteString(<-s.output.lines)
			}
			if text := s.output.text.String(); !strings.Contains(text, "Принято запросов: 1, ответов не подтверждено: 0") || !strings.Contains(text, "/clock/advance") {
				t.Errorf("got %s", text)
			}
		})
	}
}

// What the guide lists is there.
func TestGuide(t *testing.T) {
	s := &shell{start(t, "-unsigned", "-virtual"), t.TempDir()}
	listed := 0
	for line := range strings.Lines(s.output.text.String()) {
		if command := strings.TrimSpace(line); strings.HasPrefix(command, "curl ") {
			command = regexp.MustCompile(`  +.*$`).ReplaceAllString(command, "") // what it is for
			s.do(command)
			listed++
		}
		if m := regexp.MustCompile(`(http://\S+\?wsdl)`).FindString(line); m != "" {
			s.do("curl -s " + m)
			listed++
		}
	}
	if listed != 7 {
		t.Errorf("%d commands are listed", listed)
	}
}

// Without -virtual the clock cannot be moved.
func TestRealClock(t *testing.T) {
	r := start(t, "-like", "2026", "-mtom", "-fault-rate", "0")
	res, err := http.Post(r.admin+"/clock/advance?by=1m", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusConflict {
		t.Errorf("got %d", res.StatusCode)
	}
}

func TestFlags(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(`<x xmlns="urn:x"/>`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		want   string
	}{
		"help":              {[]string{"-h"}, 0, "-any-address"},
		"unknown":           {[]string{"-x"}, 2, "-x"},
		"left over":         {[]string{"x"}, 2, "лишние"},
		"manner":            {[]string{"-like", "2020"}, 2, "-like"},
		"rate":              {[]string{"-fault-rate", "2"}, 2, "-fault-rate"},
		"any address":       {[]string{"-listen", "0.0.0.0:0", "-admin", "127.0.0.1:0"}, 1, "loopback"},
		"any address admin": {[]string{"-admin", "0.0.0.0:0", "-any-address"}, 1, "-admin"},
		"no address":        {[]string{"-admin", "x"}, 1, "-admin"},
		"sample of none":    {[]string{"-sample", "GetStatus"}, 1, "-sample"},
		"wrong passport":    {[]string{"-sample", "SendRequest", "-passport", "1"}, 1, "-passport"},
		"no key":            {[]string{"-sample", "SendRequest", "-key", empty + "x"}, 1, "-key"},
		"empty key":         {[]string{"-sample", "SendRequest", "-key", empty}, 1, "-key"},
		"no answer":         {[]string{"-sample", "Ack"}, 1, "-of"},
		"an empty answer":   {[]string{"-sample", "Ack", "-of", empty}, 1, "-of"},
	} {
		var out, errs bytes.Buffer
		if status := run(t.Context(), c.args, &out, &errs); status != c.status || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: got %d %s", name, status, errs.String())
		}
	}
}

// The clock goes on by itself and wakes those whose time has come by a jump.
func TestClock(t *testing.T) {
	c := &clock{}
	if d := time.Since(c.Now()).Abs(); d > time.Minute {
		t.Errorf("off by %v", d)
	}
	short, long := c.After(time.Hour), c.After(3*time.Hour)
	c.Advance(2 * time.Hour)
	if at := <-short; time.Until(at) < time.Hour {
		t.Errorf("woken at %v", at)
	}
	select {
	case <-long:
		t.Error("woken too early")
	default:
	}
	<-c.After(time.Nanosecond) // by the machine's own time
	c.Advance(time.Hour)
	<-long
}
