package journey

import (
	"context"
	"errors"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/ra/goskey"
	"github.com/surguch/surguch/workflow"
)

// setUp gives the owner of a process with a phone one, before anything is sent
// there. Where the process begins with the application itself, all of that is
// gone through (S0.1.1 to S0.1.8).
func (c *Case) setUp(ctx context.Context) error {
	if !c.orders(workflow.SignApplication) {
		return nil
	}
	person := c.form
	person.LegalForm = ra.LegalPerson
	person.OGRN, person.INNLE, person.KPP, person.Organization, person.Department, person.Position, person.ActsBy = "", "", "", "", "", "", ""
	subject, err := ra.Subject(&person)
	if err != nil {
		return err
	}
	if !c.needs(workflow.ESIAConfirmed) {
		c.phone, err = c.w.Phones.Enrol(ctx, c.form.SNILS, subject)
		return err
	}
	account := goskey.Account{
		SNILS: c.form.SNILS, Subject: subject, Login: c.form.SNILS, Password: "пароль портала", Phone: c.form.Phone, Confirmed: true,
	}
	if err := c.w.Phones.AddAccount(account); err != nil {
		return err
	}
	c.phone = c.w.Phones.NewPhone()
	for _, step := range []func() error{
		func() error { return c.phone.LogIn(account.Login, account.Password, true) },
		func() error { return c.phone.EnterCode(c.w.Phones.SMS(account.Phone)[0].Code) },
		c.phone.AcceptLicence,
		func() error { return c.phone.SetPassword("не забыть бы") },
		func() error {
			for i := range goskey.Touches {
				if _, err := c.phone.Touch(i, i*i); err != nil {
					return err
				}
			}
			return nil
		},
		func() error { return c.phone.ConfirmUNEP(ctx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// sign signs what waits on the phone. What has run out there, or was declined,
// is sent again.
func (h *hand) sign(ctx context.Context, r *ra.Request) (bool, error) {
	waiting := h.phone.Packages()
	if len(waiting) == 0 {
		return h.resend(ctx, r)
	}
	if h.mood == declining {
		return false, nil
	}
	for _, p := range waiting {
		if err := errors.Join(h.phone.View(p.ID), h.phone.Sign(p.ID, true)); err != nil {
			return false, err
		}
	}
	return true, h.a.Hasten(ctx, h.ID)
}

// resend has a package sent again, if none is on its way.
func (h *hand) resend(ctx context.Context, r *ra.Request) (bool, error) {
	for _, e := range h.running() {
		if e == workflow.SignApplication || e == workflow.SignAcknowledgement {
			return false, nil
		}
	}
	for _, s := range h.process.Open(r.State, workflow.Applicant) {
		if s.On == workflow.Resend {
			if err := h.enterFirst(ctx, r, s.By); err != nil {
				return false, err
			}
			_, err := h.do().Fire(ctx, h.ID, h.by(ctx, s.By), s.On)
			return err == nil, err
		}
	}
	return false, nil
}

// decline declines what waits on the phone.
func (h *hand) decline(ctx context.Context, r *ra.Request) (bool, error) {
	waiting := h.phone.Packages()
	if len(waiting) == 0 {
		return h.resend(ctx, r)
	}
	for _, p := range waiting {
		if err := h.phone.Decline(p.ID); err != nil {
			return false, err
		}
	}
	return true, h.a.Hasten(ctx, h.ID)
}

// makeKey makes the key that the authority has asked the phone for.
func (h *hand) makeKey(ctx context.Context) (bool, error) {
	asked := h.phone.KeyRequests()
	for _, k := range asked {
		if err := h.phone.MakeKey(k.ID); err != nil {
			return false, err
		}
	}
	if len(asked) == 0 {
		return false, nil
	}
	return true, h.a.Hasten(ctx, h.ID)
}
