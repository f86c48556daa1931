package ra

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/surguch/surguch/workflow"
)

// A handler does one effect. It may be called again for the same task after a
// crash or an error, so what it asks of the outside world goes under the
// task's key. It returns what was found; an error means that nothing is known
// and the attempt is repeated later.
type handler func(ctx context.Context, j *job) (found, error)

// job is what a handler works on.
type job struct {
	task    Task     // as claimed; Attempt counts from 1
	request *Request // as it was when the attempt began
	process *workflow.Process
	now     time.Time
}

// wanted reports whether any of the evidence can still open an arrow where
// the request stands now. An effect that would record none of use any more is
// dropped: the request was cancelled, or went back.
func wanted(p *workflow.Process, r *Request, evidence ...workflow.Evidence) bool {
	for _, s := range p.Steps {
		if s.From != r.State {
			continue
		}
		for _, need := range s.Needs {
			for _, e := range evidence {
				if need == e || slices.Contains(p.Any[need], e) {
					return true
				}
			}
		}
	}
	return false
}

// basis is the entry that recorded the evidence an effect builds on; 0 if it
// is not held. Another number later means that the evidence was given up and
// recorded anew: what was asked before is about something else.
func (r *Request) basis(e workflow.Evidence) int64 {
	h, _ := r.Evidence(e)
	return h.Seq
}

// found is what a handler found out.
type found struct {
	attach []attachment
	record []Held
	fire   workflow.Event // in the name of the system
	link   *Link
	// on is the evidence this builds on. If it changes before the result is
	// saved, the result is dropped.
	on workflow.Evidence
	// again, if set, keeps the task: it runs again after that time with note
	// as its memory.
	again time.Duration
	note  []byte
}

// lease is how long an attempt may take before another worker may repeat it.
const lease = 5 * time.Minute

// batch is how many tasks and deadlines one call of Work takes up.
const batch = 64

// effects is the table of what the authority can do by itself, as far as its
// configuration provides for it.
func (a *Authority) effects() map[workflow.Effect]handler {
	table := map[workflow.Effect]handler{}
	if a.cfg.Registers != nil {
		table[workflow.AskRegisters] = a.askRegisters
	}
	if a.cfg.Notifier != nil {
		table[workflow.SendLink] = a.sendLink
		table[workflow.NotifyApplicant] = a.notify(workflow.Applicant)
		table[workflow.NotifyOperator] = a.notify(workflow.CAOperator)
	}
	if a.cfg.Printer != nil {
		table[workflow.PrintApplication] = a.printApplication
		table[workflow.PrintCertificate] = a.printCertificate
	}
	if a.cfg.Signer != nil && a.cfg.Notifier != nil {
		table[workflow.SignApplication] = a.signApplication
		table[workflow.SignAcknowledgement] = a.signAcknowledgement
	}
	if a.cfg.CA != nil {
		table[workflow.SendToCA] = a.sendToCA
		table[workflow.RevokeCertificate] = a.revokeCertificate
	}
	return table
}

// Work takes up what is due, once: effects to run and deadlines that have
// passed. It reports whether there was anything. Errors of single effects do
// not end it; they are logged and the effect is repeated.
func (a *Authority) Work(ctx context.Context) (bool, error) {
	agenda, err := a.cfg.Store.Due(ctx, a.cfg.Clock.Now(), batch)
	if err != nil {
		return false, err
	}
	for _, d := range agenda.Deadlines {
		if err := a.late(ctx, d); err != nil {
			return true, err
		}
	}
	for _, t := range agenda.Tasks {
		if err := a.attempt(ctx, t); err != nil {
			return true, err
		}
	}
	return len(agenda.Tasks)+len(agenda.Deadlines) > 0, ctx.Err()
}

// Next returns when something falls due next; the zero time if nothing waits.
func (a *Authority) Next(ctx context.Context) (time.Time, error) {
	agenda, err := a.cfg.Store.Due(ctx, a.cfg.Clock.Now(), 1)
	if err != nil {
		return time.Time{}, err
	}
	if len(agenda.Tasks)+len(agenda.Deadlines) > 0 {
		return a.cfg.Clock.Now(), nil
	}
	return agenda.Next, nil
}

// Run works until ctx ends and returns its error.
func (a *Authority) Run(ctx context.Context) error {
	for {
		some, err := a.Work(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			a.cfg.Log.ErrorContext(ctx, "ra: work", "error", err)
		}
		if some && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-a.cfg.Clock.After(time.Second):
		}
	}
}

// late fires the event of a deadline, unless the request has left the place.
func (a *Authority) late(ctx context.Context, d Deadline) error {
	_, err := a.step(ctx, d.Request, func(p *workflow.Process, r *Request) (*move, error) {
		place, _ := p.Place(r.State)
		if place.Late != d.Event || r.Deadline.IsZero() || a.cfg.Clock.Now().Before(r.Deadline) {
			return &move{by: System()}, nil // it moved on; the store has the new deadline
		}
		return &move{by: System(), fire: d.Event}, nil
	})
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		return nil // somebody acts on the request this moment
	}
	return err
}

// attempt claims a task, runs its handler and settles what was found. The
// claim is the record that the outside world may have been asked: it is
// durable before the handler starts.
func (a *Authority) attempt(ctx context.Context, t Task) error {
	now := a.cfg.Clock.Now()
	claimed := t
	claimed.Attempt++
	claimed.Due = now.Add(lease)
	var conflict *ConflictError
	if err := a.cfg.Store.Retask(ctx, t, claimed); errors.As(err, &conflict) {
		return nil
	} else if err != nil {
		return err
	}
	err := a.run(ctx, claimed)
	if err == nil || errors.As(err, &conflict) {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	a.cfg.Log.WarnContext(ctx, "ra: effect failed and will be repeated",
		"request", t.Request, "effect", t.Effect, "attempt", claimed.Attempt, "error", err)
	again := claimed
	again.Due, again.Error = now.Add(backoff(claimed.Attempt)), err.Error()
	if err := a.cfg.Store.Retask(ctx, claimed, again); err != nil && !errors.As(err, &conflict) {
		return err
	}
	return nil
}

// backoff is the pause after a failed attempt: 1 s, 2 s, 4 s … one hour.
func backoff(attempt int) time.Duration {
	return min(time.Second<<min(attempt-1, 12), time.Hour)
}

// run calls the handler and saves what it found, together with the end or the
// continuation of the task. A panic of a handler is an error of its task.
func (a *Authority) run(ctx context.Context, t Task) error {
	r, err := a.cfg.Store.Load(ctx, t.Request)
	if err != nil {
		return err
	}
	p, err := a.process(ctx, r.ProcessHash)
	if err != nil {
		return err
	}
	h := a.handlers[t.Effect]
	if h == nil {
		return fmt.Errorf("ra: nobody handles the effect %s", t.Effect)
	}
	out, err := func() (out found, err error) {
		defer func() {
			if v := recover(); v != nil {
				err = fmt.Errorf("ra: effect %s panicked: %v", t.Effect, v)
			}
		}()
		return h(ctx, &job{t, r, p, a.cfg.Clock.Now()})
	}()
	if err != nil {
		return err
	}
	return a.settle(ctx, &t, func(p *workflow.Process, now *Request) (*move, error) {
		m := &move{by: System(), settle: &t}
		if out.again > 0 {
			next := t
			next.Due, next.Note, next.Error = a.cfg.Clock.Now().Add(out.again), out.note, ""
			m.next = &next
		}
		if out.of(p, r, now) {
			m.attach, m.record, m.link = out.attach, out.record, out.link
			if slices.ContainsFunc(p.Open(now.State, workflow.System), func(s workflow.Step) bool { return s.On == out.fire }) {
				m.fire = out.fire // else the request is already where the event would lead
			}
		}
		return m, nil
	})
}

// of reports whether what was found for the request as it was still concerns
// the request as it is now.
func (f *found) of(p *workflow.Process, was, now *Request) bool {
	if f.on != "" && was.basis(f.on) != now.basis(f.on) {
		return false
	}
	if f.fire != "" && was.State != now.State {
		return false
	}
	for _, h := range f.record {
		if wanted(p, now, h.Evidence) {
			return true
		}
	}
	return len(f.record) == 0
}
