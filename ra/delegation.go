package ra

import (
	"fmt"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// DelegationError says that an actor may not do what he tried, since his
// partner was not given the right to. It is a *DeniedError as well.
type DelegationError struct {
	Denied DeniedError
	Right  Right
}

func (e *DelegationError) Error() string {
	return fmt.Sprintf("ra: request %s: %s: the right %s was not delegated", e.Denied.Request, e.Denied.Action, e.Right)
}

func (e *DelegationError) Unwrap() error { return &e.Denied }

// delegated refuses a command of a partner to which no right for it was
// delegated.
func (a *Authority) delegated(by Actor, q ask) error {
	if a.cfg.Partners == nil || !by.ofPartner() {
		return nil
	}
	rights := rightsFor(q)
	if slices.ContainsFunc(rights, func(r Right) bool { return a.cfg.Partners.Has(by.Partner, r) }) {
		return nil
	}
	return &DelegationError{DeniedError{q.ID, by.Role, q.What}, rights[0]}
}

// rightsFor are the rights of which one is asked for by a command.
func rightsFor(q ask) []Right {
	var right Right
	switch with := q.With.(type) {
	case workflow.Event:
		right = ofEvents[with]
	case []string:
		if q.What == "Attest" {
			right = ofEvidence[workflow.Evidence(with[0])]
		}
	}
	switch {
	case right != "":
		return []Right{right}
	case ofCommands[q.What] != nil:
		return ofCommands[q.What]
	}
	return []Right{RightCreate}
}

// What asks for another right than to create: commands by the names of their
// methods, events that are fired, and evidence that is attested.
var (
	ofCommands = map[string][]Right{
		"Attach":              {RightCreate, RightIdentify, RightHandOver}, // a photograph, a signed sheet
		"Judge":               {RightReview},
		"Identify":            {RightIdentify},
		"ConfirmPower":        {RightIdentify, RightCreate},
		"AdmitRepresentative": {RightIdentify}, "DismissRepresentative": {RightIdentify},
		"PrintMarker":      {RightMarkers},
		"SubmitCSR":        {RightKeys},
		"ConfirmInstalled": {RightKeys},
		"ForwardOriginals": {RightOriginal},
		"Acknowledge":      {RightHandOver},
	}
	ofEvents = map[workflow.Event]Right{
		workflow.Endorse: RightReview, workflow.Return: RightReview,
		workflow.Identify:      RightIdentify,
		workflow.PrepareMarker: RightMarkers, workflow.GiveMarker: RightMarkers, workflow.KeepMarker: RightMarkers, workflow.WithdrawMarker: RightMarkers,
		workflow.SubmitRequest: RightKeys, workflow.Written: RightKeys, workflow.Revert: RightKeys,
		workflow.HandOver: RightHandOver,
	}
	ofEvidence = map[workflow.Evidence]Right{
		workflow.ReturnReason:       RightReview,
		workflow.AuthorityConfirmed: RightIdentify, workflow.OriginalsShown: RightIdentify,
		workflow.PassportShown: RightIdentify, workflow.SNILSShown: RightIdentify,
		workflow.DeliveryOwn: RightMarkers, workflow.DeliveryAgent: RightMarkers, workflow.MarkerReceipt: RightMarkers,
		workflow.StampNumber: RightHandOver, workflow.AcknowledgementAccepted: RightHandOver, workflow.MediumHandedOver: RightHandOver,
		workflow.ApplicationReceived: RightOriginal, workflow.OriginalsDispatched: RightOriginal,
	}
)
