package ra_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/surguch/surguch/csr"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/ca/catest"
	"github.com/surguch/surguch/workflow"
)

// withdrawable is personal-link in which the applicant may withdraw while the
// CA works, and in which nobody tells the CA.
func withdrawable(t testing.TB, change func(p *workflow.Process)) *workflow.Process {
	t.Helper()
	known, err := workflow.Lookup("personal-link")
	if err != nil {
		t.Fatal(err)
	}
	p := *known
	p.Version += "-withdrawable"
	p.Steps = append(slices.Clone(known.Steps),
		workflow.Step{From: workflow.Issuing, On: workflow.Cancel, By: workflow.Applicant, To: workflow.Cancelled})
	if change != nil {
		change(&p)
	}
	return &p
}

// TestAnswerAfterCancel: a certificate that comes when the request is
// cancelled is revoked, and so is one that the worker held in his hand at that
// moment; what the CA has not issued is withdrawn.
func TestAnswerAfterCancel(t *testing.T) {
	cancel := func(w *world, id ra.ID) {
		w.must(w.authority.Fire(w.ctx, id, owner, workflow.Cancel))
	}
	for what, c := range map[string]struct {
		faults []catest.Fault
		act    func(w *world, ca *catest.CA) ra.ID
		want   ra.OutcomeState
	}{
		"while the CA works": {[]catest.Fault{catest.Held}, func(w *world, _ *catest.CA) ra.ID {
			id := w.ordered()
			cancel(w, id)
			return id
		}, ra.Unknown},
		"when it never heard of it": {nil, func(w *world, ca *catest.CA) ra.ID {
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, deaf: true} })
			id := w.ordered()
			cancel(w, id)
			return id
		}, ""},
		"when the CA has refused": {[]catest.Fault{catest.Refuse}, func(w *world, ca *catest.CA) ra.ID {
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, mute: true} })
			id := w.ordered()
			cancel(w, id)
			return id
		}, ra.Unknown},
		"when the CA has issued, and nobody was told": {nil, func(w *world, ca *catest.CA) ra.ID {
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, mute: true} })
			id := w.ordered()
			cancel(w, id)
			return id
		}, ra.Revoked},
		"when the CA takes its time to stop": {[]catest.Fault{catest.Held}, func(w *world, ca *catest.CA) ra.ID {
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, slow: 3} })
			id := w.ordered()
			cancel(w, id)
			return id
		}, ra.Unknown},
		"when the CA takes its time to revoke": {[]catest.Fault{catest.Held}, func(w *world, ca *catest.CA) ra.ID {
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, slow: 3} })
			id := w.ordered()
			cancel(w, id)
			ca.Release()
			return id
		}, ra.Revoked},
		"when the CA has issued": {[]catest.Fault{catest.Held}, func(w *world, ca *catest.CA) ra.ID {
			id := w.ordered()
			cancel(w, id)
			ca.Release()
			return id
		}, ra.Revoked},
		"while the answer is on its way": {nil, func(w *world, ca *catest.CA) ra.ID {
			id, phone := w.sent(w.newKey())
			w.reopen(func(c *ra.Config) { c.CA = &during{CA: ca, do: func() { cancel(w, id) }} })
			w.sign(phone)
			return id
		}, ra.Revoked},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t)
			p := withdrawable(t, nil)
			w.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{p} })
			ca := w.failing(catest.Config{Rate: float64(len(c.faults)), Faults: slices.Concat(c.faults, []catest.Fault{})})
			id := c.act(w, ca)
			for range 5 {
				w.pass(2 * time.Minute)
			}
			r := w.inState(id, workflow.Cancelled)
			if c.want == "" {
				if orders, err := ca.Orders(w.ctx); err != nil || len(orders) != 0 {
					t.Errorf("got %d orders, %v, want none", len(orders), err)
				}
				return
			}
			order := w.one(ca)
			if order.Now.State != c.want || len(r.Trouble) != 0 {
				t.Errorf("got %s, trouble %v, want %s", order.Now.State, r.Trouble, c.want)
			}
			refused, _ := w.exhibit(id, ra.RefusedCertificate)
			if c.want == ra.Revoked && !bytes.Equal(refused, order.Certificates[0]) {
				t.Error("the certificate is not in the dossier as one that does not count")
			}
			if certificate, _ := w.exhibit(id, ra.CertificateExhibit); certificate != nil {
				t.Error("the certificate counts")
			}
			tasks, err := w.store.Tasks(w.ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			for _, task := range tasks {
				if task.State != ra.TaskDone {
					t.Errorf("%s is %s", task.Effect, task.State)
				}
			}
		})
	}
}

// TestNoWayOn: in a process without an arrow for it, a certificate that does
// not count, or a refusal, is revoked and in trouble.
func TestNoWayOn(t *testing.T) {
	for _, fault := range []catest.Fault{catest.WrongKey, catest.Refuse} {
		w := newWorld(t)
		p := withdrawable(t, func(p *workflow.Process) {
			p.Steps = slices.DeleteFunc(p.Steps, func(s workflow.Step) bool { return s.On == workflow.Mismatch || s.On == workflow.RefuseByCA })
		})
		w.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{p} })
		ca := w.failing(catest.Config{Rate: 1, Faults: []catest.Fault{fault}})
		id := w.ordered()
		w.pass(time.Minute)
		w.pass(time.Minute)
		r := w.inState(id, workflow.Issuing)
		if len(r.Trouble) != 1 || r.Trouble[0].Effect != workflow.SendToCA {
			t.Errorf("%s: got trouble %v", fault, r.Trouble)
		}
		if order := w.one(ca); fault == catest.WrongKey && order.Now.State != ra.Revoked {
			t.Errorf("got %s, want it revoked", order.Now.State)
		}
	}
}

// TestRevokeLeavesTheNext: a revocation that comes late revokes the
// certificate it was ordered for, and not the one issued since.
func TestRevokeLeavesTheNext(t *testing.T) {
	w := newWorld(t)
	ca := w.failing(catest.Config{})
	down := &during{CA: ca}
	w.reopen(func(c *ra.Config) { c.CA = down })
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	down.fails = true
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Revert))
	w.settle()
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	w.settle()
	w.inState(id, workflow.SigningApplication)
	w.sign(phone)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	down.fails = false
	w.pass(2 * time.Hour)
	orders, err := ca.Orders(w.ctx)
	if err != nil || len(orders) != 2 {
		t.Fatalf("got %d orders, %v, want 2", len(orders), err)
	}
	if orders[0].Now.State != ra.Revoked || orders[1].Now.State != ra.Issued {
		t.Errorf("got %s and %s, want the first revoked and the second issued", orders[0].Now.State, orders[1].Now.State)
	}
}

// TestOldOrder: an order that still waits at the CA when the request comes with
// a new key is withdrawn, and only the new one leads to a certificate.
func TestOldOrder(t *testing.T) {
	w := newWorld(t)
	p := withdrawable(t, func(p *workflow.Process) {
		p.Steps = append(p.Steps, workflow.Step{
			From: workflow.Issuing, On: workflow.Revert, By: workflow.Applicant, To: workflow.KeyGeneration,
			Void: []workflow.Evidence{workflow.RequestVerified, workflow.ApplicationPrinted, workflow.IdentityProofed, workflow.ApplicationAccepted},
		})
	})
	w.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{p} })
	ca := w.failing(catest.Config{Rate: 1, Faults: []catest.Fault{catest.Held}})
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Revert))
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	w.settle()
	w.sign(phone)
	ca.Release()
	for range 5 {
		w.pass(time.Minute)
	}
	r := w.inState(id, workflow.CertificateAck)
	orders, err := ca.Orders(w.ctx)
	if err != nil || len(orders) != 2 {
		t.Fatalf("got %d orders, %v, want 2", len(orders), err)
	}
	h, _ := r.Evidence(workflow.CertificateMatches)
	certificate, err := w.authority.DocumentByHash(w.ctx, r, h.Exhibit)
	if err != nil || orders[1].Now.State != ra.Issued || !bytes.Equal(certificate, orders[1].Now.Certificate) {
		t.Errorf("got %s, %v, want the second order's certificate", orders[1].Now.State, err)
	}
	if s := orders[0].Now.State; s != ra.Unknown && s != ra.Revoked {
		t.Errorf("the first order is %s", s)
	}
}

// TestRoutes: the first route that fits serves a request, and what it was sent
// by it stays with, though the configuration changes.
func TestRoutes(t *testing.T) {
	w := newWorld(t)
	var cas []*catest.CA
	var routes []ra.Route
	for i, fits := range []ra.Route{{Process: "other"}, {Partner: "ООО «Печать»"}, {Process: "personal-link", Partner: ""}} {
		inner, root := w.newCA(fmt.Sprint("route ", i))
		ca := catest.New(catest.Config{CA: inner})
		fits.Name, fits.CA, fits.Issuers = fmt.Sprint("route ", i), ca, []*csr.Certificate{root}
		cas, routes = append(cas, ca), append(routes, fits)
	}
	count := func(ca *catest.CA) int {
		orders, err := ca.Orders(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(orders)
	}
	w.reopen(func(c *ra.Config) { c.Routes = slices.Clone(routes) })
	id, phone := w.sent(w.newKey())
	w.sign(phone)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	if count(cas[2]) != 1 || count(cas[0])+count(cas[1]) != 0 || w.ca.calls != 0 {
		t.Errorf("got orders %d, %d, %d, and %d by default", count(cas[0]), count(cas[1]), count(cas[2]), w.ca.calls)
	}
	h, _ := w.reload(id).Evidence(workflow.CertificateMatches)
	if h.Note == "" || !bytes.Contains([]byte(h.Note), []byte("route 2")) {
		t.Errorf("the journal does not name the CA: %q", h.Note)
	}

	// The route serves another process from now on; the revocation still goes
	// by it.
	routes[2].Process = "other"
	w.reopen(func(c *ra.Config) { c.Routes = slices.Clone(routes) })
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Revert))
	w.settle()
	orders, err := cas[2].Orders(w.ctx)
	if err != nil || orders[0].Now.State != ra.Revoked {
		t.Errorf("got %s, %v, want it revoked by its route", orders[0].Now.State, err)
	}

	// Without the route nobody knows whom to ask: trouble, not another CA.
	routes[2].Process = ""
	w.reopen(func(c *ra.Config) { c.Routes = slices.Clone(routes) })
	w.must(w.authority.SubmitCSR(w.ctx, id, owner, w.request(w.newKey(), w.form)))
	w.settle()
	w.sign(phone)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	w.reopen(func(c *ra.Config) { c.Routes = nil })
	w.must(w.authority.Fire(w.ctx, id, owner, workflow.Revert))
	w.settle()
	r := w.reload(id)
	if len(r.Trouble) != 1 || r.Trouble[0].Effect != workflow.RevokeCertificate {
		t.Errorf("got trouble %v", r.Trouble)
	}
}

// TestPartnersRoute: a partner's requests are those that its people began.
func TestPartnersRoute(t *testing.T) {
	w := newWorld(t)
	inner, root := w.newCA("partner's")
	ca := catest.New(catest.Config{CA: inner})
	w.reopen(func(c *ra.Config) {
		c.Routes = []ra.Route{{Name: "partner's", Partner: "ООО «Печать»", CA: ca, Issuers: []*csr.Certificate{root}}}
	})
	old := operator
	operator.Partner = "ООО «Печать»"
	id, phone := w.sent(w.newKey())
	operator = old
	w.sign(phone)
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	if w.one(ca).Now.State != ra.Issued || w.ca.calls != 0 {
		t.Errorf("got %d orders by default", w.ca.calls)
	}
}

// during is a CA in whose conversation something happens.
type during struct {
	ra.CA
	do    func() // when it has issued, before it answers
	deaf  bool   // it does not get what is submitted
	mute  bool   // it does not answer what is submitted
	fails bool   // to revoke
	slow  int    // times it answers Pending to Revoke
}

var errDown = errors.New("the CA is down")

func (d *during) Submit(ctx context.Context, key string, o ra.Order) (ra.Outcome, error) {
	if d.deaf {
		return ra.Outcome{}, errDown
	}
	out, err := d.CA.Submit(ctx, key, o)
	if d.do != nil {
		d.do()
	}
	if d.mute {
		return ra.Outcome{}, errDown
	}
	return out, err
}

func (d *during) Revoke(ctx context.Context, key string, r ra.Revocation) (ra.Outcome, error) {
	if d.fails {
		return ra.Outcome{}, errDown
	}
	if d.slow--; d.slow >= 0 {
		return ra.Outcome{State: ra.Pending}, nil
	}
	return d.CA.Revoke(ctx, key, r)
}

// TestSuspend puts a certificate on hold and lifts it, as arrows say, also
// when the CA takes its time.
func TestSuspend(t *testing.T) {
	const hold, lift workflow.Event = "hold", "lift"
	w := newWorld(t)
	p := withdrawable(t, func(p *workflow.Process) {
		for event, effect := range map[workflow.Event]workflow.Effect{hold: workflow.SuspendCertificate, lift: workflow.ResumeCertificate} {
			p.Steps = append(p.Steps, workflow.Step{
				From: workflow.CertificateAck, On: event, By: workflow.CAOperator, To: workflow.CertificateAck, Do: []workflow.Effect{effect},
			})
		}
	})
	w.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{p} })
	ca := w.failing(catest.Config{})
	slow := &during{CA: ca}
	w.reopen(func(c *ra.Config) { c.CA = slow })
	id := w.ordered()
	w.pass(time.Minute)
	w.inState(id, workflow.CertificateAck)
	strong := operator
	strong.SecondFactor = true
	for _, c := range []struct {
		event workflow.Event
		slow  int
		want  ra.OutcomeState
	}{{lift, 0, ra.Issued}, {hold, 0, ra.Suspended}, {hold, 0, ra.Suspended}, {lift, 2, ra.Issued}, {hold, 2, ra.Suspended}} {
		slow.slow = c.slow
		w.must(w.authority.Fire(w.ctx, id, strong, c.event))
		for range 3 {
			w.pass(2 * time.Minute)
		}
		if order := w.one(ca); order.Now.State != c.want {
			t.Errorf("%s: got %s, want %s", c.event, order.Now.State, c.want)
		}
	}
	if _, note := w.exhibit(id, ra.RevocationExhibit); note == "" {
		t.Error("the dossier does not say what became of the certificate")
	}
	if r := w.reload(id); len(r.Trouble) > 0 {
		t.Errorf("got trouble %v", r.Trouble)
	}
}

// TestNewRefusesRoutes: routes are told apart by their names, and lead
// somewhere.
func TestNewRefusesRoutes(t *testing.T) {
	w := newWorld(t)
	good := ra.Route{Name: "one", CA: w.ca, Issuers: w.config.Issuers}
	for what, routes := range map[string][]ra.Route{
		"no name":    {{CA: good.CA, Issuers: good.Issuers}},
		"one name":   {good, good},
		"no CA":      {{Name: "one", Issuers: good.Issuers}},
		"no issuers": {{Name: "one", CA: good.CA}},
	} {
		config := w.config
		config.Routes = routes
		if _, err := ra.New(config); err == nil {
			t.Errorf("%s: got no error", what)
		}
	}
}
