package ra

import (
	"cmp"
	"context"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// Fill replaces the form, where the actor may complete it or put it right: in
// a place from which he submits, or resubmits, a valid form. What was built on
// the form before falls: answers of registers, papers and the request for a
// certificate. A *FormError lists every fault; then nothing changed.
//
// A request about a certificate that exists names it, by Form.Certificate: one
// ordered here, of the owner that the form is about. A partner names those of
// requests within his reach, an applicant those of requests he may see, or his
// own.
func (a *Authority) Fill(ctx context.Context, id ID, by Actor, form Form) (*Request, error) {
	q := ask{"Fill", id, by, form}
	if done, err := a.repeated(ctx, q); done != nil || err != nil {
		return done, err
	}
	about, err := a.concern(ctx, id, by, &form)
	if err != nil {
		return nil, err
	}
	if faults := slices.Concat(form.Check(a.cfg.Clock.Now()), a.cfg.useFaults(&form), about.faults); len(faults) > 0 {
		return nil, &FormError{faults}
	}
	return a.step(ctx, q, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if !fills(p, r.State, by.as(p)) {
			return nil, &DeniedError{id, by.Role, "fill"}
		}
		form := form
		form.Support = cmp.Or(form.Support, r.Form.Support) // which LinkSupport takes back
		m := &move{
			by: by, form: &form, void: r.held(slices.Concat(ofForm, about.void, r.outlived(&form))),
			record: append(formEvidence(p, &form), about.record...), order: about.order,
		}
		// A paper shows the form as it is, and is there where it is to be signed.
		if _, printed := r.Exhibit(string(paper(p))); printsForm(p) && (printed || wanted(p, r, workflow.SignedOnPaper)) {
			m.order = append(m.order, workflow.PrintApplication)
		}
		return m, nil
	})
}

// fills reports whether a role may fill in the form in a place.
func fills(p *workflow.Process, at workflow.State, by workflow.Role) bool {
	return slices.ContainsFunc(p.Open(at, by), func(s workflow.Step) bool {
		submits := s.On == workflow.Submit || s.On == workflow.Resubmit || s.On == workflow.ChooseKind
		return submits && slices.Contains(s.Needs, workflow.FormValid)
	})
}

// ofForm is the evidence that is about a form and does not outlive it.
var ofForm = []workflow.Evidence{
	workflow.FormValid, workflow.RegistersPositive, workflow.RegisterRefuted, workflow.CheckOverride,
	workflow.ApplicationPrinted, workflow.SignedOnPaper, workflow.SignedByOldKey, workflow.ApplicationScan, workflow.RequestScan,
	workflow.ApplicationReceived, workflow.DocumentsComplete, workflow.DocumentsAccepted, workflow.ApplicationAccepted,
	workflow.DutiesSeparated, workflow.RequestVerified,
}

// printsForm reports whether a process prints the application before the keys
// are made, to be signed among the documents.
func printsForm(p *workflow.Process) bool {
	return slices.ContainsFunc(p.Steps, func(s workflow.Step) bool {
		return s.On != workflow.SubmitRequest && slices.Contains(s.Do, workflow.PrintApplication)
	})
}

// formEvidence is what follows from a faultless form alone: the form itself,
// and the conditions that depend on the kind of owner. Each is recorded with
// its reason, so that the journal says why nothing was asked for.
func formEvidence(p *workflow.Process, f *Form) []Held {
	held := []Held{{Evidence: workflow.FormValid, Note: "поля заполнены, контрольные суммы верны"}}
	if slices.ContainsFunc(p.Steps, func(s workflow.Step) bool { return slices.Contains(s.Needs, workflow.ExecutorPhone) }) {
		held = append(held, Held{Evidence: workflow.ExecutorPhone, Note: "телефон того, кто запросит сертификат, указан"})
	}
	if !bills(p) {
		held = append(held, Held{Evidence: workflow.PaymentSettled, Note: "оплата по этому процессу не предусмотрена"})
	}
	switch f.LegalForm {
	case LegalPerson:
		held = append(held, Held{Evidence: workflow.AuthorityConfirmed, Note: "физическое лицо действует от своего имени"})
	case LegalSoleTrader:
		held = append(held, Held{Evidence: workflow.AuthorityConfirmed, Note: "предприниматель действует от своего имени"})
	}
	return held
}

// bills reports whether a process sends invoices.
func bills(p *workflow.Process) bool {
	return slices.ContainsFunc(effectsOf(p), func(e workflow.Effect) bool {
		return e == workflow.PrintInvoice || e == workflow.SendInvoice
	})
}
