package webhook_test

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/filelock"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/notify/webhook"
	"github.com/surguch/surguch/workflow"
)

var start = time.Date(2026, 10, 9, 10, 0, 0, 0, time.UTC)

// canary stands in the addresses and secrets that no log may repeat.
const canary = "kanareika"

// receiver is an endpoint that verifies and remembers what it takes.
type receiver struct {
	*httptest.Server
	secrets []webhook.Secret
	clock   *testenv.Clock

	mu      sync.Mutex
	answer  func(request string) int // nil: 204
	asked   int
	taken   []event
	unwell  error
	arrived chan struct{} // gets a value for each delivery, if it is not nil
}

type event struct {
	ID   string
	At   time.Time
	Body string
	Data struct {
		Request string
		Seq     int64
		State   string
	}
}

func newReceiver(t *testing.T, clock *testenv.Clock) *receiver {
	r := &receiver{secrets: []webhook.Secret{webhook.NewSecret()}, clock: clock}
	r.Server = httptest.NewTLSServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	text, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if err := webhook.Verify(r.secrets, req.Header, text, r.clock.Now()); err != nil {
		r.unwell = err
	}
	e := event{ID: req.Header.Get("webhook-id"), At: r.clock.Now(), Body: string(text)}
	if err := json.Unmarshal(text, &e); err != nil {
		r.unwell = err
	}
	status := http.StatusNoContent
	if r.answer != nil {
		status = r.answer(e.Data.Request)
	}
	if status/100 == 2 {
		r.taken = append(r.taken, e)
	}
	if status == http.StatusFound {
		w.Header().Set("Location", r.URL+"/elsewhere")
	}
	w.WriteHeader(status)
	if r.arrived != nil {
		r.arrived <- struct{}{}
	}
}

func (r *receiver) answers(f func(request string) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = f
}

func (r *receiver) got(t *testing.T) (events []event, asked int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unwell != nil {
		t.Error(r.unwell)
	}
	return append([]event{}, r.taken...), r.asked
}

func (r *receiver) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(r.Certificate())
	return pool
}

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// config is of one endpoint, on this machine, whose URL is a canary.
func (r *receiver) config(t *testing.T, log io.Writer) webhook.Config {
	return webhook.Config{
		Dir: filepath.Join(t.TempDir(), "hooks"), Allow: loopback, Roots: r.roots(), Clock: r.clock,
		Endpoints: []webhook.Endpoint{{Name: "crm", URL: r.URL + "/" + canary, Secrets: r.secrets}},
		Log:       slog.New(slog.NewTextHandler(log, nil)),
	}
}

func open(t *testing.T, c webhook.Config) *webhook.Sender {
	t.Helper()
	s, err := webhook.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func notice(request string, seq int64) ra.Notice {
	return ra.Notice{
		Key: request + "/notify_applicant/" + string(rune('0'+seq)), Request: ra.ID(request), Seq: seq, Partner: "agent-7",
		Effect: workflow.NotifyApplicant, To: workflow.Applicant, State: workflow.Issuing, Title: "Выпуск сертификата",
		Email: canary + "@example.org", Phone: "+79990000001", Code: canary, Link: canary,
	}
}

func put(t *testing.T, s *webhook.Sender, notices ...ra.Notice) {
	t.Helper()
	for _, n := range notices {
		if err := s.Notify(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
}

func work(t *testing.T, s *webhook.Sender) {
	t.Helper()
	if _, err := s.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// files counts what waits, or was given up, in a folder.
func files(t *testing.T, dir string) int {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// quiet checks that a log does not tell what it must not.
func quiet(t *testing.T, log *strings.Builder, secrets ...webhook.Secret) {
	t.Helper()
	words := []string{canary, "+79990000001"}
	for _, s := range secrets {
		words = append(words, strings.TrimPrefix(s.Reveal(), "whsec_"))
	}
	for _, w := range words {
		if strings.Contains(log.String(), w) {
			t.Errorf("the log repeats %q:\n%s", w, log)
		}
	}
}

func TestDelivery(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	var log strings.Builder
	c := r.config(t, &log)
	s := open(t, c)
	put(t, s, notice("r1", 4), notice("r1", 3), notice("r2", 1), notice("r1", 4))
	put(t, s, ra.Notice{Key: "r1/code/5", Request: "r1", To: workflow.Applicant, Code: canary}) // for nobody here
	if n := files(t, filepath.Join(c.Dir, "crm")); n != 3 {
		t.Fatalf("got %d events in the folder, want 3", n)
	}
	work(t, s)
	got, _ := r.got(t)
	order := map[string][]int64{}
	for _, e := range got {
		order[e.Data.Request] = append(order[e.Data.Request], e.Data.Seq)
		if strings.Contains(e.Body, canary) || strings.Contains(e.Body, "+7999") {
			t.Errorf("the body repeats what is personal: %s", e.Body)
		}
	}
	if len(got) != 3 || len(order["r1"]) != 2 || order["r1"][0] != 3 || order["r1"][1] != 4 {
		t.Errorf("got %v, want 3 and 4 of r1 in this order, and one of r2", order)
	}
	want := `{"type":"request.notice","timestamp":"2026-10-09T10:00:00Z","data":{"request":"r2","seq":1,"partner":"agent-7",` +
		`"state":"issuing","title":"Выпуск сертификата","effect":"notify_applicant","to":"applicant"}}`
	for _, e := range got {
		if e.Data.Request == "r2" && e.Body != want {
			t.Errorf("got %s\nwant %s", e.Body, want)
		}
	}
	if n := files(t, filepath.Join(c.Dir, "crm")); n != 0 {
		t.Errorf("got %d events in the folder after delivery, want none", n)
	}
	quiet(t, &log, r.secrets...)
}

// TestPatience: an endpoint that is out of order for three days gets an event
// until the end of them, through restarts, with pauses that grow.
func TestPatience(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	r.answers(func(string) int { return http.StatusInternalServerError })
	var log strings.Builder
	c := r.config(t, &log)
	s, err := webhook.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	put(t, s, notice("r1", 3))
	waits := filepath.Join(c.Dir, "crm")
	var at []time.Duration // of attempts
	for passed := time.Duration(0); passed <= 80*time.Hour; passed += 5 * time.Second {
		if passed == 30*time.Hour {
			put(t, s, notice("r1", 3)) // a repetition does not begin the 72 hours anew
			s.Close()
			s = open(t, c)
		}
		some, err := s.Work(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if some {
			at = append(at, passed)
		}
		clock.Advance(5 * time.Second)
	}
	if got := at[len(at)-1]; got != 72*time.Hour {
		t.Errorf("the last attempt was after %v, want 72h", got)
	}
	if got := at[1]; got < 5*time.Second || got > 10*time.Second {
		t.Errorf("the second attempt was after %v, want 5 s and a quarter at most", got)
	}
	for i := 1; i < len(at); i++ {
		if pause := at[i] - at[i-1]; pause > 75*time.Minute+5*time.Second {
			t.Errorf("a pause of %v, want no more than an hour and a quarter", pause)
		}
	}
	if len(at) < 65 || len(at) > 100 {
		t.Errorf("got %d attempts, want some 80", len(at))
	}
	if n, kept := files(t, waits), files(t, filepath.Join(waits, "given-up")); n != 0 || kept != 1 {
		t.Errorf("got %d waiting and %d given up, want 0 and 1", n, kept)
	}
	if !strings.Contains(log.String(), "given up") {
		t.Error("the log does not say that an event was given up")
	}
	quiet(t, &log, r.secrets...)
}

// TestOrder: an event that is not taken holds up those after it, of its own
// request alone.
func TestOrder(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	r.answers(func(request string) int {
		if request == "r1" {
			return http.StatusBadGateway
		}
		return http.StatusOK
	})
	s := open(t, r.config(t, io.Discard))
	put(t, s, notice("r1", 1), notice("r1", 2), notice("r2", 1), notice("r2", 2))
	work(t, s)
	if got, asked := r.got(t); len(got) != 2 || asked != 3 {
		t.Errorf("got %d taken of %d, want 2 of 3: the second of r1 waits for the first", len(got), asked)
	}
	r.answers(nil)
	put(t, s, notice("r1", 0)) // late, and goes first
	clock.Advance(10 * time.Second)
	work(t, s)
	got, _ := r.got(t)
	var seqs []int64
	for _, e := range got {
		if e.Data.Request == "r1" {
			seqs = append(seqs, e.Data.Seq)
		}
	}
	if len(seqs) != 3 || seqs[0] != 0 || seqs[1] != 1 || seqs[2] != 2 {
		t.Errorf("got %v, want 0 1 2", seqs)
	}
}

func TestGone(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	r.answers(func(string) int { return http.StatusGone })
	c := r.config(t, io.Discard)
	s := open(t, c)
	put(t, s, notice("r1", 1))
	work(t, s)
	dir := filepath.Join(c.Dir, "crm")
	if n := files(t, filepath.Join(dir, "given-up")); n != 1 {
		t.Fatalf("got %d events given up, want 1", n)
	}
	// Moved back while the sender is closed, it gets another chance.
	s.Close()
	list, _ := filepath.Glob(filepath.Join(dir, "given-up", "*.json"))
	if err := os.Rename(list[0], filepath.Join(dir, filepath.Base(list[0]))); err != nil {
		t.Fatal(err)
	}
	r.answers(nil)
	work(t, open(t, c))
	if got, _ := r.got(t); len(got) != 1 {
		t.Errorf("got %d events, want the one that was moved back", len(got))
	}
}

// TestRestart delivers what was kept before a crash, and drops what a crash
// left half-written.
func TestRestart(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	c := r.config(t, io.Discard)
	s := open(t, c)
	if _, err := webhook.Open(c); !errors.Is(err, filelock.ErrLocked) {
		t.Errorf("a second sender on the folder: got %v, want ErrLocked", err)
	}
	put(t, s, notice("r1", 1))
	s.Close()
	half := filepath.Join(c.Dir, "crm", ".msg_x.json.123")
	if err := os.WriteFile(half, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, c)
	if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half-written file is still there: %v", err)
	}
	work(t, s)
	if got, _ := r.got(t); len(got) != 1 {
		t.Errorf("got %d events, want 1", len(got))
	}
	s.Close()
	if err := os.WriteFile(filepath.Join(c.Dir, "crm", "msg_y.json"), []byte(`{"id":"msg_z"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := webhook.Open(c); err == nil || !strings.Contains(err.Error(), "msg_y") {
		t.Errorf("got %v, want an error that names the file which is none of ours", err)
	}
}

// TestTakenAway: a file that an operator removed is an event that is dropped.
func TestTakenAway(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	c := r.config(t, io.Discard)
	s := open(t, c)
	put(t, s, notice("r1", 1), notice("r1", 2))
	list, _ := filepath.Glob(filepath.Join(c.Dir, "crm", "*.json"))
	for _, f := range list {
		if text, _ := os.ReadFile(f); strings.Contains(string(text), `"seq":1`) {
			os.Remove(f)
		}
	}
	work(t, s)
	if got, _ := r.got(t); len(got) != 1 || got[0].Data.Seq != 2 {
		t.Errorf("got %v, want the second event alone", got)
	}
}

// TestRun delivers from goroutines, to two endpoints, one of which hangs, and
// tells each only of the requests that are its own.
func TestRun(t *testing.T) {
	clock := testenv.NewClock(start)
	r, hangs, other := newReceiver(t, clock), newReceiver(t, clock), newReceiver(t, clock)
	r.arrived = make(chan struct{}, 100)
	release := make(chan struct{})
	blocked := make(chan struct{}, 100)
	hangs.answers(func(string) int { blocked <- struct{}{}; <-release; return http.StatusOK })
	c := r.config(t, io.Discard)
	c.Roots.AddCert(hangs.Certificate())
	c.Endpoints = append(c.Endpoints,
		webhook.Endpoint{Name: "hangs", URL: hangs.URL, Secrets: hangs.secrets},
		webhook.Endpoint{Name: "other", URL: other.URL, Secrets: other.secrets, Partner: "agent-8"})
	s := open(t, c)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.Run(ctx) }()
	put(t, s, notice("r1", 1), notice("r2", 1), notice("r1", 2))
	for range 3 {
		<-r.arrived
	}
	<-blocked // the other endpoint was reached, too
	put(t, s, notice("r3", 1))
	<-r.arrived
	cancel()
	close(release)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was cancelled", err)
	}
	if got, _ := r.got(t); len(got) != 4 {
		t.Errorf("got %d events, want 4", len(got))
	}
	if _, asked := other.got(t); asked != 0 {
		t.Errorf("another partner's endpoint was told %d times, want never", asked)
	}
}

// TestSecretRotation: the receiver may have the old secret or the new one.
func TestSecretRotation(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	c := r.config(t, io.Discard)
	next := webhook.NewSecret()
	c.Endpoints[0].Secrets = append([]webhook.Secret{next}, r.secrets...)
	s := open(t, c)
	put(t, s, notice("r1", 1))
	work(t, s)
	r.secrets = []webhook.Secret{next}
	put(t, s, notice("r1", 2))
	work(t, s)
	if got, _ := r.got(t); len(got) != 2 {
		t.Errorf("got %d events, want 2", len(got))
	}
}

func TestRedirect(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	r.answers(func(string) int { return http.StatusFound })
	s := open(t, r.config(t, io.Discard))
	put(t, s, notice("r1", 1))
	work(t, s)
	if _, asked := r.got(t); asked != 1 {
		t.Errorf("got %d requests, want 1: a redirect is not followed", asked)
	}
}

// TestPrivate: without leave, no connection is made to this machine, whatever
// its name.
func TestPrivate(t *testing.T) {
	clock := testenv.NewClock(start)
	r := newReceiver(t, clock)
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"} {
		var log strings.Builder
		c := r.config(t, &log)
		c.Allow = nil
		_, port, _ := strings.Cut(strings.TrimPrefix(r.URL, "https://"), ":")
		c.Endpoints[0].URL = "https://" + host + ":" + port + "/" + canary
		s := open(t, c)
		put(t, s, notice("r1", 1))
		work(t, s)
		if _, asked := r.got(t); asked != 0 {
			t.Errorf("%s: the endpoint was reached", host)
		}
		if host != "2130706433" && !strings.Contains(log.String(), "private or special") {
			t.Errorf("%s: the log does not say why:\n%s", host, &log)
		}
		quiet(t, &log, r.secrets...)
	}
}

func TestConfig(t *testing.T) {
	secret := webhook.NewSecret()
	good := webhook.Endpoint{Name: "crm", URL: "https://crm.example.org/" + canary, Secrets: []webhook.Secret{secret}}
	with := func(change func(*webhook.Endpoint)) []webhook.Endpoint {
		e := good
		change(&e)
		return []webhook.Endpoint{e}
	}
	for name, endpoints := range map[string][]webhook.Endpoint{
		"none":       nil,
		"http":       with(func(e *webhook.Endpoint) { e.URL = "http://crm.example.org/" + canary }),
		"user":       with(func(e *webhook.Endpoint) { e.URL = "https://" + canary + ":x@crm.example.org/" }),
		"no URL":     with(func(e *webhook.Endpoint) { e.URL = "https://" + canary + " /%zz" }),
		"name":       with(func(e *webhook.Endpoint) { e.Name = "../crm" }),
		"upper":      with(func(e *webhook.Endpoint) { e.Name = "CRM" }),
		"no secret":  with(func(e *webhook.Endpoint) { e.Secrets = nil }),
		"zero":       with(func(e *webhook.Endpoint) { e.Secrets = []webhook.Secret{{}} }),
		"twice":      {good, good},
		"a dot name": with(func(e *webhook.Endpoint) { e.Name = ".." }),
	} {
		dir := filepath.Join(t.TempDir(), "hooks")
		s, err := webhook.Open(webhook.Config{Dir: dir, Endpoints: endpoints})
		if err == nil {
			s.Close()
			t.Errorf("%s: got no error", name)
		} else if strings.Contains(err.Error(), canary) {
			t.Errorf("%s: the error repeats the URL: %v", name, err)
		}
	}
}
