package ra_test

import (
	"context"
	"errors"
	"strings"

	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/smev"
)

// moody is everything outside, and does as it likes.
type moody struct{ *walk }

var errMood = errors.New("the line is down")

func (m moody) mood() error {
	switch m.IntN(8) {
	case 0:
		return errMood
	case 1:
		return ra.Permanent(errMood)
	case 2:
		panic("broken")
	}
	return nil
}

func (m moody) Ask(_ context.Context, q smev.Inquiry) (string, error) {
	return string(q.Check) + "-1", m.mood()
}

func (m moody) Answer(_ context.Context, id string) (*smev.Answer, error) {
	if m.IntN(4) == 0 {
		return nil, smev.ErrPending
	}
	check, _, _ := strings.Cut(id, "-")
	return &smev.Answer{
		Check: smev.Check(check), Outcome: pick(m.walk, []smev.Outcome{smev.Confirmed, smev.Confirmed, smev.Confirmed, smev.Refuted, smev.Inconclusive, smev.Unavailable}),
		Evidence: smev.Evidence{OriginalMessageID: id, Provider: smev.Emulator, Envelope: []byte("<answer/>")},
	}, m.mood()
}

func (m moody) Notify(context.Context, ra.Notice) error { return m.mood() }

func (m moody) Print(_ context.Context, d ra.Document) ([]byte, error) {
	return []byte("%PDF " + d.Kind), m.mood()
}

func (m moody) Submit(_ context.Context, r ra.SignRequest) (ra.OperationID, error) {
	return ra.OperationID(r.Key), m.mood()
}

func (m moody) Status(context.Context, ra.OperationID) (ra.Operation, error) {
	return ra.Operation{State: pick(m.walk, []ra.OperationState{ra.AwaitingUser, ra.Signed, ra.RefusedByUser, "odd"}), Signatures: [][]byte{{1}, {2}}}, m.mood()
}

func (m moody) Cancel(context.Context, ra.OperationID) error { return m.mood() }
