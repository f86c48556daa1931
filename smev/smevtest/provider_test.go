package smevtest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// registry is a kind of information of nobody's but these tests.
func registry() smev.Kind {
	return smev.Kind{Namespace: "urn:x-registry", Root: "Question", ResponseRoot: "Answer", Name: "Вымышленный реестр"}
}

const (
	registryRequest  = `<r:Question xmlns:r="urn:x-registry">кто там</r:Question>`
	registryResponse = `<r:Answer xmlns:r="urn:x-registry">свои</r:Answer>`
)

// A participant may be a provider: requests come to his queue, his answers go
// to the asker, and both hold what the other has signed, byte for byte.
func TestParticipantProvides(t *testing.T) {
	for _, v := range soap.Versions() {
		t.Run(v.Name(), func(t *testing.T) {
			b := newBench(t, smevtest.Config{})
			asker, provider := b.enroll("ASKER").at(v), b.enroll("PROVIDER").at(v)
			if err := b.Serve(registry(), "PROVIDER"); err != nil {
				t.Fatal(err)
			}
			m := asker.request([]byte(registryRequest))
			m.Data.NodeID, m.Data.TransactionCode, m.Data.Test = "north", "code", true
			id := asker.send(m)
			if provider.take() != nil {
				t.Error("visible before the asynchronous checks")
			}
			b.clock.Advance(time.Second)
			r := provider.take()
			if r == nil || r.Data.MessageID != id || words(r.Data.Content) != words([]byte(registryRequest)) || !r.Data.Test || r.Metadata.Sender.Mnemonic != "ASKER" {
				t.Fatalf("got %+v", r)
			}
			if !provider.ack(id, true) {
				t.Error("not acknowledged")
			}
			respond := func(d soap.ResponseData) string {
				d.MessageID, d.To = b.ids.New(), r.ReplyTo
				return provider.call("SendResponse", provider.write(&soap.SendResponse{Data: d})).describe(t)
			}
			if got := respond(soap.ResponseData{Status: &soap.RequestStatus{Code: 3, Description: "Ищем."}}); got != "ok" {
				t.Fatal(got)
			}
			if got := respond(soap.ResponseData{Content: []byte(registryResponse)}); got != "ok" {
				t.Fatal(got)
			}
			b.clock.Advance(time.Second)
			if asker.get(soap.GetResponse{}) != nil {
				t.Error("the answer goes to another node")
			}
			first, second := asker.get(soap.GetResponse{NodeID: "north"}), asker.get(soap.GetResponse{NodeID: "north"})
			if first == nil || first.Data.Status == nil || first.Data.Status.Code != 3 {
				t.Errorf("got %s", brief(first))
			}
			if second == nil || words(second.Data.Content) != words([]byte(registryResponse)) || second.OriginalMessageID != id ||
				second.OriginalTransactionCode != "code" || second.Metadata.Sender.Mnemonic != smev.Emulator {
				t.Errorf("got %s", brief(second))
			}
		})
	}
}

// The checks of an answer that are its own.
func TestParticipantsAnswer(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider, stranger := b.enroll("ASKER"), b.enroll("PROVIDER"), b.enroll("STRANGER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	m := asker.request([]byte(registryRequest))
	m.Data.EndOfLife = start.Add(time.Hour)
	id := asker.send(m)
	b.clock.Advance(time.Second)
	r := provider.take()
	good := soap.ResponseData{MessageID: b.ids.New(), To: r.ReplyTo, Content: []byte(registryResponse)}
	respond := func(by *system, change func(*soap.ResponseData)) string {
		d := good
		d.MessageID = b.ids.New()
		change(&d)
		return by.call("SendResponse", by.write(&soap.SendResponse{Data: d})).describe(t)
	}
	for name, c := range map[string]struct {
		by     *system
		change func(*soap.ResponseData)
		want   string
	}{
		"no UUID":           {provider, func(d *soap.ResponseData) { d.MessageID, d.To = "x", "y" }, "InvalidMessageIdFormat SMEV-300"},
		"the request's id":  {provider, func(d *soap.ResponseData) { d.MessageID, d.To = id, "y" }, "MessageIsAlreadySent SMEV-301"},
		"nobody's address":  {provider, func(d *soap.ResponseData) { d.To = "y" }, "RecipientIsNotFound"},
		"another's request": {stranger, func(*soap.ResponseData) {}, "RecipientIsNotFound"},
		"a request":         {provider, func(d *soap.ResponseData) { d.Content = []byte(registryRequest) }, "IncorrectResponseContentType"},
		"code of none": {provider, func(d *soap.ResponseData) {
			d.Content, d.Rejections = nil, []soap.Rejection{{Code: "WHY", Description: "x"}}
		}, "InvalidContent SMEV-403"},
		"a word of SMEV": {provider, func(d *soap.ResponseData) {
			d.Content, d.Async = nil, &soap.AsyncStatus{OriginalMessageID: id, Category: "requestIsQueued"}
		}, "InvalidContent SMEV-403"},
		"a long description": {provider, func(d *soap.ResponseData) {
			d.Content, d.Status = nil, &soap.RequestStatus{Description: strings.Repeat("ы", 4001)}
		}, "InvalidContent SMEV-403"},
		"good":  {provider, func(*soap.ResponseData) {}, "ok"},
		"again": {provider, func(d *soap.ResponseData) { d.MessageID = good.MessageID }, "ok"},
	} {
		if got := respond(c.by, c.change); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
	if got := respond(provider, func(d *soap.ResponseData) { d.MessageID = good.MessageID }); got != "MessageIsAlreadySent SMEV-301" {
		t.Errorf("repeated: got %s", got)
	}
}

// A request that nobody has answered at its end of life is rejected, whether a
// participant should have or the simulator's own register.
func TestEndOfLife(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: 20 * time.Minute, MaxDelay: 20 * time.Minute})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	m := asker.request(business("123456"))
	m.Data.EndOfLife = start
	if got := asker.call("SendRequest", asker.write(m)).describe(t); got != "EndOfLifeReached" {
		t.Errorf("over when it comes: got %s", got)
	}
	for _, content := range [][]byte{business("123456"), []byte(registryRequest)} {
		m := asker.request(content)
		end := b.clock.Now().Add(15 * time.Minute)
		m.Data.EndOfLife = end
		id := asker.send(m)
		b.clock.Advance(time.Second)
		request := provider.take() // it is not acknowledged, and yet it goes
		for b.clock.Now().Before(end) {
			if !b.step() {
				t.Fatal("nothing happens at the end of life")
			}
		}
		r, state := asker.get(soap.GetResponse{}), asker.state()
		if r == nil || r.Data.Async == nil || r.Data.Async.Fault.Name != "EndOfLifeReached" || r.OriginalMessageID != id ||
			state == nil || state.OriginalMessageID != id || !b.clock.Now().Equal(end) {
			t.Fatalf("got %s, %+v at %v", brief(r), state, b.clock.Now())
		}
		asker.ack(r.Data.MessageID, true)
		asker.ack(id, true)
		b.clock.Advance(time.Hour)
		if r := asker.get(soap.GetResponse{}); r != nil {
			t.Errorf("an answer after the end of life: %s", brief(r))
		}
		if request == nil {
			continue
		}
		if provider.take() != nil {
			t.Error("the request is still delivered")
		}
		late := soap.ResponseData{MessageID: b.ids.New(), To: request.ReplyTo, Content: []byte(registryResponse)}
		if got := provider.call("SendResponse", provider.write(&soap.SendResponse{Data: late})).describe(t); got != "EndOfLifeReached" {
			t.Errorf("a late answer: got %s", got)
		}
	}
	if _, ok := b.Next(); ok {
		t.Error("something is left")
	}
}

// A request in time has no end.
func TestAnsweredBeforeEndOfLife(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	m := asker.request(business("123456"))
	m.Data.EndOfLife = start.Add(time.Hour)
	asker.send(m)
	b.step()
	if _, ok := b.Next(); ok {
		t.Error("the end of an answered request is still to come")
	}
	b.clock.Advance(time.Hour)
	if r := asker.get(soap.GetResponse{}); r == nil || r.Data.Content == nil || asker.state() != nil {
		t.Errorf("got %s", brief(r))
	}
}

// A recipient that is registered no more gets nothing.
func TestRecipientDismissed(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	b.Dismiss("PROVIDER")
	asker.send(asker.request([]byte(registryRequest)))
	b.clock.Advance(time.Second)
	if r := asker.get(soap.GetResponse{}); r == nil || r.Data.Async == nil || r.Data.Async.Fault.Name != "RecipientIsNotFound" {
		t.Errorf("got %s", brief(r))
	}
}

// provider is Go code that answers.
type provider func(smevtest.Request) ([]smevtest.Reply, error)

func (p provider) Handle(_ context.Context, r smevtest.Request) ([]smevtest.Reply, error) {
	return p(r)
}

func TestProviderInGo(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Hour, MaxDelay: time.Hour})
	asker := b.enroll("ASKER")
	var got smevtest.Request
	var replies []smevtest.Reply
	var fails error
	if err := b.Provide(registry(), provider(func(r smevtest.Request) ([]smevtest.Reply, error) {
		got = r
		b.Filed() // methods of the Server may be called
		return replies, fails
	})); err != nil {
		t.Fatal(err)
	}
	m := asker.request([]byte(registryRequest))
	m.Data.Test = true
	m.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain", Signature: []byte{1}}}
	m.Attachments = []soap.AttachmentContent{{ID: "a", Content: []byte("file")}}
	replies = []smevtest.Reply{
		{After: time.Minute, Status: &smevtest.Status{Code: 7, Description: "Ищем."}},
		{After: 2 * time.Minute, Rejections: []smevtest.Rejection{{Code: "NO_DATA", Description: "Нет."}}},
		{Content: []byte(registryResponse)},
	}
	id := asker.send(m)
	if got.MessageID != id || got.Sender != "ASKER" || words(got.Content) != words([]byte(registryRequest)) || !got.Test || !got.Received.Equal(start) ||
		got.Delay != time.Hour || len(got.Attachments) != 1 || string(got.Attachments[0].Content) != "file" || got.Attachments[0].ID != "a" {
		t.Errorf("got %+v", got)
	}
	for i, want := range []time.Duration{time.Minute, 2 * time.Minute, time.Hour} {
		if !b.step() || b.clock.Now().Sub(start) != want {
			t.Fatalf("reply %d comes after %v, want %v", i, b.clock.Now().Sub(start), want)
		}
		r := asker.get(soap.GetResponse{})
		if r == nil || (r.Data.Status != nil) != (i == 0) || (r.Data.Rejections != nil) != (i == 1) || (r.Data.Content != nil) != (i == 2) {
			t.Errorf("reply %d: got %s", i, brief(r))
		}
		asker.ack(r.Data.MessageID, true)
	}
	for name, c := range map[string]struct {
		replies []smevtest.Reply
		fails   error
		want    string
	}{
		"error":            {nil, errors.New("broken"), "FAILURE"},
		"not XML":          {[]smevtest.Reply{{Content: []byte("<")}}, nil, "FAILURE"},
		"cannot be signed": {[]smevtest.Reply{{Content: []byte(`<a xmlns="urn:x">&gt;</a>`)}}, nil, "FAILURE"},
		"Id of SMEV":       {[]smevtest.Reply{{Content: []byte(`<a xmlns="urn:x" Id="SIGNED_BY_SMEV"/>`)}}, nil, "FAILURE"},
		"wrong content":    {nil, &smevtest.ContentError{Err: errors.New("no Question")}, "InvalidContent"},
		"nothing":          {nil, nil, ""},
	} {
		replies, fails = c.replies, c.fails
		asker.send(asker.request([]byte(registryRequest)))
		b.clock.Advance(time.Hour)
		r := asker.get(soap.GetResponse{})
		switch {
		case c.want == "":
			if r != nil {
				t.Errorf("%s: got %s", name, brief(r))
			}
			continue
		case r == nil:
			t.Fatalf("%s: no answer", name)
		case r.Data.Async != nil:
			if r.Data.Async.Fault.Name != c.want || !strings.Contains(r.Data.Async.Fault.ValidationErrors[0].Text, "no Question") {
				t.Errorf("%s: got %+v", name, r.Data.Async.Fault)
			}
		case len(r.Data.Rejections) != 1 || r.Data.Rejections[0].Code != c.want:
			t.Errorf("%s: got %s", name, brief(r))
		}
		asker.ack(r.Data.MessageID, true)
	}
	inner := errors.New("no Question")
	if e := error(&smevtest.ContentError{Err: inner}); !errors.Is(e, inner) || e.Error() != "smevtest: content: no Question" {
		t.Errorf("got %v", e)
	}
	if b.Provide(registry(), nil) == nil || b.Provide(smev.Kind{}, provider(nil)) == nil || b.Serve(registry(), "") == nil || b.Serve(registry(), smev.Emulator) == nil {
		t.Error("what is missing is not missed")
	}
}

// What SMEV could not sign in its turn is rejected and not left in the queue.
func TestUnsignable(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	m := asker.request([]byte(`<r:Question xmlns:r="urn:x-registry" Id="SIGNED_BY_SMEV"/>`))
	asker.send(m)
	good := asker.request([]byte(registryRequest))
	asker.send(good)
	b.clock.Advance(time.Second)
	if r := asker.get(soap.GetResponse{}); r == nil || r.Data.Async == nil || r.Data.Async.Fault.Name != "InvalidContent" {
		t.Errorf("got %s", brief(r))
	}
	r := provider.take()
	if r == nil || r.Data.MessageID != good.Data.MessageID {
		t.Fatalf("got %v", r)
	}
	id := b.ids.New()
	doc := provider.write(&soap.SendResponse{Data: soap.ResponseData{
		MessageID: id, To: r.ReplyTo, Content: []byte(`<r:Answer xmlns:r="urn:x-registry" Id="SIGNED_BY_SMEV"/>`),
	}})
	if got := provider.call("SendResponse", doc).describe(t); got != "ok" {
		t.Fatal(got)
	}
	b.clock.Advance(time.Second)
	if a := provider.state(); a == nil || a.Category != "responseIsRejectedBySmev" || a.OriginalMessageID != id {
		t.Errorf("got %+v", a)
	}
}

// A message may be fetched at the endpoint of another version: what the
// simulator signs is signed anew, what a participant signed goes unsigned.
func TestOtherVersion(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	m := asker.at(soap.V13()).request([]byte(registryRequest))
	m.Data.Attachments = []soap.AttachmentHeader{{ContentID: "a", MIMEType: "text/plain", NamespaceURI: "urn:x", Archive: []soap.ArchivedFile{{Name: "n", NamespaceURI: "urn:y"}}}}
	m.Attachments = []soap.AttachmentContent{{ID: "a", Content: []byte("file")}}
	asker.at(soap.V13()).send(m)
	b.clock.Advance(time.Second)
	a := provider.call("GetRequest", provider.write(&soap.GetRequest{At: start}))
	r, by, err := soap.ReadGetRequestResponse(a.content(t))
	if err != nil || r.Request == nil || len(r.Attachments) != 1 || by.Sender.Signature != nil {
		t.Fatalf("got %+v, %v", r, err)
	}
	b.check(by.SMEV)
	for _, number := range []string{"123456", smevtest.Number(730)} {
		asker.ask(number)
		b.step()
		for _, v := range soap.Versions() {
			a := asker.at(v).call("GetResponse", asker.at(v).write(&soap.GetResponse{At: start}))
			r, by, err := soap.ReadGetResponseResponse(a.content(t))
			if err != nil || r.Response == nil || by.Sender.Signature == nil {
				t.Fatalf("%s %s: got %+v, %v", number, v.Name(), r, err)
			}
			b.check(by.SMEV)
			b.check(by.Sender)
			b.clock.Advance(time.Hour)
		}
		a := asker.call("GetResponse", asker.write(&soap.GetResponse{At: start}))
		asker.ack(must2(soap.ReadGetResponseResponse(a.content(t))).Response.Data.MessageID, true)
	}
}

// check verifies a signature of the simulator, the chain to its root included.
func (b *bench) check(by soap.Signed) string {
	b.t.Helper()
	if by.Signature == nil {
		b.t.Fatal("no signature")
	}
	s, err := xmldsig.Verify(algorithms, by.Signature, by.Target)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.trusted(s.Certificate); err != nil {
		b.t.Fatal(err)
	}
	return s.Certificate.Subject.String()
}
