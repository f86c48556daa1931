package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// ConfirmPower takes an electronic power of attorney, the file and the
// principal's signature over it, and keeps both. Where the form says that its
// owner acts for an organisation by a power of attorney, it is his: the
// organisation empowers him, and authority_confirmed is held for as long as it
// runs. Given by a representative of the applicant it is the representative's
// own: the applicant, or the organisation he acts for, empowers him, whose
// number the login showed (Actor.Person); from then on he acts for the
// applicant ([Request.Represents]).
//
// It may be given by whoever may attach documents. A *PowerError says why it
// does not count.
func (a *Authority) ConfirmPower(ctx context.Context, id ID, by Actor, document, signature []byte) (*Request, error) {
	q := ask{"ConfirmPower", id, by, []string{hashOf(document), hashOf(signature)}}
	if a.cfg.Powers == nil || by.Role == workflow.System {
		return nil, &DeniedError{id, by.Role, "confirm a power of attorney"}
	}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	if err := a.mayConfirmPower(ctx, q); err != nil {
		return nil, err
	}
	power, err := a.verifiedPower(ctx, document, signature)
	if err != nil {
		return nil, err
	}
	return a.step(ctx, q, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if !attaches(p, r, by) {
			return nil, &DeniedError{id, by.Role, "confirm a power of attorney"}
		}
		m := &move{by: by, attach: []attachment{
			{kind: PowerExhibit, media: mediaXML, data: document, note: power.Number},
			{kind: PowerSignature, media: mediaCMS, data: signature, note: power.Number},
		}}
		note := "доверенность № " + power.Number + ": подпись доверителя верна"
		switch {
		case by.Role == workflow.ApplicantRep:
			if !power.by(&r.Form) {
				return nil, &PowerError{Fault: PowerOtherOwner}
			}
			if !power.names(by.Person) {
				return nil, &PowerError{Fault: PowerOtherPerson}
			}
			m.write = []Entry{{Kind: Represented, Representative: &Representative{ID: by.ID, Exhibit: hashOf(document), Until: power.Until}, Note: note}}
		case r.Form.ActsBy != ByPower:
			return nil, &PowerError{Fault: PowerNobodyAwaited}
		case power.Principal.LegalForm != LegalOrganization || power.Principal.OGRN != r.Form.OGRN || power.Principal.INN != r.Form.INNLE:
			return nil, &PowerError{Fault: PowerOtherOwner}
		case !power.empowers(&r.Form):
			return nil, &PowerError{Fault: PowerOtherPerson}
		default:
			m.record = []Held{{Evidence: workflow.AuthorityConfirmed, Exhibit: hashOf(document), Until: power.Until, Note: note}}
			after := r.clone()
			after.Exhibits = append(after.Exhibits, Exhibit{Kind: PowerExhibit})
			m.record = append(m.record, complete(p, after, workflow.AuthorityConfirmed)...)
		}
		return m, nil
	})
}

// mayConfirmPower sees to it that a register is asked only for those who may
// attach what it is asked about.
func (a *Authority) mayConfirmPower(ctx context.Context, q ask) error {
	r, err := a.load(ctx, q.ID)
	if err != nil {
		return err
	}
	p, err := a.process(ctx, r.ProcessHash)
	switch {
	case err != nil:
		return err
	case q.By.ofPartner() && !a.sees(q.By, r):
		return fmt.Errorf("%w: request %s", ErrNotFound, q.ID)
	case !q.By.may(q) || !attaches(p, r, q.By):
		return &DeniedError{q.ID, q.By.Role, "confirm a power of attorney"}
	}
	return a.represents(r, q)
}

// verifiedPower verifies a power of attorney, and asks the register.
func (a *Authority) verifiedPower(ctx context.Context, document, signature []byte) (*Power, error) {
	now := a.cfg.Clock.Now()
	power, err := a.cfg.Powers.Verify(ctx, document, signature, now)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &PowerError{PowerInvalid, err}
	}
	state := PowerState("")
	if a.cfg.PowerRegister != nil {
		if state, err = a.cfg.PowerRegister.Power(ctx, power.Number, power.Principal.INN); err != nil {
			return nil, fmt.Errorf("ra: the register of powers of attorney: %w", err)
		}
	}
	var fault PowerFault
	switch {
	case now.Before(power.From):
		fault = PowerNotYet
	case !now.Before(power.Until):
		fault = PowerExpired
	case state == PowerRevoked:
		fault = PowerWasRevoked
	case state == PowerUnknown:
		fault = PowerUnregistered
	case state != "" && state != PowerInForce:
		return nil, errors.New("ra: the register of powers of attorney answers with an unknown state")
	case power.Ended && state != PowerInForce:
		fault = PowerSignerEnded
	case power.Joint && len(power.Representatives) > 1:
		fault = PowerJoint
	case len(a.cfg.PowerCodes) > 0 && !slices.ContainsFunc(power.Codes, func(code string) bool { return slices.Contains(a.cfg.PowerCodes, code) }):
		fault = PowerTooNarrow
	default:
		return power, nil
	}
	return nil, &PowerError{Fault: fault}
}

// sameOwner reports whether another form is about the same owner, and what he
// acts by.
func (f *Form) sameOwner(other *Form) bool {
	about := func(f *Form) [9]string {
		return [...]string{f.LegalForm, f.ActsBy, f.OGRN, f.INNLE, f.OGRNIP, f.SNILS, f.INN, f.FullName(), f.BirthDate}
	}
	return about(f) == about(other)
}

// outlived is the authority that was confirmed for another owner than the one
// of a new form.
func (r *Request) outlived(form *Form) []workflow.Evidence {
	if r.Form.sameOwner(form) {
		return nil
	}
	return []workflow.Evidence{workflow.AuthorityConfirmed}
}

// empowered reports whether an electronic power of attorney was confirmed.
func (r *Request) empowered() bool {
	_, confirmed := r.Evidence(workflow.AuthorityConfirmed)
	_, electronic := r.Exhibit(PowerExhibit)
	return confirmed && electronic
}
