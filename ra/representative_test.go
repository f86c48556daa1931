package ra_test

import (
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// deputy acts for the applicant by a power of attorney.
var deputy = ra.Actor{ID: "deputy", Role: workflow.ApplicantRep, Partner: "office-7", Authn: "password", Person: "11223344595"}

// represented is a request that a representative began for a person, with a
// power that he has not shown yet.
func represented(t *testing.T) (*office, *powers, ra.ID) {
	o, p := empowered(t, newWorld(t).form)
	p.power.Principal = ra.Principal{LegalForm: ra.LegalPerson, SNILS: o.form.SNILS}
	p.power.Representatives = []ra.PowerPerson{{SNILS: deputy.Person, LastName: "Петров", FirstName: "Пётр"}}
	id := o.must(o.authority.Begin(o.ctx, deputy, "agent", ra.Form{LegalForm: "person", Email: o.form.Email})).ID
	return o, p, id
}

// TestRepresentativeActs: he prepares without his power, and goes on with it,
// recorded as himself.
func TestRepresentativeActs(t *testing.T) {
	o, _, id := represented(t)
	o.must(o.authority.Fill(o.ctx, id, deputy, o.form))
	if _, err := o.authority.Fire(o.ctx, id, deputy, workflow.Submit); !isDenied(err) {
		t.Errorf("submits without a power: got %v, want it denied", err)
	}
	open := func() int { return len(o.authority.Choices(o.config.Processes[0], o.reload(id), deputy)) }
	if n := open(); n != 0 {
		t.Errorf("got %d steps open without a power, want none", n)
	}
	if err := o.confirmPower(id, deputy); err != nil {
		t.Fatal(err)
	}
	if n := open(); n == 0 {
		t.Error("got no step open with a power")
	}
	o.fire(id, deputy, workflow.Submit, workflow.DocumentsPending)
	o.attach(id, deputy, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	o.attest(id, bank, workflow.PaymentSettled)
	o.fire(id, deputy, workflow.SubmitDocuments, workflow.AgentReview)
	entries, err := o.authority.History(o.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	submitted := false
	for _, e := range entries {
		if e.Event == workflow.Submit {
			submitted = e.By.ID == deputy.ID && e.By.Role == workflow.ApplicantRep
		}
		if e.By.Person != "" {
			t.Errorf("entry %d records the person", e.Seq)
		}
	}
	r := o.reload(id)
	for _, e := range r.Exhibits {
		if e.By.Person != "" {
			t.Errorf("the %s tells the person", e.Kind)
		}
	}
	if !submitted {
		t.Error("the journal does not say that the representative submitted")
	}
	if _, err := o.authority.Fire(o.ctx, id, deputy, workflow.Endorse); err == nil {
		t.Error("the representative does what is the agent's")
	}
}

func TestRepresentativeOfAnother(t *testing.T) {
	for want, change := range map[ra.PowerFault]func(*powers, *ra.Actor){
		ra.PowerOtherOwner:  func(p *powers, _ *ra.Actor) { p.power.Principal.SNILS = "11223344595" },
		ra.PowerOtherPerson: func(_ *powers, by *ra.Actor) { by.Person = "" },
	} {
		o, p, id := represented(t)
		o.must(o.authority.Fill(o.ctx, id, deputy, o.form))
		by := deputy
		change(p, &by)
		var e *ra.PowerError
		if err := o.confirmPower(id, by); !errors.As(err, &e) || e.Fault != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	o, _, id := represented(t)
	stranger := deputy
	stranger.ID = "deputy-2"
	if _, err := o.authority.Fill(o.ctx, id, stranger, o.form); !isDenied(err) {
		t.Errorf("somebody else's representative fills: got %v, want it denied", err)
	}
	if _, err := o.authority.Read(o.ctx, id, stranger); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("somebody else's representative reads: got %v, want ErrNotFound", err)
	}
}

// TestRepresentativeEnds: when the power is over, when he is dismissed, and
// when the form is about another owner.
func TestRepresentativeEnds(t *testing.T) {
	for what, end := range map[string]func(*office, *powers, ra.ID){
		"time": func(o *office, p *powers, _ ra.ID) { o.clock.Advance(p.power.Until.Sub(o.clock.Now())) },
		"dismissed": func(o *office, _ *powers, id ra.ID) {
			o.must(o.authority.DismissRepresentative(o.ctx, id, inspector, deputy.ID, "доверенность отменена"))
		},
		"another owner": func(o *office, _ *powers, id ra.ID) {
			form := o.form
			form.SNILS = "11223344595"
			o.must(o.authority.Fill(o.ctx, id, customer, form))
		},
	} {
		o, p, id := represented(t)
		o.must(o.authority.Fill(o.ctx, id, deputy, o.form))
		if err := o.confirmPower(id, deputy); err != nil {
			t.Fatal(err)
		}
		if !o.reload(id).Represents(deputy.ID, o.clock.Now()) {
			t.Fatal("the representative does not represent")
		}
		end(o, p, id)
		if _, err := o.authority.Fire(o.ctx, id, deputy, workflow.Submit); !isDenied(err) {
			t.Errorf("%s: got %v, want it denied", what, err)
		}
	}
}

// TestRepresentativeOnPaper: somebody of an office saw the power, whose scan is
// in the dossier.
func TestRepresentativeOnPaper(t *testing.T) {
	o, _, id := represented(t)
	until := o.clock.Now().Add(24 * time.Hour)
	admit := func(by ra.Actor) error {
		_, err := o.authority.AdmitRepresentative(o.ctx, id, by, deputy.ID, until, "доверенность и паспорт предъявлены")
		return err
	}
	if err := admit(agent); !isDenied(err) {
		t.Errorf("without a scan: got %v, want it denied", err)
	}
	o.must(o.authority.Attach(o.ctx, id, deputy, "power_of_attorney_scan", scanned, ""))
	if err := admit(customer); !isDenied(err) {
		t.Errorf("by the applicant: got %v, want it denied", err)
	}
	if err := admit(agent); err != nil {
		t.Fatal(err)
	}
	o.must(o.authority.Fill(o.ctx, id, deputy, o.form))
	o.must(o.authority.AdmitRepresentative(o.ctx, id, agent, deputy.ID, until, "после смены анкеты"))
	o.fire(id, deputy, workflow.Submit, workflow.DocumentsPending)
	if r := o.reload(id); len(r.Representatives) != 1 {
		t.Errorf("got %d representatives, want one", len(r.Representatives))
	}
	other := agent
	other.Partner = "office-8"
	if err := admit(other); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("by another partner: got %v, want ErrNotFound", err)
	}
	if _, err := o.authority.DismissRepresentative(o.ctx, id, inspector, "nobody", ""); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("got %v, want ErrNotFound", err)
	}
}
