package ra

import (
	"context"
	"fmt"
	"slices"

	"github.com/surguch/surguch/csr/qualified"
	"github.com/surguch/surguch/workflow"
)

// Attest records evidence on a person's word, such as an operator's decision
// after a check of his own, where the request waits for it. The note says what
// it rests on and is required: the number of the stamp, what is to be put
// right, how the client wants his certificate. Evidence that the authority
// establishes itself cannot be attested: a *DeniedError. Who entered the
// documents does not accept them: a *DutiesError.
//
// What another system reports, such as a payment, changes nothing when it is
// said a second time with the same note, nor when the request has ended.
func (a *Authority) Attest(ctx context.Context, id ID, by Actor, evidence workflow.Evidence, note string) (*Request, error) {
	if !slices.Contains(recorders[evidence], by.Role) {
		return nil, &DeniedError{id, by.Role, "attest " + string(evidence)}
	}
	if note == "" {
		return nil, fmt.Errorf("ra: request %s: %s needs a note that says what it rests on", id, evidence)
	}
	return a.step(ctx, ask{"Attest", id, by, []string{string(evidence), note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if reported(p, r, by, evidence, note) {
			return &move{by: by}, nil
		}
		if !attestable(p, r, evidence, by.Role) {
			return nil, &DeniedError{id, by.Role, "attest " + string(evidence)}
		}
		m := &move{by: by, record: []Held{{Evidence: evidence, By: by, Note: note}}}
		if slices.Contains(acceptances, evidence) {
			if slices.Contains(r.Authors, by.ID) {
				return nil, &DutiesError{id, by.ID, "accepting the documents"}
			}
			m.record = append(m.record, Held{Evidence: workflow.DutiesSeparated, By: by, Note: "документы принял не тот, кто их загрузил"})
		}
		return m, nil
	})
}

// Identify records that somebody of an office has established who the owner
// is, in person and by his passport (law 63-FZ, article 18); other ways are
// proven to the authority and not attested. The note says by which document
// and is required.
func (a *Authority) Identify(ctx context.Context, id ID, by Actor, how qualified.Identification, note string) (*Request, error) {
	if !slices.Contains(identifiers, by.Role) || how != qualified.InPerson {
		return nil, &DeniedError{id, by.Role, "identify: " + how.String()}
	}
	if note == "" {
		return nil, fmt.Errorf("ra: request %s: an identification needs a note that says by which document", id)
	}
	return a.step(ctx, ask{"Identify", id, by, []any{how, note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
		if !attestable(p, r, workflow.IdentityProofed, by.Role) {
			return nil, &DeniedError{id, by.Role, "identify"}
		}
		return &move{by: by, record: []Held{{Evidence: workflow.IdentityProofed, By: by, Note: note, Identification: &how}}}, nil
	})
}

// attestable reports whether evidence is of use where the request rests. What
// a person's own decision needs, another role does not supply; payment comes
// when it comes.
func attestable(p *workflow.Process, r *Request, evidence workflow.Evidence, by workflow.Role) bool {
	switch evidence {
	case workflow.PaymentSettled, ContractSigned:
		return !p.Final(r.State)
	case workflow.EnforcementGround:
		return wanted(p, r, evidence) && r.Form.Certificate != ""
	case workflow.RejectionReason, workflow.ReturnReason, workflow.IdentityProofed:
		return slices.ContainsFunc(p.Open(r.State, by), func(s workflow.Step) bool { return slices.Contains(s.Needs, evidence) })
	}
	return wanted(p, r, evidence)
}

// Those who meet people.
var identifiers = []workflow.Role{workflow.Agent, workflow.ServiceCentre, workflow.TaxOffice, workflow.CAOperator, workflow.DocDept}

// acceptances is the evidence of a person's judgement on documents, which must
// not be that of whoever entered them (invariant I12).
var acceptances = []workflow.Evidence{workflow.DocumentsAccepted, workflow.ApplicationAccepted}

// recorders says which evidence a person may record by his own word, and in
// which roles. All other evidence comes from the authority's own checks. What
// comes from outside, such as a payment or what the application on the phone
// says, is recorded in the name of the system.
var recorders = map[workflow.Evidence][]workflow.Role{
	workflow.CheckOverride:           {workflow.CAOperator},
	workflow.RejectionReason:         {workflow.CAOperator, workflow.DocDept, workflow.TaxOffice},
	workflow.ReturnReason:            {workflow.Agent, workflow.ServiceCentre, workflow.CAOperator, workflow.DocDept, workflow.TaxOffice},
	workflow.PaymentSettled:          {workflow.System, workflow.CAOperator},
	ContractSigned:                   {workflow.System, workflow.CAOperator, workflow.Agent, workflow.ServiceCentre},
	workflow.ESIAConfirmed:           {workflow.System},
	workflow.ConsentGiven:            {workflow.System},
	workflow.PhoneConfirmed:          {workflow.System},
	workflow.LicenceAccepted:         {workflow.System},
	workflow.EntropyReady:            {workflow.System},
	workflow.UNEPPresent:             {workflow.System},
	workflow.DocumentsAccepted:       {workflow.CAOperator, workflow.DocDept, workflow.TaxOffice},
	workflow.ApplicationAccepted:     {workflow.CAOperator, workflow.DocDept},
	workflow.AuthorityConfirmed:      identifiers,
	workflow.OriginalsShown:          identifiers,
	workflow.PassportShown:           identifiers,
	workflow.SNILSShown:              identifiers,
	workflow.ApplicationReceived:     {workflow.ServiceCentre, workflow.Agent},
	workflow.DeliveryOwn:             {workflow.Agent},
	workflow.DeliveryAgent:           {workflow.Agent},
	workflow.MarkerReceipt:           {workflow.Agent},
	workflow.StampNumber:             {workflow.Agent, workflow.CAOperator},
	workflow.AcknowledgementAccepted: {workflow.Agent, workflow.DocDept},
	workflow.MediumHandedOver:        {workflow.Agent, workflow.ServiceCentre},
	workflow.OriginalsDispatched:     {workflow.Agent, workflow.ServiceCentre},
	workflow.OriginalsReceived:       {workflow.CAOperator, workflow.DocDept},
	workflow.EnforcementGround:       {workflow.CAOperator},
}
