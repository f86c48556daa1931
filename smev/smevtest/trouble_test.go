package smevtest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/mtom"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// try makes a call and reports its outcome, a broken connection included.
func (s *system) try(operation, doc string) (got string) {
	s.t.Helper()
	defer func() {
		if r := recover(); r == http.ErrAbortHandler {
			got = "dropped"
		} else if r != nil {
			panic(r)
		}
	}()
	a := s.call(operation, doc)
	if a.status >= 502 {
		return fmt.Sprint(a.status)
	}
	return a.describe(s.t)
}

// Troubles strike once each, in order, the operation they were meant for.
func TestInjectedOnce(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	b.Inject("GetStatus", smevtest.Busy, smevtest.None, smevtest.Failure, smevtest.BadGateway)
	b.Inject("", smevtest.Busy)
	doc := asker.write(&soap.GetStatus{At: start})
	for i, want := range []string{"503", "ok", "SMEVFailure", "502", "503", "ok"} {
		if got := asker.try("GetStatus", doc); got != want {
			t.Errorf("call %d: got %s, want %s", i, got, want)
		}
	}
	b.Inject("SendRequest", slices.Repeat([]smevtest.Trouble{smevtest.Failure}, 3)...)
	if got := asker.try("GetStatus", doc); got != "ok" {
		t.Errorf("another operation: got %s", got)
	}
	request := asker.write(asker.request(business("123456")))
	for i, want := range []string{"SMEVFailure", "SMEVFailure", "SMEVFailure", "ok"} {
		if got := asker.try("SendRequest", request); got != want {
			t.Errorf("request %d: got %s, want %s", i, got, want)
		}
	}
}

// A connection may break before the call takes effect, or after.
func TestDrop(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	doc := asker.write(asker.request(business("123456")))
	b.Inject("SendRequest", smevtest.DropBefore, smevtest.DropAfter)
	for i, want := range []string{"dropped", "dropped", "MessageIsAlreadySent SMEV-301"} {
		if got := asker.try("SendRequest", doc); got != want || b.Filed() != min(i, 1) {
			t.Errorf("try %d: got %s, %d filed, want %s", i, got, b.Filed(), want)
		}
	}
	b.step()
	b.Inject("GetResponse", smevtest.DropAfter)
	get := asker.write(&soap.GetResponse{At: start})
	if got := asker.try("GetResponse", get); got != "dropped" {
		t.Error(got)
	}
	if asker.get(soap.GetResponse{}) != nil {
		t.Error("the message is not leased")
	}
	b.clock.Advance(15 * time.Minute)
	r := asker.get(soap.GetResponse{})
	b.Inject("Ack", smevtest.DropAfter)
	if got := asker.try("Ack", asker.write(&soap.Ack{Target: r.Data.MessageID, Accepted: true})); got != "dropped" || asker.ack(r.Data.MessageID, true) {
		t.Error(got)
	}
}

// A slow reply waits for the clock, or until its caller has gone.
func TestSlow(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	doc := asker.write(asker.request(business("123456")))
	b.Inject("SendRequest", smevtest.Slow)
	done := make(chan string)
	go func() { done <- asker.try("SendRequest", doc) }()
	for b.Filed() == 0 { // the request has taken effect
		continue
	}
	select {
	case got := <-done:
		t.Fatal(got)
	default:
	}
	for {
		b.clock.Advance(time.Minute)
		select {
		case got := <-done:
			if got != "ok" {
				t.Error(got)
			}
			b.Inject("GetStatus", smevtest.Slow)
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			r := httptest.NewRequest(http.MethodPost, soap.V12().Path(), strings.NewReader(asker.write(&soap.GetStatus{At: start}))).WithContext(ctx)
			r.Header.Set("Content-Type", soap.ContentType)
			b.ServeHTTP(httptest.NewRecorder(), r) // returns
			return
		default: // it has not come to waiting for the clock yet
		}
	}
}

// Close does not wait for a reply that stalls.
func TestCloseWhileSlow(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	url, err := b.Listen()
	if err != nil {
		t.Fatal(err)
	}
	b.Inject("SendRequest", smevtest.Slow)
	doc := asker.write(asker.request(business("123456")))
	failed := make(chan error)
	go func() {
		r, err := http.Post(url, soap.ContentType, strings.NewReader(doc))
		if err == nil {
			r.Body.Close()
		}
		failed <- err
	}()
	for b.Filed() == 0 {
		continue
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if <-failed == nil {
		t.Error("a reply came")
	}
}

func TestTruncated(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	asker.ask("123456")
	b.step()
	b.Inject("GetResponse", smevtest.Truncated)
	a := asker.call("GetResponse", asker.write(&soap.GetResponse{At: start}))
	if !strings.HasPrefix(a.kind, "multipart/related") || a.status != http.StatusOK {
		t.Errorf("got %d %s", a.status, a.kind)
	}
	if doc, err := mtom.Read(a.kind, strings.NewReader(string(a.body)), mtom.Limits{}); err == nil {
		t.Errorf("got %s", doc)
	}
	if asker.get(soap.GetResponse{}) != nil {
		t.Error("the message is not leased")
	}
}

func TestRefusedByTrouble(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	doc := asker.write(asker.request(business("123456")))
	b.Inject("SendRequest", smevtest.QuotaExceeded, smevtest.Overflow)
	for i, want := range []string{"QuoteLimitExceeded", "DestinationOverflow SMEV-600", "ok"} {
		if got := asker.try("SendRequest", doc); got != want {
			t.Errorf("%d: got %s, want %s", i, got, want)
		}
	}
}

// Replies whose signature a client must refuse. The message waits for another
// attempt, or is acknowledged as not accepted.
func TestTampering(t *testing.T) {
	for trouble, want := range map[smevtest.Trouble]xmldsig.Reason{
		smevtest.BadSignature: xmldsig.ReasonValue, smevtest.SwappedBody: xmldsig.ReasonDigest, smevtest.WrappedBody: xmldsig.ReasonTarget,
		smevtest.ExpiredCertificate: 0,
	} {
		b := newBench(t, smevtest.Config{})
		asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
		if err := b.Serve(registry(), "PROVIDER"); err != nil {
			t.Fatal(err)
		}
		refused := func(a answer, read func(*xmldsig.Element) (soap.Signatures, error)) {
			t.Helper()
			by, err := read(a.content(t))
			if err != nil {
				t.Fatalf("%s: %v in %s", trouble, err, a.body)
			}
			s, err := xmldsig.Verify(algorithms, by.SMEV.Signature, by.SMEV.Target)
			if trouble == smevtest.ExpiredCertificate {
				if err != nil || b.trusted(s.Certificate) == nil || !s.Certificate.NotAfter.Before(start) {
					t.Errorf("%s: got %v", trouble, err)
				}
				return
			}
			e, ok := err.(*xmldsig.VerifyError)
			if !ok || e.Reason != want {
				t.Errorf("%s: got %v, want reason %d", trouble, err, want)
			}
		}
		// Nothing is signed in an empty queue: the trouble waits.
		for _, operation := range []string{"SendRequest", "SendResponse", "GetRequest", "GetResponse", "GetStatus"} {
			b.Inject(operation, trouble)
		}
		if asker.get(soap.GetResponse{}) != nil || provider.take() != nil || asker.state() != nil {
			t.Error("the queues are not empty")
		}
		refused(asker.call("SendRequest", asker.write(asker.request([]byte(registryRequest)))), func(e *xmldsig.Element) (soap.Signatures, error) {
			_, by, err := soap.ReadSendRequestResponse(e)
			return by, err
		})
		b.clock.Advance(time.Second)
		refused(provider.call("GetRequest", provider.write(&soap.GetRequest{At: start})), func(e *xmldsig.Element) (soap.Signatures, error) {
			_, by, err := soap.ReadGetRequestResponse(e)
			return by, err
		})
		b.clock.Advance(15 * time.Minute)
		r := provider.take() // the right one
		answer := provider.write(&soap.SendResponse{Data: soap.ResponseData{MessageID: b.ids.New(), To: r.ReplyTo, Content: []byte(registryResponse)}})
		refused(provider.call("SendResponse", answer), func(e *xmldsig.Element) (soap.Signatures, error) {
			_, by, err := soap.ReadSendResponseResponse(e)
			return by, err
		})
		b.clock.Advance(time.Second)
		var id string
		refused(asker.call("GetResponse", asker.write(&soap.GetResponse{At: start})), func(e *xmldsig.Element) (soap.Signatures, error) {
			m, by, err := soap.ReadGetResponseResponse(e)
			if err == nil {
				id = m.Response.Data.MessageID
				if (m.Response.Data.Content == nil) != (trouble == smevtest.SwappedBody || trouble == smevtest.WrappedBody) {
					t.Errorf("%s: got %s", trouble, brief(m.Response))
				}
			}
			return by, err
		})
		if !asker.ack(id, false) {
			t.Errorf("%s: what was refused cannot be acknowledged as such", trouble)
		}
		asker.ask(smevtest.Number(730))
		b.clock.Advance(time.Second)
		refused(asker.call("GetStatus", asker.write(&soap.GetStatus{At: start})), func(e *xmldsig.Element) (soap.Signatures, error) {
			_, by, err := soap.ReadGetStatusResponse(e)
			return by, err
		})
	}
}

// Answers that a client must not take for what they seem.
func TestTroubledAnswers(t *testing.T) {
	b := newBench(t, smevtest.Config{Lease: 240 * time.Hour})
	asker := b.enroll("ASKER")
	ask := func(trouble smevtest.Trouble) string {
		b.Inject("SendRequest", trouble)
		m := asker.request(business("123456"))
		m.Data.EndOfLife = b.clock.Now().Add(time.Hour)
		return asker.send(m)
	}
	next := func() *soap.Response {
		t.Helper()
		if !b.step() {
			return nil
		}
		return asker.get(soap.GetResponse{})
	}
	s := subject()
	s.Passport.Number = "123456"
	kind := smev.PassportP002()

	ask(smevtest.SwappedEcho)
	if got := outcome(kind, next(), s); !strings.Contains(got, "ownerLastName") {
		t.Errorf("swapped echo: got %s", got)
	}
	id := ask(smevtest.ForeignID)
	if r := next(); r == nil || r.OriginalMessageID == id || outcome(kind, r, s) != "confirmed mvd_300" {
		t.Errorf("foreign id: got %s", brief(r))
	}
	id = ask(smevtest.Twice)
	first := next()
	at := b.clock.Now()
	second := next()
	if second == nil || first.OriginalMessageID != id || second.OriginalMessageID != id || first.Data.MessageID == second.Data.MessageID || b.clock.Now().Sub(at) != time.Minute {
		t.Errorf("twice: got %s, %s", brief(first), brief(second))
	}
	ask(smevtest.OutOfOrder)
	first = next()
	second = next()
	if second == nil || first.Data.Content == nil || second.Data.Status == nil {
		t.Errorf("out of order: got %s, %s", brief(first), brief(second))
	}
	id = ask(smevtest.AfterEnd)
	first = next()
	at = b.clock.Now()
	second = next()
	if second == nil || first.Data.Async == nil || first.Data.Async.Fault.Name != "EndOfLifeReached" || second.OriginalMessageID != id || second.Data.Content == nil || b.clock.Now().Sub(at) != time.Minute {
		t.Errorf("after the end: got %s, %s", brief(first), brief(second))
	}
	b.Inject("SendRequest", smevtest.Never)
	asker.ask("123456")
	if r := next(); r != nil {
		t.Errorf("never: got %s", brief(r))
	}
	// Troubles of SendRequest spoil no other call.
	b.Inject("GetStatus", smevtest.Twice, smevtest.Never)
	if got := asker.try("GetStatus", asker.write(&soap.GetStatus{At: start})); got != "ok" {
		t.Error(got)
	}
}

// FaultRate spoils about so many calls, the same ones for the same seed.
func TestFaultRate(t *testing.T) {
	run := func(seed uint64, rate float64) (bad int, all string) {
		b := newBench(t, smevtest.Config{Seed: seed, FaultRate: rate})
		asker := b.enroll("ASKER")
		doc := asker.write(&soap.GetStatus{At: start})
		for range 400 {
			func() {
				defer func() {
					if recover() != nil {
						bad++
						all += "dropped "
					}
				}()
				if a := asker.call("GetStatus", doc); a.status != http.StatusOK || a.kind != soap.ContentType {
					bad++
					all += fmt.Sprint(a.status, " ")
				}
			}()
		}
		return bad, all
	}
	bad, all := run(1, 0.1)
	if bad < 20 || bad > 60 {
		t.Errorf("%d of 400 went wrong", bad)
	}
	for _, kind := range []string{"502", "503", "500", "200", "dropped"} {
		if !strings.Contains(all, kind) {
			t.Errorf("no %s among %s", kind, all)
		}
	}
	if _, again := run(1, 0.1); again != all {
		t.Error("one seed, two runs")
	}
	if _, other := run(2, 0.1); other == all {
		t.Error("two seeds, one run")
	}
	if bad, _ := run(1, 0); bad != 0 {
		t.Errorf("%d went wrong without a rate", bad)
	}
}

func TestTroubleNames(t *testing.T) {
	seen := map[string]bool{}
	for trouble := smevtest.None; trouble <= smevtest.ExpiredCertificate; trouble++ {
		if name := trouble.String(); seen[name] || strings.Contains(name, "(") {
			t.Errorf("%d is called %s", int(trouble), name)
		} else {
			seen[name] = true
		}
	}
	if got := smevtest.Trouble(99).String(); got != "Trouble(99)" {
		t.Error(got)
	}
}

// Each kind whose answer repeats something of the inquiry repeats another's,
// which the kind refuses; the others cannot tell.
func TestSwappedEcho(t *testing.T) {
	b := newBench(t, smevtest.Config{Lease: 240 * time.Hour})
	asker := b.enroll("ASKER")
	s := subject()
	b.Know(s)
	for name, want := range map[string]string{
		"p001": "passportNumber", "p002": "ownerLastName passportNumber", "snilssearch": "ownerLastName", "inn": "INNFL", "innsearch": "ИдЗапрос",
		"egrul": "ИдДок", "egrip": "ИдДок", "snils": "", "esia": "",
	} {
		kind := kindCases()[name].kind
		b.Inject("SendRequest", smevtest.SwappedEcho)
		asker.send(asker.request(must(kind.Build(s))))
		b.step()
		_, err := kind.Parse(asker.get(soap.GetResponse{}).Data.Content, s)
		var m *smev.MismatchError
		switch {
		case want == "":
			if err != nil {
				t.Errorf("%s: got %v", name, err)
			}
		case !errors.As(err, &m) || strings.Join(m.Fields, " ") != want:
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}
