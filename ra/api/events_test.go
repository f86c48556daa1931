package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/api"
)

// event is one of a stream.
type event struct {
	id   string
	data struct {
		ID, State, Title, Name string
		Version                int64
		Final                  bool
	}
}

// stream is one that a test listens to.
type stream struct {
	w      *world
	lines  chan string // every line that came; closed at the end
	status int
	media  string
	leave  func()
}

// listen opens a stream on a real connection.
func (w *world) listen(server *httptest.Server, id, token, last string) *stream {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.ctx)
	r, err := http.NewRequestWithContext(ctx, "GET", server.URL+"/ra/v1/requests/"+id+"/events", nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	response, err := server.Client().Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	s := &stream{w: w, lines: make(chan string, 1000), status: response.StatusCode, media: response.Header.Get("Content-Type"), leave: cancel}
	go func() {
		defer close(s.lines)
		defer response.Body.Close()
		for scan := bufio.NewScanner(response.Body); scan.Scan(); {
			s.lines <- scan.Text()
		}
	}()
	w.t.Cleanup(cancel)
	return s
}

// line waits for the next line and moves the clock meanwhile, by a second at a
// time. False: the stream has ended.
func (s *stream) line() (string, bool) {
	s.w.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		select {
		case line, open := <-s.lines:
			return line, open
		case <-time.After(time.Millisecond): // the world goes on, though no faster than its sessions last
			s.w.clock.Advance(time.Second)
		}
	}
	s.w.t.Fatal("nothing came in a minute")
	return "", false
}

// next waits for the next event; nil at the end of the stream.
func (s *stream) next() *event {
	s.w.t.Helper()
	var e *event
	for {
		line, open := s.line()
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case !open:
			return nil
		case name == "event" && value == "state":
			e = &event{}
		case name == "id" && e != nil:
			e.id = value
		case name == "data" && e != nil:
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				s.w.t.Fatalf("%v: %s", err, value)
			}
			if e.id != strconv.FormatInt(e.data.Version, 10) {
				s.w.t.Errorf("got the id %s of version %d", e.id, e.data.Version)
			}
			return e
		case line != "" && line != ":":
			s.w.t.Fatalf("got the line %q", line)
		}
	}
}

func TestWatchRequest(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	id, token := w.begun()
	s := w.listen(server, id, token, "")
	if s.status != 200 || s.media != "text/event-stream" {
		t.Fatalf("got %d %s", s.status, s.media)
	}
	first := s.next()
	if first == nil || first.data.State != "draft" || first.data.ID != id {
		t.Fatalf("got %+v", first)
	}
	if line, _ := s.line(); line != "" {
		t.Errorf("got %q after the event", line)
	}
	if line, _ := s.line(); line != ":" {
		t.Errorf("got %q, want a sign of life", line)
	}
	w.call("PUT", "/requests/"+id+"/form", token, w.form).is(200)
	e := s.next()
	if e == nil || e.data.Version <= first.data.Version || e.data.Name == "" {
		t.Fatalf("got %+v", e)
	}
	// Whoever comes back with the last version gets the news only.
	s.leave()
	s = w.listen(server, id, token, e.id)
	w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "submit"}).is(200)
	if e = s.next(); e == nil || e.data.State != "auto_check" {
		t.Fatalf("got %+v, want what came after", e)
	}
	w.call("POST", "/requests/"+id+"/steps", token, map[string]string{"event": "cancel"}).is(200)
	for e = s.next(); e != nil && !e.data.Final; e = s.next() {
	}
	if e == nil || e.data.State != "cancelled" {
		t.Fatalf("got %+v, want the end", e)
	}
	if more := s.next(); more != nil {
		t.Errorf("got %+v after the final state", more)
	}
	if s := w.listen(server, id, token, e.id); s.status != 204 {
		t.Errorf("got %d where nothing follows, want 204", s.status)
	}
	if s := w.listen(server, id, "stranger", ""); s.status != 404 {
		t.Errorf("a stranger got %d", s.status)
	}
}

// TestWatchUnconfirmed listens without having entered the code: states come,
// and nothing of the person.
func TestWatchUnconfirmed(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	id, _ := w.submitted()
	e := into[struct{ Token string }](w.call("POST", "/session", "", map[string]string{"credential": w.mail.link(), "secret": secret(9)}).is(201))
	s := w.listen(server, id, e.Token, "")
	if got := s.next(); got == nil || got.data.State != "key_generation" || got.data.Name != "" {
		t.Errorf("got %+v", got)
	}
	w.call("POST", "/session/confirmation", e.Token, map[string]string{"code": w.mail.code()}).is(204)
	if got := s.next(); got == nil || got.data.Name != w.form.FullName() {
		t.Errorf("confirmed: got %+v", got)
	}
}

// TestWatchEnds takes the right to see a request away from one who listens.
func TestWatchEnds(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.handler)
	t.Cleanup(server.Close)
	id, token := w.begun()
	s := w.listen(server, id, token, "")
	s.next()
	w.call("DELETE", "/requests/"+id+"/access", "operator", map[string]string{"note": "потеряна"}).is(200)
	if e := s.next(); e != nil {
		t.Errorf("got %+v after the session had ended", e)
	}
}

// TestManyWatch has many listen to one request: it is looked at once a second,
// nobody holds more than his streams, and nothing is left of them afterwards.
func TestManyWatch(t *testing.T) {
	w := newWorld(t, func(c *api.Config) { c.Streams = 10 })
	server := httptest.NewServer(w.handler)
	id, token := w.begun()
	var streams []*stream
	for range 8 {
		s := w.listen(server, id, "operator", "")
		if s.status != 200 {
			t.Fatalf("got %d", s.status)
		}
		streams = append(streams, s)
	}
	if s := w.listen(server, id, "operator", ""); s.status != 429 {
		t.Errorf("the ninth stream of one got %d, want 429", s.status)
	}
	for range 2 {
		s := w.listen(server, id, "second", "")
		if s.status != 200 {
			t.Fatalf("got %d", s.status)
		}
		streams = append(streams, s)
	}
	if s := w.listen(server, id, token, ""); s.status != 429 {
		t.Errorf("one too many got %d, want 429", s.status)
	}
	for _, s := range streams {
		s.next()
	}
	w.call("PUT", "/requests/"+id+"/form", token, w.form).is(200)
	for _, s := range streams {
		if e := s.next(); e == nil || e.data.Name == "" {
			t.Errorf("got %+v", e)
		}
	}
	streams[0].leave()
	w.handler.Close()
	for _, s := range streams[1:] {
		if e := s.next(); e != nil {
			t.Errorf("got %+v after the end", e)
		}
	}
	if s := w.listen(server, id, token, ""); s.status != 503 {
		t.Errorf("a closed front got %d, want 503", s.status)
	}
	server.Close()
	stacks := func() string {
		all := make([]byte, 1<<20)
		return string(all[:runtime.Stack(all, true)])
	}
	for deadline := time.Now().Add(10 * time.Second); strings.Contains(stacks(), ").watch("); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("somebody is left:\n%s", stacks())
		}
	}
}

// TestBroker counts the looks at a request, whatever the number of listeners,
// and lets the store fail in between.
func TestBroker(t *testing.T) {
	w := newWorld(t)
	looks := make(chan struct{}, 1000)
	version := int64(1)
	fail := true
	b := api.NewBroker(w.clock, 1000, func(context.Context, ra.ID) (int64, error) {
		looks <- struct{}{}
		if fail = !fail; fail {
			return 0, errors.New("the store is away")
		}
		version++
		return version, nil
	})
	const listeners, wanted = 50, 20
	var changed []<-chan struct{}
	var leave []func()
	for i := range listeners {
		c, l, err := b.Listen(strconv.Itoa(i), "request", 1)
		if err != nil {
			t.Fatal(err)
		}
		changed, leave = append(changed, c), append(leave, l)
	}
	seconds := 0
	for len(looks) < wanted {
		w.clock.Advance(time.Second)
		seconds++
		for range 100 {
			runtime.Gosched() // the lookout takes its turn, or a later one
		}
	}
	if n := len(looks); n > seconds {
		t.Errorf("%d looks in %d seconds", n, seconds)
	}
	for _, c := range changed {
		<-c
	}
	for _, l := range leave {
		l()
	}
	idle := make(chan struct{})
	go func() { b.Wait(); close(idle) }()
	select {
	case <-idle:
	case <-time.After(10 * time.Second):
		t.Error("somebody looks at what nobody listens to")
	}
	b.Close()
	if _, _, err := b.Listen("late", "request", 1); err == nil {
		t.Error("a closed broker takes listeners")
	}
}
