package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/smev/client"
	"github.com/surguch/surguch/smev/internal/soap"
	"github.com/surguch/surguch/smev/smevtest"
	"github.com/surguch/surguch/smev/xmldsig"
)

// letters is a kind of information of no register.
var letters = smev.Kind{Name: "Письма", Namespace: "urn://letters/1.0", Root: "letter", ResponseRoot: "reply"}

func letter(text string) []byte {
	return fmt.Appendf(nil, `<l:letter xmlns:l="%s" Id="LETTER">%s</l:letter>`, letters.Namespace, text)
}

// correspondence is two participants of which the second answers letters.
func correspondence(t *testing.T, version client.Version) (asker, answerer *world) {
	t.Helper()
	asker = newWorld(t)
	if err := asker.server.Serve(letters, "RA0002"); err != nil {
		t.Fatal(err)
	}
	signer, err := asker.server.Enroll("RA0002")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*soap.Version{soap.V11(), soap.V12(), soap.V13()} {
		if v.Name() == string(version) {
			asker.config.URL = strings.Replace(asker.config.URL, soap.V12().Path(), v.Path(), 1)
		}
	}
	asker.config.Version, asker.config.Files = version, client.FTP{Address: asker.server.Files()}
	asker.restart()
	other := *asker
	other.store = client.NewMemory()
	other.config.Store, other.config.Signer = other.store, func() *xmldsig.Signer { return signer }
	other.restart()
	return asker, &other
}

// TestCorrespondence sends a message with files of all sizes, which is
// answered with files of all sizes, in every version.
func TestCorrespondence(t *testing.T) {
	for _, version := range []client.Version{client.V11, client.V12, client.V13} {
		t.Run(string(version), func(t *testing.T) {
			asker, answerer := correspondence(t, version)
			small, large := bytes.Repeat([]byte("a<&>]"), 1000), bytes.Repeat([]byte{0, 255, '\r', '\n'}, 600<<10)
			m := client.Message{Content: letter("вопрос"), Official: asker.signer, Attachments: []client.Attachment{
				{Name: "small.pdf", MediaType: "application/pdf", Data: small, Signature: []byte{0x30, 0}},
				{Name: "large.zip", MediaType: "application/zip", Data: large},
			}}
			id, err := asker.Post(asker.ctx, "letter", m)
			if err != nil {
				t.Fatal(err)
			}
			if again, err := asker.Post(asker.ctx, "letter", m); err != nil || again != id {
				t.Errorf("again: got %s, %v, want %s", again, err, id)
			}
			other := m
			other.Content = letter("иной вопрос")
			var reused *client.KeyError
			if _, err := asker.Post(asker.ctx, "letter", other); !errors.As(err, &reused) {
				t.Errorf("another letter under the key: got %v", err)
			}
			same := func(what string, got []client.Attachment) {
				t.Helper()
				if len(got) != 2 || !bytes.Equal(got[0].Data, small) || !bytes.Equal(got[1].Data, large) || got[0].MediaType != "application/pdf" || !bytes.Equal(got[0].Signature, []byte{0x30, 0}) {
					t.Errorf("%s: got %d files", what, len(got))
				}
			}
			asker.clock.Advance(time.Minute)
			asked := 0
			answer := func(_ context.Context, q *client.Inquiry) (*client.Outcome, error) {
				asked++
				same("the question", q.Attachments)
				if !bytes.Contains(q.Content, []byte("вопрос")) || q.Evidence.Provider != "RA0001" || len(q.Evidence.SenderSigner) == 0 || len(q.Evidence.SMEVSigner) == 0 || q.Evidence.Namespace != letters.Namespace {
					t.Errorf("got %+v", q)
				}
				return &client.Outcome{Message: client.Message{
					Content:     fmt.Appendf(nil, `<l:reply xmlns:l="%s">ответ</l:reply>`, letters.Namespace),
					Attachments: q.Attachments,
				}}, nil
			}
			if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 1 || err != nil {
				t.Fatalf("answered %d, %v", n, err)
			}
			if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 0 || err != nil || asked != 1 {
				t.Errorf("answered %d more, %v; asked %d times", n, err, asked)
			}
			asker.clock.Advance(time.Minute)
			replies, err := asker.Replies(asker.ctx, id)
			if err != nil || len(replies) != 1 || !replies[0].Final() || !bytes.Contains(replies[0].Content, []byte("ответ")) {
				t.Fatalf("got %+v, %v", replies, err)
			}
			same("the answer", replies[0].Attachments)
			if e := replies[0].Evidence; e.OriginalMessageID != id || len(e.SenderSigner) == 0 {
				t.Errorf("evidence: %+v", e)
			}
			if n := asker.server.Queued(); n != 0 {
				t.Errorf("%d messages are left", n)
			}
			for _, key := range []string{"letter"} {
				if err := asker.Forget(asker.ctx, key); err != nil {
					t.Fatal(err)
				}
				if _, err := asker.Replies(asker.ctx, id); !errors.Is(err, smev.ErrUnknown) {
					t.Errorf("after it was forgotten: %v", err)
				}
			}
		})
	}
}

// TestServeAfterCrash: the handler is asked again until its answer is stored,
// and never after that; what was stored is what goes out.
func TestServeAfterCrash(t *testing.T) {
	asker, answerer := correspondence(t, client.V12)
	id, err := asker.Post(asker.ctx, "letter", client.Message{Content: letter("вопрос")})
	if err != nil {
		t.Fatal(err)
	}
	asker.clock.Advance(time.Minute)
	asked := 0
	answer := func(context.Context, *client.Inquiry) (*client.Outcome, error) {
		if asked++; asked == 1 {
			return nil, errBroken
		}
		return &client.Outcome{Rejections: []client.Rejection{{Code: "NO_DATA", Description: "Нет сведений."}}}, nil
	}
	if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 0 || !errors.Is(err, errBroken) {
		t.Fatalf("answered %d, %v", n, err)
	}
	answerer.restart()
	asker.server.Inject("SendResponse", smevtest.DropBefore, smevtest.DropAfter)
	for range 2 {
		if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 0 || !temporary(err) {
			t.Fatalf("answered %d, %v", n, err)
		}
		answerer.restart()
	}
	if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 1 || err != nil || asked != 2 {
		t.Fatalf("answered %d, %v; asked %d times", n, err, asked)
	}
	asker.clock.Advance(time.Minute)
	replies, err := asker.Replies(asker.ctx, id)
	if err != nil || len(replies) != 1 || len(replies[0].Rejections) != 1 || replies[0].Rejections[0].Code != "NO_DATA" || !replies[0].Final() {
		t.Errorf("got %+v, %v", replies, err)
	}
}

// TestFilesNotYetThere: a message whose file cannot be fetched is not
// acknowledged, so it comes again; those behind it are taken.
func TestFilesNotYetThere(t *testing.T) {
	asker, answerer := correspondence(t, client.V12)
	large := make([]byte, 2<<20)
	if _, err := asker.Post(asker.ctx, "large", client.Message{Content: letter("с файлом"), Attachments: []client.Attachment{{MediaType: "application/zip", Data: large}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := asker.Post(asker.ctx, "small", client.Message{Content: letter("без файла")}); err != nil {
		t.Fatal(err)
	}
	asker.clock.Advance(time.Minute)
	files := answerer.config.Files
	answerer.config.Files = client.FTP{Address: "127.0.0.1:1"}
	answerer.restart()
	var seen []string
	answer := func(_ context.Context, q *client.Inquiry) (*client.Outcome, error) {
		seen = append(seen, fmt.Sprintf("%d files", len(q.Attachments)))
		return &client.Outcome{Rejections: []client.Rejection{{"NO_DATA", "Нет."}}}, nil
	}
	var missing *client.FileError
	if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 1 || !errors.As(err, &missing) || !temporary(err) {
		t.Fatalf("answered %d, %v", n, err)
	}
	answerer.config.Files = files
	answerer.restart()
	asker.clock.Advance(15 * time.Minute)
	if n, err := answerer.ServeOnce(answerer.ctx, answer); n != 1 || err != nil || fmt.Sprint(seen) != "[0 files 1 files]" {
		t.Errorf("answered %d, %v; seen %v", n, err, seen)
	}
}

// TestRun: while Run polls, nobody else asks the queue, and a message that was
// sent wakes it.
func TestRun(t *testing.T) {
	w := newWorld(t)
	ctx, cancel := context.WithCancel(w.ctx)
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	id := w.ask("k", smev.CheckPassport, subject())
	for end := time.Now().Add(time.Minute); ; {
		a, err := w.Answer(w.ctx, id)
		if err == nil {
			if a.Outcome != smev.Confirmed {
				t.Errorf("got %s", a.Outcome)
			}
			break
		}
		if !errors.Is(err, smev.ErrPending) || time.Now().After(end) {
			t.Fatal(err)
		}
		w.clock.Advance(30 * time.Second)
	}
	cancel()
	running.Wait()
}

// TestRollover: a message goes out as it was signed, the next one under the
// new key.
func TestRollover(t *testing.T) {
	w := newWorld(t)
	w.server.Inject("SendRequest", smevtest.DropBefore)
	q := smev.Inquiry{Key: "k", Check: smev.CheckPassport, Subject: subject()}
	if _, err := w.Ask(w.ctx, q); !temporary(err) {
		t.Fatal(err)
	}
	before := w.ask("k0", q.Check, q.Subject)
	var err error
	if w.signer, err = w.server.Enroll("RA0001"); err != nil {
		t.Fatal(err)
	}
	prepared, after := w.ask("k", q.Check, q.Subject), w.ask("k2", q.Check, q.Subject)
	if old := w.signedWith(before); !bytes.Equal(w.signedWith(prepared), old) || bytes.Equal(w.signedWith(after), old) {
		t.Error("signed with another key than it has to be")
	}
	for _, id := range []string{before, prepared, after} {
		w.await(id)
	}
}

// signedWith is the certificate a message of ours is signed with.
func (w *world) signedWith(id string) []byte {
	w.t.Helper()
	sent, err := w.store.Get(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	body, err := soap.ReadEnvelope(sent.Envelope)
	if err != nil {
		w.t.Fatal(err)
	}
	_, signed, err := soap.ReadSendRequest(body)
	if err != nil {
		w.t.Fatal(err)
	}
	got, err := xmldsig.Verify(csr.Standard(), signed.Caller.Signature, signed.Caller.Target)
	if err != nil {
		w.t.Fatal(err)
	}
	return got.Certificate.Raw
}

// TestEndOfLife: SMEV itself ends an inquiry whose time is over.
func TestEndOfLife(t *testing.T) {
	w := newWorld(t)
	w.config.Life = time.Hour
	w.restart()
	id := w.ask("k", smev.CheckPassport, of(smev.CheckPassport, 720))
	w.clock.Advance(59 * time.Minute)
	w.pending(id)
	w.clock.Advance(2 * time.Minute)
	if a := w.await(id); a.Outcome != smev.Unavailable {
		t.Errorf("got %s %s", a.Outcome, a.Reason)
	}
}
