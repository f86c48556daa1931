package smevtest_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/gost"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// letter is a message as GET /messages gives it.
type letter struct {
	ID          string    `json:"id"`
	Queue       string    `json:"queue"`
	About       string    `json:"about"`
	Namespace   string    `json:"namespace"`
	Holds       string    `json:"holds"`
	State       string    `json:"state"`
	VisibleAt   time.Time `json:"visible_at"`
	LeasedUntil time.Time `json:"leased_until"`
	Deliveries  int       `json:"deliveries"`
	Attachments int       `json:"attachments"`
	Files       int       `json:"files"`
}

// admin calls the administration, reads JSON into into unless it is nil, and
// returns status and text.
func (b *bench) admin(method, target, body string, into any) (int, string) {
	b.t.Helper()
	w := httptest.NewRecorder()
	b.Admin().ServeHTTP(w, httptest.NewRequest(method, target, strings.NewReader(body)))
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			b.t.Fatalf("%s %s: %d %s: %v", method, target, w.Code, w.Body, err)
		}
	}
	return w.Code, w.Body.String()
}

// The administration shows each message through its life.
func TestAdminMessages(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Hour, MaxDelay: time.Hour})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	id := asker.ask("123456")
	var list []letter
	states := func(want ...string) {
		t.Helper()
		b.admin("GET", "/messages", "", &list)
		var got []string
		for _, l := range list {
			got = append(got, fmt.Sprintf("%s %s %s %s", l.Queue, l.Holds, l.State, strings.TrimPrefix(l.About, id)))
		}
		if strings.Join(got, "; ") != strings.Join(want, "; ") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	states("ASKER.response content scheduled ")
	if l := list[0]; !l.VisibleAt.Equal(start.Add(time.Hour)) || !strings.Contains(l.Namespace, "p002") {
		t.Errorf("got %+v", l)
	}
	b.step()
	states("ASKER.response content visible ")
	r := asker.get(soap.GetResponse{})
	states("ASKER.response content leased ")
	if l := list[0]; l.ID != r.Data.MessageID || l.Deliveries != 1 || !l.LeasedUntil.Equal(b.clock.Now().Add(15*time.Minute)) {
		t.Errorf("got %+v", l)
	}
	var leases []letter
	if b.admin("GET", "/leases", "", &leases); len(leases) != 1 {
		t.Errorf("got %+v", leases)
	}
	if status, doc := b.admin("GET", "/messages/"+r.Data.MessageID, "", nil); status != 200 || !strings.Contains(doc, "SenderProvidedResponseData") {
		t.Errorf("got %d %s", status, doc)
	}
	if status, _ := b.admin("GET", "/messages/none", "", nil); status != http.StatusNotFound {
		t.Errorf("got %d", status)
	}
	asker.ack(r.Data.MessageID, true)
	states()
	id = asker.send(asker.request([]byte(registryRequest)))
	b.clock.Advance(time.Second)
	states("PROVIDER.request request visible ")
	d := soap.ResponseData{MessageID: b.ids.New(), To: provider.take().ReplyTo, Status: &soap.RequestStatus{Description: "x"}}
	provider.call("SendResponse", provider.write(&soap.SendResponse{Data: d}))
	b.clock.Advance(time.Second)
	states("PROVIDER.request request leased ", "ASKER.response status visible ")
	type queue struct {
		Queue                      string
		Scheduled, Visible, Leased int
	}
	var queues []queue
	b.admin("GET", "/queues", "", &queues)
	if fmt.Sprint(queues) != "[{PROVIDER.request 0 0 1} {ASKER.response 0 1 0}]" {
		t.Errorf("got %v", queues)
	}
	id = asker.ask(smevtest.Number(730))
	b.clock.Advance(time.Hour)
	b.admin("POST", "/reset", "", nil)
	states()
	if b.Filed() != 0 || b.Queued() != 0 || len(b.Journal()) != 0 {
		t.Error("something survives a reset")
	}
	asker.ask("123456")
}

// The journal tells who called, what of the signature is to be thought, and
// what came of it.
func TestJournal(t *testing.T) {
	b := newBench(t, smevtest.Config{Journal: 3})
	asker := b.enroll("ASKER")
	good := asker.write(&soap.GetStatus{At: start})
	asker.call("GetStatus", good)
	b.Inject("GetStatus", smevtest.Busy)
	asker.try("GetStatus", good)
	asker.call("GetStatus", strings.Replace(good, "10:00", "11:00", 1))
	b.Inject("GetStatus", smevtest.DropAfter)
	asker.try("GetStatus", good)
	var list []struct {
		Number                              int
		Operation, Caller, Verdict, Trouble string
		Status                              int
		Fault                               string
		Request                             int `json:"request_octets"`
		Response                            int `json:"response_octets"`
	}
	b.admin("GET", "/journal", "", &list)
	if len(list) != 3 {
		t.Fatalf("got %+v", list)
	}
	for i, want := range []struct {
		number                  int
		caller, verdict, spoilt string
		status                  int
		fault                   string
	}{
		{2, "", "", "busy", 503, ""}, {3, "", "SignatureIsInvalid: ", "", 500, "SignatureVerificationFault"}, {4, "ASKER", "verified", "drop_after", 0, ""},
	} {
		got := list[i]
		if got.Number != want.number || got.Operation != "GetStatus" || got.Caller != want.caller || !strings.HasPrefix(got.Verdict, want.verdict) ||
			got.Trouble != want.spoilt || got.Status != want.status || got.Fault != want.fault || got.Request == 0 || (got.Response == 0) != (got.Status == 503) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if status, doc := b.admin("GET", "/journal/4/request", "", nil); status != 200 || doc != good {
		t.Errorf("got %d %s", status, doc)
	}
	if status, doc := b.admin("GET", "/journal/4/response", "", nil); status != 200 || !strings.Contains(doc, "GetStatusResponse") {
		t.Errorf("got %d %s", status, doc)
	}
	for _, target := range []string{"/journal/1/request", "/journal/2/response", "/journal/4/other", "/journal/x/request"} {
		if status, _ := b.admin("GET", target, "", nil); status != http.StatusNotFound {
			t.Errorf("%s: got %d", target, status)
		}
	}
}

// The journal is bounded by size as well: here each call has 12 MiB.
func TestJournalSize(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	for range 4 {
		b.post(soap.V12(), "", soap.ContentType, strings.Repeat(" ", 12<<20))
	}
	if n := len(b.Journal()); n != 2 {
		t.Errorf("%d calls are kept", n)
	}
}

func TestAdminClock(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Hour, MaxDelay: time.Hour})
	asker := b.enroll("ASKER")
	asker.ask("123456")
	var clock struct{ Now, Next time.Time }
	if b.admin("GET", "/clock", "", &clock); !clock.Now.Equal(start) || !clock.Next.Equal(start.Add(time.Hour)) {
		t.Errorf("got %v", clock)
	}
	if b.admin("POST", "/clock/advance?by=90m", "", &clock); !clock.Now.Equal(start.Add(90*time.Minute)) || !b.clock.Now().Equal(clock.Now) {
		t.Errorf("got %v", clock)
	}
	if asker.get(soap.GetResponse{}) == nil {
		t.Error("the answer has not come")
	}
	for _, target := range []string{"/clock/advance", "/clock/advance?by=x", "/clock/advance?by=-1s"} {
		if status, _ := b.admin("POST", target, "", nil); status != http.StatusBadRequest {
			t.Errorf("%s: got %d", target, status)
		}
	}
	real := must(smevtest.NewServer(smevtest.Config{}))
	w := httptest.NewRecorder()
	real.Admin().ServeHTTP(w, httptest.NewRequest("POST", "/clock/advance?by=1m", nil))
	if w.Code != http.StatusConflict {
		t.Errorf("the machine's clock: got %d", w.Code)
	}
}

// A participant can be made over HTTP, and be a provider.
func TestAdminEnroll(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	_, text := b.admin("POST", "/enroll?mnemonic=CURL", "", nil)
	key, rest := pem.Decode([]byte(text))
	cert, _ := pem.Decode(rest)
	if key == nil || key.Type != "PRIVATE KEY" || cert == nil || cert.Type != "CERTIFICATE" {
		t.Fatalf("got %s", text)
	}
	c := must(algorithms.ParseCertificate(cert.Bytes))
	signer := must(xmldsig.NewSigner(algorithms, must(gost.ParsePKCS8PrivateKey(key.Bytes)), c))
	who := &system{b, "CURL", soap.V12(), signer.Sign}
	if err := b.trusted(c); err != nil {
		t.Error(err)
	}
	target := "/serve?namespace=urn:x-registry&root=Question&response=Answer&mnemonic=CURL"
	if status, text := b.admin("POST", target, "", nil); status != 200 {
		t.Fatal(text)
	}
	_, text = b.admin("POST", "/requests", registryRequest, nil)
	b.clock.Advance(time.Second)
	if r := who.take(); r == nil || r.Data.MessageID != strings.TrimSpace(text) || !r.Data.Test || words(r.Data.Content) != words([]byte(registryRequest)) {
		t.Errorf("got %v for %s", r, text)
	}
	for _, c := range []struct{ target, body string }{
		{"/enroll", ""}, {"/enroll?mnemonic=EMU", ""}, {"/serve?mnemonic=CURL", ""}, {"/serve?namespace=n&root=r&response=a", ""},
		{"/people", "{"}, {"/people", `{"Name":"x"}`}, {"/requests", "<"}, {"/requests", `<a xmlns="urn:nobody"/>`}, {"/requests", strings.Repeat(" ", 5<<20+1)},
		{"/faults?trouble=none&operation=Stop", ""}, {"/faults?trouble=bad", ""}, {"/faults?trouble=busy&times=0", ""}, {"/faults?trouble=busy&times=x", ""},
	} {
		if status, text := b.admin("POST", c.target, c.body, nil); status != http.StatusBadRequest || text == "" {
			t.Errorf("%s: got %d %s", c.target, status, text)
		}
	}
	_, text = b.admin("GET", "/certificates", "", nil)
	root, rest := pem.Decode([]byte(text))
	own, _ := pem.Decode(rest)
	if root == nil || own == nil || string(root.Bytes) != string(b.Root().Raw) || string(own.Bytes) != string(b.Certificate().Raw) {
		t.Errorf("got %s", text)
	}
}

// People can be entered over HTTP, so that a program's EGRUL knows them.
func TestAdminKnow(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	s := subject()
	if status, text := b.admin("POST", "/people", string(must(json.Marshal(s))), nil); status != 200 {
		t.Fatal(text)
	}
	asker.send(asker.request(must(smev.EGRUL406().Build(s))))
	b.step()
	if got := outcome(smev.EGRUL406(), asker.get(soap.GetResponse{}), s); got != "confirmed egrul_head" {
		t.Errorf("got %s", got)
	}
}

func TestAdminFaults(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	doc := asker.write(&soap.GetStatus{At: start})
	b.admin("POST", "/faults?operation=GetStatus&trouble=failure&times=2", "", nil)
	b.admin("POST", "/faults?trouble=busy", "", nil)
	for i, want := range []string{"SMEVFailure", "SMEVFailure", "503", "ok"} {
		if got := asker.try("GetStatus", doc); got != want {
			t.Errorf("call %d: got %s, want %s", i, got, want)
		}
	}
}

// The metrics are in the text format of Prometheus, and count what happened.
func TestMetrics(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	asker.ask("123456")
	asker.ask("123457")
	b.step()
	b.step()
	r := asker.get(soap.GetResponse{})
	b.clock.Advance(15 * time.Minute)
	if asker.get(soap.GetResponse{}).Data.MessageID != r.Data.MessageID || !asker.ack(r.Data.MessageID, false) {
		t.Fatal("not delivered again")
	}
	b.Inject("Ack", smevtest.Failure)
	asker.try("Ack", asker.write(&soap.Ack{Target: r.Data.MessageID}))
	_, text := b.admin("GET", "/metrics", "", nil)
	for _, want := range []string{
		"# TYPE smevsim_calls_total counter\n",
		`smevsim_calls_total{operation="Ack",version="1.2",result="SMEVFailure"} 1` + "\n",
		`smevsim_calls_total{operation="SendRequest",version="1.2",result="ok"} 2` + "\n",
		`smevsim_troubles_total{trouble="failure"} 1` + "\n",
		`smevsim_messages{class="response",state="visible"} 1` + "\n",
		"smevsim_requests_total 2\n", "smevsim_deliveries_total 2\n", "smevsim_redeliveries_total 1\n", "smevsim_dead_letters_total 1\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") && len(strings.Fields(line)) != 2 {
			t.Errorf("got %q", line)
		}
	}
}

// GET / tells what there is, and all of it is there. A page of another origin
// gets nothing done.
func TestAdminIndex(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	_, text := b.admin("GET", "/", "", nil)
	for _, line := range strings.Split(text, "\n")[1:] {
		for word := range strings.FieldsSeq(line) {
			path, _, _ := strings.Cut(strings.TrimSuffix(word, ","), "?")
			if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, "{}") || path == "/response" {
				continue
			}
			if status, _ := b.admin(strings.Fields(line)[0], path, "", nil); status == http.StatusNotFound || status == http.StatusMethodNotAllowed {
				t.Errorf("%s: got %d", path, status)
			}
		}
	}
	r := httptest.NewRequest("POST", "/enroll?mnemonic=EVIL", nil)
	r.Header.Set("Origin", "http://evil.example")
	w := httptest.NewRecorder()
	b.Admin().ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("another origin: got %d", w.Code)
	}
}

// Ask tries out whoever serves a kind.
func TestAsk(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Minute, MaxDelay: time.Minute})
	id := must(b.Ask(business(smevtest.Number(710))))
	other := must(b.Ask(business(smevtest.Number(730))))
	declined := must(b.Ask(business(smevtest.Number(700))))
	if id == other || len(b.Replies(id)) != 0 {
		t.Error("answered at once")
	}
	b.clock.Advance(time.Hour)
	replies := b.Replies(id)
	if len(replies) != 2 || replies[0].Status == nil || replies[0].After != 30*time.Second || replies[1].Content == nil || replies[1].After != time.Minute {
		t.Errorf("got %+v", replies)
	}
	if r := b.Replies(other); len(r) != 1 || len(r[0].Rejections) != 1 || r[0].Rejections[0].Code != "SMEV" {
		t.Errorf("got %+v", r)
	}
	if r := b.Replies(declined); len(r) != 1 || r[0].Rejections[0].Code != "NO_DATA" {
		t.Errorf("got %+v", r)
	}
}
