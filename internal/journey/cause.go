package journey

import (
	"context"
	"slices"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// moods are what brings about the events that nobody among the people fires.
var moods = map[workflow.Event]mood{
	workflow.Deny: refuting, workflow.AskHuman: silent, workflow.RefuseByCA: refusing, workflow.Mismatch: mistaken,
	workflow.Declined: declining,
}

// passing are the places that a request leaves by itself, and what keeps it
// there.
var passing = map[workflow.State]mood{
	workflow.RequestSubmitted: paperless, workflow.Issued: paperless,
	workflow.Issuing: sluggish, workflow.Revoking: sluggish, workflow.Suspending: sluggish, workflow.Resuming: sluggish,
}

// regular are the events by which a change of a certificate ends as it was
// asked for.
var regular = map[workflow.State]workflow.Event{
	workflow.Revoking: workflow.Revoke, workflow.Suspending: workflow.Suspend, workflow.Resuming: workflow.Resume,
}

// late are the moods in which a register answers when a person has long been
// asked to look.
var late = map[workflow.Event]mood{workflow.Confirm: tardy, workflow.Deny: grudging}

// moodFor is the mood in which a request takes the next arrows of its route: as
// many as it takes by itself, for a place that it leaves at once has to find
// the mood there.
func moodFor(route []workflow.Step) mood {
	for i, s := range route {
		asked := i == 1 && slices.Contains(route[0].Do, workflow.AskRegisters)
		if i > 0 && passing[s.From] == "" && !asked {
			break
		}
		if next := i + 1; s.On == workflow.AskHuman && next < len(route) && route[next].Automatic() {
			return late[route[next].On]
		}
		if s.By == workflow.System && moods[s.On] != "" {
			return moods[s.On]
		}
		if m := passing[s.From]; m != "" && (!s.Automatic() || i > 0 && regular[s.From] != "" && s.On != regular[s.From]) {
			return m
		}
	}
	return kind
}

// bring brings about an arrow of the system that needs nothing, or waits for
// it.
func (h *hand) bring(ctx context.Context, r *ra.Request, s workflow.Step, running []workflow.Effect) (bool, error) {
	switch s.On {
	case workflow.Declined:
		return h.decline(ctx, r)
	case workflow.AskHuman:
		if place, _ := h.process.Place(s.From); place.Late != s.On {
			return h.recheck(ctx, r, running)
		}
	}
	return false, nil
}
