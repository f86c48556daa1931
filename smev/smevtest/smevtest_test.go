package smevtest_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/internal/uuid"
	"github.com/surguch/surguch/smev/smevtest"
)

var start = time.Date(2026, 11, 23, 7, 0, 0, 0, time.UTC)

// bench talks to the simulator without a client, so that each check of the
// simulator is seen by itself.
type bench struct {
	t     *testing.T
	clock *testenv.Clock
	*smevtest.Server
	ids *uuid.Generator
}

func newBench(t *testing.T, cfg smevtest.Config) *bench {
	t.Helper()
	b := &bench{t: t, clock: testenv.NewClock(start)}
	cfg.Clock = b.clock
	b.Server = smevtest.NewServer(cfg)
	var err error
	if b.ids, err = uuid.NewGenerator(b.clock.Now, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// post sends a body and returns status and text of the reply.
func (b *bench) post(operation, doc string) (int, string) {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/smev/v1.2/ws", strings.NewReader(doc))
	r.Header.Set("Content-Type", "text/xml; charset=utf-8")
	r.Header.Set("SOAPAction", `"urn:`+operation+`"`)
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func (b *bench) message(m interface{ Envelope() ([]byte, error) }) string {
	b.t.Helper()
	doc, err := m.Envelope()
	if err != nil {
		b.t.Fatal(err)
	}
	return string(doc)
}

// send files the inquiry about a passport number and returns its id.
func (b *bench) send(number, node string) string {
	b.t.Helper()
	id := b.ids.New()
	if status, reply := b.post("SendRequest", b.message(&soap.SendRequest{
		MessageID: id, ReferenceMessageID: id, NodeID: node, Content: business(b.t, number),
	})); status != http.StatusOK || !strings.Contains(reply, "requestIsQueued") {
		b.t.Fatalf("%d %s", status, reply)
	}
	return id
}

// get asks for the next message of a node; nil says that there is none.
func (b *bench) get(m soap.GetResponse) *soap.Response {
	b.t.Helper()
	m.At = b.clock.Now()
	status, reply := b.post("GetResponse", b.message(&m))
	if status != http.StatusOK {
		b.t.Fatalf("%d %s", status, reply)
	}
	body, err := soap.ReadEnvelope([]byte(reply))
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := soap.ReadResponse(body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// ack acknowledges and reports whether the message waited for it.
func (b *bench) ack(id string) bool {
	b.t.Helper()
	status, reply := b.post("Ack", b.message(&soap.Ack{Target: id, Accepted: true}))
	if status == http.StatusInternalServerError && strings.Contains(reply, "SMEV-501:") && strings.Contains(reply, "TargetMessageIsNotFound") {
		return false
	}
	if status != http.StatusOK {
		b.t.Fatalf("%d %s", status, reply)
	}
	return true
}

func business(t *testing.T, number string) []byte {
	t.Helper()
	p := testenv.NewPerson(3)
	doc, err := smev.PassportP002().Build(smev.Subject{
		LastName: p.LastName, FirstName: p.FirstName, MiddleName: p.MiddleName, BirthDate: p.Born,
		Passport: smev.Passport{Series: p.Series, Number: number, Issued: p.Issued, IssuerCode: p.IssuerCode},
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestQueue(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	id := b.send("123456", "")
	if r := b.get(soap.GetResponse{}); r != nil {
		t.Fatal("visible at once")
	}
	due, ok := b.Next()
	if wait := due.Sub(start); !ok || wait < 10*time.Minute || wait > 30*time.Minute {
		t.Fatalf("the answer is due after %v", wait)
	}
	b.clock.Set(due.Add(-time.Millisecond))
	if r := b.get(soap.GetResponse{}); r != nil {
		t.Fatal("visible too early")
	}
	b.clock.Set(due)
	first := b.get(soap.GetResponse{})
	if first == nil || first.OriginalMessageID != id || first.Metadata.Sender.Mnemonic != smev.Emulator {
		t.Fatalf("got %+v", first)
	}
	if _, ok := b.Next(); ok {
		t.Error("nothing is left to become visible")
	}
	if r := b.get(soap.GetResponse{}); r != nil {
		t.Error("a leased message is delivered")
	}
	b.clock.Advance(15 * time.Minute)
	if b.ack(first.MessageID) {
		t.Error("acknowledged after the lease")
	}
	again := b.get(soap.GetResponse{})
	if again == nil || again.MessageID != first.MessageID || !again.Metadata.DeliveredAt.After(first.Metadata.DeliveredAt) {
		t.Fatalf("got %+v", again)
	}
	if !b.ack(again.MessageID) || b.ack(again.MessageID) {
		t.Error("the first Ack counts, the second does not")
	}
	b.clock.Advance(time.Hour)
	if r := b.get(soap.GetResponse{}); r != nil || b.Queued() != 0 || b.Filed() != 1 {
		t.Errorf("got %+v, %d queued, %d filed", r, b.Queued(), b.Filed())
	}
}

func TestOrderNodesAndSelector(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Minute, MaxDelay: time.Minute, Lease: time.Hour})
	kind := smev.PassportP002()
	first := b.send("123456", "")
	b.clock.Advance(time.Second)
	second := b.send("123457", "")
	north := b.send("123458", "north")
	b.clock.Advance(time.Hour)
	if r := b.get(soap.GetResponse{Namespace: smev.SNILSValidation101().Namespace, Root: smev.SNILSValidation101().ResponseRoot}); r != nil {
		t.Error("the selector lets another type through")
	}
	for _, want := range []string{first, second} {
		if r := b.get(soap.GetResponse{Namespace: kind.Namespace, Root: kind.ResponseRoot}); r == nil || r.OriginalMessageID != want {
			t.Errorf("got %+v, want the answer to %s", r, want)
		}
	}
	if r := b.get(soap.GetResponse{NodeID: "south"}); r != nil {
		t.Error("a node gets the answers of another")
	}
	if r := b.get(soap.GetResponse{NodeID: "north"}); r == nil || r.OriginalMessageID != north {
		t.Errorf("got %+v", r)
	}
}

// The same seed and id give the same delay and the same answer; another seed
// another.
func TestDeterministic(t *testing.T) {
	run := func(seed uint64) string {
		b := newBench(t, smevtest.Config{Seed: seed})
		id := "7fcd1800-e70b-11f1-8202-030405060708"
		b.post("SendRequest", b.message(&soap.SendRequest{MessageID: id, ReferenceMessageID: id, Content: business(t, "123456")}))
		due, _ := b.Next()
		b.clock.Set(due)
		return fmt.Sprintf("%v %+v", due, b.get(soap.GetResponse{}))
	}
	first, again, other := run(1), run(1), run(2)
	if first != again {
		t.Error("one seed, two answers")
	}
	if first == other {
		t.Error("two seeds, one answer")
	}
}

func TestListenAndClose(t *testing.T) {
	before := runtime.NumGoroutine()
	s := smevtest.NewServer(smevtest.Config{Clock: testenv.NewClock(start)})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	for range 2 { // a closed simulator can listen again
		url, err := s.Listen()
		if err != nil || !strings.HasPrefix(url, "http://127.0.0.1:") {
			t.Fatalf("%s, %v", url, err)
		}
		if _, err := s.Listen(); err == nil {
			t.Error("listens twice")
		}
		transport := &http.Transport{}
		res, err := (&http.Client{Transport: transport}).Get(url)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
		transport.CloseIdleConnections()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := http.Get(url); err == nil {
			t.Error("still served after Close")
		}
	}
	// Connections end in goroutines of their own; they are given the processor
	// until they have.
	for i := 0; runtime.NumGoroutine() > before && i < 100000; i++ {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines are left, %d were there before", n, before)
	}
}

// The helpers write numbers whose check digits are right, so that a form takes
// them.
func TestScenarioNumbers(t *testing.T) {
	for n := range 1000 {
		snils, inn, number := smevtest.SNILS(n), smevtest.INN(n), smevtest.Number(n)
		if len(snils) != 11 || snils[:6] != fmt.Sprintf("999%03d", n) || len(inn) != 12 || inn[4:10] != snils[:6] || number != snils[:6] {
			t.Fatalf("%d: %s %s %s", n, snils, inn, number)
		}
		sum := 0
		for i := range 9 {
			sum += int(snils[i]-'0') * (9 - i)
		}
		if fmt.Sprintf("%02d", sum%101%100) != snils[9:] {
			t.Errorf("SNILS %s fails its check", snils)
		}
		for _, weights := range [][]int{{7, 2, 4, 10, 3, 5, 9, 4, 6, 8}, {3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8}} {
			sum := 0
			for i, w := range weights {
				sum += int(inn[i]-'0') * w
			}
			if sum%11%10 != int(inn[len(weights)]-'0') {
				t.Errorf("INN %s fails its check", inn)
			}
		}
	}
}

// Replies are read by encoding/xml as well: nothing in them needs our reader.
func TestRepliesAreOrdinaryXML(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	b.send(smevtest.Number(602), "")
	due, _ := b.Next()
	b.clock.Set(due)
	_, reply := b.post("GetResponse", b.message(&soap.GetResponse{At: start}))
	var got struct {
		Status string `xml:"Body>GetResponseResponse>ResponseMessage>Response>SenderProvidedResponseData>MessagePrimaryContent>response>responseInfo>invalidityReason"`
	}
	if err := xml.Unmarshal([]byte(reply), &got); err != nil || got.Status != "602" {
		t.Errorf("got %q, %v", got.Status, err)
	}
}
