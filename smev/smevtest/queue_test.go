package smevtest_test

import (
	"testing"
	"time"

	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

func TestQueue(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	id := asker.ask("123456")
	if r := asker.get(soap.GetResponse{}); r != nil {
		t.Fatal("visible at once")
	}
	due, ok := b.Next()
	if wait := due.Sub(start); !ok || wait < 10*time.Minute || wait > 30*time.Minute {
		t.Fatalf("the answer is due after %v", wait)
	}
	b.clock.Set(due.Add(-time.Millisecond))
	if r := asker.get(soap.GetResponse{}); r != nil {
		t.Fatal("visible too early")
	}
	b.clock.Set(due)
	first := asker.get(soap.GetResponse{})
	if first == nil || first.OriginalMessageID != id || first.Metadata.Sender.Mnemonic != smev.Emulator {
		t.Fatalf("got %s", brief(first))
	}
	if _, ok := b.Next(); ok {
		t.Error("nothing is left to become visible")
	}
	if r := asker.get(soap.GetResponse{}); r != nil {
		t.Error("a leased message is delivered")
	}
	b.clock.Advance(15 * time.Minute)
	if asker.ack(first.Data.MessageID, true) {
		t.Error("acknowledged after the lease")
	}
	again := asker.get(soap.GetResponse{})
	if again == nil || again.Data.MessageID != first.Data.MessageID || !again.Metadata.DeliveredAt.After(first.Metadata.DeliveredAt) {
		t.Fatalf("got %s", brief(again))
	}
	if !asker.ack(again.Data.MessageID, true) || asker.ack(again.Data.MessageID, true) {
		t.Error("the first Ack counts, the second does not")
	}
	b.clock.Advance(time.Hour)
	if r := asker.get(soap.GetResponse{}); r != nil || b.Queued() != 0 || b.Filed() != 1 {
		t.Errorf("got %s, %d queued, %d filed", brief(r), b.Queued(), b.Filed())
	}
}

func TestOrderNodesAndSelector(t *testing.T) {
	b := newBench(t, smevtest.Config{MinDelay: time.Minute, MaxDelay: time.Minute, Lease: time.Hour})
	asker, other := b.enroll("ASKER"), b.enroll("OTHER")
	kind := smev.PassportP002()
	first := asker.ask("123456")
	b.clock.Advance(time.Second)
	second := asker.ask("123457")
	third := asker.ask("123458")
	m := asker.request(business("123459"))
	m.Data.NodeID = "north"
	north := asker.send(m)
	theirs := other.ask("123460")
	b.clock.Advance(time.Hour)
	if r := asker.get(soap.GetResponse{Namespace: smev.SNILSValidation101().Namespace, Root: smev.SNILSValidation101().ResponseRoot}); r != nil {
		t.Error("the selector lets another type through")
	}
	for i, c := range []struct {
		want     string
		selector soap.GetResponse
	}{
		{first, soap.GetResponse{Namespace: kind.Namespace, Root: kind.ResponseRoot}},
		{second, soap.GetResponse{Namespace: kind.Namespace, Root: kind.Root}}, // the root of the request means the kind as well
		{third, soap.GetResponse{}},
	} {
		if r := asker.get(c.selector); r == nil || r.OriginalMessageID != c.want {
			t.Errorf("%d: got %s, want the answer to %s", i, brief(r), c.want)
		}
	}
	if r := asker.get(soap.GetResponse{NodeID: "south"}); r != nil {
		t.Error("a node gets the answers of another")
	}
	if r := asker.get(soap.GetResponse{NodeID: "north"}); r == nil || r.OriginalMessageID != north {
		t.Errorf("got %s", brief(r))
	}
	r := other.get(soap.GetResponse{})
	if r == nil || r.OriginalMessageID != theirs {
		t.Fatalf("got %s", brief(r))
	}
	if asker.ack(r.Data.MessageID, true) {
		t.Error("a participant acknowledges the message of another")
	}
}

// Requests are for a provider as a whole: whichever node asks first gets them.
func TestNodesOfProvider(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	id := asker.send(asker.request([]byte(registryRequest)))
	b.clock.Advance(time.Second)
	a := provider.call("GetRequest", provider.write(&soap.GetRequest{At: start, NodeID: "north"}))
	if r := must2(soap.ReadGetRequestResponse(a.content(t))).Request; r == nil || r.Data.MessageID != id || provider.take() != nil {
		t.Errorf("got %v", r)
	}
}

// A message that is refused is not delivered again, and is kept to be looked
// at.
func TestDeadLetter(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker := b.enroll("ASKER")
	asker.ask("123456")
	b.step()
	r := asker.get(soap.GetResponse{})
	if !asker.ack(r.Data.MessageID, false) {
		t.Fatal("not acknowledged")
	}
	b.clock.Advance(time.Hour)
	if r := asker.get(soap.GetResponse{}); r != nil || b.Queued() != 0 {
		t.Errorf("got %s", brief(r))
	}
	var dead []letter
	b.admin("GET", "/dead", "", &dead)
	if len(dead) != 1 || dead[0].ID != r.Data.MessageID || dead[0].State != "dead" || dead[0].Deliveries != 1 {
		t.Errorf("got %+v", dead)
	}
}

// A request that SMEV rejects is told of in two queues, one for its node and
// one for the participant.
func TestStatusQueue(t *testing.T) {
	for manner, wait := range map[smevtest.Manner]time.Duration{smevtest.Published: time.Second, smevtest.Like2021: time.Second, smevtest.Like2026: 0} {
		b := newBench(t, smevtest.Config{Manner: manner, Lease: time.Hour})
		asker := b.enroll("ASKER")
		m := asker.request(business(smevtest.Number(730)))
		m.Data.NodeID = "north"
		id := asker.send(m)
		if wait > 0 && asker.state() != nil {
			t.Errorf("manner %d: rejected at once", manner)
		}
		b.clock.Advance(wait)
		r, state := asker.get(soap.GetResponse{NodeID: "north"}), asker.state()
		if r == nil || r.Data.Async == nil || state == nil {
			t.Fatalf("manner %d: got %s, %+v", manner, brief(r), state)
		}
		for _, a := range []*soap.AsyncStatus{r.Data.Async, state} {
			if a.Category != "requestIsRejectedBySmev" || a.OriginalMessageID != id || a.Fault.Name != "InvalidContent" ||
				number.FindString(a.Fault.Description) != "SMEV-403" {
				t.Errorf("manner %d: got %+v, %+v", manner, a, a.Fault)
			}
		}
		if asker.state() != nil {
			t.Errorf("manner %d: a leased status is delivered", manner)
		}
		if !asker.ack(id, true) || asker.ack(id, true) || !asker.ack(r.Data.MessageID, true) {
			t.Errorf("manner %d: a status is acknowledged once, by the id of the request", manner)
		}
	}
}

func TestStatistics(t *testing.T) {
	b := newBench(t, smevtest.Config{})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	asker.ask("123456")
	asker.ask("123457")
	asker.ask(smevtest.Number(730))
	asker.send(asker.request([]byte(registryRequest)))
	for b.step() {
		continue
	}
	asker.get(soap.GetResponse{}) // is leased, and waits no more
	for who, want := range map[*system]map[string]int64{
		asker:    {"ASKER.request": 0, "ASKER.response": 2, "ASKER.status": 1},
		provider: {"PROVIDER.request": 1, "PROVIDER.response": 0, "PROVIDER.status": 0},
	} {
		for _, v := range []*soap.Version{soap.V11(), soap.V12()} {
			a := who.at(v).call("GetIncomingQueueStatistics", who.at(v).write(&soap.GetIncomingQueueStatistics{At: start}))
			r, err := soap.ReadGetIncomingQueueStatisticsResponse(a.content(t))
			if err != nil {
				t.Fatal(err)
			}
			got := map[string]int64{}
			for _, q := range r.Queues {
				got[q.Queue] = q.Pending
			}
			if len(got) != len(want) {
				t.Errorf("got %v, want %v", got, want)
			}
			for q, n := range want {
				if got[q] != n {
					t.Errorf("%s: got %d, want %d", q, got[q], n)
				}
			}
		}
	}
}

// The same seed and id give the same delay and the same answer; another seed
// another.
func TestDeterministic(t *testing.T) {
	run := func(seed uint64) (time.Time, string) {
		b := newBench(t, smevtest.Config{Seed: seed})
		asker := b.enroll("ASKER")
		m := asker.request(business("123456"))
		m.Data.MessageID = "7fcd1800-e70b-11f1-8202-030405060708"
		asker.send(m)
		b.step()
		return b.clock.Now(), string(asker.get(soap.GetResponse{}).Provided.Data)
	}
	at, first := run(1)
	if again, same := run(1); again != at || same != first {
		t.Error("one seed, two answers")
	}
	if other, differs := run(2); other == at || differs == first {
		t.Error("two seeds, one answer")
	}
}

// Queues have room for so many messages, those on their way included.
func TestBacklog(t *testing.T) {
	b := newBench(t, smevtest.Config{Backlog: 2})
	asker, provider := b.enroll("ASKER"), b.enroll("PROVIDER")
	if err := b.Serve(registry(), "PROVIDER"); err != nil {
		t.Fatal(err)
	}
	for content, destination := range map[string]string{string(business("123456")): "ASKER.response", registryRequest: "PROVIDER.request"} {
		asker.send(asker.request([]byte(content)))
		asker.send(asker.request([]byte(content)))
		m := asker.request([]byte(content))
		a := asker.call("SendRequest", asker.write(m))
		if got := a.describe(t); got != "DestinationOverflow SMEV-600" || soap.ReadFault(a.content(t)).Destination != destination {
			t.Errorf("got %s %s", got, a.body)
		}
	}
	for b.step() {
		continue
	}
	if !asker.ack(asker.get(soap.GetResponse{}).Data.MessageID, true) {
		t.Fatal("not acknowledged")
	}
	asker.ask("123456")
	if !provider.ack(provider.take().Data.MessageID, true) {
		t.Fatal("not acknowledged")
	}
	asker.send(asker.request([]byte(registryRequest)))
}
