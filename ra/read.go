package ra

import (
	"context"
	"errors"
	"slices"

	"github.com/surguch/surguch/workflow"
)

// Read returns a request to somebody who may know of it: people of the
// authority see all requests, agents those of their partner, service centres
// those of the partners beneath theirs as well, applicants those they were let in to or have entered data of.
// ErrNotFound for every other, as if there were none.
func (a *Authority) Read(ctx context.Context, id ID, by Actor) (*Request, error) {
	if by.Request != "" && by.Request != id {
		return nil, ErrNotFound
	}
	r, err := a.load(ctx, id)
	if err != nil {
		return nil, err
	}
	if !a.sees(by, r) {
		return nil, ErrNotFound
	}
	return r, nil
}

// Page returns the requests that a query finds among those that somebody may
// know of, as [Authority.Read] has it. It is for people of the authority and
// of partners; to others it is a *DeniedError. The next page is asked for
// After the Cursor of the last request.
func (a *Authority) Page(ctx context.Context, by Actor, q Query) ([]*Request, error) {
	switch by.Role {
	case workflow.CAOperator, workflow.DocDept, workflow.TaxOffice:
	case workflow.Agent, workflow.ServiceCentre:
		reach := a.reach(by)
		if by.Partner == "" || len(reach) == 0 || slices.ContainsFunc(q.Partners, func(p string) bool { return !slices.Contains(reach, p) }) {
			return nil, &DeniedError{Role: by.Role, Action: "search"}
		}
		if len(q.Partners) == 0 {
			q.Partners = reach
		}
	default:
		return nil, &DeniedError{Role: by.Role, Action: "search"}
	}
	if by.Request != "" || by.Scope != ScopeAll {
		return nil, &DeniedError{Role: by.Role, Action: "search"}
	}
	rows, err := a.cfg.Store.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	list := make([]*Request, 0, len(rows))
	for _, row := range rows {
		r, err := a.decode(ctx, row)
		if err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, nil
}

// Cursor is where a page ends that ends with the request.
func (r *Request) Cursor() Cursor {
	return Cursor{Name: r.Form.terms().Name, Ordinary: !r.expedited(), Updated: r.Updated, ID: r.ID}
}

// Hasten has the registers, the signer and the CA asked at once what a request
// waits to hear from them: on the word of somebody who says that they have
// news, of which nothing is believed. Whatever is asked within Config.Lease
// anyhow, or is being asked, is left alone.
func (a *Authority) Hasten(ctx context.Context, id ID) error {
	tasks, err := a.cfg.Store.Tasks(ctx, id)
	if err != nil {
		return err
	}
	now := a.cfg.Clock.Now()
	for _, t := range tasks {
		if t.State != TaskIntended || !asks(t.Effect) || !t.Due.After(now.Add(a.cfg.Lease)) {
			continue
		}
		sooner := t
		sooner.Due = now
		var conflict *ConflictError
		if err := a.cfg.Store.Settle(ctx, t, sooner); err != nil && !errors.As(err, &conflict) { // else a worker has just taken it
			return err
		}
	}
	return nil
}

// asks reports whether an effect waits for an answer from outside.
func asks(e workflow.Effect) bool {
	switch e {
	case workflow.AskRegisters, workflow.SendToCA, workflow.RevokeCertificate, workflow.SuspendCertificate, workflow.ResumeCertificate,
		workflow.SignApplication, workflow.SignAcknowledgement, workflow.CheckPredecessor, workflow.WatchCertificate:
		return true
	}
	return false
}
