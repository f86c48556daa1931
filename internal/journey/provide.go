package journey

import (
	"context"
	"slices"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// reason is what people give as one.
const reason = "основание"

// provide has somebody bring a piece of evidence that an arrow needs. It
// reports whether anything was done: if not, the evidence comes by itself.
func (h *hand) provide(ctx context.Context, r *ra.Request, s workflow.Step, need workflow.Evidence, running []workflow.Effect) (bool, error) {
	if all := h.process.Any[need]; len(all) > 0 {
		need = h.alternative(need, all)
	}
	switch need {
	case workflow.FormValid, workflow.ExecutorPhone:
		return h.fill(ctx, r, s)
	case workflow.DocumentsComplete:
		if slices.Contains(running, workflow.PrintApplication) {
			return false, nil // which is to be signed
		}
		return h.attach(ctx, s, h.missing(r)...)
	case workflow.PassportScan, workflow.SNILSScan, workflow.OwnerPhoto, workflow.ApplicationScan, workflow.RequestScan, workflow.CertificateScan:
		return h.attach(ctx, s, need)
	case workflow.SignedOnPaper:
		return h.attach(ctx, s, workflow.ApplicationScan)
	case workflow.RegistersPositive:
		return h.recheck(ctx, r, running)
	case workflow.RegisterRefuted:
		return h.recheck(ctx, r, running)
	case workflow.SignedByOldKey:
		return h.signByOld(ctx, r)
	case workflow.PredecessorUnfit:
		return h.spoil(ctx, r, s)
	case workflow.CertificateRevoked, workflow.CertificateResumed:
		return h.change(ctx, s, need)
	case workflow.DocumentsAccepted, workflow.ApplicationAccepted, workflow.DutiesSeparated:
		return h.accept(ctx, r, s, need)
	case workflow.ApprovalsComplete:
		return h.approve(ctx)
	case workflow.ReturnReason:
		return h.refuse(ctx, r, s)
	case workflow.IdentityProofed:
		return h.identify(ctx, r, s)
	case workflow.AcknowledgementAccepted:
		return h.acknowledge(ctx, r, s)
	case workflow.RequestVerified:
		return h.request(ctx, r, s)
	case workflow.CertificateInstalled:
		return h.install(ctx, r, s)
	case workflow.MarkerAccepted:
		return true, h.enter(ctx, h.code)
	case workflow.PhoneConfirmed:
		if h.hasLetters(r) {
			return h.confirmPhone(ctx, r)
		}
	case workflow.CertificateMatches, workflow.CertificatePrinted, workflow.ApplicationPrinted, workflow.PredecessorValid,
		workflow.CertificateSuspended:
		return false, nil // of effects that are under way
	}
	return h.attest(ctx, s, need)
}

// alternative is how the people of a case bring evidence that may be had in
// several ways.
func (h *hand) alternative(head workflow.Evidence, all []workflow.Evidence) workflow.Evidence {
	for _, e := range []workflow.Evidence{workflow.RegistersPositive, workflow.SignedOnPaper, workflow.ApplicationReceived} {
		if slices.Contains(all, e) {
			return e
		}
	}
	return all[0]
}

// vouch says who records evidence by his word, where the role that the arrow is
// for may not.
var vouch = map[workflow.Evidence]workflow.Role{
	workflow.PaymentSettled: workflow.System, workflow.ESIAConfirmed: workflow.System, workflow.ConsentGiven: workflow.System,
	workflow.PhoneConfirmed: workflow.System, workflow.LicenceAccepted: workflow.System, workflow.EntropyReady: workflow.System,
	workflow.UNEPPresent: workflow.System, workflow.DeliveryOwn: workflow.Agent, workflow.DeliveryAgent: workflow.Agent,
	workflow.MarkerReceipt: workflow.Agent, workflow.OriginalsReceived: workflow.CAOperator,
	workflow.AuthorityConfirmed: workflow.CAOperator,
}

func (h *hand) attest(ctx context.Context, s workflow.Step, e workflow.Evidence) (bool, error) {
	role := s.By
	if other, ok := vouch[e]; ok && !(e == workflow.AuthorityConfirmed && meets(role)) {
		role = other
	}
	if e == workflow.OriginalsDispatched {
		role = workflow.Agent
	}
	_, err := h.do().Attest(ctx, h.ID, h.by(ctx, role), e, reason)
	return err == nil, err
}

// meets reports whether a role meets people.
func meets(role workflow.Role) bool {
	return role == workflow.Agent || role == workflow.ServiceCentre || role == workflow.TaxOffice || role == workflow.DocDept || role == workflow.CAOperator
}

// fill fills in the form, in the name of whoever hands it in.
func (h *hand) fill(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if err := h.enterFirst(ctx, r, s.By); err != nil {
		return false, err
	}
	_, err := h.do().Fill(ctx, h.ID, h.writes(ctx, s.By), h.form)
	return err == nil, err
}

// recheck waits for the registers, or has them asked again if nobody does.
func (h *hand) recheck(ctx context.Context, r *ra.Request, running []workflow.Effect) (bool, error) {
	if slices.Contains(running, workflow.AskRegisters) {
		return false, nil
	}
	for _, s := range h.process.Steps {
		if s.From == r.State && s.On == workflow.Recheck && s.By != workflow.System {
			_, err := h.do().Fire(ctx, h.ID, h.by(ctx, s.By), s.On)
			return err == nil, err
		}
	}
	return false, nil
}

// identify has the owner seen, or has him sign.
func (h *hand) identify(ctx context.Context, r *ra.Request, s workflow.Step) (bool, error) {
	if (s.By == workflow.System || s.By == workflow.Applicant) && h.old != nil {
		return false, nil // with the signature
	}
	if s.By == workflow.System || s.By == workflow.Applicant {
		return h.sign(ctx, r)
	}
	if s.From == workflow.PhotoReview {
		if did, err := h.judge(ctx, r, people[s.By], "", workflow.OwnerPhoto); err != nil || !did {
			return did, err
		}
		h.given++
	}
	_, err := h.do().Identify(ctx, h.ID, h.by(ctx, s.By), qualified.InPerson, "паспорт")
	return err == nil, err
}

// hasLetters reports whether a code can go to the phone of the owner: the
// process has no state account to ask.
func (h *hand) hasLetters(r *ra.Request) bool {
	return r.Form.Phone != "" && !h.needs(workflow.ESIAConfirmed)
}

// confirmPhone has the subscriber open the link that his centre sends him.
func (h *hand) confirmPhone(ctx context.Context, r *ra.Request) (bool, error) {
	err := h.open(ctx, r, people[workflow.ServiceCentre])
	return err == nil, err
}
