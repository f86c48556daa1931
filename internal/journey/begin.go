package journey

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
	"github.com/surguch/surguch/workflow"
)

// Begin begins a request. Whoever its process says is first to act begins it.
func (w *World) Begin(ctx context.Context, plan Plan) (*Case, error) { return w.begin(ctx, plan, nil) }

// BeginAfter begins a request about the certificate that an earlier one led to.
func (w *World) BeginAfter(ctx context.Context, earlier *Case, plan Plan) (*Case, error) {
	return w.begin(ctx, plan, earlier)
}

func (w *World) begin(ctx context.Context, plan Plan, earlier *Case) (*Case, error) {
	p := w.processes[plan.Process]
	if p == nil {
		return nil, fmt.Errorf("journey: no process %q", plan.Process)
	}
	w.mu.Lock()
	w.born++
	n := w.born
	w.mu.Unlock()
	c := &Case{
		Plan: plan, w: w, process: p, form: w.newForm(n, plan), tasks: map[string]ra.Task{},
		client: ra.Actor{ID: fmt.Sprintf("client-%d", n), Role: workflow.Applicant, Authn: "password", SecondFactor: true},
	}
	if earlier != nil {
		if err := c.succeed(ctx, earlier); err != nil {
			return nil, err
		}
	}
	by := c.beginner()
	if by.Role == workflow.Applicant {
		by.Partner = partner
		c.client.Partner = partner
	}
	for {
		r, err := w.Authority.Once(fmt.Sprintf("begin %d %d", w.cfg.Seed, n)).Begin(ctx, by, plan.Process, c.first())
		if err == nil {
			c.ID = r.ID
			break
		}
		if !errors.Is(err, ErrFault) {
			return nil, fmt.Errorf("journey: %s: begin: %w", plan.Name, err)
		}
	}
	ordered, err := w.cfg.Store.Tasks(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	w.cases[c.ID] = c
	c.order(ordered...)
	if earlier != nil {
		earlier.successor = c
	}
	c.awake = true
	w.mu.Unlock()
	return c, c.setUp(ctx)
}

// newForm invents an applicant. The head of an organisation is in EGRUL.
func (w *World) newForm(n uint64, plan Plan) ra.Form {
	f := applicant.Form(w.cfg.Seed<<20 + n)
	f.Alias, f.Use = fmt.Sprintf("Заявка %d", n), use
	if n%3 == 0 {
		f.Licence, f.Expedited = "1", "1"
	}
	if !plan.Organization {
		return f
	}
	numbers(&f, w.cfg.Seed<<20+n)
	f.LegalForm, f.Organization, f.Position, f.ActsBy = ra.LegalOrganization, "ООО «Печатник»", "Генеральный директор", ra.ByRegister
	if plan.Power {
		f.Position, f.ActsBy = "Заместитель директора", ra.ByPower
	}
	born, err := time.Parse(time.DateOnly, f.BirthDate)
	if err != nil {
		panic("journey: " + err.Error()) // of an invented person
	}
	w.Registers.Know(smev.Subject{
		LastName: f.LastName, FirstName: f.FirstName, MiddleName: f.MiddleName, BirthDate: born, SNILS: f.SNILS, INN: f.INN,
		Organization: smev.Organization{OGRN: f.OGRN, INN: f.INNLE, KPP: f.KPP, Name: f.Organization},
	})
	return f
}

// first is what the request begins with: whom it is for and where to write.
func (c *Case) first() ra.Form {
	if c.old != nil {
		return c.form
	}
	return ra.Form{LegalForm: c.form.LegalForm, Email: c.form.Email, Alias: c.form.Alias}
}
