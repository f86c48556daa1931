package ra

import (
	"context"
	"fmt"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// ForwardOriginals records that a partner posts the originals of requests to
// the authority, in one parcel: it returns the register that goes with them,
// PDF, which each of the requests keeps. The note says by what they are sent
// and is required. It is for whoever attests originals_dispatched where the
// requests rest; if one of them does not wait for that, nothing is recorded of
// any: a *DeniedError that names it, or ErrNotFound.
//
// When somebody changes one of the requests meanwhile the error is a
// *ConflictError, and those before it in the list are recorded. To do it all
// again is no harm: another register takes the place of the first.
func (a *Authority) ForwardOriginals(ctx context.Context, by Actor, ids []ID, note string) ([]byte, error) {
	if len(ids) == 0 || note == "" || a.cfg.Printer == nil {
		return nil, fmt.Errorf("ra: originals are forwarded of some requests, with a note that says by what, and a printer")
	}
	var list []*Request
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		r, err := a.Read(ctx, id, by)
		if err != nil {
			return nil, err
		}
		p, err := a.process(ctx, r.ProcessHash)
		if err != nil {
			return nil, err
		}
		if err := a.forwards(p, r, by); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	pdf, err := a.cfg.Printer.Print(ctx, Document{Kind: OriginalsRegister, Request: list[0], Requests: list})
	if err != nil {
		return nil, err
	}
	each := *a
	each.once, each.at = "", 0 // a key or a version is of one request
	for _, r := range list {
		_, err := each.step(ctx, ask{"ForwardOriginals", r.ID, by, []string{hashOf(pdf), note}}, func(_ context.Context, p *workflow.Process, r *Request) (*move, error) {
			if err := a.forwards(p, r, by); err != nil {
				return nil, err
			}
			return &move{
				by:     by,
				attach: []attachment{{kind: string(OriginalsRegister), media: mediaPDF, data: pdf, note: note}},
				record: []Held{{Evidence: workflow.OriginalsDispatched, By: by, Exhibit: hashOf(pdf), Note: note}},
			}, nil
		})
		if err != nil {
			return nil, err
		}
	}
	return pdf, nil
}

// forwards refuses a request whose originals are not to be posted, or not by
// the actor.
func (a *Authority) forwards(p *workflow.Process, r *Request, by Actor) error {
	if !slices.Contains(recorders[workflow.OriginalsDispatched], by.Role) || !attestable(p, r, workflow.OriginalsDispatched, by.Role) {
		return &DeniedError{r.ID, by.Role, "forward originals"}
	}
	return a.delegated(by, ask{What: "ForwardOriginals", ID: r.ID})
}
