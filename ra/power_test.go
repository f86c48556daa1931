package ra_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// powers verifies and knows one power of attorney, as a test wants it.
type powers struct {
	power ra.Power
	err   error
	state ra.PowerState
	asked int
}

func (p *powers) Verify(_ context.Context, document, signature []byte, _ time.Time) (*ra.Power, error) {
	p.asked++
	if !bytes.HasPrefix(document, []byte("<power")) || string(signature) != "signature" {
		return nil, errors.New("no power")
	}
	power := p.power
	return &power, p.err
}

func (p *powers) Power(_ context.Context, number, inn string) (ra.PowerState, error) {
	if number != p.power.Number || inn != p.power.Principal.INN {
		return "", errors.New("asked about another power")
	}
	if p.state == "" {
		return "", errors.New("the register is away")
	}
	return p.state, nil
}

// employee is the form of an organisation that somebody acts for by a power of
// attorney.
func employee() ra.Form {
	f := organization()
	f.ActsBy = ra.ByPower
	return f
}

// empowered is an office whose verifier finds a power for the form.
func empowered(t *testing.T, form ra.Form) (*office, *powers) {
	t.Helper()
	o := newOffice(t)
	o.form = form
	p := &powers{state: ra.PowerInForce, power: ra.Power{
		Number:    "0f2c5a1e-8f4b-4c7e-9a35-0123456789ab",
		Principal: ra.Principal{LegalForm: ra.LegalOrganization, INN: form.INNLE, OGRN: form.OGRN},
		Representatives: []ra.PowerPerson{{
			SNILS: form.SNILS, INN: form.INN, LastName: form.LastName, FirstName: form.FirstName, MiddleName: form.MiddleName,
		}},
		From: o.clock.Now().Add(-time.Hour), Until: o.clock.Now().Add(30 * 24 * time.Hour), Codes: []string{"certificates"},
	}}
	o.reopen(func(c *ra.Config) {
		c.Powers, c.PowerRegister, c.PowerCodes = p, p, []string{"certificates", "everything"}
	})
	return o, p
}

// pending begins a request that waits for documents.
func (o *office) pending() ra.ID {
	o.t.Helper()
	id := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: o.form.LegalForm, Email: o.form.Email})).ID
	o.must(o.authority.Fill(o.ctx, id, customer, o.form))
	o.fire(id, customer, workflow.Submit, workflow.DocumentsPending)
	return id
}

func (o *office) confirmPower(id ra.ID, by ra.Actor) error {
	_, err := o.authority.ConfirmPower(o.ctx, id, by, []byte("<power/>"), []byte("signature"))
	return err
}

func TestPowerConfirmsAuthority(t *testing.T) {
	o, p := empowered(t, employee())
	id := o.pending()
	o.attach(id, customer, workflow.PassportScan, workflow.SNILSScan, workflow.ApplicationScan)
	if _, complete := o.reload(id).Evidence(workflow.DocumentsComplete); complete {
		t.Error("the documents are complete without a power of attorney")
	}
	if err := o.confirmPower(id, customer); err != nil {
		t.Fatal(err)
	}
	r := o.reload(id)
	h, held := r.Evidence(workflow.AuthorityConfirmed)
	xml, _ := r.Exhibit(ra.PowerExhibit)
	if !held || h.By.Role != workflow.System || h.Exhibit != xml.Hash || !h.Until.Equal(p.power.Until) {
		t.Errorf("got %+v, want the authority confirmed by %s until %v", h, xml.Hash, p.power.Until)
	}
	if _, complete := r.Evidence(workflow.DocumentsComplete); !complete {
		t.Error("the power is confirmed, and the documents are not complete")
	}
	for kind, want := range map[string]string{ra.PowerExhibit: "<power/>", ra.PowerSignature: "signature"} {
		if got, _ := o.exhibit(id, kind); string(got) != want {
			t.Errorf("got %s %q, want %q", kind, got, want)
		}
	}
	o.clock.Advance(31 * 24 * time.Hour)
	if r.Fresh(o.clock.Now())(workflow.AuthorityConfirmed) {
		t.Error("the authority counts though the power is over")
	}
	o.logIsClean()
}

func TestPowerThatDoesNotCount(t *testing.T) {
	for want, change := range map[ra.PowerFault]func(*office, *powers){
		ra.PowerInvalid:      func(_ *office, p *powers) { p.err = errors.New("no power") },
		ra.PowerNotYet:       func(o *office, p *powers) { p.power.From = o.clock.Now().Add(time.Second) },
		ra.PowerExpired:      func(o *office, p *powers) { p.power.Until = o.clock.Now() },
		ra.PowerWasRevoked:   func(_ *office, p *powers) { p.state = ra.PowerRevoked },
		ra.PowerUnregistered: func(_ *office, p *powers) { p.state = ra.PowerUnknown },
		ra.PowerSignerEnded: func(o *office, p *powers) {
			p.power.Ended = true
			o.reopen(func(c *ra.Config) { c.PowerRegister = nil })
		},
		ra.PowerJoint: func(_ *office, p *powers) {
			p.power.Joint, p.power.Representatives = true, append(p.power.Representatives, ra.PowerPerson{})
		},
		ra.PowerTooNarrow:   func(_ *office, p *powers) { p.power.Codes = []string{"taxes"} },
		ra.PowerOtherOwner:  func(_ *office, p *powers) { p.power.Principal.OGRN = "1037739877295" },
		ra.PowerOtherPerson: func(_ *office, p *powers) { p.power.Representatives[0].SNILS = "11223344595" },
	} {
		o, p := empowered(t, employee())
		id := o.pending()
		change(o, p)
		before := o.reload(id).Version
		var e *ra.PowerError
		if err := o.confirmPower(id, customer); !errors.As(err, &e) || e.Fault != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if got := o.reload(id).Version; got != before {
			t.Errorf("%s: something was recorded", want)
		}
	}
	o, p := empowered(t, employee())
	id := o.pending()
	p.power.Representatives[0].LastName += "а" // the numbers are his, the name is not
	var e *ra.PowerError
	if err := o.confirmPower(id, customer); !errors.As(err, &e) || e.Fault != ra.PowerOtherPerson {
		t.Errorf("another name: got %v, want %s", err, ra.PowerOtherPerson)
	}
	p.state = ""
	if err := o.confirmPower(id, customer); err == nil || errors.As(err, &e) {
		t.Errorf("the register is away: got %v, want an error that is no verdict", err)
	}
	o, _ = empowered(t, organization())
	if err := o.confirmPower(o.pending(), customer); !errors.As(err, &e) || e.Fault != ra.PowerNobodyAwaited {
		t.Errorf("he acts by the register: got %v, want %s", err, ra.PowerNobodyAwaited)
	}
}

// TestPowerIsForOneOwner: with the owner in the form goes what confirmed his
// authority, and who represents him.
func TestPowerIsForOneOwner(t *testing.T) {
	o, _ := empowered(t, employee())
	id := o.must(o.authority.Begin(o.ctx, customer, "agent", ra.Form{LegalForm: o.form.LegalForm, Email: o.form.Email})).ID
	o.must(o.authority.Fill(o.ctx, id, customer, o.form))
	if err := o.confirmPower(id, customer); err != nil {
		t.Fatal(err)
	}
	again := o.form
	again.Phone = "+79990000000"
	o.must(o.authority.Fill(o.ctx, id, customer, again))
	if _, held := o.reload(id).Evidence(workflow.AuthorityConfirmed); !held {
		t.Error("another telephone took the authority away")
	}
	other := applicant.Form(12)
	again.SNILS, again.INN, again.LastName = other.SNILS, other.INN, other.LastName
	o.must(o.authority.Fill(o.ctx, id, customer, again))
	if _, held := o.reload(id).Evidence(workflow.AuthorityConfirmed); held {
		t.Error("another person has the authority")
	}
}

// TestPowerIsNotVerifiedForAnybody: nobody is asked about a power for whom it is
// not to give.
func TestPowerIsNotVerifiedForAnybody(t *testing.T) {
	o, p := empowered(t, employee())
	id := o.pending()
	if err := o.confirmPower(id, stranger); !errors.Is(err, ra.ErrNotFound) {
		t.Errorf("another partner: got %v, want ErrNotFound", err)
	}
	if err := o.confirmPower(id, deputy); !isDenied(err) {
		t.Errorf("somebody's representative: got %v, want it denied", err)
	}
	if err := o.confirmPower(id, ra.Actor{ID: "office", Role: workflow.TaxOffice}); !isDenied(err) {
		t.Errorf("the tax office: got %v, want it denied", err)
	}
	if p.asked != 0 {
		t.Errorf("the power was verified %d times", p.asked)
	}
}

func TestPowerNeedsAVerifier(t *testing.T) {
	o := newOffice(t)
	if err := o.confirmPower(o.pending(), customer); !isDenied(err) {
		t.Errorf("got %v, want it denied", err)
	}
}

func TestPowerOnce(t *testing.T) {
	o, p := empowered(t, employee())
	id := o.pending()
	for range 2 {
		if _, err := o.authority.Once("power-1").ConfirmPower(o.ctx, id, customer, []byte("<power/>"), []byte("signature")); err != nil {
			t.Fatal(err)
		}
	}
	if p.asked != 1 {
		t.Errorf("got it verified %d times, want once", p.asked)
	}
}
