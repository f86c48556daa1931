package crashtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/surguch/surguch/internal/testenv/applicant"
	"github.com/surguch/surguch/ra"
	"github.com/surguch/surguch/workflow"
)

// people do what applicants do, and go on where they find their requests.
type people struct {
	*plan
	authority *ra.Authority
	remote    *remote
	store     ra.Store
}

// live returns when all requests have come to their end, or when nothing has
// moved for too long.
func (p *people) live(ctx context.Context) error {
	var last error
	seen, moved := "", time.Now()
	for {
		all, now := true, ""
		for i := range p.People {
			r, done, err := p.act(ctx, i)
			all = all && done
			switch {
			case err != nil:
				last = err
				fmt.Printf("error %d %v\n", i, err)
			default:
				now += fmt.Sprintf("%s %d %s; ", r.ID, r.Version, r.State)
			}
		}
		if all {
			return nil
		}
		if now != seen {
			seen, moved = now, time.Now()
		}
		if time.Since(moved) > p.patience() {
			return fmt.Errorf("nothing moves: %s; the last error: %v", p.stuck(ctx), last)
		}
		time.Sleep(3 * time.Millisecond)
	}
}

// stuck tells of the requests that have not come to their end, and why.
func (p *people) stuck(ctx context.Context) (text string) {
	for i := range p.People {
		r, done, err := p.act(ctx, i)
		if done {
			continue
		}
		text += fmt.Sprintf("%s %s at %d (%v): trouble %v", r.ID, r.State, r.Version, err, r.Trouble)
		tasks, err := p.store.Tasks(ctx, r.ID)
		for _, t := range tasks {
			if t.State == ra.TaskIntended {
				text += fmt.Sprintf("; %s, attempt %d, %d failures, due in %v: %s", t.Key, t.Attempt, t.Failures, t.Due.Sub(clock{p.Offset}.Now()), t.Error)
			}
		}
		text += fmt.Sprintf(" (%v)\n", err)
	}
	return text
}

// act does the next thing for a person, under a key that a repetition has too.
func (p *people) act(ctx context.Context, i int) (r *ra.Request, done bool, err error) {
	once := func(what string) *ra.Authority { return p.authority.Once(fmt.Sprintf("%s %d", what, i)) }
	form := applicant.Form(uint64(i + 1))
	if r, err = once("begin").Begin(ctx, operator, "personal-link", ra.Form{LegalForm: "person", Email: form.Email}); err != nil {
		return r, false, err
	}
	id := r.ID
	if r, err = p.authority.Request(ctx, id); err != nil {
		return r, false, err
	}
	switch idle := p.Idle && i == p.People-1; {
	case idle && r.State == workflow.Draft:
		return r, true, nil
	case r.State == workflow.Draft:
		if _, err := once("fill").Fill(ctx, id, owner, form); err != nil {
			return r, false, retried(err)
		}
		_, err = once("submit").Fire(ctx, id, owner, workflow.Submit)
	case r.State == workflow.KeyGeneration:
		der, e := call[int, []byte](ctx, p.remote, "PKCS10", i)
		if e != nil {
			return r, false, e
		}
		_, err = once("csr").SubmitCSR(ctx, id, owner, der)
	case r.State == workflow.Writing:
		der, e := p.authority.Document(ctx, r, ra.CertificateExhibit)
		if e != nil {
			return r, false, e
		}
		_, err = once("written").ConfirmInstalled(ctx, id, owner, der)
	case r.State == workflow.Completed:
		return r, true, nil
	case r.State == workflow.Expired:
		return r, true, nil
	}
	return r, false, retried(err)
}

// settled waits until no task is to be done any more and no timer has run out.
func (p *plan) settled(ctx context.Context, store ra.Store) error {
	for end := time.Now().Add(p.patience()); ; time.Sleep(3 * time.Millisecond) {
		rows, err := store.Page(ctx, ra.Query{Limit: 1000})
		if err != nil {
			return err
		}
		due, _, err := store.Due(ctx, clock{p.Offset}.Now(), 10)
		if err != nil {
			return err
		}
		open := ""
		if len(due) > 0 {
			open = fmt.Sprint(due)
		}
		for _, row := range rows {
			tasks, err := store.Tasks(ctx, row.ID)
			if err != nil {
				return err
			}
			for _, t := range tasks {
				if t.State == ra.TaskIntended {
					open = fmt.Sprintf("%s, attempt %d, due %v: %s", t.Key, t.Attempt, t.Due, t.Error)
				}
			}
		}
		if open == "" {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("nobody does %s", open)
		}
	}
}

// patience is how long nothing may move.
func (p *plan) patience() time.Duration { return cmp.Or(p.Patience, time.Minute) }

// erase ends all completed cases for ever.
func erase(ctx context.Context, store ra.Store, authority *ra.Authority) error {
	rows, err := store.Page(ctx, ra.Query{State: workflow.Completed, Limit: 1000})
	if err != nil {
		return err
	}
	for _, row := range rows {
		r, err := authority.Request(ctx, row.ID)
		if err != nil {
			return err
		}
		if r.Erased {
			continue
		}
		if err := authority.Erase(ctx, row.ID, operator, "срок хранения истёк"); err != nil {
			return err
		}
		fmt.Printf("erased %s\n", row.ID)
	}
	return nil
}

// retried is nil for what the next look at the request cures.
func retried(err error) error {
	var conflict *ra.ConflictError
	var refused *workflow.RefusedError
	if errors.As(err, &conflict) || errors.As(err, &refused) {
		return nil
	}
	return err
}
