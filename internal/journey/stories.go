package journey

import (
	"context"

	"github.com/surguch/surguch/workflow"
)

// Stories are the journeys that a process is told by: as its seed has them, and
// of a process without a seed as its applicant would like them. A journey is a
// list of plans, each about the certificate of the one before it; the last of
// them is told. A process that is not built in has the straight one.
func Stories(p *workflow.Process) [][]Plan {
	switch p.Name {
	case "goskey":
		return [][]Plan{{{Name: "the head of an organisation", Process: p.Name, Organization: true}}}
	case "agent": // step 7 of the seed: the client chooses
		return [][]Plan{
			{{Name: "keys at the client's workplace", Process: p.Name}},
			{{Name: "keys at the agent's", Process: p.Name, Avoid: []workflow.Arrow{
				{From: workflow.MarkerReady, On: workflow.GiveMarker, By: workflow.Agent},
			}}},
		}
	case "service-center": // step 5 of the seed: refused, asked again, corrected, approved
		return [][]Plan{{{Name: "a refusal and its correction", Process: p.Name, Via: []workflow.Arrow{
			{From: workflow.CAReview, On: workflow.Return, By: workflow.CAOperator},
			{From: workflow.Rework, On: workflow.Invite, By: workflow.ServiceCentre},
		}}}}
	case "crm": // item 8 of the seed: its reader, in the office, makes the keys
		return [][]Plan{{{Name: "keys at the office", Process: p.Name, Avoid: []workflow.Arrow{
			{From: workflow.KeyGeneration, On: workflow.SubmitRequest, By: workflow.Applicant},
		}}}}
	case "renewal", "revocation":
		return [][]Plan{{first, {Name: "its certificate", Process: p.Name}}}
	case "suspension":
		return [][]Plan{{first, {Name: "on hold and in force again", Process: p.Name, Via: []workflow.Arrow{
			{From: workflow.Suspended, On: workflow.Submit, By: workflow.Applicant},
		}}}}
	}
	return [][]Plan{{{Name: "straight", Process: p.Name}}}
}

// first leads to a certificate that another journey is about.
var first = Plan{Name: "a first certificate", Process: "personal-link"}

// PlayStory plays the plans of a journey one after another, and returns the last
// request.
func (w *World) PlayStory(ctx context.Context, story []Plan) (c *Case, err error) {
	for _, plan := range story {
		if c, err = w.begin(ctx, plan, c); err != nil {
			return nil, err
		}
		if err = w.Play(ctx, c); err != nil {
			return nil, err
		}
	}
	return c, nil
}
