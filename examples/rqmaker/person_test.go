package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/atomicfile"
	"github.com/surguch/surguch/internal/workplace"
)

// Variables that make the test program a run of rqmaker, with a person at the
// keyboard who has the marker and the phone.
const (
	personVariable = "SURGUCH_TEST_PERSON" // what the person has: marker, phone's folder, PIN, a line each
	killVariable   = "SURGUCH_TEST_KILL"   // where the run kills itself, such as "before write 3"
)

func TestMain(m *testing.M) {
	if workplace.IsWorker(os.Args) {
		os.Exit(workplace.Work())
	}
	if has, set := os.LookupEnv(personVariable); set {
		os.Exit(runAsPerson(has))
	}
	// The tests wait for servers more than they compute: more of them are at
	// once than there are processors, unless -parallel says otherwise.
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // a child that ends under the race detector would wait a second
	status := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(status)
}

// person answers the questions that the program shows.
type person struct {
	marker, sms, pin string
	asked            bytes.Buffer // what was shown since the last answer
	out              io.Writer
}

func (p *person) Write(text []byte) (int, error) {
	p.asked.Write(text)
	return p.out.Write(text)
}

// Line answers the question that is on the screen.
func (p *person) Line(context.Context) (string, error) {
	defer p.asked.Reset()
	question := p.asked.String()
	question = question[strings.LastIndex(question, "\n")+1:]
	switch {
	case strings.Contains(question, "Код маркера"):
		return strings.ToLower(p.marker), nil
	case strings.Contains(question, "Код из СМС"):
		return lastCode(p.sms)
	case strings.Contains(question, "«да»"):
		return "да", nil
	}
	return "", fmt.Errorf("a question that nobody expects: %q", question)
}

// Secret answers the question for a PIN or a password.
func (p *person) Secret(context.Context) ([]byte, error) {
	p.asked.Reset()
	return []byte(p.pin), nil
}

// lastCode is that of the latest text message to a phone: "+7…@folder".
func lastCode(where string) (string, error) {
	phone, dir, _ := strings.Cut(where, "@")
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil {
		return "", err
	}
	var best time.Time
	code := ""
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		info, err := os.Stat(name)
		if err != nil {
			return "", err
		}
		found := regexp.MustCompile(`\b\d{6}\b`).FindString(string(data))
		if found != "" && strings.HasPrefix(string(data), "To: "+phone+"\n") && info.ModTime().After(best) {
			best, code = info.ModTime(), found
		}
	}
	if code == "" {
		return "", errors.New("no text message came")
	}
	return code, nil
}

// runAsPerson is main with a person and, if that is wanted, a point at which
// the run is killed.
func runAsPerson(has string) int {
	lines := strings.Split(has, "\n")
	who := &person{marker: lines[0], sms: lines[1], pin: lines[2], out: os.Stderr}
	p := &program{keyboard: who, stdout: os.Stdout, stderr: who, write: atomicfile.Write}
	if point := os.Getenv(killVariable); point != "" {
		d := &dying{point: point}
		p.write = d.write
		p.transport = func(next http.RoundTripper) http.RoundTripper { return &dyingTransport{d, next} }
	}
	return p.run(context.Background(), os.Args[1:])
}

// dying kills its process at a point, as kill -9 does.
type dying struct {
	point  string
	writes int
}

func (d *dying) at(point string) {
	if point != d.point {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}

func (d *dying) write(name string, data []byte, mode fs.FileMode) error {
	d.writes++
	d.at(fmt.Sprintf("before write %d", d.writes))
	err := atomicfile.Write(name, data, mode)
	d.at(fmt.Sprintf("after write %d", d.writes))
	return err
}

type dyingTransport struct {
	*dying
	next http.RoundTripper
}

// RoundTrip sends the request; the answer has come as far as its headers when
// the process is killed after it.
func (d *dyingTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	d.at("before " + nameOf(r))
	answer, err := d.next.RoundTrip(r)
	d.at("after " + nameOf(r))
	return answer, err
}

// nameOf is what a message is known by: the method and the end of the path.
func nameOf(r *http.Request) string {
	if regexp.MustCompile(`/requests/[^/]+$`).MatchString(r.URL.Path) {
		return r.Method + " view"
	}
	return r.Method + " " + path.Base(r.URL.Path)
}

// workstation is a key workstation: a place of keys, and the person at it.
type workstation struct {
	t      *testing.T
	server *server
	dir    string
	place  string
	pin    string
	id     string // of the request
	marker string
	phone  string // of the owner
	curve  string
	state  string // folder
}

// texts is where text messages to the owner go: "+7…@folder".
func (w *workstation) texts() string {
	return w.phone + "@" + filepath.Join(w.server.dir, "outbox", "sms")
}

// arguments are those of the program.
func (w *workstation) arguments() []string {
	return []string{"-server", w.server.url, "-ca", w.server.ca(), "-carrier", w.place, "-state", w.state, "-curve", w.curve}
}

// endSession makes the state one whose session is over.
func (w *workstation) endSession() {
	w.t.Helper()
	s, err := openState(w.state, atomicfile.Write)
	if err != nil {
		w.t.Fatal(err)
	}
	s.Token = ""
	if err := errors.Join(s.save(), s.close()); err != nil {
		w.t.Fatal(err)
	}
}

// outcome is what a run of the program printed, and how it ended.
type outcome struct {
	stdout, stderr string
	status         int
	killed         bool
}

// rqmaker runs the program at the workstation.
func (w *workstation) rqmaker(kill string) outcome {
	w.t.Helper()
	self, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	c := exec.CommandContext(w.t.Context(), self, w.arguments()...)
	c.Env = append(os.Environ(), personVariable+"="+strings.Join([]string{w.marker, w.texts(), w.pin}, "\n"), killVariable+"="+kill)
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	c.Run()
	o := outcome{stdout: stdout.String(), stderr: stderr.String(), status: c.ProcessState.ExitCode()}
	if status, ok := c.ProcessState.Sys().(syscall.WaitStatus); ok {
		o.killed = status.Signaled()
	}
	return o
}
