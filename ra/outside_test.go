package ra_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// TestPaidTwice: the callback that comes again, and the one that comes when
// all is over, change nothing and are no error.
func TestPaidTwice(t *testing.T) {
	o := newOffice(t)
	id := o.pending()
	paid := func(note string) int64 {
		t.Helper()
		return o.must(o.authority.Attest(o.ctx, id, bank, workflow.PaymentSettled, note)).Version
	}
	first := paid("платёж 1")
	if again := paid("платёж 1"); again != first {
		t.Errorf("got version %d after the same payment, want %d", again, first)
	}
	if second := paid("платёж 2"); second != first+1 {
		t.Errorf("got version %d after another payment, want it recorded: %d", second, first+1)
	}
	o.fire(id, customer, workflow.Cancel, workflow.Cancelled)
	end := o.reload(id).Version
	if after := paid("платёж 3"); after != end {
		t.Errorf("got version %d after the end, want %d", after, end)
	}
	if _, err := o.authority.Attest(o.ctx, id, inspector, workflow.PaymentSettled, "платёж 3"); !isDenied(err) {
		t.Errorf("a person attests a payment after the end: got %v, want it denied", err)
	}
}

// TestContract: a process of an embedder waits for a contract.
func TestContract(t *testing.T) {
	o := newOffice(t)
	p := *o.config.Processes[0]
	p.Name = "contracted"
	p.Steps = append([]workflow.Step{}, p.Steps...)
	for i, s := range p.Steps {
		if s.On == workflow.Endorse {
			p.Steps[i].Needs = append(append([]workflow.Evidence{}, s.Needs...), ra.ContractSigned)
		}
	}
	p.Clauses = nil
	o.reopen(func(c *ra.Config) { c.Processes = []*workflow.Process{&p} })
	id := o.must(o.authority.Begin(o.ctx, customer, "contracted", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	o.must(o.authority.Fill(o.ctx, id, customer, o.form))
	o.fire(id, customer, workflow.Submit, workflow.DocumentsPending)
	o.attach(id, customer, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, customer, workflow.SubmitDocuments, workflow.AgentReview)
	var closed *workflow.RefusedError
	if _, err := o.authority.Fire(o.ctx, id, agent, workflow.Endorse); !errors.As(err, &closed) || len(closed.Missing) != 1 || closed.Missing[0] != ra.ContractSigned {
		t.Fatalf("got %v, want the contract missing", err)
	}
	first := o.must(o.authority.Attest(o.ctx, id, bank, ra.ContractSigned, "договор 5")).Version
	if again := o.must(o.authority.Attest(o.ctx, id, bank, ra.ContractSigned, "договор 5")).Version; again != first {
		t.Errorf("got version %d after the same contract, want %d", again, first)
	}
	o.fire(id, agent, workflow.Endorse, workflow.ReadyForReview)
}

// TestForwardOriginals: one register for the parcel, kept in every dossier.
func TestForwardOriginals(t *testing.T) {
	o := newOffice(t)
	p := o.config.Processes[0]
	var ids []ra.ID
	for range 3 {
		ids = append(ids, o.plant(o.store, plan{process: p, state: workflow.OriginalsPending, partner: agent.Partner}))
		o.clock.Advance(time.Second)
	}
	elsewhere := o.plant(o.store, plan{process: p, state: workflow.Draft, partner: agent.Partner})
	foreign := o.plant(o.store, plan{process: p, state: workflow.OriginalsPending, partner: stranger.Partner})
	for what, c := range map[string]struct {
		ids  []ra.ID
		fits func(error) bool
	}{
		"one is elsewhere": {[]ra.ID{ids[0], elsewhere}, isDenied},
		"one is another's": {[]ra.ID{ids[0], foreign}, func(err error) bool { return errors.Is(err, ra.ErrNotFound) }},
		"none":             {nil, func(err error) bool { return err != nil }},
	} {
		if _, err := o.authority.ForwardOriginals(o.ctx, agent, c.ids, "почта"); !c.fits(err) {
			t.Errorf("%s: got %v", what, err)
		}
		if _, sent := o.reload(ids[0]).Evidence(workflow.OriginalsDispatched); sent {
			t.Errorf("%s: something was recorded", what)
		}
	}
	for range 2 { // it is no harm to do it again
		register, err := o.authority.ForwardOriginals(o.ctx, agent, []ra.ID{ids[1], ids[0], ids[1]}, "почта, 17")
		if err != nil || !strings.HasPrefix(string(register), string(ra.OriginalsRegister)+" of "+string(ids[0])) {
			t.Fatalf("got %q, %v, want the register", register, err)
		}
		for _, id := range ids[:2] {
			h, sent := o.reload(id).Evidence(workflow.OriginalsDispatched)
			if kept, _ := o.exhibit(id, string(ra.OriginalsRegister)); !sent || string(kept) != string(register) || h.By.ID != agent.ID {
				t.Errorf("%s: got %+v and %q, want them sent with the register", id, h, kept)
			}
		}
	}
	if _, sent := o.reload(ids[2]).Evidence(workflow.OriginalsDispatched); sent {
		t.Error("what was not in the parcel is sent")
	}
}

// TestOriginalsThatDoNotCome: the agent is reminded, then the authority told,
// then the certificate held; and in force again when they come after all.
func TestOriginalsThatDoNotCome(t *testing.T) {
	o := newOffice(t)
	id := o.identified()
	o.fire(id, agent, workflow.PrepareMarker, workflow.MarkerReady)
	o.marker(id)
	o.attest(id, agent, workflow.DeliveryAgent)
	o.fire(id, agent, workflow.KeepMarker, workflow.AgentKeyGeneration)
	_, by := o.enter(o.marker(id), secret)
	key := o.newKey()
	certificate := o.keys(id, by, key)
	if err := o.acknowledge(id, by, key, certificate); err != nil {
		t.Fatal(err)
	}
	o.must(o.authority.ConfirmInstalled(o.ctx, id, by, certificate))
	o.attest(id, agent, workflow.StampNumber, workflow.MediumHandedOver)
	o.fire(id, agent, workflow.HandOver, workflow.OriginalsPending)
	told := func(role workflow.Role, effect workflow.Effect) (n int) {
		for _, x := range o.mail.notices {
			if x.To == role && x.Effect == effect {
				n++
			}
		}
		return n
	}
	agents, operators := told(workflow.Agent, workflow.NotifyAgent), told(workflow.CAOperator, workflow.NotifyOperator)
	r := o.reload(id)
	o.pass(r.Deadline.Sub(o.clock.Now()) - 23*time.Hour)
	if got := told(workflow.Agent, workflow.NotifyAgent); got != agents+1 {
		t.Errorf("got the agent told %d times before the deadline, want once", got-agents)
	}
	o.pass(24 * time.Hour)
	r = o.inState(id, workflow.OriginalsOverdue)
	if got := told(workflow.CAOperator, workflow.NotifyOperator); got != operators+1 {
		t.Errorf("got the operator told %d times after the deadline, want once", got-operators)
	}
	o.pass(r.Deadline.Sub(o.clock.Now()) + time.Hour)
	o.inState(id, workflow.OriginalsOverdue)
	out, err := o.ca.Find(o.ctx, o.orderOf(o.store, id).Key)
	if err != nil || out.State != ra.Suspended {
		t.Errorf("got the certificate %s, %v, want it suspended", out.State, err)
	}
	o.attest(id, inspector, workflow.OriginalsReceived)
	o.fire(id, inspector, workflow.ReceiveOriginals, workflow.Completed)
	if out, err := o.ca.Find(o.ctx, o.orderOf(o.store, id).Key); err != nil || out.State != ra.Issued {
		t.Errorf("got the certificate %s, %v, want it in force again", out.State, err)
	}
}
