package client_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
)

// An acknowledgement that is lost, on either way, brings the same message
// again after the lease; it is recognised and acknowledged, nothing more.
func TestRedelivery(t *testing.T) {
	for name, c := range map[string]struct {
		trouble smevtest.Trouble
		left    int // messages of the queue while the acknowledgement is lost
	}{"lost": {smevtest.DropBefore, 1}, "reply lost": {smevtest.DropAfter, 0}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.ask("k", smev.CheckPassport, subject())
			other := w.ask("k2", smev.CheckPassport, of(smev.CheckPassport, 720))
			w.step()
			w.server.Inject("Ack", c.trouble)
			first, err := w.Answer(w.ctx, id)
			if err != nil {
				t.Fatalf("the answer is kept, so it counts: %v", err)
			}
			if n := w.server.Queued(); n != c.left {
				t.Fatalf("%d messages are left, want %d", n, c.left)
			}
			w.pending(other) // leased, so not delivered
			w.clock.Advance(15 * time.Minute)
			w.restart()
			w.pending(other) // delivered again and acknowledged on the way
			if n := w.server.Queued(); n != 0 {
				t.Errorf("%d messages are left", n)
			}
			again, err := w.Answer(w.ctx, id)
			if err != nil || string(again.Evidence.Envelope) != string(first.Evidence.Envelope) {
				t.Errorf("the evidence changed: %v", err)
			}
			if kept, _ := w.store.Answers(w.ctx, id); len(kept) != 1 {
				t.Errorf("kept %d times", len(kept))
			}
		})
	}
}

// An acknowledgement that fails while another answer is awaited is an error of
// that call, and the message is not lost.
func TestAckFails(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckPassport, subject())
	other := w.ask("k2", smev.CheckPassport, of(smev.CheckPassport, 720))
	w.step()
	w.server.Inject("Ack", smevtest.Failure)
	_, err := w.Answer(w.ctx, other)
	var f *client.FaultError
	if !errors.As(err, &f) || f.Name != "SMEVFailure" || f.Operation != "Ack" || !f.Temporary() {
		t.Fatalf("got %v", err)
	}
	if a, err := w.Answer(w.ctx, id); err != nil || a.Outcome != smev.Confirmed {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestGetFails(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	w.server.Inject("GetResponse", smevtest.Busy, smevtest.DropBefore, smevtest.DropAfter)
	for range 3 {
		_, err := w.Answer(w.ctx, id)
		var e *client.TransportError
		if !errors.As(err, &e) || e.Operation != "GetResponse" || !e.Temporary() {
			t.Fatalf("got %v", err)
		}
	}
	w.pending(id) // the last of them was delivered into nowhere and is leased
	w.clock.Advance(15 * time.Minute)
	if a := w.await(id); a.Outcome != smev.Confirmed {
		t.Errorf("got %s", a.Outcome)
	}
}

// A crash between keeping a message and acknowledging it loses nothing: a
// store that fails before it keeps prevents the acknowledgement.
func TestKeptBeforeAcknowledged(t *testing.T) {
	w := newWorld(t)
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	broken := &failing{Store: w.store}
	w.config.Store = broken
	w.restart()
	if _, err := w.Answer(w.ctx, id); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	if w.server.Queued() != 1 {
		t.Fatal("acknowledged without being kept")
	}
	w.config.Store = w.store
	w.restart()
	w.clock.Advance(15 * time.Minute)
	if a := w.await(id); a.Outcome != smev.Confirmed {
		t.Errorf("got %s", a.Outcome)
	}
}

var errBroken = errors.New("broken")

type failing struct{ client.Store }

func (*failing) Keep(context.Context, client.Received) error { return errBroken }

// An inquiry is in the store before the network sees it.
func TestKeptBeforeSent(t *testing.T) {
	w := newWorld(t)
	w.config.Store = unwritable{w.store}
	w.restart()
	if _, err := w.Ask(w.ctx, smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}); !errors.Is(err, errBroken) {
		t.Fatalf("got %v", err)
	}
	if w.server.Filed() != 0 {
		t.Error("sent without being kept")
	}
}

type unwritable struct{ client.Store }

func (unwritable) Put(context.Context, client.Sent, string) (client.Sent, error) {
	return client.Sent{}, errBroken
}

func TestDuplicateAnswer(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.Twice)
	id := w.ask("k", smev.CheckPassport, of(smev.CheckPassport, 602))
	first := w.await(id)
	late := w.ask("k2", smev.CheckPassport, subject())
	w.await(late)
	if kept, _ := w.store.Answers(w.ctx, id); len(kept) != 2 {
		t.Fatalf("kept %d answers, want both", len(kept))
	}
	if a, err := w.Answer(w.ctx, id); err != nil || a.Evidence.MessageID != first.Evidence.MessageID {
		t.Errorf("the answer changed: %v", err)
	}
	if n := w.server.Queued(); n != 0 {
		t.Errorf("%d messages are left", n)
	}
}

func TestStray(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.ForeignID)
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	w.pending(id)
	strays, err := w.Strays(w.ctx)
	if err != nil || len(strays) != 1 || strays[0].OriginalMessageID == id || len(strays[0].Envelope) == 0 {
		t.Fatalf("got %d strays, %v", len(strays), err)
	}
	if n := w.server.Queued(); n != 0 {
		t.Errorf("%d messages are left", n)
	}
}

func TestMismatch(t *testing.T) {
	for check, fields := range map[smev.Check][]string{
		smev.CheckPassport: {"ownerLastName", "passportNumber"}, smev.CheckINN: {"INNFL"},
	} {
		w := newWorld(t)
		w.server.Inject("SendRequest", smevtest.SwappedEcho)
		id := w.ask("k", check, of(check, 601))
		w.step()
		for range 2 { // the refusal stands at every look
			a, err := w.Answer(w.ctx, id)
			var m *smev.MismatchError
			if a != nil || !errors.As(err, &m) || m.ID != id || !slices.Equal(m.Fields, fields) {
				t.Errorf("%s: got %+v, %v", check, a, err)
			}
		}
		if n := w.server.Queued(); n != 0 {
			t.Errorf("%s: %d messages are left", check, n)
		}
	}
}

// content is the business document of the answer to an inquiry.
func (w *world) content(check smev.Check, s smev.Subject) []byte {
	w.t.Helper()
	body, err := soap.ReadEnvelope(w.await(w.ask("base", check, s)).Evidence.Envelope)
	if err != nil {
		w.t.Fatal(err)
	}
	m, _, err := soap.ReadGetResponseResponse(body)
	if err != nil {
		w.t.Fatal(err)
	}
	return m.Response.Data.Content
}

// register answers every request with the same documents.
type register [][]byte

func (r register) Handle(context.Context, smevtest.Request) (replies []smevtest.Reply, err error) {
	for i, content := range r {
		replies = append(replies, smevtest.Reply{After: time.Duration(i+1) * time.Minute, Content: content})
	}
	return replies, nil
}

// answer has a register answer all inquiries of a kind with these documents.
func (w *world) answer(kind smev.Kind, contents ...[]byte) {
	w.t.Helper()
	if err := w.server.Provide(kind, register(contents)); err != nil {
		w.t.Fatal(err)
	}
}

func TestAnswerOfAnotherKind(t *testing.T) {
	w := newWorld(t)
	w.answer(smev.SNILSValidation101(), w.content(smev.CheckPassport, subject()))
	id := w.ask("k", smev.CheckSNILS, subject())
	w.step()
	_, err := w.Answer(w.ctx, id)
	var m *smev.MismatchError
	if !errors.As(err, &m) || !slices.Equal(m.Fields, []string{"MessagePrimaryContent"}) {
		t.Errorf("got %v", err)
	}
}

// A document that does not fit its schema is for a person to read; it is
// neither an error for ever nor a refusal.
func TestUnreadableAnswer(t *testing.T) {
	w := newWorld(t)
	content := w.content(smev.CheckPassport, subject())
	w.answer(smev.PassportP002(), bytes.ReplaceAll(content, []byte("docStatus>"), []byte("status>")))
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	a, err := w.Answer(w.ctx, id)
	if err != nil || a.Outcome != smev.Inconclusive || a.Reason != "answer_unreadable" || len(a.Evidence.Envelope) == 0 {
		t.Errorf("got %+v, %v", a, err)
	}
}

// A right answer outweighs a wrong one that came before it.
func TestMismatchThenMatch(t *testing.T) {
	w := newWorld(t)
	content := w.content(smev.CheckPassport, subject())
	number := []byte(subject().Passport.Number)
	w.answer(smev.PassportP002(), bytes.ReplaceAll(content, number, []byte("000001")), content)
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	var m *smev.MismatchError
	if _, err := w.Answer(w.ctx, id); !errors.As(err, &m) {
		t.Errorf("got %v", err)
	}
	w.step()
	if a := w.await(id); a.Outcome != smev.Confirmed {
		t.Errorf("got %s", a.Outcome)
	}
}

// A business document of somebody whom nobody trusts is for a person to look
// at, though SMEV has delivered it.
func TestSenderNotTrusted(t *testing.T) {
	w := newWorld(t)
	other, err := smevtest.NewServer(smevtest.Config{Clock: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	w.config.Participants = []*csr.Certificate{other.Root()}
	w.restart()
	a := w.await(w.ask("k", smev.CheckPassport, subject()))
	if a.Outcome != smev.Inconclusive || a.Reason != "answer_signature" || len(a.Evidence.Envelope) == 0 {
		t.Errorf("got %+v", a)
	}
	if n := w.server.Queued(); n != 0 {
		t.Errorf("%d messages are left", n)
	}
}

// What SMEV has not signed, or signed otherwise, is acknowledged as refused
// and kept aside; it is neither an answer nor in the way of one.
func TestTampered(t *testing.T) {
	for trouble, reason := range map[smevtest.Trouble]string{
		smevtest.BadSignature: "value", smevtest.SwappedBody: "digest", smevtest.WrappedBody: "target", smevtest.ExpiredCertificate: "untrusted",
	} {
		t.Run(trouble.String(), func(t *testing.T) {
			w := newWorld(t)
			id := w.ask("k", smev.CheckPassport, subject())
			w.step()
			w.server.Inject("GetResponse", trouble)
			a, err := w.Answer(w.ctx, id)
			if !errors.Is(err, smev.ErrPending) {
				t.Fatalf("got %+v, %v", a, err)
			}
			strays, err := w.Strays(w.ctx)
			if err != nil || len(strays) != 1 || strays[0].Distrust != reason {
				t.Fatalf("got %+v, %v, want one distrusted for its %s", strays, err, reason)
			}
			if n := w.server.Queued(); n != 0 {
				t.Errorf("%d messages are left", n)
			}
		})
	}
}

// A receipt that SMEV has not signed proves nothing; the message goes out
// again, and is there already.
func TestTamperedReceipt(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.BadSignature)
	q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
	_, err := w.Ask(w.ctx, q)
	var e *client.SignatureError
	if !errors.As(err, &e) || e.Reason != "value" || e.Signer != "SMEV" || !temporary(err) {
		t.Fatalf("got %v", err)
	}
	if a := w.await(w.ask("k", q.Check, q.Subject)); a.Outcome != smev.Confirmed || w.server.Filed() != 1 {
		t.Errorf("got %s, %d filed", a.Outcome, w.server.Filed())
	}
}

// Many inquiries share one queue and one client; each gets its own answer.
func TestConcurrentInquiries(t *testing.T) {
	w := newWorld(t)
	type job struct {
		check    smev.Check
		scenario int
		want     smev.Outcome
		id       string
	}
	var jobs []*job
	for _, check := range []smev.Check{smev.CheckPassport, smev.CheckSNILS, smev.CheckINN} {
		for scenario, want := range map[int]smev.Outcome{0: smev.Confirmed, 605: smev.Refuted, 700: smev.NotFound, 710: smev.Confirmed} {
			jobs = append(jobs, &job{check, scenario, want, ""})
		}
	}
	var wg sync.WaitGroup
	for i, j := range jobs {
		wg.Go(func() {
			var err error
			if j.id, err = w.Ask(w.ctx, smev.Inquiry{Key: string(rune('a' + i)), Check: j.check, Subject: of(j.check, j.scenario)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for w.step() {
		continue
	}
	for _, j := range jobs {
		wg.Go(func() {
			if a, err := w.Answer(w.ctx, j.id); err != nil || a.Outcome != j.want || a.Check != j.check {
				t.Errorf("%s %d: got %+v, %v, want %s", j.check, j.scenario, a, err, j.want)
			}
		})
	}
	wg.Wait()
	if n := w.server.Queued(); n != 0 {
		t.Errorf("%d messages are left", n)
	}
}

// Two nodes under one mnemonic have a queue each.
func TestNodes(t *testing.T) {
	w := newWorld(t)
	w.config.Node = "north"
	w.restart()
	id := w.ask("k", smev.CheckPassport, subject())
	w.step()
	north := w.Client
	w.config.Node, w.config.Store = "south", w.store
	w.restart()
	w.pending(id)
	if a, err := north.Answer(w.ctx, id); err != nil || a.Outcome != smev.Confirmed {
		t.Errorf("got %+v, %v", a, err)
	}
}
