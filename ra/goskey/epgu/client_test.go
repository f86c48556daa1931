package epgu_test

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey/epgu"
	"github.com/surguch/surguch/ra/goskey/epgu/epgutest"
)

// TestSign sends a package in both layouts, has it signed, and wants the
// signatures over these documents.
func TestSign(t *testing.T) {
	for _, layout := range []epgu.Layout{epgu.Flat, epgu.Nested} {
		w := newWorld(t, func(c *epgu.Config, _ *epgutest.Config) {
			c.Layout, c.Backlink = layout, "https://ra.example.org/?a=1&b=2"
		})
		r := w.request("1")
		id := w.submit(r)
		if again := w.submit(r); again != id || len(w.phone.Packages()) != 0 {
			t.Errorf("got %s and %s, want one operation and nothing sent", id, again)
		}
		for range 2 {
			w.state(id, ra.AwaitingUser)
		}
		list := w.phone.Packages()
		if len(list) != 1 || list[0].Title != r.Title || len(list[0].Documents) != 2 || list[0].Documents[0].Name != "заявление.pdf" {
			t.Fatalf("got %v on the phone, want the package", list)
		}
		w.sign()
		w.signed(id, 1)
		o := w.state(id, ra.Signed)
		for i, d := range r.Documents {
			message, err := cms.Parse(as, o.Signatures[i])
			w.must(err)
			if _, err := message.Verify(d.Data, csr.Chain{Anchors: w.config.Anchors, At: w.clock.Now()}); err != nil {
				t.Errorf("document %d: %v", i, err)
			}
		}
	}
}

// TestEnds lets packages end in every way but a signature.
func TestEnds(t *testing.T) {
	for what, c := range map[string]struct {
		end    func(w *world, id ra.OperationID)
		change func(*ra.SignRequest)
		want   ra.OperationState
	}{
		"declined": {end: func(w *world, _ ra.OperationID) { w.must(w.phone.Decline(w.phone.Packages()[0].ID)) }, want: ra.RefusedByUser},
		"expired":  {end: func(w *world, _ ra.OperationID) { w.clock.Advance(24 * time.Hour) }, want: ra.SigningExpired},
		"withdrawn": {
			end:  func(w *world, id ra.OperationID) { w.must(w.client.Cancel(w.t.Context(), id)) },
			want: ra.SigningExpired,
		},
		"nobody": {
			end:    func(*world, ra.OperationID) {},
			change: func(r *ra.SignRequest) { r.SNILS = testenv.NewPerson(9).SNILS },
			want:   ra.SignerNotFound,
		},
	} {
		w := newWorld(t, nil)
		r := w.request("1")
		if c.change != nil {
			c.change(&r)
		}
		id := w.submit(r)
		w.state(id, ra.AwaitingUser)
		c.end(w, id)
		for range 2 {
			if o := w.state(id, c.want); o.Reason == "" || o.Signatures != nil {
				t.Errorf("%s: got reason %q, %d signatures", what, o.Reason, len(o.Signatures))
			}
		}
		if len(w.phone.Packages()) != 0 {
			t.Errorf("%s: the package is still on the phone", what)
		}
		before := w.requests.Load()
		w.must(w.client.Cancel(t.Context(), id))
		if w.requests.Load() != before {
			t.Errorf("%s: the portal is asked after the end", what)
		}
	}
}

// TestNeverSent ends packages of which the portal has not heard.
func TestNeverSent(t *testing.T) {
	w := newWorld(t, nil)
	late, withdrawn := w.submit(w.request("1")), w.submit(w.request("2"))
	w.must(w.client.Cancel(t.Context(), withdrawn))
	w.clock.Advance(24 * time.Hour)
	w.state(late, ra.SigningExpired)
	w.state(withdrawn, ra.SigningExpired)
	if w.requests.Load() != 0 {
		t.Errorf("got %d requests, want none", w.requests.Load())
	}
	for _, err := range []error{w.client.Cancel(t.Context(), "unknown"), func() error { _, err := w.status("unknown"); return err }()} {
		if !errors.Is(err, ra.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	}
}

// TestSignedMeanwhile withdraws what the person has just signed: it stays.
func TestSignedMeanwhile(t *testing.T) {
	w := newWorld(t, nil)
	id := w.submit(w.request("1"))
	w.state(id, ra.AwaitingUser)
	w.sign()
	w.must(w.client.Cancel(t.Context(), id))
	w.signed(id, 1)
}

// TestNotReady finds the order signed before its files can be had.
func TestNotReady(t *testing.T) {
	w := newWorld(t, nil)
	id := w.submit(w.request("1"))
	w.state(id, ra.AwaitingUser)
	w.sign()
	w.fault = func(r *http.Request) int {
		if strings.Contains(r.URL.Path, "/download") {
			return http.StatusNotFound
		}
		return 0
	}
	w.state(id, ra.AwaitingUser)
	w.fault = nil
	w.signed(id, 1)
}

// TestToken gets another token when the portal takes the old one no longer, and
// before the old one ends.
func TestToken(t *testing.T) {
	w := newWorld(t, nil)
	id := w.submit(w.request("1"))
	w.state(id, ra.AwaitingUser)
	old, tokens := "", 0
	w.fault = func(r *http.Request) int {
		switch token := r.Header.Get("Authorization"); {
		case token == "":
			tokens++
		case old == "":
			old = token
			return http.StatusUnauthorized
		case token == old:
			return http.StatusUnauthorized
		}
		return 0
	}
	w.state(id, ra.AwaitingUser)
	if tokens != 1 {
		t.Errorf("got %d tokens, want another one", tokens)
	}
	if w.state(id, ra.AwaitingUser); tokens != 1 {
		t.Errorf("five minutes later: got %d tokens, want the same one", tokens)
	}
	w.clock.Advance(49*time.Minute + 30*time.Second) // and five more in state: half a minute before the end
	if w.state(id, ra.AwaitingUser); tokens != 2 {
		t.Errorf("within the last minute: got %d tokens, want a new one", tokens)
	}
}

// TestDeadline tells the portal of a deadline that it takes, if ours is later.
func TestDeadline(t *testing.T) {
	w := newWorld(t, nil)
	late, soon := w.request("1"), w.request("2")
	late.Deadline, soon.Deadline = start.Add(48*time.Hour), start.Add(time.Hour)
	ids := []ra.OperationID{w.submit(late), w.submit(soon)}
	for _, id := range ids {
		if o, err := w.client.Status(t.Context(), id); err != nil || o.State != ra.AwaitingUser {
			t.Fatalf("got %v, %v", o.State, err)
		}
	}
	list := w.phone.Packages()
	if len(list) != 2 || !list[0].Deadline.Equal(start.Add(24*time.Hour-5*time.Minute)) || !list[1].Deadline.Equal(soon.Deadline) {
		t.Errorf("got %v on the phone, want both, the first for a day at most", list)
	}
}

// TestRefused makes trouble of what no repetition cures.
func TestRefused(t *testing.T) {
	w := newWorld(t, nil)
	w.fault = func(*http.Request) int { return http.StatusForbidden }
	_, err := w.status(w.submit(w.request("1")))
	var e *epgu.StatusError
	if !errors.As(err, &e) || e.Status != http.StatusForbidden || e.Temporary() || reflect.TypeOf(err) != reflect.TypeOf(ra.Permanent(err)) {
		t.Errorf("got %v, want a *StatusError for good", err)
	}
}

// TestNoAnswer makes an order anew whose sender was not checked, three times
// at most.
func TestNoAnswer(t *testing.T) {
	w := newWorld(t, nil)
	w.portal.NoAnswer(2)
	id := w.submit(w.request("1"))
	for range 6 {
		w.state(id, ra.AwaitingUser)
	}
	w.sign()
	w.signed(id, 3)

	w.portal.NoAnswer(3)
	id = w.submit(w.request("2"))
	var e *epgu.OrderError
	for range 5 {
		w.state(id, ra.AwaitingUser)
	}
	if _, err := w.status(id); !errors.As(err, &e) || e.Code != "STATE_EDS_NO_ANSWER" {
		t.Errorf("got %v, want *OrderError", err)
	}
}

// TestChunks sends an archive that does not fit into one chunk.
func TestChunks(t *testing.T) {
	w := newWorld(t, nil)
	r := w.request("1")
	r.Documents[0].Data = make([]byte, 2000)
	rand.Read(r.Documents[0].Data)
	w.client.SetChunk(1500)
	pushes := 0
	w.fault = func(q *http.Request) int {
		if strings.HasSuffix(q.URL.Path, "/chunked") {
			if pushes++; pushes == 2 {
				return http.StatusBadGateway
			}
		}
		return 0
	}
	id := w.submit(r)
	if _, err := w.status(id); err == nil {
		t.Fatal("got no error of the second chunk")
	}
	w.state(id, ra.AwaitingUser)
	if list := w.phone.Packages(); pushes < 2+3 || len(list) != 1 || string(list[0].Documents[0].Data) != string(r.Documents[0].Data) {
		t.Fatalf("got %d chunks and %d packages, want at least 5 and the document whole", pushes, len(list))
	}
	w.sign()
	w.signed(id, 1)
}

func TestSubmitRefuses(t *testing.T) {
	w := newWorld(t, nil)
	for what, change := range map[string]func(*ra.SignRequest){
		"no documents":   func(r *ra.SignRequest) { r.Documents = nil },
		"21 documents":   func(r *ra.SignRequest) { r.Documents = make([]ra.SignDocument, 21) },
		"too large":      func(r *ra.SignRequest) { r.Documents[0].Data = make([]byte, epgu.MaxTotal) },
		"a name twice":   func(r *ra.SignRequest) { r.Documents[1].Name = "ЗАЯВЛЕНИЕ.PDF" },
		"a long name":    func(r *ra.SignRequest) { r.Documents[0].Name = strings.Repeat("я", 47) + ".pdf" },
		"another kind":   func(r *ra.SignRequest) { r.Documents[0].Name = "a.exe" },
		"a path":         func(r *ra.SignRequest) { r.Documents[0].Name = "../a.pdf" },
		"a reserved one": func(r *ra.SignRequest) { r.Documents[0].Name = "REQ.xml" },
		"no name":        func(r *ra.SignRequest) { r.Documents[0].Name = ".pdf" },
		"no SNILS":       func(r *ra.SignRequest) { r.SNILS = "" },
		"no title":       func(r *ra.SignRequest) { r.Title = "" },
		"a control":      func(r *ra.SignRequest) { r.Title = "a\x00b" },
		"no level":       func(r *ra.SignRequest) { r.Level = "another" },
		"no deadline":    func(r *ra.SignRequest) { r.Deadline = time.Time{} },
	} {
		r := w.request(what)
		change(&r)
		if id, err := w.client.Submit(t.Context(), r); err == nil || id != "" {
			t.Errorf("%s: got %s, %v, want it refused", what, id, err)
		} else if strings.Contains(err.Error(), w.snils) || strings.Contains(err.Error(), "аявление") {
			t.Errorf("%s: the error quotes: %v", what, err)
		}
	}
	long := w.request("long")
	long.Title = strings.Repeat("ж", 300)
	w.state(w.submit(long), ra.AwaitingUser)
	if got := []rune(w.phone.Packages()[0].Title); len(got) != 250 || got[249] != '…' {
		t.Errorf("got a title of %d characters, want 250", len(got))
	}
}

func TestConfig(t *testing.T) {
	w := newWorld(t, nil)
	for what, change := range map[string]func(*epgu.Config){
		"no portal":          func(c *epgu.Config) { c.EPGU = "" },
		"a path":             func(c *epgu.Config) { c.ESIA += "/esia" },
		"no scheme":          func(c *epgu.Config) { c.ESIA = "esia.gosuslugi.ru" },
		"no key":             func(c *epgu.Config) { c.Key = nil },
		"no certificate":     func(c *epgu.Config) { c.Certificate = nil },
		"no anchors":         func(c *epgu.Config) { c.Anchors = nil },
		"no API key":         func(c *epgu.Config) { c.APIKey = "" },
		"no region":          func(c *epgu.Config) { c.Region = "7" },
		"no name":            func(c *epgu.Config) { c.OrgName = "" },
		"no INN":             func(c *epgu.Config) { c.OrgINN = "770708389" },
		"a layout":           func(c *epgu.Config) { c.Layout = "another" },
		"a long backlink":    func(c *epgu.Config) { c.Backlink = strings.Repeat("a", 251) },
		"a quota of none":    func(c *epgu.Config) { c.Orders = epgu.Quota{N: -1, Per: time.Hour} },
		"a quota of no time": func(c *epgu.Config) { c.Requests = epgu.Quota{N: 1} },
	} {
		c := w.config
		change(&c)
		if client, err := epgu.New(c); client != nil || err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}

// TestDiscreet wants nothing of the key, the person or the documents in the
// errors of a portal that cannot be reached, or answers nonsense.
func TestDiscreet(t *testing.T) {
	w := newWorld(t, nil)
	answers := []http.HandlerFunc{
		func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusTeapot) },
		func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Host == "example.org" {
				t.Error("a redirect is followed")
			}
			http.Redirect(rw, r, "https://example.org/?"+w.snils, http.StatusFound)
		},
		func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(rw, `{"code":"%s","message":"%s"}`, w.snils, w.snils)
		},
		func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprintf(rw, `{"accessTkn":"%s"}`, w.snils) },
		func(rw http.ResponseWriter, _ *http.Request) { fmt.Fprint(rw, w.snils) },
		nil,
	}
	for i, answer := range answers {
		c := w.config
		c.HTTP = &http.Client{Transport: transport(answer)}
		client, err := epgu.New(c)
		w.must(err)
		id, err := client.Submit(t.Context(), w.request("1"))
		w.must(err)
		_, err = client.Status(t.Context(), id)
		if err == nil {
			t.Errorf("answer %d: got no error", i)
			continue
		}
		for _, secret := range []string{w.snils, apiKey, "5f0c", "Заявление", "signature="} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("answer %d: the error quotes %q: %v", i, secret, err)
			}
		}
	}
}

// transport answers without a network; nil: it fails.
type transport http.HandlerFunc

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if f == nil {
		return nil, errors.New("no route")
	}
	w := httptest.NewRecorder()
	f(w, r)
	return w.Result(), nil
}

// TestConcurrent asks for the same packages from several sides at once.
func TestConcurrent(t *testing.T) {
	w := newWorld(t, nil)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			id, err := w.client.Submit(t.Context(), w.request(fmt.Sprint(i/4)))
			if err != nil {
				t.Error(err)
				return
			}
			if o, err := w.client.Status(t.Context(), id); err != nil || o.State != ra.AwaitingUser {
				t.Errorf("got %v, %v", o.State, err)
			}
		})
	}
	wait.Wait()
	if pushed, _ := w.portal.Counts(); pushed != 2 || len(w.phone.Packages()) != 2 {
		t.Errorf("got %d orders, want 2", pushed)
	}
}
