package ra_test

import (
	"bytes"
	"context"
	"crypto"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/csr/cms"
	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/ra/ca/local"
	"github.com/surguch/surguch/workflow"
)

// failing puts a CA that fails on purpose before the one that issues.
func (w *world) failing(c catest.Config) *catest.CA {
	w.t.Helper()
	c.CA, c.Algorithms = w.ca.CA, w.as
	c.Hanging = func() { w.clock.Advance(time.Minute) }
	c.NewKey = func() (crypto.Signer, error) { return w.newKey(), nil }
	bad := catest.New(c)
	w.reopen(func(r *ra.Config) { r.CA = bad })
	return bad
}

// ordered goes on until the order is with the CA.
func (w *world) ordered() ra.ID {
	w.t.Helper()
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	return id
}

// exhibit returns the document of a kind, and its note; nil if there is none.
func (w *world) exhibit(id ra.ID, kind string) ([]byte, string) {
	w.t.Helper()
	r := w.reload(id)
	e, ok := r.Exhibit(kind)
	if !ok {
		return nil, ""
	}
	data, err := w.authority.Document(w.ctx, r, kind)
	if err != nil {
		w.t.Fatal(err)
	}
	return data, e.Note
}

// fired reports whether an event ever led the request anywhere.
func (w *world) fired(id ra.ID, event workflow.Event) bool {
	w.t.Helper()
	entries, err := w.authority.History(w.ctx, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return slices.ContainsFunc(entries, func(e ra.Entry) bool { return e.Event == event })
}

// one is the only order that a failing CA got.
func (w *world) one(ca *catest.CA) catest.Order {
	w.t.Helper()
	orders, err := ca.Orders(w.ctx)
	if err != nil || len(orders) != 1 {
		w.t.Fatalf("got %d orders, %v, want 1", len(orders), err)
	}
	return orders[0]
}

// TestAnotherCertificate: what the CA issued to another key or subject never
// counts. It joins the dossier as what it is, the request goes to a human, and
// the certificate is revoked.
func TestAnotherCertificate(t *testing.T) {
	for fault, want := range map[catest.Fault]string{catest.WrongKey: "public key", catest.OtherSubject: "subject"} {
		t.Run(string(fault), func(t *testing.T) {
			w := newWorld(t)
			ca := w.failing(catest.Config{Rate: 1, Faults: []catest.Fault{fault}})
			id := w.ordered()
			w.pass(time.Minute)
			r := w.inState(id, workflow.ManualCheck)
			if _, held := r.Evidence(workflow.CertificateMatches); held || !w.fired(id, workflow.Mismatch) {
				t.Errorf("the certificate counts: %v; mismatch: %v", held, w.fired(id, workflow.Mismatch))
			}
			order := w.one(ca)
			refused, note := w.exhibit(id, ra.RefusedCertificate)
			if len(order.Certificates) != 1 || !bytes.Equal(refused, order.Certificates[0]) || !strings.Contains(note, want) {
				t.Errorf("got %d certificates, in the dossier one of %d octets: %q", len(order.Certificates), len(refused), note)
			}
			if certificate, _ := w.exhibit(id, ra.CertificateExhibit); certificate != nil {
				t.Error("the dossier has a certificate")
			}
			if order.Now.State != ra.Revoked || len(r.Trouble) != 0 {
				t.Errorf("got %s, trouble %v, want it revoked", order.Now.State, r.Trouble)
			}
			if _, note := w.exhibit(id, ra.RevocationExhibit); note == "" {
				t.Error("the dossier does not say that it is revoked")
			}
			w.logIsClean()
		})
	}
}

// TestAnotherIssuer: a certificate from elsewhere does not count either, and
// if the CA knows nothing of it, that is an operator's trouble.
func TestAnotherIssuer(t *testing.T) {
	w := newWorld(t)
	stranger, _ := w.newCA("issuing")
	w.ca.submit = stranger.Submit
	id := w.ordered()
	w.pass(time.Minute)
	r := w.inState(id, workflow.ManualCheck)
	if _, note := w.exhibit(id, ra.RefusedCertificate); !strings.Contains(note, "issuer") {
		t.Errorf("got the note %q", note)
	}
	if len(r.Trouble) != 1 || r.Trouble[0].Effect != workflow.SendToCA || !strings.Contains(r.Trouble[0].Error, "not revoked") {
		t.Errorf("got trouble %v", r.Trouble)
	}
}

// TestRouteLint refuses a certificate that is not of the form, where the route
// asks for that.
func TestRouteLint(t *testing.T) {
	for _, c := range []struct{ placed, lint bool }{{false, false}, {false, true}, {true, true}} {
		w := newWorld(t)
		key := w.newKey()
		attributes := []csr.Attribute{csr.NewAttribute(csr.CommonName, "УЦ")}
		if c.placed {
			attributes = append(attributes, csr.NewAttribute(csr.Locality, "Москва"))
		}
		name, err := csr.NewName(attributes...)
		if err != nil {
			t.Fatal(err)
		}
		root, err := local.NewRoot(w.as, key, name, w.clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		ca, err := local.New(local.Config{
			Algorithms: w.as, Key: key, Certificate: root, SubjectTool: "tool", Clock: w.clock, Accept: []string{"issuer-place"},
			IssuerTool: qualified.IssuerSignTool{SignTool: "tool", CATool: "tool", SignToolCert: "none", CAToolCert: "none"},
		})
		if err != nil {
			t.Fatal(err)
		}
		w.reopen(func(config *ra.Config) {
			config.Routes = []ra.Route{{Name: "placeless", CA: ca, Issuers: []*csr.Certificate{root}, Lint: c.lint}}
		})
		id := w.ordered()
		w.pass(time.Minute)
		_, note := w.exhibit(id, ra.RefusedCertificate)
		want := c.lint && !c.placed
		if refused := strings.Contains(note, "issuer-place"); refused != want || w.fired(id, workflow.Mismatch) != want {
			t.Errorf("%+v: got %q", c, note)
		}
	}
}

// TestRefusal: the CA's code and reason join the dossier and a human decides.
func TestRefusal(t *testing.T) {
	w := newWorld(t)
	w.failing(catest.Config{Rate: 1, Faults: []catest.Fault{catest.Refuse}})
	id := w.ordered()
	r := w.inState(id, workflow.ManualCheck)
	text, note := w.exhibit(id, ra.RefusalExhibit)
	if !strings.Contains(string(text), "catest") || note != "отказано для проверки" || len(r.Trouble) > 0 {
		t.Errorf("got %q, %q, trouble %v", text, note, r.Trouble)
	}
	if !w.fired(id, workflow.RefuseByCA) {
		t.Error("refuse_by_ca was not fired")
	}
}

// TestPending asks again when the CA says, and no later than in a day.
func TestPending(t *testing.T) {
	for _, c := range []struct{ says, before, after time.Duration }{
		{0, 30 * time.Second, 31 * time.Second},
		{time.Hour, 59 * time.Minute, 2 * time.Minute},
		{1000 * time.Hour, 24*time.Hour - 2*time.Minute, 3 * time.Minute},
	} {
		w := newWorld(t)
		asked := 0
		pending := &answering{CA: w.ca.CA}
		pending.submit = func() ra.Outcome {
			asked++
			o := ra.Outcome{State: ra.Pending}
			if c.says > 0 {
				o.RetryAt = w.clock.Now().Add(c.says)
			}
			return o
		}
		pending.find = pending.submit
		w.reopen(func(c *ra.Config) { c.CA = pending })
		id := w.ordered()
		first := asked
		w.pass(c.before)
		early := asked
		w.pass(c.after)
		if first == 0 || asked != early+1 {
			t.Errorf("%v: asked %d times at first, %d too early, %d in time", c.says, first, early, asked)
		}
		w.inState(id, workflow.Issuing)
	}
}

// answering answers as told, and else as the CA behind it.
type answering struct {
	ra.CA
	submit, find func() ra.Outcome
	answer       func(a ra.Answer)
}

func (a *answering) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	if a.submit != nil {
		return a.submit(), nil
	}
	return a.CA.Submit(ctx, key, o)
}

func (a *answering) Find(ctx context.Context, key string) (ra.Outcome, error) {
	if a.find != nil {
		return a.find(), nil
	}
	return a.CA.Find(ctx, key)
}

func (a *answering) Answer(ctx context.Context, key string, answer ra.Answer) (ra.Outcome, error) {
	if a.answer != nil {
		a.answer(answer)
	}
	return a.CA.Answer(ctx, key, answer)
}

// TestCAWantsSignature: what the CA wants signed joins the dossier, an
// operator is told, and with the owner's signature the order goes on. A
// signature by another, or of something else, is not handed over.
func TestCAWantsSignature(t *testing.T) {
	w := newWorld(t)
	document := []byte("заявление по форме удостоверяющего центра")
	ca := &answering{CA: w.ca.CA}
	needs := func() ra.Outcome {
		return ra.Outcome{State: ra.NeedsSignature, Document: document, Media: "application/pdf", Reason: "по форме УЦ"}
	}
	var got []byte
	ca.submit, ca.find = needs, needs
	ca.answer = func(a ra.Answer) { got, ca.submit, ca.find = a.Signature, nil, nil }
	w.reopen(func(c *ra.Config) { c.CA = ca })
	id := w.ordered()
	w.pass(time.Minute)
	r := w.inState(id, workflow.Issuing)
	if len(r.Trouble) != 1 || !strings.Contains(r.Trouble[0].Error, "signed by the owner") {
		t.Fatalf("got trouble %v", r.Trouble)
	}
	if data, note := w.exhibit(id, ra.RequestedExhibit); !bytes.Equal(data, document) || note != "по форме УЦ" {
		t.Errorf("got %q, %q", data, note)
	}

	key, cert := w.ownersKey()
	sign := func(content []byte) []byte {
		signature, err := cms.Sign(w.as, key, cert, cms.Options{Detached: true, At: w.clock.Now()}, content)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	for what, c := range map[string]struct {
		by     ra.Actor
		answer ra.Answer
		note   string
	}{
		"not an operator":   {owner, ra.Answer{}, "нашли"},
		"no note":           {operator, ra.Answer{}, ""},
		"another signature": {operator, ra.Answer{Signature: sign([]byte("другое"))}, "нашли"},
		"no signature":      {operator, ra.Answer{Signature: []byte("подпись")}, "нашли"},
	} {
		if _, err := w.authority.AnswerCA(w.ctx, id, c.by, c.answer, c.note); err == nil || got != nil {
			t.Errorf("%s: got %v, want an error", what, err)
		}
	}
	good := sign(document)
	w.must(w.authority.AnswerCA(w.ctx, id, operator, ra.Answer{Signature: good}, "владелец подписал в отделении"))
	if !bytes.Equal(got, good) {
		t.Error("the CA got another signature")
	}
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	if _, err := w.authority.AnswerCA(w.ctx, id, operator, ra.Answer{}, "ещё раз"); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("nothing was asked: got %v, want ErrNotFound", err)
	}
}

// ownersKey is a key and a qualified certificate of the owner, issued behind
// the phone.
func (w *world) ownersKey() (crypto.Signer, *csr.Certificate) {
	w.t.Helper()
	behind, root := w.newCA("office")
	w.reopen(func(c *ra.Config) { c.SignerAnchors = append(c.SignerAnchors, root) })
	key := w.newKey()
	parsed, err := w.as.Parse(w.request(key, w.form))
	if err != nil {
		w.t.Fatal(err)
	}
	out, err := behind.Submit(w.ctx, "owner", ra.Order{Request: parsed})
	if err != nil {
		w.t.Fatal(err)
	}
	cert, err := w.as.ParseCertificate(out.Certificate)
	if err != nil {
		w.t.Fatal(err)
	}
	return key, cert
}

// TestCAWantsCorrections tells the operator which.
func TestCAWantsCorrections(t *testing.T) {
	w := newWorld(t)
	needs := func() ra.Outcome {
		return ra.Outcome{State: ra.NeedsCorrection, Fields: []string{"birthPlace"}, Documents: []string{"passport"}, Reason: "скан нечитаем"}
	}
	ca := &answering{CA: w.ca.CA, submit: needs, find: needs}
	w.reopen(func(c *ra.Config) { c.CA = ca })
	id := w.ordered()
	w.pass(time.Minute)
	r := w.inState(id, workflow.Issuing)
	if len(r.Trouble) != 1 || !strings.Contains(r.Trouble[0].Error, "fields birthPlace; documents passport") {
		t.Errorf("got trouble %v", r.Trouble)
	}
	if text, note := w.exhibit(id, ra.RequestedExhibit); !strings.Contains(string(text), "birthPlace") || note != "скан нечитаем" {
		t.Errorf("got %q, %q", text, note)
	}
}

// TestEndedByCA: a certificate that the CA ended or suspended before it was
// handed over is not handed over.
func TestEndedByCA(t *testing.T) {
	for state, want := range map[ra.OutcomeState]workflow.State{ra.Revoked: workflow.ManualCheck, ra.Suspended: workflow.Issuing} {
		w := newWorld(t)
		out := func() ra.Outcome { return ra.Outcome{State: state, Certificate: []byte("сертификат")} }
		ca := &answering{CA: w.ca.CA, submit: out, find: out}
		w.reopen(func(c *ra.Config) { c.CA = ca })
		id := w.ordered()
		r := w.inState(id, want)
		if trouble := len(r.Trouble) == 1; trouble != (state == ra.Suspended) {
			t.Errorf("%s: got trouble %v", state, r.Trouble)
		}
	}
}

// TestSlowCA issues while the clock goes on: the certificate begins after the
// attempt did, and counts all the same.
func TestSlowCA(t *testing.T) {
	w := newWorld(t)
	id, phone := w.sent(w.newKey())
	w.ca.submit = func(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
		w.clock.Advance(2 * time.Second)
		return w.ca.CA.Submit(ctx, key, o)
	}
	w.sign(phone)
	w.inState(id, workflow.CertificateAck)
}
